import Columns
import Engine
import Foundation
import Places
import Population
import TestPlaces
import Testing

/// The Parquet snapshot is the contract between engines: what DuckDB wrote, Spark reads.
@Suite(
  "Spark reads the snapshot that kith run wrote",
  .enabled(
    if: ProcessInfo.processInfo.environment["KITH_SPARK_URI"] != nil,
    "skipped: no Spark server; `make test-spark` starts one"))
struct SparkSnapshotTests {
  @Test("Both engines give the same answers from the same files")
  func sameAnswers() async throws {
    let store = try await TestPlaces.fictional()
    let id = try #require(try store.currentID())
    let folder = store.folder(of: id)
    let uri = try #require(ProcessInfo.processInfo.environment["KITH_SPARK_URI"])
    let spark = try await Engine.spark(uri: uri)
    let duckdb = try Engine.duckDB()
    func table(_ name: String, _ engine: Engine) -> String {
      engine.dialect.parquet(folder.appendingPathComponent("\(name).parquet").path)
    }
    let manifest = try store.currentManifest()
    for entry in manifest.tables {
      for engine in [spark, duckdb] {
        let count = try await engine.query(
          "select cast(count(*) as bigint) as n from \(table(entry.name, engine))")
        #expect(count.scalar == .int(Int64(entry.rows)), "\(entry.name) on \(engine.kind)")
      }
    }
    func answers(_ engine: Engine) async throws -> [[Value]] {
      try await engine.query(
        """
        select s.measure, a.kind, cast(count(*) as bigint) as n,
          cast(round(sum(f.value), 3) as double) as total, min(f.status) as status
        from \(table("figure", engine)) f
        join \(table("series", engine)) s on s.series_id = f.series_id
        join \(table("area", engine)) a on a.unit_id = f.unit_id
        where s.measure in ('residents', 'core20', 'imd_score', 'ae_attendances')
        group by s.measure, a.kind order by s.measure, a.kind
        """
      ).rows
    }
    let (a, b) = (try await answers(spark), try await answers(duckdb))
    #expect(a == b)
    #expect(a.count >= 12)
    // Lists of numbers and nested columns too.
    let points = "select cast(count(*) as bigint) as n from"
    let outline = try await spark.query(
      "\(points) (select explode(x) as x from \(table("boundary", spark)))")
    let same = try await duckdb.query(
      "\(points) (select unnest(x) as x from \(table("boundary", duckdb)))")
    #expect(outline.scalar == same.scalar)
  }
}
