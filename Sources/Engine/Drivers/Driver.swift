import CADBC
import Foundation
import Synchronization

/// A driver library that is loaded: the table of functions that every call goes through.
///
/// Libraries are never unloaded: a driver may have threads of its own (Spark's is written in Go),
/// whose code must not vanish.
public final class Driver: @unchecked Sendable {
  // Sendable because the table is written once, before the driver is shared.
  public let kind: EngineKind
  public let path: String
  public let foundBy: String
  /// The version of ADBC that the driver accepted, "1.1" or "1.0".
  public let adbcVersion: String
  let table: AdbcDriver

  private static let loaded = Mutex<[String: Driver]>([:])

  /// Finds and loads the driver of `kind`; a library is loaded once a process.
  public static func load(_ kind: EngineKind, search: DriverSearch = DriverSearch()) throws
    -> Driver
  {
    let found = try search.locate(kind)
    return try loaded.withLock { drivers in
      if let driver = drivers[found.path] { return driver }
      let driver = try Driver(
        kind: kind, path: found.path, foundBy: found.foundBy, search)
      drivers[found.path] = driver
      return driver
    }
  }

  private init(kind: EngineKind, path: String, foundBy: String, _ search: DriverSearch) throws {
    self.kind = kind
    self.path = path
    self.foundBy = foundBy
    try PythonSymbols.loadIfNeeded(for: path, search)
    let operation = "Load the \(kind.title) driver \(path)"
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw EngineError(
        .driverUnusable, operation, dlerror().map { String(cString: $0) } ?? "it cannot be loaded.",
        hint: "Run `make setup` again, or set \(kind.environmentVariable) to another library.")
    }
    guard let symbol = dlsym(handle, kind.entryPoint) else {
      throw EngineError(
        .driverUnusable, operation, "it has no function \(kind.entryPoint).",
        hint: "Use a library of \(kind.title) that was built with ADBC (DuckDB 1.0 or newer).")
    }
    let initialise = unsafeBitCast(symbol, to: KithDriverInit.self)
    var table = AdbcDriver()
    // The status is looked at, not the text: a driver of ADBC 1.0 refuses 1.1 and is asked again.
    var error = AdbcError()
    if initialise(Int32(ADBC_VERSION_1_1_0), &table, &error) == ADBC_STATUS_OK {
      adbcVersion = "1.1"
    } else {
      error.release?(&error)
      table = AdbcDriver()
      try check(operation, .driverUnusable) { initialise(Int32(ADBC_VERSION_1_0_0), &table, $0) }
      adbcVersion = "1.0"
    }
    self.table = table
  }
}

/// The names of Python that DuckDB's module refers to, when the driver comes from a wheel.
///
/// ADBC calls nothing of Python, but the loader wants every name. The library that has them is made with the program
/// (Scripts/python_symbols.sh); it must be loaded with its symbols visible to the libraries that follow.
private enum PythonSymbols {
  static func loadIfNeeded(for driver: String, _ search: DriverSearch) throws {
    let module = URL(fileURLWithPath: driver)
    guard module.lastPathComponent.hasPrefix("_duckdb.") else { return }
    let folders =
      [module.deletingLastPathComponent()]
      + search.roots.map { $0.appendingPathComponent(".engines/duckdb") }
    let libraries = folders.map { $0.appendingPathComponent("libpython-symbols.so").path }
    for library in libraries where dlopen(library, RTLD_NOW | RTLD_GLOBAL) != nil { return }
    throw EngineError(
      .driverUnusable, "Load the DuckDB driver \(driver)",
      "it is a module of Python, and the library of the names it refers to was not found.",
      hint: "Looked at:\n" + libraries.map { "    \($0)\n" }.joined()
        + "  Run `make setup` in Kith's folder, or set KITH_DUCKDB_LIBRARY to a libduckdb.")
  }
}

/// Makes one ADBC call and throws what the driver says where it fails.
func check(
  _ operation: String, _ kind: EngineError.Kind, sql: String? = nil,
  _ call: (UnsafeMutablePointer<AdbcError>) -> AdbcStatusCode?
) throws {
  var error = AdbcError()
  guard let status = call(&error) else {
    throw EngineError(
      .driverUnusable, operation, "the driver does not offer this call.", sql: sql)
  }
  guard status != ADBC_STATUS_OK else { return }
  let message = error.message.map { String(cString: $0) } ?? "the driver gave no reason."
  error.release?(&error)
  // DuckDB gives every error the same status, so its text has to tell an interrupt apart.
  let cancelled = status == ADBC_STATUS_CANCELLED || message.hasPrefix("INTERRUPT")
  throw EngineError(cancelled ? .cancelled : kind, operation, message, sql: sql)
}
