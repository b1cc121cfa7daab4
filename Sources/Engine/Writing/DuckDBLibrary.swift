import CADBC
import Foundation

/// The calls of DuckDB's C interface that writing a stream needs, found in the driver's library
/// (https://duckdb.org/docs/stable/clients/c/api, "Open Connect", "Configuration", "Query Execution",
/// "Arrow Interface").
struct DuckDBLibrary {
  typealias Handle = UnsafeMutableRawPointer
  typealias Text = UnsafePointer<CChar>
  typealias CreateConfiguration =
    @convention(c) (UnsafeMutablePointer<Handle?>) -> Int32
  typealias SetConfiguration =
    @convention(c) (Handle?, Text, Text) -> Int32
  typealias DestroyConfiguration =
    @convention(c) (UnsafeMutablePointer<Handle?>) -> Void
  typealias OpenDatabase =
    @convention(c) (
      Text?, UnsafeMutablePointer<Handle?>, Handle?,
      UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> Int32
  typealias Connect =
    @convention(c) (Handle?, UnsafeMutablePointer<Handle?>) -> Int32
  typealias Disconnect =
    @convention(c) (UnsafeMutablePointer<Handle?>) -> Void
  typealias CloseDatabase =
    @convention(c) (UnsafeMutablePointer<Handle?>) -> Void
  typealias Query =
    @convention(c) (Handle?, Text, Handle?) -> Int32
  typealias ResultError =
    @convention(c) (Handle?) -> Text?
  typealias DestroyResult =
    @convention(c) (Handle?) -> Void
  typealias ArrowScan =
    @convention(c) (Handle?, Text, UnsafeMutablePointer<ArrowArrayStream>?) -> Int32
  typealias FreeMemory =
    @convention(c) (UnsafeMutableRawPointer?) -> Void

  let createConfiguration: CreateConfiguration
  let setConfiguration: SetConfiguration
  let destroyConfiguration: DestroyConfiguration
  let openDatabase: OpenDatabase
  let connect: Connect
  let disconnect: Disconnect
  let closeDatabase: CloseDatabase
  let query: Query
  let resultError: ResultError
  let destroyResult: DestroyResult
  let arrowScan: ArrowScan
  let freeMemory: FreeMemory

  /// Finds the calls; nil where the library lacks one.
  init?(_ driver: Driver) {
    // The library is loaded already: this only gives its handle.
    guard driver.kind == .duckdb, let handle = dlopen(driver.path, RTLD_NOW | RTLD_LOCAL) else {
      return nil
    }
    func find<Call>(_ name: String, as _: Call.Type) -> Call? {
      dlsym(handle, name).map { unsafeBitCast($0, to: Call.self) }
    }
    guard let createConfiguration = find("duckdb_create_config", as: CreateConfiguration.self),
      let setConfiguration = find("duckdb_set_config", as: SetConfiguration.self),
      let destroyConfiguration = find("duckdb_destroy_config", as: DestroyConfiguration.self),
      let openDatabase = find("duckdb_open_ext", as: OpenDatabase.self),
      let connect = find("duckdb_connect", as: Connect.self),
      let disconnect = find("duckdb_disconnect", as: Disconnect.self),
      let closeDatabase = find("duckdb_close", as: CloseDatabase.self),
      let query = find("duckdb_query", as: Query.self),
      let resultError = find("duckdb_result_error", as: ResultError.self),
      let destroyResult = find("duckdb_destroy_result", as: DestroyResult.self),
      let arrowScan = find("duckdb_arrow_scan", as: ArrowScan.self),
      let freeMemory = find("duckdb_free", as: FreeMemory.self)
    else { return nil }
    (self.createConfiguration, self.setConfiguration) = (createConfiguration, setConfiguration)
    (self.destroyConfiguration, self.openDatabase) = (destroyConfiguration, openDatabase)
    (self.connect, self.disconnect) = (connect, disconnect)
    (self.closeDatabase, self.query) = (closeDatabase, query)
    (self.resultError, self.destroyResult) = (resultError, destroyResult)
    (self.arrowScan, self.freeMemory) = (arrowScan, freeMemory)
  }

  /// Opens a database in memory.
  func open(_ settings: [(String, String)]) throws -> Session {
    var configuration: Handle?
    guard createConfiguration(&configuration) == 0 else { throw failed("it has no memory.") }
    defer { destroyConfiguration(&configuration) }
    for (name, value) in settings where setConfiguration(configuration, name, value) != 0 {
      throw failed("it does not know the setting \(name).")
    }
    var database: Handle?
    var message: UnsafeMutablePointer<CChar>?
    guard openDatabase(nil, &database, configuration, &message) == 0 else {
      defer { freeMemory(message) }
      throw failed(message.map { String(cString: $0) } ?? "it gave no reason.")
    }
    var connection: Handle?
    guard connect(database, &connection) == 0 else {
      closeDatabase(&database)
      throw failed("it gave no reason.")
    }
    return Session(library: self, database: database, connection: connection)
  }

  private func failed(_ message: String) -> EngineError {
    EngineError(.unreachable, "Open DuckDB to write a file", message)
  }

  /// A connection to a database in memory, closed by ``close()``.
  final class Session {
    private let library: DuckDBLibrary
    private var database: Handle?
    private var connection: Handle?

    init(library: DuckDBLibrary, database: Handle?, connection: Handle?) {
      self.library = library
      self.database = database
      self.connection = connection
    }

    /// Makes a view that reads the stream, once; the stream stays the caller's, and stays where it is
    /// until the view has been read: DuckDB keeps the pointer.
    func scan(_ stream: UnsafeMutablePointer<ArrowArrayStream>, as name: String) throws {
      guard library.arrowScan(connection, name, stream) == 0 else {
        throw EngineError(.query, "Read a stream with DuckDB", "it refuses the stream's columns.")
      }
    }

    func run(_ sql: String) throws {
      // A duckdb_result has 48 bytes; a little more is harmless.
      let result = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 16)
      result.initializeMemory(as: UInt8.self, repeating: 0, count: 128)
      defer {
        library.destroyResult(result)
        result.deallocate()
      }
      guard library.query(connection, sql, result) == 0 else {
        let message = library.resultError(result).map { String(cString: $0) }
        throw EngineError(
          .query, "Write a file with DuckDB", message ?? "it gave no reason.", sql: sql)
      }
    }

    func close() {
      library.disconnect(&connection)
      library.closeDatabase(&database)
    }
  }
}
