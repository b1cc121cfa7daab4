import Definitions
import Indicators
import Places

/// What stands out: few findings, ranked and explained.
struct FindingsPage {
  private let edition: AtlasLibrary.Edition
  private let request: PageRequest
  private var atlas: Atlas { edition.atlas }

  /// How many are shown unless all are asked for.
  static let few = 10

  init(_ edition: AtlasLibrary.Edition, _ request: PageRequest) {
    self.edition = edition
    self.request = request
  }

  private enum Choice: String, CaseIterable {
    case concerns, all, change, outlier, gap

    var title: String {
      switch self {
      case .concerns: "What is for the worse"
      case .all: "Everything"
      case .change: "Changes over time"
      case .outlier: "Areas and organisations that stand out"
      case .gap: "Gaps that widen or narrow"
      }
    }

    func includes(_ finding: Finding) -> Bool {
      switch (self, finding.what) {
      case (.all, _), (.change, .change), (.outlier, .outliers), (.gap, .gap): true
      case (.concerns, _): finding.isConcern == true
      default: false
      }
    }
  }

  func page() -> Page {
    let choice = Choice(rawValue: request["show"] ?? "") ?? .concerns
    let all = edition.findings
    let found = all.filter(choice.includes)
    let shown = request["all"] == nil ? Array(found.prefix(Self.few)) : found
    let table = table(found)
    let values: [String: any Sendable] = [
      "place": atlas.manifest.place.name,
      "choices": Choice.allCases.map { one -> [String: any Sendable] in
        [
          "id": one.rawValue, "title": "\(one.title) (\(all.count(where: one.includes)))",
          "isChosen": one == choice,
        ]
      },
      "findings": shown.enumerated().map { number, finding -> [String: any Sendable] in
        let words = FindingWords(finding)
        return [
          "headline": words.headline, "explanation": words.explanation, "path": words.path,
          "also": words.also,
          "kind": words.kind, "reading": words.reading, "number": "\(number + 1)",
          "isConcern": finding.isConcern == true,
        ]
      },
      "isEmpty": found.isEmpty,
      "more": found.count > shown.count
        ? "Show all \(found.count), of which these are the first \(shown.count)" : "",
      "morePath": "/standing-out?show=\(choice.rawValue)&all=1",
      "indicators": "\(atlas.indicators.measured.count)",
      "tableHTML": found.isEmpty
        ? "" : table.disclosed(csv: request.csv(table), summary: "All as a table"),
    ]
    return Page(
      title: "What stands out", template: "findings", section: .findings, values: values,
      tables: [table])
  }

  private func table(_ findings: [Finding]) -> DataTable {
    DataTable(
      id: "findings", caption: "What stands out in \(atlas.manifest.place.name)",
      columns: [
        DataTable.Column("Finding"), DataTable.Column("What"), DataTable.Column("Reading"),
        DataTable.Column("Period"), DataTable.Column("Standard errors", isNumeric: true),
        DataTable.Column("Explanation"),
      ],
      rows: findings.map { finding in
        let words = FindingWords(finding)
        return [
          .link(words.headline, to: words.path), .text(words.kind), .text(words.reading),
          .text(finding.period), .number(finding.score, decimals: 1),
          .text([words.explanation, words.also].filter { !$0.isEmpty }.joined(separator: " ")),
        ]
      }, stacks: true)
  }
}
