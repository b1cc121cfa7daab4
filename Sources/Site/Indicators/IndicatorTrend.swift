import Charts
import Definitions
import Population

/// How the figure of an area goes over time: a control chart where there are enough periods, else a line.
struct IndicatorTrend {
  private let page: IndicatorPage
  private var atlas: Atlas { page.atlas }

  init(_ page: IndicatorPage) { self.page = page }

  func section() -> IndicatorSection? {
    let periods = atlas.indicators.periods(of: page.indicator.id)
    guard let unit = page.unit, periods.count > 1 else { return nil }
    let points = periods.compactMap { period -> (period: String, value: Double)? in
      guard let slice = atlas.indicators.slice(of: page.indicator.id, period: period),
        let value = atlas.indicators.reading(slice, unit.id)?.value
      else { return nil }
      return (period, value)
    }
    guard points.count > 1 else { return nil }
    let months = ReportingPeriod(points[points.count - 1].period)?.months
    let series = ControlledSeries(
      title: page.indicator.title, periodTitle: months == 1 ? "Month" : "Period", points: points,
      unit: page.words.unit, polarity: page.indicator.polarity)
    let table = series.table(id: "trend", of: unit.shortName)
    let explanation =
      series.hasLimits
      ? "<p class=\"m\">The limits show how much the figure usually varies from one to the next "
        + "(XmR chart, Making Data Count). Points within them are no news.</p>" : ""
    let overlap =
      periods.count > 1 && overlaps(periods)
      ? "<p class=\"m\">Periods share years with those beside them, so they move together.</p>" : ""
    return IndicatorSection(
      id: "trend", title: "Over time",
      html: explanation + overlap + series.svg(id: "c-trend", of: unit.shortName) + series.reading
        + table.disclosed(csv: page.request.csv(table)),
      tables: [table])
  }

  private func overlaps(_ periods: [String]) -> Bool {
    let dated = periods.compactMap(ReportingPeriod.init)
    return zip(dated, dated.dropFirst()).contains { $1.firstMonth < $0.end }
  }
}
