import Foundation

/// Works on the chunks of files on several threads and gives the results in the files' order.
///
/// Few results are kept waiting, so memory stays bounded whatever the files' size.
public final class OrderedWork<Result>: @unchecked Sendable {
  // Sendable because every stored variable is touched with a lock held.
  private let condition = NSCondition()
  private let reading = NSLock()
  private let threads: Int
  private var results: [Int: Swift.Result<Result, any Error>] = [:]
  /// The chunk to be read next, and the result to be given next.
  private var (toRead, toGive) = (0, 0)
  /// How many chunks there are, once the end was reached.
  private var end: Int?
  private var isCancelled = false
  private var running = 0
  /// Bytes unpacked so far, for progress.
  public var bytesRead: Int { condition.withLock { read } }
  private var read = 0

  /// Starts the threads.
  ///
  /// - Parameter makeWorker: makes a thread's worker, which turns a chunk, with its number from 0, into a result. The
  ///   numbers that a worker gets only rise.
  public init<Source: ChunkSource>(
    _ source: Source, threads: Int,
    makeWorker: @escaping @Sendable () throws -> (Int, Source.Chunk) throws -> Result
  ) {
    let source = Locked(source: source)
    self.threads = max(1, threads)
    running = self.threads
    for _ in 0..<self.threads {
      let thread = Thread { [self] in work(source, makeWorker) }
      // Views may nest as deep as documents.
      thread.stackSize = 1 << 24
      thread.start()
    }
  }

  /// A source that is asked with ``reading`` held.
  private struct Locked<Source>: @unchecked Sendable { let source: Source }

  private func work<Source: ChunkSource>(
    _ source: Locked<Source>, _ makeWorker: () throws -> (Int, Source.Chunk) throws -> Result
  ) {
    let worker = Swift.Result { try makeWorker() }
    while let (index, chunk) = nextChunk(source.source) {
      put(index, Swift.Result { try worker.get()(index, try chunk.get()) })
    }
    condition.withLock {
      running -= 1
      condition.broadcast()
    }
  }

  /// The next chunk and its number; nil when there is no more to do.
  private func nextChunk<Source: ChunkSource>(
    _ source: Source
  ) -> (Int, Swift.Result<Source.Chunk, any Error>)? {
    reading.lock()
    defer { reading.unlock() }
    condition.lock()
    // A chunk far ahead of the one that is wanted waits; a few may be ahead, for who takes the results does
    // not take them evenly.
    while toRead >= toGive + threads + 6, !isCancelled { condition.wait() }
    let isDone = isCancelled || end != nil
    let index = toRead
    condition.unlock()
    guard !isDone else { return nil }
    let chunk = Swift.Result { try source.next() }
    return condition.withLock {
      read = source.bytesRead
      switch chunk {
      case .success(nil):
        end = index
        condition.broadcast()
        return nil
      case .success(.some(let chunk)):
        toRead += 1
        return (index, .success(chunk))
      case .failure(let error):
        // Nothing is read after a failure.
        toRead += 1
        end = toRead
        return (index, .failure(error))
      }
    }
  }

  private func put(_ index: Int, _ result: Swift.Result<Result, any Error>) {
    condition.withLock {
      results[index] = result
      condition.broadcast()
    }
  }

  /// Waits for the next result; nil after the last.
  ///
  /// - Throws: what reading or working on that chunk threw; the work then stops.
  public func next() throws -> Result? {
    condition.lock()
    while true {
      if let result = results.removeValue(forKey: toGive) {
        toGive += 1
        if case .failure = result { isCancelled = true }
        condition.broadcast()
        condition.unlock()
        return try result.get()
      }
      if end.map({ toGive >= $0 }) ?? (running == 0) {
        condition.unlock()
        return nil
      }
      condition.wait()
    }
  }

  /// Stops the work, and waits until the threads have ended.
  public func cancel() {
    condition.lock()
    isCancelled = true
    condition.broadcast()
    while running > 0 { condition.wait() }
    condition.unlock()
  }
}
