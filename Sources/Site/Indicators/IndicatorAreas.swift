import Charts
import Definitions
import Indicators
import Statistics

/// The figures of all areas or organisations of a kind: on the map, as a funnel and as a table.
struct IndicatorAreas {
  private let page: IndicatorPage
  private var atlas: Atlas { page.atlas }
  private var words: IndicatorWords { page.words }

  init(_ page: IndicatorPage) { self.page = page }

  func section() -> IndicatorSection? {
    guard let kind = page.kind, let slice = page.slice else { return nil }
    let units = page.units(of: kind)
    let rows = units.compactMap { unit in
      atlas.indicators.reading(slice, unit.id).map { (unit: unit, reading: $0) }
    }
    guard rows.count > 1 else { return nil }
    let table = table(rows, kind)
    var html = summary(rows, kind)
    html += chart(rows, kind)
    html += map(rows, kind)
    html += funnel(rows, kind)
    html += listed(table)
    return IndicatorSection(
      id: "areas", title: kind.plural.capitalisedFirst, html: html, tables: [table])
  }

  /// The table: open where it is short, behind a disclosure where it is long, and its two ends where it is very long.
  private func listed(_ table: DataTable) -> String {
    let csv = page.request.csv(table)
    if table.rows.count <= 60 { return table.html(csv: csv) }
    if table.rows.count <= 320 { return table.disclosed(csv: csv) }
    return "<p>The twenty highest; all \(table.rows.count) are in the CSV.</p>"
      + table.first(20).html(csv: csv)
  }

  private typealias Row = (unit: AtlasUnit, reading: IndicatorAtlas.Reading)

  private func summary(_ rows: [Row], _ kind: UnitKind) -> String {
    let comparisons = rows.compactMap {
      atlas.comparison($0.reading, with: page.benchmark, of: page.indicator)
    }
    guard let benchmark = page.benchmark, !comparisons.isEmpty else { return "" }
    let counts = BenchmarkComparison.allCases.compactMap { one -> String? in
      let count = comparisons.count { $0 == one }
      return count > 0 ? "\(count) \(one.phrase)" : nil
    }
    let name = benchmark.unit.map { atlas.units[$0].shortName } ?? benchmark.name
    return "<p>Of \(comparisons.count) \(kind.plural.xmlEscaped) with an interval, beside "
      + "\(name.xmlEscaped): \(counts.joined(separator: ", ")).</p>"
  }

  /// The areas in a row each, the highest first, beside the benchmark.
  private func chart(_ rows: [Row], _ kind: UnitKind) -> String {
    guard rows.count <= 40 else { return "" }
    let sorted = rows.sorted { ($0.reading.value ?? -.infinity) > ($1.reading.value ?? -.infinity) }
    let chart = IntervalChart(
      rows: sorted.map { unit, reading in
        IntervalChart.Row(
          unit.shortName, ChartValue(reading), isMarked: unit.id == page.unit?.id)
      },
      reference: page.benchmark.map { benchmark in
        (benchmark.unit.map { atlas.units[$0].shortName } ?? "Target", benchmark.value)
      }, unit: words.unit, includesZero: words.hasZero)
    return chart.svg(
      id: "c-areas", title: "\(page.indicator.title), \(page.period), by \(kind.title)")
  }

  private func map(_ rows: [Row], _ kind: UnitKind) -> String {
    guard atlas.kindsWithOutlines.contains(kind.id) else { return "" }
    let drawn = rows.filter { atlas.outline(of: $0.unit) != nil }
    guard drawn.count > 1 else { return "" }
    let classes = ValueClasses(
      drawn.compactMap(\.reading.value), unit: words.unit)
    let isLight = drawn.count > 320
    let map = Choropleth(
      areas: drawn.map { unit, reading in
        Choropleth.Area(
          name: unit.name,
          rings: atlas.outline(of: unit)?.rings.map { $0.map { ($0.longitude, $0.latitude) } }
            ?? [],
          shade: reading.value.flatMap(classes.index),
          text: reading.value.map(words.value) ?? reading.figure.reason ?? "",
          link: isLight ? nil : "\(page.indicator.path)?area=\(unit.kind):\(unit.code)")
      }, classes: classes.classes)
    return "<h3>On the map</h3>"
      + map.svg(
        id: "c-map", title: "\(page.indicator.title), \(page.period), by \(kind.title)",
        namesAreas: !isLight) + map.legend
  }

