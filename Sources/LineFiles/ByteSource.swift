import CZlib
import CZstd

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file, unpacked as they are read: gzip and Zstandard are known by their first bytes,
/// whatever the file is called, and may be of several members or frames.
final class ByteSource {
  let path: String
  private let handle: Int32
  private var packing = Packing.plain
  private var input: UnsafeMutableRawBufferPointer
  /// Bytes of `input` that were read and not yet unpacked.
  private var pending = 0..<0
  private var isAtEnd = false

  private enum Packing {
    case plain
    case gzip(UnsafeMutablePointer<z_stream>)
    case zstd(OpaquePointer)
  }
  /// Whether the file is packed.
  var isPacked: Bool { if case .plain = packing { false } else { true } }
  /// Whether a member or frame has begun and not ended.
  private var isInside = false

  /// Opens the file.
  ///
  /// - Throws: ``LineFilesError`` where it is missing or cannot be read.
  init(_ path: String) throws(LineFilesError) {
    self.path = path
    // Without waiting: opening a named pipe would wait for somebody to write to it.
    handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    input = .allocate(byteCount: 1 << 18, alignment: 16)
    guard handle >= 0 else {
      if errno == ENOENT { throw LineFilesError(file: path, "The file does not exist.") }
      throw LineFilesError(
        file: path, "The file cannot be read: \(String(cString: strerror(errno))).",
        hint: "Check that you may read it.")
    }
    var found = stat()
    guard fstat(handle, &found) == 0, (found.st_mode & S_IFMT) == S_IFREG else {
      throw LineFilesError(
        file: path, "This is no regular file.",
        hint: "Name the file itself: folders, named pipes and devices are not read.")
    }
    try fill()
    try recognise()
  }

  deinit {
    if handle >= 0 { close(handle) }
    switch packing {
    case .plain: break
    case .gzip(let stream):
      inflateEnd(stream)
      stream.deallocate()
    case .zstd(let stream): ZSTD_freeDStream(stream)
    }
    input.deallocate()
  }

  private func recognise() throws(LineFilesError) {
    let magic = Array(input[pending].prefix(4))
    if magic.starts(with: [0x1F, 0x8B]) {
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      stream.initialize(to: z_stream())
      // 15 + 16: the largest window, in gzip's wrapping.
      guard
        inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
      else { throw LineFilesError(file: path, "There is no memory to unpack the file.") }
      packing = .gzip(stream)
    } else if magic == [0x28, 0xB5, 0x2F, 0xFD] {
      guard let stream = ZSTD_createDStream() else {
        throw LineFilesError(file: path, "There is no memory to unpack the file.")
      }
      packing = .zstd(stream)
    } else if path.hasSuffix(".gz") || path.hasSuffix(".zst"),
      input[pending].prefix(4096).contains(where: { $0 < 9 })
    {
      throw LineFilesError(
        file: path, "The file's name says that it is compressed, and it is neither that nor text.",
        hint: "It was damaged on its way, or is something else: ask for it again.", isDamage: true)
    }
  }

  /// Reads more packed bytes where none are pending.
  private func fill() throws(LineFilesError) {
    guard pending.isEmpty, !isAtEnd else { return }
    while true {
      let count = readBytes(handle, input.baseAddress, input.count)
      if count >= 0 {
        isAtEnd = count == 0
        pending = 0..<count
        return
      }
      guard errno == EINTR else {
        throw LineFilesError(
          file: path, "The file cannot be read: \(String(cString: strerror(errno))).",
          hint: errno == EISDIR ? "Name a file, or a folder of a bulk export." : nil)
      }
    }
  }

  /// What went wrong after bytes that are still to be given.
  private var failure: LineFilesError?

  /// Puts up to `output.count` bytes into `output`.
  ///
  /// - Returns: how many; 0 at the end of the file.
  /// - Throws: ``LineFilesError``, without a line, where the packing is broken or breaks off; the bytes
  ///   before that were given.
  func read(into output: UnsafeMutableRawBufferPointer) throws(LineFilesError) -> Int {
    if let failure { throw failure }
    var made = 0
    do throws(LineFilesError) {
      while made < output.count, let more = try unpack(output, from: made) { made += more }
    } catch {
      guard made > 0 else { throw error }
      failure = error
    }
    return made
  }

  /// Unpacks some bytes to `output` from position `made` on; nil at the end of the file.
  private func unpack(
    _ output: UnsafeMutableRawBufferPointer, from made: Int
  ) throws(LineFilesError) -> Int? {
    try fill()
    guard !pending.isEmpty else {
      guard !isInside else {
        throw LineFilesError(
          file: path, "The compressed file breaks off before its end.",
          hint: "It was not copied whole, or its sender stopped; ask for it again.",
          isDamage: true)
      }
      return nil
    }
    let rest = UnsafeMutableRawBufferPointer(rebasing: output[made...])
    switch packing {
    case .plain:
      let count = min(rest.count, pending.count)
      rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[pending.prefix(count)]))
      pending.removeFirst(count)
      return count
    case .gzip(let stream): return try inflated(stream, into: rest)
    case .zstd(let stream): return try decompressed(stream, into: rest)
    }
  }

  private func inflated(
    _ stream: UnsafeMutablePointer<z_stream>, into output: UnsafeMutableRawBufferPointer
  ) throws(LineFilesError) -> Int {
    if !isInside {
      // Zeros that fill up the last block of a tape or disk are no further member.
      while let byte = pending.first, input[byte] == 0 { pending.removeFirst() }
      guard !pending.isEmpty else { return 0 }
    }
    isInside = true
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      .advanced(by: pending.lowerBound)
    stream.pointee.avail_in = UInt32(pending.count)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(clamping: output.count)
    let offered = Int(stream.pointee.avail_out)
    let result = inflate(stream, Z_NO_FLUSH)
    pending = (pending.upperBound - Int(stream.pointee.avail_in))..<pending.upperBound
    switch result {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END:
      isInside = false
      inflateReset(stream)
    default: throw damaged("gzip")
    }
    return offered - Int(stream.pointee.avail_out)
  }

  private func decompressed(
    _ stream: OpaquePointer, into output: UnsafeMutableRawBufferPointer
  ) throws(LineFilesError) -> Int {
    var packed = ZSTD_inBuffer(src: input.baseAddress, size: pending.upperBound, pos: 0)
    packed.pos = pending.lowerBound
    var plain = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let result = ZSTD_decompressStream(stream, &plain, &packed)
    guard ZSTD_isError(result) == 0 else { throw damaged("Zstandard") }
    isInside = result != 0
    pending = packed.pos..<pending.upperBound
    return plain.pos
  }

  private func damaged(_ kind: String) -> LineFilesError {
    LineFilesError(
      file: path, "The compressed file is damaged: its \(kind) data cannot be unpacked.",
      hint: "Ask for it again.", isDamage: true)
  }
}

/// The system's `read`, which the method above hides.
private func readBytes(
  _ handle: Int32, _ into: UnsafeMutableRawPointer?, _ count: Int
) -> Int { read(handle, into, count) }
