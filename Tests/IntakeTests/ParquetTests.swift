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
  private let place: SmallPlace
  private let engine: Engine

  init() throws {
    engine = try Engine.duckDB(connections: 1)
    place = try SmallPlace(
      files: """
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
              code: {to: code}
              clock: {to: clock, type: time}
        """)
  }

  /// Writes the rows of a query as a delivery's file.
  private func deliver(_ sql: String) async throws {
    try place.write("extracts/list/2025-01-31/list.parquet", "")
    let path = engine.dialect.literal(
      place.url("extracts/list/2025-01-31/list.parquet").path)
    _ = try await engine.query(
      "copy (\(sql)) to \(path) (format parquet, compression uncompressed)")
  }

  private func land(_ vault: Vault) throws -> DeliveryAccount {
    try place.land(vault, threads: 2).account
  }

  private func landed() async throws -> [[Value]] {
    let path = place.url("landing/list/2025-01-31/entry.parquet").path
    let sql = "select * exclude (line) from \(engine.dialect.parquet(path)) order by line"
    return try await engine.query(sql).rows
  }

  /// Columns as a program that knows their types would write them, and one as texts.
  private static let typed = """
    select i::decimal(18, 2) as id,
      case when i % 5 = 0 then null else '9990000018' end as nhs,
      date '1950-01-31' + (i % 9000)::integer as born,
      case when i % 7 = 0 then timestamp '2099-12-31' else timestamp '2024-02-28' + to_days((i % 3)::integer)
        end as seen,
      timestamptz '2024-05-01 23:30:15.25+00' + interval (i) second as "at",
      case when i % 4 = 0 then 'NaN'::double when i % 4 = 1 then 1.00002 else (40 + i % 100)::double end as weight,
      (i % 9)::tinyint as visits,
      case when i % 6 = 0 then null else (1 + i % 2)::double end as sex,
      i % 2 = 0 as smokes,
      case when i % 11 = 0 then 'a "quoted", text' else 'é' end as note,
      encode('c' || (i % 3)) as code,
      time '10:30:00' + to_minutes((i % 50)::integer) as clock,
      i % 50 = 0 as gone
    from range(1, 40001) r(i)
    """
  private static let rows = 40_000

  @Test("A table lands from Parquet as it does from CSV, whatever types its columns were given")
  func sameAsCSV() async throws {
    try await deliver("select *, [id, id] as lists from (\(Self.typed))")
    let vault = try place.vault()
    let parquet = try land(vault)
    #expect(
      parquet.stops == []
        && parquet.files[0].drift.first?.contains("of the form 'aaaaa'") == true)
    #expect(parquet.files[0].read == Self.rows && parquet.files[0].landed == Self.rows)
    let fromParquet = try await landed()
    #expect(fromParquet.count == Self.rows)
    let extracts = place.url("extracts/list/2025-01-31")
    let csv = engine.dialect.literal(extracts.appendingPathComponent("list.csv").path)
    // The same values in the forms that the mapping names.
    _ = try await engine.query(
      """
      copy (select id::bigint as id, nhs, strftime(born, '%d/%m/%Y') as born,
        strftime(seen, '%Y%m%d') as seen,
        strftime("at" at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ') as "at",
        case when isnan(weight) then null else weight end as weight, visits,
        sex::integer as sex, case when smokes then 'Y' else 'N' end as smokes, note,
        decode(code) as code, clock::varchar as clock, gone::integer as gone
      from (\(Self.typed))) to \(csv) (format csv, header)
      """)
    try FileManager.default.removeItem(at: extracts.appendingPathComponent("list.parquet"))
    let text = try land(vault)
    #expect(text.files[0].landed == Self.rows)
    let deleted = fromParquet.count { $0[1] == .bool(true) }
    #expect(deleted == Self.rows / 50)
    #expect(try await landed() == fromParquet)
  }

  @Test("A row that is set aside keeps its number and its text, in the vault")
  func setAside() async throws {
    try await deliver(
      """
      select * replace (case when id = 17001 then null else id end as id,
        case when id = 30000 then '\\xE9'::blob else code end as code)
      from (\(Self.typed))
      """)
    let vault = try place.vault()
    let account = try land(vault)
    #expect(account.files[0].quarantined == 2 && account.files[0].read == Self.rows)
    let held = try vault.held(source: "list", limit: 10)
    #expect(held.map(\.line) == [17_001, 30_000])
    // The columns that the mapping knows, in the file's order.
    let first = held.first?.text.split(separator: ",", omittingEmptySubsequences: false) ?? []
    #expect(first.count == 13 && first[0].isEmpty && first[1] == "9990000018" && first[9] == "é")
    #expect(held.last?.text.hasPrefix("30000,,") == true)
    let rows = try await landed()
    #expect(rows.count == Self.rows - 2)
  }

  @Test("What is not sure is not landed as if it were")
  func doubtful() async throws {
    // A time of day in a column of days, by a zone that nobody named.
    try await deliver(
      "select * replace (timestamptz '2024-05-31 23:00:00+00' as seen) from (\(Self.typed))")
    #expect(
      try land(place.vault()).stops == [
        "list.parquet: Columns with values of another type than the mapping says: 'seen'."
      ])
    // Keys that went through decimals.
    try await deliver(
      "select * replace (id::double + 1234567890123456000 as id) from (\(Self.typed))")
    let vault = try place.vault()
    let keys = try land(vault).stops
    #expect(
      keys.count == 1 && keys[0].contains("'id' has whole numbers that came as decimals"), "\(keys)"
    )
  }

  @Test("Names that would stand for other files, and the same table twice, are no way in")
  func names() async throws {
    let source = place.url("extracts/list")
    try await deliver(Self.typed)
    let other = source.appendingPathComponent("2025-01-3?-x")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
    // Its name as a pattern is the other delivery's too.
    try FileManager.default.moveItem(
      at: source.appendingPathComponent("2025-01-31"),
      to: source.appendingPathComponent("2025-01-31-x"))
    try FileManager.default.copyItem(
      at: source.appendingPathComponent("2025-01-31-x/list.parquet"),
      to: other.appendingPathComponent("list.parquet"))
    #expect(throws: (any Error).self) { try land(place.vault()) }
    let path = other.appendingPathComponent("list.parquet").path
    let count = try await engine.query(
      "select count(*)::bigint from \(engine.dialect.parquet(path))")
    #expect(count.scalar == .int(Int64(Self.rows)))
    try FileManager.default.removeItem(at: other)
    try place.write("extracts/list/2025-01-31-x/list.csv", "id\n")
    let stops = try land(place.vault()).stops
    #expect(stops.count == 1 && stops[0].contains("list.parquet and list.csv"), "\(stops)")
  }

  @Test("Missing columns and columns of another type stop the delivery by name")
  func drift() async throws {
    try await deliver("select * exclude (born, note) from (\(Self.typed))")
    #expect(try land(place.vault()).stops == ["list.parquet: Missing columns: 'born', 'note'."])
    try await deliver("select * replace ('yesterday' as seen) from (\(Self.typed))")
    #expect(
      try land(place.vault()).stops == [
        "list.parquet: Columns with values of another type than the mapping says: 'seen'."
      ])
  }

  @Test("Lists, and files that are no Parquet, are refused with the file's name")
  func refused() async throws {
    try await deliver("select * replace ([note, note] as note) from (\(Self.typed))")
    let vault = try place.vault()
    let lists = try land(vault).stops.first
    #expect(lists?.contains("list.parquet") == true)
    #expect(lists?.contains("'note' has lists") == true)
    try place.write("extracts/list/2025-01-31/list.parquet", "<html>JANE SMITH</html>")
    let page = try land(vault).stops.first
    #expect(page?.contains("list.parquet: The file cannot be read as Parquet") == true)
    #expect(page?.contains("JANE") == false)
    // A text that is not UTF-8, written over a good one in the file.
    try await deliver(
      "select * replace (case when true then 'José Smith' end as note) from (\(Self.typed))")
    let path = place.url("extracts/list/2025-01-31/list.parquet")
    var bytes = try Data(contentsOf: path)
    let name = try #require(bytes.firstRange(of: Data("José Smith".utf8)))
    bytes.replaceSubrange(name, with: [UInt8]("Jos".utf8) + [0xE9, 0xE9] + [UInt8](" Smith".utf8))
    try bytes.write(to: path)
    let latin = try land(vault).stops.first
    #expect(latin?.contains("A text in it is not UTF-8") == true)
    #expect(latin?.contains("Smith") == false)
    // Cut off in the middle.
    try await deliver(Self.typed)
    let url = place.url("extracts/list/2025-01-31/list.parquet")
    let whole = try Data(contentsOf: url)
    try whole.prefix(whole.count / 2).write(to: url)
    #expect(try land(vault).stops.count == 1)
    // Its end is there, and what it tells of is not what stands there.
    try (Data(repeating: 7, count: 5_000) + whole.dropFirst(5_000)).write(to: url)
    #expect(try land(vault).stops.count == 1)
    #expect(
      !FileManager.default.fileExists(
        atPath: place.url("landing/list/2025-01-31/list.parquet").path))
  }
}
