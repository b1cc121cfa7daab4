import Charts
import Definitions
import Indicators
import Intake

/// One source: its deliveries, its fields, whether others agree with it, and where it broke rules.
struct SourceQualityPage {
  private let edition: AtlasLibrary.Edition
  private let request: PageRequest
  private let source: DataQuality.Source
  private var quality: DataQuality { edition.quality }

  /// - Throws: ``PageError`` for a source that does not exist.
  init(_ edition: AtlasLibrary.Edition, _ request: PageRequest) throws {
    guard let source = edition.quality.source(request.part("source")) else {
      throw PageError.notFound("There is no such source. The page on data quality lists them all.")
    }
    self.edition = edition
    self.request = request
    self.source = source
  }

  func page() -> Page {
    let deliveries = deliveryTable
    let landed = landedSeries
    let landedTable = landed.table(id: "landed", of: source.title)
    let fields = source.tables.map { (table: $0, data: fieldTable($0)) }
    let records = recordTable
    let late = timelinessTable
    let agreement = agreementTable
    let coverage = coverageTables
    let faults = faultTable
    var tables = [deliveries, landedTable] + fields.map(\.data) + coverage
    tables += [records, late, agreement, faults].filter { !$0.rows.isEmpty }
    let uses = usesTable
    if !uses.rows.isEmpty { tables.append(uses) }
    func html(_ table: DataTable, first count: Int = 40) -> String {
      table.rows.isEmpty ? "" : table.first(count).html(csv: request.csv(table))
    }
    // One table is open; several are opened one by one, or the page would be endless.
    func fieldHTML(_ table: DataTable) -> String {
      fields.count == 1
        ? html(table, first: 100)
        : table.disclosed(
          csv: request.csv(table), summary: "\(table.caption) (\(table.rows.count))",
          repeatsCaption: false)
    }
    let values: [String: any Sendable] = [
      "title": source.title, "id": source.id, "mapping": source.mapping, "path": source.path,
      "opening": SummaryPage.summary(of: source, edition).opening,
      "deliveriesHTML": html(deliveries),
      "chartHTML": landed.svg(id: "c-landed", of: source.title) + landed.reading
        + landedTable.disclosed(csv: request.csv(landedTable)),
      "tables": fields.map { entry -> [String: any Sendable] in
        ["name": entry.table.name, "fieldsHTML": fieldHTML(entry.data)]
      },
      "recordsHTML": html(records), "lateHTML": html(late, first: 12),
      "agreementHTML": html(agreement, first: 15),
      "faultsHTML": html(faults, first: 15),
      "coverageHTML": coverage.map { html($0, first: 15) }.joined(), "usesHTML": html(uses),
      "hasFaults": !faults.rows.isEmpty, "hasCoverage": !coverage.isEmpty,
      "hasAgreement": !agreement.rows.isEmpty, "hasLate": !late.rows.isEmpty,
      "hasUses": !uses.rows.isEmpty,
    ]
    return Page(
      title: "Data quality: \(source.title)", template: "quality_source", section: .quality,
      values: values, tables: tables)
  }

  // MARK: Deliveries

  private var deliveryTable: DataTable {
    DataTable(
      id: "deliveries", caption: "Deliveries",
      columns: [
        DataTable.Column("Delivery"), DataTable.Column("State"),
        DataTable.Column("Records", isNumeric: true),
        DataTable.Column("Landed", isNumeric: true),
        DataTable.Column("Set aside", isNumeric: true), DataTable.Column("Note"),
      ],
      rows: source.deliveries.map { delivery in
        let read = delivery.files.reduce(0) { $0 + $1.read }
        let aside = delivery.files.reduce(0) { $0 + $1.quarantined }
        let drift = delivery.files.flatMap { file in file.drift.map { "\(file.file): \($0)" } }
        let unknown =
          delivery.unknownFiles.isEmpty
          ? [] : ["Files that nothing reads: \(delivery.unknownFiles.joined(separator: ", "))."]
        return [
          .text(delivery.delivery), .text(delivery.isStopped ? "stopped" : "landed"),
          .number(Double(read), decimals: 0),
          .number(delivery.isStopped ? 0 : Double(read - aside), decimals: 0),
          .number(Double(aside), decimals: 0),
          .text((delivery.stops + drift + unknown).joined(separator: " ")),
        ]
      }, stacks: true)
  }

  /// The share of records that landed, delivery by delivery.
  private var landedSeries: ControlledSeries {
    let points = source.deliveries.compactMap { delivery -> (period: String, value: Double)? in
      let read = delivery.files.reduce(0) { $0 + $1.read }
      let aside = delivery.files.reduce(0) { $0 + $1.quarantined }
      guard read > 0, !delivery.isStopped else { return nil }
      return (String(delivery.delivery.prefix(10)), 100 * Double(read - aside) / Double(read))
    }
    return ControlledSeries(
      title: "Records that landed", periodTitle: "Delivery", points: points,
      unit: ChartUnit("%", decimals: 2), polarity: .higherIsBetter)
  }

  // MARK: Fields

