import Codes
import Foundation

/// Reads dates of one fixed form, such as `dd/MM/yyyy`, without making text of them.
final class DateReader: Hashable, Sendable {
  let pattern: String
  private let year: Int
  private let month: Int
  private let day: Int?
  private let separators: [(position: Int, letter: UInt8)]
  private let length: Int

  /// - Parameter pattern: `yyyy`, `MM` and, where there is one, `dd`, each once, with fixed letters
  ///   between.
  init?(_ pattern: String) {
    let letters = Array(pattern.utf8)
    guard let year = Self.place(of: "yyyy", in: pattern),
      let month = Self.place(of: "MM", in: pattern)
    else { return nil }
    self.pattern = pattern
    self.year = year
    self.month = month
    day = Self.place(of: "dd", in: pattern)
    length = letters.count
    let digits = Set("yMd".utf8)
    separators = letters.enumerated().compactMap { digits.contains($1) ? nil : ($0, $1) }
    let expected = 4 + 2 + (day == nil ? 0 : 2)
    guard letters.count(where: { digits.contains($0) }) == expected else { return nil }
  }

  /// The reader of `yyyy-MM-dd`.
  init(yearMonthDay _: Void) {
    pattern = "yyyy-MM-dd"
    (year, month, day, length) = (0, 5, 8, 10)
    separators = [(4, UInt8(ascii: "-")), (7, UInt8(ascii: "-"))]
  }

  private static func place(of part: String, in pattern: String) -> Int? {
    pattern.range(of: part).map {
      pattern.utf8.distance(from: pattern.startIndex, to: $0.lowerBound)
    }
  }

  static func == (one: DateReader, other: DateReader) -> Bool { one.pattern == other.pattern }
  func hash(into hasher: inout Hasher) { hasher.combine(pattern) }

  enum Fault: Error { case shape, impossible }

  /// Whether the bytes have the length and the marks of the form; whether they are a date is not looked at.
  func isOfForm(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count == length else { return false }
    for separator in separators where bytes[separator.position] != separator.letter {
      return false
    }
    return true
  }

  /// A date of another form in this one; nil for what is no date, and where a day and a month cannot be told apart
  /// because this form does not say which comes first.
  func rewritten(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let day else { return nil }
    let written = WrittenDate.read(bytes, latestYear: 99)
    switch written {
    case .either(_, _, let year):
      // A year of two digits is read as it is: which hundred years it is of is for the mapping to say.
      guard year >= 1_000, self.year > min(day, month) else { return nil }
    case .parts(let year, _, _): guard year >= 1_000 else { return nil }
    case .serial, .notUnderstood: return nil
    }
    let order: WrittenDate.Order = day < month ? .dayFirst : .monthFirst
    if let told = written.toldOrder, told != order { return nil }
    guard let parts = written.parts(order: order),
      CivilDate.day(parts.year, parts.month, parts.day) != nil
    else { return nil }
    var text = Array(pattern.utf8)
    func write(_ number: Int, at place: Int, digits: Int) {
      var rest = number
      for index in stride(from: place + digits - 1, through: place, by: -1) {
        text[index] = UInt8(0x30 + rest % 10)
        rest /= 10
      }
    }
    write(parts.year, at: self.year, digits: 4)
    write(parts.month, at: month, digits: 2)
    write(parts.day, at: day, digits: 2)
    return text
  }

  /// Days since 1970-01-01; a pattern without a day gives the first of the month.
  func days(_ bytes: UnsafeRawBufferPointer) -> Result<Int32, Fault> {
    guard bytes.count == length else { return .failure(.shape) }
    for separator in separators where bytes[separator.position] != separator.letter {
      return .failure(.shape)
    }
    guard let year = number(bytes, year, 4), let month = number(bytes, month, 2),
      let day = day.map({ number(bytes, $0, 2) }) ?? 1
    else { return .failure(.shape) }
    return Self.days(year, month, day).map { .success($0) } ?? .failure(.impossible)
  }

  /// Writes a date of this form as yyyy-MM-dd.
  ///
  /// - Returns: whether it is one.
  func writeYearFirst(
    _ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard case .success = days(bytes) else { return false }
    func copy(_ from: Int?, _ count: Int, to place: Int) {
      for index in 0..<count { target[place + index] = from.map { bytes[$0 + index] } ?? 0x30 }
    }
    copy(year, 4, to: 0)
    copy(month, 2, to: 5)
    copy(day, 2, to: 8)
    if day == nil { target[9] = UInt8(ascii: "1") }
    (target[4], target[7]) = (UInt8(ascii: "-"), UInt8(ascii: "-"))
    return true
  }

  private func number(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int? {
    var value = 0
    for index in start..<start + count {
      guard bytes[index].isDigit else { return nil }
      value = 10 * value + Int(bytes[index]) - 0x30
    }
    return value
  }

  /// Days since 1970-01-01 of a day that exists; nil for one that does not.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int32? {
    CivilDate.day(year, month, day).map { Int32($0) }
  }

  /// The year and month of a day counted from 1970-01-01.
  static func yearAndMonth(ofDay day: Int32) -> (year: Int, month: Int) {
    let (year, month, _) = CivilDate.parts(ofDay: Int(day))
    return (year, month)
  }
}
