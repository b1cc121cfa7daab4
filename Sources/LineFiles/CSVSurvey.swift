#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a look at all bytes of a CSV file, plain or packed, says of its form before it is read.
public struct CSVSurvey: Sendable {
  /// The beginning of the file, unpacked, without a byte order mark.
  public let first: [UInt8]
  /// What parts its columns: the mark that is most often in its first line outside of quotation marks, a comma
  /// where nothing is there more often.
  public let separator: UInt8
  /// Whether lines end in more than one way (LF, CR LF, CR).
  public let hasMixedLineEnds: Bool
  /// Whether there may be rows of separators alone, as spreadsheets write empty rows.
  public let mayHaveEmptyRows: Bool
  /// Whether the file is packed, whatever it is called.
  public let isPacked: Bool
  /// What speaks against its being such a file at all.
  public let form: TextForm?

  /// How much of a file is kept as its beginning.
  private static let firstSize = 1 << 16

  /// Reads the file.
  ///
  /// - Throws: ``LineFilesError`` where it is missing, cannot be read, or its packing is broken.
  public init(_ path: String) throws(LineFilesError) {
    let source = try ByteSource(path)
    isPacked = source.isPacked
    let size = 1 << 18
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    defer { buffer.deallocate() }
    var census = LineCensus()
    var first: [UInt8] = []
    while true {
      let count = try source.read(into: buffer)
      guard count > 0 else { break }
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      if first.count < Self.firstSize {
        first.append(contentsOf: bytes.prefix(Self.firstSize - first.count))
        if census.isNew { census.separator = Self.separator(first) }
      }
      census.add(bytes)
    }
    form = first.withUnsafeBytes { TextForm($0) }
    self.first = first.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(first[3...]) : first
    separator = Self.separator(self.first)
    // A line break within quotation marks is a value's, and no end of a line.
    let kinds = census.kinds > 1 ? try Self.kindsOutsideQuotes(path) : census.kinds
    hasMixedLineEnds = kinds > 1
    mayHaveEmptyRows = census.hasEmptyRow
  }

  /// What parts the columns of a file, of which only the beginning is read.
  ///
  /// - Throws: ``LineFilesError`` where it cannot be read.
  public static func separator(of path: String) throws(LineFilesError) -> UInt8 {
    let source = try ByteSource(path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: firstSize, alignment: 16)
    defer { buffer.deallocate() }
    let count = try source.read(into: buffer)
    return separator(Array(buffer[..<count]))
  }

  /// In how many ways lines of a file end outside of quotation marks.
  private static func kindsOutsideQuotes(_ path: String) throws(LineFilesError) -> Int {
    let source = try ByteSource(path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    var (isQuoted, isAfterReturn) = (false, false)
    var (feeds, pairs, returns) = (false, false, false)
    while true {
      let count = try source.read(into: buffer)
      guard count > 0 else { break }
      for byte in buffer[..<count] {
        if byte == 0x0A, !isQuoted {
          if isAfterReturn { pairs = true } else { feeds = true }
        } else if isAfterReturn {
          returns = true
        }
        isAfterReturn = byte == 0x0D && !isQuoted
        if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      }
    }
    return [feeds, pairs, returns || isAfterReturn].count { $0 }
  }

  private static func separator(_ bytes: [UInt8]) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      guard !isQuoted else { continue }
      if byte == 0x0A || byte == 0x0D {
        if counts.isEmpty { continue }
        break
      }
      if [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")].contains(byte) {
        counts[byte, default: 0] += 1
      }
    }
    let comma = UInt8(ascii: ",")
    return counts.max {
      ($0.value, $0.key == comma ? 1 : 0, $1.key) < ($1.value, $1.key == comma ? 1 : 0, $0.key)
    }?.key ?? comma
  }
}

/// Counts the ways in which lines of a file end, piece by piece.
private struct LineCensus {
  var separator: UInt8 = UInt8(ascii: ",")
  private(set) var isNew = true
  private(set) var hasEmptyRow = false
  private var feeds = 0
  private var returnsWithFeed = 0
  private var bareReturns = 0
  private var endsWithReturn = false
  private var endsWithFeed = false

  /// In how many ways lines end.
  var kinds: Int {
    let bare = bareReturns + (endsWithReturn ? 1 : 0)
    return (feeds > returnsWithFeed ? 1 : 0) + (returnsWithFeed > 0 ? 1 : 0) + (bare > 0 ? 1 : 0)
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, let byte = bytes.first, let last = bytes.last else {
      return
    }
    isNew = false
    countFeeds(bytes, base)
    if endsWithReturn {
      if byte == 0x0A { returnsWithFeed += 1 } else { bareReturns += 1 }
    }
    if endsWithFeed { look(bytes, at: 0) }
    var position = 0
    while position < bytes.count, let found = memchr(base + position, 0x0D, bytes.count - position)
    {
      let place = UnsafeRawPointer(found) - base
      if place + 1 < bytes.count {
        if bytes[place + 1] == 0x0A { returnsWithFeed += 1 } else { bareReturns += 1 }
        look(bytes, at: place + 1)
      }
      position = place + 1
    }
    endsWithReturn = last == 0x0D
    endsWithFeed = last == 0x0A || last == 0x0D
  }

  /// Sees whether a line may have nothing in its first field.
  private mutating func look(_ bytes: UnsafeRawBufferPointer, at place: Int) {
    let byte = bytes[place]
    if byte == separator || byte == 0x20 || byte == 0x09 {
      hasEmptyRow = true
    } else if byte == UInt8(ascii: "\"") {
      if place + 1 == bytes.count || bytes[place + 1] == byte { hasEmptyRow = true }
    }
  }

  /// Counts line feeds, and sees whether a line begins with a separator: only such a line can be of separators alone.
  private mutating func countFeeds(_ bytes: UnsafeRawBufferPointer, _ base: UnsafeRawPointer) {
    var position = 0
    while position < bytes.count, let found = memchr(base + position, 0x0A, bytes.count - position)
    {
      position = UnsafeRawPointer(found) - base + 1
      feeds += 1
      if position < bytes.count { look(bytes, at: position) }
    }
  }
}
