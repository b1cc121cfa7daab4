import Charts
import Definitions
import Indicators

/// Inequalities: how large each gap is now, over time, between which groups, and how many people it is about.
struct InequalitiesPage {
  private let atlas: Atlas
  private let request: PageRequest
  private let unit: AtlasUnit?
  private let indicator: Indicator?

  /// - Throws: ``PageError`` for an area or indicator that does not exist.
  init(_ atlas: Atlas, _ request: PageRequest) throws {
    self.atlas = atlas
    self.request = request
    if let asked = request["area"] {
      let parts = asked.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2, let unit = atlas.unit(kind: parts[0], code: parts[1]) else {
        throw PageError.badRequest("There is no such area. Find it by its name.")
      }
      self.unit = unit
    } else {
      unit = atlas.place
    }
    if let id = request["indicator"] {
      guard let indicator = atlas.indicators[id] else {
        throw PageError.badRequest("There is no such indicator.")
      }
      self.indicator = indicator
    } else {
      indicator = nil
    }
  }

  private enum Sort: String, CaseIterable {
    case ratio, people, title

    var title: String {
      switch self {
      case .ratio: "The widest gap first"
      case .people: "The most people first"
      case .title: "Name"
      }
    }
  }

  func page() -> Page {
    let sort = Sort(rawValue: request["sort"] ?? "") ?? .ratio
    let rows =
      unit.map { unit in
        sorted(atlas.indicators.measured.compactMap { row($0, unit) }, sort)
      } ?? []
    let chosen = indicator ?? rows.first?.indicator
    let table = table(rows)
    var sections: [IndicatorSection] = []
    if let chosen, let unit { sections = detail(chosen, unit) }
    let areas = areaChoices()
    let values: [String: any Sendable] = [
      "name": unit?.shortName ?? "", "isEmpty": rows.isEmpty, "areas": areas,
      "sorts": Sort.allCases.map { one -> [String: any Sendable] in
        ["id": one.rawValue, "title": one.title, "isChosen": one == sort]
      },
      "lead": sorted(rows, .ratio).first.map(lead) ?? "",
      "tableHTML": rows.isEmpty ? "" : table.html(csv: request.csv(table)),
      "chosen": chosen?.title ?? "", "chosenPath": chosen?.path ?? "",
      "indicators": rows.map(\.indicator).sorted { $0.title < $1.title }.map {
        one -> [String: any Sendable] in
        ["id": one.id, "title": one.title, "isChosen": one.id == chosen?.id]
      },
      "sections": sections.map { section -> [String: any Sendable] in
        ["id": section.id, "title": section.title, "bodyHTML": section.html]
      },
    ]
    return Page(
      title: "Inequalities", template: "inequalities", section: .inequalities, values: values,
      tables: [table] + sections.flatMap(\.tables))
  }

  // MARK: Every gap

  private struct Row {
    let indicator: Indicator
    let period: String
    let most: IndicatorAtlas.Reading
    let least: IndicatorAtlas.Reading
    let gap: IndicatorAtlas.Summary
    let ratio: IndicatorAtlas.Summary?
    let slope: IndicatorAtlas.Summary?
    let excess: IndicatorAtlas.Summary?

    /// Whether the most deprived are worse off; nil where neither way is better.
    var isWorse: Bool? {
      guard let value = gap.value, value != 0 else { return nil }
      return switch indicator.polarity {
      case .neutral: nil
      case .higherIsBetter: value < 0
      case .lowerIsBetter: value > 0
      }
    }

    /// How unequal it is, whichever way it goes: the ratio of the larger to the smaller.
    var inequality: Double {
      guard let value = ratio?.value, value > 0 else { return 0 }
      return max(value, 1 / value)
    }
  }

