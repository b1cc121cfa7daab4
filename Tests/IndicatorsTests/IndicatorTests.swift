import Definitions
import Engine
import Foundation
import Intake
import Places
import Population
import Statistics
import TestPlaces
import Testing

@testable import Indicators

@Suite("Indicators are what their definitions say of the files")
struct IndicatorTests {
  /// The rows of a CSV file of the fictional place, by the names of its columns.
  private func rows(_ name: String, _ store: PlaceStore) throws -> [[String: String]] {
    let url = store.place.appendingPathComponent("extracts/open-data/\(name)")
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    let header = lines[0].split(separator: ",").map(String.init)
    return lines.dropFirst().map { line in
      Dictionary(
        uniqueKeysWithValues: zip(
          header, line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
    }
  }

  private func number(_ row: [String: String], _ column: String) -> Double {
    Double(row[column] ?? "") ?? .nan
  }

  /// The figure of an area in a slice.
  private func figure(
    _ atlas: Atlas, _ id: String, _ kind: String, _ code: String, by breakdown: String = "",
    _ group: String = "", period: String? = nil
  ) throws -> IndicatorAtlas.Reading {
    let slice = try #require(
      atlas.indicators.slices(of: id).last {
        $0.breakdown == breakdown && $0.group == group && (period == nil || $0.period == period)
      })
    let unit = try #require(atlas.unit(kind: kind, code: code))
    return try #require(atlas.indicators.reading(slice, unit.id))
  }

  @Test("A proportion by deprivation is the share of the small areas' sums, with Wilson's limits")
  func proportions() async throws {
    let store = try await TestPlaces.fictional()
    let atlas = try await Atlas.current(of: store)
    let areas = try rows("small_areas.csv", store)
    var checked = 0
    for code in Set(areas.compactMap { $0["district_code"] }) {
      for decile in 0...10 {
        let parts = areas.filter {
          $0["district_code"] == code && (decile == 0 || $0["imd_decile"] == "\(decile)")
        }
        guard !parts.isEmpty else { continue }
        let crowded = parts.reduce(0) { $0 + number($1, "occ_minus1") + number($1, "occ_minus2") }
        let homes = ["occ_plus2", "occ_plus1", "occ_ideal", "occ_minus1", "occ_minus2"]
          .reduce(0) { sum, column in sum + parts.reduce(0) { $0 + number($1, column) } }
        let found = try figure(
          atlas, "overcrowded_households", "lad", code, by: decile == 0 ? "" : "imd_decile",
          decile == 0 ? "" : "\(decile)")
        let limits = try #require(Proportion(crowded, of: homes)?.wilson())
        guard case .known(let known) = found.figure else {
          Issue.record("\(code) \(decile) is known")
          continue
        }
        #expect(known.numerator == crowded)
        #expect(known.denominator == homes)
        #expect(abs(known.value - 100 * crowded / homes) < 1e-12)
        #expect(abs((found.lower ?? 0) - 100 * limits.lower) < 1e-12)
        #expect(abs((found.upper ?? 0) - 100 * limits.upper) < 1e-12)
        checked += 1
      }
    }
    #expect(checked > 20)
  }

  @Test("Life expectancy and standardised rates are those of the deaths of three years")
  func mortality() async throws {
    let store = try await TestPlaces.fictional()
    let atlas = try await Atlas.current(of: store)
    let district = try #require(try rows("small_areas.csv", store).first?["district_code"])
    let areas = Set(
      try rows("small_areas.csv", store).filter { $0["district_code"] == district }
        .compactMap { $0["area_code"] })
    let period = try #require(atlas.indicators.periods(of: "life_expectancy").last)
    let years = try #require(ReportingPeriod(period))
    let deaths = try rows("deaths.csv", store).filter { row in
      areas.contains(row["area_code"] ?? "")
        && (years.firstMonth / 12..<years.end / 12).contains(Int(row["year"] ?? "") ?? 0)
    }
    let bands =
      ["00", "01_04"]
      + StandardPopulation.european2013.ages.dropFirst().map {
        $0 == 90 ? "90_plus" : ($0 < 10 ? "0\($0)_0\($0 + 4)" : "\($0)_\($0 + 4)")
      }
    func sums(_ what: String) -> [Double] {
      bands.map { band in
        ["female", "male"].reduce(0) { sum, sex in
          sum + deaths.reduce(0) { $0 + number($1, "\(what)_\(sex)_\(band)") }
        }
      }
    }
    let (died, lived) = (sums("deaths"), sums("people"))
    let table = LifeTables(deaths: died, populations: lived)
    let life = try figure(atlas, "life_expectancy", "lad", district)
    #expect(life.value == table.estimates[0].value)
    #expect(life.lower == table.estimates[0].interval?.lower)
    // The standard's band from 0 to 4 is shared out by years.
    var weights = StandardPopulation.european2013.people
    weights.replaceSubrange(0...0, with: [weights[0] / 5, weights[0] * 4 / 5])
    let rate = DirectlyStandardisedRates(
      events: died, populations: lived, standard: weights, by: Grouping(whole: bands.count))
    let found = try figure(atlas, "mortality_all_causes", "lad", district)
    #expect(found.value == rate.estimates[0].value)
    #expect(found.upper == rate.estimates[0].interval?.upper)
    let early = DirectlyStandardisedRates(
      events: Array(died.prefix(16)), populations: Array(lived.prefix(16)),
      standard: Array(weights.prefix(16)), by: Grouping(whole: 16))
    #expect(
      try figure(atlas, "mortality_under_75", "lad", district).value == early.estimates[0].value)
    // Of the whole place a ratio to its own rates is 100.
    let whole = try figure(
      atlas, "standardised_mortality_ratio", FictionalKinds.place, FictionalKinds.code)
    #expect(abs((whole.value ?? 0) - 100) < 1e-9)
  }

