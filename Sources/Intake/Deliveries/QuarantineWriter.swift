import Columns
import Engine

/// Gathers the records of a delivery that were set aside: where each is and why, nothing of what is in
/// it.
final class QuarantineWriter {
  static let fields = [
    Field("file", .utf8), Field("line", .int64), Field("field", .utf8), Field("rule", .utf8),
  ]
  private let writers: [ColumnWriter]

  init() throws { writers = try Self.fields.map { try ColumnWriter($0) } }

  func add(_ file: String, _ faults: [(line: Int, fault: FieldFault)]) {
    for (line, fault) in faults {
      writers[0].append(text: file)
      writers[1].append(Int64(line))
      if let field = fault.field { writers[2].append(text: field) } else { writers[2].appendNull() }
      writers[3].append(text: fault.rule.rawValue)
    }
  }

  /// Writes them to a Parquet file.
  func write(to path: String, _ writer: StreamWriter) throws {
    var batch: FinishedBatch? = FinishedBatch(writers)
    try writer.write(Self.fields, to: path, .parquet) {
      defer { batch = nil }
      return batch
    }
  }
}
