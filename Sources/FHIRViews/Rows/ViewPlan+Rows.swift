public import Columns
import LineFiles

extension ViewPlan {
  /// The rows of resources.
  ///
  /// For many resources give their files to ``ViewRunner`` chunk by chunk, which gives columns.
  ///
  /// - Parameter lines: NDJSON: a resource a line.
  /// - Returns: a row for each that the view makes, a value for each of its columns.
  /// - Throws: ``RecordFailure`` for the first resource that no rows can be made of.
  public func rows(of lines: String) throws -> [[Value]] {
    let chunk = Array(lines.utf8).withUnsafeBytes { LineChunk($0, firstLine: 1) }
    let batch = try ViewRunner(self).run(chunk)
    if let rejected = batch.rejected.first { throw rejected.failure }
    let rows = try Batch(taking: batch.rows.take(), fields: columns.map(\.field))
    return (0..<rows.rowCount).map { row in
      rows.columns.map { $0.value(row) }
    }
  }
}
