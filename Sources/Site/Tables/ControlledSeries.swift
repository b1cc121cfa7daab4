import Charts
import Definitions
import Statistics

/// Values over time with the limits of their usual variation, as a picture, a table and a sentence.
struct ControlledSeries {
  let title: String
  /// What the periods are called: "Month", "Delivery".
  let periodTitle: String
  let points: [(period: String, value: Double)]
  let unit: ChartUnit
  let polarity: OpenDataPack.Polarity
  /// Nil for too few points for limits that mean anything.
  private let chart: ControlChart?

  /// So many points are needed for limits (Making Data Count).
  static let enough = 12

  init(
    title: String, periodTitle: String, points: [(period: String, value: Double)],
    unit: ChartUnit, polarity: OpenDataPack.Polarity
  ) {
    self.title = title
    self.periodTitle = periodTitle
    self.points = points
    self.unit = unit
    self.polarity = polarity
    chart = points.count >= Self.enough ? ControlChart(points.map(\.value)) : nil
  }

  var hasLimits: Bool { chart != nil }

  func svg(id: String, of whom: String) -> String {
    guard let chart else {
      return LineChart(
        periods: points.map(\.period),
        lines: [LineChart.Line(title, points.map { ChartValue($0.value) })], unit: unit
      ).svg(id: id, title: "\(title), \(whom)")
    }
    return ControlChartPicture(
      points: points.indices.map { index in
        ControlChartPicture.Point(
          period: points[index].period, value: points[index].value,
          signals: words(chart.signals[index]), isImprovement: isImprovement(chart, index))
      }, mean: chart.mean, lower: chart.lower, upper: chart.upper, unit: unit
    ).svg(id: id, title: "\(title), \(whom)")
  }

  /// What the chart says, in a sentence.
  var reading: String {
    let several = periodTitle.lowercased() + (periodTitle == "Delivery" ? "" : "s")
    let plural = periodTitle == "Delivery" ? "deliveries" : several
    guard let chart else {
      return "<p>Limits of the usual variation come with \(Self.enough) \(plural); there are "
        + "\(points.count).</p>"
    }
    let signalled = chart.signals.count { !$0.isEmpty }
    guard let last = points.last, signalled > 0 else {
      return "<p>All \(points.count) \(plural) are within the usual variation.</p>"
    }
    let lastSignals = chart.signals[points.count - 1]
    let now =
      lastSignals.isEmpty
      ? "The latest, \(last.period), is within the usual variation."
      : "The latest, \(last.period), is one of them: \(words(lastSignals).joined(separator: ", "))."
    return "<p>\(signalled) of \(points.count) \(plural) signal a change with a cause of its own. "
      + "\(now)</p>"
  }

  func table(id: String, of whom: String) -> DataTable {
    let number = { (value: Double?) -> DataTable.Cell in
      value.map { .number($0, decimals: unit.decimals) } ?? .none
    }
    var columns = [
      DataTable.Column(periodTitle),
      DataTable.Column(unit.name == "%" ? "\(title), %" : title, isNumeric: true),
    ]
    if chart != nil {
      columns += [
        DataTable.Column("Mean", isNumeric: true), DataTable.Column("Lower limit", isNumeric: true),
        DataTable.Column("Upper limit", isNumeric: true), DataTable.Column("Signal"),
      ]
    }
    return DataTable(
      id: id, caption: "\(title), \(whom), by \(periodTitle.lowercased())", columns: columns,
      rows: points.indices.map { index in
        let row: [DataTable.Cell] = [.text(points[index].period), number(points[index].value)]
        guard let chart else { return row }
        return row + [
          number(chart.mean), number(chart.lower), number(chart.upper),
          .text(words(chart.signals[index]).joined(separator: "; ")),
        ]
      })
  }

  /// Whether a signal is for the better: above the mean where higher is better, and so on; for a
  /// trend, the way it goes.
  private func isImprovement(_ chart: ControlChart, _ index: Int) -> Bool? {
    let signals = chart.signals[index]
    guard polarity != .neutral, !signals.isEmpty else { return nil }
    var isUp = chart.values[index] > chart.mean
    if signals == [.trend], index > 0 { isUp = chart.values[index] > chart.values[index - 1] }
    return isUp == (polarity == .higherIsBetter)
  }

  private func words(_ signals: Set<ControlChart.Signal>) -> [String] {
    ControlChart.Signal.allCases.filter(signals.contains).map { signal in
      switch signal {
      case .outsideLimits: "outside the limits"
      case .shift: "one of seven or more on one side of the mean"
      case .trend: "one of seven or more rising or falling"
      case .nearLimits: "one of two of three near a limit"
      }
    }
  }
}
