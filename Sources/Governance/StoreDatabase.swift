package import Foundation
package import GRDB

/// How the vault, the accounts and the partnership are opened: files of SQLite that several programs may open, or
/// make, at the same moment.
///
/// Programs take turns at a folder. A file that is missing is made under another name, readable by its owner alone, and
/// is renamed once its tables and first contents are on disk. So a file without tables is damaged, never new.
package struct StoreDatabase {
  private let file: URL
  private let configuration: Configuration
  private let migrator: DatabaseMigrator

  package init(at file: URL, _ configuration: Configuration, _ migrator: DatabaseMigrator) {
    self.file = file
    self.configuration = configuration
    self.migrator = migrator
  }

  /// Opens the file with its tables up to date; it is made where it is missing.
  ///
  /// - Parameters:
  ///   - connect: opens the connection, such as `DatabaseQueue.init(path:configuration:)`.
  ///   - turn: the caller's turn at the file's folder; nil where it has none yet.
  ///   - first: writes what a new file begins with.
  /// - Throws: ``GovernanceError`` where the file is damaged or cannot be made, and SQLite's errors.
  package func open<Writer: DatabaseWriter>(
    _ connect: (String, Configuration) throws -> Writer, turn: FolderTurn? = nil,
    first: (Database) throws -> Void = { _ in }
  ) throws -> Writer {
    let turn = try turn ?? FolderTurn(file.deletingLastPathComponent())
    defer { withExtendedLifetime(turn) {} }
    if try !isThere() { try make(first) }
    let writer = try connect(file.path, configuration)
    let applied = try writer.read { try migrator.appliedIdentifiers($0) }
    guard !applied.isEmpty else { throw damaged("It has no tables.") }
    try migrator.migrate(writer)
    return writer
  }

  /// Whether there is a file; one that others may read is closed to them.
  private func isThere() throws(GovernanceError) -> Bool {
    var found = stat()
    guard stat(file.path, &found) == 0 else {
      guard errno == ENOENT else { throw impossible("opened", errno) }
      return false
    }
    guard (found.st_mode & S_IFMT) == S_IFREG else { throw damaged("It is no regular file.") }
    guard found.st_size > 0 else { throw damaged("It is empty.") }
    for path in [file.path, file.path + "-wal", file.path + "-shm"] {
      guard stat(path, &found) == 0, found.st_mode & 0o077 != 0 else { continue }
      guard chmod(path, 0o600) == 0 else {
        throw GovernanceError(
          path, "Others than its owner may read the file.", hint: "Run: chmod 600 \(path)")
      }
    }
    return true
  }

  /// Makes the file, whole or not at all.
  private func make(_ first: (Database) throws -> Void) throws {
    let folder = file.deletingLastPathComponent()
    let part = folder.appendingPathComponent(".new-\(file.lastPathComponent)")
    let beside = ["-wal", "-shm", "-journal"].map { part.path + $0 }
    // What a program that was stopped in the middle of this has left; nobody else has a turn now.
    for path in [part.path] + beside { unlink(path) }
    let descriptor = Foundation.open(part.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw impossible("made", errno) }
    close(descriptor)
    do {
      let queue = try DatabaseQueue(path: part.path, configuration: configuration)
      try migrator.migrate(queue)
      try queue.write(first)
      try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      try queue.close()
    } catch {
      for path in [part.path] + beside { unlink(path) }
      throw error
    }
    for path in beside { unlink(path) }
    try part.flushToDisk()
    try removeLog()
    guard rename(part.path, file.path) == 0 else { throw impossible("made", errno) }
    try folder.flushToDisk()
  }

  /// Removes the log of an earlier file of this name: SQLite would take its pages for those of the new file.
  ///
  /// - Throws: ``GovernanceError`` where there is something in it that its file may lack.
  private func removeLog() throws(GovernanceError) {
    var found = stat()
    let log = file.path + "-wal"
    guard stat(log, &found) != 0 || found.st_size == 0 else {
      throw GovernanceError(
        log, "The log is here without its file.",
        hint: "Bring \(file.lastPathComponent) back, or move the log to where that is now.")
    }
    for path in [log, file.path + "-shm"] { unlink(path) }
  }

  private func damaged(_ what: String) -> GovernanceError {
    GovernanceError(
      file.path, "The file is damaged. \(what)",
      hint: "Bring it back from its copy. Move it away only where there is none: a new one is made "
        + "then.")
  }

  private func impossible(_ what: String, _ code: Int32) -> GovernanceError {
    GovernanceError(
      file.path, "The file cannot be \(what): \(String(cString: strerror(code))).",
      hint: "Check that you may write there, and that the disk is not full.")
  }
}
