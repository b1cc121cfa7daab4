/// The rows of a CSV file (RFC 4180) read in the plainest way: lines may end with LF, CR LF or CR, also of all kinds in one
/// file, and may break within quotation marks. Blank lines and rows of separators alone are no rows.
///
/// It is the oracle of the fast readers, and reads what they refuse: files whose line ends are mixed.
public struct SeparatedText: Sendable {
  private let bytes: [UInt8]
  private let separator: UInt8

  /// - Throws: ``LineFilesError`` where the file cannot be read.
  public init(_ path: String, separator: UInt8) throws(LineFilesError) {
    let source = try ByteSource(path)
    var bytes: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try source.read(into: buffer)
      guard count > 0 else { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    self.init(bytes, separator: separator)
  }

  public init(_ bytes: [UInt8], separator: UInt8) {
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes[3...]) : bytes
    self.separator = separator
  }

  /// A row: the line, from 1, that it begins in, and its values without their quotation marks.
  public struct Row: Hashable, Sendable {
    public let line: Int
    public let fields: [[UInt8]]

    public var texts: [String] { fields.map { String(decoding: $0, as: UTF8.self) } }
  }

  /// Hands each row to `body`, the header among them, until it returns false.
  public func forEach(_ body: (Row) throws -> Bool) rethrows {
    let mark = UInt8(ascii: "\"")
    var (position, line) = (0, 1)
    while position < bytes.count {
      let first = line
      var fields: [[UInt8]] = []
      var field: [UInt8] = []
      var isQuoted = false
      var isRowOver = false
      while !isRowOver {
        guard position < bytes.count else { break }
        let byte = bytes[position]
        position += 1
        switch byte {
        case mark where isQuoted:
          if position < bytes.count, bytes[position] == mark {
            field.append(mark)
            position += 1
          } else {
            isQuoted = false
          }
        case mark where field.isEmpty: isQuoted = true
        case separator where !isQuoted:
          fields.append(field)
          field = []
        case 0x0A, 0x0D:
          let isPair = byte == 0x0D && position < bytes.count && bytes[position] == 0x0A
          line += 1
          if isQuoted {
            field.append(byte)
            if isPair { field.append(0x0A) }
          } else {
            isRowOver = true
          }
          if isPair { position += 1 }
        default: field.append(byte)
        }
      }
      fields.append(field)
      guard fields.contains(where: { $0.contains { $0 != 0x20 && $0 != 0x09 } }) else { continue }
      guard try body(Row(line: first, fields: fields)) else { return }
    }
  }

  /// The lines that rows begin in, by their places among the rows below the header, from 0.
  public func lines(ofRows rows: Set<Int>) -> [Int: Int] {
    var found: [Int: Int] = [:]
    var place = -1
    forEach { row in
      if rows.contains(place) { found[place] = row.line }
      place += 1
      return found.count < rows.count
    }
    return found
  }

  /// The first line that is not UTF-8; nil where all are.
  public var lineOfWrongEncoding: Int? {
    var (start, line) = (0, 1)
    for position in 0...bytes.count {
      let isEnd = position == bytes.count || bytes[position] == 0x0A || bytes[position] == 0x0D
      guard isEnd else { continue }
      if String(validating: bytes[start..<position], as: UTF8.self) == nil { return line }
      let isPair =
        position + 1 < bytes.count && bytes[position] == 0x0D && bytes[position + 1] == 0x0A
      start = position + 1
      if !isPair { line += 1 }
    }
    return nil
  }
}
