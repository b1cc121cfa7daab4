/// Looks for what tells who somebody is, in texts that are to be kept without that. Names it cannot know.
enum Identifiers {
  /// What was found; nil for nothing.
  static func found(in text: String) -> String? {
    if text.firstMatch(of: /[^\s@]+@[^\s@]+\.[A-Za-z]{2,}/) != nil { return "an email address" }
    // Runs of digits, with the spaces and hyphens that people put between.
    for run in text.matches(of: /\+?[0-9][0-9 \-]{7,}[0-9]/) {
      let digits = run.output.filter(\.isNumber)
      if digits.count == 10, isNHSNumber(digits) { return "an NHS number" }
      let isNational = digits.count == 11 && digits.hasPrefix("0")
      let isInternational = digits.count == 12 && digits.hasPrefix("44")
      if isNational || isInternational { return "a telephone number" }
    }
    return nil
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
