import Statistics
import TableFiles

/// How estimates lie in a table.
public enum TableShape: String, Sendable, CaseIterable {
  /// A row an estimate and confidence, in the columns `confidence`, `lowercl` and `uppercl`.
  case long
  /// A row an estimate, in the columns `lower95_0cl`, `upper95_0cl`, `lower99_8cl` and so on.
  case wide
}

/// The groups of a file's rows, by the values of some of its columns.
struct RowGroups {
  let names: [String]
  let grouping: Grouping
  /// The values of each group, in the order of the names.
  let keys: [[String]]

  /// Without names every row is a group of its own, or all rows are one.
  init(_ table: NumberTable, by names: [String], isEachRow: Bool) {
    self.names = names
    if names.isEmpty {
      grouping = isEachRow ? Grouping(each: table.rowCount) : Grouping(whole: table.rowCount)
      keys = Array(repeating: [], count: grouping.groupCount)
      return
    }
    let columns = names.map(table.text)
    // One column is grouped by its values, several by lists of them.
    grouping =
      columns.count == 1
      ? Grouping(columns[0])
      : Grouping((0..<table.rowCount).map { row in columns.map { $0[row] } })
    keys = grouping.firstRows.map { row in columns.map { $0[row] } }
  }

  /// The key columns of a table with these groups' rows, each `times` over.
  func columns(times: Int = 1) -> [(name: String, values: ResultTable.Values)] {
    columns(groups: keys.indices.flatMap { Array(repeating: $0, count: times) })
  }

  func columns(groups: [Int]) -> [(name: String, values: ResultTable.Values)] {
    names.indices.map { column in
      (names[column], .text(groups.map { keys[$0][column] }))
    }
  }

  /// How many values of some columns are missing in each group.
  func missing(_ columns: [Double]...) -> [Int] {
    var counts = [Int](repeating: 0, count: keys.count)
    for column in columns {
      for (row, group) in grouping.group.enumerated() where column[row].isNaN {
        counts[Int(group)] += 1
      }
    }
    return counts
  }
}

extension Estimates {
  /// The columns `value`, the limits and `status`; in a long table each row is there once for each confidence.
  func columns(
    _ shape: TableShape, prefix: String = "", hasStatus: Bool = true
  ) -> [(name: String, values: ResultTable.Values)] {
    let levels = confidences.count
    let status = { (row: Int) in self.unknown[row].map { "unknown: \($0.text)" } ?? "known" }
    var columns: [(name: String, values: ResultTable.Values)]
    switch shape {
    case .long:
      let rows = (0..<count * levels).map { (row: $0 / levels, level: $0 % levels) }
      columns = [
        (prefix.isEmpty ? "value" : prefix, .number(rows.map { values[$0.row] })),
        (
          prefix.isEmpty ? "lowercl" : "\(prefix)_lowercl",
          .number(rows.map { lower[$0.level][$0.row] })
        ),
        (
          prefix.isEmpty ? "uppercl" : "\(prefix)_uppercl",
          .number(rows.map { upper[$0.level][$0.row] })
        ),
      ]
      if hasStatus { columns.append(("status", .text(rows.map { status($0.row) }))) }
    case .wide:
      columns = [(prefix.isEmpty ? "value" : prefix, .number(values))]
      for level in confidences.indices {
        let name = confidences[level].columnText
        columns += [
          (prefix.isEmpty ? "lower\(name)cl" : "\(prefix)_lower\(name)cl", .number(lower[level])),
          (prefix.isEmpty ? "upper\(name)cl" : "\(prefix)_upper\(name)cl", .number(upper[level])),
        ]
      }
      if hasStatus { columns.append(("status", .text((0..<count).map(status)))) }
    }
    return columns
  }
}

extension Double {
  /// A confidence as it is part of a column's name: 0.95 is 95_0, 0.998 is 99_8.
  var columnText: String {
    "\((self * 100).rounded(toDecimals: 6))".replacing(".", with: "_")
  }
}
