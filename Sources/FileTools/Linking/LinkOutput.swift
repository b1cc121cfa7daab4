import Columns
import Definitions
import Engine
public import Foundation
public import Linkage
import TableFiles

/// Writes what a linkage comes to: `links`, `clusters`, `model.json`, and what goes with them.
///
/// Each file appears whole or not at all.
public struct LinkOutput {
  /// The form of the tables.
  public enum Format: String, Sendable, CaseIterable { case parquet, csv }

  private let result: LinkResult
  private let folder: URL
  private let format: Format
  private let report: String?
  private let quality: FileQuality?
  private let previous: URL?
  private static let rowsOfBatch = 1 << 16

  /// - Parameters:
  ///   - report: a page to be written beside the tables, as `report.html`.
  ///   - quality: how well the records are linked and for whom, to be written as `quality`.
  ///   - previous: the folder of an earlier linkage, whose people keep their ids; what changed is written as
  ///     `events`.
  public init(
    _ result: LinkResult, to folder: URL, _ format: Format, report: String? = nil,
    quality: FileQuality? = nil, previous: URL? = nil
  ) {
    self.quality = quality
    self.report = report
    self.previous = previous
    self.result = result
    self.folder = folder
    self.format = format
  }

  /// Writes all files.
  ///
  /// - Returns: their names, and those of files in the folder that a linkage writes and this one did not: they are from
  ///   an earlier one, and are left as they are.
  /// - Throws: ``Definitions/StoreError`` where the folder cannot be written to.
  public func write() throws -> (written: [String], earlier: [String]) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw StoreError(
        folder.path, "The folder cannot be made.", hint: "Check that you may write there.")
    }
    // What cannot be written is found before anything is.
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let model = try encoder.encode(result.model)
    let people = try self.people()
    let writer = try StreamWriter()
    var tables = ["links.\(format.rawValue)", "clusters.\(format.rawValue)"]
    try writeWhole(tables[0]) { try writeLinks(writer, $0) }
    try writeWhole(tables[1]) { try writeClusters(writer, people.ids, $0) }
    if previous != nil {
      tables.append("events.\(format.rawValue)")
      try writeWhole(tables[2]) { try writeEvents(writer, people.events, $0) }
    }
    if let quality {
      tables.append("quality.\(format.rawValue)")
      try writeWhole(tables[tables.count - 1]) { url in
        try writeTable(writer, url, QualityRow.fields, count: quality.rows.count) {
          range, columns in
          for row in quality.rows[range] { row.append(to: columns) }
        }
      }
    }
    try writeWhole("model.json") { try model.write(to: $0) }
    var names = tables + ["model.json"]
    if let report {
      try writeWhole("report.html") { try Data(report.utf8).write(to: $0) }
      names.append("report.html")
    }
    let all = ["links", "clusters", "events", "quality"].flatMap { table in
      Format.allCases.map { "\(table).\($0.rawValue)" }
    }
    let earlier = (all + ["report.html"]).filter {
      !names.contains($0)
        && FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
    }
    return (names, earlier)
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

  /// Writes a table, some rows at a time; `rows` appends those of a range to the columns.
  private func writeTable(
    _ writer: StreamWriter, _ url: URL, _ fields: [Field], count: Int,
    _ rows: @escaping (Range<Int>, [ColumnWriter]) -> Void
  ) throws {
    let columns = try fields.map { try ColumnWriter($0) }
    var next = 0
    try writer.write(fields, to: url.path, format == .parquet ? .quickParquet : .csv(.none)) {
      guard next < count else { return nil }
      let last = min(count, next + Self.rowsOfBatch)
      rows(next..<last, columns)
      next = last
      return FinishedBatch(columns)
    }
  }

  private func writeLinks(_ writer: StreamWriter, _ url: URL) throws {
    let names = result.model.comparisons.map(\.name)
    let (result, sources) = (result, SourceNames(result))
    let fields =
      [
        Field("left_source", .utf8), Field("left_id", .utf8), Field("right_source", .utf8),
        Field("right_id", .utf8), Field("match_weight", .float64),
        Field("match_probability", .float64),
      ] + names.map { Field("level_\($0)", .int32) }
    try writeTable(writer, url, fields, count: result.linkCount) { range, columns in
      let links = range.map(result.link)
      for (column, records) in [(0, links.map(\.left)), (2, links.map(\.right))] {
        sources.append(records, to: columns[column])
        result.withIDs(of: records) { columns[column + 1].append(texts: $0) }
      }
      for link in links {
        columns[4].append(link.weight)
        columns[5].append(link.probability)
      }
      for comparison in names.indices {
        for link in links {
          columns[6 + comparison].append(
            Int32(truncatingIfNeeded: result.level(comparison, of: link)))
        }
      }
    }
  }

  /// Who each record is of: numbered by their first records, after those of an earlier linkage.
  private func people() throws -> PersonIDs {
    var earlier = [Int64?](repeating: nil, count: result.recordCount)
    var next: Int64 = 1
    if let previous {
      let known = try EarlierPeople(previous)
      for record in earlier.indices { earlier[record] = known.ids[result.nameKey(of: record)] }
      next = (known.ids.values.max() ?? 0) + 1
    }
    return result.people(earlier) { _ in
      defer { next += 1 }
      return next
    }
  }

  private func writeEvents(_ writer: StreamWriter, _ events: [PersonEvent], _ url: URL) throws {
    let (result, sources) = (result, SourceNames(result))
    let fields = [
      Field("event", .int64), Field("kind", .utf8), Field("from_person_id", .int64),
      Field("to_person_id", .int64), Field("source", .utf8), Field("record_id", .utf8),
    ]
    let moves = events.enumerated().flatMap { number, event in
      event.records.map { (number: Int64(number + 1), event: event, record: $0) }
    }
    try writeTable(writer, url, fields, count: moves.count) { range, columns in
      let records = range.map { moves[$0].record }
      sources.append(records, to: columns[4])
      result.withIDs(of: records) { columns[5].append(texts: $0) }
      for move in moves[range] {
        columns[0].append(move.number)
        columns[1].append(text: move.event.kind.rawValue)
        columns[2].append(move.event.from)
        columns[3].append(move.event.to)
      }
    }
  }

  private func writeClusters(
    _ writer: StreamWriter, _ people: [Int64], _ url: URL
  ) throws {
    let (result, sources) = (result, SourceNames(result))
    let fields = [
      Field("source", .utf8), Field("record_id", .utf8), Field("person_id", .int64),
      Field("cluster_size", .int64), Field("cohesion", .float64), Field("flagged", .utf8),
    ]
    try writeTable(writer, url, fields, count: result.recordCount) { range, columns in
      let records = Array(range)
      sources.append(records, to: columns[0])
      result.withIDs(of: records) { columns[1].append(texts: $0) }
      for record in records {
        let cluster = result.cluster(of: record)
        columns[2].append(people[record])
        columns[3].append(Int64(cluster.size))
        columns[4].append(cluster.cohesion)
        if let flag = cluster.flag {
          columns[5].append(text: flag)
        } else {
          columns[5].appendNull()
        }
      }
    }
  }
}

