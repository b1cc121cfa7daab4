import Charts
import Definitions
public import FileTools
import Foundation
import Indicators
public import Linkage
import Mustache
import Places

/// What a linkage did, as one page that stands by itself: pictures, each with its figures, and no value of any
/// record.
public struct LinkReport {
  private let result: LinkResult
  private let evaluation: TruthEvaluation?
  private let quality: FileQuality?
  private let notes: [String]

  /// - Parameters:
  ///   - evaluation: how right the linkage is, where that is known.
  ///   - quality: how right it is likely to be, and for whom.
  ///   - notes: what was said of the records before the work.
  public init(
    _ result: LinkResult, _ evaluation: TruthEvaluation?, _ quality: FileQuality? = nil,
    notes: [String]
  ) {
    self.quality = quality
    self.result = result
    self.evaluation = evaluation
    self.notes = notes
  }

  /// The page as HTML.
  ///
  /// - Throws: ``StoreError`` where the template is missing beside the program.
  public func html() throws -> String {
    let template = try String(
      contentsOf: ShippedFiles.url("Templates/link_report.mustache", of: "Site"), encoding: .utf8)
    let styles = try String(
      contentsOf: ShippedFiles.url("Styles/kith.css", of: "Site"), encoding: .utf8)
    return try MustacheTemplate(string: template).render(values(styles))
  }

  private func values(_ styles: String) -> [String: any Sendable] {
    var values: [String: any Sendable] = [
      "styles": styles, "version": Kith.version, "summary": summary, "notes": notes,
      "hasNotes": !notes.isEmpty, "comparisons": comparisons, "examples": examples,
      "distribution": distribution, "rulesChart": rulesChart, "rulesTable": disclosed(rulesTable),
      "blocking": blockingSentence, "unlinkable": unlinkable, "clusters": clusters,
    ]
    if let choice = result.choice { values["candidates"] = disclosed(candidates(choice)) }
    if let evaluation { values["truth"] = truth(evaluation) }
    if let quality { values["quality"] = errors(quality) }
    if let dependences = result.report?.dependences, !dependences.isEmpty {
      values["dependences"] = disclosed(self.dependences(dependences))
    }
    return values
  }

  /// A table behind a disclosure, with its CSV in the link itself: the page needs nothing beside it.
  private func disclosed(_ table: DataTable, _ summary: String? = nil) -> String {
    let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_."))
    let csv = table.csv.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    return table.disclosed(
      csv: "data:text/csv;charset=utf-8,\(csv)", summary: summary ?? "Show the figures as a table")
  }

  private func count(_ number: Int) -> String { numberText(Double(number), decimals: 0) }

  // MARK: Summary

  private var summary: [[String: any Sendable]] {
    var items: [(String, String)] = [
      ("links", count(result.linkCount)),
      ("people, by clusters", count(result.clusterSizes.values.reduce(0, +))),
      ("match weight from which a pair counts", numberText(result.threshold, decimals: 2)),
    ]
    for source in result.sources {
      items.append(("records in \(source.name)", count(source.count)))
    }
    if let report = result.report {
      items.append(
        ("matches expected among the pairs", numberText(report.expectedMatches, decimals: 0)))
    }
    if result.expectedF1.isFinite {
      items.append(
        ("F1 to be expected, among the pairs compared", numberText(result.expectedF1, decimals: 4)))
    }
    return items.map { ["title": $0.0, "value": $0.1] }
  }

  // MARK: Comparisons

