import FHIRViews
import LineFiles

/// Lands lines of CSV.
final class CSVWorker: ChunkWorker {
  private let lines: CSVLines
  private let records: BlockRecords

  init(separator: UInt8, _ header: TableHeader, _ file: FileMapping, _ lander: RecordLander) {
    lines = CSVLines(separator: separator)
    records = BlockRecords(header, file, lander)
  }

  func begin(chunk: Int) { records.begin(chunk: chunk) }

  func land(_ chunk: LineChunk) -> LandedChunk {
    if chunk.oversized != nil { records.refuse(chunk.firstLine, .tooLong) }
    var blank = 0
    lines.forEach(chunk.bytes, firstLine: chunk.firstLine) { line, found in
      // The header was read before.
      guard line > 1 else { return }
      switch found {
      case .blank: blank += 1
      case .fault(let rule): records.refuse(line, rule)
      case .record(let fields): records.add(line, fields)
      }
    }
    return records.finish(blank: blank)
  }
}
