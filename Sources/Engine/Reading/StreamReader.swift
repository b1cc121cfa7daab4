import CADBC
public import Columns

/// Reads the result of one query of DuckDB batch by batch, in the query's order, as it is asked for.
///
/// ``Connection/stream(_:_:_:)`` pushes batches; this is for whoever has to pull. One thread uses a reader at
/// a time.
public final class StreamReader {
  private let connection: Connection
  private var batches: BatchCursor?

  public init(search: DriverSearch = DriverSearch()) throws {
    // One thread, so that rows come in order without being gathered first.
    connection = try Database(
      driver: Driver.load(.duckdb, search: search),
      options: [
        ("autoinstall_known_extensions", "false"), ("autoload_known_extensions", "false"),
        ("temp_directory", ""), ("memory_limit", "200MB"), ("threads", "1"),
      ]
    ).connect()
  }

  /// Sets what DuckDB may use, as it writes it ("400MB"); 200MB until then.
  public func limitMemory(to limit: String) throws {
    try connection.execute("set memory_limit = \(Dialect(.duckdb).literal(limit))")
  }

  /// The whole result of a query.
  public func query(_ sql: String) throws -> Table { try connection.query(sql) }

  /// Begins the query that ``next()`` gives the result of.
  public func open(_ sql: String) throws { batches = try connection.cursor(sql) }

  /// The next rows; nil after the last.
  public func next() throws -> Batch? { try batches?.next() }
}
