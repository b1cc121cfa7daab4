import Charts
import Definitions
import Indicators
import Statistics

/// Values over time with the limits of their usual variation, as a picture, a table and a sentence.
struct ControlledSeries {
  let title: String
  /// What the periods are called: "Month", "Delivery".
  let periodTitle: String
  /// Not a number where there is none: the line has a gap there.
  let points: [(period: String, value: Double)]
  let unit: ChartUnit
  let polarity: OpenDataPack.Polarity
  /// Nil for too few points for limits that mean anything.
  private let chart: ControlChart?

  init(
    title: String, periodTitle: String, points: [(period: String, value: Double)],
    unit: ChartUnit, polarity: OpenDataPack.Polarity, isControlled: Bool = true
  ) {
    self.title = title
    self.periodTitle = periodTitle
    self.points = points
    self.unit = unit
    self.polarity = polarity
    chart =
      isControlled && points.count(where: { !$0.value.isNaN }) >= ControlChart.enoughPoints
      ? ControlChart(points.map(\.value)) : nil
  }

  var hasLimits: Bool { chart != nil }

  func svg(id: String, of whom: String) -> String {
    guard let chart else {
      return LineChart(
        periods: points.map(\.period),
        lines: [LineChart.Line(title, points.map { ChartValue($0.value.known) })], unit: unit
      ).svg(id: id, title: "\(title), \(whom)")
    }
    return ControlChartPicture(
      points: points.indices.map { index in
        ControlChartPicture.Point(
          period: points[index].period, value: points[index].value.known,
          signals: chart.signals[index].texts(), isImprovement: isImprovement(chart, index),
          mean: chart.centre[index],
          lower: chart.lower[index].isNaN ? nil : chart.lower[index],
          upper: chart.upper[index].isNaN ? nil : chart.upper[index])
      }, unit: unit
    ).svg(id: id, title: "\(title), \(whom)")
  }

  /// What the chart says, in a sentence.
  var reading: String {
    let several = periodTitle.lowercased() + (periodTitle == "Delivery" ? "" : "s")
    let plural = periodTitle == "Delivery" ? "deliveries" : several
    guard let chart else {
      return
        "<p>Limits of the usual variation come with \(ControlChart.enoughPoints) \(plural); there are "
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
      : "The latest, \(last.period), is one of them: \(lastSignals.texts().joined(separator: ", "))."
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
        let row: [DataTable.Cell] = [
          .text(points[index].period), number(points[index].value.known),
        ]
        guard let chart else { return row }
        return row + [
          number(chart.centre[index]), number(chart.lower[index].known),
          number(chart.upper[index].known),
          .text(chart.signals[index].texts().joined(separator: "; ")),
        ]
      })
  }

  /// Whether a signal is for the better.
  private func isImprovement(_ chart: ControlChart, _ index: Int) -> Bool? {
    switch ControlCause(chart.signals[index], improvement: polarity.improvement) {
    case .improvement: true
    case .concern: false
    case .common, .neutralHigh, .neutralLow: nil
    }
  }
}

extension Double {
  /// Nil where it is not a number.
  fileprivate var known: Double? { isNaN ? nil : self }
}
