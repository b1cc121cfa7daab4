import Definitions
import Foundation

extension Field {
  /// A value as it is kept: spaces around it taken away, a postcode as postcodes are written.
  ///
  /// - Parameter path: where the value stands, as messages name it.
  func tidied(_ value: FieldValue) -> FieldValue {
    let value = value.composed
    return switch (type, value) {
    case (.line, .text(let text)), (.phone, .text(let text)):
      .text(Self.line(text))
    case (.paragraphs, .text(let text)):
      .text(
        text.replacing("\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines))
    case (.postcode, .text(let text)): .text(Self.postcode(text) ?? text)
    case (.web, .text(let text)): .text(Self.address(text))
    case (_, .text(let text)): .text(text.trimmingCharacters(in: .whitespacesAndNewlines))
    case (.words, .texts(let texts)):
      .texts(texts.map(Self.line).filter { !$0.isEmpty }.withoutRepeats)
    case (.choices, .texts(let texts)), (.listed, .texts(let texts)):
      .texts(texts.filter { !$0.isEmpty }.withoutRepeats)
    case (.rows(let fields, _), .rows(let rows)):
      .rows(rows.map { fields.tidied($0) }.filter { !$0.isEmpty })
    default: value
    }
  }

  /// What is wrong with a value; nothing for a good one.
  ///
  /// - Parameter path: where the value stands, as problems name it.
  func problems(with value: FieldValue?, at path: String) -> [FieldProblem] {
    guard let value, !value.isEmpty else {
      guard isRequired else { return [] }
      if case .choice = type { return [FieldProblem(path, "\(label): choose one.")] }
      return [FieldProblem(path, "\(label) is missing.")]
    }
    if let problem = oversize(value, at: path) { return [problem] }
    func problem(_ message: String) -> [FieldProblem] { [FieldProblem(path, message)] }
    switch (type, value) {
    case (.line(let limit), .text(let text)), (.paragraphs(let limit), .text(let text)):
      if let control = text.unicodeScalars.first(where: Self.isControl) {
        return problem(
          "\(label) holds the character U+\(String(control.value, radix: 16, uppercase: true)), "
            + "which no page can show. Take it out.")
      }
      guard text.count <= limit else {
        return problem(
          "\(label) has \(text.count) characters; \(limit) is the most. Shorten it by "
            + "\(text.count - limit).")
      }
    case (.choice(let choices), .text(let text)):
      guard choices.contains(where: { $0.id == text }) else {
        return problem("\(label): '\(text.prefix(40))' is not one of the choices.")
      }
    case (.choices(let choices), .texts(let texts)):
      if let wrong = texts.first(where: { text in !choices.contains { $0.id == text } }) {
        return problem("\(label): '\(wrong.prefix(40))' is not one of the choices.")
      }
    case (.words, .texts(let texts)):
      if texts.contains(where: { $0.unicodeScalars.contains(where: Self.isControl) }) {
        return problem("\(label) holds a character that no page can show. Take it out.")
      }
      if let long = texts.first(where: { $0.count > 80 }) {
        return problem("\(label): '\(long.prefix(30))…' is longer than 80 characters.")
      }
      guard texts.count <= 50 else {
        return problem("\(label) has \(texts.count) entries; 50 is the most.")
      }
    case (.number(let range), .number(let number)):
      guard range.contains(number) else {
        return problem(
          "\(label): \(number.plain) is not from \(range.lowerBound.plain) to \(range.upperBound.plain)."
        )
      }
    case (.date, .text(let text)):
      guard Day(text) != nil else {
        return problem("\(label): '\(text.prefix(40))' is not a day such as 2026-11-23.")
      }
    case (.time, .text(let text)):
      guard Self.isTime(text) else {
        return problem("\(label): '\(text.prefix(40))' is not a time such as 09:30.")
      }
    case (.email, .text(let text)):
      guard Self.isEmail(text) else {
        return problem("\(label): '\(text.prefix(60))' is not an email address.")
      }
    case (.phone, .text(let text)):
      guard text.count <= 60, text.count(where: \.isNumber) >= 3,
        !text.unicodeScalars.contains(where: Self.isControl)
      else {
        return problem("\(label): '\(text.prefix(60))' is not a telephone number.")
      }
    case (.web, .text(let text)):
      guard Self.isWebAddress(text) else {
        return problem(
          "\(label): '\(text.prefix(60))' is not a web address such as https://example.org.")
      }
    case (.postcode, .text(let text)):
      guard Self.postcode(text) != nil else {
        return problem("\(label): '\(text.prefix(20))' is not a postcode such as BB1 1AA.")
      }
    case (.listed, .texts(let texts)):
      guard texts.count <= 50 else {
        return problem("\(label) has \(texts.count) entries; 50 is the most.")
      }
      if let wrong = texts.first(where: { $0.wholeMatch(of: /[A-Za-z0-9_.\-]{1,100}/) == nil }) {
        return problem("\(label): '\(wrong.prefix(40))' is not one of the choices.")
      }
    case (.record, .number), (.flag, .flag), (.records, .numbers), (.records, .number): break
    case (.rows(let fields, let one), .rows(let rows)):
      // What pages of its own add to grows for years.
      let most = isManaged ? 5_000 : 200
      guard rows.count <= most else {
        return problem("\(label) has \(rows.count) lines; \(most) is the most.")
      }
      return rows.enumerated().flatMap { index, row in
        fields.problems(with: row, at: "\(path).\(index)").map { problem in
          FieldProblem(problem.field, "\(one.capitalisedFirst) \(index + 1): \(problem.message)")
        }
      }
    default: return problem("\(label) holds something of the wrong sort.")
    }
    return []
  }

  /// What is too large to be looked at any further; nil for what is not. It is told by bytes and counts, so that it
  /// costs the same whatever the texts are.
  func oversize(_ value: FieldValue, at path: String) -> FieldProblem? {
    // Eight bytes for each character that it may have are more than any writing needs.
    let most =
      switch type {
      case .line(let limit), .paragraphs(let limit): 8 * limit
      case .web: 8_000
      default: 1_000
      }
    let isTooLarge =
      switch value {
      case .text(let text): text.utf8.count > most
      case .texts(let texts): texts.count > 1_000 || texts.contains { $0.utf8.count > most }
      case .numbers(let numbers): numbers.count > 1_000
      case .rows(let rows): rows.count > 5_000
      case .number, .flag: false
      }
    return isTooLarge ? FieldProblem(path, "\(label) is too long to be read. Shorten it.") : nil
  }

  // MARK: Forms of texts

  /// A line as it is kept: with single spaces, and without what has no width and joins nothing, so that two that look the
  /// same are the same.
  static func line(_ text: String) -> String {
    guard !text.isInvisible else { return "" }
    let seen = String(String.UnicodeScalarView(text.unicodeScalars.filter { !unseen.contains($0) }))
    return seen.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The soft hyphen, spaces of no width, and marks of the order of bytes; what joins letters or turns their direction
  /// is needed in some writings.
  private static let unseen: Set<Unicode.Scalar> = [
    "\u{AD}", "\u{180E}", "\u{200B}", "\u{2060}", "\u{FEFF}",
  ]

  /// Characters that pages and files cannot hold. Line breaks and tabs are fine.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
  }

  /// A postcode as it is written, `BB1 1AA`; nil for what is none (BS 7666 Part 0, Appendix C: one or two
  /// letters, a digit, perhaps a digit or letter, and a digit with two letters).
  public static func postcode(_ text: String) -> String? {
    let bare = text.uppercased().filter { !$0.isWhitespace }
    guard bare.wholeMatch(of: /[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}/) != nil else { return nil }
    return "\(bare.dropLast(3)) \(bare.suffix(3))"
  }

  static func isTime(_ text: String) -> Bool {
    text.wholeMatch(of: /([01][0-9]|2[0-3]):[0-5][0-9]/) != nil
  }

  /// Whether a text has the form of an address (RFC 5321's dot-string at a domain).
  public static func isEmail(_ text: String) -> Bool {
    text.utf8.count <= 254
      && text.wholeMatch(
        of:
          /[A-Za-z0-9!#$%&'*+\/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+\/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])/
      ) != nil
  }

  /// A web address with its scheme: people leave it out.
  private static func address(_ text: String) -> String {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    let hasScheme = text.prefixMatch(of: /[A-Za-z][A-Za-z0-9+.-]*:/) != nil
    return hasScheme || text.isEmpty ? text : "https://\(text)"
  }

  /// Whether a text is an address that a page may link to: of the web, and nothing that runs.
  public static func isWebAddress(_ text: String) -> Bool {
    guard text.utf8.count <= 2_000, let url = URL(string: text), let host = url.host(),
      let scheme = url.scheme?.lowercased()
    else { return false }
    return ["http", "https"].contains(scheme) && host.contains(".")
      && !text.contains(where: \.isWhitespace)
  }
}

extension [Field] {
  /// Fields as they are kept; those that no field describes are left as they are.
  public func tidied(_ fields: Fields) -> Fields {
    var tidy = fields
    for field in self {
      if let value = fields[field.name] { tidy[field.name] = field.tidied(value) }
    }
    return tidy
  }

  /// All that is wrong with `fields`, in the order of the form.
  public func problems(with fields: Fields, at path: String = "") -> [FieldProblem] {
    flatMap { field in
      field.problems(
        with: fields[field.name], at: path.isEmpty ? field.name : "\(path).\(field.name)")
    }
  }

  /// What is too large to be looked at, which is asked before anybody else has to wait for what is written.
  func oversize(in fields: Fields, at path: String = "") -> [FieldProblem] {
    flatMap { field -> [FieldProblem] in
      guard let value = fields[field.name] else { return [] }
      let place = path.isEmpty ? field.name : "\(path).\(field.name)"
      if let problem = field.oversize(value, at: place) { return [problem] }
      guard case .rows(let inner, _) = field.type, case .rows(let rows) = value else { return [] }
      return rows.enumerated().flatMap { index, row in
        inner.oversize(in: row, at: "\(place).\(index)")
      }
    }
  }

  public subscript(name: String) -> Field? { first { $0.name == name } }
}

extension [String] {
  /// The texts without those that were there already, in their order.
  var withoutRepeats: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}

extension String {
  /// Whether there is nothing in it that anybody could see, such as spaces of no width.
  var isInvisible: Bool {
    unicodeScalars.allSatisfy {
      $0.properties.isWhitespace || $0.properties.isDefaultIgnorableCodePoint
    }
  }
}

extension Double {
  /// The number without needless decimals.
  var plain: String { self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\(self)" }
}

extension FieldValue {
  /// The value with composed letters, so that the same word has one spelling (Unicode Annex 15, NFC).
  fileprivate var composed: FieldValue {
    switch self {
    case .text(let text): .text(text.precomposedStringWithCanonicalMapping)
    case .texts(let texts): .texts(texts.map(\.precomposedStringWithCanonicalMapping))
    default: self
    }
  }
}
