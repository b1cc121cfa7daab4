import Population
import TableFiles
import Testing

@Suite("CSV is quoted as RFC 4180 has it, and runs nothing in a spreadsheet")
struct CSVTextTests {
  @Test(
    "A text is quoted by its scalars",
    arguments: [
      ("a\"\u{301}b", "\"a\"\"\u{301}b\""), ("a\r\nb", "\"a\r\nb\""), ("a\rb", "\"a\rb\""),
      ("a,\u{301}b", "\"a,\u{301}b\""), ("plain text", "plain text"), ("", ""),
    ])
  func quoting(text: String, cell: String) {
    #expect(text.csvText.utf8.elementsEqual(cell.utf8))
  }

  @Test(
    "A number is told from a text",
    arguments: [
      ("-2.5", true), ("12", true), ("-1.5e-07", true), ("1e+16", true), ("-0x1", false),
      ("+1", false), ("", false), ("1.", false), ("-", false), ("-1+1", false), ("-inf", false),
    ])
  func numbers(text: String, isOne: Bool) {
    #expect(text.isPlainNumber == isOne)
  }

  @Test("A table for people has its texts defused, and one for programs has not")
  func tables() {
    let table = ResultTable([
      (name: "=name", values: .text(["=1+1", "a,b", nil])),
      (name: "value", values: .number([-2.5, .nan, -1e-7])),
    ])
    #expect(table.spreadsheet == "'=name,value\n'=1+1,-2.5\n\"a,b\",\n,-1e-07\n")
    #expect(table.csv == "=name,value\n=1+1,-2.5\n\"a,b\",\n,-1e-07\n")
  }
}
