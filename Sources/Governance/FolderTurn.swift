package import Foundation

/// The turn to open or make files of a folder: one thread of one program has it at a time.
///
/// An advisory lock of the operating system on the folder itself, so it ends with the process, however that ends.
package final class FolderTurn {
  private let descriptor: Int32

  /// How long another program's turn is waited for: opening a store takes milliseconds.
  private static let patience = 60.0

  /// Waits for the turn, a minute at most.
  ///
  /// - Throws: ``GovernanceError`` where the folder cannot be opened or locked, or another program keeps its turn.
  package init(_ folder: URL) throws(GovernanceError) {
    descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unusable(folder, errno) }
    let end = Date().addingTimeInterval(Self.patience)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EINTR || code == EWOULDBLOCK else { throw Self.unusable(folder, code) }
      guard Date() < end else {
        throw GovernanceError(
          folder.path, "Another program has kept this folder to itself for a minute.",
          hint: "Look for a program of Kith that was stopped in the middle, and end it.")
      }
      usleep(10_000)
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
  }

  private static func unusable(_ folder: URL, _ code: Int32) -> GovernanceError {
    GovernanceError(
      folder.path, "The folder cannot be used: \(String(cString: strerror(code))).",
      hint: "Check that it exists and that you may write there.")
  }
}

extension URL {
  /// Waits until what was written to this file, or the names in this folder, are on disk.
  ///
  /// - Throws: ``GovernanceError``.
  func flushToDisk() throws(GovernanceError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unflushed(errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw unflushed(errno) }
  }

  private func unflushed(_ code: Int32) -> GovernanceError {
    GovernanceError(
      path, "It cannot be written to disk: \(String(cString: strerror(code))).",
      hint: "Check that the disk is in order and not full, and that you may read the folder.")
  }
}
