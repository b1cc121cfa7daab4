import Definitions
import Statistics
import TableFiles

extension FileStatistics {
  /// What `make` gives for each value, asked once for values that are equal: a table has few ages, and many rows.
  static func eachOnce<Value: Hashable, Result>(
    _ values: [Value], _ make: (Value) throws -> Result
  ) rethrows -> [Result] {
    var known: [Value: Result] = [:]
    return try values.map { value in
      if let result = known[value] { return result }
      let result = try make(value)
      known[value] = result
      return result
    }
  }

  /// The labels of a column of ages, or an error with the line of the first that says no age.
  static func ageLabels(_ table: NumberTable, _ column: String) throws -> [AgeLabel] {
    let labels = eachOnce(table.text(column)) { AgeLabel($0) }
    try table.refuse(
      "The column '\(column)' says no age.",
      hint: "It names age bands, as 0-4, 5-9, 85+, or says at which age each begins."
    ) { labels[$0] == nil }
    return labels.compactMap { $0 }
  }

  /// The age band of each row: where its label says no end, it ends where the next band of its group begins.
  ///
  /// - Parameter groups: the rows in which each age is once.
  /// - Throws: ``Definitions/Problems`` where a group has a band twice, or bands that overlap.
  static func ageSpans(
    _ table: NumberTable, _ labels: [AgeLabel], in groups: Grouping
  ) throws -> [AgeSpan] {
    var spans = labels.map { AgeSpan(from: $0.from, to: nil) }
    var isRepeated = [Bool](repeating: false, count: labels.count)
    var overlaps = isRepeated
    for rows in groups.rows {
      let sorted = rows.sorted { (labels[$0].from, $0) < (labels[$1].from, $1) }
      for (place, row) in sorted.enumerated() {
        switch labels[row].end {
        case .below(let end): spans[row] = AgeSpan(from: labels[row].from, to: end)
        case .never: break
        case .notSaid:
          let next = sorted[(place + 1)...].first { labels[$0].from > labels[row].from }
          spans[row] = AgeSpan(from: labels[row].from, to: next.map { labels[$0].from })
        }
        guard place > 0 else { continue }
        let before = spans[sorted[place - 1]]
        isRepeated[row] = before.from == labels[row].from
        overlaps[row] = before.to.map { $0 > labels[row].from } ?? true
      }
    }
    try table.refuse(
      "The group has this age band twice.",
      hint: "Give each group one row a band; --by names the columns that tell groups apart."
    ) { isRepeated[$0] }
    try table.refuse(
      "This age band overlaps another of its group.",
      hint: "Each age is in one band; --by names the columns that tell groups apart."
    ) { overlaps[$0] }
    return spans
  }
}
