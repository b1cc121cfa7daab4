import Columns
import Definitions
import Engine
public import Foundation

/// A file with a table, CSV or Parquet.
public struct TableFile: Sendable {
  public let url: URL
  /// The file's name without its ending, by which its rows are told from those of other files.
  public let source: String

  public init(_ url: URL) {
    self.url = url
    var name = url.lastPathComponent
    for ending in [".gz", ".zst", ".csv", ".parquet", ".tsv", ".txt"] where name.hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    source = name
  }

  var isParquet: Bool { url.lastPathComponent.hasSuffix(".parquet") }

  /// How the columns of a CSV file are parted, and what they are called.
  private struct Layout {
    let separator: Character
    let names: [String]
  }

  /// Reads the first line of a CSV file: the separator is the one that is most often there outside of quotation
  /// marks. Nothing is guessed from the rows, so that one that is cut short is found by its line.
  private func layout(_ reader: StreamReader) throws -> Layout {
    let path = Dialect(.duckdb).path(url.path)
    let rows = try reader.query(
      "select line from read_csv(\(path), delim = '\u{1}', quote = '', header = false, auto_detect = false, "
        + "columns = {'line': 'varchar'}) limit 1"
    ).rows
    guard case .string(let line)? = rows.first?.first else {
      throw Problem(
        file: url.path, line: 1, "The file is empty.", hint: "Its first line names the columns.")
    }
    var counts: [Character: Int] = [:]
    var isQuoted = false
    for letter in line {
      if letter == "\"" { isQuoted.toggle() }
      if !isQuoted, ",;\t|".contains(letter) { counts[letter, default: 0] += 1 }
    }
    // A comma where nothing else is there more often.
    let separator = counts.max {
      ($0.value, $0.key == "," ? 1 : 0) < ($1.value, $1.key == "," ? 1 : 0)
    }
    let count = (separator?.value ?? 0) + 1
    let columns = (0..<count).map { "'c\($0)': 'varchar'" }.joined(separator: ", ")
    let header = try reader.query(
      "select * from read_csv(\(path), \(options(separator?.key ?? ",")), header = false, "
        + "columns = {\(columns)}) limit 1"
    ).rows[0]
    return Layout(
      separator: separator?.key ?? ",",
      names: header.enumerated().map { index, name in
        guard case .string(let text) = name else { return "column \(index + 1)" }
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
      })
  }

  private func options(_ separator: Character) -> String {
    "delim = '\(separator)', quote = '\"', escape = '\"', auto_detect = false, nullstr = ''"
  }

  /// The names of the columns, and what DuckDB reads the file as: a CSV's columns as text.
  func table(_ reader: StreamReader) throws -> (names: [String], sql: String) {
    let dialect = Dialect(.duckdb)
    if isParquet {
      let names = try reader.query("describe select * from \(dialect.parquet(url.path))").rows
        .compactMap { if case .string(let name) = $0[0] { name } else { nil } }
      return (names, dialect.parquet(url.path))
    }
    let layout = try layout(reader)
    for (index, name) in layout.names.enumerated() where layout.names[..<index].contains(name) {
      throw Problem(file: url.path, line: 1, "Two columns are called '\(name)'.")
    }
    let columns = layout.names.map { "\(dialect.literal($0)): 'varchar'" }.joined(separator: ", ")
    return (
      layout.names,
      "read_csv(\(dialect.path(url.path)), \(options(layout.separator)), header = true, "
        + "columns = {\(columns)})"
    )
  }

  /// Hands the rows to `body`, the named columns as text; those that need not be there are null where they are not.
  ///
  /// - Throws: ``Definitions/Problem`` where the file cannot be read or lacks a column. What DuckDB says of a
  ///   file that it cannot read may hold values, and is not passed on.
  ///
  /// - Returns: the names of all columns of the file.
  @discardableResult
  func read(
    _ columns: [String], optional: Set<String> = [], _ reader: StreamReader,
    _ body: (Batch) throws -> Void
  ) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw Problem(file: url.path, "There is no such file.")
    }
    guard !isFolder.boolValue else {
      throw Problem(file: url.path, "This is a folder.", hint: "Name a file in it.")
    }
    let dialect = Dialect(.duckdb)
    do {
      let (names, table) = try table(reader)
      for column in columns where !names.contains(column) && !optional.contains(column) {
        throw Problem(
          file: url.path, line: isParquet ? nil : 1, "There is no column '\(column)'.",
          hint: nearestName(to: column, among: names).map { "Did you mean '\($0)'?" }
            ?? "The columns are \(names.joined(separator: ", ")).")
      }
      let values = columns.map {
        names.contains($0) ? "cast(\(dialect.identifier($0)) as varchar)" : "null::varchar"
      }
      try reader.open("select \(values.joined(separator: ", ")) from \(table)")
      while let batch = try reader.next() { try body(batch) }
      return names
    } catch let error as EngineError {
      throw problem(error)
    }
  }

  func problem(_ error: EngineError) -> Problem {
    // "CSV Error on Line: 17" is all of the message that holds no values.
    let line = error.message.firstMatch(of: /CSV Error on Line: (\d+)/).flatMap { Int($0.output.1) }
    return Problem(
      file: url.path, line: line,
      "The file cannot be read as \(isParquet ? "Parquet" : "CSV").",
      hint: isParquet
        ? "Check that it is whole."
        : "Check that it is UTF-8 and that every row has as many values as the first.")
  }
}
