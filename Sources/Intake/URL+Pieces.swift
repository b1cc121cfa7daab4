import Definitions
import Foundation

extension URL {
  /// Gives the bytes of this file, piece by piece from one place in memory.
  ///
  /// - Throws: ``StoreError`` where the file cannot be read.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw unreadable() }
    defer { close(descriptor) }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { memory.deallocate() }
    while true {
      let count = read(descriptor, memory.baseAddress, memory.count)
      guard count >= 0 else { throw unreadable() }
      guard count > 0 else { return }
      body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
    }
  }

  private func unreadable() -> StoreError {
    StoreError(
      path, "The file cannot be read: \(String(cString: strerror(errno))).",
      hint: "Check that it exists and that you may read it.")
  }
}
