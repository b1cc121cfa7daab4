import Charts
import Decisions
import Partnership
import Statistics

extension RoundResults {
  /// The ranking as a table.
  func table(_ title: (RecordNumber) -> String) -> DataTable {
    let totals = model.totals
    let ranks = model.ranks
    let weights = model.weights
    var columns = [
      DataTable.Column("Priority"), DataTable.Column("Rank", isNumeric: true),
      DataTable.Column("Value, 0 to 100", isNumeric: true),
      DataTable.Column("First in % of draws", isNumeric: true),
      DataTable.Column("First with any weights, %", isNumeric: true),
    ]
    for (criterion, weight) in zip(rules.criteria, weights) {
      columns.append(
        DataTable.Column(
          "\(criterion.name) (\(numberText(weight * 100, decimals: 0))%)", isNumeric: true))
    }
    return DataTable(
      id: "ranking", caption: "The ranking", columns: columns,
      rows: order.map { index in
        let candidate = rules.candidates[index]
        var cells: [DataTable.Cell] = [
          .link(title(candidate), to: "/priorities/\(candidate)"),
          .number(Double(ranks[index]), decimals: 0), .number(totals[index], decimals: 1),
          .number(acceptability.shares[index][0] * 100, decimals: 0),
          .number(anyWeights.shares[index][0] * 100, decimals: 0),
        ]
        cells += values[index].map { value in
          value.map { .number($0, decimals: 0) } ?? .text("not known")
        }
        return cells
      }, stacks: true)
  }

  /// How often each takes each place, as a picture.
  func chart(_ title: (RecordNumber) -> String) -> String {
    let count = rules.candidates.count
    let shown = min(3, count)
    let groups =
      ["First", "Second", "Third"].prefix(shown) + (count > 3 ? ["Fourth or lower"] : [])
    return StackedBarChart(
      groups: Array(groups),
      bars: order.map { index in
        let shares = acceptability.shares[index].map { $0 * 100 }
        let rest = count > 3 ? [shares.dropFirst(3).reduce(0, +)] : []
        return StackedBarChart.Bar(
          title(rules.candidates[index]), shares.prefix(shown).map { Optional($0) } + rest)
      }
    ).svg(id: "c-acceptability", title: "How often each takes which place")
  }

  /// How the first place depends on the weight of each criterion, in sentences.
  func stability(_ title: (RecordNumber) -> String) -> [String] {
    guard let first else {
      return ["Two or more share the first place, so any change of a weight decides between them."]
    }
    let name = title(first)
    func percent(_ share: Double) -> String { numberText(share * 100, decimals: 0) }
    return stability.map { one in
      one.isAny
        ? "\(one.criterion): \(name) stays first whatever its weight."
        : "\(one.criterion): \(name) stays first with a weight of \(percent(one.range.lowerBound))% to "
          + "\(percent(one.range.upperBound))%; agreed are \(percent(one.weight))%."
    }
  }
}
