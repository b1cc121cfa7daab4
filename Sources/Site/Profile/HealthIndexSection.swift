import Charts
import Definitions
import Indicators

/// The Health Index over the years, at the level that the data has.
struct HealthIndexSection {
  private let profile: ProfilePage
  private var atlas: Atlas { profile.atlas }

  init(_ profile: ProfilePage) { self.profile = profile }

  func section() -> ProfileSection? {
    let ids = ["health_index", "health_index_people", "health_index_lives", "health_index_places"]
      .filter { atlas.measure($0) != nil }
    guard let first = ids.first, let level = profile.nearest(with: first) else { return nil }
    let periods = atlas.periods(of: first)
    let lines = ids.compactMap { id -> LineChart.Line? in
      guard let measure = atlas.measure(id) else { return nil }
      let name = measure.title.replacing("Health Index, ", with: "").capitalisedFirst
      return LineChart.Line(
        name, periods.map { ChartValue(atlas.figure(id, level, period: $0).value) })
    }
    let chart = LineChart(
      periods: periods, lines: lines, unit: ChartUnit("100 = England 2015", decimals: 1))
    let table = DataTable(
      id: "health-index", caption: "Health Index, \(level.shortName)",
      columns: [DataTable.Column("Year")]
        + lines.map { DataTable.Column($0.name, isNumeric: true) },
      rows: periods.map { period in
        [.text(period)]
          + ids.map { .figure(atlas.figure($0, level, period: period), decimals: 1) }
      })
    let isOwn = level.id == profile.unit.id
    let intro =
      isOwn
      ? ""
      : "<p>These figures are of <a href=\"\(level.path)\">"
        + "\(level.shortName.xmlEscaped)</a>, the smallest area around this one that has them.</p>"
    return ProfileSection(
      id: "health-index", title: "Health Index over the years",
      html: intro + "<p>Higher is healthier; 100 is England in 2015.</p>"
        + chart.svg(id: "c-health-index", title: "Health Index, \(level.shortName)")
        + table.disclosed(csv: profile.request.csv(table)),
      tables: [table], measures: ids)
  }
}
