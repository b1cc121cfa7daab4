package import Engine
package import Foundation

extension Dialect {
  /// The SQL of a table in the folder of a snapshot or of a stage.
  package func parquet(_ table: String, in folder: URL) -> String {
    parquet(folder.appendingPathComponent("\(table).parquet").path)
  }
}
