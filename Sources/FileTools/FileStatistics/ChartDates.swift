import Codes
import Definitions
import Statistics

/// The dates of a column that a chart runs along, as numbers in order of time.
///
/// A date may be a day in any form that ``Codes/WrittenDate`` reads, a month (`2024-04`, `2024/4`, `202404`, `Apr-24`,
/// `April 2024`) or another period (`2024 Q2`, `2024/25`, `2024/25 Q1`, `2024`), which counts by its first day. What a
/// text alone does not say is decided for the whole column.
struct ChartDates {
  /// Days since 1970-01-01; nil for what is no date.
  let days: [Int?]
  /// What was assumed, in sentences.
  let notes: [String]
  /// Whether some dates have the day first and others the month first.
  let ordersConflict: Bool

  private let order: WrittenDate.Order
  private let slashIsFinancialYear: Bool

  /// Years of two digits are of 1980 to 2079.
  private static let latestYear = 2_079

  init(_ all: [String]) {
    // A file has many rows of a date.
    let named = Grouping(all)
    let texts = named.firstRows.map { all[$0] }
    let read = texts.map { WrittenDate.read($0, latestYear: Self.latestYear) }
    let told = Set(read.compactMap(\.toldOrder))
    let order = told.count == 1 ? told.first ?? .dayFirst : .dayFirst
    let slashIsFinancialYear = texts.allSatisfy {
      Self.yearAndNumber($0).map { $0.isFinancial } ?? true
    }
    self.order = order
    self.slashIsFinancialYear = slashIsFinancialYear
    ordersConflict = told.count > 1
    let known = zip(texts, read).map { text, date in
      Self.day(text, date, order, slashIsFinancialYear)
    }
    days = named.group.map { known[Int($0)] }
    var notes: [String] = []
    if read.contains(where: \.isAmbiguous), told.isEmpty {
      notes.append(
        "Dates such as 01/04/2024 were read with the day first: nothing in the file tells the order."
      )
    }
    if read.contains(where: { if case .serial = $0 { true } else { false } }) {
      notes.append("Numbers of five digits were read as the days of a spreadsheet.")
    }
    self.notes = notes
  }

  /// Another date, read as those of the column are.
  func day(_ text: String) -> Int? {
    Self.day(
      text, WrittenDate.read(text, latestYear: Self.latestYear), order, slashIsFinancialYear)
  }

  private static func day(
    _ text: String, _ date: WrittenDate, _ order: WrittenDate.Order, _ slashIsFinancialYear: Bool
  ) -> Int? {
    if let parts = date.parts(order: order) {
      guard (1_000...9_999).contains(parts.year) else { return nil }
      return CivilDate.day(parts.year, parts.month, parts.day)
    }
    if let (year, number, _) = yearAndNumber(text) {
      if slashIsFinancialYear { return CivilDate.day(year, 4, 1) }
      return CivilDate.day(year, number, 1)
    }
    if let match = text.wholeMatch(of: /(\d{4})(\d{2})/)
      ?? text.wholeMatch(of: /(\d{4})[-.](\d{1,2})/),
      let year = Int(match.1), let month = Int(match.2), (1_000...9_999).contains(year),
      let day = CivilDate.day(year, month, 1)
    {
      return day
    }
    if let quarter = quarter(text) { return quarter }
    for candidate in ["1 " + text, text + " 1"] {
      if case .parts(let year, let month, let day) = WrittenDate.read(
        candidate, latestYear: latestYear), text.contains(where: \.isLetter)
      {
        return CivilDate.day(year, month, day)
      }
    }
    return ReportingPeriod(text).flatMap {
      CivilDate.day($0.firstMonth / 12, $0.firstMonth % 12 + 1, 1)
    }
  }

  /// `2024/25` and `2024/4`: a financial year where the number is that of the next year, else a month.
  private static func yearAndNumber(
    _ text: String
  ) -> (year: Int, number: Int, isFinancial: Bool)? {
    guard (6...7).contains(text.utf8.count),
      let match = text.wholeMatch(of: /(\d{4})\/(\d{1,2})/), let year = Int(match.1),
      let number = Int(match.2)
    else { return nil }
    return (year, number, match.2.count == 2 && number == (year + 1) % 100)
  }

  /// `2024 Q2`, `Q2 2024`, `2024Q2`, of calendar years, and `2024/25 Q2`, `Q2 2024/25` of financial years.
  private static func quarter(_ text: String) -> Int? {
    let number = text.firstMatch(of: /[Qq]([1-4])/).flatMap { Int($0.1) }
    let rest = text.replacing(/[Qq][1-4]/, with: "").trimmed(" -")
    guard let number, text.matches(of: /[Qq]/).count == 1 else { return nil }
    if let match = rest.wholeMatch(of: /(\d{4})/), let year = Int(match.1) {
      return CivilDate.day(year, 3 * number - 2, 1)
    }
    guard let (year, _, isFinancial) = yearAndNumber(rest), isFinancial else { return nil }
    return number < 4 ? CivilDate.day(year, 3 * number + 1, 1) : CivilDate.day(year + 1, 1, 1)
  }
}

extension String {
  /// The text without some letters before and behind.
  fileprivate func trimmed(_ letters: String) -> String {
    String(drop(while: letters.contains).reversed().drop(while: letters.contains).reversed())
  }
}
