import Foundation
import Synchronization

/// Compares a snapshot's tables with the sums in its manifest, on a thread of its own.
final class SnapshotCheck: Sendable {
  let manifest: Manifest
  private let found = Mutex<String?>(nil)
  private let isDone = DispatchSemaphore(value: 0)

  /// Begins at once.
  ///
  /// - Parameter folder: that of the snapshot.
  init(_ manifest: Manifest, in folder: URL) {
    self.manifest = manifest
    let thread = Thread { [self] in
      let tables = manifest.tables.sorted { $0.bytes > $1.bytes }
      DispatchQueue.concurrentPerform(iterations: tables.count) { index in
        guard let damage = tables[index].damage(in: folder) else { return }
        found.withLock { $0 = min($0 ?? damage, damage) }
      }
      isDone.signal()
    }
    thread.name = "snapshot check"
    thread.start()
  }

  /// A table that is missing or not as it was written, in words; nil where the snapshot is whole. Waits until every
  /// table was read; called once.
  func damage() -> String? {
    isDone.wait()
    return found.withLock { $0 }
  }
}
