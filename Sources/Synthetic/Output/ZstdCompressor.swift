import CZstd

/// Compresses blocks as frames of Zstandard; frames one after the other are a file of their own right
/// (RFC 8878, section 3).
final class ZstdCompressor {
  private let context: OpaquePointer
  private let level: Int32
  private var output: UnsafeMutableRawBufferPointer

  init(level: Int32) {
    guard let context = ZSTD_createCCtx() else { preconditionFailure("no memory for compression") }
    self.context = context
    self.level = level
    output = .allocate(byteCount: 1 << 16, alignment: 1)
  }

  deinit {
    ZSTD_freeCCtx(context)
    output.deallocate()
  }

  /// The block as one frame.
  func frame(_ input: UnsafeRawBufferPointer) -> [UInt8] {
    let bound = ZSTD_compressBound(input.count)
    if output.count < bound {
      output.deallocate()
      output = .allocate(byteCount: bound, alignment: 1)
    }
    let size = ZSTD_compressCCtx(
      context, output.baseAddress, output.count, input.baseAddress, input.count, level)
    // The output is as large as the bound, so that only a fault of ours can fail.
    precondition(ZSTD_isError(size) == 0, "a block could not be compressed")
    return [UInt8](UnsafeRawBufferPointer(rebasing: output[..<size]))
  }
}
