import Columns
import Definitions
import Engine
import Foundation
import Governance
import TestPlaces
import Testing

@testable import Intake

/// Deliveries of Parquet, read by the mappings that read CSV.
@Suite("Parquet deliveries")
struct ParquetTests {
  private let folder: URL
  private let engine: Engine

  init() throws {
    folder = try TestPlaces.emptyFolder()
    engine = try Engine.duckDB(connections: 1)
    try write(
      "definitions/mappings/list.yaml",
      """
      mapping: list
      version: 1
      title: A list
      source: made for a test
      owner: nobody
      files:
        - name: list.csv
          table: entry
          format: csv
          key: [id]
          deletion: {column: gone, values: ["1"]}
          columns:
            id: {to: id, required: true}
            nhs: {to: nhs_number, type: nhs_number, keep: hash}
            born: {to: birth_year, type: date, format: dd/MM/yyyy, keep: vault}
            seen: {to: seen, type: date, format: yyyyMMdd, nulls: ["20991231"]}
            at: {to: at, type: moment}
            weight: {to: weight, type: number, range: [1, 300]}
            visits: {to: visits, type: integer}
            sex: {to: sex, values: {"1": male, "2": female}}
            smokes: {to: smokes, type: flag}
            note: {to: note}
      """)
    try write(
      "kith.yaml",
      """
      place: {name: A place, area: {kind: ics, code: Z54000001}}
      open_data: {folder: open}
      sources:
        - {id: list, mapping: list}
      """)
  }

  private func write(_ path: String, _ text: String) throws {
    let url = folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  /// Writes the rows of a query as a delivery's file.
  private func deliver(_ sql: String) async throws {
    try write("extracts/list/2025-01-31/list.parquet", "")
    let path = engine.dialect.literal(
      folder.appendingPathComponent("extracts/list/2025-01-31/list.parquet").path)
    _ = try await engine.query("copy (\(sql)) to \(path) (format parquet)")
  }

  private func vault() throws -> Vault {
    try Vault.ofPlace(
      at: folder.appendingPathComponent("vault.sqlite"),
      keyFile: folder.appendingPathComponent("vault.key"), environment: [:])
  }

  private func land(_ vault: Vault) throws -> DeliveryAccount {
    let intake = try SourceIntake(
      PlaceFile(inPlace: folder), definitions: folder.appendingPathComponent("definitions"),
      landing: folder.appendingPathComponent("landing"))
    return try #require(try intake.land(vault: vault, threads: 2) { _ in }.first)
  }

  private func landed() async throws -> [[Value]] {
    let path = folder.appendingPathComponent("landing/list/2025-01-31/entry.parquet").path
    let sql = "select * exclude (line) from \(engine.dialect.parquet(path)) order by line"
    return try await engine.query(sql).rows
  }

  /// Columns as a program that knows their types would write them, and one as texts.
  private static let typed = """
    select i::varchar as id,
      case when i % 5 = 0 then null else '9990000018' end as nhs,
      date '1950-01-31' + i::integer as born,
      case when i % 7 = 0 then date '2099-12-31' else date '2024-02-28' + (i % 3)::integer end as seen,
      timestamptz '2024-05-01 23:30:00+00' + interval (i) minute as "at",
      case when i % 4 = 0 then 'NaN'::double else (40 + i % 100)::double end as weight,
      (i % 9)::tinyint as visits,
      case when i % 6 = 0 then null else (1 + i % 2)::double end as sex,
      i % 2 = 0 as smokes,
      case when i % 11 = 0 then 'a "quoted", text' else 'é' end as note,
      case when i % 50 = 0 then 1 else 9 end::smallint as gone
    from range(1, 5001) r(i)
    """

  @Test("A table lands from Parquet as it does from CSV, whatever types its columns were given")
  func sameAsCSV() async throws {
    try await deliver(Self.typed)
    let vault = try vault()
    let parquet = try land(vault)
    #expect(parquet.stops == [] && parquet.files[0].drift == [])
    #expect(parquet.files[0].read == 5_000 && parquet.files[0].landed == 5_000)
    let fromParquet = try await landed()
    #expect(fromParquet.count == 5_000)
    let extracts = folder.appendingPathComponent("extracts/list/2025-01-31")
    let csv = engine.dialect.literal(extracts.appendingPathComponent("list.csv").path)
    // The same values in the forms that the mapping names.
    _ = try await engine.query(
      """
      copy (select id, nhs, strftime(born, '%d/%m/%Y') as born, strftime(seen, '%Y%m%d') as seen,
        strftime("at" at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ') as "at",
        case when isnan(weight) then null else weight end as weight, visits,
        sex::integer as sex, case when smokes then 'Y' else 'N' end as smokes, note, gone
      from (\(Self.typed))) to \(csv) (format csv, header)
      """)
    try FileManager.default.removeItem(at: extracts.appendingPathComponent("list.parquet"))
    let text = try land(vault)
    #expect(text.files[0].landed == 5_000)
    #expect(try await landed() == fromParquet)
  }

  @Test("A row that is set aside keeps its number and its text, in the vault")
  func setAside() async throws {
    try await deliver(
      Self.typed.replacing(
        "i::varchar as id", with: "case when i <> 3000 then i::varchar end as id"))
    let vault = try vault()
    let account = try land(vault)
    #expect(account.files[0].quarantined == 1)
    let held = try vault.held(source: "list", limit: 10)
    #expect(held.map(\.line) == [3000])
    #expect(held.first?.text.hasPrefix(",") == true && held.first?.text.contains("30/") == false)
  }

  @Test("Missing columns and columns of another type stop the delivery by name")
  func drift() async throws {
    try await deliver("select * exclude (born, note) from (\(Self.typed))")
    #expect(try land(vault()).stops == ["list.parquet: Missing columns: 'born', 'note'."])
    try await deliver("select * replace ('yesterday' as seen) from (\(Self.typed))")
    #expect(
      try land(vault()).stops == ["list.parquet: Columns with values of another type: 'seen'."])
  }

  @Test("Lists, and files that are no Parquet, are refused with the file's name")
  func refused() async throws {
    try await deliver("select * replace ([note, note] as note) from (\(Self.typed))")
    let vault = try vault()
    let lists = #expect(throws: StoreError.self) { try land(vault) }
    #expect(lists?.description.contains("list.parquet") == true)
    #expect(lists?.description.contains("'note' has lists") == true)
    try write("extracts/list/2025-01-31/list.parquet", "<html>JANE SMITH</html>")
    let page = #expect(throws: StoreError.self) { try land(vault) }
    #expect(page?.description.contains("list.parquet: The file cannot be read as Parquet") == true)
    #expect(page?.description.contains("JANE") == false)
    // Cut off in the middle.
    try await deliver(Self.typed)
    let url = folder.appendingPathComponent("extracts/list/2025-01-31/list.parquet")
    let whole = try Data(contentsOf: url)
    try whole.prefix(whole.count / 2).write(to: url)
    #expect(throws: StoreError.self) { try land(vault) }
    // Its end is there, and what it tells of is not what stands there.
    try (Data(repeating: 7, count: 5_000) + whole.dropFirst(5_000)).write(to: url)
    #expect(throws: StoreError.self) { try land(vault) }
    #expect(
      !FileManager.default.fileExists(
        atPath: folder.appendingPathComponent("landing/list/2025-01-31").path))
  }
}
