import Testing

@testable import Codes

@Suite("Words for nobody")
struct FillerNamesTests {
  private func ask(_ text: String, _ question: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    Array(text.utf8).withUnsafeBytes { question($0) }
  }

  @Test(
    "Words that stand for nobody are no names",
    arguments: [
      "UNKNOWN", "Unknown Male", "unknown-female", "N.K.", "NK", "XXTESTPATIENT", "DONOTUSE",
      "Do Not Use", "ZZZTEST",
      "PATIENT", "Test Patient", "REFUSED", "NO NAME", "Not Given", "Un-known", "XXXX", "MALE", "",
    ])
  func nobody(text: String) { #expect(ask(text, Filler.isName)) }

  @Test(
    "Names are names",
    arguments: [
      "Boy", "Nat", "Na", "Nil", "Nota", "Testa", "Baker", "Known", "Temple", "Girling", "Nobbs",
      "Unwin",
      "Patience", "Zoë", "Nguyen", "Do",
    ])
  func somebody(text: String) {
    #expect(!ask(text, Filler.isName))
    #expect(!ask(text, Filler.isForename) || text == "Boy")
  }

  @Test(
    "Places of newborn children are no forenames",
    arguments: [
      "Baby", "BABY A", "Baby Boy 2", "TWIN II", "Twin 1", "B/O Sarah", "Baby Of Sarah",
      "baby girl one",
    ])
  func newborn(text: String) { #expect(ask(text, Filler.isForename)) }

  @Test(
    "Numbers of a source's own that name nobody",
    arguments: [
      ("0", true), ("0.0", true), ("N/A", true), ("-1", true), ("TBC", true), ("99999", true),
      ("12345", true), ("123456", true), ("list/0", true), ("list/UNKNOWN", true), ("999", false),
      ("9999", false), ("1", false), ("list/77", false), ("1234", false), ("90000", false),
    ])
  func ownNumbers(text: String, isFiller: Bool) {
    #expect(ask(text, Filler.isOwnNumber) == isFiller)
  }

  @Test(
    "Filler dates are known in any form",
    arguments: [
      ("1900-01-01", true), ("01/01/1900", true), ("1/1/1900", true), ("19000101", true),
      ("1900-01-01T00:00:00", true), ("00/01/1900", true), ("9999-12-31", true),
      ("1983-01-01", false), ("2024-01-01", false), ("1/1/83", false), ("soon", false),
    ])
  func dates(text: String, isFiller: Bool) {
    #expect(ask(text, Filler.isDate) == isFiller)
  }
}

@Suite("Filler dates")
struct FillerDatesTests {
  @Test("Fillers are the days that they are named for")
  func days() {
    func days(_ dates: [(Int, Int, Int)]) -> [Int32] {
      dates.compactMap { CivilDate.day($0.0, $0.1, $0.2).map { Int32($0) } }
    }
    #expect(
      FillerDates.begins
        == days([
          (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1901, 1, 1), (1911, 11, 11),
        ]))
    #expect(FillerDates.begins.max() == FillerDates.last)
    for day in FillerDates.begins + FillerDates.openEnds {
      let (year, month, day) = CivilDate.parts(ofDay: Int(day))
      #expect(Filler.isDate(year * 10_000 + month * 100 + day), "\(year)-\(month)-\(day)")
    }
    for date in [0, 1900_01_00, 1_01_01, 1753_01_01, 1800_01_01, 1801_01_01, 9999_99_99] {
      #expect(Filler.isDate(date), "\(date)")
    }
    #expect(!Filler.isDate(1902_02_02))
    #expect(!Filler.isDate(1900_01_02) && !Filler.isDate(1970_01_01))
    #expect(
      FillerDates.openEnds
        == days([
          (2079, 6, 6), (2099, 1, 1), (2099, 12, 31), (2100, 1, 1), (2100, 12, 31), (2199, 12, 31),
          (2200, 1, 1), (2299, 12, 31), (2999, 12, 31), (3000, 1, 1), (3999, 12, 31),
          (4712, 12, 31), (9999, 1, 1), (9999, 9, 9), (9999, 12, 30), (9999, 12, 31),
        ]))
  }
}
