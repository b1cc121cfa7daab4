import Columns
import Definitions
import Engine
public import Foundation
import LineFiles

/// A table of results: columns of text, numbers and truth values, each of which may be empty.
public struct ResultTable: Sendable {
  public enum Values: Sendable {
    case text([String?])
    /// Empty where it is not a number, or has no end.
    case number([Double])
    case integer([Int?])
    case flag([Bool?])

    var count: Int {
      switch self {
      case .text(let values): values.count
      case .number(let values): values.count
      case .integer(let values): values.count
      case .flag(let values): values.count
      }
    }
  }

  public private(set) var columns: [(name: String, values: Values)] = []
  /// What somebody who reads the table should know of it, in sentences.
  public private(set) var notes: [String] = []

  public init(_ columns: [(name: String, values: Values)], notes: [String] = []) {
    self.notes = notes
    precondition(
      columns.allSatisfy { $0.values.count == columns[0].values.count },
      "every column has a value for each row")
    self.columns = columns
  }

  /// A name that two columns have, as where a column of the file is called like one of the results.
  public var repeatedName: String? {
    var seen: Set<String> = []
    return columns.map(\.name).first { !seen.insert($0).inserted }
  }

  public var rowCount: Int { columns.first?.values.count ?? 0 }

  /// A value as it is written in CSV: the shortest text that reads back as the same number; empty where there is none.
  public func text(_ column: Int, _ row: Int) -> String {
    switch columns[column].values {
    case .text(let values): values[row] ?? ""
    case .number(let values):
      !values[row].isFinite
        ? ""
        : values[row] == values[row].rounded() && abs(values[row]) < 1e15
          ? String(Int64(values[row])) : "\(values[row])"
    case .integer(let values): values[row].map(String.init) ?? ""
    case .flag(let values): values[row].map { $0 ? "TRUE" : "FALSE" } ?? ""
    }
  }

  /// Writes the table, whole or not at all; the name's ending says the form: .csv or .parquet.
  ///
  /// - Throws: ``Definitions/StoreError`` where the file cannot be written.
  public func write(to url: URL) throws {
    let partial = url.deletingLastPathComponent().appendingPathComponent(
      ".partial-\(url.lastPathComponent)")
    do {
      if url.pathExtension.lowercased() == "parquet" {
        try writeParquet(partial)
      } else {
        try writeCSV(partial)
      }
      guard rename(partial.path, url.path) == 0 else {
        throw StoreError.unwritable(url.path, errno)
      }
    } catch {
      try? FileManager.default.removeItem(at: partial)
      if error is CocoaError {
        throw StoreError(
          url.path, "The file cannot be written.",
          hint: "Check that the folder is there and that you may write in it.")
      }
      throw error
    }
  }

  private func writeCSV(_ url: URL) throws {
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw CocoaError(.fileWriteNoPermission)
    }
    let file = try FileHandle(forWritingTo: url)
    try csv { try file.write(contentsOf: Data($0.utf8)) }
    // Some file systems say only now that there was no room.
    try file.close()
  }

  /// The table as CSV, in pieces of about a megabyte.
  private func csv(_ write: (String) throws -> Void) rethrows {
    var text = columns.map(\.name.csvQuoted).joined(separator: ",") + "\n"
    for row in 0..<rowCount {
      for column in columns.indices {
        if column > 0 { text.append(",") }
        text.append(self.text(column, row).csvQuoted)
      }
      text.append("\n")
      if text.utf8.count > 1 << 20 {
        try write(text)
        text.removeAll(keepingCapacity: true)
      }
    }
    try write(text)
  }

  /// The whole table as CSV.
  public var csv: String {
    var all = ""
    csv { all += $0 }
    return all
  }

  /// The whole table as CSV for people: texts so that no spreadsheet runs them, numbers as they are.
  public var spreadsheet: String {
    var lines = [columns.map(\.name.csvText).joined(separator: ",")]
    for row in 0..<rowCount {
      lines.append(
        columns.indices.map { column -> String in
          if case .text = columns[column].values {
            text(column, row).csvText
          } else {
            text(column, row)
          }
        }.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func writeParquet(_ url: URL) throws {
    let fields = columns.map { column in
      switch column.values {
      case .text: Field(column.name, .utf8)
      case .number: Field(column.name, .float64)
      case .integer: Field(column.name, .int64)
      case .flag: Field(column.name, .bool)
      }
    }
    let writers = try fields.map { try ColumnWriter($0) }
    var isDone = false
    try StreamWriter().write(fields, to: url.path, .parquet) {
      guard !isDone else { return nil }
      isDone = true
      for (writer, column) in zip(writers, columns) {
        switch column.values {
        case .text(let values):
          for value in values { value.map { writer.append(text: $0) } ?? writer.appendNull() }
        case .number(let values):
          for value in values { value.isFinite ? writer.append(value) : writer.appendNull() }
        case .integer(let values):
          for value in values { value.map { writer.append(Int64($0)) } ?? writer.appendNull() }
        case .flag(let values):
          for value in values { value.map { writer.append($0) } ?? writer.appendNull() }
        }
      }
      return FinishedBatch(writers)
    }
  }
}
