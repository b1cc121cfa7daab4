import Charts
import Indicators

/// Who lives here: age, ethnic group, tenure, disability and dimensions of deprivation.
struct PeopleSection {
  private let profile: ProfilePage
  private var atlas: Atlas { profile.atlas }
  private var unit: AtlasUnit { profile.unit }

  init(_ profile: ProfilePage) { self.profile = profile }

  func section() -> ProfileSection? {
    var html = ""
    var tables: [DataTable] = []
    var measures: [String] = ["residents", "registered"].filter {
      atlas.figure($0, unit).value != nil
    }
    if let pyramid = pyramid() {
      html += pyramid.html
      tables.append(pyramid.table)
      measures.append(pyramid.measure)
    }
    for (measure, title) in [
      ("ethnic_group", "Ethnic group"), ("tenure", "Housing tenure"),
      ("deprivation_dimensions", "Households by dimensions of deprivation"),
    ] where profile.isKnown(measure) {
      let bars = profile.bars(
        id: measure, title: title, rows: profile.groupRows(measure),
        unit: ChartUnit("%", decimals: 1))
      html += bars.html
      tables.append(bars.table)
      measures.append(measure)
    }
    let shares = ["disabled", "overcrowded", "over_85", "registered_18_plus", "registered_65_plus"]
      .compactMap { id -> (name: String, series: Series, link: String?)? in
        guard let measure = atlas.measure(id), let series = atlas.series(of: id).last,
          atlas.figure(series, unit).value != nil
        else { return nil }
        measures.append(id)
        return (measure.title, series, "/measures/\(id)")
      }
    if !shares.isEmpty {
      let bars = profile.bars(
        id: "shares", title: "Health, housing and later life", rows: shares,
        unit: ChartUnit("%", decimals: 1))
      html += bars.html
      tables.append(bars.table)
    }
    guard !html.isEmpty else {
      guard !unit.isWhole else { return nil }
      let reason = atlas.figure("age", unit).reason ?? "The data has no figures of who lives here."
      return ProfileSection(
        id: "people", title: "Who lives here",
        html: "<p>Age, ethnic group and tenure are not known for this area. "
          + "\(reason.xmlEscaped)</p>",
        tables: [], measures: measures)
    }
    let title =
      atlas.kind(unit.kind)?.isOrganisation == true ? "Who is registered here" : "Who lives here"
    return ProfileSection(
      id: "people", title: title, html: html, tables: tables, measures: measures)
  }

  /// By sex where the data has it, else by age alone.
  private func pyramid() -> (html: String, table: DataTable, measure: String)? {
    let measure = profile.isKnown("age_sex") ? "age_sex" : "age"
    guard profile.isKnown(measure) else { return nil }
    let rows = profile.groupRows(measure)
    let comparator = profile.comparators.dropFirst().first { other in
      rows.allSatisfy { atlas.figure($0.series, other).value != nil }
    }
    func share(_ unit: AtlasUnit, _ series: Series) -> Double {
      atlas.figure(series, unit).value ?? 0
    }
    func side(_ name: String, _ rows: [(name: String, series: Series, link: String?)])
      -> PopulationPyramid.Side
    {
      PopulationPyramid.Side(
        name, shares: rows.map { share(unit, $0.series) },
        comparator: comparator.map { other in rows.map { share(other, $0.series) } } ?? [])
    }
    let female = rows.filter { $0.series.group.hasPrefix("female") }
    let male = rows.filter { $0.series.group.hasPrefix("male") }
    let isBySex = measure == "age_sex"
    let sides =
      isBySex ? [side("Female", female), side("Male", male)] : [side("All residents", rows)]
    let bands = (isBySex ? female : rows).map { band in
      band.name.replacing("Female ", with: "")
    }
    let pyramid = PopulationPyramid(
      bands: bands, sides: sides, comparatorName: comparator?.shortName ?? "")
    var columns = [
      DataTable.Column("Age"), DataTable.Column("Residents", isNumeric: true),
      DataTable.Column("\(unit.shortName), %", isNumeric: true),
    ]
    if let comparator {
      columns.append(DataTable.Column("\(comparator.shortName), %", isNumeric: true))
    }
    let table = DataTable(
      id: measure, caption: "Residents by age\(isBySex ? " and sex" : ""), \(unit.shortName)",
      columns: columns,
      rows: rows.map { row in
        let figure = atlas.figure(row.series, unit)
        var cells: [DataTable.Cell] = [
          .text(row.name), figure.numerator.map { .number($0, decimals: 0) } ?? .none,
          .figure(figure, decimals: 1),
        ]
        if let comparator {
          cells.append(.figure(atlas.figure(row.series, comparator), decimals: 1))
        }
        return cells
      })
    let note =
      isBySex ? "" : "<p class=\"m\">The source does not say how many are women and men.</p>"
    let caveat = atlas.measure(measure)?.caveat ?? ""
    let html =
      "<h3>Age</h3>" + pyramid.svg(id: "c-age", title: "Residents by age, \(unit.shortName)")
      + note + (caveat.isEmpty ? "" : "<p class=\"m\">\(caveat.xmlEscaped)</p>")
      + table.disclosed(csv: profile.request.csv(table))
    return (html, table, measure)
  }
}
