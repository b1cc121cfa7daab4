/// A number as a file writes it, read by one grammar wherever Kith reads numbers:
///
///     [+-] digits [. digits] [e [+-] digits]        1234  -0.5  .5  1e+05
///     [+-] groups of three parted by commas or blanks [. digits]     1,234.5  12 345
///
/// Blanks around it mean nothing. What else spreadsheets and statistics packages write is refused by name
/// (``Fault``), so that a message can say what is there.
public enum WrittenNumber: Equatable, Sendable {
  case number(Double)
  /// Nothing, or a word that says so (``WrittenValue/missingNumbers``).
  case missing
  case refused(Fault)

  /// Why something is no number.
  public enum Fault: Sendable, Hashable, CaseIterable {
    case percent, brackets, minusSign, blankInside, decimalComma, hexadecimal, infinity
    case spreadsheetError, currency, suppressed, tooLarge, truth, pointThousands, other

    /// What is there, for a message: "a percent sign".
    public var words: String {
      switch self {
      case .percent: "a percent sign"
      case .brackets: "brackets for a number below zero"
      case .minusSign: "a minus sign that is not a hyphen (such as U+2212)"
      case .blankInside: "a blank that is not an ordinary one (such as U+00A0) within a number"
      case .decimalComma: "a comma that may be a decimal comma"
      case .hexadecimal: "a hexadecimal number"
      case .infinity: "an infinite number"
      case .spreadsheetError: "an error value of a spreadsheet (such as #N/A or #DIV/0!)"
      case .currency: "a currency sign"
      case .suppressed: "a mark for a value that was held back (such as *, c, <5 or 1-4)"
      case .tooLarge: "a number beyond all that can be held"
      case .truth: "TRUE or FALSE"
      case .pointThousands: "only numbers whose full stop may part thousands (1.234)"
      case .other: "something that is no number"
      }
    }

    /// What to do about it.
    public var hint: String {
      switch self {
      case .percent: "Write the number without the sign, such as 5 or 0.05, as the option expects."
      case .brackets: "Write -50 for (50)."
      case .minusSign: "Write an ordinary hyphen before numbers below zero."
      case .blankInside: "Write 1234 or 1,234."
      case .decimalComma:
        "Write decimals after a full stop (0.5), or thousands without commas (1234)."
      case .hexadecimal: "Write it in decimal digits."
      case .infinity, .tooLarge, .other, .suppressed, .spreadsheetError:
        "Leave it empty, or write NA, where it is not known or held back (*, <5, c); decimals follow a full stop."
      case .currency: "Write the amount without the sign."
      case .truth: "Write 1 or 0."
      case .pointThousands:
        "Part the columns by commas, or say --decimal-points where the full stop is a decimal point."
      }
    }
  }

  /// Reads a value.
  ///
  /// - Parameter commasPartThousands: whether a comma may part thousands. In a file whose columns are parted by
  ///   semicolons it may as well be a decimal comma, so that it is refused there.
  public static func read(
    _ bytes: UnsafeRawBufferPointer, commasPartThousands: Bool = true
  ) -> WrittenNumber {
    if let plain = plain(bytes) { return .number(plain) }
    let text = WrittenValue.trimmed(bytes)
    guard !WrittenValue.isMissingNumber(text) else { return .missing }
    if text.count != bytes.count, let plain = plain(text) { return .number(plain) }
    if let scientific = library(text) {
      return scientific.isFinite ? .number(scientific) : .refused(.tooLarge)
    }
    if let joined = withoutThousands(text) {
      guard commasPartThousands || !text.contains(UInt8(ascii: ",")) else {
        return .refused(.decimalComma)
      }
      guard let number = joined.withUnsafeBytes({ library($0) }) else { return .refused(.other) }
      return number.isFinite ? .number(number) : .refused(.tooLarge)
    }
    return .refused(fault(of: text))
  }

  /// Whether a number may be one of thousands that a full stop parts: one to three digits, the first not 0, and groups
  /// of three behind full stops.
  public static func mayHavePointThousands(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let text = WrittenValue.trimmed(bytes)
    let groups = text.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
      .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard groups.count > 1, let first = groups.first, (1...3).contains(first.count),
      first.first != UInt8(ascii: "0")
    else { return false }
    return groups.dropFirst().allSatisfy { $0.count == 3 }
      && groups.allSatisfy { $0.allSatisfy { $0 &- 0x30 < 10 } }
  }

  /// Reads a text.
  public static func read(_ text: String, commasPartThousands: Bool = true) -> WrittenNumber {
    var text = text
    return text.withUTF8 {
      read(UnsafeRawBufferPointer($0), commasPartThousands: commasPartThousands)
    }
  }

  /// A number of a sign, digits and a point, up to 18 digits; nil for anything else.
  public static func plain(_ bytes: UnsafeRawBufferPointer) -> Double? {
    var position = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { position = 1 }
    var (digits, decimals): (UInt64, Int) = (0, 0)
    var (count, hasPoint) = (0, false)
    while position < bytes.count {
      let byte = bytes[position]
      if byte &- 0x30 < 10 {
        guard count < 18 else { return nil }
        digits = digits * 10 + UInt64(byte - 0x30)
        count += 1
        if hasPoint { decimals += 1 }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        return nil
      }
      position += 1
    }
    // Both are exact below 2^53 and 10^22, so that one division rounds correctly (Clinger 1990).
    guard count > 0, digits < 1 << 53 else { return nil }
    let magnitude = Double(digits) / powers[decimals]
    return isNegative ? -magnitude : magnitude
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18,
  ]