  private var comparisons: [[String: any Sendable]] {
    guard let trained = result.model.trained else { return [] }
    return zip(result.model.comparisons, trained.comparisons).enumerated().map { index, pair in
      let (comparison, levels) = pair
      let known = comparison.titles.indices.filter { levels.match[$0] > 0 && levels.random[$0] > 0 }
      let weights = known.map { log2(levels.match[$0] / levels.random[$0]) }
      // Long conditions do not fit a chart; the table has them whole.
      let titles = known.map { comparison.words[$0] }
      let labels = titles.map { $0.count > 50 ? $0.prefix(49) + "…" : $0 }
      let weightChart = BarChart(
        series: [comparison.name],
        categories: zip(labels, weights).map { .init($0, [ChartValue($1)]) },
        unit: ChartUnit("match weight", decimals: 1))
      let shareChart = BarChart(
        series: ["matches (m)", "others (u)"],
        categories: zip(labels, known).map { title, level in
          .init(
            title, [ChartValue(100 * levels.match[level]), ChartValue(100 * levels.random[level])])
        }, unit: ChartUnit("%", decimals: 2))
      let table = DataTable(
        id: "comparison-\(index)", caption: "Levels of \(comparison.name)",
        columns: [
          .init("level"), .init("m", isNumeric: true), .init("u", isNumeric: true),
          .init("at home", isNumeric: true), .init("match weight", isNumeric: true),
        ],
        rows: zip(zip(titles, known), weights).map { item, weight in
          [
            .text(item.0), .number(levels.match[item.1], decimals: 6),
            .number(levels.random[item.1], decimals: 8),
            .number(levels.home[item.1], decimals: 6), .number(weight, decimals: 2),
          ]
        })
      let strongest = zip(titles, weights).max { $0.1 < $1.1 }
      let weakest = zip(titles, weights).min { $0.1 < $1.1 }
      let sentence =
        strongest.flatMap { best in
          weakest.map {
            "“\(best.0)” speaks most for a match: it is \(times(best.1)) as frequent among matches as among "
              + "others. “\($0.0)” speaks most against: it is \(times(-$0.1)) as frequent among others."
          }
        } ?? ""
      return [
        "name": comparison.name, "sentence": sentence,
        "weights": weightChart.svg(id: "w\(index)", title: "Match weights of \(comparison.name)"),
        "shares": shareChart.svg(
          id: "m\(index)", title: "How often \(comparison.name) is at each level"),
        "table": disclosed(table),
      ]
    }
  }

  private func times(_ weight: Double) -> String {
    let ratio = exp2(weight)
    return ratio >= 10
      ? "\(numberText(ratio, decimals: 0)) times" : "\(numberText(ratio, decimals: 1)) times"
  }

  // MARK: Pairs

  private var examples: [[String: any Sendable]] {
    let titles = [
      "The heaviest link", "The lightest pair that counts as a match",
      "The heaviest pair that does not",
    ]
    return zip(titles, result.examples()).enumerated().map { index, item in
      let (title, example) = item
      var steps = example.parts.map { Waterfall.Step("\($0.comparison): \($0.level)", $0.weight) }
      steps += example.rarities.map {
        Waterfall.Step("\($0.comparison): how rare it is", $0.weight)
      }
      if abs(example.home) > 0.05 {
        steps.append(.init("that people of one home are alike", example.home))
      }
      let chart = Waterfall(
        start: .init("two records taken blindly", example.prior), steps: steps,
        total: "match weight", unit: "match weight")
      let table = DataTable(
        id: "example-\(index)", caption: title,
        columns: [.init("step"), .init("adds", isNumeric: true)],
        rows: ([chart.start] + steps).map { [.text($0.name), .number($0.change, decimals: 2)] })
      let share = 100 / (1 + exp2(-example.total))
      return [
        "title": title,
        "sentence": "Its probability of being one person is \(numberText(share, decimals: 2))%.",
        "chart": chart.svg(id: "x\(index)", title: title), "table": disclosed(table),
      ]
    }
  }

  private var distribution: String {
    let bins = result.weightBins
    guard !bins.isEmpty else { return "<p>No pair was likely enough to be kept.</p>" }
    let chart = Histogram(
      bins: bins.map { .init(from: $0.from, count: Double($0.pairs)) }, width: 0.5,
      mark: result.linkCount > 0 ? .init(result.threshold, "threshold") : nil,
      unit: "match weight", counted: "pairs")
    let table = DataTable(
      id: "weights", caption: "Pairs by match weight",
      columns: [
        .init("weight from", isNumeric: true), .init("pairs", isNumeric: true),
        .init("matches expected", isNumeric: true),
      ],
      rows: bins.map {
        [
          .number($0.from, decimals: 1), .number(Double($0.pairs), decimals: 0),
          .number($0.expected, decimals: 1),
        ]
      })
    return chart.svg(id: "dist", title: "Pairs by match weight") + disclosed(table)
  }

