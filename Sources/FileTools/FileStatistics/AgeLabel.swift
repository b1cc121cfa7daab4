import Codes

/// What the label of an age band says: where the band begins and, unless the label is an age alone, where it ends.
struct AgeLabel: Hashable, Sendable {
  /// Where the label says that the band ends.
  enum End: Hashable, Sendable {
    /// Below this age.
    case below(Int)
    case never
    /// The label is the age at which the band begins: the next band tells.
    case notSaid
  }

  let from: Int
  let end: End

  /// Reads "0", "0-4", "00_04", "0 to 4 years", "[0,5)", "85+", "85 and over", "90_plus", "<1", "under 5",
  /// "4 and under"; nil for other labels.
  init?(_ text: String) {
    let text = WrittenValue.trimmed(text.lowercased())
    // R and spreadsheets may write 5 as 5.0.
    if case .number(let number) = WrittenNumber.read(text) {
      guard let age = Int(exactly: number), (0...Self.oldest).contains(age) else { return nil }
      (from, end) = (age, .notSaid)
      return
    }
    guard text.first != "-", !Self.isDate(text) else { return nil }
    let numbers = text.split { !("0"..."9").contains($0) }.map { Int($0) }
    guard let first = numbers.first ?? nil, first <= Self.oldest else { return nil }
    func says(_ words: [String]) -> Bool { words.contains { text.contains($0) } }
    if numbers.count == 2, let last = numbers[1], last >= first, last <= Self.oldest {
      // "[0,5)" and "0 to under 5" leave out their last age.
      let isOpen = text.hasSuffix(")") && text.hasPrefix("[") || says(["<", "under", "less than"])
      guard !isOpen || last > first else { return nil }
      (from, end) = (first, .below(isOpen ? last : last + 1))
      return
    }
    guard numbers.count == 1 else { return nil }
    if says([
      "<=", "≤", "and under", "or under", "and younger", "or younger", "and below", "or less",
    ]) {
      (from, end) = (0, .below(first + 1))
    } else if says(["<", "under", "below", "less", "younger"]), first > 0 {
      (from, end) = (0, .below(first))
    } else if says([">="]) {
      (from, end) = (first, .never)
    } else if says([">"]) {
      (from, end) = (first + 1, .never)
    } else if says(["+", "plus", "over", "older", "above", "more", "≥"]) {
      (from, end) = (first, .never)
    } else {
      (from, end) = (first, .notSaid)
    }
  }

  /// Whether a spreadsheet made a date of the band, as `05-Sep` of 5-9.
  private static func isDate(_ text: String) -> Bool {
    let months = [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    ]
    return text.split { !$0.isLetter }.contains { months.contains(String($0)) }
  }

  /// Nobody is older; a larger number is no age.
  private static let oldest = 150
}
