import Columns
import LineFiles

/// Some rows of a Parquet file, their values as text.
final class ParquetRows: Sendable {
  /// Each with whether a row has a value that is no text, and then the columns that the mapping knows.
  let batches: [Batch]
  /// The number of the first row in the file, from 0.
  private let first: Int
  /// For each field of the file, its place in the batches; nil where nothing reads it.
  private let places: [Int?]

  init(_ batches: [Batch], first: Int, fields: [Int], of fieldCount: Int) {
    self.batches = batches
    self.first = first
    var places: [Int?] = Array(repeating: nil, count: fieldCount)
    for (index, field) in fields.enumerated() { places[field] = index + 1 }
    self.places = places
  }

  /// Gives each batch with the number of its first row as a line, from 1.
  func forEachBatch(_ body: (_ batch: Batch, _ line: Int) -> Void) {
    var line = first + 1
    for batch in batches {
      body(batch, line)
      line += batch.rowCount
    }
  }

  /// A column of the file.
  func column(_ batch: Batch, field: Int) -> Column? { places[field].map { batch.columns[$0] } }

  /// Whether a row has a value that is no text.
  static func isBroken(_ batch: Batch, _ row: Int) -> Bool { batch.columns[0].int64(row) == 1 }
}

extension ParquetRows: RecordTexts {
  /// A row as a line of CSV, of the columns that the mapping knows.
  func forEachText(of lines: [Int], _ body: (_ line: Int, UnsafeRawBufferPointer) -> Void) {
    let wanted = Set(lines)
    forEachBatch { batch, firstLine in
      for row in 0..<batch.rowCount where wanted.contains(firstLine + row) {
        var text = batch.columns.dropFirst().map { ($0.string(row) ?? "").csvQuoted }
          .joined(separator: ",")
        text.withUTF8 { body(firstLine + row, UnsafeRawBufferPointer($0)) }
      }
    }
  }
}
