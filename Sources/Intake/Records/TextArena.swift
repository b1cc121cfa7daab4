/// Memory for values that are kept in another spelling than the file's, until it is emptied.
///
/// One thread uses an arena at a time.
final class TextArena {
  private var blocks: [UnsafeMutableRawBufferPointer] = []
  private var used = 0
  /// Room for a value that is being written.
  @exclusivity(unchecked) private var scratch: [UInt8] = []

  deinit { for block in blocks { block.deallocate() } }

  /// A copy of some bytes, valid until ``removeAll()``.
  func copy(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
    let isFull = blocks.last.map { $0.count - used < bytes.count } ?? true
    if isFull {
      blocks.append(.allocate(byteCount: max(1 << 16, bytes.count), alignment: 1))
      used = 0
    }
    guard let block = blocks.last else { preconditionFailure("a block was added") }
    let target = UnsafeMutableRawBufferPointer(rebasing: block[used..<used + bytes.count])
    target.copyBytes(from: bytes)
    used += bytes.count
    return UnsafeRawBufferPointer(target)
  }

  /// A copy of what `write` appends, valid until ``removeAll()``; nil where it returns false.
  func written(_ write: (inout [UInt8]) -> Bool) -> UnsafeRawBufferPointer? {
    scratch.removeAll(keepingCapacity: true)
    return write(&scratch) ? copy(scratch) : nil
  }

  /// Forgets the copies.
  func removeAll() {
    guard !blocks.isEmpty else { return }
    for block in blocks.dropFirst() { block.deallocate() }
    blocks.removeLast(blocks.count - 1)
    used = 0
  }
}
