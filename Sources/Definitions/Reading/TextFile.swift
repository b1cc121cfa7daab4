public import Foundation

/// The bytes of a text file, with what is needed to say where in it something stands.
public struct TextFile: Sendable {
  public let url: URL
  public let bytes: Data

  /// Reads `url`.
  ///
  /// - Throws: ``Problem`` where the file is missing, cannot be read or is empty.
  public init(reading url: URL) throws {
    self.url = url
    try url.requireRegularFile()
    do {
      // Not mapped: a file that is cut short while it is mapped would end the program.
      bytes = try Data(contentsOf: url)
    } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
      throw Problem(file: url.path, "The file does not exist.")
    } catch {
      throw Problem(
        file: url.path, "The file cannot be read.", hint: "Check that you may read it.")
    }
    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) {
      throw Problem(file: url.path, line: 1, "The file is empty.")
    }
  }

  /// The text, which must be UTF-8; a byte-order mark is left out.
  ///
  /// - Throws: ``Problem`` at the line of the first byte that is no UTF-8.
  public func text() throws -> String {
    try requireUTF8()
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    return String(decoding: bytes.dropFirst(start), as: UTF8.self)
  }

  /// Throws at the first byte that is no UTF-8.
  public func requireUTF8() throws {
    guard let offset = bytes.withUnsafeBytes({ firstInvalidUTF8($0) }) else { return }
    throw Problem(
      file: url.path, line: line(atByte: offset),
      "Byte \(String(bytes[bytes.startIndex + offset], radix: 16)) is not UTF-8; the file may be "
        + "Latin-1 or Windows-1252.",
      hint: "Save it as UTF-8, or say 'encoding: latin-1' for this file in the pack.")
  }

  /// The line, from 1, on which the byte at `offset` stands.
  public func line(atByte offset: Int) -> Int {
    1 + bytes.prefix(offset).reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
  }

  /// The line on which record `index` of a CSV file begins; the header is record 0.
  ///
  /// Only used once something is wrong: a quoted value may hold line breaks, so that lines and
  /// records differ.
  public func lineOfCSVRecord(_ index: Int) -> Int {
    var found = 1
    _ = scanCSV { record, line in
      if record <= index { found = line }
      return record < index
    }
    return found
  }

  /// The number of records of a CSV file, its header among them; blank lines are none.
  ///
  /// - Throws: ``Problem`` where lines end in different ways, which readers split differently.
  public func countCSVRecords() throws -> Int {
    var count = 0
    let ends = scanCSV { _, _ in
      count += 1
      return true
    }
    guard let odd = ends.oddLine else { return count }
    throw Problem(
      file: url.path, line: odd,
      ends.hasNoLineFeed
        ? "Lines end with a carriage return alone, as on very old Macs."
        : "Lines end in different ways: some with a carriage return and a line feed, some with one.",
      hint: "Save the file with one kind of line ending.")
  }

  /// Walks over the records of a CSV file until `each` returns false.
  ///
  /// A quotation mark opens a quoted value at the start of a field only; elsewhere it is a letter.
  ///
  /// - Parameter each: gets the number of each record and the line it begins on.
  /// - Returns: the first line that ends in another way than the first, if any.
  private func scanCSV(
    _ each: (_ record: Int, _ line: Int) -> Bool
  ) -> (oddLine: Int?, hasNoLineFeed: Bool) {
    bytes.withUnsafeBytes { bytes in
      var (line, record) = (1, 0)
      var (isQuoted, isFieldStart, isBlank) = (false, true, true)
      var endsWithReturn: Bool?
      var oddLine: Int?
      var previous: UInt8 = 0
      for byte in bytes {
        switch byte {
        case 0x0A:
          if !isQuoted {
            let hasReturn = previous == 0x0D
            if endsWithReturn == nil { endsWithReturn = hasReturn }
            if endsWithReturn != hasReturn, oddLine == nil { oddLine = line }
            (isFieldStart, isBlank) = (true, true)
          }
          line += 1
        case 0x0D where !isQuoted: break
        default:
          if previous == 0x0D, !isQuoted, oddLine == nil { oddLine = line }
          if isBlank {
            isBlank = false
            guard each(record, line) else { return (oddLine, false) }
            record += 1
          }
          if byte == 0x22 {
            // Within a quoted value a doubled mark closes and opens again.
            if isQuoted || isFieldStart || previous == 0x22 { isQuoted.toggle() }
            isFieldStart = false
          } else if !isQuoted {
            isFieldStart = byte == 0x2C
          }
        }
        previous = byte
      }
      return (oddLine, endsWithReturn == nil && oddLine != nil)
    }
  }

  /// The names in the header of a CSV file.
  public func csvHeader() throws -> [String] {
    var names: [String] = []
    var name: [UInt8] = []
    var isQuoted = false
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    for byte in bytes.dropFirst(start) {
      switch byte {
      case 0x22: isQuoted.toggle()
      case 0x2C where !isQuoted:
        names.append(String(decoding: name, as: UTF8.self))
        name = []
      case 0x0A where !isQuoted:
        if name.last == 0x0D { name.removeLast() }
        return names + [String(decoding: name, as: UTF8.self)]
      default: name.append(byte)
      }
    }
    guard !isQuoted else {
      throw Problem(file: url.path, line: 1, "A quotation mark in the header is never closed.")
    }
    return names + [String(decoding: name, as: UTF8.self)]
  }
}

/// The position of the first byte that begins no valid UTF-8 sequence; nil where all do.
private func firstInvalidUTF8(_ bytes: UnsafeRawBufferPointer) -> Int? {
  var position = 0
  let count = bytes.count
  while position < count {
    // Eight ASCII bytes at once: open data is nearly all ASCII.
    if position + 8 <= count,
      bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      position += 8
      continue
    }
    let first = bytes[position]
    let (length, low, high): (Int, UInt8, UInt8)
    switch first {
    case 0x00...0x7F: (length, low, high) = (1, 0, 0)
    case 0xC2...0xDF: (length, low, high) = (2, 0x80, 0xBF)
    case 0xE0: (length, low, high) = (3, 0xA0, 0xBF)
    case 0xED: (length, low, high) = (3, 0x80, 0x9F)
    case 0xE1...0xEF: (length, low, high) = (3, 0x80, 0xBF)
    case 0xF0: (length, low, high) = (4, 0x90, 0xBF)
    case 0xF1...0xF3: (length, low, high) = (4, 0x80, 0xBF)
    case 0xF4: (length, low, high) = (4, 0x80, 0x8F)
    default: return position
    }
    guard position + length <= count else { return position }
    if length > 1 {
      guard (low...high).contains(bytes[position + 1]) else { return position }
      for next in 2..<max(2, length) where bytes[position + next] & 0xC0 != 0x80 { return position }
    }
    position += length
  }
  return nil
}
