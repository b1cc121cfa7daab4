import Charts
import Indicators
import Intake

/// How good the data are: fit for which uses, source by source, and what to mend first.
struct QualityPage {
  private let edition: AtlasLibrary.Edition
  private let request: PageRequest
  private var quality: DataQuality { edition.quality }

  init(_ edition: AtlasLibrary.Edition, _ request: PageRequest) {
    self.edition = edition
    self.request = request
  }

  func page() -> Page {
    guard !quality.sources.isEmpty else {
      return Page(
        title: "Data quality", template: "quality", section: .quality, values: ["isEmpty": true])
    }
    let sources = sourceTable
    let uses = useTable
    let faults = faultTable
    let read = quality.sources.reduce(0) { $0 + $1.read }
    let landed = quality.sources.reduce(0) { $0 + $1.landed }
    let fit = edition.uses.filter { Fitness($0, quality).verdict == .fit }.count
    let values: [String: any Sendable] = [
      "hasSources": true, "isLinked": !edition.atlas.linkage.isEmpty,
      "read": numberText(Double(read), decimals: 0),
      "landed": numberText(Double(landed), decimals: 0),
      "landedShare": read == 0 ? "–" : (Double(landed) / Double(read)).percent,
      "setAside": numberText(Double(read - landed), decimals: 0),
      "sourceCount": "\(quality.sources.count)", "fit": "\(fit)", "uses": "\(edition.uses.count)",
      "stopped": quality.sources.flatMap { source in
        source.deliveries.filter(\.isStopped).map { delivery -> [String: any Sendable] in
          [
            "name": "\(source.title), \(delivery.delivery)",
            "reason": delivery.stops.joined(separator: " "),
          ]
        }
      },
      "sourcesHTML": sources.html(csv: request.csv(sources)),
      "usesHTML": uses.html(csv: request.csv(uses)),
      "faultsHTML": faults.rows.isEmpty
        ? "<p>No record broke a rule.</p>" : faults.html(csv: request.csv(faults)),
    ]
    return Page(
      title: "Data quality", template: "quality", section: .quality, values: values,
      tables: [sources, uses, faults])
  }

  private var sourceTable: DataTable {
    DataTable(
      id: "sources", caption: "Sources",
      columns: [
        DataTable.Column("Source"), DataTable.Column("Deliveries", isNumeric: true),
        DataTable.Column("Newest", isNumeric: true), DataTable.Column("Records", isNumeric: true),
        DataTable.Column("Landed, %", isNumeric: true),
        DataTable.Column("Set aside", isNumeric: true), DataTable.Column("For the sender"),
      ],
      rows: quality.sources.map { source in
        [
          .link(source.title, to: source.path),
          .number(Double(source.deliveries.count), decimals: 0),
          .text(source.deliveries.last?.delivery ?? ""),
          .number(Double(source.read), decimals: 0),
          source.read == 0
            ? .none : .number(100 * Double(source.landed) / Double(source.read), decimals: 2),
          .number(Double(source.read - source.landed), decimals: 0),
          .link("Summary of \(source.id)", to: "\(source.path)/summary"),
        ]
      }, stacks: true)
  }

  private var useTable: DataTable {
    let judged = edition.uses.map { Fitness($0, quality) }.sorted {
      ($1.verdict, $0.use.title) < ($0.verdict, $1.use.title)
    }
    return DataTable(
      id: "uses", caption: "Fit for which uses?",
      columns: ["Use", "Verdict", "Kind", "What is wanting"].map { DataTable.Column($0) },
      rows: judged.map { fitness in
        [
          .text(fitness.use.title), .text(fitness.verdict.title),
          .text(fitness.use.kind.rawValue),
          .text(Self.wanting(fitness, quality)),
        ]
      }, stacks: true)
  }

  /// The worst findings of a use, in words.
  static func wanting(_ fitness: Fitness, _ quality: DataQuality) -> String {
    let worst = fitness.findings.filter { $0.verdict != .fit }.sorted { $0.verdict > $1.verdict }
    guard !worst.isEmpty else { return "Nothing." }
    let shown = worst.prefix(3).map { finding -> String in
      let source = quality.source(finding.source)
      let field = source?.tables.first { $0.name == finding.table }?.fields
        .first { $0.name == finding.field }?.column
      let what = field ?? (finding.field.isEmpty ? finding.table : finding.field)
      return source == nil ? finding.sentence : "\(what) (\(finding.source)): \(finding.sentence)"
    }
    let more = worst.count - shown.count
    return shown.joined(separator: " ") + (more > 0 ? " And \(more) more." : "")
  }

  /// The faults of all sources, gathered over deliveries; the most frequent first.
  private var faultTable: DataTable {
    let summaries = quality.sources.map { SummaryPage.summary(of: $0, edition) }
    let fixes = summaries.flatMap { summary in summary.fixes.map { (summary.source, $0) } }
      .sorted { ($1.1.count, $0.0.id, $0.1.rule) < ($0.1.count, $1.0.id, $1.1.rule) }
    return DataTable(
      id: "faults", caption: "What to mend first",
      columns: [
        DataTable.Column("Source"), DataTable.Column("Field"), DataTable.Column("Rule"),
        DataTable.Column("Records", isNumeric: true), DataTable.Column("What became of them"),
      ],
      rows: fixes.prefix(20).map { source, fix in
        [
          .link(source.title, to: source.path),
          .text(fix.field.isEmpty ? "the whole line" : fix.field), .text(fix.ruleTitle),
          .number(Double(fix.count), decimals: 0), .text(fix.outcome.title),
        ]
      }, stacks: true)
  }
}

extension DataQuality.Source {
  /// The address of the source's page.
  var path: String { "/quality/\(id)" }
}
