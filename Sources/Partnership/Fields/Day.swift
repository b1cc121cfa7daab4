import Codes
public import Foundation

/// A day of the calendar, without a time or zone.
public struct Day: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Days since 1 January 1970.
  public let number: Int

  public init(number: Int) { self.number = number }

  /// A day written `yyyy-MM-dd`; nil for a day that is not in the calendar.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count == 10, parts.count == 3, let year = Int(parts[0]),
      let month = Int(parts[1]), let day = Int(parts[2]), year >= 1_000,
      let number = CivilDate.day(year, month, day)
    else { return nil }
    self.number = number
    guard description == text else { return nil }
  }

  /// The day of a moment, in UTC.
  public init(_ date: Date) {
    number = Int((date.timeIntervalSince1970 / 86_400).rounded(.down))
  }

  public static var today: Day { Day(Date()) }

  public var parts: (year: Int, month: Int, day: Int) { CivilDate.parts(ofDay: number) }

  public var description: String {
    let (year, month, day) = parts
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(two(month))-\(two(day))"
  }

  /// The day as people write it: `23 November 2026`.
  public var inWords: String {
    let (year, month, day) = parts
    let names = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ]
    return "\(day) \(names[month - 1]) \(year)"
  }

  /// The last day that can be written: 9999-12-31.
  private static let last = 2_932_896

  /// The day so many months later, or the last of that month where it has no such day.
  public func adding(months: Int) -> Day {
    let (year, month, day) = parts
    let all = year * 12 + month - 1 + months
    let (newYear, newMonth) = (all / 12, all % 12 + 1)
    let last = CivilDate.length(ofMonth: newMonth, newYear)
    return Day(number: CivilDate.day(newYear, newMonth, min(day, last)) ?? Self.last)
  }

  public static func < (one: Self, other: Self) -> Bool { one.number < other.number }
}
