import Charts
import Indicators

/// A map of the small areas in the unit, by any measure that they have.
struct MapSection {
  private let profile: ProfilePage
  private var atlas: Atlas { profile.atlas }
  private var unit: AtlasUnit { profile.unit }

  init(_ profile: ProfilePage) { self.profile = profile }

  func section() -> ProfileSection? {
    guard let kind = smallKind() else { return nil }
    let isSmall = unit.kind == kind
    // A small area is shown among its neighbours in the same ward or district.
    let around = isSmall ? surroundings(kind) : unit
    guard let around else { return nil }
    let areas = atlas.units(ofKind: kind, in: around).filter { atlas.outline(of: $0) != nil }
    guard !areas.isEmpty else { return nil }
    let choices = atlas.measures(ofKind: kind)
    let chosen =
      profile.request["map"].flatMap { wanted in choices.first { $0.id == wanted } }
      ?? choices.first { $0.id == "imd_decile" } ?? choices.first
    guard let chosen, let series = atlas.latestSeries(of: chosen) else { return nil }
    let picture = AreaMap(
      atlas, areas: areas, series: series, measure: chosen, frame: isSmall ? unit : nil,
      isLight: areas.count > 320)
    let title = "\(chosen.title), \(series.period)"
    let plural = atlas.kind(kind)?.plural ?? "areas"
    let options = choices.map { choice in
      "<option value=\"\(choice.id.xmlEscaped)\"\(choice.id == chosen.id ? " selected" : "")>"
        + "\(choice.topic.xmlEscaped): \(choice.title.xmlEscaped)</option>"
    }
    // A long list is on the map page and in the CSV, so that the profile stays light.
    let table = picture.table(id: "map", caption: "\(title), \(plural) in \(around.shortName)")
    let csv = profile.request.csv(table)
    let listed =
      areas.count <= 160
      ? table.disclosed(csv: csv)
      : "<p class=\"csv\"><a href=\"\(csv.xmlEscaped)\">Download the figures of "
        + "all \(areas.count) areas as CSV</a>, or see them as a table on the "
        + "<a href=\"/map?kind=\(kind)&amp;measure=\(chosen.id.queryEncoded)\">"
        + "map page</a>.</p>"
    let html = """
      <form method="get" action="\(unit.path)#map" class="inline-form">\
      <label class="nhsuk-label" for="map-measure">Show</label>\
      <select class="nhsuk-select" id="map-measure" name="map">\(options.joined())</select>\
      <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" \
      type="submit">Change the map</button></form>\
      <h3>\(title.xmlEscaped)</h3>\
      \(picture.map.svg(
        id: "c-map", title: "\(title), \(plural) in \(around.shortName)",
        namesAreas: !picture.isLight))\(picture.map.legend)\
      \(isSmall ? "<p class=\"m\">This area is outlined, among the others of \(around.shortName.xmlEscaped).</p>" : "")\
      \(listed)
      """
    return ProfileSection(
      id: "map", title: "Map of small areas", html: html, tables: [table], measures: [chosen.id])
  }

  /// The kind of the smallest areas that have outlines.
  private func smallKind() -> String? {
    let kinds = atlas.kindsWithOutlines
    return atlas.kinds.last { kinds.contains($0.id) && !$0.isOrganisation }?.id
  }

  private func surroundings(_ kind: String) -> AtlasUnit? {
    let ancestors = atlas.ancestors(of: unit)
    return ancestors.last { atlas.units(ofKind: kind, in: $0).count >= 12 } ?? ancestors.first
  }
}

/// Areas with the figures of one series, as a map and as a table.
struct AreaMap {
  let map: Choropleth
  let isLight: Bool
  private let rows: [(unit: AtlasUnit, figure: Figure)]
  private let measure: Measure

  /// - Parameters:
  ///   - frame: a unit whose border is drawn above the map.
  ///   - isLight: whether areas are drawn together, without names and links.
  init(
    _ atlas: Atlas, areas: [AtlasUnit], series: Series, measure: Measure, frame: AtlasUnit? = nil,
    isLight: Bool
  ) {
    self.measure = measure
    self.isLight = isLight
    rows = areas.map { ($0, atlas.figure(series, $0)) }
    let classes = ValueClasses(rows.compactMap(\.figure.value), measure: measure)
    func rings(_ unit: AtlasUnit) -> [[(longitude: Double, latitude: Double)]] {
      atlas.outline(of: unit)?.rings.map { $0.map { ($0.longitude, $0.latitude) } } ?? []
    }
    map = Choropleth(
      areas: rows.map { unit, figure in
        Choropleth.Area(
          name: unit.name, rings: rings(unit), shade: figure.value.flatMap(classes.index),
          text: figure.value.map { ChartUnit(measure).text($0) } ?? figure.reason ?? "",
          link: unit.path)
      }, classes: classes.classes, frame: frame.map(rings) ?? [])
  }

  /// The figures as a table, the highest first.
  func table(id: String, caption: String) -> DataTable {
    let sorted = rows.sorted {
      ($0.figure.value ?? -.infinity, $1.unit.name) > ($1.figure.value ?? -.infinity, $0.unit.name)
    }
    return DataTable(
      id: id, caption: caption,
      columns: [
        DataTable.Column("Area"), DataTable.Column("Code"),
        DataTable.Column(measure.title, isNumeric: true),
      ],
      rows: sorted.map { unit, figure in
        [
          .link(unit.shortName, to: unit.path), .text(unit.code),
          .figure(figure, decimals: measure.decimals),
        ]
      })
  }
}

/// The classes that values are shaded by: deciles as they are, everything else in fifths.
struct ValueClasses {
  let classes: [Choropleth.ValueClass]
  private let limits: [Double]

  init(_ values: [Double], measure: Measure) {
    self.init(values, unit: ChartUnit(measure))
  }

  init(_ values: [Double], unit: ChartUnit) {
    if unit.name == "decile" {
      // Two deciles a class; the darkest is the most deprived, as on every such map.
      limits = [2, 4, 6, 8, 10]
      let names = ["Deciles 1–2 (most deprived)", "3–4", "5–6", "7–8", "9–10 (least deprived)"]
      classes = names.enumerated().map { Choropleth.ValueClass($0.element, tone: 5 - $0.offset) }
      return
    }
    let sorted = values.sorted()
    guard let lowest = sorted.first, let highest = sorted.last, lowest < highest else {
      limits = sorted.last.map { [$0] } ?? []
      classes = limits.map { Choropleth.ValueClass(unit.text($0), tone: 3) }
      return
    }
    // The upper limits of fifths, without the repeats that many equal values give.
    var limits: [Double] = []
    for fifth in 1...5 {
      let limit = sorted[max(0, (sorted.count * fifth + 4) / 5 - 1)]
      if limits.last != limit { limits.append(limit) }
    }
    self.limits = limits
    classes = limits.enumerated().map { index, limit in
      let from = index == 0 ? lowest : limits[index - 1]
      let text =
        "\(numberText(from, decimals: unit.decimals)) to "
        + numberText(limit, decimals: unit.decimals)
      let name = index == 0 ? "\(text) \(unit.name)" : text
      return Choropleth.ValueClass(name, tone: 5 - (limits.count - 1 - index))
    }
  }

  /// The class of a value.
  func index(_ value: Double) -> Int? {
    limits.firstIndex { value <= $0 } ?? (limits.isEmpty ? nil : limits.count - 1)
  }
}

extension ChartUnit {
  init(_ measure: Measure) { self.init(measure.unit, decimals: measure.decimals) }
}
