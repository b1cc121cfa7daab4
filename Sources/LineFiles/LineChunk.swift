import Synchronization

/// Some whole lines of a file, without a copy a line.
///
/// The memory goes on for ``padding`` bytes after the lines, and is the chunk's own.
public final class LineChunk: @unchecked Sendable {
  // Sendable because one thread at a time holds a chunk.

  /// Bytes that may be read, and mean nothing, after the last line: SIMD parsers read ahead.
  public static let padding = 64

  /// Which of the files the lines are from.
  public fileprivate(set) var file = 0
  /// The number, from 1, of the first line.
  public fileprivate(set) var firstLine = 1
  /// The lines; each but the last of a file ends with a line feed.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }
  /// Whether the chunk is a whole file, to be read as one document.
  public fileprivate(set) var isWholeFile = false
  /// A line that was too long to be kept, and its size in bytes; the chunk then has no other.
  public fileprivate(set) var oversized: Int?

  fileprivate var memory: UnsafeMutableRawBufferPointer
  fileprivate var count = 0

  private let pool: ChunkPool

  fileprivate init(capacity: Int, pool: ChunkPool) {
    self.pool = pool
    memory = pool.take(capacity + Self.padding)
  }

  /// A chunk of lines that are in memory already.
  package convenience init(
    _ lines: UnsafeRawBufferPointer, firstLine: Int, isWholeFile: Bool = false
  ) {
    self.init(capacity: lines.count, pool: ChunkPool(size: 0))
    memory.copyMemory(from: lines)
    count = lines.count
    self.firstLine = firstLine
    self.isWholeFile = isWholeFile
  }

  deinit { pool.giveBack(memory) }

  fileprivate var capacity: Int { memory.count - Self.padding }

  fileprivate func grow() {
    let larger = pool.take(2 * capacity + Self.padding)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    pool.giveBack(memory)
    memory = larger
  }
}

/// Memory of chunks that are done with, for those to come: fresh memory costs the system more than
/// reading into it does.
private final class ChunkPool: Sendable {
  private struct Block: @unchecked Sendable { let memory: UnsafeMutableRawBufferPointer }
  private let size: Int
  private let idle = Mutex<[Block]>([])

  /// - Parameter size: the size that most chunks have; only memory of this size is kept.
  init(size: Int) { self.size = size }

  deinit { for block in idle.withLock({ $0 }) { block.memory.deallocate() } }

  func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if count == size, let block = idle.withLock({ $0.popLast() }) { return block.memory }
    return .allocate(byteCount: count, alignment: 64)
  }

  func giveBack(_ memory: UnsafeMutableRawBufferPointer) {
    guard memory.count == size else { return memory.deallocate() }
    let block = Block(memory: memory)
    idle.withLock { $0.append(block) }
  }
}

/// Cuts files into chunks of whole lines, one after the other.
///
/// One thread at a time calls ``next()``; the chunks may then be worked on side by side.
public final class LineChunkReader {
  public let files: [String]
  private let chunkSize: Int
  private let maximumLine: Int
  private let isDocument: (String) -> Bool
  private let pool: ChunkPool
  private var source: ByteSource?
  private var file = -1
  private var line = 1
  /// What was read after the last whole line.
  private var rest: [UInt8] = []
  /// Bytes unpacked so far, for progress.
  public private(set) var bytesRead = 0

  /// - Parameters:
  ///   - chunkSize: about how many bytes a chunk has.
  ///   - maximumLine: a longer line is not kept; only its number and size are told. A file that is
  ///     one document may be four times as long.
  ///   - isDocument: whether a file is one document rather than lines; it comes as one chunk.
  public init(
    _ files: [String], chunkSize: Int = 1 << 21, maximumLine: Int = 1 << 24,
    isDocument: @escaping (String) -> Bool = { _ in false }
  ) {
    self.files = files
    self.isDocument = isDocument
    self.chunkSize = max(16, chunkSize)
    pool = ChunkPool(size: self.chunkSize + LineChunk.padding)
    self.maximumLine = max(16, maximumLine)
  }

