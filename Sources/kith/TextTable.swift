import Foundation
import TableFiles

/// A small table for the terminal, as CSV or as JSON.
struct TextTable {
  let columns: [String]
  let rows: [[String]]

  func text(_ format: OutputFormat) throws -> String {
    switch format {
    case .table: aligned
    case .csv: csv
    case .json: try json
    }
  }

  var aligned: String {
    let all = [columns] + rows
    let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
        .joined(separator: "  ").trimmingSuffix(" ")
    }.joined(separator: "\n")
  }

  /// For people, as in a spreadsheet: numbers as they are, and texts so that none is run as a formula.
  private var csv: String {
    ([columns] + rows).map { row in
      row.map { $0.isPlainNumber ? $0 : $0.csvText }.joined(separator: ",")
    }.joined(separator: "\n")
  }

  private var json: String {
    get throws {
      let objects = rows.map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(objects), as: UTF8.self)
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }
}
