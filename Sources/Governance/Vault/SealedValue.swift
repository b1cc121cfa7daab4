public import Foundation

/// Something sealed on its way into the vault.
public enum SealedValue: Sendable {
  /// The identifying values of a record, under their keyed hash.
  case identity(id: Int64, Data)
  /// The text of a record that was set aside; cut where it is longer than is kept.
  case held(line: Int, isCut: Bool, Data)
  /// Free text of a landed record.
  case note(record: Int64, field: String, Data)
}

/// Where sealed values belong: each opens there only.
public enum SealedPlace {
  public static func identity(_ id: Int64) -> [UInt8] { bytes("identity \(id)") }

  public static func held(_ source: String, _ delivery: String, _ file: String, line: Int)
    -> [UInt8]
  {
    bytes("held \(source)\u{0}\(delivery)\u{0}\(file)\u{0}\(line)")
  }

  public static func note(_ source: String, _ table: String, record: Int64, field: String)
    -> [UInt8]
  {
    bytes("note \(source)\u{0}\(table)\u{0}\(record)\u{0}\(field)")
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}

/// The identifying values of a record as one run of bytes: of each field its length and its bytes.
public struct IdentityText: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Adds a field's value; nil where the record has none.
  public mutating func add(_ value: UnsafeRawBufferPointer?) {
    let length = value.map { UInt32(clamping: $0.count) } ?? .max
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: length >> shift))
    }
    if let value { bytes.append(contentsOf: value) }
  }

  /// The values again, as parts of the bytes.
  public static func read(
    _ bytes: UnsafeRawBufferPointer, into values: inout [UnsafeRawBufferPointer?]
  ) {
    values.removeAll(keepingCapacity: true)
    var place = 0
    while place + 4 <= bytes.count {
      let length = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian
      place += 4
      guard length != .max else {
        values.append(nil)
        continue
      }
      guard place + Int(length) <= bytes.count else { return }
      values.append(UnsafeRawBufferPointer(rebasing: bytes[place..<(place + Int(length))]))
      place += Int(length)
    }
  }

  /// The values again; nil for bytes that are no such run.
  static func values(_ bytes: Data) -> [String?]? {
    var (values, rest): ([String?], Data) = ([], bytes)
    while !rest.isEmpty {
      guard rest.count >= 4 else { return nil }
      var length: UInt32 = 0
      for byte in rest.prefix(4).reversed() { length = length << 8 | UInt32(byte) }
      rest = rest.dropFirst(4)
      guard length != .max else {
        values.append(nil)
        continue
      }
      guard rest.count >= length else { return nil }
      values.append(String(decoding: rest.prefix(Int(length)), as: UTF8.self))
      rest = rest.dropFirst(Int(length))
    }
    return values
  }
}
