import Foundation

extension URL {
  /// Asks the system to have this file or folder on disk before going on.
  package func syncToDisk() throws {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else {
      throw StoreError(path, "It cannot be opened: \(String(cString: strerror(errno))).")
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw StoreError(
        path, "It cannot be written to disk: \(String(cString: strerror(errno))).",
        hint: "Check that the disk is not full.")
    }
  }
}
