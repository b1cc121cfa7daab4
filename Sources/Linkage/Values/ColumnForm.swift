import Codes
import Foundation

/// What is decided for a whole column of a source about values that do not tell by themselves how they are to be read.
struct ColumnForm: Hashable, Sendable {
  /// Whether the day or the month comes first in dates such as 02/10/1983.
  var order: WrittenDate.Order
  /// Whether all values are whole numbers, some of them as data frames and spreadsheets write numbers (`100000.0`,
  /// `1.00000E+05`): then the digits alone are the value.
  var dropsPointZero: Bool
  /// Two-digit years are of the hundred years that end with this one.
  var latestYear: Int

  init(
    order: WrittenDate.Order = .dayFirst, dropsPointZero: Bool = false,
    latestYear: Int = ColumnForm.thisYear
  ) {
    self.order = order
    self.dropsPointZero = dropsPointZero
    self.latestYear = latestYear
  }

  /// The year of today: nobody was born later.
  static let thisYear = CivilDate.parts(ofDay: Int(Date().timeIntervalSince1970 / 86_400)).year
}

/// How a column of a source was read: what was assumed, and how much was not understood.
struct ColumnReading: Sendable {
  var form = ColumnForm()
  /// Records that have a value, words for nothing left out.
  var present = 0
  /// Those whose value was not understood.
  var notUnderstood = 0
  /// Those whose value systems write where they know none, such as 1900-01-01 as a date of birth.
  var fillers = 0
  /// What some of them look like.
  var shapes: [String] = []
  /// Dates that tell that the day, or the month, comes first, and those that do not tell.
  var dayFirst = 0
  var monthFirst = 0
  var ambiguous = 0
  /// Dates with a year of two digits, and days as a spreadsheet numbers them.
  var shortYears = 0
  /// Those of them whose first part is above 31, so that it is the year.
  var shortYearsFirst = 0
  var serials = 0
  /// Whether the model says how dates are written.
  var isSaid = false

  /// The share of dates that tell an order which may be slips.
  private static let slips = 0.02

  /// Whether some dates have the day first and others the month first, and more than slips can explain.
  var ordersConflict: Bool {
    let told = dayFirst + monthFirst
    return !isSaid && ambiguous > 0 && min(dayFirst, monthFirst) > 1
      && Double(min(dayFirst, monthFirst)) > Self.slips * Double(told)
  }

  /// Whether some dates have a year of two digits in the first place, and others that may have.
  var hasShortYearsFirst: Bool {
    shortYearsFirst > 1 && dayFirst + monthFirst + ambiguous > 0
      && Double(shortYearsFirst) > Self.slips * Double(present)
  }

  /// Decides the order of days and months from what the dates tell.
  mutating func decide() {
    guard !isSaid else { return }
    form.order = monthFirst > dayFirst ? .monthFirst : .dayFirst
  }

  /// What was assumed, in sentences; nothing where nothing was.
  ///
  /// - Parameter name: the column and its source, for the sentences.
  func notes(_ name: String) -> [String] {
    var notes: [String] = []
    if ambiguous > 0, !isSaid {
      if dayFirst + monthFirst == 0 {
        notes.append(
          "\(name) has \(ambiguous) dates such as 02/10/1983 that do not tell whether the day or the month comes first; "
            + "the day was taken to. Set 'format' to MM/dd/yyyy where that is wrong.")
      } else if form.order == .monthFirst {
        notes.append("\(name) is written with the month first, as \(monthFirst) of its dates tell.")
      }
    }
    if shortYears > 0 {
      notes.append(
        "\(name) has \(shortYears) years of two digits, which were read as \(form.latestYear - 99) to \(form.latestYear)."
      )
    }
    if serials > 0 {
      notes.append("\(name) has \(serials) numbers, which were read as the days of a spreadsheet.")
    }
    if fillers > 0 {
      notes.append(
        "\(name) has \(fillers) values that systems write where they know none, such as 1900-01-01 or 9999999999; they are left out."
      )
    }
    if form.dropsPointZero {
      notes.append(
        "\(name) has numbers as data frames write them (100000.0); their digits alone were taken.")
    }
    return notes
  }
}

extension FieldKind {
  /// Whether a value can be present and not be understood.
  var canBeNotUnderstood: Bool {
    switch self {
    case .dateOfBirth, .nhsNumber, .phone, .email, .number, .sex, .postcode: true
    default: false
    }
  }

  /// Whether a column of it has a form that no value alone tells.
  var hasColumnForm: Bool {
    switch self {
    case .dateOfBirth, .code, .localNumber: true
    default: false
    }
  }
}
