// Runs thousands of queries of every shape through the engine, and checks that every array was given
// back and that memory stays flat. Built with the address sanitiser, whose leak check runs at exit.

import Columns
import Engine
import Foundation

/// The resident memory of this process, in bytes (Linux).
func residentMemory() -> Int {
  let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
  let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  return pages * 4_096
}

func runQueries(_ count: Int, _ engine: Engine) async throws {
  let everyType = """
    select i, i % 2 = 0 as flag, i::tinyint as a, i::smallint as b, i::utinyint as c,
      i::ubigint as d, i::float as e, i / 7.0 as f, (i / 7)::decimal(20, 4) as g,
      'text ' || i as h, repeat('x', i::int) as long, encode('bytes') as j, date '2026-01-01' as k,
      timestamp '2026-01-01 10:00:00' as l, timestamptz '2026-01-01 10:00:00+00' as m,
      time '10:00:00' as n, interval 3 days as o, [i, null, i + 1] as p,
      {'x': i, 'y': 'z'} as q, map {'k': i} as r, null as s,
      ('a' || (i % 3))::enum('a0', 'a1', 'a2') as t, uuid() as u
    from range(?) as r(i)
    """
  for index in 0..<count {
    switch index % 4 {
    case 0:
      let table = try await engine.query("select ?::bigint + 1", [.int(Int64(index))])
      guard table.scalar == .int(Int64(index) + 1) else {
        throw EngineError(.query, "soak", "wrong")
      }
    case 1:
      let table = try await engine.query(everyType, [.int(40)])
      _ = table.rows
    case 2:
      do {
        _ = try await engine.query("select no_such_column")
      } catch is EngineError {}
    default:
      // A result that is left before its end.
      struct Enough: Error {}
      do {
        try await engine.stream("select range from range(5000)") { _ in throw Enough() }
      } catch is Enough {}
    }
    if index % 500 == 0 {
      let fields = [Field("n", .int64), Field("t", .utf8)]
      try await engine.withConnection { connection in
        try connection.execute("drop table if exists soak")
        var left = 3
        try connection.ingest(into: "soak", fields) {
          guard left > 0 else { return nil }
          left -= 1
          var batch = try BatchBuilder(fields)
          for row in 0..<Int64(1_000) {
            try batch.append([.int(row), row % 5 == 0 ? .null : .string("row")])
          }
          return batch
        }
      }
    }
  }
}

let queries = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000
do {
  let engine = try Engine.duckDB(memoryLimit: "200MB", threads: 2, connections: 2)
  try await runQueries(queries / 5, engine)
  let warm = residentMemory()
  try await runQueries(queries - queries / 5, engine)
  let end = residentMemory()
  let growth = Double(end - warm) / 1_048_576
  print(
    "\(queries) queries; \(ArrowMemory.liveArrays) arrays still held; memory grew by "
      + String(format: "%.1f MiB after the first fifth", growth))
  guard ArrowMemory.liveArrays == 0 else { exit(1) }
  guard growth < 48 else { exit(1) }
} catch {
  print("\(error)")
  exit(1)
}
