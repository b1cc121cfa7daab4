/// A date as a file writes it, read by one grammar wherever the form of dates is not fixed beforehand.
///
/// | form | examples |
/// | --- | --- |
/// | year first | 1983-10-02, 1983/10/2, 1983.10.02, 19831002, 19831002.0 |
/// | day or month first | 02/10/1983, 2-10-1983, 02.10.1983, 02101983, 2/10/83 |
/// | month by name | 02-Oct-1983, 2 October 1983, 02OCT1983, Oct 2, 1983, 02-Oct-83 |
/// | a number of a spreadsheet | 30591 |
///
/// A time after a `T` or a blank is passed over.
public enum WrittenDate: Equatable, Sendable {
  /// The form alone says which part is which. Month and day may be none of the calendar: a slip.
  case parts(year: Int, month: Int, day: Int)
  /// The first two parts may be day and month or month and day.
  case either(first: Int, second: Int, year: Int)
  /// The serial number of a day, as spreadsheets store dates: 1 is 31 December 1899, and 60, a 29 February 1900
  /// that never was, is not read.
  case serial(Int)
  case notUnderstood

  /// In which order a day and a month come that a number alone does not tell.
  public enum Order: String, Sendable, Hashable {
    case dayFirst, monthFirst
  }

  /// Reads a value.
  ///
  /// - Parameter latestYear: a year of two digits is of the hundred years that end with this one.
  public static func read(_ bytes: UnsafeRawBufferPointer, latestYear: Int) -> WrittenDate {
    var reader = DateScanner(WrittenValue.trimmed(bytes), latestYear)
    return reader.read()
  }

  /// Whether bytes say a time of day other than midnight: which day a moment belongs to depends on a zone.
  public static func hasTimeOfDay(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon >= 2 else { return false }
    return bytes[(colon - 2)...].contains { $0 &- 0x31 < 9 }
  }

  /// Reads a text.
  public static func read(_ text: String, latestYear: Int) -> WrittenDate {
    var text = text
    return text.withUTF8 { read(UnsafeRawBufferPointer($0), latestYear: latestYear) }
  }

  /// Year, month and day; where the order is open, and no part above 12 tells it, by `order`. Nil where it was not
  /// understood.
  public func parts(order: Order) -> (year: Int, month: Int, day: Int)? {
    switch self {
    case .parts(let year, let month, let day): return (year, month, day)
    case .either(let first, let second, let year):
      switch toldOrder ?? order {
      case .dayFirst: return (year, second, first)
      case .monthFirst: return (year, first, second)
      }
    case .serial(let number):
      // Serial numbers above 60 count from 30 December 1899.
      guard number > 60 else { return nil }
      return CivilDate.parts(ofDay: number - 25_569)
    case .notUnderstood: return nil
    }
  }

  /// The order that a part above 12 tells; nil where nothing does.
  public var toldOrder: Order? {
    guard case .either(let first, let second, _) = self else { return nil }
    if first > 12, second <= 12 { return .dayFirst }
    if second > 12, first <= 12 { return .monthFirst }
    return nil
  }

  /// Whether a date means another day if the order is another.
  public var isAmbiguous: Bool {
    guard case .either(let first, let second, _) = self else { return false }
    return toldOrder == nil && first != second
  }
}

