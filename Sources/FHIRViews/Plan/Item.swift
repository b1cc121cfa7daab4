/// One value of a FHIRPath collection: an object of the document, or a primitive.
///
/// Texts are pointers into the document, the plan or the evaluator's arena; an item lives no longer
/// than the record it came from.
package struct Item {
  package enum Kind: UInt8 {
    /// Nothing: a null cell.
    case none
    /// An object; `bits` is its place on the tape.
    case object
    case boolean, integer, decimal
    /// A text that its path says nothing more about.
    case string
    /// A text that its path says is a moment.
    case date, dateTime, time
  }

  package var kind: Kind
  /// The length of a text in bytes. Of an object that a choice of type led to, the number of its type
  /// in ``FHIRTypes``, from 1. Of a decimal of the view, the digits after its point, from 1.
  package var count: UInt32 = 0
  package var bits: UInt64 = 0
  /// The place of a number on the tape; 0 where it is computed.
  var place: UInt32 = 0

  package static let none = Item(kind: .none)

  @inline(__always)
  static func object(_ place: Int) -> Item { Item(kind: .object, bits: UInt64(place)) }

  static func boolean(_ flag: Bool) -> Item { Item(kind: .boolean, bits: flag ? 1 : 0) }

  static func integer(_ number: Int64) -> Item {
    Item(kind: .integer, bits: UInt64(bitPattern: number))
  }

  static func decimal(_ number: Double) -> Item { Item(kind: .decimal, bits: number.bitPattern) }

  /// A decimal of the view itself, with `digits` digits written after its point.
  static func decimal(_ number: Double, digits: Int) -> Item {
    Item(kind: .decimal, count: UInt32(digits + 1), bits: number.bitPattern)
  }

  @inline(__always)
  package static func text(_ bytes: UnsafeRawBufferPointer, as kind: Kind = .string) -> Item {
    Item(
      kind: kind, count: UInt32(truncatingIfNeeded: bytes.count),
      bits: UInt64(UInt(bitPattern: bytes.baseAddress)))
  }

  var object: Int { Int(bits) }
  package var flag: Bool { bits != 0 }
  package var integer: Int64 { Int64(bitPattern: bits) }
  package var decimal: Double { Double(bitPattern: bits) }

  /// The number, whichever kind of number it is.
  package var number: Double? {
    switch kind {
    case .integer: Double(integer)
    case .decimal: decimal
    default: nil
    }
  }

  package var isText: Bool { kind.rawValue >= Kind.string.rawValue }
  package var isTemporal: Bool { kind.rawValue > Kind.string.rawValue }

  @inline(__always)
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: UInt(bits)), count: Int(count))
  }

  package var string: String { String(decoding: bytes, as: UTF8.self) }
}

extension Item {
  /// The first day of a year, or of a month of a year, counted from 1970-01-01; nil for any other text.
  package var firstDay: Int32? {
    guard isText, count == 4 || count == 7 else { return nil }
    return Temporal(string + (count == 4 ? "-01-01" : "-01"))?.dayNumber.map { Int32(clamping: $0) }
  }
}

extension Item.Kind {
  init(_ kind: FHIRPathTemporalKind) {
    switch kind {
    case .date: self = .date
    case .dateTime: self = .dateTime
    case .time: self = .time
    }
  }
}
