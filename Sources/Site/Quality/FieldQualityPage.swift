import Charts
import Definitions
import Indicators
import Intake

/// One field of a source: over deliveries, by group, beside other sources, and for what it is used.
struct FieldQualityPage {
  private let edition: AtlasLibrary.Edition
  private let request: PageRequest
  private let source: DataQuality.Source
  private let table: DataQuality.Table
  private let field: DataQuality.Field
  private var quality: DataQuality { edition.quality }

  /// - Throws: ``PageError`` for a field that does not exist.
  init(_ edition: AtlasLibrary.Edition, _ request: PageRequest) throws {
    guard let source = edition.quality.source(request.part("source")),
      let table = source.tables.first(where: { $0.name == request.part("landed") }),
      let field = table.fields.first(where: { $0.name == request.part("field") })
    else {
      throw PageError.notFound("There is no such field. The page of its source lists them all.")
    }
    self.edition = edition
    self.request = request
    self.source = source
    self.table = table
    self.field = field
  }

  func page() -> Page {
    let series = valueSeries
    let overTime = series.table(id: "deliveries", of: field.column)
    let groups = [DataQuality.Group.deprivation, .ethnicGroup, .age].compactMap { groupSection($0) }
    let practices = practiceTable
    let uses = useTable
    var tables = [overTime] + groups.map(\.table)
    if let practices { tables.append(practices) }
    if !uses.rows.isEmpty { tables.append(uses) }
    let values: [String: any Sendable] = [
      "column": field.column, "source": source.title, "sourcePath": source.path,
      "table": table.name, "lands": field.handling, "type": field.type, "unit": field.unit,
      "allowed": field.allowed, "element": field.element,
      "sentences": sentences,
      "chartHTML": series.points.isEmpty
        ? "<p>No delivery has records to count.</p>"
        : series.svg(id: "c-deliveries", of: field.column) + series.reading
          + overTime.disclosed(csv: request.csv(overTime)),
      "groups": groups.map { group -> [String: any Sendable] in
        ["title": group.title, "bodyHTML": group.html]
      },
      "hasGroups": !groups.isEmpty,
      "practicesHTML": practices.map { $0.first(40).html(csv: request.csv($0)) } ?? "",
      "usesHTML": uses.rows.isEmpty ? "" : uses.html(csv: request.csv(uses)),
    ]
    return Page(
      title: "\(field.column): \(source.title)", template: "quality_field", section: .quality,
      values: values, tables: tables)
  }

  private func share(_ measure: DataQuality.Measure) -> DataQuality.Share? {
    quality.share(measure, source: source.id, table: table.name, field: field.name)
  }

  /// How often the field says something: without what is not known or not stated, where it has words for
  /// that.
  private var values: (measure: DataQuality.Measure, title: String) {
    let measure = quality.measureOfValues(
      source: source.id, table: table.name, field: field.name)
    return (measure, measure == .known ? "Known, %" : "Complete, %")
  }

  private func shares(
    _ measure: DataQuality.Measure, by group: DataQuality.Group
  ) -> [DataQuality.Share] {
    quality.shares(
      measure, source: source.id, table: table.name, field: field.name, by: group)
  }

  /// What the figures say.
  private var sentences: [String] {
    var sentences: [String] = []
    if let share = share(.completeness), let value = share.value,
      let numerator = share.numerator, let denominator = share.denominator
    {
      sentences.append(
        "\(value.percent) of records have a value: \(numberText(Double(numerator), decimals: 0)) of "
          + "\(numberText(Double(denominator), decimals: 0)).")
    }
    if let value = share(.known)?.value {
      sentences.append(
        value == 1
          ? "None says that it is not known or not stated."
          : "\(value.percent) of records say something: the others have no value, or one that says that it "
            + "is not known or not stated.")
    }
    if let value = share(.validity)?.value {
      sentences.append("\(value.percent) of the values pass their checks.")
    }
    if let gap = quality.gap(source: source.id, table: table.name, field: field.name),
      gap.size >= 0.0005
    {
      sentences.append("It is not as complete for everybody: by \(gap.words).")
    }
    for share in quality.shares(
      .agreement, source: source.id, table: table.name, field: field.name, by: .source)
    {
      guard let value = share.value, let people = share.denominator, people > 0 else { continue }
      guard field.about != .death else {
        sentences.append(
          "Of about \(numberText(Double(people), decimals: 0)) people whom it says to have died and whom "
            + "\(quality.title(ofTable: share.id)) knows, \(value.percent) are known there to have "
            + "died.")
        continue
      }
      sentences.append(
        "\(quality.title(ofTable: share.id)) says the same (\(field.compared)) of \(value.percent) of about "
          + "\(numberText(Double(people), decimals: 0)) people whom both know.")
    }
    let open = quality.faults.filter {
      $0.source == source.id && $0.table == table.name && $0.field == field.column && !$0.isMended
    }
    for (rule, groups) in Dictionary(grouping: open, by: \.rule).sorted(by: { $0.key < $1.key }) {
      let count = groups.reduce(0) { $0 + $1.count }
      sentences.append(
        "\(numberText(Double(count), decimals: 0)) \(count == 1 ? "record breaks" : "records break") "
          + "the rule \(rule) and \(count == 1 ? "has" : "have") not been mended.")
    }
    return sentences
  }

