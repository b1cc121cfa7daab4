import Charts
import Definitions
import Indicators

/// The figure by deprivation of where people live, with the slope index in words.
struct IndicatorGradient {
  private let page: IndicatorPage
  private var atlas: Atlas { page.atlas }

  init(_ page: IndicatorPage) { self.page = page }

  func section() -> IndicatorSection? {
    guard let unit = page.unit else { return nil }
    let maker = GroupTable(page, unit)
    let breakdown = [AreaClass.deprivationDecile, .deprivationQuintile].first { areaClass in
      let rows = maker.rows(areaClass.rawValue)
      return rows.count > 1 && rows.contains { $0.reading.value != nil }
    }
    guard let breakdown else { return nil }
    let rows = maker.rows(breakdown.rawValue)
    let classes = breakdown == .deprivationDecile ? "tenth" : "fifth"
    let chart = maker.chart(rows)
    let table = maker.table(id: "gradient", title: "Deprivation \(classes)", rows)
    let inequality = InequalityWords(
      atlas: atlas, indicator: page.indicator, unit: unit, period: page.period)
    let picture = chart.svg(
      id: "c-gradient", title: "\(page.indicator.title) by deprivation, \(unit.shortName)")
    let items = inequality.sentences.map { "<li>\($0.xmlEscaped)</li>" }.joined()
    let summary =
      items.isEmpty
      ? "<p class=\"m\">A slope needs people in every fifth, and figures of all of them.</p>"
      : "<ul class=\"nhsuk-list nhsuk-list--bullet\">\(items)</ul>"
    let path = "/inequalities?indicator=\(page.indicator.id)&amp;area=\(unit.kind):\(unit.code)"
    let html = """
      <p>By \(classes)s of England's small areas, 1 the most deprived, of those who live in \
      \(unit.shortName.xmlEscaped).</p>\(picture)\(summary)\(table.disclosed(csv: page.request.csv(table)))\
      <p class="no-print"><a href="\(path)">The gap over time, and other gaps</a></p>
      """
    return IndicatorSection(
      id: "gradient", title: "By deprivation", html: html, tables: [table])
  }
}

/// The other breakdowns: by sex, urban and rural, and whatever the data have.
struct IndicatorGroups {
  private let page: IndicatorPage

  init(_ page: IndicatorPage) { self.page = page }

  func section() -> IndicatorSection? {
    guard let unit = page.unit else { return nil }
    let shown = [AreaClass.deprivationDecile.rawValue, AreaClass.deprivationQuintile.rawValue]
    var html = ""
    var tables: [DataTable] = []
    for breakdown in page.atlas.indicators.breakdowns(of: page.indicator.id)
    where !shown.contains(breakdown) {
      let maker = GroupTable(page, unit)
      let rows = maker.rows(breakdown)
      guard rows.count > 1 else { continue }
      let title = IndicatorWords.breakdown(breakdown).capitalisedFirst
      let table = maker.table(id: "by-\(breakdown)", title: title, rows)
      let chart = maker.chart(rows)
      html +=
        "<h3>\(title.xmlEscaped)</h3>"
        + chart.svg(
          id: "c-by-\(breakdown)", title: "\(page.indicator.title), \(title), \(unit.shortName)")
        + table.disclosed(csv: page.request.csv(table))
      tables.append(table)
    }
    return tables.isEmpty
      ? nil : IndicatorSection(id: "groups", title: "By group", html: html, tables: tables)
  }
}

/// The groups of a breakdown with their figures.
struct GroupTable {
  typealias Row = (group: String, title: String, reading: IndicatorAtlas.Reading)

  private let page: IndicatorPage
  private let unit: AtlasUnit

  init(_ page: IndicatorPage, _ unit: AtlasUnit) {
    self.page = page
    self.unit = unit
  }

  func rows(_ breakdown: String) -> [Row] {
    page.atlas.indicators.groups(of: page.indicator.id, by: breakdown, period: page.period)
      .compactMap { slice in
        page.atlas.indicators.reading(slice, unit.id).map {
          (
            slice.group, IndicatorWords.group(slice.group, of: breakdown, page.atlas), $0
          )
        }
      }
  }

  /// The groups beside the figure of the whole area.
  func chart(_ rows: [Row]) -> IntervalChart {
    let all = page.slice.flatMap { page.atlas.indicators.reading($0, unit.id)?.value }
    return IntervalChart(
      rows: rows.map { IntervalChart.Row($0.title, ChartValue($0.reading)) },
      reference: all.map { ("All of \(unit.shortName)", $0) }, unit: page.words.unit,
      includesZero: page.words.hasZero)
  }

  func table(id: String, title: String, _ rows: [Row]) -> DataTable {
    let decimals = page.indicator.decimals
    return DataTable(
      id: id, caption: "\(page.indicator.title), \(page.period), \(unit.shortName)",
      columns: [
        DataTable.Column(title), DataTable.Column(page.words.columnTitle, isNumeric: true),
        DataTable.Column("Lower 95%", isNumeric: true),
        DataTable.Column("Upper 95%", isNumeric: true),
        DataTable.Column("Numerator", isNumeric: true),
        DataTable.Column("Denominator", isNumeric: true),
      ],
      rows: rows.map { row in
        let reading = row.reading
        return [
          .text(row.title), .figure(reading.figure, decimals: decimals),
          .number(reading.lower, decimals: decimals), .number(reading.upper, decimals: decimals),
          .number(reading.known?.numerator, decimals: 0),
          .number(reading.known?.denominator, decimals: 0),
        ]
      })
  }
}
