import Charts
import Indicators

/// Deprivation by domain, how residents spread over deciles, and what 2019 said.
struct DeprivationSection {
  private let profile: ProfilePage
  private var atlas: Atlas { profile.atlas }
  private var unit: AtlasUnit { profile.unit }

  init(_ profile: ProfilePage) { self.profile = profile }

  static let domains = [
    "imd_decile", "imd_income_decile", "imd_employment_decile", "imd_education_decile",
    "imd_health_decile", "imd_crime_decile", "imd_housing_services_decile",
    "imd_environment_decile",
  ]

  func section() -> ProfileSection? {
    guard atlas.measure("imd_decile") != nil, !unit.isWhole else { return nil }
    var html = ""
    var tables: [DataTable] = []
    var measures: [String] = []
    if let domains = domainTable() {
      html += domains.html
      tables.append(domains.table)
      measures += Self.domains
    }
    if profile.isKnown("residents_by_imd_decile") {
      let bars = profile.bars(
        id: "residents_by_imd_decile", title: "Residents by deprivation decile of where they live",
        rows: profile.groupRows("residents_by_imd_decile"), unit: ChartUnit("%", decimals: 1))
      html += bars.html
      tables.append(bars.table)
      measures.append("residents_by_imd_decile")
    }
    if let older = olderIndex() {
      html += older
      measures.append("imd2019_decile")
    }
    guard !html.isEmpty else { return nil }
    return ProfileSection(
      id: "deprivation", title: "Deprivation", html: html, tables: tables, measures: measures)
  }

  /// A row a domain, with its decile drawn as a place among ten.
  private func domainTable() -> (html: String, table: DataTable)? {
    let kind = atlas.kind(unit.kind)
    let rows = Self.domains.compactMap { id -> (Measure, Series, Figure)? in
      guard let measure = atlas.measure(id), let series = atlas.series(of: id).last else {
        return nil
      }
      return (measure, series, atlas.figure(series, unit))
    }
    guard rows.contains(where: { $0.2.value != nil }) else { return nil }
    let chart = DecileStrip(
      rows: rows.map { ($0.0.title.replacing(" decile", with: ""), $0.2.value.map { Int($0) }) })
    let table = DataTable(
      id: "deprivation", caption: "Deprivation deciles, \(unit.shortName) (1 is most deprived)",
      columns: [
        DataTable.Column("Domain"), DataTable.Column("Decile", isNumeric: true),
        DataTable.Column("Period"),
      ],
      rows: rows.map { measure, series, figure in
        [
          .link(measure.title, to: "/measures/\(measure.id)"), .figure(figure, decimals: 0),
          .text(series.period),
        ]
      })
    let isRanked = rows.contains { if case .known(let known) = $0.2 { known.isSum } else { false } }
    let method =
      isRanked
      ? "Ranked anew among all \(kind?.plural ?? "areas of its kind") in the data: overall by the "
        + "mean score of their small areas, and each domain by their mean decile, both weighted by "
        + "residents."
      : "Ranked among all small areas of England."
    let html =
      "<h3>Deprivation by domain</h3>"
      + chart.svg(id: "c-deprivation", title: "Deprivation deciles, \(unit.shortName)")
      + "<p class=\"m\">\(method.xmlEscaped)</p>" + table.disclosed(csv: profile.request.csv(table))
    return (html, table)
  }

  /// What an older index said, where the area has not changed since.
  private func olderIndex() -> String? {
    guard let measure = atlas.measure("imd2019_decile"), unit.kind == "lsoa21" else { return nil }
    let older = atlas.parts(of: unit).filter { measure.kinds.contains($0.kind) }
    let source = atlas.source(measure.source)?.title ?? ""
    guard older.count == 1, let figure = atlas.figure("imd2019_decile", older[0]).value,
      older[0].code == unit.code
    else {
      return "<p class=\"m\">\(source.xmlEscaped) is not shown: the boundary of this area changed "
        + "between 2011 and 2021.</p>"
    }
    return "<p class=\"m\">\(source.xmlEscaped) put the same area, as it was in 2011, in decile "
      + "\(Int(figure)). The two indices are made differently: a change of decile is not a change of "
      + "deprivation.</p>"
  }
}