  private func row(_ indicator: Indicator, _ unit: AtlasUnit) -> Row? {
    guard let period = atlas.indicators.periods(of: indicator.id).last else { return nil }
    let fifths = atlas.indicators.groups(
      of: indicator.id, by: AreaClass.deprivationQuintile.rawValue, period: period)
    guard let first = fifths.first(where: { $0.group == "1" }),
      let last = fifths.first(where: { $0.group == "5" }),
      let most = atlas.indicators.reading(first, unit.id),
      let least = atlas.indicators.reading(last, unit.id),
      let gap = atlas.indicators.summary(indicator.id, unit.id, "gap", period: period),
      gap.value != nil
    else { return nil }
    func summary(_ name: String) -> IndicatorAtlas.Summary? {
      atlas.indicators.summary(indicator.id, unit.id, name, period: period)
    }
    return Row(
      indicator: indicator, period: period, most: most, least: least, gap: gap,
      ratio: summary("gap_ratio"), slope: summary("sii"), excess: summary("excess"))
  }

  private func sorted(_ rows: [Row], _ sort: Sort) -> [Row] {
    switch sort {
    case .title: return rows.sorted { $0.indicator.title < $1.indicator.title }
    case .people:
      return rows.sorted {
        (abs($0.excess?.value ?? 0), $1.indicator.title)
          > (abs($1.excess?.value ?? 0), $0.indicator.title)
      }
    case .ratio:
      // Those that are for the worse come before those of which neither way is better.
      return rows.sorted { a, b in
        let (first, second) = (a.isWorse == true, b.isWorse == true)
        return first == second
          ? (a.inequality, b.indicator.title) > (b.inequality, a.indicator.title) : first
      }
    }
  }

  private func lead(_ row: Row) -> String {
    guard let unit else { return "" }
    let inequality = InequalityWords(
      atlas: atlas, indicator: row.indicator, unit: unit, period: row.period)
    return ([row.indicator.title + ", \(row.period):"] + inequality.sentences)
      .joined(separator: " ")
  }

  private func table(_ rows: [Row]) -> DataTable {
    DataTable(
      id: "gaps",
      caption: "Gaps between the most and the least deprived fifth of \(unit?.shortName ?? "")",
      columns: [
        DataTable.Column("Indicator"), DataTable.Column("Period"),
        DataTable.Column("Most deprived fifth", isNumeric: true),
        DataTable.Column("Least deprived fifth", isNumeric: true), DataTable.Column("Unit"),
        DataTable.Column("Gap", isNumeric: true), DataTable.Column("95% interval of the gap"),
        DataTable.Column("Times as high", isNumeric: true),
        DataTable.Column("Slope index", isNumeric: true),
        DataTable.Column("How many more than at the least deprived's figure", isNumeric: true),
        DataTable.Column("Reading"),
      ],
      rows: rows.map { row in
        let words = IndicatorWords(row.indicator)
        let decimals = row.indicator.decimals
        let interval = words.interval(row.gap.lower, row.gap.upper)
        let path =
          "/inequalities?indicator=\(row.indicator.id)"
          + (unit.map { "&area=\($0.kind):\($0.code)" } ?? "") + "#chosen"
        return [
          .link(row.indicator.title, to: path), .text(row.period),
          .figure(row.most.figure, decimals: decimals),
          .figure(row.least.figure, decimals: decimals), .text(row.indicator.unit),
          .number(row.gap.value, decimals: decimals), interval.map { .text($0) } ?? .none,
          .number(row.ratio?.value, decimals: 2), .number(row.slope?.value, decimals: decimals),
          .number(row.indicator.polarity == .neutral ? nil : row.excess?.value, decimals: 0),
          .text(
            row.isWorse.map { $0 ? "worse for the most deprived" : "better for the most deprived" }
              ?? "neither way is better"),
        ]
      }, stacks: true)
  }

  /// The place and the larger areas in it, of which gaps are known.
  private func areaChoices() -> [[String: any Sendable]] {
    var known: Set<Int> = []
    for indicator in atlas.indicators.measured {
      known.formUnion(atlas.indicators.unitsWithGaps(indicator.id))
    }
    if let unit { known.insert(unit.id) }
    return known.sorted().map { atlas.units[$0] }.map {
      [
        "id": "\($0.kind):\($0.code)",
        "title": "\($0.shortName) (\(atlas.kind($0.kind)?.title ?? ""))",
        "isChosen": $0.id == unit?.id,
      ]
    }
  }

