/// A day of the calendar, counted from 1 January 1900; what the synthetic place keeps time in.
///
/// The table knows 1900 to 2039; a life outside it would be our own mistake.
struct Day: Comparable, Hashable, Sendable {
  let number: Int32

  init(_ number: Int) { self.number = Int32(truncatingIfNeeded: number) }

  init(year: Int, month: Int, day: Int) {
    self.init(Self.table.firstOfMonth[(year - 1900) * 12 + month - 1] + day - 1)
  }

  static func < (left: Day, right: Day) -> Bool { left.number < right.number }
  static func + (left: Day, days: Int) -> Day { Day(Int(left.number) + days) }
  static func - (left: Day, days: Int) -> Day { Day(Int(left.number) - days) }
  static func - (left: Day, right: Day) -> Int { Int(left.number - right.number) }

  static let never = Day(Int(Int32.max))

  var year: Int { Int(Self.table.parts[index].year) }
  var month: Int { Int(Self.table.parts[index].month) }
  var day: Int { Int(Self.table.parts[index].day) }
  /// Months since January 1900.
  var monthNumber: Int { (year - 1900) * 12 + month - 1 }

  /// The first day of the month with that number.
  static func first(ofMonth number: Int) -> Day { Day(table.firstOfMonth[number]) }

  /// Whole years from a birth to this day.
  func age(bornOn birth: Day) -> Int {
    let years = year - birth.year
    return (month, day) < (birth.month, birth.day) ? years - 1 : years
  }

  /// The day as 2024-03-31.
  var iso: String {
    let writer = ByteWriter(capacity: 16)
    writer.day(self)
    return String(decoding: writer.buffer, as: UTF8.self)
  }

  private var index: Int { Int(number) }

  private struct Table {
    var parts: [(year: UInt16, month: UInt8, day: UInt8)] = []
    var firstOfMonth: [Int] = []

    init() {
      for year in 1900..<2040 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        for month in 1...12 {
          firstOfMonth.append(parts.count)
          for day in 1...lengths[month - 1] {
            parts.append((UInt16(year), UInt8(month), UInt8(day)))
          }
        }
      }
    }
  }
  private static let table = Table()

  /// Year, month and day at once.
  var civil: (year: Int, month: Int, day: Int) {
    let parts = Self.table.parts[index]
    return (Int(parts.year), Int(parts.month), Int(parts.day))
  }
}

extension ByteWriter {
  /// 2024-03-31
  func day(_ day: Day) {
    let (year, month, number) = day.civil
    padded(year, 4)
    byte(UInt8(ascii: "-"))
    padded(month, 2)
    byte(UInt8(ascii: "-"))
    padded(number, 2)
  }

  /// 20240331
  func compactDay(_ day: Day) {
    let (year, month, number) = day.civil
    padded(year, 4)
    padded(month, 2)
    padded(number, 2)
  }
}
