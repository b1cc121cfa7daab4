import Foundation
import Population
import TestPlaces
import Testing

@testable import Indicators
@testable import Intake

/// Judgements and summaries of figures that are made up, so that each case can be told.
@Suite("Whether data are fit for a use, and what a sender is told")
struct FitnessTests {
  private static let field = DataQuality.Field(
    name: "sex", column: "SEX", type: "text", keep: "land", isRequired: false, unit: "",
    about: .sex, allowed: "1, 2", element: "")

  private func share(
    _ value: Double, id: String = "", of denominator: Int = 1_000
  ) -> DataQuality.Share {
    DataQuality.Share(
      id: id, numerator: Int(value * Double(denominator)), denominator: denominator,
      figure: .known(.init(value: value, isSum: false)))
  }

  /// A source with one field.
  private func quality(
    complete: Double?, known: Double? = nil, valid: Double? = 1, groups: [DataQuality.Share] = [],
    late: Double? = nil,
    faults: [DataQuality.FaultGroup] = []
  ) -> DataQuality {
    func key(
      _ measure: DataQuality.Measure, _ group: DataQuality.Group = .everybody
    ) -> DataQuality.Key {
      DataQuality.Key(
        source: "gp", table: "patient", field: "sex", measure: measure, delivery: "", group: group)
    }
    var shares: [DataQuality.Key: [DataQuality.Share]] = [:]
    shares[key(.completeness)] = complete.map { [share($0)] }
    shares[key(.known)] = known.map { [share($0)] }
    shares[key(.validity)] = valid.map { [share($0)] }
    shares[key(.late)] = late.map { [share($0)] }
    shares[key(.completeness, .ethnicGroup)] = groups
    let file = DeliveryAccount.File(
      file: "a.csv", table: "patient", landedAs: "patient.parquet", read: 1_000, landed: 999,
      quarantined: 1)
    let delivery = DeliveryAccount(
      source: "gp", delivery: "2025-01-31", mapping: "gp-fhir", mappingVersion: 1, key: "",
      files: [file], unknownFiles: [])
    return DataQuality(
      sources: [
        DataQuality.Source(
          id: "gp", title: "GP records", mapping: "gp-fhir", deliveries: [delivery],
          tables: [DataQuality.Table(name: "patient", fields: [Self.field])], outcomes: [])
      ], shares: shares, faults: faults)
  }

  private func use(_ need: String, more: String = "") throws -> DataUse {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(
      """
      uses:
        mine:
          title: My use
          kind: cohort
          owner: me
          reads:
            - mapping: gp-fhir
              table: patient
              fields:
                sex: {\(need), why: "It tells men from women."}
      \(more)
      """.utf8
    ).write(to: folder.appendingPathComponent("uses.yaml"))
    return try #require(try DataUse.all(definitions: folder).first { $0.id == "mine" })
  }

  @Test(
    "What is asked is set against what there is",
    arguments: [
      (0.95, 1.0, Fitness.Verdict.fit), (0.949, 1.0, .withCare), (0.9, 1.0, .withCare),
      (0.899, 1.0, .notFit), (0.99, 0.97, .withCare), (0.99, 0.9, .notFit),
    ])
  func verdicts(complete: Double, valid: Double, verdict: Fitness.Verdict) throws {
    let fitness = Fitness(
      try use("completeness: 0.95"), quality(complete: complete, valid: valid))
    #expect(fitness.verdict == verdict)
  }

  @Test("A field that says that it is not known does not say what a use needs")
  func notStated() throws {
    let fitness = Fitness(try use("completeness: 0.95"), quality(complete: 1, known: 0.92))
    #expect(fitness.verdict == .withCare)
    let sentence = fitness.findings.first { $0.verdict == .withCare }?.sentence ?? ""
    #expect(sentence.hasPrefix("92% of records say it") && sentence.contains("not stated"))
  }

  @Test("A source that is not there makes a use not known; an empty field makes it unfit")
  func nothing() throws {
    let use = try use("completeness: 0.95, gap: 0.05")
    #expect(Fitness(use, .none).verdict == .notKnown)
    #expect(Fitness(use, quality(complete: nil)).verdict == .notKnown)
    let empty = Fitness(use, quality(complete: 0, valid: nil))
    #expect(empty.verdict == .notFit && empty.findings.count == 1)
  }

