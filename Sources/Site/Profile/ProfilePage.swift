import Charts
import Definitions
import Indicators
import Places
import Statistics

/// The profile of an area or organisation: who lives there, deprivation, health, and how it stands
/// among its peers, every number with its source.
struct ProfilePage {
  let atlas: Atlas
  let unit: AtlasUnit
  let request: PageRequest

  /// - Throws: ``PageError`` where there is no such unit.
  init(_ atlas: Atlas, _ request: PageRequest) throws {
    let (kind, code) = (request.part("kind"), request.part("code"))
    guard let unit = atlas.unit(kind: kind, code: code) else {
      throw PageError.notFound(
        "There is no area or organisation with that code. Find it by its name instead.")
    }
    self.atlas = atlas
    self.unit = unit
    self.request = request
  }

  func page() -> Page {
    let sections = [
      PeopleSection(self).section(), DeprivationSection(self).section(),
      MapSection(self).section(), HospitalSection(self).section(),
      ConditionsSection(self).section(), HealthIndexSection(self).section(),
      PeersSection(self).section(), PlacesSection(self).section(),
    ].compactMap { $0 }
    let kind = atlas.kind(unit.kind)
    let sources = SourceList(atlas, measures: sections.flatMap(\.measures))
    let values: [String: any Sendable] = [
      "name": unit.shortName, "kind": (kind?.title ?? "").capitalisedFirst, "code": unit.code,
      "alternativeCode": unit.alternativeCode ?? "", "note": kind?.note ?? "",
      "ruralUrban": unit.ruralUrban ?? "", "postcode": unit.postcode ?? "",
      "parents": parentLinks(), "isOrganisation": kind?.isOrganisation ?? false,
      "isOutside": !unit.isInPlace && !unit.isWhole, "place": atlas.manifest.place.name,
      "partial": partialNote(), "headlines": headlines(),
      "compare": "/compare?unit=\(unit.kind):\(unit.code)",
      "sections": sections.map { section -> [String: any Sendable] in
        ["id": section.id, "title": section.title, "bodyHTML": section.html]
      },
      "sourcesHTML": sources.table.html(csv: request.csv(sources.table)),
    ]
    return Page(
      title: "\(unit.shortName): profile", template: "profile", section: .find, values: values,
      tables: sections.flatMap(\.tables) + [sources.table])
  }

  // MARK: Comparators

  /// The unit itself, the place where it is another, and the whole: what figures are set against.
  var comparators: [AtlasUnit] {
    var units = [unit]
    if let place = atlas.place, place.id != unit.id, unit.isInPlace { units.append(place) }
    if let whole = atlas.whole, whole.id != unit.id { units.append(whole) }
    return units
  }

  /// Those comparators that have a figure in the series, the unit itself always.
  func comparators(with series: Series) -> [AtlasUnit] {
    comparators.filter { $0.id == unit.id || atlas.figure(series, $0).value != nil }
  }

  /// The nearest unit that has figures of `measure`: itself, one it is part of, or for a smaller
  /// area its district; nil where there is none.
  func nearest(with measure: String) -> AtlasUnit? {
    guard let series = atlas.series(of: measure).last else { return nil }
    return ([unit] + atlas.ancestors(of: unit).reversed()).first {
      atlas.figure(series, $0).value != nil
    }
  }

  // MARK: The head of the page

  private func parentLinks() -> [[String: any Sendable]] {
    // An ancestor with the same parts is the same area under another name.
    atlas.ancestors(of: unit).filter { !$0.isWhole && $0.parts > unit.parts }.map {
      [
        "name": $0.shortName, "path": $0.path, "kind": atlas.kind($0.kind)?.title ?? "",
      ]
    }
  }

  /// Says where the unit is only partly in the place, so that nobody adds it up.
  private func partialNote() -> String {
    guard unit.partsInPlace > 0, unit.partsInPlace < unit.parts, !unit.isPlace, !unit.isWhole else {
      return ""
    }
    return "Only \(unit.partsInPlace) of its \(unit.parts) small areas are in "
      + "\(atlas.manifest.place.name). The figures below are of all of it, where they are known."
  }

