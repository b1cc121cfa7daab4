/// Reads a JSON document strictly (RFC 8259): no comments, no comma before a bracket, no key twice in an object, and no
/// more of it than a directory can need.
struct JSONReader {
  /// Documents nest no deeper, and have no more values.
  static let mostLevels = 100
  static let mostValues = 5_000_000

  /// What keeps bytes from being read; it quotes nothing of them.
  struct Failure: Error {
    let message: String
    let offset: Int
  }

  private let bytes: [UInt8]
  private let most: Int
  private var index = 0
  private var values = 0

  private init(_ bytes: [UInt8], most: Int) {
    self.bytes = bytes
    self.most = most
  }

  /// The value of a document.
  ///
  /// - Parameter most: how many values it may have, each list and object counted as one.
  static func value(of bytes: [UInt8], most: Int = Self.mostValues) throws(Failure) -> JSONValue {
    var reader = JSONReader(bytes, most: most)
    // Some write the mark that says which byte comes first.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.index = 3 }
    let value = try reader.value(level: 0)
    reader.skipSpaces()
    guard reader.index == bytes.count else { throw reader.failure("something follows its end") }
    return value
  }

  private func failure(_ message: String, at offset: Int? = nil) -> Failure {
    Failure(message: message, offset: offset ?? index)
  }

  /// What is wrong with something that begins no value.
  private var noValue: Failure {
    switch current {
    case UInt8(ascii: "/"), UInt8(ascii: "#"): failure("it has a comment")
    case UInt8(ascii: "'"): failure("a text is in single quotation marks")
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): failure("a value is missing")
    case nil: failure("it breaks off")
    default: failure("a value is none that JSON has")
    }
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpaces() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    index += 1
    return true
  }

  private mutating func value(level: Int) throws(Failure) -> JSONValue {
    guard level < Self.mostLevels else {
      throw failure("it nests deeper than \(Self.mostLevels) levels")
    }
    values += 1
    guard values <= most else { throw failure("it has more than \(most) values") }
    skipSpaces()
    switch current {
    case UInt8(ascii: "{"): return try object(level: level)
    case UInt8(ascii: "["): return try array(level: level)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw failure("it breaks off")
    default: return .number(try number())
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue
  {
    let end = index + word.utf8CodeUnitCount
    guard end <= bytes.count, bytes[index..<end].elementsEqual("\(word)".utf8) else {
      throw failure("a value is none that JSON has")
    }
    index = end
    return value
  }

  private mutating func array(level: Int) throws(Failure) -> JSONValue {
    index += 1
    var items: [JSONValue] = []
    skipSpaces()
    if take(UInt8(ascii: "]")) { return .array(items) }
    while true {
      items.append(try value(level: level + 1))
      skipSpaces()
      if take(UInt8(ascii: "]")) { return .array(items) }
      guard take(UInt8(ascii: ",")) else { throw failure("a list needs a comma or its end") }
    }
  }

  private mutating func object(level: Int) throws(Failure) -> JSONValue {
    index += 1
    var items: [String: JSONValue] = [:]
    skipSpaces()
    if take(UInt8(ascii: "}")) { return .object(items) }
    while true {
      skipSpaces()
      let start = index
      guard current == UInt8(ascii: "\"") else {
        throw failure("an object needs a name in double quotation marks")
      }
      let key = try string()
      skipSpaces()
      guard take(UInt8(ascii: ":")) else { throw failure("a name needs a colon") }
      let value = try value(level: level + 1)
      guard items.updateValue(value, forKey: key) == nil else {
        throw failure("an object has a name twice", at: start)
      }
      skipSpaces()
      if take(UInt8(ascii: "}")) { return .object(items) }
      guard take(UInt8(ascii: ",")) else { throw failure("an object needs a comma or its end") }
    }
  }

  private mutating func number() throws(Failure) -> Double {
    let start = index
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
    func isWhole(_ index: Int) -> Bool { index < bytes.count && isDigit(bytes[index]) }
    if current == UInt8(ascii: "-") { index += 1 }
    guard isDigit(current) else { throw noValue }
    if current == UInt8(ascii: "0") {
      index += 1
    } else {
      while isDigit(current) { index += 1 }
    }
    if current == UInt8(ascii: "."), isWhole(index + 1) {
      index += 1
      while isDigit(current) { index += 1 }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      index += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
      guard isDigit(current) else { throw failure("a number breaks off") }
      while isDigit(current) { index += 1 }
    }
    // What follows a number is looked at by whoever asked for it.
    guard let number = Double(String(decoding: bytes[start..<index], as: UTF8.self)),
      number.isFinite
    else { throw failure("a number is too large") }
    return number
  }

  private mutating func string() throws(Failure) -> String {
    index += 1
    let start = index
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      index += 1
    }
    // Most have nothing that is written otherwise.
    if take(UInt8(ascii: "\"")) { return try text(bytes[start..<(index - 1)]) }
    var written = Array(bytes[start..<index])
    while let byte = current {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(written[...])
      case UInt8(ascii: "\\"): try escape(&written)
      case 0..<0x20: throw failure("a text has a control character", at: index - 1)
      default: written.append(byte)
      }
    }
    throw failure("a text has no end")
  }

  private func text(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure("a text is not UTF-8")
    }
    return text
  }

  private mutating func escape(_ written: inout [UInt8]) throws(Failure) {
    guard let byte = current else { throw failure("a text has no end") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): written.append(byte)
    case UInt8(ascii: "b"): written.append(0x08)
    case UInt8(ascii: "f"): written.append(0x0C)
    case UInt8(ascii: "n"): written.append(0x0A)
    case UInt8(ascii: "r"): written.append(0x0D)
    case UInt8(ascii: "t"): written.append(0x09)
    case UInt8(ascii: "u"):
      var code = try unit()
      if (0xD800..<0xDC00).contains(code) {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
          throw failure("half of a character is missing")
        }
        let low = try unit()
        guard (0xDC00..<0xE000).contains(low) else {
          throw failure("half of a character is missing")
        }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw failure("half of a character is missing")
      }
      written.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw failure("a text has an escape that JSON does not")
    }
  }

  /// The value of four hexadecimal digits.
  private mutating func unit() throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current,
        let digit = Character(Unicode.Scalar(byte)).hexDigitValue
      else { throw failure("a character's number needs four digits") }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
