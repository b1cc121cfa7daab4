import Definitions
import Foundation
import Statistics
public import TableFiles

extension FileStatistics {
  /// The quantile of each row's value in its group, in the order of the file.
  ///
  /// - Parameters:
  ///   - columns: other columns to carry along, such as the area's code.
  ///   - name: what the column of quantiles is called.
  public static func quantiles(
    _ settings: Settings, value: String, columns: [String], count: Int, isHighestFirst: Bool
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups + columns, numbers: [value])
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    let values = table.number(value)
    let result = Quantiles(
      values, by: groups.grouping, count: count, isHighestFirst: isHighestFirst
    ).quantile
    var sizes = [Int](repeating: 0, count: groups.keys.count)
    for (row, group) in groups.grouping.group.enumerated() where !values[row].isNaN {
      sizes[Int(group)] += 1
    }
    let status = result.indices.map { row -> String? in
      if result[row] != nil { return "known" }
      let reason: Unknown = values[row].isNaN ? .missing : .tooFewValues
      return "unknown: \(reason.text)"
    }
    return ResultTable(
      groups.columns(groups: groups.grouping.group.map(Int.init))
        + columns.map { ($0, .text(table.text($0).map(Optional.some))) }
        + [(value, .number(values)), ("quantile", .integer(result)), ("status", .text(status))])
  }

  /// The concentration index, Gini's and Theil's of each group's rows.
  ///
  /// - Parameter parts: the column whose values the indices are decomposed by.
  public static func dispersion(
    _ settings: Settings, value: String, population: String, rank: String?, parts: String?,
    isShare: Bool
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups + [parts].compactMap { $0 },
      numbers: [value, population] + [rank].compactMap { $0 })
    try table.refuseNegative(value)
    try table.refuseNegative(population)
    if let rank {
      let ranks = table.number(rank)
      try table.refuse("The rank is missing.", hint: "Every unit has its place in the order.") {
        ranks[$0].isNaN
      }
    }
    if isShare {
      let shares = table.number(value)
      try table.refuse(
        "The value is no share from 0 to 1.",
        hint: "Divide percentages by 100, or leave --shares out."
      ) { shares[$0] > 1 }
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    var numbers: [String: [Double]] = [:]
    let names = [
      "concentration_index", "concentration_index_wagstaff", "concentration_index_erreygers",
      "gini", "gini_between", "gini_within", "gini_overlap", "theil", "theil_between",
      "theil_within", "mean_log_deviation",
    ]
    for name in names { numbers[name] = Array(repeating: .nan, count: groups.keys.count) }
    var unknown = [Unknown?](repeating: nil, count: groups.keys.count)
    for (group, rows) in groups.grouping.rows.enumerated() {
      let pick = { (name: String) in rows.map { table.number(name)[$0] } }
      do throws(NoEstimate) {
        let spread = try Dispersion(
          values: pick(value), populations: pick(population),
          groups: parts.map { name in Grouping(rows.map { table.text(name)[$0] }) })
        numbers["gini"]?[group] = spread.gini
        numbers["theil"]?[group] = spread.theil
        numbers["mean_log_deviation"]?[group] = spread.meanLogDeviation ?? .nan
        if let parts = spread.parts {
          numbers["gini_between"]?[group] = parts.giniBetween
          numbers["gini_within"]?[group] = parts.giniWithin
          numbers["gini_overlap"]?[group] = parts.giniOverlap
          numbers["theil_between"]?[group] = parts.theilBetween
          numbers["theil_within"]?[group] = parts.theilWithin
        }
        guard let rank else { continue }
        let index = try ConcentrationIndex(
          values: pick(value), populations: pick(population), ranks: pick(rank), isShare: isShare)
        numbers["concentration_index"]?[group] = index.value
        numbers["concentration_index_wagstaff"]?[group] = index.wagstaff ?? .nan
        numbers["concentration_index_erreygers"]?[group] = index.erreygers ?? .nan
      } catch {
        unknown[group] = error.reason
      }
    }
    let kept = names.filter { name in
      (rank != nil || !name.hasPrefix("concentration"))
        && (isShare || !name.contains("index_"))
        && (parts != nil || !["between", "within", "overlap"].contains { name.hasSuffix($0) })
    }
    return ResultTable(
      groups.columns() + kept.map { ($0, .number(numbers[$0] ?? [])) } + [
        ("status", .text(unknown.map { $0.map { "unknown: \($0.text)" } ?? "known" }))
      ])
  }
}
