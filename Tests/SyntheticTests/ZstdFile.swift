import CZstd
import Foundation

/// Reads a compressed file whole: the frames of it one after the other.
func decompressed(_ url: URL) throws -> [UInt8] {
  let input = [UInt8](try Data(contentsOf: url))
  let context = ZSTD_createDCtx()
  defer { ZSTD_freeDCtx(context) }
  var output: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 17)
  var position = 0
  try input.withUnsafeBytes { bytes in
    var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    while source.pos < source.size {
      position = try block.withUnsafeMutableBytes { room in
        var sink = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        let code = ZSTD_decompressStream(context, &sink, &source)
        guard ZSTD_isError(code) == 0 else { throw CocoaError(.fileReadCorruptFile) }
        return sink.pos
      }
      output += block[..<position]
    }
  }
  return output
}

/// The lines of a compressed file, as bytes.
func lines(_ url: URL) throws -> [ArraySlice<UInt8>] {
  try decompressed(url).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    .dropLast()
}
