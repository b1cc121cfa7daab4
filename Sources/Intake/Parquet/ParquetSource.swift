import Columns
import Engine
import Foundation
import LineFiles

/// Some rows of a Parquet file, their values as text.
final class ParquetRows: Sendable {
  /// Each with the row's number in the file, from 0, and then the file's columns as text.
  let batches: [Batch]

  init(_ batches: [Batch]) { self.batches = batches }

  /// The number of a row in the file, from 1.
  static func line(_ batch: Batch, _ row: Int) -> Int { Int(batch.columns[0].int64(row) ?? 0) + 1 }

  /// A column of the file.
  static func column(_ batch: Batch, _ field: Int) -> Column { batch.columns[field + 1] }
}

extension ParquetRows: RecordTexts {
  /// A row as a line of CSV.
  func forEachText(of lines: [Int], _ body: (_ line: Int, UnsafeRawBufferPointer) -> Void) {
    let wanted = Set(lines)
    for batch in batches {
      for row in 0..<batch.rowCount {
        let line = Self.line(batch, row)
        guard wanted.contains(line) else { continue }
        var text = batch.columns.dropFirst().map { Self.quoted($0.string(row) ?? "") }
          .joined(separator: ",")
        text.withUTF8 { body(line, UnsafeRawBufferPointer($0)) }
      }
    }
  }

  private static func quoted(_ text: String) -> String {
    text.contains { ",\"\n\r".contains($0) } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}

/// Reads the rows of a Parquet file in order, each value as the text that a mapping reads.
///
/// DuckDB reads the file. Dates become text in the form that their column's mapping has, moments as FHIR
/// writes them, and a number without a fraction is written without one, whatever type the sender's program
/// gave the column.
final class ParquetSource: ChunkSource {
  /// The columns of the file.
  let names: [String]
  private let url: URL
  private let reader: StreamReader
  private let rowCount: Int
  private let size: Int
  private var rowsRead = 0

  /// Batches have 2,048 rows; so many make a chunk.
  private static let batchesPerChunk = 8

  /// - Throws: ``StoreError`` where the file is no Parquet, or a column that the mapping knows has lists or
  ///   structures.
  init(_ url: URL, _ file: FileMapping) throws {
    self.url = url
    let dialect = Dialect(.duckdb)
    let path = dialect.literal(url.path)
    let table = "read_parquet(\(path), hive_partitioning = false, binary_as_string = true"
    let known = Dictionary(file.columns.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    var names: [String] = []
    var values: [String] = []
    do {
      reader = try StreamReader()
      let columns = try reader.query("describe select * from \(table))")
      for row in columns.rows {
        guard case .string(let name) = row[0], case .string(let type) = row[1] else { continue }
        names.append(name)
        values.append(try Self.text(dialect.identifier(name), name, type, known[name], url))
      }
      let count = try reader.query("select count(*)::bigint from \(table))").rows[0][0]
      rowCount = if case .int(let rows) = count { Int(rows) } else { 0 }
      try reader.open(
        "select \((["file_row_number::bigint"] + values).joined(separator: ", ")) "
          + "from \(table), file_row_number = true)")
    } catch let error as EngineError {
      throw Self.error(url, error)
    }
    self.names = names
    let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
    size = (attributes[.size] as? NSNumber)?.intValue ?? 0
  }

  /// As far as rows tell it.
  var bytesRead: Int { rowCount == 0 ? size : size / rowCount * rowsRead }

  func next() throws -> ParquetRows? {
    var batches: [Batch] = []
    do {
      while batches.count < Self.batchesPerChunk, let batch = try reader.next() {
        batches.append(batch)
        rowsRead += batch.rowCount
      }
    } catch let error as EngineError {
      throw Self.error(url, error)
    }
    return batches.isEmpty ? nil : ParquetRows(batches)
  }

  private static func error(_ url: URL, _ error: EngineError) -> StoreError {
    StoreError(
      url.path, "The file cannot be read as Parquet: \(error.message)",
      hint: "Ask for it again, or withdraw the delivery.")
  }

  /// SQL for a column's values as text; of a column that nothing reads, nothing.
  private static func text(
    _ sql: String, _ name: String, _ type: String, _ mapping: ColumnMapping?, _ url: URL
  ) throws -> String {
    switch type {
    case "VARCHAR": return sql
    case "FLOAT", "DOUBLE":
      return """
        case when isnan(\(sql)) then null when \(sql) = trunc(\(sql)) and abs(\(sql)) < 1e15 \
        then \(sql)::bigint::varchar else \(sql)::varchar end
        """
    case "DATE",
      _ where type.hasPrefix("TIMESTAMP"):
      return "strftime(\(sql)\(zone(type)), '\(pattern(type, mapping))')"
    case _ where type.hasSuffix("]") || type.hasPrefix("STRUCT") || type.hasPrefix("MAP"):
      guard mapping != nil else { return "null::varchar" }
      throw StoreError(
        url.path, "The column '\(name)' has lists or structures (\(type)).",
        hint: "A mapping reads columns of single values.")
    default: return "\(sql)::varchar"
    }
  }

  /// Turns moments with a zone into those of UTC.
  private static func zone(_ type: String) -> String {
    type.hasSuffix("WITH TIME ZONE") ? " at time zone 'UTC'" : ""
  }

  /// The form that the mapping reads a date or moment in, as DuckDB writes forms.
  private static func pattern(_ type: String, _ mapping: ColumnMapping?) -> String {
    if let pattern = mapping?.date?.pattern {
      return pattern.replacing("yyyy", with: "%Y").replacing("MM", with: "%m")
        .replacing("dd", with: "%d").replacing("'", with: "''")
    }
    guard type != "DATE" else { return "%Y-%m-%d" }
    return "%Y-%m-%dT%H:%M:%S" + (type.hasSuffix("WITH TIME ZONE") ? "Z" : "")
  }
}
