import Definitions
import Foundation
import Places
import Population
import TableFiles
import TestPlaces
import Testing

@testable import Indicators

@Suite("Fingertips' CSV is read and written")
struct FingertipsTests {
  private static let header =
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,"
    + "Category Type,Category,Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,"
    + "Lower CI 99.8 limit,Upper CI 99.8 limit,Count,Denominator,Value note,Recent Trend,"
    + "Compared to England value or percentiles,Compared to percentiles,Time period Sortable,"
    + "New data,Compared to goal,Time period range"

  /// A file with these rows: ID, area, sex, age, category type, category, period, value, lower, upper, note, comparison.
  private func file(_ rows: [[String]]) throws -> URL {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-\(UUID().uuidString).csv")
    let lines = rows.map { row in
      [
        row[0], "Name of \(row[0])", "", "", row[1], "", "", row[2], row[3], row[4], row[5], row[6],
        row[7], row[8], row[9], "", "", "", "", row[10], "", row[11], "", "", "", "", "",
      ].joined(separator: ",")
    }
    try Data(([Self.header] + lines).joined(separator: "\n").utf8).write(to: url)
    return url
  }

  private func row(
    _ id: String = "108", _ area: String = "E92000001", sex: String = "Persons",
    age: String = "All ages", type: String = "", category: String = "", period: String = "2021",
    _ value: String = "10", _ lower: String = "9", _ upper: String = "11", note: String = "",
    comparison: String = ""
  ) -> [String] {
    [id, area, sex, age, type, category, period, value, lower, upper, note, comparison]
  }

