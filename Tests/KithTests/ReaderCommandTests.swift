import Foundation
import TestPlaces
import Testing

/// What the commands on files say of files that are not as they should be.
@Suite("Files are read, or refused by name")
struct ReaderCommandTests {
  private static let rates = [
    "stats", "crude-rate", "t.csv", "--by", "area", "--events", "deaths", "--population", "people",
    "--format", "csv",
  ]

  private func run(_ table: Data, _ arguments: [String]) throws -> Program.Outcome {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try table.write(to: folder.appendingPathComponent("t.csv"))
    return try Program(in: folder).run(arguments)
  }

  @Test(
    "What is no table of numbers is refused by what is there",
    arguments: [
      ("area,deaths,people\nNorth,(50),10000\n", "t.csv:2", "brackets"),
      ("area,deaths,people\nNorth,\u{2212}50,10000\n", "t.csv:2", "U+2212"),
      ("area,deaths,people\nNorth,1\u{A0}234,10000\n", "t.csv:2", "U+00A0"),
      ("area,deaths,people\nNorth,5%,10000\n", "t.csv:2", "a percent sign"),
      ("area,deaths,people\nNorth,#DIV/0!,10000\n", "t.csv:2", "an error value of a spreadsheet"),
      ("area,deaths,people\nNorth,\"0,500\",10000\n", "t.csv:2", "a decimal comma"),
      ("sep=;\narea;deaths;people\nNorth;50;10000\n", "t.csv:1", "'sep=;'"),
      ("Deaths by area 2024,,\n,,\narea,deaths,people\nNorth,50,10000\n", "t.csv:1", "Line 3 has"),
      ("area;deaths;people\nNorth;1,234;10000\n", "t.csv:2", "a decimal comma"),
      ("area;deaths;people\nNorth;20;2.000\n", "t.csv:2", "--decimal-points"),
      ("area\tdeaths\tpeople\nNorth\t1,250\t10000\n", "t.csv:2", "a decimal comma"),
      ("area,area,people\nNorth,5,10\n", "t.csv:1", "Columns 1 and 2 have the same name"),
      ("<html><body>502</body></html>\n", "t.csv:1", "a web page"),
      (
        "area,deaths,people\n\"North\nor not\",5,10\n\nSouth,many,10\n", "t.csv:5",
        "something that is no number"
      ),
    ])
  func refused(text: String, place: String, words: String) throws {
    let outcome = try run(Data(text.utf8), Self.rates)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(place) && outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test("Other encodings are refused by name")
  func encodings() throws {
    let text = "area,deaths,people\nNorth,50,10000\n"
    let utf16 = try #require(text.data(using: .utf16LittleEndian))
    let marked = try run(Data([0xFF, 0xFE]) + utf16, Self.rates)
    #expect(marked.code == 2 && marked.errors.contains("UTF-16 (it begins with FF FE)"))
    let bare = try run(utf16, Self.rates)
    #expect(bare.code == 2 && bare.errors.contains("bytes of zero"))
    let latin = try run(
      Data(
        "area,deaths,people\nNorth,5,10\nS\u{FC}d,5,10\n".unicodeScalars.map { UInt8($0.value) }),
      Self.rates)
    #expect(latin.code == 2)
    #expect(latin.errors.contains("t.csv:3") && latin.errors.contains("Windows-1252"))
  }

  @Test(
    "The same table is read whatever its lines end with, and whatever blanks are around its values",
    arguments: [
      "area,deaths,people\nA,10,1000\nB,5,300\n", "area,deaths,people\r\nA,10,1000\r\nB,5,300\r\n",
      "area,deaths,people\rA,10,1000\rB,5,300\r", "area,deaths,people\nA,10,1000\r\nB,5,300\n",
      "area,deaths,people\r\nA,10,1000\nB,5,300", "area,deaths,people\nA,10,1000\nB,5,300\r\n",
      "\u{FEFF} area ,deaths , people\n A , 10 ,\u{A0}1000\nB,5,\"300\"\n",
      "area,deaths,people\n,,\nA,1e+01,1E3\n\n\"B\",5.0,300\n,,\n,,\n",
      "area;deaths;people\nA;10;1000\nB;5;300\n", "area\tdeaths\tpeople\nA\t10\t1000\nB\t5\t300\n",
    ])
  func same(text: String) throws {
    let outcome = try run(Data(text.utf8), Self.rates)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].hasPrefix("A,0.95,10,1000,1000,"))
    #expect(lines[2].hasPrefix("B,0.95,5,300,1666.6666666666667,"))
  }

  @Test("Decimal points between semicolons are read where anything tells, or it is said")
  func decimalPoints() throws {
    let mean = ["stats", "mean", "t.csv", "--value", "d", "--format", "csv"]
    let told = try run(Data("w;d\nA;1.234\nB;0.500\n".utf8), mean)
    #expect(told.code == 0 && told.output.contains(",0.867,"), "\(told.output) \(told.errors)")
    let said = try run(Data("w;d\nA;1.234\nB;5.678\n".utf8), mean + ["--decimal-points"])
    #expect(said.code == 0 && said.output.contains(",3.456,"), "\(said.output) \(said.errors)")
    let open = try run(Data("w;d\nA;1.234\nB;5.678\n".utf8), mean)
    #expect(open.code == 2 && open.errors.contains("may part thousands"))
  }

  @Test("What stands in a header's place is not told where it may be a record")
  func recordsInHeaders() throws {
    let outcome = try run(
      Data("Jane,Smith,9434765919\nJohn,Smith,9434765870\n".utf8), Self.rates)
    #expect(outcome.code == 2)
    #expect(!outcome.errors.contains("Jane") && !outcome.errors.contains("9434765919"))
    #expect(outcome.errors.contains("may be no header"))
  }

  @Test(
    "A chart runs along months and periods as spreadsheets and the NHS write them",
    arguments: [
      "Apr-23 May-23 Jun-23 Jul-23 Aug-23 Sep-23 Oct-23 Nov-23 Dec-23 Jan-24 Feb-24 Mar-24 Apr-24",
      "2020_Q1 2020_Q2 2020_Q3 2020_Q4 2021_Q1 2021_Q2 2021_Q3 2021_Q4 2022_Q1 2022_Q2 2022_Q3",
      "Q1_2020 Q2_2020 Q3_2020 Q4_2020 Q1_2021 Q2_2021 Q3_2021 Q4_2021 Q1_2022 Q2_2022 Q3_2022",
      "2010/11 2011/12 2012/13 2013/14 2014/15 2015/16 2016/17 2017/18 2018/19 2019/20 2020/21",
      "202301 202302 202303 202304 202305 202306 202307 202308 202309 202310 202311 202312",
      "2023-01 2023-2 2023/03 2023-04 2023-05 2023-06 2023-07 2023-08 2023-09 2023-10 2023-11",
      "2010 2011 2012 2013 2014 2015 2016 2017 2018 2019 2020 2021 2022",
      "01/04/2023 02/04/2023 03/04/2023 04/04/2023 05/04/2023 06/04/2023 13/04/2023 14/04/2023",
      "April_2023 May_2023 June_2023 July_2023 August_2023 September_2023 October_2023",
      "01-Apr-2023 01-May-2023 01-Jun-2023 01-Jul-2023 01-Aug-2023 01-Sep-2023 01-Oct-2023",
      "2023/24_Q1 2023/24_Q2 2023/24_Q3 2023/24_Q4 2024/25_Q1 2024/25_Q2 2024/25_Q3",
    ])
  func periods(list: String) throws {
    let dates = list.split(separator: " ").map { $0.replacing("_", with: " ") }
    // The rows are in another order than the dates.
    let rows = dates.enumerated().map { ($0, $1) }.sorted { ($0.0 * 7) % 13 < ($1.0 * 7) % 13 }
    let text = "month,waits\n" + rows.map { "\($1),\(50 + $0 % 3)" }.joined(separator: "\n") + "\n"
    let outcome = try run(
      Data(text.utf8), ["spc", "t.csv", "--date", "month", "--value", "waits", "--format", "csv"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").dropFirst()
    #expect(lines.map { $0.split(separator: ",")[0] } == dates.map { Substring($0) })
  }
}