  private var valueSeries: ControlledSeries {
    let measure = values.measure
    let points = source.deliveries.compactMap { delivery -> (period: String, value: Double)? in
      let share = quality.share(
        measure, source: source.id, table: table.name, field: field.name,
        delivery: delivery.delivery)
      return share?.value.map { (String(delivery.delivery.prefix(10)), 100 * $0) }
    }
    return ControlledSeries(
      title: measure == .known ? "Records that say something" : "Records with a value",
      periodTitle: "Delivery", points: points,
      unit: ChartUnit("%", decimals: 1), polarity: .higherIsBetter)
  }

  private func groupSection(
    _ group: DataQuality.Group
  ) -> (title: String, html: String, table: DataTable)? {
    let known = shares(values.measure, by: group)
    guard !known.isEmpty, field.about == nil || field.about != group.madeOf else { return nil }
    let (complete, valid) = (shares(.completeness, by: group), shares(.validity, by: group))
    func figure(_ shares: [DataQuality.Share], _ id: String) -> DataTable.Cell {
      shares.first { $0.id == id }.map { .figure($0.figure.percent, decimals: 1) } ?? .none
    }
    let data = DataTable(
      id: "by-\(group.rawValue.replacing("_", with: "-"))",
      caption: "\(field.column) by \(group.title)",
      columns: [
        DataTable.Column(group.title.capitalisedFirst),
        DataTable.Column("Records", isNumeric: true),
        DataTable.Column("Complete, %", isNumeric: true),
        DataTable.Column("Valid, %", isNumeric: true),
      ] + (values.measure == .known ? [DataTable.Column("Known, %", isNumeric: true)] : []),
      rows: known.map { share in
        [
          .text(group.title(of: share.id)),
          share.denominator.map { .number(Double($0), decimals: 0) }
            ?? .figure(share.figure, decimals: 0),
          figure(complete, share.id), figure(valid, share.id),
        ] + (values.measure == .known ? [.figure(share.figure.percent, decimals: 1)] : [])
      })
    let chart = BarChart(
      series: [values.measure == .known ? "Known" : "Complete"],
      categories: known.map { share in
        BarChart.Category(
          group.title(of: share.id),
          [
            ChartValue(
              share.value.map { 100 * $0 }, reason: share.figure.reason,
              isSuppressed: share.figure.isSuppressed)
          ])
      }, unit: ChartUnit("%", decimals: 1))
    let title = "By \(group.title)"
    return (
      title,
      chart.svg(
        id: "c-\(group.rawValue.replacing("_", with: "-"))",
        title:
          "\(field.column), share of records \(values.measure == .known ? "that say something" : "with a value"), by \(group.title)"
      )
        + data.disclosed(csv: request.csv(data)), data
    )
  }

  private var practiceTable: DataTable? {
    let shares = shares(values.measure, by: .practice)
    guard !shares.isEmpty else { return nil }
    return DataTable(
      id: "by-practice",
      caption:
        "\(field.column) by practice, the least \(values.measure == .known ? "known" : "complete") first",
      columns: [
        DataTable.Column("Practice"), DataTable.Column("Records", isNumeric: true),
        DataTable.Column(values.title, isNumeric: true),
      ],
      rows: shares.sorted { ($0.value ?? 2, $0.id) < ($1.value ?? 2, $1.id) }.map { share in
        [
          edition.atlas.unit(kind: "practice", code: share.id).map {
            .link($0.shortName, to: $0.path)
          }
            ?? .text(share.id),
          share.denominator.map { .number(Double($0), decimals: 0) }
            ?? .figure(share.figure, decimals: 0),
          .figure(share.figure.percent, decimals: 1),
        ]
      })
  }

  private var useTable: DataTable {
    var rows: [[DataTable.Cell]] = []
    for use in edition.uses {
      let findings = Fitness(use, quality).findings.filter {
        $0.source == source.id && $0.table == table.name && $0.field == field.name
      }
      for finding in findings {
        rows.append([
          .text(use.title), .text(finding.verdict.title), .text(finding.sentence),
          .text(finding.why),
        ])
      }
    }
    return DataTable(
      id: "uses", caption: "Fit for what reads it?",
      columns: ["Use", "Verdict", "What there is", "Why it matters"].map { DataTable.Column($0) },
      rows: rows, stacks: true)
  }
}