  /// The next lines; nil after the last file.
  ///
  /// - Throws: ``LineFilesError`` where a file cannot be read; it names the line that was not had.
  public func next() throws(LineFilesError) -> LineChunk? {
    while true {
      if source == nil {
        guard file + 1 < files.count else { return nil }
        file += 1
        line = 1
        source = try ByteSource(files[file])
      }
      guard let source else { continue }
      if let chunk = try chunk(of: source) { return chunk }
      self.source = nil
    }
  }

  private func chunk(of source: ByteSource) throws(LineFilesError) -> LineChunk? {
    let chunk = LineChunk(capacity: max(chunkSize, 2 * rest.count), pool: pool)
    chunk.file = file
    chunk.firstLine = line
    rest.withUnsafeBytes { chunk.memory.copyMemory(from: $0) }
    chunk.count = rest.count
    rest.removeAll(keepingCapacity: true)
    chunk.isWholeFile = isDocument(files[file])
    let maximum = chunk.isWholeFile ? 4 * maximumLine : maximumLine
    // What was left over may itself have whole lines, after one that was too long.
    var searched = 0
    while true {
      let read = try fill(chunk, from: source)
      let fresh = UnsafeRawBufferPointer(rebasing: chunk.bytes[searched...])
      if !chunk.isWholeFile, let last = lastLineFeed(fresh) {
        let end = searched + last + 1
        rest.append(contentsOf: chunk.bytes[end...])
        chunk.count = end
        line += lineFeeds(chunk.bytes)
        return chunk
      }
      if read == 0 {
        guard chunk.count > 0 else { return nil }
        line += lineFeeds(chunk.bytes)
        return chunk
      }
      searched = chunk.count
      if chunk.count >= maximum { return try oversized(chunk, source) }
      if chunk.count == chunk.capacity { chunk.grow() }
    }
  }

  /// Makes a line feed of each carriage return that none follows: old spreadsheet programs end lines with it.
  ///
  /// - Parameter isEnd: whether nothing comes behind the bytes; otherwise the last is looked at with those.
  private static func endLinesAtReturns(_ bytes: UnsafeMutableRawBufferPointer, isEnd: Bool) {
    var place = 0
    while let found = firstReturn(UnsafeRawBufferPointer(rebasing: bytes[place...])) {
      place += found
      guard place + 1 < bytes.count || isEnd else { return }
      if place + 1 == bytes.count || bytes[place + 1] != 0x0A { bytes[place] = 0x0A }
      place += 1
    }
  }

  /// Fills the chunk to its capacity, or to the end of the file.
  ///
  /// - Returns: how many bytes came.
  private func fill(_ chunk: LineChunk, from source: ByteSource) throws(LineFilesError) -> Int {
    let free = UnsafeMutableRawBufferPointer(rebasing: chunk.memory[chunk.count..<chunk.capacity])
    do throws(LineFilesError) {
      let read = try source.read(into: free)
      let start = max(0, chunk.count - 1)
      chunk.count += read
      let fresh = UnsafeMutableRawBufferPointer(rebasing: chunk.memory[start..<chunk.count])
      Self.endLinesAtReturns(fresh, isEnd: read == 0)
      bytesRead += read
      return read
    } catch {
      let whole = line + lineFeeds(chunk.bytes)
      throw LineFilesError(
        file: error.file, line: error.line ?? whole, error.message, hint: error.hint,
        isDamage: error.isDamage)
    }
  }

  /// Reads over a line that is too long.
  private func oversized(
    _ chunk: LineChunk, _ source: ByteSource
  ) throws(LineFilesError) -> LineChunk {
    var size = chunk.count
    let marker = LineChunk(capacity: 0, pool: pool)
    marker.file = file
    marker.firstLine = line
    while true {
      chunk.count = 0
      let read = try fill(chunk, from: source)
      if !chunk.isWholeFile, let first = firstLineFeed(chunk.bytes) {
        rest.append(contentsOf: chunk.bytes[(first + 1)...])
        marker.oversized = size + first
        break
      }
      size += read
      if read == 0 {
        marker.oversized = size
        break
      }
    }
    line += 1
    return marker
  }
}