  /// A number of the first line of the grammar, read by the library; nil for anything else. It may be infinite where
  /// the exponent is too large.
  private static func library(_ bytes: UnsafeRawBufferPointer) -> Double? {
    var position = 0
    func skipDigits() -> Int {
      let start = position
      while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
      return position - start
    }
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      position = 1
    }
    var digits = skipDigits()
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      digits += skipDigits()
    }
    guard digits > 0 else { return nil }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D {
        position += 1
      }
      guard skipDigits() > 0 else { return nil }
    }
    guard position == bytes.count else { return nil }
    // The library reads "5." as no number.
    let text = String(decoding: bytes, as: UTF8.self)
    return Double(text.hasSuffix(".") ? String(text.dropLast()) : text)
  }

  /// A number without the commas or blanks that part its thousands; nil where they part anything else. No group
  /// of thousands begins with 0, so 0,500 is no such number.
  private static func withoutThousands(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    var out: [UInt8] = []
    var (inGroup, groups, position) = (0, 0, 0)
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      out.append(sign)
      position = 1
    }
    let first = position < bytes.count ? bytes[position] : 0
    var mark: UInt8?
    while position < bytes.count, bytes[position] != UInt8(ascii: ".") {
      let byte = bytes[position]
      if byte &- 0x30 < 10 {
        inGroup += 1
        out.append(byte)
      } else if byte == UInt8(ascii: ",") || byte == 0x20, mark == nil || mark == byte {
        guard groups == 0 ? (1...3).contains(inGroup) : inGroup == 3 else { return nil }
        mark = byte
        groups += 1
        inGroup = 0
      } else {
        return nil
      }
      position += 1
    }
    guard groups > 0, inGroup == 3, first != UInt8(ascii: "0") else { return nil }
    while position < bytes.count {
      let byte = bytes[position]
      guard byte &- 0x30 < 10 || (byte == UInt8(ascii: ".") && !out.contains(byte)) else {
        return nil
      }
      out.append(byte)
      position += 1
    }
    return out
  }

  private static func fault(of bytes: UnsafeRawBufferPointer) -> Fault {
    let text = String(decoding: bytes, as: UTF8.self)
    let hasDigit = bytes.contains { $0 &- 0x30 < 10 }
    switch text.first {
    case "#": return .spreadsheetError
    case "*", "<", "~", "≤": return .suppressed
    case "£", "$", "€": return .currency
    case "(" where text.hasSuffix(")"): return .brackets
    case "−", "–", "—", "‐", "‑", "﹣", "－": return hasDigit ? .minusSign : .suppressed
    default: break
    }
    let bare = text.drop { $0 == "-" || $0 == "+" }
    if bare.first.map({ "£$€".contains($0) }) == true { return .currency }
    if bare.hasPrefix("0x") || bare.hasPrefix("0X") { return .hexadecimal }
    if ["inf", "infinity", "∞"].contains(bare.lowercased()) { return .infinity }
    if ["c", "C", "s", "x", "z", ":", "..", "[c]", "[x]", "[z]", "[low]"].contains(text) {
      return .suppressed
    }
    if ["suppressed", "redacted", "withheld", "masked"].contains(text.lowercased()) {
      return .suppressed
    }
    // "1-4", "1 to 4".
    if text.wholeMatch(of: /\d{1,3} ?(-|–|to) ?\d{1,3}/) != nil { return .suppressed }
    if ["true", "false"].contains(text.lowercased()) { return .truth }
    guard hasDigit else { return .other }
    if text.hasSuffix("%") || text.hasSuffix("％") { return .percent }
    if text.unicodeScalars.contains(where: {
      "\u{A0}\u{2009}\u{202F}\u{2007}".unicodeScalars.contains($0)
    }
    ) {
      return .blankInside
    }
    let isOfCommas = bytes.allSatisfy { $0 &- 0x30 < 10 || [0x2B, 0x2C, 0x2D, 0x2E].contains($0) }
    return isOfCommas && text.contains(",") ? .decimalComma : .other
  }

  /// The digits of a whole number that stands for a name, such as an NHS number, as a data frame or a spreadsheet
  /// may have rewritten it: `9991772367.0` and `9.991772367E+09` are `9991772367`. Nil for anything else, also
  /// where digits were lost (`9.99E+09`).
  public static func wholeDigits(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    var (digits, decimals): ([UInt8], [UInt8]) = ([], [])
    var (position, hasPoint) = (0, false)
    while position < bytes.count {
      let byte = bytes[position]
      if byte &- 0x30 < 10 {
        if hasPoint { decimals.append(byte) } else { digits.append(byte) }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        break
      }
      position += 1
    }
    guard !digits.isEmpty else { return nil }
    if position == bytes.count {
      return decimals.allSatisfy { $0 == 0x30 } ? digits : nil
    }
    guard bytes[position] | 0x20 == UInt8(ascii: "e"), digits.count == 1 else { return nil }
    var rest = bytes[(position + 1)...]
    if rest.first == 0x2B { rest = rest.dropFirst() }
    guard (1...2).contains(rest.count), rest.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    let exponent = rest.reduce(0) { 10 * $0 + Int($1 - 0x30) }
    return exponent == decimals.count ? digits + decimals : nil
  }
}
