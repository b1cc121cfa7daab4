import Columns
import Definitions
import Engine
import Foundation
import LineFiles

/// Reads the rows of a Parquet file in order, the columns that a mapping knows, as ``ParquetText`` has them.
///
/// DuckDB reads the file. What it says of a file that it cannot read may hold values, and is not passed on.
final class ParquetSource: ChunkSource {
  /// All columns of the file.
  let names: [String]
  private let url: URL
  private let reader: StreamReader
  private let fields: [Int]
  private let rowCount: Int
  private let size: Int
  private var rowsRead = 0

  /// Batches have 2,048 rows; so many make a chunk.
  private static let batchesPerChunk = 8

  /// - Throws: ``UnreadableDelivery`` where the file is damaged, or a column that the mapping knows has what no mapping
  ///   reads; ``StoreError`` where this machine cannot read it.
  init(_ url: URL, _ file: FileMapping) throws {
    self.url = url
    let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
    size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    let path = Dialect(.duckdb).path(url.path)
    let table = Dialect(.duckdb).parquet(url.path)
    do {
      // A row group is read at once, so memory is that of the largest.
      reader = try StreamReader()
      let group = try reader.query(
        """
        select coalesce(max(size), 0)::bigint from (
          select sum(total_compressed_size + total_uncompressed_size) as size
          from parquet_metadata(\(path)) group by row_group_id)
        """
      ).scalar
      let largest = if case .int(let bytes) = group { Int(bytes) } else { 0 }
      try reader.limitMemory(to: "\(256 + largest >> 19)MB")
      let names = try Self.names(reader, path)
      self.names = names
      let columns = try Self.columns(reader, table, names, file)
      for (field, column) in columns where column.isNested {
        throw UnreadableDelivery(
          "The column '\(names[field])' has lists or structures (\(column.type)).",
          hint: "A mapping reads columns of single values.")
      }
      rowCount = try Self.check(reader, table, columns.map { (names[$0.field], $0.text) }, url)
      fields = columns.map(\.field)
      let broken = columns.compactMap(\.text.isBroken)
      let values =
        [broken.isEmpty ? "false" : broken.joined(separator: " or ")] + columns.map(\.text.text)
      try reader.open("select \(values.joined(separator: ", ")) from \(table)")
    } catch let error as EngineError {
      throw Self.error(url, error)
    }
  }

  /// The names of the columns as the file has them; DuckDB gives those that are there twice new ones.
  private static func names(_ reader: StreamReader, _ path: String) throws -> [String] {
    let schema = try reader.query("select name, num_children::bigint from parquet_schema(\(path))")
    var names: [String] = []
    // The schema is listed depth first: the root, and then each column before what is in it.
    var inside: Int64 = 0
    for row in schema.rows.dropFirst() {
      let children: Int64 = if case .int(let count) = row[1] { count } else { 0 }
      if inside == 0 {
        if case .string(let name) = row[0] { names.append(name) }
      } else {
        inside -= 1
      }
      inside += children
    }
    return names
  }

  /// The columns that the mapping knows, with their positions.
  private static func columns(
    _ reader: StreamReader, _ table: String, _ names: [String], _ file: FileMapping
  ) throws -> [(field: Int, text: ParquetText)] {
    let known = Dictionary(file.columns.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let described = try reader.query("describe select * from \(table)").rows
    return zip(names, described).enumerated().compactMap { field, column in
      let (name, row) = column
      guard known[name] != nil || file.deletion?.column == name, case .string(let own) = row[0],
        case .string(let type) = row[1]
      else { return nil }
      return (
        field,
        ParquetText(
          sql: Dialect(.duckdb).identifier(own), type: type, mapping: known[name],
          deletions: file.deletion?.column == name ? file.deletion?.values ?? [] : [])
      )
    }
  }

  /// How many rows there are; makes sure that codes and keys that came as decimals can be trusted.
  private static func check(
    _ reader: StreamReader, _ table: String, _ columns: [(name: String, text: ParquetText)],
    _ url: URL
  ) throws -> Int {
    let checked = columns.compactMap { column in
      column.text.isBlurred.map { (name: column.name, sql: $0) }
    }
    let found = try reader.query(
      "select \((["count(*)::bigint"] + checked.map(\.sql)).joined(separator: ", ")) from \(table)"
    ).rows[0]
    for (column, value) in zip(checked, found.dropFirst()) where value == .bool(true) {
      throw UnreadableDelivery(
        "The column '\(column.name)' has whole numbers that came as decimals and are too large for it.",
        hint:
          "Some of them may have been rounded into others: ask for them as texts or as integers.")
    }
    return if case .int(let rows) = found[0] { Int(rows) } else { 0 }
  }

  /// As far as rows tell it.
  var bytesRead: Int {
    rowCount == 0 ? size : Int(Double(size) * Double(rowsRead) / Double(rowCount))
  }

  func next() throws -> ParquetRows? {
    let first = rowsRead
    var batches: [Batch] = []
    do {
      while batches.count < Self.batchesPerChunk, let batch = try reader.next() {
        batches.append(batch)
        rowsRead += batch.rowCount
      }
    } catch let error as EngineError {
      throw Self.error(url, error)
    }
    return batches.isEmpty
      ? nil : ParquetRows(batches, first: first, fields: fields, of: names.count)
  }

  private static func error(_ url: URL, _ error: EngineError) -> any Error {
    let message = error.message.lowercased()
    if message.contains("out of memory") {
      return StoreError(
        url.path, "Its groups of rows are too large for the memory there is.",
        hint: "Ask for the file with smaller row groups.")
    }
    guard error.kind == .query, !message.contains("io error"), !message.contains("too many open")
    else {
      return StoreError(
        url.path, "The file cannot be read on this machine.",
        hint: "Check that it can be read there, and run again.")
    }
    let what =
      message.contains("utf8") || message.contains("utf-8") || message.contains("encoding")
      ? "A text in it is not UTF-8."
      : message.contains("magic") || message.contains("too small")
        ? "It is no Parquet, or was cut off." : "It is damaged, or of a kind that is not read."
    return UnreadableDelivery(
      "The file cannot be read as Parquet. \(what)",
      hint: "Ask for it again, or withdraw the delivery.")
  }
}
