import Charts
import Definitions
import Population
import Statistics

/// A&E and emergency admissions over time, as control charts, at the level that the data has.
struct HospitalSection {
  private let profile: ProfilePage
  private var atlas: Atlas { profile.atlas }

  init(_ profile: ProfilePage) { self.profile = profile }

  func section() -> ProfileSection? {
    let ids = ["ae_attendances", "emergency_admissions", "ae_over_4_hours"]
    var html = ""
    var tables: [DataTable] = []
    var shown: [String] = []
    var level: AtlasUnit?
    for id in ids {
      guard let measure = atlas.measure(id), let unit = profile.nearest(with: id),
        let chart = MonthlyChart(atlas, measure, unit)
      else { continue }
      level = unit
      let table = chart.table(id: id)
      html +=
        "<h3>\(measure.title.xmlEscaped)</h3>" + chart.svg(id: "c-\(id)") + chart.reading
        + table.disclosed(csv: profile.request.csv(table))
      tables.append(table)
      shown.append(id)
    }
    guard let level, !html.isEmpty else { return nil }
    let kind = atlas.kind(level.kind)?.title ?? ""
    let isOwn = level.id == profile.unit.id
    let intro =
      isOwn
      ? ""
      : "<p>These figures are of the \(kind.xmlEscaped) <a "
        + "href=\"\(level.path)\">\(level.shortName.xmlEscaped)</a>: the data has none for smaller "
        + "areas. Pseudonymised hospital records would give them.</p>"
    let explanation = """
      <p class="m">The limits show how much the figure usually varies from month to month \
      (XmR chart, Making Data Count). Points within them are no news.</p>
      """
    return ProfileSection(
      id: "hospital", title: "A&E and emergency admissions", html: intro + explanation + html,
      tables: tables, measures: shown)
  }
}

/// A monthly measure of one unit as a control chart.
struct MonthlyChart {
  let measure: Measure
  let unit: AtlasUnit
  private let months: [(period: String, value: Double)]
  private let chart: ControlChart

  /// - Returns: nil for fewer than 12 known months, too few for limits that mean anything.
  init?(_ atlas: Atlas, _ measure: Measure, _ unit: AtlasUnit) {
    self.measure = measure
    self.unit = unit
    months = atlas.series(of: measure.id).filter { $0.group.isEmpty }.compactMap { series in
      atlas.figure(series, unit).value.map { (series.period, $0) }
    }
    guard months.count >= 12, let chart = ControlChart(months.map(\.value)) else { return nil }
    self.chart = chart
  }

  func svg(id: String) -> String {
    picture.svg(id: id, title: "\(measure.title), \(unit.shortName)")
  }

  /// What the chart says, in a sentence.
  var reading: String {
    let signalled = chart.signals.count { !$0.isEmpty }
    guard let last = months.last, signalled > 0 else {
      return "<p>All \(months.count) months are within the usual variation.</p>"
    }
    let lastSignals = chart.signals[months.count - 1]
    let now =
      lastSignals.isEmpty
      ? "The latest, \(last.period), is within the usual variation."
      : "The latest, \(last.period), is one of them: \(words(lastSignals).joined(separator: ", "))."
    return "<p>\(signalled) of \(months.count) months signal a change with a cause of its own. "
      + "\(now)</p>"
  }

  func table(id: String) -> DataTable {
    DataTable(
      id: id, caption: "\(measure.title), \(unit.shortName), by month",
      columns: [
        DataTable.Column("Month"), DataTable.Column(measure.title, isNumeric: true),
        DataTable.Column("Mean", isNumeric: true), DataTable.Column("Lower limit", isNumeric: true),
        DataTable.Column("Upper limit", isNumeric: true), DataTable.Column("Signal"),
      ],
      rows: months.indices.map { index in
        [
          .text(months[index].period), .number(months[index].value, decimals: measure.decimals),
          .number(chart.mean, decimals: measure.decimals),
          .number(chart.lower, decimals: measure.decimals),
          .number(chart.upper, decimals: measure.decimals),
          .text(words(chart.signals[index]).joined(separator: "; ")),
        ]
      })
  }

  private var picture: ControlChartPicture {
    ControlChartPicture(
      points: months.indices.map { index in
        ControlChartPicture.Point(
          period: months[index].period, value: months[index].value,
          signals: words(chart.signals[index]), isImprovement: isImprovement(index))
      }, mean: chart.mean, lower: chart.lower, upper: chart.upper, unit: ChartUnit(measure))
  }

  /// Whether a signal is for the better: above the mean where higher is better, and so on; for a
  /// trend, the way it goes.
  private func isImprovement(_ index: Int) -> Bool? {
    let signals = chart.signals[index]
    guard measure.polarity != .neutral, !signals.isEmpty else { return nil }
    var isUp = chart.values[index] > chart.mean
    if signals == [.trend], index > 0 { isUp = chart.values[index] > chart.values[index - 1] }
    return isUp == (measure.polarity == .higherIsBetter)
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
