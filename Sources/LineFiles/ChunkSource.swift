/// Gives the chunks of some files, one after the other. One thread at a time asks.
public protocol ChunkSource<Chunk>: AnyObject, SendableMetatype {
  associatedtype Chunk: Sendable
  /// Bytes read so far, for progress.
  var bytesRead: Int { get }
  /// The next chunk; nil after the last.
  func next() throws -> Chunk?
}

extension LineChunkReader: ChunkSource {}
