import CADBC
public import Columns
import Synchronization

/// A connection to an engine. Its calls block; ``Engine`` keeps them off the cooperative threads.
///
/// One thread uses a connection at a time; only ``cancel()`` may be called from another.
public final class Connection: @unchecked Sendable {
  let database: Database
  private var handle: AdbcConnection

  init(database: Database, handle: AdbcConnection) {
    self.database = database
    self.handle = handle
  }

  /// Another connection to the same database, for a second thread.
  public func sibling() throws -> Connection { try database.connect() }

  public var kind: EngineKind { database.driver.kind }
  private var table: AdbcDriver { database.driver.table }

  /// Runs `sql` and hands each batch of the result to `body` as it arrives.
  ///
  /// - Parameters:
  ///   - parameters: the values of the placeholders `?`, in order.
  ///   - body: gets the batches; what it throws ends the query.
  /// - Returns: the columns of the result.
  @discardableResult
  public func stream(
    _ sql: String, _ parameters: [Value] = [], _ body: (Batch) throws -> Void
  ) throws -> [Field] {
    let cursor = try cursor(sql, parameters)
    while let batch = try cursor.next() { try body(batch) }
    return cursor.fields
  }

  /// Runs `sql`, whose result is then asked for batch by batch; the connection does nothing else until the
  /// cursor is gone.
  func cursor(_ sql: String, _ parameters: [Value] = []) throws -> BatchCursor {
    let statement = try makeStatement()
    var stream = ArrowArrayStream()
    do {
      try prepare(&statement.pointee, sql, parameters)
      try check("Run a query on \(kind.title)", .query, sql: sql) {
        table.StatementExecuteQuery?(&statement.pointee, &stream, nil, $0)
      }
    } catch {
      release(statement)
      throw error
    }
    return try BatchCursor(stream, sql: sql, kind) { [self] in release(statement) }
  }

  /// Runs `sql` and returns its whole result.
  public func query(_ sql: String, _ parameters: [Value] = []) throws -> Table {
    var batches: [Batch] = []
    let fields = try stream(sql, parameters) { batches.append($0) }
    return Table(fields: fields, batches: batches)
  }

  /// Runs a statement whose result is not wanted.
  public func execute(_ sql: String, _ parameters: [Value] = []) throws {
    try stream(sql, parameters) { _ in }
  }

  /// How an ingest treats a table that exists or does not.
  public enum IngestMode: String, Sendable {
    case create = "adbc.ingest.mode.create"
    case append = "adbc.ingest.mode.append"
  }

  /// Writes rows to a table in bulk; `next` gives batch after batch and nil at the end.
  public func ingest(
    into tableName: String, _ fields: [Field], mode: IngestMode = .create,
    next: @escaping () throws -> BatchBuilder?
  ) throws {
    try ingest(arrays: { try next()?.exportArray() }, into: tableName, fields, mode: mode)
  }

  /// Writes finished batches to a table in bulk; `next` gives batch after batch and nil at the end.
  public func ingestBatches(
    into tableName: String, _ fields: [Field], mode: IngestMode = .create,
    next: @escaping () throws -> FinishedBatch?
  ) throws {
    try ingest(arrays: { try next()?.take() }, into: tableName, fields, mode: mode)
  }

  private func ingest(
    arrays next: @escaping () throws -> ArrowArray?, into tableName: String, _ fields: [Field],
    mode: IngestMode
  ) throws {
    let operation = "Write the table \(tableName)"
    // DuckDB takes a stream that fails for one that ends, so the failure is kept here, and the
    // transaction takes back what was written until then.
    var failure: (any Error)?
    try execute("begin transaction")
    do {
      try ingestStream(tableName, fields, mode, operation) {
        do {
          return try next()
        } catch {
          failure = error
          throw error
        }
      }
      if let failure { throw EngineError(.query, operation, "\(failure)") }
      try execute("commit")
    } catch {
      // After a cancellation too.
      beginWork()
      try execute("rollback")
      throw error
    }
  }

