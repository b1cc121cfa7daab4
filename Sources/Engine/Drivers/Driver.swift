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
      let driver = try Driver(kind: kind, path: found.path, foundBy: found.foundBy)
      drivers[found.path] = driver
      return driver
    }
  }

  private init(kind: EngineKind, path: String, foundBy: String) throws {
    self.kind = kind
    self.path = path
    self.foundBy = foundBy
    try PythonRuntime.loadIfNeeded(for: path)
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

/// The Python library that DuckDB's extension module needs, when the driver comes from a wheel.
///
/// The module's file name says which: `cpython-311` needs that version's library, `abi3` any newer
/// one. It must be loaded with its symbols visible to the libraries that follow.
enum PythonRuntime {
  static func loadIfNeeded(for driverPath: String) throws {
    let name = URL(fileURLWithPath: driverPath).lastPathComponent
    guard name.hasPrefix("_duckdb.") else { return }
    var libraries: [String] = []
    if let range = name.range(of: "cpython-3") {
      let minor = name[range.upperBound...].prefix { $0.isNumber }
      libraries = library(minor: String(minor))
    }
    if name.contains("abi3") {
      libraries = ["12", "13", "14", "15"].flatMap { library(minor: $0) }
    }
    for library in libraries where dlopen(library, RTLD_NOW | RTLD_GLOBAL) != nil { return }
    throw EngineError(
      .driverUnusable, "Load the DuckDB driver \(driverPath)",
      "none of the Python libraries it needs could be loaded: "
        + libraries.joined(separator: ", ") + ".",
      hint: "Install the Debian package libpython3.11 (`make setup` as root does), or set "
        + "KITH_DUCKDB_LIBRARY to a libduckdb, which needs no Python.")
  }

  private static func library(minor: String) -> [String] {
    #if os(macOS)
      ["libpython3.\(minor).dylib"]
    #else
      ["libpython3.\(minor).so.1.0", "libpython3.\(minor).so"]
    #endif
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
