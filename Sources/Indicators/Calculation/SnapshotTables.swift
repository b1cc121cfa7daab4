import Engine
import Foundation

/// Where the tables of a snapshot, or of the stages of one that is being made, lie as Parquet files.
struct SnapshotTables: Sendable {
  let files: [String: URL]

  /// The SQL of a table.
  func sql(_ name: String) -> String {
    guard let file = files[name] else { preconditionFailure("a snapshot has the table \(name)") }
    return Dialect(.duckdb).parquet(file.path)
  }
}