  @Test("A gap is between groups large enough to tell, and says which")
  func gaps() throws {
    let use = try use("completeness: 0.5, gap: 0.05")
    let groups = [
      share(0.98, id: "white"), share(0.9, id: "black"), share(0.1, id: "other", of: 49),
    ]
    let fitness = Fitness(use, quality(complete: 0.95, groups: groups))
    #expect(fitness.verdict == .withCare)
    let sentence = fitness.findings.first { $0.verdict == .withCare }?.sentence ?? ""
    #expect(sentence.contains("90% (Black) to 98% (White)"), "\(sentence)")
    let one = Fitness(use, quality(complete: 0.95, groups: [share(0.98, id: "white")]))
    #expect(one.verdict == .notKnown)
  }

  @Test("Late records count where new ones have come")
  func late() throws {
    let use = try use("completeness: 0.5", more: "        late: 0.1")
    #expect(Fitness(use, quality(complete: 0.9)).verdict == .fit)
    #expect(Fitness(use, quality(complete: 0.9, late: 0.12)).verdict == .withCare)
    #expect(Fitness(use, quality(complete: 0.9, late: 0.2)).verdict == .notFit)
  }

  @Test(
    "Shares are all or none only where they are",
    arguments: [
      (1.0, "100%"), (0.9999, "over 99.9%"), (0.0, "0%"), (0.0001, "under 0.1%"), (0.5, "50%"),
      (0.955, "95.5%"), (0.9954, "99.5%"),
    ])
  func percent(share: Double, text: String) { #expect(share.percent == text) }

  @Test("A summary names rules, files and lines, the set aside first, and what uses ask for")
  func summary() throws {
    func fault(
      _ rule: String, _ outcome: DataQuality.FaultGroup.Outcome, _ count: Int, _ delivery: String,
      isMended: Bool = false
    ) -> DataQuality.FaultGroup {
      DataQuality.FaultGroup(
        source: "gp", delivery: delivery, file: "a.csv", table: "patient", field: "SEX", rule: rule,
        other: "", outcome: outcome, isMended: isMended, count: count,
        lines: Array(2...min(21, count + 1)))
    }
    let quality = quality(
      complete: 0.9,
      faults: [
        fault("out_of_range", .leftOut, 900, "2025-01-31"),
        fault("unknown_value", .setAside, 30, "2025-01-31"),
        fault("unknown_value", .setAside, 1, "2025-02-28"),
        fault("missing_value", .setAside, 50, "2025-01-31", isMended: true),
      ])
    let summary = SupplierSummary(
      quality.sources[0], quality, uses: [try use("completeness: 0.95")],
      rules: try MappingCatalogue().policies(), place: "A place", snapshot: "s")
    #expect(summary.fixes.map(\.rule) == ["unknown_value", "out_of_range"])
    #expect(summary.fixes[0].count == 31)
    #expect(
      summary.fixes[0].whereabouts
        == "2025-02-28/a.csv line 2; 2025-01-31/a.csv lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and "
        + "19 more")
    #expect(summary.fixes[0].sentence.hasSuffix("It may be: 1, 2."))
    #expect(summary.wants.map(\.column) == ["SEX"])
    let text = summary.text
    #expect(
      text.replacing("\n", with: " ").contains(
        "1,000 records came, 999 landed (99.9%) and 1 was set aside."))
    #expect(text.contains("Needed for: My use"))
    #expect(text.contains("2025-02-28/a.csv line 2"))
    // It fits on a page of an email.
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 60)
  }

  @Test("A use that is mistyped is refused at its line")
  func badUses() throws {
    #expect(throws: (any Error).self) { try use("completeness: 95") }
    #expect(throws: (any Error).self) { try use("complete: 0.9") }
  }

  @Test("Every use that ships reads fields that its mapping has")
  func shippedUses() throws {
    let catalogue = MappingCatalogue()
    let uses = try DataUse.all(definitions: nil)
    #expect(uses.count >= 14)
    for use in uses {
      for reading in use.reads {
        let mapping = try catalogue.mapping(reading.mapping)
        let file = try #require(
          mapping.files.first { $0.table == reading.table }, "\(use.id) \(reading.table)")
        for need in reading.fields {
          let column = file.columns.first { $0.landed == need.field }
          #expect(
            column != nil && column?.handling != .drop && column?.handling != .freeText,
            "\(use.id) reads \(reading.table).\(need.field)")
        }
      }
    }
  }
}
