public import Columns

/// The whole result of a query: its columns' names and types, and its rows in batches.
public struct Table: Sendable {
  public let fields: [Field]
  public let batches: [Batch]

  public var rowCount: Int { batches.reduce(0) { $0 + $1.rowCount } }

  /// Every row as generic values: for small results.
  public var rows: [[Value]] {
    batches.flatMap { batch in
      (0..<batch.rowCount).map { row in batch.columns.map { $0.value(row) } }
    }
  }

  /// The value of a result that has one row and one column; null where it has no row.
  public var scalar: Value {
    for batch in batches where batch.rowCount > 0 && !batch.columns.isEmpty {
      return batch.columns[0].value(0)
    }
    return .null
  }
}
