import Columns
import Engine

/// Gathers where records of a delivery break rules, and which: nothing of what is in them.
final class FaultWriter {
  static let fields = [
    Field("file", .utf8), Field("line", .int64), Field("field", .utf8), Field("rule", .utf8),
    Field("other", .utf8), Field("record", .int64),
  ]
  private let writers: [ColumnWriter]

  init() throws { writers = try Self.fields.map { try ColumnWriter($0) } }

  func add(_ file: String, _ faults: [LineFault]) {
    for found in faults {
      let fault = found.fault
      writers[0].append(text: file)
      writers[1].append(Int64(found.line))
      if let field = fault.field { writers[2].append(text: field) } else { writers[2].appendNull() }
      writers[3].append(text: fault.rule.rawValue)
      if let other = fault.other { writers[4].append(text: other) } else { writers[4].appendNull() }
      if let record = found.record { writers[5].append(record) } else { writers[5].appendNull() }
    }
  }

  /// Writes what was gathered to a Parquet file.
  func write(to path: String, _ writer: StreamWriter) throws {
    var batch: FinishedBatch? = FinishedBatch(writers)
    try writer.write(Self.fields, to: path, .parquet) {
      defer { batch = nil }
      return batch
    }
  }
}
