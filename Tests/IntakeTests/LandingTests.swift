import Columns
import Definitions
import Engine
import Foundation
import Governance
import Population
import Synthetic
import TestPlaces
import Testing

@testable import Intake

/// A synthetic place whose deliveries were landed once.
private struct LandedPlace {
  static let shared = Task { try await LandedPlace() }

  let folder: URL
  let manifest: Manifest
  let engine: Engine

  init() async throws {
    folder = try TestPlaces.emptyFolder()
    _ = try await SyntheticPlace(.fictional, .init(people: 5_000, seed: 5)).write(to: folder)
    try NewPlace(
      folder: folder, name: FictionalPlace.name, kind: FictionalPlace.kind,
      code: FictionalPlace.code, pack: nil,
      openData: folder.appendingPathComponent("extracts/open-data"),
      sources: [
        ("gp", "gp-fhir"), ("apc", "apc"), ("ecds", "ecds"), ("outpatients", "outpatients"),
        ("housing", "housing"), ("social-care", "client-level-data"), ("deaths", "deaths"),
        ("voluntary", "voluntary-contacts"), ("programmes", "programme-roster"),
      ].map { (id: $0.0, mapping: $0.1) }
    ).write()
    guard case .published(let manifest) = try await PlaceRun(place: folder).run() else {
      throw Problem(file: folder.path, "The run made no snapshot.")
    }
    self.manifest = manifest
    engine = try Engine.duckDB(connections: 1)
    let defects = folder.appendingPathComponent("truth/defects.csv.zst").path
    try await engine.execute(
      """
      create table defect as select * from
        read_csv('\(defects)', all_varchar = true, hive_partitioning = false)
      """)
    var parts: [String] = []
    for delivery in intake.deliveries {
      let path = table(delivery, "quarantine").path
      parts.append(
        "select '\(delivery.source)' as source, '\(delivery.delivery)' as delivery, * "
          + "from read_parquet('\(path)', hive_partitioning = false)")
    }
    try await engine.execute("create table aside as \(parts.joined(separator: " union all "))")
  }

  var intake: SourceIntake.Result {
    manifest.intake ?? SourceIntake.Result(deliveries: [], tables: [])
  }

  func table(_ delivery: DeliveryAccount, _ name: String) -> URL {
    folder.appendingPathComponent(
      "store/landing/sources/\(delivery.source)/\(delivery.delivery)/\(name).parquet")
  }

  func rows(_ sql: String) async throws -> [[Value]] { try await engine.query(sql).rows }
}

@Suite("Deliveries land")
struct LandingTests {
  /// The rules that find each kind of planted error.
  private static let kinds = [
    "bad_check_digit": ["nhs_number_check_digit"],
    "impossible_date": ["impossible_date", "date_order"],
    "unknown_code": ["unknown_value", "icd10_shape", "snomed_identifier", "code_shape"],
    "truncated_line": ["too_few_fields", "invalid_json"],
    "wrong_resource_type": ["wrong_resource_type"], "wrong_encoding": ["wrong_encoding"],
  ]

  private static let identifying = [
    "first_name", "last_name", "surname", "family_name", "given_name", "address", "postcode",
    "date_of_birth", "birth_date", "national_insurance_number",
  ]

  @Test("Every planted error is set aside for the right reason, and no clean record is")
  func plantedErrors() async throws {
    let place = try await LandedPlace.shared.value
    let kinds = Self.kinds.keys.map { "'\($0)'" }.joined(separator: ", ")
    let missed = try await place.rows(
      """
      select d.source, d.delivery, d.file, d.line, d.defect from defect d
      where d.defect in (\(kinds)) and not exists (
        from aside a where a.source = d.source and a.delivery = d.delivery and a.file = d.file
          and a.line = d.line::bigint)
      """)
    #expect(missed.isEmpty, "missed: \(missed.prefix(5))")
    let clean = try await place.rows(
      """
      select a.source, a.delivery, a.file, a.line, a.field, a.rule from aside a
      where not exists (
        from defect d where a.source = d.source and a.delivery = d.delivery and a.file = d.file
          and a.line = d.line::bigint and d.defect in (\(kinds)))
      """)
    #expect(clean.isEmpty, "clean records set aside: \(clean.prefix(5))")
    let pairs = try await place.rows(
      """
      select distinct d.defect, a.rule from defect d join aside a on a.source = d.source
        and a.delivery = d.delivery and a.file = d.file and a.line = d.line::bigint
      where d.defect in (\(kinds))
      """)
    #expect(pairs.count > 6)
    for pair in pairs {
      guard case .string(let kind) = pair[0], case .string(let rule) = pair[1] else { continue }
      #expect(Self.kinds[kind]?.contains(rule) == true, "\(kind) was found by \(rule)")
    }
  }

