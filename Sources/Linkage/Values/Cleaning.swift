import Foundation

/// Brings the values of a kind into the one form in which they are compared.
///
/// A value that says nothing (blank, "unknown", a date that systems put where there is none) becomes empty,
/// which is no value.
struct Cleaning {
  let kind: FieldKind
  private let dates: DateForm?
  /// What parts several values, as bytes; empty where there is one.
  private let separator: [UInt8]

  /// What parts several clean values.
  static let unit: UInt8 = 0x1F

  /// - Parameter dates: how dates are written; worked out from the values where nil.
  init(_ kind: FieldKind, dates: DateForm? = nil, separator: String? = nil) {
    self.kind = kind
    self.dates = dates
    self.separator = Array((separator ?? "").utf8)
  }

  /// Appends the clean form of a text to `room`: nothing where it says nothing.
  func clean(_ text: UnsafeRawBufferPointer, to room: inout [UInt8]) {
    guard separator.isEmpty else {
      room.append(contentsOf: several(text))
      return
    }
    cleanOne(text, to: &room)
  }

  /// The clean values of a text that has several, in the order of the alphabet, each once. Square brackets around them,
  /// as lists are written with, do not count.
  private func several(_ text: UnsafeRawBufferPointer) -> [UInt8] {
    var rest = text[...]
    if rest.first == UInt8(ascii: "["), rest.last == UInt8(ascii: "]") {
      rest = rest.dropFirst().dropLast()
    }
    var values: Set<[UInt8]> = []
    while !rest.isEmpty {
      var end = rest.startIndex
      while end < rest.endIndex, !rest[end...].starts(with: separator) { end += 1 }
      var value: [UInt8] = []
      cleanOne(UnsafeRawBufferPointer(rebasing: rest[rest.startIndex..<end]), to: &value)
      if !value.isEmpty { values.insert(value) }
      rest = rest[min(rest.endIndex, end + separator.count)...]
    }
    return Array(
      values.sorted { $0.lexicographicallyPrecedes($1) }.joined(separator: [Self.unit]))
  }

  private func cleanOne(_ text: UnsafeRawBufferPointer, to room: inout [UInt8]) {
    switch kind {
    case .code, .localNumber, .nhsNumber, .phone, .postcode, .email:
      // Most values are of these kinds, and many: they are brought into form letter by letter.
      let start = room.count
      if copyPlain(text, to: &room), isPlain(room[start...]) { return }
      room.removeLast(room.count - start)
    case .encoding:
      // Small letters and capitals are not the same here.
      room.append(contentsOf: text)
      return
    default: break
    }
    room.append(contentsOf: clean(text))
  }

  /// Appends a text of capitals, small letters and digits in capitals; false where it has anything else.
  private func copyPlain(_ text: UnsafeRawBufferPointer, to room: inout [UInt8]) -> Bool {
    for byte in text {
      switch byte {
      case 0x30...0x39, 0x41...0x5A: room.append(byte)
      case 0x61...0x7A: room.append(byte - 0x20)
      case 0x20 where kind == .postcode || kind == .nhsNumber || kind == .phone: continue
      default: return false
      }
    }
    return true
  }

  /// Whether such a text is clean as it is: not short enough to be a word for nothing, and of its kind.
  private func isPlain(_ text: ArraySlice<UInt8>) -> Bool {
    switch kind {
    case .code, .localNumber: text.count > 8 || text.allSatisfy { $0 < 0x3A }
    case .nhsNumber:
      text.count == 10 && text.allSatisfy { $0 < 0x3A } && text.contains { $0 != text.first }
    case .postcode:
      (5...7).contains(text.count) && text.last.map { $0 > 0x40 } == true
        && !text.starts(with: Self.pseudo)
    default: false
    }
  }

  /// The clean form of a text; empty where it says nothing.
  func clean(_ text: UnsafeRawBufferPointer) -> [UInt8] {
    let letters = Self.upper(text)
    guard !Self.nothing.contains(letters) else { return [] }
    switch kind {
    case .forename, .surname, .fullName: return Self.words(letters, keepsDigits: false)
    case .dateOfBirth: return (dates ?? .yearFirst).digits(letters)
    case .sex: return Self.sex(letters)
    case .postcode: return Self.postcode(letters)
    case .address: return StreetText.clean(Self.words(letters, keepsDigits: true))
    case .phone: return Self.phone(letters)
    case .email: return letters.contains(UInt8(ascii: "@")) ? letters.filter { $0 > 0x20 } : []
    case .nhsNumber: return Self.nhsNumber(letters)
    case .code, .localNumber: return letters.filter { $0 > 0x20 }
    case .number: return Self.number(letters)
    case .text: return Self.words(letters, keepsDigits: true)
    case .encoding: return Array(text)
    }
  }

