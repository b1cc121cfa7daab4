/// Looks for what tells who somebody is, in texts that are to be kept without that. Names it cannot know.
enum Identifiers {
  /// What was found; nil for nothing.
  static func found(in text: String) -> String? {
    if text.firstMatch(of: /[^\s@]+@[^\s@]+\.[A-Za-z]{2,}/) != nil { return "an email address" }
    // Numbers are written with spaces, hyphens, dots and brackets in between, and side by side.
    for run in text.split(whereSeparator: { !($0.isNumber || " -–.()+\t".contains($0)) }) {
      let parts = run.split { !$0.isNumber }.map(String.init)
      for start in parts.indices {
        var digits = ""
        for part in parts[start...] {
          digits += part
          if digits.count > 15 { break }
          if isTelephone(digits) { return "a telephone number" }
          if digits.count == 10, isNHSNumber(digits) { return "an NHS number" }
        }
      }
    }
    return nil
  }

  /// Whether digits are a telephone number as people here write it: national, or with the code of the country.
  private static func isTelephone(_ digits: String) -> Bool {
    switch digits.count {
    case 11: digits.hasPrefix("0")
    case 12: digits.hasPrefix("44")
    case 13: digits.hasPrefix("440")
    case 14: digits.hasPrefix("0044")
    case 15: digits.hasPrefix("00440")
    default: false
    }
  }

  /// Whether ten digits end in the right check digit (NHS Data Dictionary, NHS number: modulus 11).
  private static func isNHSNumber(_ digits: some StringProtocol) -> Bool {
    let numbers = digits.compactMap(\.wholeNumberValue)
    guard numbers.count == 10 else { return false }
    let sum = zip(numbers, (2...10).reversed()).reduce(0) { $0 + $1.0 * $1.1 }
    let check = (11 - sum % 11) % 11
    return check < 10 && check == numbers[9]
  }
}
