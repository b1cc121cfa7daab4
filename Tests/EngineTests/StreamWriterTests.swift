import Columns
import Foundation
import Testing

@testable import Engine

@Suite("Files written from a stream")
struct StreamWriterTests {
  private static let fields = [
    Field("n", .int64), Field("text", .utf8), Field("list", .list(Field("item", .utf8))),
  ]

  private func batches(_ count: Int, rows: Int) -> () throws -> FinishedBatch? {
    var made = 0
    return {
      guard made < count else { return nil }
      let writers = try Self.fields.map { try ColumnWriter($0) }
      for row in 0..<rows {
        let number = made * rows + row
        writers[0].append(Int64(number))
        if number % 3 == 0 {
          writers[1].appendNull()
        } else {
          writers[1].append(text: "it's \(number)")
        }
        for item in 0..<(number % 3) { writers[2].items?.append(text: "item, \(item)") }
        writers[2].endList()
      }
      made += 1
      return FinishedBatch(writers)
    }
  }

  @Test(
    "A Parquet file is the same whether the rows went through a table or not",
    arguments: [false, true])
  func parquet(usesTable: Bool) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/kith-it's-\(UUID()).parquet"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let writer = try StreamWriter(usesTable: usesTable)
    try writer.write(Self.fields, to: path, .parquet, next: batches(7, rows: 3_000))
    let engine = try Engine.duckDB(connections: 1)
    let table = try await engine.query(
      """
      select count(*)::bigint, sum(n)::bigint, count(text)::bigint, max(text),
        sum(len(list))::bigint, bool_and(n = rank)
      from (select *, row_number() over () - 1 as rank from read_parquet(?))
      """, [.string(path)])
    #expect(
      table.rows == [
        [
          .int(21_000), .int(220_489_500), .int(14_000), .string("it's 9998"), .int(21_000),
          .bool(true),
        ]
      ])
  }

  @Test(
    "Text files are compressed as asked for", arguments: [StreamWriter.Packing.none, .gzip, .zstd])
  func texts(packing: StreamWriter.Packing) async throws {
    let engine = try Engine.duckDB(connections: 1)
    for (format, reader) in [
      (StreamWriter.Format.csv(packing), "read_csv"), (.jsonLines(packing), "read_ndjson"),
    ] {
      let path = FileManager.default.temporaryDirectory.path + "/kith-\(UUID())"
      defer { try? FileManager.default.removeItem(atPath: path) }
      try StreamWriter().write(Self.fields, to: path, format, next: batches(2, rows: 100))
      let table = try await engine.query(
        "select count(*)::bigint, count(text)::bigint from \(reader)(?, compression = ?)",
        [.string(path), .string(packing.rawValue)])
      #expect(table.rows == [[.int(200), .int(133)]])
    }
  }

  @Test("What the source throws is thrown, whichever way the rows go", arguments: [false, true])
  func failingSource(usesTable: Bool) throws {
    struct Broken: Error {}
    let path = FileManager.default.temporaryDirectory.path + "/kith-\(UUID()).parquet"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let source = batches(3, rows: 10)
    var given = 0
    #expect(throws: Broken.self) {
      try StreamWriter(usesTable: usesTable).write(Self.fields, to: path, .parquet) {
        given += 1
        if given == 3 { throw Broken() }
        return try source()
      }
    }
  }

  @Test("A stream without rows gives a file without rows")
  func empty() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/kith-\(UUID()).parquet"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try StreamWriter().write(Self.fields, to: path, .parquet) { nil }
    let engine = try Engine.duckDB(connections: 1)
    let table = try await engine.query(
      "select count(*)::bigint from read_parquet(?)", [.string(path)])
    #expect(table.scalar == .int(0))
  }

  @Test("A file that cannot be written is an error that says so")
  func unwritable() {
    #expect(throws: EngineError.self) {
      try StreamWriter().write(Self.fields, to: "/nowhere/at/all.parquet", .parquet) { nil }
    }
  }
}
