import TestRandom
import Testing

@testable import Codes

@Suite("Dates as files write them")
struct WrittenDateTests {
  /// The forms that files write dates in; each is given year, month and day.
  static let forms: [@Sendable (Int, Int, Int) -> String] = [
    { "\($0)-\(two($1))-\(two($2))" }, { "\($0)\(two($1))\(two($2))" },
    { "\($0)/\($1)/\($2)" }, { "\($0)-\(two($1))-\(two($2)) 00:00:00" },
    { "\($0)-\(two($1))-\(two($2))T00:00:00.000Z" }, { "\($0)\(two($1))\(two($2)).0" },
    { "\(two($2))-\(months[$1 - 1])-\($0)" }, { "\($2) \(longMonths[$1 - 1]) \($0)" },
    { "\(two($2))\(months[$1 - 1].uppercased())\($0)" },
    { "\(months[$1 - 1]) \($2), \($0)" }, { "\(two($2))-\(months[$1 - 1])-\(two($0 % 100))" },
    { "Mon, \($2) \(months[$1 - 1]) \($0)" }, { " \($0)-\(two($1))-\(two($2))\u{A0}" },
    { String((CivilDate.day($0, $1, $2) ?? 0) + 25_569) },
  ]

  static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  static let longMonths = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  @Test("A date is the same day in every form that tells by itself", arguments: forms.indices)
  func sameDay(form: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<2_000 {
      // Numbers of five digits are days from 1927 on.
      let day = Int.random(in: -15_000...20_000, using: &random)
      let (year, month, dayOfMonth) = CivilDate.parts(ofDay: day)
      let text = Self.forms[form](year, month, dayOfMonth)
      let parts = try #require(
        WrittenDate.read(text, latestYear: 2_026).parts(order: .dayFirst), "\(text), seed \(seed)")
      #expect(
        parts.year == year && parts.month == month && parts.day == dayOfMonth,
        "\(text), seed \(seed)")
    }
  }

  @Test(
    "With day and month as numbers, a part above 12 tells the order, and nothing else does",
    arguments: ["/", "-", ".", " "])
  func orders(mark: String) {
    for day in 1...31 {
      let text = "\(day)\(mark)5\(mark)1983"
      let date = WrittenDate.read(text, latestYear: 2_026)
      #expect(date.toldOrder == (day > 12 ? .dayFirst : nil))
      #expect(date.isAmbiguous == (day <= 12 && day != 5))
      #expect(date.parts(order: .dayFirst).map { $0 == (1983, 5, day) } == true)
      let american = WrittenDate.read("5\(mark)\(day)\(mark)83", latestYear: 2_026)
      #expect(american.toldOrder == (day > 12 ? .monthFirst : nil))
      #expect(american.parts(order: .monthFirst).map { $0 == (1983, 5, day) } == true)
    }
  }

  @Test("Eight digits with the year last are read as such")
  func yearLast() {
    #expect(
      WrittenDate.read("02101983", latestYear: 2_026) == .either(first: 2, second: 10, year: 1983))
    #expect(
      WrittenDate.read("2101983", latestYear: 2_026) == .either(first: 2, second: 10, year: 1983))
    #expect(
      WrittenDate.read("20121980", latestYear: 2_026) == .either(first: 20, second: 12, year: 1980))
    // A slip in the month of a date with the year first stays one.
    #expect(
      WrittenDate.read("19831307", latestYear: 2_026) == .parts(year: 1983, month: 13, day: 7))
  }

  @Test("Years of two digits are of the hundred years that end with the latest")
  func shortYears() {
    for (year, expected) in [("26", 2026), ("27", 1927), ("00", 2000), ("99", 1999)] {
      #expect(
        WrittenDate.read("1/2/\(year)", latestYear: 2_026)
          == .either(first: 1, second: 2, year: expected))
    }
  }

  @Test(
    "What is no date is not understood",
    arguments: [
      "", "soon", "1983", "1983-10", "1983-06-30T23:00:00Z", "1983-06-30 23:00:00+00", "########",
      "*", "10/1983", "12.5", "31/31", "1983-10-02x", "02/10/1983/5",
      "Octember 2, 1983", "123456", "9991772367", "1983-10-02 noon", "a-b-c", "--", "1e5",
    ])
  func notUnderstood(text: String) {
    #expect(WrittenDate.read(text, latestYear: 2_026) == .notUnderstood)
  }

  @Test("No bytes at all make the reader fail")
  func anyBytes() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    let letters = Array("0123456789-/. ,:TZOctober\u{A0}é'\"".utf8)
    for _ in 0..<50_000 {
      let count = Int.random(in: 0...20, using: &random)
      let bytes = (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }
      bytes.withUnsafeBytes {
        _ = WrittenDate.read($0, latestYear: 2_026).parts(order: .dayFirst)
        _ = WrittenNumber.read($0)
        _ = WrittenNumber.wholeDigits($0)
        #expect(
          !WrittenValue.shape($0).utf8.contains { (0x30...0x38).contains($0) }, "seed \(seed)")
        var room: [UInt8] = []
        _ = WrittenCode.appendCode($0, to: &room)
        _ = WrittenCode.appendNHSNumber($0, to: &room)
      }
    }
  }
}