  private func fieldTable(_ table: DataQuality.Table) -> DataTable {
    func figure(_ measure: DataQuality.Measure, _ field: DataQuality.Field) -> DataTable.Cell {
      let share = quality.share(measure, source: source.id, table: table.name, field: field.name)
      guard let share else { return .none }
      return .figure(share.figure.percent, decimals: measure == .validity ? 2 : 1)
    }
    return DataTable(
      id: "fields-\(table.name)", caption: "Fields of \(table.name)",
      columns: [
        DataTable.Column("Field"), DataTable.Column("Lands as"),
        DataTable.Column("Complete, %", isNumeric: true),
        DataTable.Column("Valid, %", isNumeric: true),
        DataTable.Column("Known, %", isNumeric: true),
        DataTable.Column("Largest gap, points", isNumeric: true), DataTable.Column("Between"),
      ],
      rows: table.fields.map { field in
        let gap = quality.gap(source: source.id, table: table.name, field: field.name)
        return [
          .link(field.column, to: field.path(source.id, table.name)), .text(field.handling),
          figure(.completeness, field), figure(.validity, field), figure(.known, field),
          gap.map { .number(100 * $0.size, decimals: 1) } ?? .none,
          .text(gap.map { $0.size < 0.0005 ? "" : $0.words } ?? ""),
        ]
      }, stacks: true)
  }

  // MARK: Time

  private var timelinessTable: DataTable {
    // All deliveries of every table first.
    var rows: [[DataTable.Cell]] = []
    var whole: [[DataTable.Cell]] = []
    for table in source.tables {
      guard
        let field = quality.measuredField(.late, source: source.id, table: table.name)
      else { continue }
      let deliveries = source.deliveries.filter { !$0.isStopped }.map(\.delivery)
      for delivery in ["" as String] + deliveries.reversed() {
        func share(_ measure: DataQuality.Measure) -> DataQuality.Share? {
          quality.share(
            measure, source: source.id, table: table.name, field: field, delivery: delivery)
        }
        guard let late = share(.late) else { continue }
        let row: [DataTable.Cell] = [
          .text(table.name), .text(delivery.isEmpty ? "all" : delivery),
          late.denominator.map { .number(Double($0), decimals: 0) } ?? .none,
          .figure(late.figure.percent, decimals: 1),
          share(.lag)?.value.map { .number($0, decimals: 0) } ?? .none,
          share(.freshness)?.value.map { .number($0, decimals: 0) } ?? .none,
        ]
        if delivery.isEmpty { whole.append(row) } else { rows.append(row) }
      }
    }
    return DataTable(
      id: "timeliness", caption: "New records, and how late they came",
      columns: [
        DataTable.Column("Table"), DataTable.Column("Delivery"),
        DataTable.Column("New records", isNumeric: true),
        DataTable.Column("Late, %", isNumeric: true),
        DataTable.Column("Median days from event to delivery", isNumeric: true),
        DataTable.Column("Days from the newest event to delivery", isNumeric: true),
      ], rows: whole + rows, stacks: true)
  }

  /// What is measured of records as a whole.
  private var recordTable: DataTable {
    let measures: [(DataQuality.Measure, String)] = [
      (.uniqueness, "Once in their delivery, %"), (.linked, "Lead somewhere, %"),
      (.lifetime, "Within a life, %"), (.oneRecord, "People with one record, %"),
    ]
    return DataTable(
      id: "records", caption: "Whole records",
      columns: [DataTable.Column("Table")] + measures.map { DataTable.Column($1, isNumeric: true) },
      rows: source.tables.map { table in
        [.text(table.name)]
          + measures.map { measure, _ in
            let field = quality.measuredField(measure, source: source.id, table: table.name) ?? ""
            let share = quality.share(
              measure, source: source.id, table: table.name, field: field)
            return share.map { .figure($0.figure.percent, decimals: 2) } ?? .none
          }
      })
  }

  // MARK: Other sources

  private var agreementTable: DataTable {
    var rows: [[DataTable.Cell]] = []
    for table in source.tables {
      for field in table.fields {
        let shares = quality.shares(
          .agreement, source: source.id, table: table.name, field: field.name, by: .source)
        for share in shares where share.denominator != 0 {
          rows.append([
            .text(field.compared), .text(table.name), .text(quality.title(ofTable: share.id)),
            share.denominator.map { .number(Double($0), decimals: 0) }
              ?? .figure(share.figure, decimals: 0),
            .figure(share.figure.percent, decimals: 1),
          ])
        }
      }
    }
    return DataTable(
      id: "agreement", caption: "Agreement with other sources, on people whom both know",
      columns: [
        DataTable.Column("Field"), DataTable.Column("Table"), DataTable.Column("Other source"),
        DataTable.Column("People", isNumeric: true), DataTable.Column("Agree, %", isNumeric: true),
      ], rows: rows, stacks: true)
  }