  @Test("Every record is accounted for, in every file and every table")
  func reconciled() async throws {
    let place = try await LandedPlace.shared.value
    #expect(place.intake.deliveries.count == 8 * 7 + 3)
    for delivery in place.intake.deliveries {
      #expect(!delivery.isStopped)
      for file in delivery.files {
        #expect(file.isReconciled, "\(delivery.source) \(delivery.delivery) \(file.file)")
        let breaches = file.breaches.filter(\.isQuarantined).reduce(0) { $0 + $1.count }
        #expect(breaches == file.quarantined)
        let rows = try await place.rows(
          "select count(*)::bigint from read_parquet('\(place.table(delivery, file.table).path)')")
        #expect(rows == [[.int(Int64(file.rows))]])
      }
    }
    for table in place.intake.tables { #expect(table.isReconciled, "\(table)") }
  }

  @Test("What the truth says was taken back or came again is superseded")
  func superseded() async throws {
    let place = try await LandedPlace.shared.value
    for (source, table) in [
      ("apc", "episode"), ("ecds", "emergency_attendance"),
      ("outpatients", "outpatient_attendance"), ("voluntary", "voluntary_contact"),
    ] {
      let outcome = try #require(place.intake.tables.first { $0.table == table })
      let truth = try await place.rows(
        "select count(*)::bigint from defect where source = '\(source)' and defect = 'deleted'")
      #expect(truth == [[.int(Int64(outcome.deletions))]], "\(source)")
      #expect(outcome.deleted >= outcome.deletions, "\(source)")
      // What holds in the end is each key once.
      let keys = try await place.rows(
        """
        select count(distinct record)::bigint from read_parquet(
          '\(place.folder.path)/store/landing/sources/\(source)/*/\(table).parquet')
        """)
      #expect(keys == [[.int(Int64(outcome.current + outcome.deletions))]], "\(source)")
    }
    let register = try #require(place.intake.tables.first { $0.table == "tenancy" })
    #expect(register.replaced > 5 * register.current)
  }

  @Test("No landed table holds a name, an address, a postcode, an NHS number or a date of birth")
  func noIdentifiers() async throws {
    let place = try await LandedPlace.shared.value
    let people = place.folder.appendingPathComponent("truth/people.csv.zst").path
    let header = try await place.engine.query(
      "select * from read_csv('\(people)', all_varchar = true, hive_partitioning = false) limit 0"
    ).fields.map(\.name)
    let identifying = header.filter {
      ["nhs_number", "surname", "forename", "family", "given", "birth_date"].contains($0)
    }
    #expect(identifying.count >= 4, "\(header)")
    try await place.engine.execute(
      "create or replace table secret as "
        + identifying.map { column in
          """
          select distinct "\(column)" as text from
            read_csv('\(people)', all_varchar = true, hive_partitioning = false)
          where length("\(column)") > 5
          """
        }.joined(separator: " union "))
    for delivery in place.intake.deliveries where delivery.delivery.hasSuffix("full") {
      for file in delivery.files where file.rows > 0 {
        let path = place.table(delivery, file.table).path
        let fields = try await place.engine.query("select * from read_parquet('\(path)') limit 0")
          .fields
        for field in fields where field.type == .utf8 {
          let found = try await place.rows(
            """
            select count(*)::bigint from read_parquet('\(path)')
            where "\(field.name)" in (select text from secret) or "\(field.name)" like 'ZZ__ %'
            """)
          #expect(found == [[.int(0)]], "\(delivery.source) \(file.table).\(field.name)")
        }
        // An organisation's address identifies nobody.
        guard file.table != "organisation" else { continue }
        for name in Self.identifying { #expect(!fields.map(\.name).contains(name)) }
      }
    }
  }

  @Test("The same deliveries again change nothing; one that is withdrawn is left out")
  func againAndWithdrawn() async throws {
    let place = try await LandedPlace.shared.value
    guard case .unchanged(let same) = try await PlaceRun(place: place.folder).run() else {
      Issue.record("the second run made another snapshot")
      return
    }
    #expect(same.id == place.manifest.id)
    let copy = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: copy) }
    for name in ["kith.yaml", "extracts", "store"] {
      try FileManager.default.copyItem(
        at: place.folder.appendingPathComponent(name), to: copy.appendingPathComponent(name))
    }
    let file = copy.appendingPathComponent("kith.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    try text.replacing(
      "{id: apc, mapping: apc}", with: "{id: apc, mapping: apc, withdrawn: [2025-03-31]}"
    ).write(to: file, atomically: true, encoding: .utf8)
    guard case .published(let without) = try await PlaceRun(place: copy).run() else {
      Issue.record("withdrawing made no other snapshot")
      return
    }
    let deliveries = try #require(without.intake).deliveries.filter { $0.source == "apc" }
    #expect(deliveries.map(\.delivery).contains("2025-03-31") == false)
    #expect(deliveries.count == 6)
  }
}