  private func headlines() -> [[String: any Sendable]] {
    let wanted = [
      ("residents", "Residents"), ("registered", "Registered patients"),
      ("over_65", "Aged 65 and over"), ("registered_65_plus", "Patients aged 65 and over"),
      ("imd_decile", "Deprivation decile"), ("core20", "In the most deprived fifth"),
      ("disabled", "Disabled people"),
    ]
    return wanted.compactMap { id, title -> [String: any Sendable]? in
      guard let measure = atlas.measure(id), let series = atlas.series(of: id).last else {
        return nil
      }
      let figure = atlas.figure(series, unit)
      guard let value = figure.value else { return nil }
      var text = numberText(value, decimals: measure.decimals)
      if measure.unit == "%" { text += "%" }
      var note = series.period
      if id == "imd_decile" {
        let plural = atlas.kind(unit.kind)?.plural ?? "areas"
        note += value == 1 ? ", most deprived tenth of \(plural)" : ", 1 is most deprived"
      }
      if let count = figure.numerator, measure.unit == "%" {
        note += ", \(numberText(count, decimals: 0)) people"
      }
      return ["title": title, "value": text, "note": note]
    }.prefix(4).map { $0 }
  }
}

/// A part of a profile.
struct ProfileSection: Sendable {
  let id: String
  let title: String
  let html: String
  let tables: [DataTable]
  /// The ids of the measures it shows, for the list of sources.
  let measures: [String]
}

/// The sources of some measures, as a table with a row a source, file and period.
struct SourceList {
  let table: DataTable

  init(_ atlas: Atlas, measures: [String]) {
    var order: [[String]] = []
    var titles: [[String]: [String]] = [:]
    var seen: Set<String> = []
    for id in measures where seen.insert(id).inserted {
      guard let measure = atlas.measure(id), let source = atlas.source(measure.source) else {
        continue
      }
      let periods = atlas.periods(of: id)
      let period =
        periods.count > 1
        ? "\(periods[0]) to \(periods[periods.count - 1])" : periods.first ?? ""
      let key = ["\(source.title), \(source.publisher)", period, source.licence, measure.file]
      if titles[key] == nil { order.append(key) }
      titles[key, default: []].append(measure.title)
    }
    table = DataTable(
      id: "sources", caption: "Where these figures come from",
      columns: ["Source", "Period", "Licence", "File", "Measures"].map { DataTable.Column($0) },
      rows: order.map { key in
        key.map { .text($0) } + [.text((titles[key] ?? []).joined(separator: "; "))]
      })
  }
}

extension ProfilePage {
  /// Bars of several measures, or of the groups of one, for the unit and its comparators, with the
  /// table behind a disclosure.
  func bars(
    id: String, title: String, rows: [(name: String, series: Series, link: String?)],
    unit chartUnit: ChartUnit
  ) -> (html: String, table: DataTable) {
    let others = comparators.filter { other in
      other.id == unit.id || rows.contains { atlas.figure($0.series, other).value != nil }
    }
    let categories = rows.map { row in
      BarChart.Category(
        row.name, others.map { ChartValue(atlas.figure(row.series, $0), atlas, row.series) })
    }
    let chart = BarChart(series: others.map(\.shortName), categories: categories, unit: chartUnit)
    var columns = [DataTable.Column("Group")]
    for other in others {
      columns.append(DataTable.Column("\(other.shortName), \(chartUnit.name)", isNumeric: true))
    }
    let hasCounts = rows.contains { atlas.figure($0.series, unit).numerator != nil }
    if hasCounts { columns.append(DataTable.Column("\(unit.shortName), number", isNumeric: true)) }
    let table = DataTable(
      id: id, caption: "\(title), \(unit.shortName)", columns: columns,
      rows: rows.map { row in
        var cells: [DataTable.Cell] =
          [row.link.map { .link(row.name, to: $0) } ?? .text(row.name)]
          + others.map { .figure(atlas.figure(row.series, $0), decimals: chartUnit.decimals) }
        if hasCounts {
          let count = atlas.figure(row.series, unit).numerator
          cells.append(count.map { .number($0, decimals: 0) } ?? .none)
        }
        return cells
      })
    let html =
      "<h3>\(title.xmlEscaped)</h3>" + chart.svg(id: "c-\(id)", title: title)
      + table.disclosed(csv: request.csv(table))
    return (html, table)
  }

  /// One row a group of a measure, for its latest period.
  func groupRows(_ measure: String) -> [(name: String, series: Series, link: String?)] {
    guard let period = atlas.periods(of: measure).last else { return [] }
    return atlas.series(of: measure).filter { $0.period == period }.map {
      ($0.groupTitle, $0, nil)
    }
  }

  /// Whether any group of a measure is known for the unit.
  func isKnown(_ measure: String) -> Bool {
    groupRows(measure).contains { atlas.figure($0.series, unit).value != nil }
  }
}

extension ChartValue {
  /// A figure to be drawn, with its interval.
  init(_ figure: Figure, _ atlas: Atlas, _ series: Series) {
    let interval = atlas.measure(series.measure)?.interval(of: figure)
    self.init(
      figure.value, lower: interval?.lower, upper: interval?.upper, reason: figure.reason,
      isSuppressed: figure.isSuppressed)
  }
}