  // MARK: Blocking

  private var rulesChart: String {
    BarChart(
      series: ["pairs"],
      categories: result.ruleCounts.map { .init($0.rule.text, [ChartValue(Double($0.pairs))]) },
      unit: ChartUnit("pairs", decimals: 0)
    ).svg(id: "rules", title: "Pairs that each blocking rule finds")
  }

  private var rulesTable: DataTable {
    DataTable(
      id: "rules", caption: "Blocking rules",
      columns: [
        .init("rule"), .init("pairs", isNumeric: true),
        .init("left out by splitting", isNumeric: true),
      ],
      rows: result.ruleCounts.map {
        [
          .text($0.rule.text), .number(Double($0.pairs), decimals: 0),
          .number(Double($0.leftOut), decimals: 0),
        ]
      }, stacks: true)
  }

  private func candidates(_ choice: RuleChoice) -> DataTable {
    DataTable(
      id: "candidates", caption: "Candidates for blocking rules",
      columns: [
        .init("rule"), .init("pairs", isNumeric: true),
        .init("matches it finds, percent", isNumeric: true), .init("chosen"),
      ],
      rows: choice.candidates.sorted { $0.recall > $1.recall }.map {
        [
          .text($0.rule.text), .number($0.pairs, decimals: 0),
          .number(100 * $0.recall, decimals: 1), .text($0.isChosen ? "yes" : ""),
        ]
      }, stacks: true)
  }

  private var blockingSentence: String {
    guard let choice = result.choice else {
      return "The rules are those of the model. A pair is compared that any of them finds."
    }
    guard !choice.rules.isEmpty else {
      return "None of the \(choice.candidates.count) candidates finds a pair that may be a match."
    }
    return "Of \(choice.candidates.count) candidates \(choice.rules.count) were chosen. They find "
      + "\(numberText(100 * choice.recall, decimals: 1))% of the matches that all candidates find. What no candidate "
      + "finds is \(numberText(choice.missed, decimals: 0)) matches or more, by capture and recapture."
  }

  // MARK: Records

  private var unlinkable: String {
    let weights = stride(from: -5.0, through: 30, by: 1).map { $0 }
    let shares = result.unlinkable(below: weights)
    let chart = LineChart(
      periods: weights.map { numberText($0, decimals: 0) },
      lines: [.init("records", shares.map { ChartValue($0) })],
      unit: ChartUnit("% of records, by the weight that a pair would need", decimals: 1),
      includesZero: true)
    let table = DataTable(
      id: "unlinkable", caption: "Records that could not be linked even to a copy of themselves",
      columns: [
        .init("weight needed", isNumeric: true), .init("records, percent", isNumeric: true),
      ],
      rows: zip(weights, shares).map { [.number($0, decimals: 0), .number($1, decimals: 2)] })
    return chart.svg(id: "unlink", title: "Records with too little in them") + disclosed(table)
  }

  private var clusters: String {
    let sizes = result.clusterSizes.sorted { $0.key < $1.key }.filter { $0.value > 0 }
    let shown = sizes.prefix(12)
    let chart = BarChart(
      series: ["people"],
      categories: shown.map {
        .init("\($0.key) record\($0.key == 1 ? "" : "s")", [ChartValue(Double($0.value))])
      }, unit: ChartUnit("people", decimals: 0))
    let table = DataTable(
      id: "clusters", caption: "People by how many records they have",
      columns: [.init("records", isNumeric: true), .init("people", isNumeric: true)],
      rows: sizes.map {
        [.number(Double($0.key), decimals: 0), .number(Double($0.value), decimals: 0)]
      })
    return chart.svg(id: "sizes", title: "People by how many records they have") + disclosed(table)
  }

  // MARK: Errors

