/// When a pair of records is at a level: a small expression such as `exact`, `jaro_winkler >= 0.92`,
/// `exact(postcode) and not exact(street)` or `damerau <= 1 or day_swapped`.
public struct Condition: Hashable, Sendable {
  /// A measure that lies in a range, ends included or not.
  struct Bound: Hashable, Sendable {
    enum Sign: String, CaseIterable, Sendable {
      case atLeast = ">="
      case atMost = "<="
      case above = ">"
      case below = "<"

      var opposite: Sign {
        switch self {
        case .atLeast: .below
        case .atMost: .above
        case .above: .atMost
        case .below: .atLeast
        }
      }
    }

    let measure: Measure
    let sign: Sign
    let limit: Double

    var opposite: Bound { Bound(measure: measure, sign: sign.opposite, limit: limit) }

    var text: String {
      guard measure.kind.isYesOrNo, limit == 0.5 else {
        return "\(measure.text) \(sign.rawValue) \(limit.shortest)"
      }
      return sign == .above ? measure.text : "not \(measure.text)"
    }
  }

  /// The condition holds where all bounds of any of these hold.
  let alternatives: [[Bound]]

  /// Reads an expression.
  ///
  /// - Throws: ``LinkageError`` that says what is wrong with it.
  public init(_ text: String) throws(LinkageError) {
    var parser = ConditionParser(text)
    alternatives = try parser.whole()
  }

  var measures: Set<Measure> { Set(alternatives.joined().map(\.measure)) }

  /// The expression, as it would be written.
  public var text: String {
    alternatives.map { $0.map(\.text).joined(separator: " and ") }.joined(separator: " or ")
  }
}

extension Condition: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// Reads `or`, `and`, `not`, brackets and bounds, and brings them into the form of alternatives.
private struct ConditionParser {
  private let text: String
  private var words: ArraySlice<String>

  init(_ text: String) {
    self.text = text
    words = Self.split(text)[...]
  }

  /// Names and numbers, signs and brackets.
  private static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    func isOfSign(_ c: Character) -> Bool { "<>=".contains(c) }
    for c in text {
      let joins =
        word.last.map { last in
          isOfSign(last)
            ? isOfSign(c) : !"(),".contains(last) && (c.isLetter || c.isNumber || "_.-".contains(c))
        } ?? false
      if !joins, !word.isEmpty {
        words.append(word)
        word = ""
      }
      if !c.isWhitespace { word.append(c) }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  mutating func whole() throws(LinkageError) -> [[Condition.Bound]] {
    guard !words.isEmpty else {
      throw LinkageError(
        "The condition is empty.", hint: "Write one such as 'jaro_winkler >= 0.9'.")
    }
    let found = try either()
    guard let rest = words.first else { return found }
    throw wrong("'\(rest)' was not expected")
  }

  private func wrong(_ what: String) -> LinkageError {
    LinkageError(
      "In the condition '\(text)', \(what).",
      hint:
        "Conditions are measures (\(Self.names)) with a field in brackets or without, a sign and a "
        + "number where they are numbers, joined by 'and', 'or' and 'not'.")
  }

  private static var names: String {
    Measure.Kind.allCases.map(\.rawValue).joined(separator: ", ")
  }

  private mutating func either() throws(LinkageError) -> [[Condition.Bound]] {
    var all = try both()
    while words.first == "or" {
      words.removeFirst()
      all += try both()
    }
    return all
  }

  private mutating func both() throws(LinkageError) -> [[Condition.Bound]] {
    var all = try one()
    while words.first == "and" {
      words.removeFirst()
      let more = try one()
      all = all.flatMap { left in more.map { left + $0 } }
    }
    return all
  }

  private mutating func one() throws(LinkageError) -> [[Condition.Bound]] {
    guard let word = words.popFirst() else { throw wrong("something is missing at its end") }
    if word == "not" {
      // Not (a and b, or c): each alternative must fail at one of its bounds.
      return try one().reduce([[]]) { found, alternative in
        found.flatMap { left in alternative.map { left + [$0.opposite] } }
      }
    }
    if word == "(" {
      let inside = try either()
      guard words.popFirst() == ")" else { throw wrong("a bracket is not closed") }
      return inside
    }
    guard let kind = Measure.Kind(rawValue: word) else { throw wrong("'\(word)' is no measure") }
    let measure = Measure(kind: kind, fields: try fields())
    guard let sign = words.first.flatMap({ Condition.Bound.Sign(rawValue: $0) }) else {
      guard kind.isYesOrNo else { throw wrong("'\(word)' needs a sign and a number") }
      return [[Condition.Bound(measure: measure, sign: .above, limit: 0.5)]]
    }
    words.removeFirst()
    guard let limit = words.popFirst().flatMap({ Double($0) }) else {
      throw wrong("'\(word) \(sign.rawValue)' needs a number")
    }
    return [[Condition.Bound(measure: measure, sign: sign, limit: limit)]]
  }

  private mutating func fields() throws(LinkageError) -> [String] {
    guard words.first == "(" else { return [] }
    words.removeFirst()
    var names: [String] = []
    while let name = words.popFirst() {
      names.append(name)
      switch words.popFirst() {
      case ",": continue
      case ")": return names
      default: throw wrong("a bracket is not closed")
      }
    }
    throw wrong("a bracket is not closed")
  }
}

extension Double {
  /// As few digits as give it back.
  var shortest: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