  private static let pseudo = Array("ZZ99".utf8)

  /// What systems write where there is nothing to write.
  private static let nothing: Set<[UInt8]> = Set(
    [
      "", "NULL", "NONE", "NAN", "N/A", "UNKNOWN", "NOT KNOWN", "NK", "NOT STATED", "NOT GIVEN",
      "UNK", "-", "--", ".", "?", "X", "XX", "XXX",
    ].map { Array($0.utf8) })

  // MARK: Letters

  /// Trimmed capitals, without accents.
  static func upper(_ text: UnsafeRawBufferPointer) -> [UInt8] {
    var bytes = text[...]
    while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    if bytes.allSatisfy({ $0 < 0x80 }) {
      return bytes.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
    }
    return plain(String(decoding: bytes, as: UTF8.self))
  }

  /// Capitals of any script, with what can be taken for a letter with marks as that letter.
  private static func plain(_ text: String) -> [UInt8] {
    var out = String.UnicodeScalarView()
    for scalar in text.decomposedStringWithCompatibilityMapping.uppercased().unicodeScalars {
      switch scalar {
      case "Ø": out.append("O")
      case "Ł": out.append("L")
      case "Đ", "Ð": out.append("D")
      case "Æ": out.append(contentsOf: "AE".unicodeScalars)
      case "Œ": out.append(contentsOf: "OE".unicodeScalars)
      case "Þ": out.append(contentsOf: "TH".unicodeScalars)
      case "ẞ": out.append(contentsOf: "SS".unicodeScalars)
      case "’", "ʻ", "ʼ", "‘", "`", "´": out.append("'")
      case "‐", "‑", "–", "—": out.append("-")
      case "\u{A0}", "\u{2009}", "\u{202F}", "\u{3000}": out.append(" ")
      default:
        // An accent stands by itself once letters are decomposed.
        if scalar.properties.generalCategory != .nonspacingMark { out.append(scalar) }
      }
    }
    return Array(String(out).utf8)
  }

  /// Words of letters with one blank between; apostrophes go, whatever else is no letter parts words.
  static func words(_ letters: [UInt8], keepsDigits: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(letters.count)
    var isApart = false
    for letter in letters {
      let isDigit = (0x30...0x39).contains(letter)
      if (0x41...0x5A).contains(letter) || letter >= 0x80 || (isDigit && keepsDigits) {
        if isApart, !out.isEmpty { out.append(0x20) }
        isApart = false
        out.append(letter)
      } else if letter != UInt8(ascii: "'") {
        isApart = true
      }
    }
    return out
  }

  private static func digits(_ letters: [UInt8]) -> [UInt8] {
    letters.filter { (0x30...0x39).contains($0) }
  }

  // MARK: Kinds

  private static func sex(_ letters: [UInt8]) -> [UInt8] {
    switch String(decoding: letters, as: UTF8.self) {
    case "M", "MALE", "MAN", "BOY", "1": [UInt8(ascii: "M")]
    case "F", "FEMALE", "WOMAN", "GIRL", "2": [UInt8(ascii: "F")]
    case "O", "OTHER", "I", "INDETERMINATE", "NON-BINARY", "3": [UInt8(ascii: "O")]
    default: []
    }
  }

  /// Without the blank. Pseudo-postcodes (ZZ99) say that there is no address.
  private static func postcode(_ letters: [UInt8]) -> [UInt8] {
    let bare = letters.filter { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
    return bare.starts(with: pseudo) ? [] : bare
  }

  /// The last ten digits, so that +44 and 0 are the same; fewer than seven are no number.
  private static func phone(_ letters: [UInt8]) -> [UInt8] {
    let digits = digits(letters)
    guard digits.count >= 7, Set(digits).count > 1 else { return [] }
    return digits.suffix(10)
  }

  /// Ten digits, with or without a right check digit; others are no number.
  private static func nhsNumber(_ letters: [UInt8]) -> [UInt8] {
    let digits = digits(letters)
    return digits.count == 10 && Set(digits).count > 1 ? digits : []
  }

  /// A number as it is written shortest.
  private static func number(_ letters: [UInt8]) -> [UInt8] {
    guard let number = Double(String(decoding: letters.filter { $0 != 0x2C }, as: UTF8.self)),
      number.isFinite
    else { return [] }
    return Array("\(number)".utf8)
  }
}

/// The check of an NHS number: weights of 10 to 2, modulo 11 (NHS Data Dictionary, NHS NUMBER).
func isValidNHSNumber(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
  guard digits.count == 10 else { return false }
  let sum = digits.prefix(9).enumerated().reduce(0) {
    $0 + (10 - $1.offset) * Int($1.element - 0x30)
  }
  let check = 11 - sum % 11
  return check == 11 ? digits[9] == 0x30 : check < 10 && Int(digits[9] - 0x30) == check
}
