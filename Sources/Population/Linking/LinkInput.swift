import Columns
import Definitions
import Engine
public import Foundation
public import Linkage

/// A file of records to be linked, CSV or Parquet.
public struct LinkInput: Sendable {
  public let url: URL
  /// What its records are told apart by: the file's name without its ending.
  public let source: String

  public init(_ url: URL) {
    self.url = url
    var name = url.lastPathComponent
    for ending in [".gz", ".zst", ".csv", ".parquet", ".tsv", ".txt"] where name.hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    source = name
  }

  /// What DuckDB reads the file as: all its columns as text.
  private var table: String {
    let dialect = Dialect(.duckdb)
    return url.lastPathComponent.hasSuffix(".parquet")
      ? dialect.parquet(url.path)
      : "read_csv(\(dialect.path(url.path)), header = true, all_varchar = true, nullstr = '')"
  }

  /// Hands the rows to `body`, the named columns as text.
  ///
  /// - Throws: ``Definitions/Problem`` where the file cannot be read or lacks a column.
  func read(_ columns: [String], _ reader: StreamReader, _ body: (Batch) throws -> Void) throws {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw Problem(file: url.path, "There is no such file.")
    }
    let names = try header(reader)
    let dialect = Dialect(.duckdb)
    for column in columns where !names.contains(column) {
      throw Problem(
        file: url.path, line: 1, "There is no column '\(column)'.",
        hint: nearestName(to: column, among: names).map { "Did you mean '\($0)'?" }
          ?? "The columns are \(names.joined(separator: ", ")).")
    }
    let values = columns.map { "cast(\(dialect.identifier($0)) as varchar)" }
    do {
      try reader.open("select \(values.joined(separator: ", ")) from \(table)")
      while let batch = try reader.next() { try body(batch) }
    } catch is EngineError {
      throw Problem(
        file: url.path, "The file cannot be read as \(kind).",
        hint: "Check that it is whole, in UTF-8, and that every row has as many values as the first.")
    }
  }

  private var kind: String { url.lastPathComponent.hasSuffix(".parquet") ? "Parquet" : "CSV" }

  private func header(_ reader: StreamReader) throws -> [String] {
    do {
      return try reader.query("describe select * from \(table)").rows.compactMap {
        if case .string(let name) = $0[0] { name } else { nil }
      }
    } catch is EngineError {
      throw Problem(
        file: url.path, "The file cannot be read as \(kind).", hint: "Check that it is whole.")
    }
  }
}

/// Links files by a model.
public struct FileLinkage: Sendable {
  let model: LinkModel
  let inputs: [LinkInput]
  let settings: LinkRun.Settings

  public init(_ model: LinkModel, _ inputs: [LinkInput], _ settings: LinkRun.Settings) {
    self.model = model
    self.inputs = inputs
    self.settings = settings
  }

  public func run(progress: @escaping @Sendable (String) -> Void) throws -> LinkResult {
    let builder = try RecordSetBuilder(model, threads: settings.threads)
    // Opening DuckDB takes longer than reading a small file.
    let reader = try StreamReader()
    try reader.limitMemory(to: "400MB")
    for input in inputs {
      builder.begin(input.source)
      try input.read(builder.columns, reader) { builder.append($0) }
      progress("read \(input.source)")
    }
    return try LinkRun(model, builder, settings, progress: progress).run()
  }
}
