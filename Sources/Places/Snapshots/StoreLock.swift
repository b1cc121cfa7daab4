import Definitions
public import Foundation
import Intake

/// The right to change a store, held by one process at a time.
///
/// The lock is the operating system's, so it ends with the process, however that ends.
package final class StoreLock {
  private let descriptor: Int32
  private var isHeld = false

  /// Takes the lock.
  ///
  /// - Throws: ``Definitions/Problem`` that says who holds it.
  package init(_ store: PlaceStore) throws {
    let path = store.lock.path
    try store.makeRoot()
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StoreError(
        path, "The store cannot be changed: \(String(cString: strerror(errno))).",
        hint: "Check that you may write in the place folder.")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      throw StoreError(
        store.place.path,
        "Another run is at work on this place: "
          + (holder.isEmpty ? "it does not say which." : holder),
        hint: "Wait until it ends, or stop it.")
    }
    isHeld = true
    let process = ProcessInfo.processInfo
    let text = "process \(process.processIdentifier) on \(process.hostName), since \(Date().utc)."
    ftruncate(descriptor, 0)
    _ = text.withCString { write(descriptor, $0, strlen($0)) }
  }

  deinit {
    guard descriptor >= 0 else { return }
    if isHeld {
      ftruncate(descriptor, 0)
      flock(descriptor, LOCK_UN)
    }
    close(descriptor)
  }
}

extension Date {
  /// The moment in UTC to the second: 2026-11-21T19:45:00Z.
  public var utc: String { formatted(.iso8601) }
}
