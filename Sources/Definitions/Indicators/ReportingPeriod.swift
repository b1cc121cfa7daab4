/// The whole months that a figure is about: a month, a quarter, a year, or several years together.
///
/// Periods are written as England's publishers write them: `2024-04` (a month), `2024 Q2` (a calendar quarter),
/// `2024` (a calendar year), `2024/25` (a financial year, from April), `2022 - 24` and `2022/23 - 24/25` (years taken
/// together), `2024-05 to 2025-04` (any run of months). A month may have one digit, as spreadsheets write it.
public struct ReportingPeriod: Hashable, Sendable {
  /// The first month, counted from January of the year 0.
  public let firstMonth: Int
  /// How many months there are.
  public let months: Int

  public init(firstMonth: Int, months: Int) {
    self.firstMonth = firstMonth
    self.months = months
  }

  /// The month after the last.
  public var end: Int { firstMonth + months }

  /// How long it is, for person-years: by its days, as months differ in length.
  public var years: Double { Double(Self.day(end) - Self.day(firstMonth)) / 365.25 }

  /// The days up to the first of a month (the proleptic Gregorian calendar).
  private static func day(_ month: Int) -> Int {
    let (year, month) = (month / 12, month % 12)
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month]
    func leaps(_ year: Int) -> Int { year / 4 - year / 100 + year / 400 }
    return year * 365 + leaps(month > 1 ? year : year - 1) + before
  }

  /// Whether some of these periods, in order of time, share months with the one before.
  public static func overlap(_ texts: [String]) -> Bool {
    let periods = texts.compactMap { ReportingPeriod($0) }
    return zip(periods, periods.dropFirst()).contains { $1.firstMonth < $0.end }
  }

  /// Reads a period as it stands in data; nil for a text that says no months, such as "latest".
  public init?(_ text: String) {
    if let match = text.wholeMatch(of: /(\d{4})-(\d{1,2})/), let year = Int(match.1),
      let month = Int(match.2), (1...12).contains(month)
    {
      self.init(firstMonth: year * 12 + month - 1, months: 1)
    } else if let match = text.wholeMatch(of: /(\d{4})/), let year = Int(match.1) {
      self.init(firstMonth: year * 12, months: 12)
    } else if let match = text.wholeMatch(of: /(\d{4})[ -]Q([1-4])/), let year = Int(match.1),
      let quarter = Int(match.2)
    {
      self.init(firstMonth: year * 12 + (quarter - 1) * 3, months: 3)
    } else if let match = text.wholeMatch(of: /(\d{4})\/(\d{2})/),
      let years = Self.years(match.1, match.2), years.count == 2
    {
      self.init(firstMonth: years.first * 12 + 3, months: 12)
    } else if let match = text.wholeMatch(of: /(\d{4})\/\d{2} ?- ?(\d{2})\/(\d{2})/),
      let years = Self.years(match.1, match.3),
      let last = Int(match.2), (last + 1) % 100 == Int(match.3)
    {
      self.init(firstMonth: years.first * 12 + 3, months: (years.count - 1) * 12)
    } else if let match = text.wholeMatch(of: /(\d{4}) ?- ?(\d{2})/),
      let years = Self.years(match.1, match.2)
    {
      self.init(firstMonth: years.first * 12, months: years.count * 12)
    } else if let match = text.wholeMatch(of: /(\d{4}-\d{1,2}) to (\d{4}-\d{1,2})/),
      let from = ReportingPeriod(String(match.1)), let to = ReportingPeriod(String(match.2)),
      to.firstMonth >= from.firstMonth
    {
      self.init(firstMonth: from.firstMonth, months: to.end - from.firstMonth)
    } else {
      return nil
    }
  }

  /// The first year and how many years there are up to the one whose last two digits are given.
  private static func years(
    _ first: Substring, _ last: Substring
  ) -> (first: Int, count: Int)? {
    guard let first = Int(first), let last = Int(last) else { return nil }
    let century = first / 100 * 100
    let end = century + last >= first ? century + last : century + 100 + last
    // Twenty years together at most; else the text means something else.
    return end - first < 20 ? (first, end - first + 1) : nil
  }

  /// The period as it is written.
  public var text: String {
    let (year, month) = (firstMonth / 12, firstMonth % 12)
    let last = end - 1
    func two(_ number: Int) -> String { (number % 100 < 10 ? "0" : "") + "\(number % 100)" }
    switch (months, month) {
    case (1, _): return "\(year)-\(two(month + 1))"
    case (3, 0), (3, 3), (3, 6), (3, 9): return "\(year) Q\(month / 3 + 1)"
    case (12, 0): return "\(year)"
    case (12, 3): return "\(year)/\(two(year + 1))"
    case (_, 0) where months % 12 == 0: return "\(year) - \(two(last / 12))"
    case (_, 3) where months % 12 == 0:
      return "\(year)/\(two(year + 1)) - \(two(last / 12 - 1))/\(two(last / 12))"
    default:
      return "\(year)-\(two(month + 1)) to \(last / 12)-\(two(last % 12 + 1))"
    }
  }
}

extension ReportingPeriod: Comparable {
  /// Earlier periods come first, by the month that they end with.
  public static func < (a: ReportingPeriod, b: ReportingPeriod) -> Bool {
    (a.end, a.firstMonth) < (b.end, b.firstMonth)
  }
}

/// Which periods an indicator is given for.
public enum PeriodKind: String, Codable, CaseIterable, Sendable {
  /// Those of its data.
  case asPublished = "as_published"
  case month, quarter
  case calendarYear = "calendar_year"
  case financialYear = "financial_year"
  /// Twelve months, to each month.
  case rollingYear = "rolling_year"
  case threeYears = "three_years"
  case fiveYears = "five_years"

  /// How many months a period has; nil where the data say.
  var months: Int? {
    switch self {
    case .asPublished: nil
    case .month: 1
    case .quarter: 3
    case .calendarYear, .financialYear, .rollingYear: 12
    case .threeYears: 36
    case .fiveYears: 60
    }
  }

  /// The month of the year, from 0, with which periods begin; nil where with any.
  private func begins(_ month: Int) -> Bool {
    switch self {
    case .quarter: month % 3 == 0
    case .calendarYear: month == 0
    case .financialYear: month == 3
    case .asPublished, .month, .rollingYear, .threeYears, .fiveYears: true
    }
  }

  /// The periods of this kind that can be made from those of the data, and from which of them: only such as are there
  /// from end to end, each part once.
  ///
  /// - Parameter parts: the periods of the data; nil for one that says no months.
  /// - Returns: in order of time; for each the places of its parts.
  public func periods(of parts: [ReportingPeriod]) -> [(period: ReportingPeriod, parts: [Int])] {
    guard let months else { return parts.indices.map { (parts[$0], [$0]) }.sorted { $0.0 < $1.0 } }
    var found: [(period: ReportingPeriod, parts: [Int])] = []
    // Parts of one length make up a whole; a year is not made from months and quarters both.
    for length in Set(parts.map(\.months)).sorted() where months % length == 0 {
      let places = Dictionary(
        parts.indices.filter { parts[$0].months == length }.map { (parts[$0].firstMonth, $0) }
      ) { first, _ in first }
      for start in places.keys where begins(start % 12) {
        let members = stride(from: start, to: start + months, by: length).compactMap { places[$0] }
        let period = ReportingPeriod(firstMonth: start, months: months)
        if members.count == months / length, !found.contains(where: { $0.period == period }) {
          found.append((period, members))
        }
      }
    }
    return found.sorted { $0.period < $1.period }
  }
}
