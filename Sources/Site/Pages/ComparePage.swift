import Charts
import Indicators

/// Two to six areas or organisations side by side.
struct ComparePage {
  private let atlas: Atlas
  private let search: UnitSearch
  private let request: PageRequest
  private let units: [AtlasUnit]

  static let most = 6

  /// - Throws: ``PageError`` for a unit that does not exist.
  init(_ edition: AtlasLibrary.Edition, _ request: PageRequest) throws {
    atlas = edition.atlas
    search = edition.search
    self.request = request
    var units: [AtlasUnit] = []
    for text in request.all("unit") {
      let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2, let unit = atlas.unit(kind: parts[0], code: parts[1]) else {
        throw PageError.badRequest(
          "One of the areas to compare does not exist. Begin again from the compare page.")
      }
      if !units.contains(unit) { units.append(unit) }
    }
    guard units.count <= Self.most else {
      throw PageError.badRequest("At most six can be compared at once.")
    }
    self.units = units
  }

  func page() -> Page {
    let tables = units.count >= 2 ? [table(), ethnicity(), ages()].compactMap { $0 } : []
    let text = request["add"] ?? ""
    let hits = text.isEmpty ? [] : search.find(text, isEverywhere: true, limit: 10)
    let values: [String: any Sendable] = [
      "chosen": units.map { unit -> [String: any Sendable] in
        let others = units.filter { $0.id != unit.id }
        return [
          "name": unit.shortName, "path": unit.path, "key": key(unit),
          "kind": atlas.kind(unit.kind)?.title ?? "", "remove": address(others),
        ]
      },
      "hasSome": !units.isEmpty, "isFull": units.count >= Self.most, "add": text,
      "isSearching": !text.isEmpty, "hasHits": !hits.isEmpty,
      "hits": hits.filter { hit in !units.contains { $0.id == hit.unit.id } }
        .map { hit -> [String: any Sendable] in
          [
            "name": hit.unit.shortName, "kind": atlas.kind(hit.unit.kind)?.title ?? "",
            "add": address(units + [hit.unit]),
          ]
        },
      "suggestions": suggestions(), "isReady": units.count >= 2,
      "chartsHTML": units.count >= 2 ? charts() : "",
      "tablesHTML": tables.map { $0.html(csv: request.csv($0)) }.joined(),
      "mixed": Set(units.map(\.kind)).count > 1,
    ]
    let title =
      units.isEmpty ? "Compare" : "Compare " + units.map(\.shortName).joined(separator: ", ")
    return Page(
      title: title, template: "compare", section: .compare, values: values, tables: tables)
  }

  private func key(_ unit: AtlasUnit) -> String { "\(unit.kind):\(unit.code)" }

  private func address(_ units: [AtlasUnit]) -> String {
    units.isEmpty
      ? "/compare" : "/compare?" + units.map { "unit=\(key($0))" }.joined(separator: "&")
  }

  /// Comparisons to begin with: the districts of the place, two by two extremes.
  private func suggestions() -> [[String: any Sendable]] {
    guard units.isEmpty, let place = atlas.place,
      let kind = atlas.kinds.first(where: { $0.id.hasPrefix("lad") })
    else { return [] }
    let sorted = atlas.units(ofKind: kind.id, in: place)
      .sorted {
        (atlas.figure("imd_score", $0).value ?? 0) > (atlas.figure("imd_score", $1).value ?? 0)
      }
    guard sorted.count >= 4 else { return [] }
    let chosen = [sorted[0], sorted[sorted.count - 1]]
    let three = Array(sorted.prefix(3))
    return [
      [
        "title": "The most and the least deprived \(kind.title): "
          + chosen.map(\.shortName).joined(separator: " and "), "path": address(chosen),
      ],
      [
        "title": "The three most deprived \(kind.plural): "
          + three.map(\.shortName).joined(separator: ", "), "path": address(three),
      ],
    ]
  }

  // MARK: Charts and tables

  /// The measures that at least two of the chosen have.
  private var shared: [(measure: Measure, series: Series)] {
    atlas.measures.compactMap { measure in
      guard let series = atlas.latestSeries(of: measure),
        units.count(where: { atlas.figure(series, $0).value != nil }) >= 2
      else { return nil }
      return (measure, series)
    }
  }

  private func charts() -> String {
    let ids = [
      "core20", "over_65", "disabled", "overcrowded", "social_rented", "deprived_households",
    ]
    let chosen = shared.filter { ids.contains($0.measure.id) }
    guard !chosen.isEmpty else { return "" }
    let unit = ChartUnit("%", decimals: 1)
    let chart = BarChart(
      series: units.map(\.shortName),
      categories: chosen.map { measure, series in
        BarChart.Category(
          measure.title, units.map { ChartValue(atlas.figure(series, $0), atlas, series) })
      }, unit: unit)
    var html = "<h2>At a glance</h2>" + chart.svg(id: "c-compare", title: "Comparison")
    if let domains = tenure() { html += domains }
    return html
  }

  private func tenure() -> String? {
    guard let period = atlas.periods(of: "tenure").last else { return nil }
    let series = atlas.series(of: "tenure").filter { $0.period == period }
    guard units.contains(where: { atlas.figure(series[0], $0).value != nil }) else { return nil }
    let chart = StackedBarChart(
      groups: series.map(\.groupTitle),
      bars: units.map { unit in
        StackedBarChart.Bar(unit.shortName, series.map { atlas.figure($0, unit).value })
      })
    return "<h2>Housing tenure</h2>" + chart.svg(id: "c-tenure", title: "Households by tenure")
  }

  private func table() -> DataTable? {
    let rows = shared
    return DataTable(
      id: "compare", caption: "Every figure that at least two have",
      columns: [DataTable.Column("Measure"), DataTable.Column("Unit"), DataTable.Column("Period")]
        + units.map { DataTable.Column($0.shortName, isNumeric: true) },
      rows: rows.map { measure, series in
        [
          .link(measure.title, to: "/measures/\(measure.id.queryEncoded)"), .text(measure.unit),
          .text(series.period),
        ] + units.map { .figure(atlas.figure(series, $0), decimals: measure.decimals) }
      })
  }

  private func ethnicity() -> DataTable? { groups("ethnic_group", "Ethnic group, % of residents") }

  private func ages() -> DataTable? { groups("age", "Age, % of residents") }

  private func groups(_ measure: String, _ caption: String) -> DataTable? {
    guard let period = atlas.periods(of: measure).last else { return nil }
    let series = atlas.series(of: measure).filter { $0.period == period }
    guard units.contains(where: { unit in series.contains { atlas.figure($0, unit).value != nil } })
    else { return nil }
    return DataTable(
      id: measure, caption: caption,
      columns: [DataTable.Column("Group")]
        + units.map { DataTable.Column($0.shortName, isNumeric: true) },
      rows: series.map { series in
        [.text(series.groupTitle)] + units.map { .figure(atlas.figure(series, $0), decimals: 1) }
      })
  }
}
