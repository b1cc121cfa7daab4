import Foundation
import Testing

@testable import Intake

@Suite("Identifiers and codes")
struct IdentifierTests {
  private func check<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Array(text.utf8).withUnsafeBytes(body)
  }

  @Test(
    "An NHS number has ten digits, the last by modulus 11",
    arguments: [
      // The example of the NHS Data Dictionary, NHS NUMBER.
      ("9434765919", nil), ("943 476 5919", nil), ("943-476-5919", nil),
      ("9434765918", .checkDigit), ("9434765991", .checkDigit), ("943476591", .shape),
      ("94347659190", .shape), ("943476591A", .shape), ("", .shape),
      // The first nine digits of 1234567810 give a remainder of 1, for which there is no digit.
      ("1234567880", .checkDigit), ("1234567881", nil),
      // They pass the check digit, and were never issued.
      ("0000000000", .placeholder), ("1111111111", .placeholder), ("999 999 9999", .placeholder),
      ("0123456789", .placeholder), ("9876543210", nil), ("943/476/5919", .shape),
    ] as [(String, Identifiers.NHSNumberFault?)])
  func nhsNumber(text: String, fault: Identifiers.NHSNumberFault?) {
    #expect(check(text) { Identifiers.fault(ofNHSNumber: $0) } == fault)
  }

  @Test(
    "Of ten last digits at most one makes a valid NHS number; of a hundred numbers none or one has none"
  )
  func oneCheckDigit() {
    for first in stride(from: 400_000_000, to: 400_002_000, by: 7) {
      let valid = (0...9).filter { digit in
        check("\(first)\(digit)") { Identifiers.fault(ofNHSNumber: $0) } == nil
      }
      let sum = zip("\(first)", stride(from: 10, through: 2, by: -1)).reduce(0) {
        $0 + ($1.0.wholeNumberValue ?? 0) * $1.1
      }
      #expect(valid == (11 - sum % 11 == 10 ? [] : [(11 - sum % 11) % 11]))
    }
  }

  @Test(
    "A SNOMED CT identifier ends with Verhoeff's digit",
    arguments: [
      // SNOMED CT Release File Specifications, 5.5 and 6; concepts of the UK edition and dm+d.
      ("100005", true), ("100014", true), ("404684003", true), ("138875005", true),
      ("22298006", true), ("73211009", true),
      ("999000011000000103", true), ("39732011000001102", true), ("999791000000106", true),
      ("73211008", false), ("73121009", false), ("999999991", false), ("39732011000001109", false),
      ("00001", false), ("7321100A", false), ("", false), ("1234567890123456789", false),
    ])
  func snomed(text: String, isValid: Bool) {
    #expect(check(text) { Identifiers.isSNOMED($0) } == isValid)
  }

  @Test("Verhoeff's digit finds every wrong digit and every two neighbours changed about")
  func verhoeff() {
    let right = Array("73211009")
    for place in right.indices {
      for digit in "0123456789" where digit != right[place] {
        var wrong = right
        wrong[place] = digit
        #expect(!check(String(wrong)) { Identifiers.hasVerhoeffDigit($0) })
      }
      guard place > 0, right[place] != right[place - 1] else { continue }
      var swapped = right
      swapped.swapAt(place, place - 1)
      #expect(!check(String(swapped)) { Identifiers.hasVerhoeffDigit($0) })
    }
  }

  @Test(
    "Codes have their shapes",
    arguments: [
      ("M1 1AA", true), ("m60 1nw", true), ("CR2 6XH", true), ("DN551PT", true), ("W1A 1HQ", true),
      ("EC1A 1BB", true), ("ZZ99 3VZ", true), ("EC1A 1B", false), ("1AA M1", false),
      ("SW1A  1AA", true), ("", false), ("LONGER THAN ANY", false),
    ])
  func postcode(text: String, isValid: Bool) {
    #expect(check(text) { Identifiers.isPostcode($0) } == isValid)
  }

  @Test(
    "ICD-10 and OPCS-4 codes have their shapes",
    arguments: [
      ("I64X", true, false), ("E119", true, true), ("E11", true, true), ("M0690", true, false),
      ("G20XD", true, false), ("E119DA", true, false), ("W371", true, true), ("I639", true, false),
      ("Q9Z", false, false), ("119E", false, false), ("E11.9", false, false),
      ("e119", false, false),
      ("", false, false), ("E1", false, false), ("K40-", false, false),
    ])
  func clinicalCodes(text: String, isICD10: Bool, isOPCS4: Bool) {
    #expect(check(text) { Identifiers.isICD10($0) } == isICD10)
    #expect(check(text) { Identifiers.isOPCS4($0) } == isOPCS4)
  }

  @Test(
    "Dates are read in their form, and only where the day exists",
    arguments: [
      ("yyyy-MM-dd", "2024-02-29", "2024-02-29"), ("dd/MM/yyyy", "31/12/1999", "1999-12-31"),
      ("yyyyMMdd", "19000228", "1900-02-28"), ("MMyyyy", "021960", "1960-02-01"),
      ("yyyy-MM-dd", "2023-02-29", nil), ("yyyy-MM-dd", "1900-02-29", nil),
      ("dd/MM/yyyy", "31/04/2020", nil), ("dd/MM/yyyy", "1/4/2020", nil),
      ("yyyyMMdd", "2020-1-1", nil), ("yyyy-MM-dd", "2020-13-01", nil),
      ("yyyy-MM-dd", "0000-01-01", nil), ("dd/MM/yyyy", "", nil),
    ] as [(String, String, String?)])
  func dates(pattern: String, text: String, day: String?) throws {
    let reader = try #require(DateReader(pattern))
    let found = check(text) { try? reader.days($0).get() }
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withFullDate]
    let written = found.map {
      formatter.string(from: Date(timeIntervalSince1970: Double($0) * 86_400))
    }
    #expect(written == day)
    if let found, let day {
      #expect(DateReader.yearAndMonth(ofDay: found).year == Int(day.prefix(4)))
    }
  }

  @Test("The year and month of every day are those of the calendar")
  func years() throws {
    for day in stride(from: Int32(-140_000), to: 60_000, by: 13) {
      let date = Date(timeIntervalSince1970: Double(day) * 86_400)
      var calendar = Calendar(identifier: .iso8601)
      calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      let (year, month) = DateReader.yearAndMonth(ofDay: day)
      #expect(year == parts.year && month == parts.month)
      #expect(DateReader.days(parts.year ?? 0, parts.month ?? 0, parts.day ?? 0) == day)
    }
  }

  @Test(
    "Numbers are read as written, and nothing else is a number",
    arguments: [
      ("0", 0), ("19.00", 19), ("-3.25", -3.25), ("+4", 4), (".5", 0.5), ("5.", 5),
      ("0.1", 0.1), ("123456789.123456789", 123_456_789.123456789),
      ("9007199254740994", 9_007_199_254_740_994),
      ("1234567890123456789012", 1_234_567_890_123_456_774_144), ("", nil), ("-", nil), (".", nil),
      ("1,000", nil), ("1e5", 100_000), ("1e+05", 100_000), ("1e+400", nil), ("0x10", nil),
      ("£5", nil), ("NaN", nil), ("1.2.3", nil),
    ] as [(String, Double?)])
  func numbers(text: String, number: Double?) {
    #expect(check(text) { NumberReader.number($0) } == number)
  }
}
