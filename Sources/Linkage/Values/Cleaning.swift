import Codes
import Foundation

/// Brings the values of a kind into the one form in which they are compared.
///
/// A value that says nothing (blank, "unknown", a date that systems put where there is none) becomes empty,
/// which is no value. A value that is there and is not understood becomes empty too, and is told apart so that it can be
/// counted.
struct Cleaning {
  let kind: FieldKind
  private let form: ColumnForm
  /// What parts several values, as bytes; empty where there is one.
  private let separator: [UInt8]

  /// What parts several clean values.
  static let unit: UInt8 = 0x1F

  /// - Parameter form: what was decided for the column.
  init(_ kind: FieldKind, form: ColumnForm = ColumnForm(), separator: String? = nil) {
    self.kind = kind
    self.form = form
    self.separator = Array((separator ?? "").utf8)
  }

  /// Appends the clean form of a text to `room`: nothing where it says nothing.
  ///
  /// - Returns: whether it was understood, as far as it says anything.
  @discardableResult
  func clean(_ text: UnsafeRawBufferPointer, to room: inout [UInt8]) -> Bool {
    guard separator.isEmpty else {
      let values = several(text)
      room.append(contentsOf: values ?? [])
      return values != nil
    }
    return cleanOne(text, to: &room)
  }

  /// The clean values of a text that has several, in the order of the alphabet, each once. Square brackets around them,
  /// as lists are written with, do not count.
  /// Nil where none of them is understood.
  private func several(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    var rest = text[...]
    if rest.first == UInt8(ascii: "["), rest.last == UInt8(ascii: "]") {
      rest = rest.dropFirst().dropLast()
    }
    var values: Set<[UInt8]> = []
    var isUnderstood = true
    while !rest.isEmpty {
      var end = rest.startIndex
      while end < rest.endIndex, !rest[end...].starts(with: separator) { end += 1 }
      var value: [UInt8] = []
      if !cleanOne(UnsafeRawBufferPointer(rebasing: rest[rest.startIndex..<end]), to: &value) {
        isUnderstood = false
      }
      if !value.isEmpty { values.insert(value) }
      rest = rest[min(rest.endIndex, end + separator.count)...]
    }
    guard isUnderstood || !values.isEmpty else { return nil }
    return Array(
      values.sorted { $0.lexicographicallyPrecedes($1) }.joined(separator: [Self.unit]))
  }