  private func funnel(_ rows: [Row], _ kind: UnitKind) -> String {
    guard rows.count >= 5, rows.count <= 2_000,
      let spread = IndicatorSpread(page.indicator, rows.map(\.reading)), spread.readings.count >= 5
    else { return "" }
    let dispersion = spread.dispersion
    let middle = spread.middle
    func size(_ reading: IndicatorAtlas.Reading) -> Double {
      reading.known?.denominator ?? 0
    }
    let isHighBetter: Bool? =
      switch page.indicator.polarity {
      case .higherIsBetter: true
      case .lowerIsBetter: false
      case .neutral: nil
      }
    let points = zip(spread.readings, dispersion.groups).map { reading, group in
      FunnelChart.Point(
        atlas.units[reading.unit].shortName, size: size(reading), value: reading.value ?? 0,
        isOutside: group.isOutlier,
        isBetter: isHighBetter.map { (group.ratio > middle) == $0 })
    }.sorted { abs($0.value - middle) > abs($1.value - middle) }
    func limits(_ name: String, _ limit: (Int) -> (lower: Double, upper: Double))
      -> FunnelChart.Limits
    {
      FunnelChart.Limits(
        name,
        dispersion.groups.indices.sorted { size(spread.readings[$0]) < size(spread.readings[$1]) }
          .map { (size(spread.readings[$0]), limit($0).lower, limit($0).upper) })
    }
    var all = [
      limits("99.8% by chance") {
        (dispersion.groups[$0].limits998.lower, dispersion.groups[$0].limits998.upper)
      }
    ]
    if dispersion.variance > 0 {
      all.append(
        limits("99.8% with over-dispersion") {
          (dispersion.groups[$0].adjusted998.lower, dispersion.groups[$0].adjusted998.upper)
        })
    }
    let chart = FunnelChart(
      points: points, limits: all, middle: middle, unit: words.unit, sizeName: "denominator")
    let outside = points.filter(\.isOutside)
    let chance =
      dispersion.variance > 0
      ? "They differ more than chance alone lets them (\(numberText(dispersion.dispersion, decimals: 1)) "
        + "times the variance), as places with other people do; the outer limits allow for that."
      : "They differ no more than by chance."
    let found =
      outside.isEmpty
      ? "None of the \(points.count) \(kind.plural) lies outside of the limits."
      : "\(outside.count) of \(points.count) \(kind.plural) "
        + "\(outside.count == 1 ? "lies" : "lie") outside: "
        + outside.prefix(6).map { "\($0.name) (\(words.value($0.value)))" }.joined(separator: ", ")
        + (outside.count > 6 ? " and others" : "") + "."
    return "<h3>More than chance?</h3><p>\(found.xmlEscaped) \(chance)</p>"
      + chart.svg(id: "c-funnel", title: "Funnel of \(page.indicator.title), \(kind.plural)")
  }

  private func table(_ rows: [Row], _ kind: UnitKind) -> DataTable {
    let sorted = rows.sorted {
      ($0.reading.value ?? -.infinity, $1.unit.name) > (
        $1.reading.value ?? -.infinity, $0.unit.name
      )
    }
    let hasInterval = rows.contains { $0.reading.lower != nil }
    let hasCounts = rows.contains { $0.reading.known?.numerator != nil }
    var columns = [
      DataTable.Column(kind.title.capitalisedFirst), DataTable.Column("Code"),
      DataTable.Column(words.columnTitle, isNumeric: true),
    ]
    if hasInterval {
      columns += [
        DataTable.Column("Lower 95%", isNumeric: true),
        DataTable.Column("Upper 95%", isNumeric: true), DataTable.Column("Against the benchmark"),
      ]
    }
    if hasCounts {
      columns += [
        DataTable.Column("Numerator", isNumeric: true),
        DataTable.Column("Denominator", isNumeric: true),
      ]
    }
    let decimals = page.indicator.decimals
    return DataTable(
      id: "areas", caption: "\(page.indicator.title), \(page.period), by \(kind.title)",
      columns: columns,
      rows: sorted.map { unit, reading in
        var cells: [DataTable.Cell] = [
          .link(unit.shortName, to: "\(page.indicator.path)?area=\(unit.kind):\(unit.code)"),
          .text(unit.code), .figure(reading.figure, decimals: decimals),
        ]
        if hasInterval {
          cells += [
            .number(reading.lower, decimals: decimals), .number(reading.upper, decimals: decimals),
            .text(atlas.comparison(reading, with: page.benchmark, of: page.indicator)?.word ?? "–"),
          ]
        }
        if hasCounts {
          cells += [
            .number(reading.known?.numerator, decimals: 0),
            .number(reading.known?.denominator, decimals: 0),
          ]
        }
        return cells
      })
  }
}

extension IndicatorWords {
  /// What stands above a column of values.
  var columnTitle: String { indicator.unit.isEmpty ? "Value" : "Value, \(indicator.unit)" }
}