/// Who records were of in an earlier linkage.
private struct EarlierPeople {
  /// By what stands for a record's source and id.
  private(set) var ids: [UInt128: Int64] = [:]

  init(_ folder: URL) throws {
    let files = LinkOutput.Format.allCases.map {
      folder.appendingPathComponent("clusters.\($0.rawValue)")
    }
    guard let file = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw Problem(
        file: folder.path, "There are no clusters of an earlier linkage here.",
        hint: "Name the folder that an earlier `kith link` wrote to.")
    }
    var line = 1
    var ids: [UInt128: Int64] = [:]
    try TableFile(file).read(["source", "record_id", "person_id"], StreamReader()) { batch in
      for row in 0..<batch.rowCount {
        line += 1
        func text(_ column: Int) -> String? {
          batch.columns[column].withBytes(row) { String(decoding: $0, as: UTF8.self) }
        }
        guard let source = text(0), let person = text(2).flatMap({ Int64($0) }),
          let key = batch.columns[1].withBytes(
            row, { LinkResult.nameKey(source: source, id: UnsafeRawBufferPointer($0)) })
        else {
          throw Problem(
            file: file.path, line: line, "The row does not say which person a record is of.",
            hint: "Name the folder that an earlier `kith link` wrote to.")
        }
        ids[key] = person
      }
    }
    self.ids = ids
  }
}

/// The names of the sources of records, as texts that stay where they are.
private final class SourceNames {
  private let texts: [UnsafeMutableRawBufferPointer]
  private let ends: [Int]

  init(_ result: LinkResult) {
    texts = result.sources.map { name, _ in
      let text = UnsafeMutableRawBufferPointer.allocate(byteCount: name.utf8.count, alignment: 1)
      text.copyBytes(from: name.utf8)
      return text
    }
    ends = result.sources.reduce(into: []) { $0.append(($0.last ?? 0) + $1.count) }
  }

  deinit { for text in texts { text.deallocate() } }

  func append(_ records: [Int], to column: ColumnWriter) {
    withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: records.count) { all in
      for (place, record) in records.enumerated() {
        all[place] = UnsafeRawBufferPointer(texts[ends.firstIndex { record < $0 } ?? 0])
      }
      column.append(texts: UnsafeBufferPointer(all))
    }
  }
}
