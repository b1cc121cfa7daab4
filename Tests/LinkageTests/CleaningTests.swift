import Codes
import Testing

@testable import Linkage

@Suite("Values are brought into one form")
struct CleaningTests {
  private func clean(_ kind: FieldKind, _ text: String, _ dates: DateForm? = nil) -> String {
    var room: [UInt8] = []
    let cleaning = Cleaning(kind, form: ColumnForm(order: dates?.order ?? .dayFirst))
    _ = Array(text.utf8).withUnsafeBytes { cleaning.clean($0, to: &room) }
    let slow = Array(text.utf8).withUnsafeBytes { cleaning.clean($0) } ?? []
    // The quick way for codes comes to the same.
    #expect(room == slow, "\(text)")
    return String(decoding: room, as: UTF8.self)
  }

  @Test(
    "By kind",
    arguments: [
      (FieldKind.forename, " Zoë-Mae ", "ZOE MAE"), (.forename, "d’Arcy", "DARCY"),
      (.surname, "O'Brien", "OBRIEN"), (.surname, "Müller ", "MULLER"),
      (.surname, "Łukasz", "LUKASZ"),
      (.surname, "Smith--Jones", "SMITH JONES"), (.surname, "NULL", ""), (.surname, "unknown", ""),
      (.surname, "محمد", "محمد"), (.sex, "female", "F"), (.sex, "2", "F"), (.sex, "1", "M"),
      (.sex, "9", ""), (.postcode, "la1 4yw", "LA14YW"), (.postcode, "LA14YW", "LA14YW"),
      (.postcode, "ZZ99 3VZ", ""), (.postcode, "2119", "2119"),
      (.phone, "+44 1524 123456", "1524123456"),
      (.phone, "01524 123456", "1524123456"), (.phone, "0000000000", ""), (.phone, "12345", ""),
      (.email, " A.B@Example.org", "A.B@EXAMPLE.ORG"), (.email, "none", ""),
      (.nhsNumber, "999 627 6813", "9996276813"), (.nhsNumber, "99962768", ""),
      (.nhsNumber, "1111111111", ""), (.code, "ab-12 c", "AB-12C"),
      (.code, "ceb8a5d07", "CEB8A5D07"),
      (.code, "null", ""), (.code, "12", "12"), (.number, "1,200.0", "1200.0"),
      (.number, "12a", ""),
      (.address, "Flat 2, 17 High Street", "FLAT 2 17 HIGH ST"),
      (.address, "No. 4 Mill Lane", "4 MILL LN"),
      (.text, "a  b/c", "A B C"),
    ])
  func kinds(kind: FieldKind, text: String, expected: String) {
    #expect(clean(kind, text) == expected)
  }

  @Test(
    "Dates in any order, with slips that no calendar has, and without those that stand for none",
    arguments: [
      (DateForm.yearFirst, "1983-02-07", "19830207"), (.yearFirst, "19830231", "19830231"),
      (.yearFirst, "1983-02-07T00:00:00", "19830207"), (.dayFirst, "7/2/1983", "19830207"),
      (.dayFirst, "07.02.1983", "19830207"), (.monthFirst, "2/7/1983", "19830207"),
      (.yearFirst, "1900-01-01", ""), (.yearFirst, "1801-01-01", ""), (.dayFirst, "1983", ""),
      (.yearFirst, "soon", ""), (.yearFirst, "1899-12-30", ""), (.dayFirst, "11/11/1911", ""),
      (.yearFirst, "2999-12-31", ""), (.yearFirst, "1900-01-02", "19000102"),
    ])
  func dates(form: DateForm, text: String, expected: String) {
    #expect(clean(.dateOfBirth, text, form) == expected)
  }

  @Test(
    "Postcodes have sectors, districts and areas",
    arguments: [
      ("LA14YW", "LA14", "LA1", "LA"), ("M11AE", "M11", "M1", "M"), ("2119", "211", "21", "2"),
    ])
  func postcodes(text: String, sector: String, district: String, area: String) {
    let bytes = Array(text.utf8)
    #expect(String(decoding: UKPostcode.sector(bytes), as: UTF8.self) == sector)
    #expect(String(decoding: UKPostcode.district(bytes), as: UTF8.self) == district)
    #expect(String(decoding: UKPostcode.area(bytes), as: UTF8.self) == area)
  }

  @Test(
    "NHS numbers are checked",
    arguments: [("9996276813", true), ("9996276814", false), ("999627681", false)])
  func checkDigits(text: String, isValid: Bool) {
    Array(text.utf8).withUnsafeBufferPointer {
      #expect(WrittenCode.hasNHSCheckDigit($0) == isValid)
    }
  }
}