  private func errors(_ quality: FileQuality) -> [String: any Sendable] {
    // The page may be shown to more people than the records.
    let shown = LinkageQuality(rows: quality.rows)
    func groups(_ rows: [QualityRow], _ title: (QualityRow) -> String) -> LinkErrors {
      LinkErrors(
        groups: rows.filter { $0.measure == .linked }.map { linked in
          func cell(_ measure: QualityRow.Measure) -> LinkageQuality.Cell? {
            shown.cells(measure, source: linked.source, kind: linked.kind)
              .first { $0.row.group == linked.group }
          }
          return LinkErrors.Group(
            title: title(linked), linked: cell(.linked)?.row, precision: cell(.precision)?.row,
            recall: cell(.recall)?.row, isHidden: cell(.linked)?.isHidden ?? true)
        })
    }
    let sources = groups(quality.rows.filter(\.kind.isEmpty)) {
      $0.source.isEmpty ? "all sources" : $0.source
    }
    var kinds: [String] = []
    for row in quality.rows where !row.kind.isEmpty && !kinds.contains(row.kind) {
      kinds.append(row.kind)
    }
    let parts = kinds.enumerated().map { index, kind -> [String: any Sendable] in
      let own = groups(quality.rows.filter { $0.kind == kind && $0.source.isEmpty }) {
        $0.group == QualityRow.notKnown ? LinkErrors.notKnown : $0.group
      }
      let bySource = groups(quality.rows.filter { $0.kind == kind && !$0.source.isEmpty }) {
        "\($0.source): \($0.group == QualityRow.notKnown ? LinkErrors.notKnown : $0.group)"
      }
      let caption = "Errors by \(kind)"
      return [
        "title": "By \(kind)", "sentence": own.contrast ?? "",
        "body": own.svg(id: "q\(index)", title: caption)
          + disclosed(own.table(id: "quality-\(index)", caption: caption, first: kind))
          + (bySource.groups.isEmpty
            ? ""
            : disclosed(
              bySource.table(
                id: "quality-\(index)-sources", caption: "\(caption), by source", first: kind),
              "Show the figures of each source as a table"))
          ,
      ]
    }
    let basis =
      quality.reviewed == 0
      ? "by the model alone: nobody has reviewed pairs"
      : "by the model, corrected by \(count(quality.reviewed)) reviewed pairs"
    let blocking =
      quality.knowsBlocking
      ? "" : "; what blocking misses is not in it, for the rules were not chosen from these files"
    return [
      "basis": basis + blocking,
      "body": sources.svg(id: "q", title: "Errors by source")
        + disclosed(sources.table(id: "quality", caption: "Errors by source", first: "Source")),
      "parts": parts,
    ]
  }

  private func dependences(_ all: [Dependence]) -> DataTable {
    DataTable(
      id: "dependences", caption: "Comparisons that go together",
      columns: [
        .init("comparisons"), .init("match weight that would be counted twice", isNumeric: true),
      ],
      rows: all.map {
        [
          .text("\($0.one) and \($0.other)"), .number($0.bits, decimals: 2),
        ]
      })
  }

  // MARK: Truth

  private func truth(_ evaluation: TruthEvaluation) -> [String: any Sendable] {
    func row(_ name: String, _ score: TruthEvaluation.Score) -> [DataTable.Cell] {
      [
        .text(name), .number(Double(score.right), decimals: 0),
        .number(Double(score.wrong), decimals: 0), .number(Double(score.missed), decimals: 0),
        .number(score.precision, decimals: 4), .number(score.recall, decimals: 4),
        .number(score.f1, decimals: 4),
      ]
    }
    let table = DataTable(
      id: "truth", caption: "Right and wrong pairs",
      columns: [
        .init("pairs"), .init("right", isNumeric: true), .init("wrong", isNumeric: true),
        .init("missed", isNumeric: true), .init("precision", isNumeric: true),
        .init("recall", isNumeric: true), .init("F1", isNumeric: true),
      ],
      rows: [row("links", evaluation.links), row("clusters", evaluation.clusters)]
        + evaluation.thresholds.map {
          row("weight \(numberText($0.weight, decimals: 0)) and above", $0.pairs)
        })
    let links = evaluation.links
    return [
      "sentence":
        "Of 1,000 links \(numberText(1_000 * links.precision, decimals: 1)) are right, and of 1,000 "
        + "true pairs \(numberText(1_000 * links.recall, decimals: 1)) are found. Blocking missed "
        + "\(count(evaluation.missedByBlocking)) of \(count(evaluation.truePairs)).",
      "table": disclosed(table, "Show right and wrong pairs by weight"),
    ]
  }
}
