import Columns
import Definitions
import Engine
import Foundation
import Governance
import Places
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
    let store = try await TestPlaces.synthetic()
    folder = store.place
    manifest = try store.currentManifest()
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
      guard case .string(let kind) = pair[0], case .string(let rule) = pair[1] else {
        Issue.record("\(pair)")
        continue
      }
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

  @Test("What identifies people is in the vault, sealed, and each landed row leads to it")
  func vault() async throws {
    let place = try await LandedPlace.shared.value
    let store = PlaceStore(place: place.folder)
    let vault = try store.openVault()
    let people = place.folder.appendingPathComponent("truth/people.csv.zst").path
    let names = try await place.rows(
      """
      select distinct nhs_number, family, birth_date from
        read_csv('\(people)', all_varchar = true, hive_partitioning = false)
      """)
    let numbers = Set(
      names.compactMap { row in if case .string(let number) = row[0] { number } else { nil } })
    for (source, table) in [("gp", "patient"), ("housing", "tenancy")] {
      let delivery = try #require(
        place.intake.deliveries.first {
          $0.source == source && $0.files.contains { $0.table == table }
        })
      let path = place.table(delivery, table).path
      let rows = try await place.rows(
        "select distinct identity from read_parquet('\(path)') order by 1")
      let ids = rows.compactMap { if case .int(let id) = $0[0] { id } else { nil } }
      let found = try vault.identities(ids)
      #expect(found.count == ids.count && found.count > 100)
      // Nearly all numbers are as the truth has them; the rest are the planted slips.
      let given = found.values.compactMap { $0["nhs_number"] }
      let known = given.count { numbers.contains($0) }
      #expect(given.count > 100 && known > given.count * 95 / 100, "\(source): \(known)")
      #expect(found.values.allSatisfy { $0["family_name"]?.isEmpty == false })
    }
    for ending in ["", "-wal"] {
      let path = place.folder.appendingPathComponent("store/vault.sqlite\(ending)").path
      // The log goes when the last connection closes; the file itself must be there.
      guard let bytes = FileManager.default.contents(atPath: path) else {
        #expect(ending == "-wal", "there is no vault at \(path)")
        continue
      }
      for row in names.prefix(50) {
        guard case .string(let number) = row[0], case .string(let family) = row[1] else {
          Issue.record("\(row)")
          continue
        }
        #expect(bytes.range(of: Data(number.utf8)) == nil)
        #expect(family.utf8.count < 6 || bytes.range(of: Data(family.utf8)) == nil)
      }
    }
  }

  @Test("The text of a record that was set aside is the line that came, and only the vault has it")
  func heldRecords() async throws {
    let place = try await LandedPlace.shared.value
    let vault = try PlaceStore(place: place.folder).openVault()
    let counts = try await place.rows("select count(*)::bigint from aside")
    #expect(try counts == [[.int(Int64(vault.contents().heldRecords))]])
    let delivery = try #require(
      place.intake.deliveries.first { $0.source == "apc" && $0.delivery.hasSuffix("full") })
    let held = try vault.held(source: "apc", delivery: delivery.delivery, limit: 20)
    #expect(held.count >= 3)
    let file = place.folder.appendingPathComponent("extracts/apc/\(delivery.delivery)/apc.csv.zst")
    for record in held {
      let lines = try await place.rows(
        """
        select line from (
          select line, row_number() over () as number from read_csv(
            '\(file.path)', columns = {'line': 'varchar'}, header = false, auto_detect = false,
            delim = '\u{1}', quote = '', escape = '', new_line = '\\n'))
        where number = \(record.line)
        """)
      #expect(lines == [[.string(record.text)]], "line \(record.line)")
    }
  }

  @Test("A person's small area lands in the place of the postcode, as the truth has it")
  func smallAreas() async throws {
    let place = try await LandedPlace.shared.value
    let delivery = try #require(
      place.intake.deliveries.first { $0.source == "gp" && $0.delivery.hasSuffix("full") })
    let path = place.table(delivery, "patient").path
    let counts = try await place.rows(
      """
      select count(lsoa21)::bigint, count(birth_month)::bigint, count(*)::bigint,
        count(distinct birth_month)::bigint
      from read_parquet('\(path)')
      """)
    guard case .int(let placed) = counts[0][0], case .int(let born) = counts[0][1],
      case .int(let all) = counts[0][2]
    else {
      Issue.record("not three counts: \(counts[0])")
      return
    }
    #expect(all > 0 && placed > all * 99 / 100 && born == all && counts[0][3] == .int(12))
    // The people of each area, by the delivery and by the truth of where they lived then.
    let residences = place.folder.appendingPathComponent("truth/residences.csv.zst").path
    let off = try await place.rows(
      """
      with landed as (
        select lsoa21 as area, count(*) as n from read_parquet('\(path)') where lsoa21 is not null
        group by 1),
      truth as (
        select small_area as area, count(distinct person) as n from
          read_csv('\(residences)', all_varchar = true, hive_partitioning = false)
        group by 1)
      select count(*) filter (coalesce(landed.n, 0) > coalesce(truth.n, 0) * 1.1 + 3)::bigint,
        count(*)::bigint
      from landed full join truth using (area)
      """)
    #expect(off[0][0] == .int(0), "\(off)")
    #expect(off[0][1] != .int(0))
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

  @Test("No landed table has a sender's own reference of a record in clear")
  func noReferences() async throws {
    let place = try await LandedPlace.shared.value
    let catalogue = MappingCatalogue()
    var checked = 0
    for id in try catalogue.ids("mappings", ending: ".yaml") {
      for file in try catalogue.mapping(id).files {
        // Ids of organisations and sites name nobody.
        guard !["organisation", "location"].contains(file.table) else { continue }
        for column in file.columns where column.handling == .land && column.type == .text {
          let isReference =
            (file.key.contains(column.landed) && column.values == nil && column.shapes.isEmpty)
            || column.landed.wholeMatch(
              of: /.*(_key|_reference|record_id|cds_id|practitioner.*_id|medication_id)/) != nil
          // Who sent it and what it is about, which are parts of some keys.
          guard !["organisation", "programme"].contains(column.landed) else { continue }
          #expect(!isReference, "\(id) \(file.table).\(column.landed)")
          checked += 1
        }
      }
    }
    #expect(checked > 50)
    // And none of the references of an extract is in what landed from it.
    for (source, file, table, column) in [
      ("apc", "apc", "episode", "EPIKEY"), ("ecds", "ecds", "emergency_attendance", "EC_Ident"),
      ("outpatients", "outpatients", "outpatient_attendance", "ATTENDKEY"),
      ("deaths", "deaths", "death", "REG_ID"),
      ("voluntary", "contacts", "voluntary_contact", "contact_id"),
      ("programmes", "roster", "programme_entry", "entry_id"),
      ("social-care", "client-level-data", "social_care_event", "Event Reference"),
    ] {
      let landed = "\(place.folder.path)/store/landing/sources/\(source)/*/\(table).parquet"
      let names = try await place.engine.query(
        "select * from read_parquet('\(landed)', union_by_name = true) limit 0"
      ).fields.filter { $0.type == .utf8 }.map(\.name)
      #expect(!names.isEmpty, "\(source)")
      let own = names.map { "\"\($0)\"::varchar" }.joined(separator: ", ")
      let found = try await place.rows(
        """
        with reference as (
          select distinct "\(column)" as text from read_csv(
            '\(place.folder.path)/extracts/\(source)/*/\(file).csv*', all_varchar = true,
            hive_partitioning = false, union_by_name = true, ignore_errors = true)
          where length("\(column)") > 4)
        select count(*)::bigint from (
          select unnest([\(own)]) as text from read_parquet('\(landed)', union_by_name = true))
        where text in (from reference)
        """)
      #expect(found == [[.int(0)]], "\(source)")
    }
  }
}
