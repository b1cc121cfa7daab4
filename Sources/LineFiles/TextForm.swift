/// What a file of lines is written in where it is not UTF-8 text with its columns in the first line, told by its first
/// bytes.
public enum TextForm: Hashable, Sendable {
  case utf16(bigEndian: Bool)
  case utf32
  /// Bytes of zero among the first: UTF-16 without its mark, or no text at all.
  case zeroBytes
  /// A first line `sep=;`, which one spreadsheet program reads and nobody else.
  case separatorLine(String)
  /// A page of HTML, such as the message of a server.
  case html
  /// A file of a spreadsheet program itself, such as .xlsx, or another ZIP archive.
  case spreadsheet
  case parquet

  /// - Parameter bytes: the beginning of a file; a kilobyte is enough.
  /// - Returns: nil where nothing speaks against lines of text in UTF-8.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    if bytes.starts(with: [0xFF, 0xFE, 0x00, 0x00]) || bytes.starts(with: [0x00, 0x00, 0xFE, 0xFF])
    {
      self = .utf32
    } else if bytes.starts(with: [0xFF, 0xFE]) {
      self = .utf16(bigEndian: false)
    } else if bytes.starts(with: [0xFE, 0xFF]) {
      self = .utf16(bigEndian: true)
    } else if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04])
      || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0])
    {
      self = .spreadsheet
    } else if bytes.starts(with: [0x50, 0x41, 0x52, 0x31]) {
      self = .parquet
    } else if bytes.prefix(1_024).contains(0) {
      self = .zeroBytes
    } else {
      let text = bytes.prefix(64).drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
      let line = String(decoding: text.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
      let small = line.lowercased()
      if small.hasPrefix("sep="), line.utf8.count <= 6 {
        self = .separatorLine(line)
      } else if small.hasPrefix("<!doctype html") || small.hasPrefix("<html") {
        self = .html
      } else {
        return nil
      }
    }
  }

  /// What a file, plain or packed, is in, told by its first bytes; nil where nothing speaks against lines of UTF-8.
  ///
  /// - Throws: ``LineFilesError`` where it cannot be read.
  public static func of(_ path: String) throws(LineFilesError) -> TextForm? {
    let source = try ByteSource(path)
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_024, alignment: 1)
    defer { bytes.deallocate() }
    let count = try source.read(into: bytes)
    return TextForm(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
  }

  /// What is there, in a sentence.
  public var words: String {
    switch self {
    case .utf16(let isBig):
      "The file is UTF-16 (it begins with \(isBig ? "FE FF" : "FF FE")), not UTF-8."
    case .utf32: "The file is UTF-32, not UTF-8."
    case .zeroBytes: "The file has bytes of zero: it is UTF-16 without its mark, or no text."
    case .separatorLine(let line): "The first line is '\(line)', not the names of the columns."
    case .html: "The file is a web page (HTML), such as the message of a server."
    case .spreadsheet:
      "The file is a ZIP archive or a workbook of a spreadsheet program, not text."
    case .parquet: "The file is Parquet, not text."
    }
  }

  /// What to do.
  public var hint: String {
    switch self {
    case .utf16, .utf32, .zeroBytes:
      "Save it as UTF-8 (in a spreadsheet program, 'CSV UTF-8'), or convert it with iconv."
    case .separatorLine:
      "Take that line out. Where columns are not parted by commas, the mapping of an extract names the separator; files of statistics need nothing."
    case .html: "Download the file again, and check the address."
    case .spreadsheet: "Unpack it, or save the sheet as 'CSV UTF-8'."
    case .parquet: "Give it a name that ends in .parquet, where Parquet is read."
    }
  }
}