/// Reads the parts of a date one after the other.
private struct DateScanner {
  private let bytes: UnsafeRawBufferPointer
  private let latestYear: Int
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer, _ latestYear: Int) {
    self.bytes = bytes
    self.latestYear = latestYear
  }

  private enum Piece {
    case digits(Int, count: Int)
    case month(Int)
  }

  mutating func read() -> WrittenDate {
    guard bytes.count <= 64, !bytes.isEmpty else { return .notUnderstood }
    skipWeekday()
    guard let first = piece() else { return .notUnderstood }
    if case .digits(let number, let count) = first, isEnd || isPointZero {
      return run(number, count: count)
    }
    guard skipSeparator(), let second = piece(), skipSeparator(),
      let third = piece(), isEnd || isTime
    else { return .notUnderstood }
    switch (first, second, third) {
    case (.digits(let year, 4), .digits(let month, 1...2), .digits(let day, 1...2)):
      return .parts(year: year, month: month, day: day)
    case (.digits(let year, 4), .month(let month), .digits(let day, 1...2)):
      return .parts(year: year, month: month, day: day)
    case (.digits(let day, 1...2), .month(let month), .digits(let year, let count)),
      (.month(let month), .digits(let day, 1...2), .digits(let year, let count)):
      guard let year = self.year(year, count) else { return .notUnderstood }
      return .parts(year: year, month: month, day: day)
    case (.digits(let one, 2), .digits(let month, 1...2), .digits(let day, 1...2))
    where one > 31:
      guard let year = year(one, 2) else { return .notUnderstood }
      return .parts(year: year, month: month, day: day)
    case (.digits(let one, 1...2), .digits(let two, 1...2), .digits(let year, let count)):
      guard let year = self.year(year, count) else { return .notUnderstood }
      return .either(first: one, second: two, year: year)
    default: return .notUnderstood
    }
  }

  /// A date of digits alone.
  private func run(_ number: Int, count: Int) -> WrittenDate {
    switch count {
    case 8:
      let yearFirst = (number / 10_000, number / 100 % 100, number % 100)
      let yearLast = (number / 1_000_000, number / 10_000 % 100, number % 10_000)
      // In years from 1300 on a year in the last place makes a month of 13 and more of the year-first reading.
      if !(1...12).contains(yearFirst.1) || !(1800...2200).contains(yearFirst.0),
        (1800...2200).contains(yearLast.2), max(yearLast.0, yearLast.1) <= 31,
        min(yearLast.0, yearLast.1) <= 12
      {
        return .either(first: yearLast.0, second: yearLast.1, year: yearLast.2)
      }
      return .parts(year: yearFirst.0, month: yearFirst.1, day: yearFirst.2)
    case 7:
      // The first zero of eight digits was lost.
      let (first, second, year) = (number / 1_000_000, number / 10_000 % 100, number % 10_000)
      guard (1800...2200).contains(year), (1...31).contains(second), first > 0 else {
        return .notUnderstood
      }
      return .either(first: first, second: second, year: year)
    case 5: return .serial(number)
    default: return .notUnderstood
    }
  }

  private func year(_ number: Int, _ count: Int) -> Int? {
    switch count {
    case 4: number
    case 2: latestYear - (latestYear - number) % 100
    default: nil
    }
  }

  // MARK: Letters

  private var isEnd: Bool { position == bytes.count }

  /// Whether what is left is a point and zeros, as data frames write whole numbers.
  private var isPointZero: Bool {
    bytes.count - position >= 2 && bytes[position] == UInt8(ascii: ".")
      && bytes[(position + 1)...].allSatisfy { $0 == 0x30 }
  }

  /// Whether what is left is a time of day.
  private var isTime: Bool {
    var rest = bytes[position...]
    guard let first = rest.first, first == UInt8(ascii: "T") || first == 0x20 else { return false }
    rest = rest.drop { $0 == 0x20 || $0 == UInt8(ascii: "T") }
    guard let digit = rest.first, digit &- 0x30 < 10, rest.contains(UInt8(ascii: ":")) else {
      return false
    }
    // Which day a moment with a zone belongs to is another question, unless it is midnight.
    let hasZone =
      rest.contains { $0 == UInt8(ascii: "Z") || $0 == 0x2B } || rest.dropFirst(5).contains(0x2D)
    let time = rest.prefix { $0 &- 0x30 < 10 || $0 == 0x3A || $0 == 0x2E }
    if hasZone, time.contains(where: { $0 &- 0x31 < 9 }) { return false }
    return rest.allSatisfy {
      $0 &- 0x30 < 10 || [0x20, 0x2B, 0x2D, 0x2E, 0x3A].contains($0)
        || "AMPZUTCGampzutcg".utf8.contains($0)
    }
  }

  private mutating func piece() -> Piece? {
    guard !isEnd else { return nil }
    if bytes[position] &- 0x30 < 10 {
      var (number, count) = (0, 0)
      while position < bytes.count, bytes[position] &- 0x30 < 10 {
        guard count < 9 else { return nil }
        number = 10 * number + Int(bytes[position] - 0x30)
        (count, position) = (count + 1, position + 1)
      }
      return .digits(number, count: count)
    }
    let start = position
    while position < bytes.count, bytes[position] | 0x20 &- 0x61 < 26 { position += 1 }
    return Self.month(bytes[start..<position]).map { .month($0) }
  }

  /// Skips what parts two pieces: a hyphen, slash, full stop, comma or blanks, or nothing.
  private mutating func skipSeparator() -> Bool {
    var marks = 0
    while position < bytes.count {
      switch bytes[position] {
      case 0x20: break
      case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: ","): marks += 1
      default:
        return marks <= 1
      }
      position += 1
    }
    return false
  }

  /// Skips the name of a day of the week before a date.
  private mutating func skipWeekday() {
    let letters = bytes.prefix { $0 | 0x20 &- 0x61 < 26 }
    guard letters.count >= 3, letters.count < bytes.count else { return }
    let word = String(decoding: letters, as: UTF8.self).uppercased()
    let days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
    guard days.contains(where: { $0.hasPrefix(word) }) else { return }
    position = letters.count
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == UInt8(ascii: ",") {
      position += 1
    }
  }

  private static let months: [[UInt8]] = [
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER",
    "OCTOBER", "NOVEMBER", "DECEMBER",
  ].map { Array($0.utf8) }

  /// The month of an English name or its first three letters and more; "Sept" is one.
  private static func month(_ letters: Slice<UnsafeRawBufferPointer>) -> Int? {
    guard letters.count >= 3 else { return nil }
    let word = letters.map { $0 & 0xDF }
    return months.firstIndex { $0.starts(with: word) }.map { $0 + 1 }
  }
}