  @Test("Monthly counts over residents are rates of person-years, month by month and by the year")
  func personYears() async throws {
    let store = try await TestPlaces.fictional()
    let atlas = try await Atlas.current(of: store)
    let hospital = try rows("hospital.csv", store)
    let row = try #require(hospital.last)
    let code = try #require(row["district_code"])
    let residents = try rows("small_areas.csv", store).filter { $0["district_code"] == code }
      .reduce(0) { $0 + number($1, "residents") }
    let monthYears = try #require(ReportingPeriod(row["month"] ?? "")).years
    let month = try figure(
      atlas, "emergency_admission_rate", "lad", code, period: row["month"])
    #expect(
      abs((month.value ?? 0) - 1_000 * number(row, "admissions") / (residents * monthYears)) < 1e-9)
    let year = try #require(atlas.indicators.periods(of: "emergency_admission_rate_in_a_year").last)
    let months = try #require(ReportingPeriod(year))
    let admitted = hospital.filter { row in
      row["district_code"] == code
        && ReportingPeriod(row["month"] ?? "").map {
          (months.firstMonth..<months.end).contains($0.firstMonth)
        } == true
    }
    #expect(admitted.count == 12)
    let total = admitted.reduce(0) { $0 + number($1, "admissions") }
    let rate = try figure(
      atlas, "emergency_admission_rate_in_a_year", "lad", code, period: year)
    #expect(abs((rate.value ?? 0) - 1_000 * total / (residents * months.years)) < 1e-9)
  }

  @Test("The slope index is that of the tenths, above zero where the most deprived have more")
  func slope() async throws {
    let atlas = try await Atlas.current(of: try await TestPlaces.fictional())
    let place = try #require(atlas.place)
    let slices = atlas.indicators.groups(
      of: "overcrowded_households", by: "imd_decile",
      period: try #require(atlas.indicators.periods(of: "overcrowded_households").last))
    let readings = slices.compactMap { atlas.indicators.reading($0, place.id) }
    #expect(readings.count == 10)
    let homes = readings.map { reading -> Double in
      if case .known(let known) = reading.figure { known.denominator ?? 0 } else { 0 }
    }
    let quantiles = try SlopeIndex.Quantiles(
      populations: homes, values: readings.map { ($0.value ?? 0) / 100 },
      lower: readings.map { ($0.lower ?? 0) / 100 }, upper: readings.map { ($0.upper ?? 0) / 100 },
      kind: .proportion)
    let expected = SlopeIndex(quantiles, multiplier: -100).slopeIndex
    let found = try #require(
      atlas.indicators.summary("overcrowded_households", place.id, "sii"))
    #expect(abs((found.value ?? 0) - expected) < 1e-9)
    #expect((found.lower ?? 0) > 0)
    #expect((found.value ?? 0) > 0)
    // How many fewer there would be at the figure of the least deprived fifth.
    let excess = try #require(
      atlas.indicators.summary("overcrowded_households", place.id, "excess")?.value)
    let last = readings[8...].reduce((0.0, 0.0)) { sum, reading in
      guard case .known(let known) = reading.figure else { return sum }
      return (sum.0 + (known.numerator ?? 0), sum.1 + (known.denominator ?? 0))
    }
    let all = readings.reduce((0.0, 0.0)) { sum, reading in
      guard case .known(let known) = reading.figure else { return sum }
      return (sum.0 + (known.numerator ?? 0), sum.1 + (known.denominator ?? 0))
    }
    #expect(abs(excess - (all.0 - all.1 * last.0 / last.1)) < 1e-6)
  }

  @Test(
    "A gap that widens in the data is found, with the latest period and one that shares no year")
  func widening() async throws {
    let atlas = try await Atlas.current(of: try await TestPlaces.fictional())
    let place = try #require(atlas.place)
    let indicator = try #require(atlas.indicators["mortality_all_causes"])
    let finding = try #require(StandingOut(atlas).gap(of: indicator, in: place))
    guard case .gap(let gap) = finding.what else {
      Issue.record("a gap")
      return
    }
    #expect(gap.isWider)
    #expect(finding.isConcern == true)
    let (before, after) = (
      try #require(ReportingPeriod(gap.before.period)),
      try #require(ReportingPeriod(gap.after.period))
    )
    #expect(before.end <= after.firstMonth)
    let all = StandingOut(atlas).findings()
    #expect(all.contains { if case .gap = $0.what { $0.isConcern == true } else { false } })
    #expect(
      zip(all, all.dropFirst()).allSatisfy { a, b in
        (a.isConcern == true) != (b.isConcern == true) || a.score >= b.score
      })
  }

  // MARK: Runs

  /// The numbers by which the file system knows the files of a folder.
  private func identities(_ folder: URL) throws -> [String: UInt64] {
    var found: [String: UInt64] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let path = folder.appendingPathComponent(name).path
      found[name] =
        try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber]
        as? UInt64
    }
    return found
  }

  @Test("A change in one definition makes its figures anew and nothing else")
  func oneChange() async throws {
    let place = try TestPlaces.makeFictional(smallAreas: 40)
    defer { try? FileManager.default.removeItem(at: place) }
    let definitions = place.appendingPathComponent("definitions/indicators")
    try FileManager.default.createDirectory(at: definitions, withIntermediateDirectories: true)
    let file = definitions.appendingPathComponent("own.yaml")
    let text = """
      indicator: our_crowding
      title: Our crowding
      measure: overcrowded
      method: proportion
      by: [imd_quintile]
      """
    try Data(text.utf8).write(to: file)
    _ = try await PlaceRun(place: place).run()
    let store = PlaceStore(place: place)
    let first = try store.currentManifest()
    try Data((text + "\nper: 1000\nversion: 2\nunit: per 1,000\n").utf8).write(to: file)
    let stages = Box<[String]>()
    _ = try await PlaceRun(place: place) { event in
      if case .stage(let stage, _) = event { stages.value = (stages.value ?? []) + [stage.name] }
    }.run()
    let second = try store.currentManifest()
    #expect(second.id != first.id)
    #expect(second.stages?.dropLast() == first.stages?.dropLast())
    // Nothing that rests on the data alone was made again.
    #expect(stages.value == ["indicators", "publish"])
    for folder in ["", "indicator", "inequality"] {
      let before = try identities(store.folder(of: first.id).appendingPathComponent(folder))
      let after = try identities(store.folder(of: second.id).appendingPathComponent(folder))
      #expect(Set(before.keys) == Set(after.keys))
      let changed = before.keys.filter {
        $0.hasSuffix(".parquet") && before[$0] != after[$0]
      }
      #expect(
        changed.sorted()
          == (folder.isEmpty ? ["indicator_definition.parquet"] : ["our_crowding.parquet"]))
    }
    let atlas = try await Atlas.current(of: store)
    let unit = try #require(atlas.place)
    let ours = try figure(atlas, "our_crowding", unit.kind, unit.code)
    let shipped = try figure(atlas, "overcrowded_households", unit.kind, unit.code)
    #expect(abs((ours.value ?? 0) - 10 * (shipped.value ?? 1)) < 1e-9)
    guard case .unchanged = try await PlaceRun(place: place).run() else {
      Issue.record("nothing has changed")
      return
    }
  }

  @Test("The same files and definitions give the same bytes")
  func deterministic() async throws {
    let place = try TestPlaces.makeFictional(smallAreas: 40)
    defer { try? FileManager.default.removeItem(at: place) }
    let store = PlaceStore(place: place)
    _ = try await PlaceRun(place: place).run()
    let first = try store.currentManifest()
    _ = try await PlaceRun(place: place, isForced: true).run()
    let second = try store.currentManifest()
    func hashes(_ manifest: Manifest) -> [String] {
      manifest.tables.filter { $0.name.contains("/") }.map { "\($0.name) \($0.sha256)" }
    }
    #expect(hashes(first).count > 80)
    #expect(hashes(first) == hashes(second))
  }

  /// Runs a small place with a definition, and returns what is wrong with it.
  private func problem(_ definition: String) async throws -> String {
    let place = try TestPlaces.makeFictional(smallAreas: 40)
    defer { try? FileManager.default.removeItem(at: place) }
    let definitions = place.appendingPathComponent("definitions/indicators")
    try FileManager.default.createDirectory(at: definitions, withIntermediateDirectories: true)
    try Data(definition.utf8).write(to: definitions.appendingPathComponent("own.yaml"))
    do {
      _ = try await PlaceRun(place: place).run()
      return ""
    } catch {
      #expect(try PlaceStore(place: place).currentID() == nil)
      return "\(error)"
    }
  }

  @Test(
    "A definition that does not fit the data is an error at its line, and nothing is published",
    arguments: [
      (
        "indicator: a\ntitle: A\nmethod: proportion\nmeasure: overcrowdet",
        "own.yaml:4: a: there is no measure 'overcrowdet' in the place's data. Did you mean 'overcrowded'?"
      ),
      (
        "indicator: a\ntitle: A\nmethod: proportion\nmeasure: overcrowded\nby: [sex]",
        "own.yaml:4: a: It cannot be broken down by 'sex'"
      ),
      (
        "indicator: a\ntitle: A\nmethod: proportion\nmeasure: imd_score",
        "own.yaml:4: a: The measure 'imd_score' has no numerator: it is a score."
      ),
      (
        "indicator: a\ntitle: A\nmethod: directly_standardised_rate\nmeasure: overcrowded",
        "own.yaml:4: a: The measure 'overcrowded' has no groups by 'age' to standardise over."
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nnumerator: {measure: age_sex, groups: {age: {from: 63}}}",
        "own.yaml:4: a: The age band 60_64 of 'age_sex' is partly within the range only."
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nnumerator: {measure: tenure, groups: {tenure: [councl]}}",
        "own.yaml:4: a: The measure 'tenure' has no group whose tenure is 'councl'. Did you mean 'council'?"
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nmeasure: residents\nperiod: month",
        ""
      ),
      (
        "indicator: a\ntitle: A\nmethod: life_expectancy\nnumerator: {measure: deaths, groups: {age: {to: 74}}}"
          + "\ndenominator: {measure: deaths_population, groups: {age: {to: 74}}}",
        "own.yaml:1: a: A life table needs every age band from 0 to one without an end"
      ),
      (
        "indicator: a\ntitle: A\nmethod: directly_standardised_rate\nnumerator: {measure: deaths}"
          + "\ndenominator: {measure: deaths_population}\nby: [age]",
        "own.yaml:1: a: It is standardised over 'age', so it cannot be broken down by it."
      ),
      (
        "indicator: a\ntitle: A\nmethod: crude_rate\nnumerator: {measure: deaths}"
          + "\ndenominator: {measure: age_sex}\nby: [age]",
        "own.yaml:5: a: The measure 'age_sex' has no group of age 00."
      ),
    ])
  func misfits(definition: String, expected: String) async throws {
    let found = try await problem(definition)
    #expect(expected.isEmpty ? found.isEmpty : found.contains(expected), "\(found)")
  }

  @Test(
    "People of one year stand for those of three, expectations add up, and scores take their multiplier"
  )
  func persons() async throws {
    let place = try TestPlaces.makeFictional(smallAreas: 40)
    defer { try? FileManager.default.removeItem(at: place) }
    let definitions = place.appendingPathComponent("definitions/indicators")
    try FileManager.default.createDirectory(at: definitions, withIntermediateDirectories: true)
    let years = try rows("deaths.csv", PlaceStore(place: place)).compactMap { $0["year"] }
    let last = try #require(years.max())
    try Data(
      """
      defaults: {period: three_years, numerator: {measure: deaths}}
      indicators:
        - indicator: by_all
          title: By every year
          method: crude_rate
          numerator: {measure: deaths}
          denominator: {measure: deaths_population}
        - indicator: by_one
          title: By one year
          method: crude_rate
          numerator: {measure: deaths}
          denominator: {measure: deaths_population, period: "\(last)"}
        - indicator: ratio
          title: By sex
          method: indirectly_standardised_ratio
          numerator: {measure: deaths}
          denominator: {measure: deaths_population}
          over: [age, sex]
          by: [sex]
        - indicator: score
          title: Ten times
          method: mean
          measure: imd_score
          per: 10
          period: as_published
          by: [rural_urban]
      """.replacing(", numerator: {measure: deaths}}", with: "}").utf8
    ).write(to: definitions.appendingPathComponent("own.yaml"))
    _ = try await PlaceRun(place: place).run()
    let atlas = try await Atlas.current(of: PlaceStore(place: place))
    let unit = try #require(atlas.place)
    let all = try figure(atlas, "by_all", unit.kind, unit.code)
    let one = try figure(atlas, "by_one", unit.kind, unit.code)
    // The fictional place has as many people in every year.
    #expect(all.value == one.value)
    for district in atlas.units(ofKind: "lad") {
      let whole = try #require(try figure(atlas, "ratio", "lad", district.code).known)
      let sexes = try ["female", "male"].map { sex in
        try #require(try figure(atlas, "ratio", "lad", district.code, by: "sex", sex).known)
      }
      func sum(_ part: (Figure.Known) -> Double?) -> Double {
        sexes.reduce(0) { $0 + (part($1) ?? .nan) }
      }
      #expect(sum(\.numerator) == whole.numerator)
      #expect(abs(sum(\.denominator) - (whole.denominator ?? 0)) < 1e-9)
    }
    for group in ["", "urban"] {
      let breakdown = group.isEmpty ? "" : "rural_urban"
      let plain = try figure(
        atlas, "deprivation_score", unit.kind, unit.code, by: breakdown, group)
      let tenfold = try figure(atlas, "score", unit.kind, unit.code, by: breakdown, group)
      #expect(abs((tenfold.value ?? 0) - 10 * (plain.value ?? 1)) < 1e-9)
    }
  }

  @Test("A partner's aggregates stand beside the open data, and indicators count in them")
  func aggregates() async throws {
    let place = try TestPlaces.makeFictional(smallAreas: 40)
    defer { try? FileManager.default.removeItem(at: place) }
    let store = PlaceStore(place: place)
    let codes = Set(try rows("small_areas.csv", store).compactMap { $0["district_code"] }).sorted()
    let folder = place.appendingPathComponent("extracts/partners")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // A sum of money in millionths is beyond 64 bits.
    let lines = codes.enumerated().map {
      "\($0.element),2025,\(10 + $0.offset),100,20000000000000"
    }
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    try write(
      (["code,year,waiting,referred,spent"] + lines).joined(separator: "\n"), "referrals.csv")
    func description(_ measure: String) -> String {
      """
      sources: {charity: {title: Referrals, publisher: A charity, licence: By agreement}}
      measures:
        - file: referrals.csv
          kind: lad
          code: code
          period: {column: year}
          source: charity
          measures:
            \(measure): {title: Waiting, proportion: {numerator: waiting, denominator: referred}}
            spent: {title: Spent, count: spent}
      """
    }
    let yaml = place.appendingPathComponent("kith.yaml")
    let text = try String(contentsOf: yaml, encoding: .utf8)
    try Data((text + "\naggregates: [extracts/partners/aggregates.yaml]\n").utf8).write(to: yaml)
    // A measure of a name that is there already is an error of the description.
    try write(description("overcrowded"), "aggregates.yaml")
    await #expect(throws: Problems.self) { try await PlaceRun(place: place).run() }
    try write(description("waiting"), "aggregates.yaml")
    let definitions = place.appendingPathComponent("definitions/indicators")
    try FileManager.default.createDirectory(at: definitions, withIntermediateDirectories: true)
    try Data("indicator: waits\ntitle: W\nmeasure: waiting\nmethod: proportion".utf8)
      .write(to: definitions.appendingPathComponent("waits.yaml"))
    _ = try await PlaceRun(place: place).run()
    let first = try await Atlas.current(of: store)
    #expect(try figure(first, "waits", "lad", codes[1]).value == 11)
    let whole = try figure(first, "waits", FictionalKinds.place, FictionalKinds.code).known
    #expect(whole?.denominator == Double(100 * codes.count))
    let unit = try #require(first.place)
    #expect(first.figure("spent", unit).value == 20e12 * Double(codes.count))
    // Another delivery of the aggregates is another snapshot.
    try write(
      (["code,year,waiting,referred,spent"] + lines.map { $0.replacing(",100", with: ",200") })
        .joined(separator: "\n"), "referrals.csv")
    _ = try await PlaceRun(place: place).run()
    let second = try await Atlas.current(of: store)
    #expect(try figure(second, "waits", "lad", codes[1]).value == 5.5)
  }

  @Test("Unknown, suppressed and too few are not zero, and each says why")
  func missing() async throws {
    let place = try TestPlaces.makeFictional(smallAreas: 40)
    defer { try? FileManager.default.removeItem(at: place) }
    // One small area's count goes missing.
    let file = place.appendingPathComponent("extracts/open-data/small_areas.csv")
    var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    let header = lines[0].components(separatedBy: ",")
    let column = try #require(header.firstIndex(of: "disabled"))
    var cells = lines[1].components(separatedBy: ",")
    cells[column] = ""
    // And another measure counts none in any group: that is a zero, of which there is no share.
    for (place, name) in header.enumerated() where name.hasPrefix("ten_") { cells[place] = "0" }
    lines[1] = cells.joined(separator: ",")
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
    let definitions = place.appendingPathComponent("definitions/indicators")
    try FileManager.default.createDirectory(at: definitions, withIntermediateDirectories: true)
    try Data(
      """
      indicator: many
      title: Only of many
      measure: overcrowded
      method: proportion
      minimum: {denominator: 100000000}
      """.utf8
    ).write(to: definitions.appendingPathComponent("many.yaml"))
    _ = try await PlaceRun(place: place).run()
    let atlas = try await Atlas.current(of: PlaceStore(place: place))
    let unit = try #require(atlas.place)
    let whole = try figure(atlas, "disabled_residents", unit.kind, unit.code)
    #expect(
      whole.figure
        == .unknown("Known for only some of the smaller areas or practices that make it up."))
    let area = try figure(atlas, "disabled_residents", "lsoa", cells[0])
    #expect(area.value == nil)
    let deciles = try #require(header.firstIndex(of: "imd_decile"))
    let decile = cells[deciles]
    let tenth = try figure(
      atlas, "disabled_residents", unit.kind, unit.code, by: "imd_decile", decile)
    guard case .unknown(let reason) = tenth.figure else {
      Issue.record("the tenth with the missing area is unknown")
      return
    }
    #expect(reason.hasPrefix("Known for only"))
    #expect(reason.hasSuffix("small areas."))
    // Every other tenth that has areas is known.
    let here = Set(
      lines.dropFirst().map { $0.components(separatedBy: ",") }.filter { $0.count == header.count }
        .map { $0[deciles] })
    let others = here.subtracting([decile])
    #expect(others.count >= 5, "\(others)")
    for group in others.sorted() {
      let other = try figure(
        atlas, "disabled_residents", unit.kind, unit.code, by: "imd_decile", group)
      #expect(other.value != nil, "tenth \(group): \(other.figure)")
    }
    #expect(
      try figure(atlas, "private_rented_households", "lsoa", cells[0]).figure
        == .unknown("The population is zero."))
    let rented = try figure(
      atlas, "private_rented_households", unit.kind, unit.code, by: "imd_decile", decile)
    #expect(rented.value != nil)
    #expect(
      try figure(atlas, "private_rented_households", unit.kind, unit.code).value != nil)
    #expect(
      try figure(atlas, "many", unit.kind, unit.code).figure
        == .unknown("Fewer than 100000000 are in the denominator."))
  }

  @Test(
    "A tenth without events is not taken to logarithms, whatever the kind of rate",
    arguments: [Indicator.Method.crudeRate, .directlyStandardisedRate])
  func slopeOfZero(method: Indicator.Method) throws {
    let values = (0..<10).map { Double($0) * 10 }
    let lower = values.map { $0 * 0.8 }
    let upper = values.map { $0 * 1.2 + 3 }
    let intervals = zip(lower, upper).map { Interval(lower: $0, upper: $1, confidence: 0.95) }
    let kind = InequalitySummaries.kind(method, 100_000, values, intervals)
    #expect(kind == .other)
    let quantiles = try SlopeIndex.Quantiles(
      populations: Array(repeating: 1_000, count: 10), values: values, lower: lower, upper: upper,
      kind: kind)
    #expect(abs(SlopeIndex(quantiles).slopeIndex - 100) < 1e-9)
    let above = intervals.map {
      Interval(lower: $0.lower + 1, upper: $0.upper + 1, confidence: 0.95)
    }
    #expect(InequalitySummaries.kind(method, 100_000, values.map { $0 + 1 }, above) == .rate)
  }

  @Test("Own definitions that cannot be read are an error, and never taken for none")
  func unreadableDefinitions() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("a file where a folder belongs".utf8)
      .write(to: folder.appendingPathComponent("indicators"))
    #expect(throws: Problem.self) { try IndicatorCatalogue(definitions: folder) }
    try FileManager.default.removeItem(at: folder.appendingPathComponent("indicators"))
    _ = try IndicatorCatalogue(definitions: folder)
  }
}

/// The kind and code of the fictional place.
enum FictionalKinds {
  static let place = "ics"
  static let code = "Z54000001"
}
