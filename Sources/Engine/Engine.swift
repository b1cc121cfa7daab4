public import Columns
import Dispatch
import Foundation
import Synchronization

/// A SQL engine with a pool of connections, for use from asynchronous code.
///
/// ```swift
/// let engine = try Engine.duckDB()
/// let table = try await engine.query("select count(*) from area where kind = ?", [.string("lad24")])
/// ```
public final class Engine: Sendable {
  private let database: Database
  private let pool: ConnectionPool

  public var driver: Driver { database.driver }
  public var kind: EngineKind { driver.kind }
  public var dialect: Dialect { Dialect(kind) }

  /// Opens the embedded engine.
  ///
  /// - Parameters:
  ///   - path: a database file, or nil for one in memory.
  ///   - spillFolder: where it may put what does not fit in memory; nil for nowhere.
  ///   - memoryLimit: what the engine may use, as DuckDB writes it ("1GB"); nil for its default.
  ///   - threads: how many threads it may use; nil for all.
  ///   - connections: how many queries may run at once; more wait.
  ///   - options: further DuckDB settings by name.
  public static func duckDB(
    path: String? = nil, spillFolder: String? = nil, memoryLimit: String? = nil,
    threads: Int? = nil, connections: Int = 4,
    options: [String: String] = [:], search: DriverSearch = DriverSearch()
  ) throws -> Engine {
    // Nothing is fetched from the network, and nothing spilled to disk where nobody asked for it.
    var settings = [
      ("autoinstall_known_extensions", "false"), ("autoload_known_extensions", "false"),
      ("temp_directory", spillFolder ?? ""),
    ]
    settings += options.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    if let path { settings.append(("path", path)) }
    if let memoryLimit { settings.append(("memory_limit", memoryLimit)) }
    if let threads { settings.append(("threads", String(threads))) }
    return try Engine(
      driver: Driver.load(.duckdb, search: search), options: settings, connections: connections)
  }

  /// Opens a Spark Connect server, such as `sc://127.0.0.1:15002`.
  ///
  /// A connection to a dead port succeeds, so the server is asked a question before this returns.
  public static func spark(
    uri: String, connections: Int = 2, search: DriverSearch = DriverSearch()
  ) async throws -> Engine {
    let engine = try Engine(
      driver: Driver.load(.spark, search: search), options: [("uri", uri)],
      connections: connections)
    do {
      _ = try await engine.query("select 1")
    } catch let error as EngineError {
      throw EngineError(
        .unreachable, "Ask the Spark Connect server", error.message,
        hint: "Check that a server runs at the address, and that its port is open.")
    }
    return engine
  }

  init(driver: Driver, options: [(String, String)], connections: Int) throws {
    let database = try Database(driver: driver, options: options)
    self.database = database
    pool = ConnectionPool(limit: connections) { try database.connect() }
  }

  // MARK: Running

  /// Runs `sql`, with `parameters` bound to its placeholders, and returns the whole result.
  public func query(_ sql: String, _ parameters: [Value] = []) async throws -> Table {
    try await withConnection { try $0.query(sql, parameters) }
  }

  /// Runs a statement whose result is not wanted.
  public func execute(_ sql: String, _ parameters: [Value] = []) async throws {
    try await withConnection { try $0.execute(sql, parameters) }
  }

  /// Runs `sql` and hands each batch to `body` as it arrives; what `body` throws ends the query.
  public func stream(
    _ sql: String, _ parameters: [Value] = [], _ body: @escaping @Sendable (Batch) throws -> Void
  ) async throws {
    try await withConnection { connection in
      _ = try connection.stream(sql, parameters, body)
    }
  }

  /// Lends a connection to blocking code, on a thread that may block.
  ///
  /// Cancelling the task interrupts the statement that is running.
  public func withConnection<Result: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    try Task.checkCancellation()
    let lease = try await pool.take()
    defer { pool.giveBack(lease) }
    // Guards against an interrupt after the end, which would hit whoever has the connection next.
    let isRunning = Mutex(true)
    let isCancelled = Atomic<Bool>(false)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        lease.queue.async {
          lease.connection.beginWork()
          if isCancelled.load(ordering: .acquiring) { lease.connection.cancel() }
          let result = Swift.Result { try body(lease.connection) }
          isRunning.withLock { $0 = false }
          continuation.resume(with: result)
        }
      }
    } onCancel: {
      isCancelled.store(true, ordering: .releasing)
      // An engine forgets an interrupt that comes before a query has begun, so it is said until the
      // work has ended.
      DispatchQueue.global().async {
        while isRunning.withLock({ running in
          if running { lease.connection.cancel() }
          return running
        }) {
          Thread.sleep(forTimeInterval: 0.02)
        }
      }
    }
  }
}