  private func cleanOne(_ text: UnsafeRawBufferPointer, to room: inout [UInt8]) -> Bool {
    switch kind {
    case .code, .localNumber, .nhsNumber, .phone, .postcode, .email:
      // Most values are of these kinds, and many: they are brought into form letter by letter.
      let start = room.count
      if copyPlain(text, to: &room), isPlain(room[start...]) { return true }
      room.removeLast(room.count - start)
    case .encoding:
      // Small letters and capitals are not the same here.
      room.append(contentsOf: text)
      return true
    default: break
    }
    guard let value = clean(text) else { return false }
    room.append(contentsOf: value)
    return true
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
    case .code: text.count > Filler.longest || text.allSatisfy { $0 < 0x3A }
    case .nhsNumber:
      text.count == 10 && text.allSatisfy { $0 < 0x3A } && !WrittenCode.isFillerNHSNumber(text)
    case .postcode:
      (5...7).contains(text.count) && text.last.map { $0 > 0x40 } == true
        && !text.starts(with: Self.pseudo)
    default: false
    }
  }

  /// The clean form of a text; empty where it says nothing, and nil where it is not understood.
  func clean(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    // Numbers are read as everywhere: what looks like a digit or a sign and is none is refused.
    if kind == .number { return Self.number(text) }
    let letters = Self.upper(text)
    guard !saysNothing(letters) else { return [] }
    switch kind {
    case .forename, .surname, .fullName: return Self.words(letters, keepsDigits: false)
    case .dateOfBirth: return date(letters)
    case .sex: return Self.sex(letters)
    case .postcode: return Self.postcode(letters)
    case .address: return StreetText.clean(Self.words(letters, keepsDigits: true))
    case .phone: return Self.phone(letters)
    case .email: return Self.email(letters)
    case .nhsNumber: return Self.nhsNumber(letters)
    case .code, .localNumber:
      var code = letters.filter { $0 > 0x20 }
      if form.dropsPointZero {
        code = code.withUnsafeBytes { Self.digits(ofNumber: $0) } ?? code
      }
      return kind == .localNumber && code.withUnsafeBytes(Filler.isOwnNumber) ? [] : code
    case .number: return Self.number(text)
    case .text: return Self.words(letters, keepsDigits: true)
    case .encoding: return Array(text)
    }
  }

  /// Whether bytes in capitals are a word for nothing.
  private func saysNothing(_ letters: [UInt8]) -> Bool {
    if Filler.words.contains(letters) {
      let isName = kind == .forename || kind == .surname || kind == .fullName
      return !isName || !Filler.alsoNames.contains(letters)
    }
    switch kind {
    case .sex: return Self.unstatedSex.contains(letters)
    case .forename: return letters.withUnsafeBytes(Filler.isForename)
    case .surname, .fullName: return letters.withUnsafeBytes(Filler.isName)
    default: return false
    }
  }

  /// Whether a text says nothing: it is empty, or a word that systems write where there is nothing to write.
  func saysNothing(_ text: UnsafeRawBufferPointer) -> Bool { saysNothing(Self.upper(text)) }

  /// The digits of a whole number as files and data frames write it, behind what tells a local number from those of
  /// other sources; nil for anything else.
  static func digits(ofNumber text: UnsafeRawBufferPointer) -> [UInt8]? {
    let start = text.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard let digits = WrittenNumber.wholeDigits(UnsafeRawBufferPointer(rebasing: text[start...]))
    else { return nil }
    return text[..<start] + digits
  }

  // MARK: Dates

  /// Eight digits, year first.
  ///
  /// A day or month that no calendar has stays: it is a slip in a date that is otherwise right.
  private func date(_ letters: [UInt8]) -> [UInt8]? {
    let written = letters.withUnsafeBytes { WrittenDate.read($0, latestYear: form.latestYear) }
    guard let (year, month, day) = written.parts(order: form.order), (0...9_999).contains(year)
    else {
      // Zeros alone are a filler.
      let zeros = letters.filter { $0 == 0x30 }
      let marks = Set("-/. :".utf8)
      return !zeros.isEmpty && letters.allSatisfy({ $0 == 0x30 || marks.contains($0) }) ? [] : nil
    }
    var digits = [UInt8](repeating: 0x30, count: 8)
    var rest = year * 10_000 + month * 100 + day
    guard !Filler.isDate(rest) else { return [] }
    for place in digits.indices.reversed() {
      digits[place] = UInt8(0x30 + rest % 10)
      rest /= 10
    }
    return digits
  }

  private static let pseudo = Array("ZZ99".utf8)

  /// What stands for a sex that is not known or was not stated (NHS Data Dictionary, PERSON STATED GENDER CODE).
  private static let unstatedSex: Set<[UInt8]> = Set(
    ["0", "9", "U", "N", "Z", "0.0", "9.0", "NOT SPECIFIED", "UNSPECIFIED", "PREFER NOT TO SAY"]
      .map { Array($0.utf8) })

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

  private static func sex(_ letters: [UInt8]) -> [UInt8]? {
    switch String(decoding: letters, as: UTF8.self) {
    case "M", "MALE", "MAN", "BOY", "1", "1.0": [UInt8(ascii: "M")]
    case "F", "FEMALE", "WOMAN", "GIRL", "2", "2.0": [UInt8(ascii: "F")]
    case "O", "OTHER", "I", "INDETERMINATE", "NON-BINARY", "3", "3.0": [UInt8(ascii: "O")]
    default: nil
    }
  }

  /// Without the blank. Pseudo-postcodes (ZZ99) say that there is no address.
  ///
  /// Those of other countries are let pass as well: two to eight letters and digits, a digit among them.
  private static func postcode(_ letters: [UInt8]) -> [UInt8]? {
    var bare: [UInt8] = []
    for letter in letters where letter != 0x20 {
      guard (0x30...0x39).contains(letter) || (0x41...0x5A).contains(letter) else { return nil }
      bare.append(letter)
    }
    guard (2...8).contains(bare.count), bare.contains(where: { $0 < 0x3A }) else { return nil }
    return bare.starts(with: pseudo) ? [] : bare
  }

  /// An address with one @, without what programs put around it (`mailto:`, `<>`, a semicolon).
  private static func email(_ letters: [UInt8]) -> [UInt8]? {
    var text = letters[...]
    if text.starts(with: "MAILTO:".utf8) { text = text.dropFirst(7) }
    let marks = Set("<>;,\"' ".utf8)
    while let first = text.first, marks.contains(first) { text.removeFirst() }
    while let last = text.last, marks.contains(last) { text.removeLast() }
    let at = UInt8(ascii: "@")
    guard text.count(where: { $0 == at }) == 1, text.first != at, text.last != at,
      !text.contains(where: { $0 <= 0x20 || marks.contains($0) })
    else { return nil }
    return Array(text)
  }

  /// The last ten digits, so that +44 and 0 are the same, without an extension; fewer than seven are no number.
  private static func phone(_ letters: [UInt8]) -> [UInt8]? {
    if let number = letters.withUnsafeBytes({ WrittenNumber.wholeDigits($0) }) {
      return number.count > 15 ? nil : phone(digits: number)
    }
    // What follows letters ("ext", "x", "or"), a stroke or a mark of a list is an extension or another number.
    let first = letters.firstIndex { (0x30...0x39).contains($0) } ?? 0
    let marks = Set("/,;#\n\r|".utf8)
    let number = letters[first...].prefix {
      !(0x41...0x5A).contains($0) && $0 < 0x80 && !marks.contains($0)
    }
    let digits = digits(Array(number))
    // No number has more digits (ITU-T E.164): these are two that were run together.
    return digits.count > 15 ? nil : phone(digits: digits)
  }

  private static func phone(digits: [UInt8]) -> [UInt8]? {
    // One digit over and over is a filler.
    if !digits.isEmpty, Set(digits).count == 1 { return [] }
    return digits.count >= 7 ? digits.suffix(10) : nil
  }

  /// Ten digits, with or without a right check digit; others are no number, and one digit ten times over is none
  /// that was ever issued.
  private static func nhsNumber(_ letters: [UInt8]) -> [UInt8]? {
    var digits: [UInt8] = []
    if letters.withUnsafeBytes({ WrittenCode.appendNHSNumber($0, to: &digits) }) {
      return WrittenCode.isFillerNHSNumber(digits) ? [] : digits
    }
    // Zeros or nines alone, of whatever number, are a filler.
    let others = Self.digits(letters)
    return !others.isEmpty && Set(others).count == 1 && others.count == letters.count ? [] : nil
  }

  /// A number as it is written shortest.
  private static func number(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    switch WrittenNumber.read(text) {
    case .number(let number): Array("\(number)".utf8)
    case .missing: []
    case .refused: Filler.isWord(text) ? [] : nil
    }
  }
}
