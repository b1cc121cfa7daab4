import Columns
import Governance

/// Lands the chunks of one file. One thread uses a worker at a time.
protocol ChunkWorker<Chunk>: SendableMetatype {
  associatedtype Chunk: RecordTexts
  /// Says the number, from 0, of the chunk that is landed next.
  func begin(chunk: Int)
  func land(_ chunk: Chunk) -> LandedChunk
}

extension ChunkWorker {
  func begin(chunk: Int) {}
}

/// Some records, of which the text of one can be had as it was sent.
protocol RecordTexts: Sendable {
  /// The texts of the records of some lines, in their order.
  ///
  /// - Parameter lines: in order, each once.
  func forEachText(of lines: [Int], _ body: (_ line: Int, UnsafeRawBufferPointer) -> Void)
}

/// What a chunk of a file gave: rows, faults, and an account.
struct LandedChunk: Sendable {
  let rows: FinishedBatch
  let faults: [LineFault]
  let warnings: [FieldFault: Int]
  /// Where values were left out of records that landed.
  var leftOut: [LineFault] = []
  /// What belongs in the vault.
  var sealed: [SealedValue] = []
  let read: Int
  let blank: Int
}