  // MARK: One gap

  private func detail(_ indicator: Indicator, _ unit: AtlasUnit) -> [IndicatorSection] {
    guard let period = atlas.indicators.periods(of: indicator.id).last else { return [] }
    let inequality = InequalityWords(
      atlas: atlas, indicator: indicator, unit: unit, period: period)
    let now =
      inequality.sentences.isEmpty
      ? "<p>The gap in \(unit.shortName.xmlEscaped) is not known: it needs people in every fifth of "
        + "deprivation, and figures of all of them.</p>"
      : "<ul class=\"nhsuk-list nhsuk-list--bullet\">"
        + inequality.sentences.map { "<li>\($0.xmlEscaped)</li>" }.joined() + "</ul>"
    var sections = [
      IndicatorSection(id: "now", title: "Now, \(period)", html: now, tables: [])
    ]
    if let overTime = overTime(indicator, unit) { sections.append(overTime) }
    if let groups = groups(indicator, unit, period) { sections.append(groups) }
    return sections
  }

  private func overTime(_ indicator: Indicator, _ unit: AtlasUnit) -> IndicatorSection? {
    let periods = atlas.indicators.periods(of: indicator.id)
    let words = IndicatorWords(indicator)
    func fifth(_ group: String, _ period: String) -> IndicatorAtlas.Reading? {
      atlas.indicators.groups(
        of: indicator.id, by: AreaClass.deprivationQuintile.rawValue, period: period
      ).first { $0.group == group }.flatMap { atlas.indicators.reading($0, unit.id) }
    }
    let rows = periods.map { period in
      (
        period: period, most: fifth("1", period), least: fifth("5", period),
        slope: atlas.indicators.summary(indicator.id, unit.id, "sii", period: period)
      )
    }.filter { $0.most?.value != nil && $0.least?.value != nil }
    guard rows.count > 1 else {
      return IndicatorSection(
        id: "over-time", title: "Over time",
        html: "<p>There are figures of one period only, so nothing can be said of how the gap has "
          + "changed. A further delivery of the same data would say it.</p>", tables: [])
    }
    let chart = LineChart(
      periods: rows.map(\.period),
      lines: [
        LineChart.Line("Most deprived fifth", rows.map { ChartValue($0.most) }),
        LineChart.Line("Least deprived fifth", rows.map { ChartValue($0.least) }),
      ], unit: words.unit)
    func number(_ value: Double?) -> DataTable.Cell {
      .number(value, decimals: indicator.decimals)
    }
    let table = DataTable(
      id: "gap-over-time", caption: "\(indicator.title): the gap over time, \(unit.shortName)",
      columns: [
        DataTable.Column("Period"), DataTable.Column("Most deprived fifth", isNumeric: true),
        DataTable.Column("Least deprived fifth", isNumeric: true),
        DataTable.Column("Slope index", isNumeric: true),
        DataTable.Column("Lower 95%", isNumeric: true),
        DataTable.Column("Upper 95%", isNumeric: true),
      ],
      rows: rows.map {
        [
          .text($0.period), number($0.most?.value), number($0.least?.value),
          number($0.slope?.value), number($0.slope?.lower), number($0.slope?.upper),
        ]
      })
    let finding = StandingOut(atlas).gap(of: indicator, in: unit)
    let none =
      StandingOut(atlas).canCompareGaps(of: indicator, in: unit)
      ? "Between the latest period and the first that shares no month with it, the gap has not changed "
        + "by more than chance."
      : "Whether the gap has changed cannot be told: that needs slopes with intervals of two periods "
        + "that share no month."
    let explanation = finding.map { FindingWords($0).explanation } ?? none
    let reading = "<p>\(explanation.xmlEscaped)</p>"
    return IndicatorSection(
      id: "over-time", title: "Over time",
      html: chart.svg(id: "c-gap", title: "\(indicator.title) in the most and least deprived fifth")
        + reading + table.html(csv: request.csv(table)), tables: [table])
  }