@Suite("Codes and values as files write them")
struct WrittenCodeTests {
  private func spelt(_ text: String, _ append: (UnsafeRawBufferPointer, inout [UInt8]) -> Bool)
    -> String?
  {
    var room: [UInt8] = []
    return Array(text.utf8).withUnsafeBytes { append($0, &room) }
      ? String(decoding: room, as: UTF8.self) : nil
  }

  @Test(
    "An NHS number is one number in every spelling",
    arguments: [
      "9434765919", "943 476 5919", "943-476-5919", " 9434765919 ", "943\u{A0}476\u{A0}5919",
      "9434765919.0", "9.434765919E+09", "9434765919\u{A0}", "943\u{202F}476\u{2009}5919",
      "943\u{2011}476\u{2013}5919",
    ])
  func nhsNumbers(text: String) {
    #expect(spelt(text, WrittenCode.appendNHSNumber) == "9434765919")
  }

  @Test(
    "Ten digits that are one digit or a run were never issued",
    arguments: [
      ("0000000000", true), ("9999999999", true), ("0123456789", true), ("9876543210", false),
      ("9434765919", false), ("0123456780", false), ("9999999998", false),
    ])
  func fillers(text: String, isFiller: Bool) {
    #expect(WrittenCode.isFillerNHSNumber(Array(text.utf8)) == isFiller)
  }

  @Test(
    "What people and systems write for nothing is told from what they write for somebody",
    arguments: [
      ("unknown", true), (" Baby Girl ", true), ("TEST", true), ("", true), ("Bob", false),
      ("Babyface", false),
    ])
  func fillerForenames(text: String, isFiller: Bool) {
    #expect(Array(text.utf8).withUnsafeBytes { Filler.isForename($0) } == isFiller)
  }

  @Test(
    "Numbers and dates that stand for none",
    arguments: [
      ("RXX/0000", true), ("RXX/UNKNOWN", true), ("RXX/99999", true), ("RXX/", true), ("99", false),
      ("RXX/1234567", false), ("999/1", false),
    ])
  func fillerNumbers(text: String, isFiller: Bool) {
    #expect(Array(text.utf8).withUnsafeBytes { Filler.isOwnNumber($0) } == isFiller)
  }

  @Test(
    "Dates of systems in any order of their parts",
    arguments: [
      ("1900-01-01", true), ("01/01/1900", true), ("31/12/9999", true), ("12/31/1899", true),
      ("19000102", false), ("1950-01-01", false), ("1900", false),
    ])
  func fillerDates(text: String, isFiller: Bool) {
    #expect(Array(text.utf8).withUnsafeBytes { Filler.isDate($0) } == isFiller)
  }

  @Test(
    "What has other than ten digits is no NHS number",
    arguments: ["", "943476591", "94347659190", "9.43E+09", "NULL", "943 476 591X", "9434765919.5"])
  func noNHSNumbers(text: String) {
    #expect(spelt(text, WrittenCode.appendNHSNumber) == nil)
  }

  @Test(
    "Codes lose dots, blanks and hyphens that stand for nothing, and gain capitals",
    arguments: [
      ("C50.9", "C509"), ("c509 ", "C509"), ("I10.X", "I10X"), ("I10-", "I10"), ("I10.-", "I10"),
      ("E11.9D", "E119D"), ("C50.9 D", "C509D"), ("W37.1", "W371"), ("w371", "W371"),
      ("C509\u{A0}", "C509"), ("-", nil), ("C50/9", nil), ("J44-1", nil), ("", nil),
    ] as [(String, String?)])
  func codes(text: String, code: String?) {
    #expect(spelt(text, WrittenCode.appendCode) == code)
  }

  @Test(
    "A shape never has a digit or letter of its value",
    arguments: [
      ("9991772367.0", "9999999999.9"), ("Made-up Name 0", "Aaaa-aa Aaaa 9"), ("Zoë", "Aa?"),
      ("a\tb", "a a"), ("123456789012345678901234567890", "999999999999999999999999…"),
    ])
  func shapes(text: String, shape: String) {
    #expect(WrittenValue.shape(text) == shape)
  }
}
