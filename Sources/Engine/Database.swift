import CADBC
import Synchronization

/// An open database of one engine: what connections are made to.
final class Database: @unchecked Sendable {
  // Sendable because the lock lets one thread at a time use the handle.
  private let lock = Mutex(())
  let driver: Driver
  private var handle = AdbcDatabase()

  init(driver: Driver, options: [(String, String)]) throws {
    self.driver = driver
    let table = driver.table
    let operation = "Open a \(driver.kind.title) database"
    try check(operation, .unreachable) { table.DatabaseNew?(&handle, $0) }
    do {
      for (name, value) in options {
        try check("\(operation) with \(name)", .unreachable) {
          table.DatabaseSetOption?(&handle, name, value, $0)
        }
      }
      try check(operation, .unreachable) { table.DatabaseInit?(&handle, $0) }
    } catch {
      release()
      throw error
    }
  }

  /// Opens a connection.
  func connect() throws -> Connection {
    try lock.withLock { _ in try connectAlone() }
  }

  private func connectAlone() throws -> Connection {
    var connection = AdbcConnection()
    let table = driver.table
    let operation = "Connect to \(driver.kind.title)"
    try check(operation, .unreachable) { table.ConnectionNew?(&connection, $0) }
    do {
      try check(operation, .unreachable) { table.ConnectionInit?(&connection, &handle, $0) }
    } catch {
      var ignored = AdbcError()
      _ = table.ConnectionRelease?(&connection, &ignored)
      ignored.release?(&ignored)
      throw error
    }
    return Connection(database: self, handle: connection)
  }

  private func release() {
    var error = AdbcError()
    _ = driver.table.DatabaseRelease?(&handle, &error)
    error.release?(&error)
  }

  deinit { release() }
}
