import Columns
import Engine
public import Foundation
import Intake
public import Linkage

/// Writes what a linkage comes to: `links`, `clusters` and `model.json`.
///
/// Each file appears whole or not at all.
public struct LinkOutput {
  /// The form of the tables.
  public enum Format: String, Sendable { case parquet, csv }

  private let result: LinkResult
  private let folder: URL
  private let format: Format
  private static let rowsOfBatch = 1 << 16

  public init(_ result: LinkResult, to folder: URL, _ format: Format) {
    self.result = result
    self.folder = folder
    self.format = format
  }

  /// Writes all files.
  ///
  /// - Returns: their names.
  /// - Throws: ``Intake/StoreError`` where the folder cannot be written to.
  public func write() throws -> [String] {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw StoreError(
        folder.path, "The folder cannot be made.", hint: "Check that you may write there.")
    }
    let writer = try StreamWriter()
    let tables = ["links.\(format.rawValue)", "clusters.\(format.rawValue)"]
    try writeWhole(tables[0]) { try writeLinks(writer, $0) }
    try writeWhole(tables[1]) { try writeClusters(writer, $0) }
    try writeWhole("model.json") { url in
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try encoder.encode(result.model).write(to: url)
    }
    return tables + ["model.json"]
  }

  /// Has a file written under another name, and gives it its own once it is whole.
  private func writeWhole(_ name: String, _ body: (URL) throws -> Void) throws {
    let partial = folder.appendingPathComponent(".partial-\(name)")
    let url = folder.appendingPathComponent(name)
    do {
      try body(partial)
      guard rename(partial.path, url.path) == 0 else {
        throw StoreError.unwritable(url.path, errno)
      }
    } catch {
      try? FileManager.default.removeItem(at: partial)
      throw error
    }
  }

  private func writeTable(
    _ writer: StreamWriter, _ url: URL, _ fields: [Field], rows: Int,
    _ row: @escaping (Int, [ColumnWriter]) -> Void
  ) throws {
    let columns = try fields.map { try ColumnWriter($0) }
    var next = 0
    try writer.write(fields, to: url.path, format == .parquet ? .parquet : .csv(.none)) {
      guard next < rows else { return nil }
      let last = min(rows, next + Self.rowsOfBatch)
      for index in next..<last { row(index, columns) }
      next = last
      return FinishedBatch(columns)
    }
  }

  private func writeLinks(_ writer: StreamWriter, _ url: URL) throws {
    let names = result.model.comparisons.map(\.name)
    let result = result
    let fields =
      [
        Field("left_source", .utf8), Field("left_id", .utf8), Field("right_source", .utf8),
        Field("right_id", .utf8), Field("match_weight", .float64),
        Field("match_probability", .float64),
      ] + names.map { Field("level_\($0)", .int32) }
    try writeTable(writer, url, fields, rows: result.linkCount) { index, columns in
      let link = result.link(index)
      columns[0].append(text: result.source(of: link.left))
      result.withID(of: link.left) { columns[1].append(text: $0) }
      columns[2].append(text: result.source(of: link.right))
      result.withID(of: link.right) { columns[3].append(text: $0) }
      columns[4].append(link.weight)
      columns[5].append(link.probability)
      for (level, column) in zip(link.levels, columns.dropFirst(6)) {
        column.append(Int32(truncatingIfNeeded: level))
      }
    }
  }

  private func writeClusters(_ writer: StreamWriter, _ url: URL) throws {
    let result = result
    let fields = [
      Field("source", .utf8), Field("record_id", .utf8), Field("person_id", .int64),
      Field("cluster_size", .int64), Field("cohesion", .float64), Field("flagged", .utf8),
    ]
    // People are numbered by their first records.
    var people = [Int64](repeating: 0, count: result.recordCount)
    var count: Int64 = 0
    try writeTable(writer, url, fields, rows: result.recordCount) { record, columns in
      let root = result.root(of: record)
      if people[root] == 0 {
        count += 1
        people[root] = count
      }
      let cluster = result.cluster(of: record)
      columns[0].append(text: result.source(of: record))
      result.withID(of: record) { columns[1].append(text: $0) }
      columns[2].append(people[root])
      columns[3].append(Int64(cluster.size))
      columns[4].append(cluster.cohesion)
      if let flag = cluster.flag { columns[5].append(text: flag) } else { columns[5].appendNull() }
    }
  }
}