  private var coverageTables: [DataTable] {
    source.tables.flatMap { table -> [DataTable] in
      guard
        let field = quality.measuredField(.coverage, source: source.id, table: table.name)
      else { return [] }
      func shares(_ group: DataQuality.Group) -> [DataQuality.Share] {
        quality.shares(.coverage, source: source.id, table: table.name, field: field, by: group)
      }
      func rows(
        _ shares: [DataQuality.Share], _ name: (DataQuality.Share) -> DataTable.Cell
      ) -> [[DataTable.Cell]] {
        shares.map { share in
          [
            name(share),
            share.numerator.map { .number(Double($0), decimals: 0) }
              ?? .figure(share.figure, decimals: 0),
            share.denominator.map { .number(Double($0), decimals: 0) } ?? .none,
            .figure(share.figure.percent, decimals: 1),
          ]
        }
      }
      let columns = [
        DataTable.Column("People", isNumeric: true), DataTable.Column("Residents", isNumeric: true),
        DataTable.Column("People of 100 residents", isNumeric: true),
      ]
      let all = DataTable(
        id: "coverage-\(table.name)", caption: "Coverage by fifth of deprivation",
        columns: [DataTable.Column("Fifth")] + columns,
        rows: rows(shares(.everybody)) { _ in .text("all") }
          + rows(shares(.deprivation)) { .text(DataQuality.Group.deprivation.title(of: $0.id)) })
      let areas = shares(.smallArea).sorted { ($0.value ?? 9) < ($1.value ?? 9) }
      return [
        all,
        DataTable(
          id: "coverage-areas-\(table.name)",
          caption: "Coverage by small area, the least covered first",
          columns: [DataTable.Column("Small area")] + columns,
          rows: rows(areas) { share in
            ["lsoa", "lsoa21"].lazy.compactMap {
              edition.atlas.unit(kind: $0, code: share.id)
            }.first.map { .link($0.shortName, to: $0.path) }
              ?? .text(share.id)
          }),
      ]
    }
  }

  // MARK: Faults and uses

  private var faultTable: DataTable {
    let all = quality.faults.filter { $0.source == source.id }
    let own = all.filter { !$0.isMended } + all.filter(\.isMended)
    return DataTable(
      id: "faults", caption: "Where rules were broken",
      columns: [
        DataTable.Column("Delivery and file"), DataTable.Column("Field"), DataTable.Column("Rule"),
        DataTable.Column("Records", isNumeric: true), DataTable.Column("What became of them"),
        DataTable.Column("Since"), DataTable.Column("First lines"),
      ],
      rows: own.map { fault in
        [
          .text("\(fault.delivery)/\(fault.file)"),
          .text(fault.field.isEmpty ? "the whole line" : fault.field), .text(fault.rule),
          .number(Double(fault.count), decimals: 0), .text(fault.outcome.title),
          .text(fault.isMended ? "mended" : "open"),
          .text(fault.lines.map(String.init).joined(separator: ", ")),
        ]
      }, stacks: true)
  }

  private var usesTable: DataTable {
    let judged = edition.uses.map { Fitness($0, quality) }.filter { fitness in
      fitness.findings.contains { $0.source == source.id }
    }
    return DataTable(
      id: "uses", caption: "Uses that read this source",
      columns: ["Use", "Verdict", "What is wanting here"].map { DataTable.Column($0) },
      rows: judged.map { fitness in
        let here = fitness.findings.filter { $0.source == source.id && $0.verdict != .fit }
        let columns = source.tables.flatMap(\.fields)
        return [
          .text(fitness.use.title), .text(fitness.verdict.title),
          .text(
            here.isEmpty
              ? fitness.verdict == .fit ? "Nothing." : "Nothing here; it is another source."
              : here.map { finding in
                let column = columns.first { $0.name == finding.field }?.column ?? finding.table
                return "\(column): \(finding.sentence)"
              }.joined(separator: " ")),
        ]
      }, stacks: true)
  }
}

extension DataQuality.Field {
  /// The address of the field's page.
  func path(_ source: String, _ table: String) -> String {
    "/quality/\(source)/fields/\(table)/\(name)"
  }

  /// The field as it is compared between sources.
  var compared: String {
    switch about {
    case .birthYear: "\(column): the year"
    case .ethnicGroup: "\(column): one of five groups"
    case .smallArea where column.lowercased().contains("postcode"): "\(column): the small area"
    case .death: "\(column): is known to have died"
    default: column
    }
  }

  /// Where its values go, in words.
  var handling: String {
    switch keep {
    case "hash", "reference": "\(name), hashed"
    case "vault": "\(name), in the vault only"
    default: name
    }
  }
}

extension DataQuality.Gap {
  /// Who has the field least and most often.
  var words: String {
    "\(group.title): \((least.value ?? 0).percent) in \(group.title(of: least.id)), "
      + "\((most.value ?? 0).percent) in \(group.title(of: most.id))"
  }
}

extension Figure {
  /// A share as percent.
  var percent: Figure {
    guard case .known(let known) = self else { return self }
    return .known(
      Known(
        value: 100 * known.value, numerator: known.numerator, denominator: known.denominator,
        isSum: known.isSum))
  }
}
