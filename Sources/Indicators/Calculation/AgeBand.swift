/// A band of ages, as groups of open data name it: `65_69`, `90_plus`, `00`.
struct AgeBand {
  let from: Int
  /// The last age, or infinity.
  let to: Double

  init?(_ text: String) {
    if let match = text.wholeMatch(of: /(\d{1,3})(?:_plus|\+)/), let from = Int(match.1) {
      (self.from, to) = (from, .infinity)
    } else if let match = text.wholeMatch(of: /(\d{1,3})[_-](\d{1,3})/), let from = Int(match.1),
      let to = Int(match.2), to >= from
    {
      (self.from, self.to) = (from, Double(to))
    } else if let age = Int(text), age >= 0 {
      (from, to) = (age, Double(age))
    } else {
      return nil
    }
  }
}
