/// Reads FHIRPath expressions by operator precedence (https://hl7.org/fhirpath, section "Operator
/// Precedence").
struct FHIRPathParser {
  private var lexer: FHIRPathLexer
  private var token: FHIRPathLexer.Token = .end
  /// Where the token begins, from 1.
  private var letter = 1
  private var depth = 0
  private var size = 0
  private var parts = 0
  /// Expressions nest no deeper than this, and have no more parts; nobody writes larger ones, and
  /// what works on them recurses.
  private static let maximumDepth = 50
  private static let maximumSize = 250

  /// The expression that `text` writes.
  ///
  /// - Throws: ``FHIRPathProblem`` at the first letter that fits nowhere.
  static func parse(_ text: String) throws(FHIRPathProblem) -> FHIRPathExpression {
    var parser = FHIRPathParser(lexer: FHIRPathLexer(text))
    try parser.advance()
    guard parser.token != .end else {
      throw FHIRPathProblem(letter: 1, message: "The expression is empty.")
    }
    let expression = try parser.expression(from: 0)
    guard parser.token == .end else { throw parser.unexpected() }
    return expression
  }

  private init(lexer: FHIRPathLexer) { self.lexer = lexer }

  private mutating func advance() throws(FHIRPathProblem) {
    token = try lexer.next()
    letter = lexer.start
    size += 1
    guard size <= 4 * Self.maximumSize else {
      throw FHIRPathProblem(letter: letter, message: "The expression is too long.")
    }
  }

  /// Counts a part of the expression.
  private mutating func grow() throws(FHIRPathProblem) {
    parts += 1
    guard parts <= Self.maximumSize else {
      throw FHIRPathProblem(letter: letter, message: "The expression is too long.")
    }
  }

  private func unexpected() -> FHIRPathProblem {
    let what =
      switch token {
      case .name(let text), .symbol(let text), .number(let text): "'\(text)'"
      case .quotedName(let text): "'`\(text)`'"
      case .variable(let text): "'%\(text)'"
      case .special(let text): "'$\(text)'"
      case .string: "A text"
      case .temporal(let text): "'@\(text)'"
      case .end: "The end of the expression"
      }
    return FHIRPathProblem(letter: letter, message: "\(what) does not fit here.")
  }

  private mutating func expression(from least: Int) throws(FHIRPathProblem) -> FHIRPathExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else {
      throw FHIRPathProblem(letter: letter, message: "The expression nests too deep.")
    }
    var left = try unary()
    while true {
      if case .name(let word) = token, word == "is" || word == "as", least <= 7 {
        try advance()
        left = .typed(left, isTest: word == "is", try typeName())
        continue
      }
      guard let found = infix, found.precedence >= least else { return left }
      try advance()
      try grow()
      left = .binary(found, left, try expression(from: found.precedence + 1))
    }
  }

  private var infix: FHIRPathOperator? {
    switch token {
    case .symbol(let text): FHIRPathOperator(rawValue: text)
    case .name(let text): FHIRPathOperator(rawValue: text)
    default: nil
    }
  }

  private mutating func unary() throws(FHIRPathProblem) -> FHIRPathExpression {
    if token == .symbol("-") || token == .symbol("+") {
      let isNegative = token == .symbol("-")
      try advance()
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.maximumDepth else {
        throw FHIRPathProblem(letter: letter, message: "The expression nests too deep.")
      }
      // A sign binds tighter than any operator between two.
      let operand = try unary()
      return isNegative ? .negated(operand) : operand
    }
    var base = try term()
    while true {
      try grow()
      if token == .symbol(".") {
        try advance()
        base = try invocation(on: base)
      } else if token == .symbol("[") {
        try advance()
        let index = try expression(from: 0)
        try expect("]")
        base = .index(base, index)
      } else {
        return base
      }
    }
  }

  private mutating func term() throws(FHIRPathProblem) -> FHIRPathExpression {
    let found = token
    switch found {
    case .symbol("("):
      try advance()
      let inner = try expression(from: 0)
      try expect(")")
      return inner
    case .symbol("{"):
      try advance()
      try expect("}")
      return .literal(.empty)
    case .string(let text):
      try advance()
      return .literal(.string(text))
    case .number(let digits):
      let literal = number(digits)
      guard let literal else { throw unexpected() }
      try advance()
      return .literal(literal)
    case .temporal(let text):
      let kind: FHIRPathTemporalKind =
        text.hasPrefix("T") ? .time : text.contains("T") ? .dateTime : .date
      let moment = kind == .time ? String(text.dropFirst()) : text
      guard Temporal(moment, isTime: kind == .time) != nil else {
        throw FHIRPathProblem(letter: letter, message: "'@\(text)' is no date or time.")
      }
      try advance()
      return .literal(.temporal(moment, kind))
    case .variable(let name):
      try advance()
      return .variable(name)
    case .special("this"):
      try advance()
      return .this
    case .name("true"), .name("false"):
      try advance()
      return .literal(.boolean(found == .name("true")))
    case .name, .quotedName: return try invocation(on: .this)
    default: throw unexpected()
    }
  }

  private func number(_ digits: String) -> FHIRPathLiteral? {
    guard let point = digits.firstIndex(of: ".") else {
      return Int64(digits).map(FHIRPathLiteral.integer)
    }
    let written = digits.distance(from: point, to: digits.endIndex) - 1
    return Double(digits).map { .decimal($0, digits: written) }
  }

  /// A member, or a function with its arguments.
  private mutating func invocation(
    on base: FHIRPathExpression
  ) throws(FHIRPathProblem) -> FHIRPathExpression {
    let name: String
    switch token {
    case .name(let text), .quotedName(let text): name = text
    default: throw unexpected()
    }
    let isQuoted = if case .quotedName = token { true } else { false }
    try advance()
    guard !isQuoted, token == .symbol("(") else { return .member(base, name) }
    try advance()
    var arguments: [FHIRPathExpression] = []
    while token != .symbol(")") {
      if !arguments.isEmpty { try expect(",") }
      arguments.append(try expression(from: 0))
    }
    try advance()
    return .call(base, name, arguments)
  }

  private mutating func expect(_ symbol: String) throws(FHIRPathProblem) {
    guard token == .symbol(symbol) else {
      throw FHIRPathProblem(
        letter: letter, message: "'\(symbol)' is missing here: " + unexpected().message)
    }
    try advance()
  }

  /// The name of a type, whose namespace (`FHIR.`, `System.`) is left out.
  private mutating func typeName() throws(FHIRPathProblem) -> String {
    guard case .name(var name) = token else { throw unexpected() }
    try advance()
    if token == .symbol("."), name == "FHIR" || name == "System" {
      try advance()
      guard case .name(let inner) = token else { throw unexpected() }
      name = inner
      try advance()
    }
    return name
  }
}

extension FHIRPathExpression {
  /// The type that the expression names where a function takes one: `ofType(Quantity)`.
  var typeName: String? {
    switch self {
    case .member(.this, let name): name
    case .member(.member(.this, "FHIR"), let name), .member(.member(.this, "System"), let name):
      name
    default: nil
    }
  }
}
