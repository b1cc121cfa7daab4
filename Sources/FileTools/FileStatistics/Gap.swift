import Codes
import Statistics

/// Periods without a row between those of a series: a control chart takes the points before and after for neighbours.
struct Gap {
  /// What to know, in a sentence.
  let words: String

  /// - Parameter series: the days of each series' points, since 1970-01-01.
  /// - Returns: nil where no series has a gap, or its points are not evenly spaced.
  init?(_ series: [[Int]]) {
    var missing = 0
    var first: (number: Int, isMonth: Bool)?
    for days in series {
      let days = days.sorted()
      let parts = days.map { CivilDate.parts(ofDay: $0) }
      let isMonths = parts.allSatisfy { $0.day == 1 }
      let numbers = isMonths ? parts.map { $0.year * 12 + $0.month - 1 } : days
      let steps = zip(numbers.dropFirst(), numbers).map { $0 - $1 }
      // Days of work have no weekends: of days only weeks are told.
      guard let usual = steps.mostCommon, isMonths || usual >= 7 else { continue }
      guard 2 * steps.count(where: { $0 == usual }) > steps.count,
        steps.allSatisfy({ $0 % usual == 0 })
      else { continue }
      for (number, step) in zip(numbers, steps) where step > usual {
        missing += step / usual - 1
        if first == nil { first = (number + usual, isMonths) }
      }
    }
    guard let first else { return nil }
    let name = Self.name(first.number, isMonth: first.isMonth)
    words =
      missing == 1
      ? "The period of \(name) has no row: limits are worked out as if the points before and after it were neighbours. Give it a row with an empty value."
      : "\(missing) periods have no row, the first of them \(name): limits are worked out as if the points before and after a gap were neighbours. Give each a row with an empty value."
  }
}

extension Gap {
  private static func name(_ number: Int, isMonth: Bool) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if isMonth { return "\(number / 12)-\(two(number % 12 + 1))" }
    let date = CivilDate.parts(ofDay: number)
    return "\(date.year)-\(two(date.month))-\(two(date.day))"
  }
}

extension Array<Int> {
  /// The value that is there most often; nil without any.
  fileprivate var mostCommon: Int? {
    Dictionary(map { ($0, 1) }, uniquingKeysWith: +).max {
      ($0.value, $1.key) < ($1.value, $0.key)
    }?
    .key
  }
}
