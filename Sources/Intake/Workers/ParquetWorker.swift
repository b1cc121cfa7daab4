import Columns

/// Lands rows of Parquet.
final class ParquetWorker: ChunkWorker {
  private let records: BlockRecords

  init(_ header: CSVHeader, _ file: FileMapping, _ lander: RecordLander) {
    records = BlockRecords(header, file, lander)
  }

  func land(_ chunk: ParquetRows) -> LandedChunk {
    withExtendedLifetime(chunk) {
      for batch in chunk.batches {
        for start in stride(from: 0, to: batch.rowCount, by: RecordBlock.capacity) {
          let rows = start..<min(start + RecordBlock.capacity, batch.rowCount)
          records.land(rows.map { ParquetRows.line(batch, $0) }) { field, texts in
            ParquetRows.column(batch, field).copyTexts(rows, to: texts)
          }
        }
      }
      return records.finish(blank: 0)
    }
  }
}