  /// Every group of every breakdown, the furthest from the whole first.
  private func groups(
    _ indicator: Indicator, _ unit: AtlasUnit, _ period: String
  ) -> IndicatorSection? {
    let words = IndicatorWords(indicator)
    let slice = atlas.indicators.slice(of: indicator.id, period: period)
    let all = slice.flatMap { atlas.indicators.reading($0, unit.id)?.value }
    let rows = groupRows(indicator, unit, period, all)
    guard rows.count > 1 else { return nil }
    let table = DataTable(
      id: "groups",
      caption:
        "\(indicator.title), \(period): groups of \(unit.shortName), the furthest from all of it first",
      columns: [
        DataTable.Column("Group"), DataTable.Column("Of"),
        DataTable.Column(words.columnTitle, isNumeric: true), DataTable.Column("95% interval"),
        DataTable.Column("Numerator", isNumeric: true),
        DataTable.Column("Denominator", isNumeric: true), DataTable.Column("Against all"),
      ],
      rows: rows.map { groupCells($0, indicator, unit, all) }, stacks: true)
    let whole = all.map {
      "<p>In all of \(unit.shortName.xmlEscaped): \(words.value($0).xmlEscaped).</p>"
    }
    return IndicatorSection(
      id: "groups", title: "Which groups",
      html: (whole ?? "") + table.html(csv: request.csv(table)),
      tables: [table])
  }

  private struct GroupRow {
    let slice: IndicatorAtlas.Slice
    let reading: IndicatorAtlas.Reading
    /// How far it is from the figure of the whole area.
    let distance: Double
  }

  private func groupRows(
    _ indicator: Indicator, _ unit: AtlasUnit, _ period: String, _ all: Double?
  ) -> [GroupRow] {
    let slices = atlas.indicators.slices(of: indicator.id).filter { slice in
      slice.period == period && !slice.breakdown.isEmpty
    }
    let tenths = AreaClass.deprivationDecile.rawValue
    return slices.compactMap { slice -> GroupRow? in
      // Fifths say what tenths say, in fewer rows.
      guard slice.breakdown != tenths, let reading = atlas.indicators.reading(slice, unit.id)
      else { return nil }
      guard let value = reading.value, let all else {
        return GroupRow(slice: slice, reading: reading, distance: -1)
      }
      return GroupRow(slice: slice, reading: reading, distance: abs(value - all))
    }.sorted { $0.distance > $1.distance }
  }

  private func groupCells(
    _ row: GroupRow, _ indicator: Indicator, _ unit: AtlasUnit, _ all: Double?
  ) -> [DataTable.Cell] {
    var comparison: BenchmarkComparison?
    if let all, let value = row.reading.value {
      comparison = BenchmarkComparison(
        value: value, lower: row.reading.lower, upper: row.reading.upper,
        with: Benchmark(name: unit.shortName, value: all, unit: unit.id),
        polarity: indicator.polarity)
    }
    let interval = IndicatorWords(indicator).interval(row.reading.lower, row.reading.upper)
    return [
      .text(IndicatorWords.group(row.slice.group, of: row.slice.breakdown, atlas)),
      .text(IndicatorWords.breakdown(row.slice.breakdown)),
      .figure(row.reading.figure, decimals: indicator.decimals),
      interval.map { .text($0) } ?? .none, .number(row.reading.known?.numerator, decimals: 0),
      .number(row.reading.known?.denominator, decimals: 0), .text(comparison?.word ?? "–"),
    ]
  }
}

extension DataTable.Cell {
  /// A number, or nothing where there is none.
  static func number(_ value: Double?, decimals: Int) -> DataTable.Cell {
    guard let value else { return .none }
    return .number(value, decimals: decimals)
  }
}
