/// Cuts a FHIRPath expression into tokens.
struct FHIRPathLexer {
  enum Token: Hashable {
    case name(String)
    /// A name between backticks, which is never a keyword.
    case quotedName(String)
    case variable(String)
    /// `$this` and the like, without the dollar.
    case special(String)
    case string(String)
    case number(String)
    case temporal(String)
    case symbol(String)
    case end
  }

  private let letters: [Character]
  private var position = 0
  /// Where the token before began, from 1.
  private(set) var start = 1

  init(_ text: String) { letters = Array(text) }

  private var current: Character? { position < letters.count ? letters[position] : nil }
  private var following: Character? {
    position + 1 < letters.count ? letters[position + 1] : nil
  }

  mutating func next() throws(FHIRPathProblem) -> Token {
    skipBlanks()
    start = position + 1
    guard let letter = current else { return .end }
    switch letter {
    case "'", "\"": return .string(try quoted(by: letter))
    case "`": return .quotedName(try quoted(by: letter))
    case "%":
      position += 1
      if let quote = current, quote == "`" || quote == "'" {
        return .variable(try quoted(by: quote))
      }
      let name = take { $0.isNamePart }
      guard !name.isEmpty else { throw problem("After '%' comes the name of a constant.") }
      return .variable(name)
    case "$":
      position += 1
      return .special(take { $0.isNamePart })
    case "@":
      position += 1
      var text = take { $0.isDigit || "-:TZ+".contains($0) }
      // A point goes on with a fraction, or calls a function.
      if current == ".", following?.isDigit == true {
        position += 1
        text += "." + take { $0.isDigit || "-:Z+".contains($0) }
      }
      guard text.first?.isDigit == true || text.hasPrefix("T") else {
        throw problem("After '@' comes a date, such as @2025-01-31, or a time, such as @T14:30.")
      }
      return .temporal(text)
    case _ where letter.isNameStart: return .name(take { $0.isNamePart })
    case _ where letter.isDigit:
      var digits = take { $0.isDigit }
      if current == ".", following?.isDigit == true {
        position += 1
        digits += "." + take { $0.isDigit }
      }
      return .number(digits)
    default: return try symbol()
    }
  }

  private mutating func symbol() throws(FHIRPathProblem) -> Token {
    for two in ["<=", ">=", "!="] where current.map(String.init) == String(two.prefix(1)) {
      if following == two.last {
        position += 2
        return .symbol(two)
      }
    }
    guard let letter = current, "().,[]+-*/|&=<>{}".contains(letter) else {
      throw problem("'\(current.map(String.init) ?? "")' means nothing here.")
    }
    position += 1
    return .symbol(String(letter))
  }

  /// A text between two of `quote`, with FHIRPath's escapes undone.
  private mutating func quoted(by quote: Character) throws(FHIRPathProblem) -> String {
    position += 1
    var text = ""
    while let letter = current, letter != quote {
      position += 1
      guard letter == "\\" else {
        text.append(letter)
        continue
      }
      guard let escaped = current else { break }
      position += 1
      switch escaped {
      case "n": text.append("\n")
      case "r": text.append("\r")
      case "t": text.append("\t")
      case "f": text.append("\u{0C}")
      case "u":
        let digits = String(letters[position...].prefix(4))
        guard digits.count == 4, let code = UInt32(digits, radix: 16),
          let scalar = Unicode.Scalar(code)
        else { throw problem("'\\u' takes four hexadecimal digits.") }
        text.unicodeScalars.append(scalar)
        position += 4
      case "'", "\"", "`", "\\", "/": text.append(escaped)
      default: throw problem("'\\\(escaped)' is no escape in FHIRPath.")
      }
    }
    guard current == quote else { throw problem("The text that begins here is never closed.") }
    position += 1
    return text
  }

  private mutating func take(while belongs: (Character) -> Bool) -> String {
    let begin = position
    while let letter = current, belongs(letter) { position += 1 }
    return String(letters[begin..<position])
  }

  private mutating func skipBlanks() {
    while let letter = current {
      if letter.isWhitespace {
        position += 1
      } else if letter == "/", following == "/" {
        while let inside = current, !inside.isNewline { position += 1 }
      } else if letter == "/", following == "*" {
        position += 2
        while current != nil, !(current == "*" && following == "/") { position += 1 }
        position = min(letters.count, position + 2)
      } else {
        return
      }
    }
  }

  private func problem(_ message: String) -> FHIRPathProblem {
    FHIRPathProblem(letter: start, message: message)
  }
}

extension Character {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
  fileprivate var isNameStart: Bool {
    self == "_" || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
  }
  fileprivate var isNamePart: Bool { isNameStart || isDigit }
}
