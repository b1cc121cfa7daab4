import Testing

@testable import Codes

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
