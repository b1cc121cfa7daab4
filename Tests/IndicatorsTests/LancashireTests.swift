import Foundation
import Indicators
import Intake
import Places
import Population
import TestPlaces
import Testing

/// Figures of three real pages, checked by hand against the CSV files: each number below was read off
/// or added up from the file named beside it, not from Kith.
@Suite(
  "Lancashire and South Cumbria",
  .enabled(if: TestPlaces.england != nil, Comment(rawValue: TestPlaces.skipped)))
struct LancashireTests {
  private func atlas() async throws -> Atlas {
    try await Atlas.current(of: try await TestPlaces.lancashire())
  }

  private func unit(_ atlas: Atlas, _ kind: String, _ code: String) throws -> AtlasUnit {
    try #require(atlas.unit(kind: kind, code: code))
  }

  // MARK: Three pages by hand

  @Test("The page of LSOA E01012571")
  func smallArea() async throws {
    let atlas = try await atlas()
    let unit = try unit(atlas, "lsoa21", "E01012571")
    #expect(unit.name == "Blackburn with Darwen 007A")
    // lsc_lsoa21_census2021.csv, line 2.
    #expect(atlas.figure("residents", unit).value == 1_767)
    #expect(atlas.figure("ethnic_group", unit, group: "asian").numerator == 1_458)
    let groups = 1_458.0 + 31 + 24 + 42 + 212
    #expect(atlas.figure("ethnic_group", unit, group: "asian").value == 100 * 1_458 / groups)
    #expect(atlas.figure("tenure", unit, group: "owned_outright").numerator == 157)
    #expect(atlas.figure("disabled", unit).value == 100 * 239.0 / (239 + 1_527))
    let homes: Double = 67 + 135 + 27 + 66 + 188
    let crowded: Double = 67 + 27
    #expect(atlas.figure("overcrowded", unit).value == 100 * crowded / homes)
    #expect(atlas.figure("deprivation_dimensions", unit, group: "none").numerator == 123)
    // lsc_lsoa21_imd2025_detail.csv, line 2.
    #expect(atlas.figure("imd_score", unit).value == 48.601)
    #expect(atlas.figure("imd_decile", unit).value == 1)
    #expect(atlas.figure("imd_rank", unit).value == 2_615)
    #expect(atlas.figure("imd_employment_decile", unit).value == 2)
    #expect(atlas.figure("income_deprived", unit).value == 1_005)
    #expect(atlas.figure("imd_acute_morbidity", unit).value == 137.213)
    // lsc_lsoa21_population_mid2020_5yr_derived.csv, line 2.
    #expect(atlas.figure("age", unit, group: "00_04").numerator == 155)
    #expect(atlas.figure("age", unit, group: "90_plus").numerator == 2)
    let older: Double = 31 + 27 + 31 + 13 + 1 + 2
    #expect(atlas.figure("over_65", unit).numerator == older)
  }

  @Test("The page of the ward Audley & Queen's Park, added up from its LSOAs")
  func ward() async throws {
    let atlas = try await atlas()
    let unit = try unit(atlas, "ward24", "E05011508")
    #expect(unit.name == "Audley & Queen's Park")
    let rows = try self.rows("england_lsoa21.csv").filter { $0["ward24_code"] == "E05011508" }
    #expect(rows.count == unit.parts)
    func sum(_ column: String) -> Double {
      rows.compactMap { Double($0[column] ?? "") }.reduce(0, +)
    }
    #expect(atlas.figure("residents", unit).value == sum("population_census2021"))
    let census = try rows2021(in: Set(rows.compactMap { $0["lsoa21_code"] }))
    func inCensus(_ column: String) -> Double {
      census.compactMap { Double($0[column] ?? "") }.reduce(0, +)
    }
    let disabled = inCensus("disabled")
    let all = disabled + inCensus("not_disabled")
    #expect(atlas.figure("disabled", unit).value == 100 * disabled / all)
    let weighted = rows.reduce(0.0) { (sum: Double, row: [String: String]) -> Double in
      sum + (Double(row["imd2025_score"] ?? "") ?? 0)
        * (Double(row["population_census2021"] ?? "") ?? 0)
    }
    let score = try #require(atlas.figure("imd_score", unit).value)
    #expect(abs(score - weighted / sum("population_census2021")) < 1e-9)
    let core20 = rows.filter { ["1", "2"].contains($0["imd2025_decile"]) }
      .compactMap { Double($0["population_census2021"] ?? "") }.reduce(0, +)
    #expect(atlas.figure("core20", unit).numerator == core20)
  }

