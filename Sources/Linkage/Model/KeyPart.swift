/// What of a field's value a blocking rule wants to be the same: all of it, its sound, its first letters.
public struct KeyPart: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case exact
    case soundex
    case doubleMetaphone = "double_metaphone"
    /// The usual form of a forename that has short ones.
    case nickname
    /// A number of first or last letters.
    case first
    case last
    /// The first word, the last, and all words in the order of the alphabet.
    case firstWord = "first_word"
    case lastWord = "last_word"
    case words
    case year
    /// Day and month in the order of their size, and year: the same where they are the wrong way round.
    case dateDigits = "date_digits"
    case sector
    case district
    case houseNumber = "house_number"
    /// Of encodings: a number of bits, the same for all, drawn for a number of the rule (Indyk and Motwani 1998).
    case bits
    /// Of fields with several values: the one that a drawing puts first. Two records that share one of their values share
    /// that as often as they have values in common, of all that either has (Broder 1997).
    case drawn
  }

  public let kind: Kind
  public let field: String
  /// How many letters or bits, for those that need a number.
  public let count: Int
  /// Which drawing of bits.
  public let band: Int

  init(kind: Kind, field: String, count: Int, band: Int = 0) {
    (self.kind, self.field, self.count, self.band) = (kind, field, count, band)
  }

  var text: String {
    switch kind {
    case .exact: field
    case .bits: "bits(\(field), \(count), \(band))"
    case .drawn: "drawn(\(field), \(band))"
    case .first, .last: "\(kind.rawValue)(\(field), \(count))"
    default: "\(kind.rawValue)(\(field))"
    }
  }
}

/// Which pairs of records are compared: those that have every part of the key in common.
public struct BlockingRule: Hashable, Sendable {
  public let parts: [KeyPart]

  /// Reads a rule such as `soundex(surname) and date_of_birth`.
  ///
  /// - Throws: ``LinkageError`` that says what is wrong with it.
  public init(_ text: String) throws(LinkageError) {
    var parts: [KeyPart] = []
    for piece in text.split(separator: " and ") {
      parts.append(try Self.part(piece.filter { !$0.isWhitespace }, of: text))
    }
    guard !parts.isEmpty else {
      throw LinkageError(
        "A blocking rule is empty.", hint: "Write one such as 'soundex(surname) and year(dob)'.")
    }
    self.parts = parts
  }

  init(parts: [KeyPart]) { self.parts = parts }

  private static func part(_ piece: String, of rule: String) throws(LinkageError) -> KeyPart {
    let pieces = piece.split { "(),".contains($0) }.map(String.init)
    if pieces.count == 1, piece == pieces[0] {
      return KeyPart(kind: .exact, field: piece, count: 0)
    }
    guard piece.hasSuffix(")"), let name = pieces.first, let kind = KeyPart.Kind(rawValue: name),
      pieces.count
        == (kind == .first || kind == .last || kind == .drawn ? 3 : kind == .bits ? 4 : 2)
    else {
      let names = KeyPart.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw LinkageError(
        "In the blocking rule '\(rule)', '\(piece)' is no part of a key.",
        hint:
          "Name a field, or one of \(names) with a field in brackets; 'first' and 'last' take a "
          + "number too, as in first(surname, 4), as does 'drawn', and 'bits' two, as in bits(clk, 16, 1)."
      )
    }
    guard pieces.count < 3 || (1...64).contains(Int(pieces[2]) ?? 0) else {
      throw LinkageError(
        "In the blocking rule '\(rule)', '\(pieces[2])' is no number of letters from 1 to 64.")
    }
    if kind == .drawn {
      return KeyPart(kind: kind, field: pieces[1], count: 0, band: Int(pieces[2]) ?? 0)
    }
    guard kind == .bits else {
      return KeyPart(
        kind: kind, field: pieces[1], count: pieces.count == 3 ? Int(pieces[2]) ?? 0 : 0)
    }
    guard let count = Int(pieces[2]), let band = Int(pieces[3]), (4...30).contains(count),
      (1...1_000).contains(band)
    else {
      throw LinkageError(
        "In the blocking rule '\(rule)', '\(piece)' is not read.",
        hint: "Write how many bits, 4 to 30, and which drawing of them, as in bits(clk, 16, 1).")
    }
    return KeyPart(kind: kind, field: pieces[1], count: count, band: band)
  }

  /// The rule, as it would be written.
  public var text: String { parts.map(\.text).joined(separator: " and ") }

  var fields: Set<String> { Set(parts.map(\.field)) }

  /// The fields of whose agreement its pairs tell nothing, because it is what finds them. That a few bits of encodings
  /// are the same says next to nothing of how alike they are.
  var given: Set<String> { Set(parts.filter { $0.kind != .bits }.map(\.field)) }
}

extension BlockingRule: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
