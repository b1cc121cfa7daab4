import TestRandom
import Testing

@testable import Codes

@Suite("Numbers as files write them")
struct WrittenNumberTests {
  @Test(
    "What spreadsheets and statistics packages write is read",
    arguments: [
      ("0", 0), ("19.00", 19), ("-3.25", -3.25), ("+4", 4), (".5", 0.5), ("5.", 5),
      ("1e+05", 100_000), ("1E5", 100_000), ("1e5", 100_000), ("2.5e-3", 0.0025), ("3.0", 3),
      ("  12 ", 12), ("12\t", 12), ("\u{A0}12\u{A0}", 12), ("\u{FEFF}12", 12),
      ("1,234", 1_234), ("1,234,567.5", 1_234_567.5), ("12 345", 12_345), ("-1,000", -1_000),
      ("9007199254740994", 9_007_199_254_740_994),
      ("1234567890123456789012", 1_234_567_890_123_456_774_144),
      ("123456789.123456789", 123_456_789.123456789), ("0.1", 0.1),
    ] as [(String, Double)])
  func numbers(text: String, number: Double) {
    #expect(WrittenNumber.read(text) == .number(number))
  }

  @Test(
    "What is no number is refused by name",
    arguments: [
      ("5%", WrittenNumber.Fault.percent), ("(50)", .brackets), ("\u{2212}50", .minusSign),
      ("1\u{A0}234", .blankInside), ("0,500", .decimalComma), ("0,5", .decimalComma),
      ("12,34", .decimalComma), ("0x10", .hexadecimal), ("Inf", .infinity), ("-Inf", .infinity),
      ("#DIV/0!", .spreadsheetError), ("#N/A", .spreadsheetError), ("£5", .currency),
      ("*", .suppressed), ("<5", .suppressed), ("–", .suppressed), ("—", .suppressed),
      ("suppressed", .suppressed), ("Redacted", .suppressed), ("1-4", .suppressed),
      ("1 to 4", .suppressed), ("–5", .minusSign), ("c", .suppressed), ("[c]", .suppressed),
      ("1e+400", .tooLarge), ("TRUE", .truth), ("1.2.3", .other), ("12a", .other), (".", .other),
      ("1_000", .other), ("five", .other), ("1e", .other), ("1,23,456", .decimalComma),
      (String(repeating: "9", count: 3) + String(repeating: ",999", count: 110), .tooLarge),
    ])
  func refused(text: String, fault: WrittenNumber.Fault) {
    #expect(WrittenNumber.read(text) == .refused(fault))
    #expect(!fault.words.isEmpty && !fault.hint.isEmpty)
  }

  @Test(
    "Nothing and the words for nothing are missing",
    arguments: ["", " ", "\u{A0}", "NA", "N/A", "n/a", "NaN", "NULL", "-", " NA "])
  func missing(text: String) {
    #expect(WrittenNumber.read(text) == .missing)
  }

  @Test("Between semicolons a comma is never taken to part thousands")
  func semicolons() {
    #expect(
      WrittenNumber.read("2,250", commasPartThousands: false) == .refused(.decimalComma))
    #expect(WrittenNumber.read("2 250", commasPartThousands: false) == .number(2_250))
    #expect(WrittenNumber.read("2.25", commasPartThousands: false) == .number(2.25))
  }

  @Test("The quick way for plain numbers comes to what the library does")
  func plain() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<20_000 {
      let digits = Int.random(in: 1...20, using: &random)
      let point = Int.random(in: 0...digits, using: &random)
      var text = Bool.random(using: &random) ? "-" : ""
      for place in 0..<digits {
        if place == point, place > 0 { text += "." }
        text += String(Int.random(in: 0...9, using: &random))
      }
      let found = Array(text.utf8).withUnsafeBytes { WrittenNumber.plain($0) }
      if let found { #expect(found == Double(text), "\(text), seed \(seed)") }
      #expect(WrittenNumber.read(text) == .number(Double(text) ?? .nan), "\(text), seed \(seed)")
    }
  }

  @Test(
    "Whole numbers that stand for a name lose the point and zero of a data frame, and nothing else",
    arguments: [
      ("9991772367", "9991772367"), ("9991772367.0", "9991772367"), ("9991772367.00", "9991772367"),
      ("9.991772367E+09", "9991772367"), ("9.99E+09", nil), ("12.5", nil), ("1e5", nil), ("", nil),
      ("12a", nil),
    ] as [(String, String?)])
  func wholeDigits(text: String, digits: String?) {
    let found = Array(text.utf8).withUnsafeBytes { WrittenNumber.wholeDigits($0) }
    #expect(found.map { String(decoding: $0, as: UTF8.self) } == digits)
  }
}