  @Test("The page of the integrated care board")
  func board() async throws {
    let atlas = try await atlas()
    let unit = try #require(atlas.place)
    #expect(unit.code == "E54000048")
    // The data's README: 1,060 LSOAs, 1,717,533 residents, 505,772 in deciles 1 and 2.
    #expect(atlas.units(ofKind: "lsoa21", in: unit).count == 1_060)
    #expect(atlas.figure("residents", unit).value == 1_717_533)
    #expect(atlas.figure("core20", unit).numerator == 505_772)
    // england_icb22_ae_monthly_2022_2025.csv.
    let months = try rows("england_icb22_ae_monthly_2022_2025.csv")
      .filter { $0["icb22_code"] == "E54000048" }
    #expect(months.count == 40)
    for month in months {
      let period = month["month"] ?? ""
      #expect(
        atlas.figure("ae_attendances", unit, period: period).value
          == Double(month["total_attendances"] ?? ""))
      let over = try #require(Double(month["attendances_over_4hours"] ?? ""))
      let total = try #require(Double(month["total_attendances"] ?? ""))
      #expect(atlas.figure("ae_over_4_hours", unit, period: period).value == 100 * over / total)
    }
    // england_health_index_icb22_2015_2021.csv.
    let index = try rows("england_health_index_icb22_2015_2021.csv")
      .first { $0["icb22_code"] == "E54000048" && $0["year"] == "2021" }
    #expect(
      atlas.figure("health_index", unit, period: "2021").value
        == Double(index?["overall_score"] ?? ""))
  }

  // MARK: Traps

  @Test("IMD 2019 belongs to LSOAs of 2011, and IMD 2025 to those of 2021")
  func vintages() async throws {
    let atlas = try await atlas()
    let old = try rows("lsc_lsoa11_imd2019.csv")
    let row = try #require(old.first { $0["lsoa11_code"] == "E01012571" })
    let area2011 = try unit(atlas, "lsoa11", "E01012571")
    let area2021 = try unit(atlas, "lsoa21", "E01012571")
    #expect(atlas.figure("imd2019_rank", area2011).value == Double(row["imd_rank"] ?? ""))
    #expect(atlas.figure("imd2019_rank", area2021).value == nil)
    #expect(atlas.figure("imd_rank", area2011).value == nil)
    #expect(atlas.figure("imd_rank", area2021).value == 2_615)
    // An area that was split has no counterpart of 2011 to be set against.
    let split = try #require(
      try rows("lsc_lookup_lsoa11_lsoa21.csv").first { $0["change_code"] == "S" })
    let new = try unit(atlas, "lsoa21", split["lsoa21_code"] ?? "")
    #expect(!atlas.parts(of: new).contains { $0.code == split["lsoa11_code"] })
  }

  @Test("The integrated care board is not a sum of districts")
  func boardIsNoSumOfDistricts() async throws {
    let atlas = try await atlas()
    let place = try #require(atlas.place)
    let shares = [
      ("E06000065", 3, 379), ("E06000063", 6, 177), ("E06000064", 106, 142), ("E06000008", 91, 91),
    ]
    for (code, inside, all) in shares {
      let district = try unit(atlas, "lad24", code)
      #expect(district.partsInPlace == inside, "\(district.name)")
      #expect(district.parts == all, "\(district.name)")
    }
    // Figures known only for small areas of the place are not added up for districts partly in it.
    let westmorland = try unit(atlas, "lad24", "E06000064")
    #expect(
      atlas.figure("disabled", westmorland)
        == .unknown("Known for only 106 of the 142 smaller areas or practices."))
    let blackburn = try unit(atlas, "lad24", "E06000008")
    #expect(atlas.figure("disabled", blackburn).value != nil)
    // And a figure that is published for districts is not there for the board.
    #expect(atlas.figure("qof.af", blackburn).value != nil)
    #expect(atlas.figure("qof.af", place).value == nil)
    let districts = atlas.units(ofKind: "lad24", in: place)
    let sum = districts.compactMap { atlas.figure("residents", $0).value }.reduce(0, +)
    #expect(sum > 1_717_533)
    // One LSOA of Preston lies in another sub-ICB than the rest.
    let preston = try unit(atlas, "lad24", "E07000123")
    #expect(atlas.partlyIn(preston, kind: "sicbl24").contains { $0.parts == 1 })
  }

  @Test("Residents are not registered patients")
  func residentsAndPatients() async throws {
    let atlas = try await atlas()
    let place = try #require(atlas.place)
    #expect(atlas.figure("residents", place).value == 1_717_533)
    #expect(atlas.figure("registered", place).value == 1_740_663)
    let practice = try #require(
      atlas.units(ofKind: "practice").first { $0.isInPlace })
    #expect(atlas.figure("residents", practice).value == nil)
    let ward = try unit(atlas, "ward24", "E05011508")
    #expect(atlas.figure("registered", ward).value == nil)
    let inPlace = atlas.units(ofKind: "practice").count { $0.isInPlace }
    #expect(inPlace == 196)
    #expect(atlas.units(ofKind: "pcn").count { $0.isInPlace } == 42)
  }

  @Test("District codes changed in 2021 and 2023: former districts add up to their successors")
  func formerDistricts() async throws {
    let atlas = try await atlas()
    let rows = try self.rows("england_qof2019_20_prevalence_by_lad.csv")
      .filter { $0["group_code"] == "DM" }
    func register(_ codes: [String]) -> Double {
      rows.filter { codes.contains($0["lad_code"] ?? "") }
        .compactMap { Double($0["register"] ?? "") }.reduce(0, +)
    }
    let westmorland = try unit(atlas, "lad24", "E06000064")
    let figure = try #require(atlas.figure("qof.dm", westmorland).numerator)
    #expect(abs(figure - register(["E07000027", "E07000030", "E07000031"])) < 1e-6)
    // England counts each former district once, and Welsh ones not at all.
    let england = try #require(atlas.whole)
    let all = try #require(atlas.figure("qof.dm", england).numerator)
    let english = rows.filter { $0["lad_code"]?.hasPrefix("E") == true }
      .compactMap { Double($0["register"] ?? "") }.reduce(0, +)
    #expect(abs(all - english) < 1e-6 * english)
  }

  // MARK: Adding up

  @Test("Scores are means weighted by residents, near the ministry's own")
  func scores() async throws {
    let atlas = try await atlas()
    for row in try rows("england_lad24.csv") {
      let district = try unit(atlas, "lad24", row["lad24_code"] ?? "")
      let ours = try #require(atlas.figure("imd_score", district).value)
      let theirs = try #require(Double(row["imd2025_average_score"] ?? ""))
      // Theirs is weighted by mid-2022 populations, ours by the census.
      #expect(abs(ours - theirs) < 1, "\(district.name)")
      #expect(
        atlas.figure("residents", district).value == Double(row["population_census2021"] ?? ""))
    }
  }

  @Test("Deciles of larger areas are ranked anew: a tenth of districts in each")
  func deciles() async throws {
    let atlas = try await atlas()
    let districts = atlas.units(ofKind: "lad24")
    let counts = Dictionary(
      grouping: districts.compactMap { atlas.figure("imd_decile", $0).value }
    ) { $0 }
    .mapValues(\.count)
    #expect(counts.count == 10)
    #expect(counts.values.allSatisfy { (29...30).contains($0) })
    let sorted = districts.sorted {
      (atlas.figure("imd_score", $0).value ?? 0) > (atlas.figure("imd_score", $1).value ?? 0)
    }
    #expect(atlas.figure("imd_decile", sorted[0]).value == 1)
    #expect(atlas.figure("imd_decile", sorted[sorted.count - 1]).value == 10)
    let england = try #require(atlas.whole)
    #expect(atlas.figure("imd_decile", england).value == nil)
  }

  @Test("A value that the source holds back is suppressed, not zero, and its sum is not known")
  func suppressed() async throws {
    let atlas = try await atlas()
    let row = try #require(
      try rows("lsc_lsoa21_imd2025_detail.csv").first {
        $0["income_deprivation_affecting_children_index_idaci_numerator"]?.isEmpty == true
      })
    let area = try unit(atlas, "lsoa21", row["lsoa21_code"] ?? "")
    guard case .suppressed = atlas.figure("income_deprived_children", area) else {
      Issue.record("not suppressed: \(atlas.figure("income_deprived_children", area))")
      return
    }
    let place = try #require(atlas.place)
    #expect(
      atlas.figure("income_deprived_children", place)
        == .unknown("Known for only 1043 of the 1060 smaller areas or practices."))
    #expect(atlas.figure("income_deprived", place).value != nil)
  }

  @Test("Ranks and values without parts are not given for larger areas")
  func notAdded() async throws {
    let atlas = try await atlas()
    let district = try unit(atlas, "lad24", "E06000008")
    #expect(atlas.figure("imd_rank", district).value == nil)
    #expect(atlas.figure("imd_burglary", district).value == nil)
    let burglary = atlas.figure("imd_burglary", district)
    guard case .unknown(let reason) = burglary else {
      Issue.record("it is not unknown: \(burglary)")
      return
    }
    #expect(reason.contains("cannot be added up"))
  }

  @Test("Every row is accounted for")
  func accounts() async throws {
    let store = try await TestPlaces.lancashire()
    let manifest = try store.currentManifest()
    #expect(manifest.inputs.count == 24)
    for input in manifest.inputs {
      #expect(input.read == input.landed + input.setAside, "\(input.file)")
      guard input.file.hasSuffix(".csv") else { continue }
      #expect(input.read == (try rows(input.file)).count, "\(input.file)")
    }
    let qof = manifest.inputs.first { $0.file == "england_qof2019_20_prevalence_by_lad.csv" }
    #expect(qof?.setAside == 7 * 21)
  }

  // MARK: Search

  @Test("Areas are found by name, code and postcode district")
  func search() async throws {
    let search = UnitSearch(try await atlas())
    #expect(search.find("blackpool").first?.unit.name == "Blackpool")
    #expect(search.find("E05011508").first?.unit.name == "Audley & Queen's Park")
    #expect(search.find("QE1").first?.unit.code == "E54000048")
    #expect(search.find("Cornwall").isEmpty)
    #expect(search.find("Cornwall", isEverywhere: true).contains { $0.unit.name == "Cornwall" })
    let hits = search.find("BB1")
    #expect(!hits.isEmpty)
    #expect(hits.allSatisfy { !$0.note.contains("BB12") && !$0.note.contains("BB10") })
    #expect(search.find("  ").isEmpty)
  }

  // MARK: Files

  /// The rows of a real file, by column; none of these has a comma in quotes but in names, which are
  /// read with care.
  private func rows(_ name: String) throws -> [[String: String]] {
    let folder = try #require(TestPlaces.england)
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    var rows: [[String]] = []
    var row: [String] = []
    var cell = ""
    var isQuoted = false
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        row.append(cell)
        cell = ""
      case "\n" where !isQuoted, "\r\n" where !isQuoted:
        rows.append(row + [cell])
        row = []
        cell = ""
      default: cell.append(character)
      }
    }
    if !row.isEmpty || !cell.isEmpty { rows.append(row + [cell]) }
    let header = rows[0]
    return rows.dropFirst().map { Dictionary(zip(header, $0)) { first, _ in first } }
  }

  private func rows2021(in codes: Set<String>) throws -> [[String: String]] {
    try rows("lsc_lsoa21_census2021.csv").filter { codes.contains($0["lsoa21_code"] ?? "") }
  }
}
