import Columns
import Engine
import Foundation
import Testing

@Suite("An engine answers, fails and is cancelled as promised")
struct EngineTests {
  @Test("Bound values arrive as they are, whatever they hold")
  func parameters() async throws {
    let engine = try await TestEngine.duckdb.open()
    let hostile = "'; drop table x; -- \u{0} ü"
    let table = try await engine.query(
      "select ?::bigint, ?::varchar, ?::double, ?::boolean, ?::date, ?::varchar",
      [.int(7), .string(hostile), .double(0.5), .bool(true), .date(20_778), .null])
    #expect(
      table.rows == [
        [.int(7), .string(hostile), .double(0.5), .bool(true), .date(20_778), .null]
      ])
  }

  @Test("A wrong query says what is wrong and shows the SQL, without bound values")
  func wrongQuery() async throws {
    let engine = try await TestEngine.duckdb.open()
    let error = await #expect(throws: EngineError.self) {
      try await engine.query("select no_such_column where 'secret' = ?", [.string("secret-value")])
    }
    #expect(error?.kind == .query)
    #expect(error?.description.contains("no_such_column") == true)
    #expect(error?.description.contains("secret-value") == false)
  }

  @Test("A query that fails leaves the engine usable", arguments: TestEngine.all)
  func afterFailure(on engine: TestEngine) async throws {
    let engine = try await engine.open()
    await #expect(throws: EngineError.self) { try await engine.query("select from from") }
    #expect(try await engine.query("select 1 as a").rows.count == 1)
  }

  @Test("Results stream in batches", arguments: TestEngine.all)
  func streaming(on engine: TestEngine) async throws {
    let engine = try await engine.open()
    let sql =
      engine.kind == .duckdb ? "select i from range(100000) r(i)" : "select id from range(100000)"
    let counter = Counter()
    try await engine.stream(sql) { counter.add($0.rowCount) }
    #expect(counter.total == 100_000)
    if engine.kind == .duckdb { #expect(counter.calls > 10) }
  }

  @Test("What the reader of a stream throws ends the query and reaches the caller")
  func streamThrows() async throws {
    struct Stop: Error {}
    let engine = try await TestEngine.duckdb.open()
    await #expect(throws: Stop.self) {
      try await engine.stream("select i from range(10000000) r(i)") { _ in throw Stop() }
    }
    #expect(try await engine.query("select 1").scalar == .int(1))
  }

  @Test("Cancelling the task interrupts the query at whatever moment, and the connection lives on")
  func cancellation() async throws {
    let engine = try Engine.duckDB(threads: 2, connections: 1)
    for round in 0..<8 {
      let (begun, begin) = AsyncStream<Void>.makeStream()
      // Left alone it would take many minutes.
      let task = Task {
        try await engine.withConnection { connection in
          begin.finish()
          return try connection.query(
            "select sum(a.i * b.i) from range(1000000) a(i), range(100000) b(i)")
        }
      }
      // The connection is at work from here on; before that a cancellation would be the pool's.
      for await _ in begun {}
      // From before the statement is there to the middle of the query.
      for _ in 0..<(1 << (2 * round)) { await Task.yield() }
      task.cancel()
      let error = await #expect(throws: EngineError.self) { try await task.value }
      #expect(error?.kind == .cancelled, "round \(round)")
      #expect(try await engine.query("select 1").scalar == .int(1), "round \(round)")
    }
  }

  @Test("Bulk ingest writes every type and null, and appends")
  func ingest() async throws {
    let engine = try await TestEngine.duckdb.open()
    let fields = [
      Field("flag", .bool), Field("small", .int32), Field("big", .int64), Field("real", .float64),
      Field("text", .utf8), Field("day", .date32),
      Field("moment", .timestamp(.microsecond, zone: nil)),
    ]
    let row: [Value] = [
      .bool(true), .int(-3), .int(1 << 40), .double(0.25), .string("ü"), .date(1),
      .timestamp(5, .microsecond, zone: nil),
    ]
    try await engine.withConnection { connection in
      for mode in [Connection.IngestMode.create, .append] {
        var left = 2
        try connection.ingest(into: "everything", fields, mode: mode) {
          guard left > 0 else { return nil }
          left -= 1
          var batch = try BatchBuilder(fields)
          try batch.append(row)
          try batch.append(fields.map { _ in .null })
          return batch
        }
      }
    }
    let table = try await engine.query("select * from everything where text is not null")
    #expect(table.rows == Array(repeating: row, count: 4))
    #expect(try await engine.query("select count(*) from everything").scalar == .int(8))
  }

  @Test("An ingest whose source fails says why and leaves no table behind")
  func ingestFails() async throws {
    struct Broken: Error, CustomStringConvertible { var description: String { "the source broke" } }
    let engine = try await TestEngine.duckdb.open()
    let fields = [Field("n", .int64)]
    let error = await #expect(throws: EngineError.self) {
      try await engine.withConnection { connection in
        try connection.ingest(into: "half", fields) { throw Broken() }
      }
    }
    #expect(error?.message.contains("the source broke") == true)
    let count = try await engine.query(
      "select count(*) from duckdb_tables() where table_name = 'half'")
    #expect(count.scalar == .int(0))
  }

  @Test("The memory limit and the threads are those that were asked for")
  func limits() async throws {
    let engine = try Engine.duckDB(memoryLimit: "100MB", threads: 1)
    let table = try await engine.query(
      "select current_setting('threads')::bigint, current_setting('memory_limit')")
    #expect(table.rows == [[.int(1), .string("95.3 MiB")]])
    let error = await #expect(throws: EngineError.self) {
      try await engine.query(
        "select list(i::varchar || 'padding') from range(50000000) r(i)")
    }
    #expect(error?.message.contains("Out of Memory") == true)
  }

  @Test("More queries than connections wait for their turn, and all are answered")
  func pool() async throws {
    let engine = try Engine.duckDB(threads: 2, connections: 2)
    let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
      for index in 0..<40 {
        group.addTask {
          let table = try await engine.query("select ?::bigint", [.int(Int64(index))])
          guard case .int(let value) = table.scalar else { return -1 }
          return value
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(sum == 39 * 40 / 2)
  }

  @Test("Every array that was taken is given back")
  func arraysAreReleased() async throws {
    let engine = try await TestEngine.duckdb.open()
    for _ in 0..<50 {
      _ = try await engine.query("select [i], {'a': i}, 'x' || i from range(3000) r(i)")
    }
    // Other tests hold arrays too; a leak here would leave a hundred.
    #expect(ArrowMemory.liveArrays < 100)
  }

  @Test("Names and paths are quoted so that any text is safe")
  func quoting() async throws {
    let duckdb = Dialect(.duckdb)
    #expect(duckdb.identifier("a\"b") == "\"a\"\"b\"")
    #expect(duckdb.literal("it's") == "'it''s'")
    // A quotation mark with a combining mark behind it is one character, and still closes a text.
    #expect(Array(duckdb.literal("'\u{301}").unicodeScalars).count { $0 == "'" } == 4)
    let spark = Dialect(.spark)
    #expect(spark.identifier("a`b") == "`a``b`")
    #expect(spark.literal("it's \\ here") == "'it\\'s \\\\ here'")
    let engine = try await TestEngine.duckdb.open()
    let text = "a'b\"c\\d"
    #expect(
      try await engine.query("select \(duckdb.literal(text))").scalar == .string(text))
  }

  @Test("Text quoted for an engine comes back as it was", arguments: TestEngine.all)
  func literals(on engine: TestEngine) async throws {
    let engine = try await engine.open()
    let text = "it's \\ a `test` \"here\""
    let table = try await engine.query(
      "select \(engine.dialect.literal(text)) as \(engine.dialect.identifier("odd name"))")
    #expect(table.scalar == .string(text))
    #expect(table.fields[0].name == "odd name")
  }
}

/// Counts rows and calls from any thread.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var rows = 0
  private var count = 0

  func add(_ number: Int) {
    lock.withLock {
      rows += number
      count += 1
    }
  }

  var total: Int { lock.withLock { rows } }
  var calls: Int { lock.withLock { count } }
}