  private func ingestStream(
    _ tableName: String, _ fields: [Field], _ mode: IngestMode, _ operation: String,
    next: @escaping () throws -> ArrowArray?
  ) throws {
    try withStatement { statement in
      for (name, value) in [
        ("adbc.ingest.target_table", tableName), ("adbc.ingest.mode", mode.rawValue),
      ] {
        try check(operation, .query) { table.StatementSetOption?(&statement, name, value, $0) }
      }
      var stream = try ArrowArrayStream.exporting(fields: fields, next: next)
      do {
        // The driver takes the stream over, and clears our copy, when it accepts it.
        try check(operation, .query) { table.StatementBindStream?(&statement, &stream, $0) }
      } catch {
        stream.release?(&stream)
        throw error
      }
      try check(operation, .query) { table.StatementExecuteQuery?(&statement, nil, nil, $0) }
    }
  }

  /// Interrupts whatever the connection is running; safe from any thread.
  public func cancel() {
    running.withLock { running in
      running.isCancelled = true
      guard let statement = running.statement else { return }
      var error = AdbcError()
      // Drivers offer the one or the other.
      if (table.StatementCancel?(statement, &error) ?? 1) != 0 {
        error.release?(&error)
        error = AdbcError()
        _ = table.ConnectionCancel?(&handle, &error)
      }
      error.release?(&error)
    }
  }

  /// The statement at work, for whoever cancels it from another thread.
  private struct Running: @unchecked Sendable {
    var statement: UnsafeMutablePointer<AdbcStatement>?
    var isCancelled = false
  }

  private let running = Mutex(Running())

  /// Forgets an earlier cancellation: the connection begins a new piece of work.
  func beginWork() { running.withLock { $0.isCancelled = false } }

  // MARK: Statements

  private func withStatement<Result>(_ body: (inout AdbcStatement) throws -> Result) throws
    -> Result
  {
    let statement = try makeStatement()
    defer { release(statement) }
    return try body(&statement.pointee)
  }

  /// A statement that ``release(_:)`` takes back, at a place of its own because another thread may cancel it
  /// there.
  private func makeStatement() throws -> UnsafeMutablePointer<AdbcStatement> {
    guard !running.withLock({ $0.isCancelled }) else {
      throw EngineError(.cancelled, "Run a query on \(kind.title)", "the work was cancelled.")
    }
    let statement = UnsafeMutablePointer<AdbcStatement>.allocate(capacity: 1)
    statement.initialize(to: AdbcStatement())
    do {
      try check("Make a statement", .query) { table.StatementNew?(&handle, statement, $0) }
    } catch {
      statement.deallocate()
      throw error
    }
    running.withLock { $0.statement = statement }
    return statement
  }

  private func release(_ statement: UnsafeMutablePointer<AdbcStatement>) {
    running.withLock { $0.statement = nil }
    var error = AdbcError()
    _ = table.StatementRelease?(statement, &error)
    error.release?(&error)
    statement.deallocate()
  }

  private func prepare(
    _ statement: inout AdbcStatement, _ sql: String, _ parameters: [Value]
  ) throws {
    try check("Read a query", .query, sql: sql) {
      table.StatementSetSqlQuery?(&statement, sql, $0)
    }
    guard !parameters.isEmpty else { return }
    try check("Prepare a query", .query, sql: sql) { table.StatementPrepare?(&statement, $0) }
    var row = try BatchBuilder(
      parameters.enumerated().map { Field("\($0.offset + 1)", try $0.element.boundType) })
    try row.append(parameters)
    var array = row.exportArray()
    var schema = row.exportSchema()
    do {
      try check("Bind the parameters of a query", .query, sql: sql) {
        table.StatementBind?(&statement, &array, &schema, $0)
      }
    } catch {
      array.release?(&array)
      schema.release?(&schema)
      throw error
    }
    schema.release?(&schema)
  }

  deinit {
    var error = AdbcError()
    _ = database.driver.table.ConnectionRelease?(&handle, &error)
    error.release?(&error)
  }
}

extension Value {
  /// The column type that a bound value of this kind is sent as.
  fileprivate var boundType: ColumnType {
    get throws {
      switch self {
      case .bool: .bool
      case .int: .int64
      case .double: .float64
      case .string, .null: .utf8
      case .date: .date32
      case .timestamp(_, let unit, let zone): .timestamp(unit, zone: zone)
      default:
        throw EngineError(
          .query, "Bind the parameters of a query", "a value of this type cannot be bound.",
          hint: "Bind a truth value, a number, a text, a date or a moment.")
      }
    }
  }
}
