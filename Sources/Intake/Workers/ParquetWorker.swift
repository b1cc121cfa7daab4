import Columns

/// Lands rows of Parquet.
final class ParquetWorker: ChunkWorker {
  private let records: BlockRecords

  init(_ header: TableHeader, _ file: FileMapping, _ lander: RecordLander) {
    records = BlockRecords(header, file, lander)
  }

  func begin(chunk: Int) { records.begin(chunk: chunk) }

  func land(_ chunk: ParquetRows) -> LandedChunk {
    withExtendedLifetime(chunk) {
      chunk.forEachBatch { batch, firstLine in
        let broken = (0..<batch.rowCount).filter { ParquetRows.isBroken(batch, $0) }
        for row in broken { records.refuse(firstLine + row, .wrongEncoding) }
        // Rows between those that are refused land in blocks.
        var start = 0
        for end in broken + [batch.rowCount] {
          for from in stride(from: start, to: end, by: RecordBlock.capacity) {
            let rows = from..<min(from + RecordBlock.capacity, end)
            records.land(rows.map { firstLine + $0 }) { field, texts in
              chunk.column(batch, field: field)?.copyTexts(rows, to: texts)
            }
          }
          start = end + 1
        }
      }
      return records.finish(blank: 0)
    }
  }
}
