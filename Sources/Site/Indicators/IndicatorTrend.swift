import Charts
import Definitions
import Indicators

/// How the figure of an area goes over time: a control chart where there are enough periods, else a line.
struct IndicatorTrend {
  private let page: IndicatorPage
  private var atlas: Atlas { page.atlas }

  init(_ page: IndicatorPage) { self.page = page }

  func section() -> IndicatorSection? {
    let periods = atlas.indicators.periods(of: page.indicator.id)
    guard let unit = page.unit, periods.count > 1 else { return nil }
    var readings = periods.map { period in
      let slice = atlas.indicators.slice(of: page.indicator.id, period: period)
      return (
        period: period, reading: slice.flatMap { atlas.indicators.reading($0, unit.id) }
      )
    }
    // From the first period that is known to the last; those between that are not known are gaps.
    while let first = readings.first, first.reading?.value == nil { readings.removeFirst() }
    while let last = readings.last, last.reading?.value == nil { readings.removeLast() }
    guard readings.count > 1 else { return nil }
    let points = readings.map { (period: $0.period, value: $0.reading?.value ?? .nan) }
    let isOverlapping = ReportingPeriod.overlap(periods)
    let months = ReportingPeriod(points[points.count - 1].period)?.months
    let series = ControlledSeries(
      title: page.indicator.title, periodTitle: months == 1 ? "Month" : "Period", points: points,
      unit: page.words.unit, polarity: page.indicator.polarity, isControlled: !isOverlapping)
    let title = "\(page.indicator.title), \(unit.shortName)"
    // Too few for limits of their variation: each value stands with its own interval.
    let picture =
      series.hasLimits
      ? series.svg(id: "c-trend", of: unit.shortName)
      : LineChart(
        periods: readings.map(\.period),
        lines: [LineChart.Line(title, readings.map { ChartValue($0.reading) })],
        unit: page.words.unit
      ).svg(id: "c-trend", title: title)
    let table = series.table(id: "trend", of: unit.shortName)
    let explanation =
      series.hasLimits
      ? "<p class=\"m\">The limits show how much the figure usually varies from one to the next "
        + "(XmR chart, Making Data Count). Points within them are no news.</p>" : ""
    let overlap =
      isOverlapping
      ? "<p class=\"m\">Periods share months with those beside them, so they move together, and limits of "
        + "their variation would mean nothing.</p>" : ""
    return IndicatorSection(
      id: "trend", title: "Over time",
      html: explanation + overlap + picture + (isOverlapping ? "" : series.reading)
        + table.disclosed(csv: page.request.csv(table)),
      tables: [table])
  }
}
