import Charts
import Indicators
import Statistics

/// Long-term conditions: the prevalence here, set against how prevalence goes with deprivation.
struct ConditionsSection {
  private let profile: ProfilePage
  private var atlas: Atlas { profile.atlas }

  init(_ profile: ProfilePage) { self.profile = profile }

  func section() -> ProfileSection? {
    let registers = atlas.measures.filter { $0.id.hasPrefix("qof.") }
    guard let first = registers.first else { return nil }
    guard let level = profile.nearest(with: first.id) else { return unknown(first) }
    let deciles = atlas.units(ofKind: "imd2019_decile").sorted {
      (Int($0.code) ?? 0) < (Int($1.code) ?? 0)
    }
    let unit = ChartUnit("%", decimals: 1)
    let panels = registers.compactMap { measure -> GradientChart.Panel? in
      let id = "qof_by_decile" + measure.id.dropFirst("qof".count)
      guard let series = atlas.series(of: id).last else { return nil }
      return GradientChart.Panel(
        measure.title,
        values: deciles.map { ChartValue(atlas.figure(series, $0), atlas, series) },
        own: atlas.figure(measure.id, level).value)
    }
    // The steepest gradients are drawn, because they are what deprivation has to do with.
    let steepest = panels.sorted { $0.steepness > $1.steepness }.prefix(6).map { $0 }
    let table = self.table(registers, level)
    var html = ""
    if level.id != profile.unit.id {
      html +=
        "<p>These figures are of <a href=\"\(level.path)\">"
        + "\(level.shortName.xmlEscaped)</a>, the smallest area around this one that has them.</p>"
    }
    if !steepest.isEmpty {
      html +=
        "<h3>Prevalence and deprivation</h3><p>Each chart shows England's people by the "
        + "deprivation of where they live, and \(level.shortName.xmlEscaped)'s own prevalence as a "
        + "line. The \(steepest.count) conditions that differ most between the most and the least "
        + "deprived are shown; prevalence is not adjusted for age, so conditions of later life are "
        + "rarer where people die younger.</p>"
        + GradientChart(panels: steepest, unit: unit, ownName: level.shortName).svg(
          id: "c-gradient", title: "QOF prevalence by deprivation decile, and in \(level.shortName)"
        )
    }
    html += table.disclosed(
      csv: profile.request.csv(table), summary: "Show all conditions as a table")
    html += "<p class=\"m\">\(first.caveat.xmlEscaped)</p>"
    return ProfileSection(
      id: "conditions", title: "Long-term conditions and deprivation", html: html, tables: [table],
      measures: registers.map(\.id)
        + registers.map { "qof_by_decile" + $0.id.dropFirst("qof".count) })
  }

  /// Says why there is nothing, and where there is.
  private func unknown(_ measure: Measure) -> ProfileSection? {
    let unit = profile.unit
    guard unit.isInPlace, atlas.kind(unit.kind)?.isOrganisation == false else { return nil }
    let kinds = measure.kinds.compactMap { atlas.kind($0)?.plural }.joined(separator: " and ")
    let reason = atlas.figure(measure.id, unit).reason ?? ""
    return ProfileSection(
      id: "conditions", title: "Long-term conditions and deprivation",
      html: "<p>The prevalence of long-term conditions is published for \(kinds.xmlEscaped), and "
        + "\(unit.shortName.xmlEscaped) is not made of whole ones. \(reason.xmlEscaped) "
        + "<a href=\"/measures/\(measure.id)\">See it by district</a>. "
        + "Practices' own registers would give it here.</p>",
      tables: [], measures: [])
  }

  private func table(_ registers: [Measure], _ level: AtlasUnit) -> DataTable {
    let whole = atlas.whole
    var columns = [
      DataTable.Column("Condition"), DataTable.Column("\(level.shortName), %", isNumeric: true),
      DataTable.Column("95% interval, lower", isNumeric: true),
      DataTable.Column("95% interval, upper", isNumeric: true),
      DataTable.Column("Number on registers", isNumeric: true),
    ]
    if let whole { columns.append(DataTable.Column("\(whole.name), %", isNumeric: true)) }
    let deciles = atlas.units(ofKind: "imd2019_decile")
    let ends = ["1", "10"].compactMap { code in deciles.first { $0.code == code } }
    for end in ends {
      columns.append(DataTable.Column("Decile \(end.code) of England, %", isNumeric: true))
    }
    return DataTable(
      id: "conditions", caption: "QOF prevalence, \(level.shortName)", columns: columns,
      rows: registers.map { measure in
        let figure = atlas.figure(measure.id, level)
        let interval = measure.interval(of: figure)
        var cells: [DataTable.Cell] = [
          .link(measure.title, to: "/measures/\(measure.id)"), .figure(figure, decimals: 2),
          interval.map { .number($0.lower, decimals: 2) } ?? .none,
          interval.map { .number($0.upper, decimals: 2) } ?? .none,
          figure.numerator.map { .number($0, decimals: 0) } ?? .none,
        ]
        if let whole { cells.append(.figure(atlas.figure(measure.id, whole), decimals: 2)) }
        let id = "qof_by_decile" + measure.id.dropFirst("qof".count)
        cells += ends.map { .figure(atlas.figure(id, $0), decimals: 2) }
        return cells
      })
  }
}

extension GradientChart.Panel {
  /// How far the most and the least deprived tenth are apart, on a scale of ratios.
  fileprivate var steepness: Double {
    guard let first = values.first?.value, let last = values.last?.value, first > 0, last > 0 else {
      return 0
    }
    return max(first / last, last / first)
  }
}
