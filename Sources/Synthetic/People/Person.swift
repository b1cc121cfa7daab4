import Definitions

enum Sex: String, Sendable, CaseIterable {
  case female
  case male

  /// The position in tables by sex: women first.
  var index: Int { self == .female ? 0 : 1 }
}

/// One person of the synthetic place, from birth or arrival to death, departure or the last day.
struct Person: Sendable {
  enum Exit: UInt8, Sendable {
    case none
    case died
    case left
  }

  var birth: Day
  var sex: Sex
  /// The position in the list of ethnic categories.
  var ethnicity: Int
  var household: Int
  var forename: UInt32 = 0
  var surname: UInt32 = 0
  /// The name before marriage, the same where it never changed.
  var birthSurname: UInt32 = 0
  var tendencies = Tendencies.zero
  /// The first day here; the first day of the records for those who were here already.
  var arrival: Day
  /// The first day no longer here.
  var exit: Day
  var reason = Exit.none
  var isDisabled = false
  /// The mother of somebody born here in the years.
  var mother = -1
  /// The practice at first.
  var practice = 0
  /// Moved into a care home on this day.
  var careHome = Day.never

  func age(on day: Day) -> Int { day.age(bornOn: birth) }
  func isHere(on day: Day) -> Bool { arrival <= day && day < exit }
  func years(on day: Day) -> Double { Double(day - birth) / 365.25 }
}

/// People who share a home.
struct Household: Sendable {
  enum Kind: UInt8, Sendable {
    case family
    case students
    case careHome
  }

  var kind: Kind
  var members: [Int]
  /// The home's number within its small area.
  var dwelling: Int
  var tenure = 0
  /// How many dimensions of deprivation (Census 2021), 0 to 4.
  var dimensions = 0
  /// Bedrooms beyond the standard: 2 and more, 1, 0, -1, -2 and fewer.
  var spareRooms = 0
  var bedrooms = 1
  var isLoneParent = false
  /// Whether the first two members are a couple; sharers are neither this nor a parent with children.
  var isCouple = false
  /// The homes moved to.
  var moves: [Move] = []
  var hasLowIncome: Bool { dimensions >= 2 }

  struct Move: Sendable {
    let day: Day
    let home: Home
  }
}

/// A home: the small area and the number within it.
struct Home: Hashable, Sendable {
  var area: Int
  var dwelling: Int

  /// Care homes have numbers of their own, beyond all others.
  static let careHome = 9_000
}

/// The days that a synthetic place covers, and its deliveries.
struct Timeline: Sendable {
  let start: Day
  /// The first day after the records.
  let end: Day
  /// The first day after each delivery, the full one first.
  let cuts: [Day]

  init(end last: String, years: Int, monthlyDeliveries: Int) throws {
    let parts = last.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, (1990...2035).contains(parts[0]), (1...12).contains(parts[1]),
      (1...31).contains(parts[2])
    else {
      throw Problem(file: "parameters.yaml", "'\(last)' is not a day such as 2025-06-30.")
    }
    end = Day(year: parts[0], month: parts[1], day: parts[2]) + 1
    start = Day(year: end.year - years, month: end.month, day: end.day)
    let monthly = min(monthlyDeliveries, 12 * years - 1)
    let month = end.monthNumber
    cuts = (0...monthly).map { Day.first(ofMonth: month - monthly + $0) }
  }

  var years: Double { Double(end - start) / 365.25 }
  /// Months since the first, of a day within.
  func month(_ day: Day) -> Int { day.monthNumber - start.monthNumber }
  var months: Int { end.monthNumber - start.monthNumber }

  /// The delivery that records of a day come with.
  func delivery(_ day: Day) -> Int { cuts.firstIndex { day < $0 } ?? cuts.count - 1 }
}
