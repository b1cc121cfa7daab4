import Charts
import Definitions
import Indicators

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
private struct MonthlyChart {
  private let unit: AtlasUnit
  private let series: ControlledSeries

  /// - Returns: nil for fewer than 12 known months, too few for limits that mean anything.
  init?(_ atlas: Atlas, _ measure: Measure, _ unit: AtlasUnit) {
    self.unit = unit
    let months = atlas.series(of: measure.id).filter { $0.group.isEmpty }.compactMap { series in
      atlas.figure(series, unit).value.map { (period: series.period, value: $0) }
    }
    series = ControlledSeries(
      title: measure.title, periodTitle: "Month", points: months, unit: ChartUnit(measure),
      polarity: measure.polarity)
    guard series.hasLimits else { return nil }
  }

  func svg(id: String) -> String { series.svg(id: id, of: unit.shortName) }

  /// What the chart says, in a sentence.
  var reading: String { series.reading }

  func table(id: String) -> DataTable { series.table(id: id, of: unit.shortName) }
}
