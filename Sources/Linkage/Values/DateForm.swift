/// How the dates of a column are written.
public enum DateForm: String, CaseIterable, Codable, Sendable {
  case yearFirst = "yyyy-MM-dd"
  case dayFirst = "dd/MM/yyyy"
  case monthFirst = "MM/dd/yyyy"

  /// Eight digits, year first; empty for what is no date in this form and for dates that systems put where
  /// there is none.
  ///
  /// A day or month that no calendar has stays: it is a slip in a date that is otherwise right.
  func digits(_ letters: [UInt8]) -> [UInt8] {
    // What follows a T or a blank is a time.
    let date = letters.prefix { $0 != UInt8(ascii: "T") && $0 != 0x20 }
    let parts = date.split { !(0x30...0x39).contains($0) }.map(Array.init)
    let pieces: [[UInt8]]
    if parts.count == 1, parts[0].count == 8 {
      let run = parts[0]
      pieces =
        self == .yearFirst
        ? [Array(run[..<4]), Array(run[4..<6]), Array(run[6...])]
        : [Array(run[..<2]), Array(run[2..<4]), Array(run[4...])]
    } else if parts.count == 3 {
      pieces = parts
    } else {
      return []
    }
    let (year, month, day) =
      switch self {
      case .yearFirst: (pieces[0], pieces[1], pieces[2])
      case .dayFirst: (pieces[2], pieces[1], pieces[0])
      case .monthFirst: (pieces[2], pieces[0], pieces[1])
      }
    guard year.count == 4, (1...2).contains(month.count), (1...2).contains(day.count) else {
      return []
    }
    let digits = year + Self.two(month) + Self.two(day)
    return Self.none.contains(digits) ? [] : digits
  }

  private static func two(_ digits: [UInt8]) -> [UInt8] {
    digits.count == 2 ? digits : [0x30] + digits
  }

  private static let none = Set(
    [
      "00000000", "17530101", "18000101", "18010101", "18991231", "19000101", "99991231",
      "99999999",
    ]
    .map { Array($0.utf8) })

  /// The form that most of some values have; with the year first where nothing speaks against it.
  ///
  /// Days and months of up to 12 say nothing; a first part above 12 is a day.
  static func found(in values: [[UInt8]]) -> DateForm {
    var counts: [DateForm: Int] = [:]
    for value in values {
      let parts = value.split { !(0x30...0x39).contains($0) }
      if parts.count == 3, parts[2].count == 4 {
        let (first, second) = (number(parts[0]), number(parts[1]))
        if first > 12, second <= 12 { counts[.dayFirst, default: 0] += 1 }
        if second > 12, first <= 12 { counts[.monthFirst, default: 0] += 1 }
        // Where nothing tells them apart, the day comes first, as in Britain.
        counts[.dayFirst, default: 0] += 0
      } else if parts.count == 1, parts[0].count == 8 {
        let year = number(parts[0].prefix(4))
        let isYear = (1850...2100).contains(year)
        counts[isYear ? .yearFirst : .dayFirst, default: 0] += 1
      } else if parts.count >= 3, parts[0].count == 4 {
        counts[.yearFirst, default: 0] += 1
      }
    }
    return allCases.max { (counts[$0] ?? -1) < (counts[$1] ?? -1) } ?? .yearFirst
  }

  private static func number(_ digits: some Sequence<UInt8>) -> Int {
    digits.reduce(0) { 10 * $0 + Int($1) - 0x30 }
  }
}