  @Test("Persons are the figure of everybody, and women, men and tenths are breakdowns")
  func slices() throws {
    let url = try file([
      row(), row(sex: "Female"), row(sex: "Male"),
      row(
        type: "LSOA21 deprivation deciles in England (IMD2019)", category: "Most deprived decile"
      ),
      row(type: "Ethnic groups", category: "Asian"),
      row("E", "E1", sex: "Female", age: "45+ yrs"),
    ])
    defer { try? FileManager.default.removeItem(at: url) }
    let file = try FingertipsFile(url)
    #expect(file.series.map(\.indicator.id) == ["fingertips_108", "fingertips_e"])
    #expect(
      file.series[0].slices.map { "\($0.breakdown)=\($0.group)" }
        == ["=", "sex=female", "sex=male", "imd_decile=1", "ethnic_groups=Asian"])
    #expect(file.series[1].slices.map(\.breakdown) == [""])
  }

  @Test("Several ages are several indicators")
  func ages() throws {
    let url = try file([row(age: "65+ yrs"), row(age: "18-64 yrs")])
    defer { try? FileManager.default.removeItem(at: url) }
    let ids = try FingertipsFile(url).series.map(\.indicator.id)
    #expect(ids == ["fingertips_108_65_yrs", "fingertips_108_18_64_yrs"])
  }

  @Test("A value that is missing is suppressed where its note says so, else unknown")
  func missing() throws {
    let url = try file([
      row("108", "E1", "", "", "", note: "Value suppressed for disclosure control"),
      row("108", "E2", "", "", "", note: "No data"), row("108", "E3"),
    ])
    defer { try? FileManager.default.removeItem(at: url) }
    let figures = try #require(try FingertipsFile(url).series.first?.slices.first).figures
    #expect(figures.map(\.status) == [.suppressed, .unknown, .known])
  }

  @Test("Which way is better follows from how rows are compared with England")
  func polarity() throws {
    func polarity(_ comparison: String, _ value: String) throws -> OpenDataPack.Polarity? {
      let url = try file([
        row(), row("108", "E1", value, "1", "99", comparison: comparison),
      ])
      defer { try? FileManager.default.removeItem(at: url) }
      return try FingertipsFile(url).series.first?.indicator.polarity
    }
    #expect(try polarity("Worse", "20") == .lowerIsBetter)
    #expect(try polarity("Better", "20") == .higherIsBetter)
    #expect(try polarity("Worse", "5") == .higherIsBetter)
    #expect(try polarity("Similar", "20") == .neutral)
  }

  @Test("Rows that cannot be right are errors with their lines")
  func errors() throws {
    func problem(_ rows: [[String]]) throws -> String {
      let url = try file(rows)
      defer { try? FileManager.default.removeItem(at: url) }
      do {
        _ = try FingertipsFile(url)
        return ""
      } catch {
        return "\(error)".replacing(url.path, with: "file")
      }
    }
    #expect(try problem([row(), row("108", "E1", "ten")]).hasPrefix("file:3: The column 'Value'"))
    #expect(
      try problem([row(), row("108", "E1", "10", "11", "12")]).hasPrefix(
        "file:3: The value lies outside of its own limits."))
    #expect(
      try problem([row(), row("108", "E92000001", "10.5")]).hasPrefix(
        "file:3: There is another value for the same area, period and group"))
    // England stands once for each kind of area: the same again is no error.
    #expect(try problem([row(), row()]).isEmpty)
    #expect(try problem([row("108", "", "10")]).hasPrefix("file:2: The indicator's ID"))
  }

  @Test(
    "What R and SQL write where there is no value is none, in every column",
    arguments: ["NA", "NULL", "N/A", " NA ", ""])
  func missingWords(word: String) throws {
    let url = try file([
      row(type: word, category: word, "20", "19", "21", note: word, comparison: "Not compared"),
      row("108", "E07000001", type: word, category: "", "15", "14", "16", comparison: "Better"),
      row(
        "108", "E07000002", sex: word, type: "", category: word, "25", "24", "26",
        comparison: "Worse"),
      row("108", "E07000003", type: word, category: word, word, word, word),
    ])
    defer { try? FileManager.default.removeItem(at: url) }
    let series = try #require(try FingertipsFile(url).series.first)
    #expect(series.slices.map { "\($0.breakdown)=\($0.group)" } == ["="])
    #expect(series.slices[0].figures.map(\.status) == [.known, .known, .known, .unknown])
    #expect(series.indicator.polarity == .lowerIsBetter)
    // An age that is missing is one age, however it is written.
    let ages = try file([row(age: word), row("108", "E1", age: "")])
    defer { try? FileManager.default.removeItem(at: ages) }
    #expect(try FingertipsFile(ages).series.map(\.indicator.id) == ["fingertips_108"])
  }

  @Test(
    "Columns are known by names that differ in blanks, dots and case", arguments: ["", ".", "_"])
  func columnNames(blank: String) throws {
    let url = try file([row(), row(sex: "Female")])
    defer { try? FileManager.default.removeItem(at: url) }
    var lines = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
    lines[0] = lines[0].replacing(" ", with: blank)
    if blank == "_" { lines[0] = lines[0].lowercased() }
    try Data(lines.joined(separator: "\n").utf8).write(to: url)
    #expect(try FingertipsFile(url).series.map(\.slices.count) == [2])
    // Two columns could be the indicator's ID.
    lines[0] =
      "INDICATOR-ID,INDICATOR.ID"
      + lines[0].drop { $0 != "," }.dropFirst()
      .drop { $0 != "," }
    try Data(lines.joined(separator: "\n").utf8).write(to: url)
    let error = #expect(throws: Problem.self) { try FingertipsFile(url) }
    #expect(error?.message.contains("Two columns could be 'Indicator ID'") == true)
  }

  @Test("A category without its type, or the reverse, is an error with its line")
  func halfCategory() throws {
    let url = try file([
      row(), row("108", "E1", type: "Ethnic groups", category: "NA"),
      row("108", "E2", type: "", category: "Asian"),
    ])
    defer { try? FileManager.default.removeItem(at: url) }
    let error = #expect(throws: Problems.self) { try FingertipsFile(url) }
    #expect(error?.all.map(\.line) == [3, 4])
  }

  @Test("Rows that are left out are counted")
  func leftOut() throws {
    let url = try file([
      row(), row(sex: "Female", type: "Ethnic groups", category: "Asian"),
    ])
    defer { try? FileManager.default.removeItem(at: url) }
    #expect(
      try IndicatorCatalogue(definitions: nil, fingertips: [url]).leftOut
        == ["\(url.lastPathComponent): 1 rows are left out (a category of one sex)."])
  }

  @Test("What is written is read again with the same figures beside those that were written")
  func roundTrip() async throws {
    let place = try TestPlaces.makeFictional(smallAreas: 40)
    defer { try? FileManager.default.removeItem(at: place) }
    _ = try await PlaceRun(place: place).run()
    let before = try await Atlas.current(of: PlaceStore(place: place))
    let chosen = ["overcrowded_households", "life_expectancy", "ae_over_4_hours"].compactMap {
      before.indicators[$0]
    }
    let table = IndicatorExport(before).fingertips(chosen, kinds: ["lad", "ics"])
    #expect(table.columns.map(\.name) == FingertipsColumns.all)
    try table.write(to: place.appendingPathComponent("national.csv"))
    let yaml = place.appendingPathComponent("kith.yaml")
    let text = try String(contentsOf: yaml, encoding: .utf8) + "\nfingertips: [national.csv]\n"
    try Data(text.utf8).write(to: yaml)
    _ = try await PlaceRun(place: place).run()
    let after = try await Atlas.current(of: PlaceStore(place: place))
    var compared = 0
    for indicator in chosen {
      let imported = try #require(after.indicators["fingertips_\(indicator.id)"])
      for slice in after.indicators.slices(of: imported.id) {
        let own = try #require(
          after.indicators.slices(of: indicator.id).first {
            $0.period == slice.period && $0.breakdown == slice.breakdown && $0.group == slice.group
          })
        for reading in after.indicators.readings(slice, in: 0..<after.units.count) {
          let original = try #require(after.indicators.reading(own, reading.unit))
          #expect(reading.value == original.value)
          #expect(reading.lower == original.lower)
          #expect(reading.upper == original.upper)
          compared += 1
        }
      }
    }
    #expect(compared > 500)
  }
}
