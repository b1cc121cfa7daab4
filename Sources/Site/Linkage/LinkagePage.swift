import Charts
import Definitions
import Disclosure
import Indicators
import Intake
import Linkage
import Places

/// How well the records of the place are linked: of which sources, for whom, and what that does to figures.
struct LinkagePage {
  private let edition: AtlasLibrary.Edition
  private let request: PageRequest
  private let source: DataQuality.Source?
  private var linkage: LinkageQuality { edition.atlas.linkage }

  /// - Throws: ``PageError`` for a source that does not exist.
  init(_ edition: AtlasLibrary.Edition, _ request: PageRequest) throws {
    self.edition = edition
    self.request = request
    source = try request["source"].map { id in
      guard let source = edition.quality.source(id) else {
        throw PageError.badRequest("There is no such source. Choose one from the list.")
      }
      return source
    }
  }

  func page() -> Page {
    guard let account = edition.atlas.manifest.linkage, !linkage.isEmpty else {
      return Page(
        title: "Linkage", template: "linkage", section: .quality, values: ["isEmpty": true])
    }
    let sources = sourceTable
    let id = source?.id ?? ""
    var tables = [sources]
    var groups: [[String: any Sendable]] = []
    for kind in PersonGroup.allCases {
      guard let errors = errors(id, kind) else { continue }
      let table = errors.table(
        id: "by-\(kind.rawValue.replacing("_", with: "-"))",
        caption: "Linkage by \(kind.title): \(source?.title ?? "all sources")",
        first: kind.title.capitalisedFirst)
      tables.append(table)
      groups.append([
        "title": "By \(kind.title)", "sentence": errors.contrast ?? "",
        "bodyHTML": errors.svg(
          id: "c-\(kind.rawValue)", title: "Errors of linkage by \(kind.title)")
          + table.disclosed(csv: request.csv(table)),
      ])
    }
    let reach = reach()
    tables += reach.tables
    let values: [String: any Sendable] = [
      "hasLinkage": true, "summary": account.summary, "errors": sentence,
      "basis": basis(account),
      "sourcesHTML": sources.html(csv: request.csv(sources)),
      "options": edition.quality.sources.filter { linkage.row(.linked, source: $0.id) != nil }
        .map { other -> [String: any Sendable] in
          ["id": other.id, "title": other.title, "isChosen": other.id == id]
        },
      "chosen": source?.title ?? "all sources", "groups": groups, "hasGroups": !groups.isEmpty,
      "hasReach": !reach.parts.isEmpty, "reach": reach.parts, "isChosen": source != nil,
    ]
    return Page(
      title: "Linkage", template: "linkage", section: .quality, values: values, tables: tables)
  }

  private func basis(_ account: SpineAccount) -> String {
    guard account.learntFrom != nil else { return "" }
    let blocking =
      account.missedByBlocking == nil
      ? " What blocking misses was not estimated when the rules were chosen, and is not in it." : ""
    let reviewed = account.reviewed ?? 0
    let count = numberText(Double(reviewed), decimals: 0)
    return reviewed == 0
      ? "This is what the model says of itself: nobody has reviewed pairs yet, and the intervals are as wide as that "
        + "makes them. “kith people review” writes pairs for people to look at; their decisions correct the estimates."
        + blocking
      : "This is what the model says of itself, corrected by \(count) \(reviewed == 1 ? "pair" : "pairs") that people have decided. More reviews make "
        + "the intervals narrower." + blocking
  }

  /// The errors over all sources, in a sentence.
  private var sentence: String {
    func words(_ errors: (value: Double, lower: Double, upper: Double)) -> String {
      "\(numberText(errors.value, decimals: 1)) (\(numberText(errors.lower, decimals: 1)) to "
        + "\(numberText(errors.upper, decimals: 1)))"
    }
    guard let wrong = linkage.row(.precision, source: "")?.errorsPerThousand,
      let missed = linkage.row(.recall, source: "")?.errorsPerThousand
    else {
      return edition.atlas.manifest.linkage?.learntFrom == nil
        ? "No two records agree on enough to be compared, so there is nothing to estimate the errors of the linkage from."
        : "There are no pairs to estimate its errors from."
    }
    return
      "Of 1,000 pairs of records that were joined, \(words(wrong)) are wrong; of 1,000 that belong together, "
      + "\(words(missed)) are missed. The ranges are 95% intervals."
  }

  private var sourceTable: DataTable {
    let groups = edition.quality.sources.compactMap { source -> LinkErrors.Group? in
      linkage.row(.linked, source: source.id).map {
        LinkErrors.Group(
          title: source.title, linked: $0, precision: linkage.row(.precision, source: source.id),
          recall: linkage.row(.recall, source: source.id), isHidden: false)
      }
    }
    return LinkErrors(groups: groups, records: "Identities").table(
      id: "sources", caption: "Sources: linked with another source, and what is wrong",
      first: "Source")
  }

  private func title(_ kind: PersonGroup, _ group: String) -> String {
    guard kind == .area, group != QualityRow.notKnown else { return kind.title(of: group) }
    return edition.atlas.units(code: group).first?.shortName ?? group
  }

  /// The errors of a source's groups of a kind; nil where it says nothing of them.
  private func errors(_ source: String, _ kind: PersonGroup) -> LinkErrors? {
    let linked = linkage.cells(.linked, source: source, kind: kind.rawValue)
    guard linked.count > 1 else { return nil }
    let precision = linkage.cells(.precision, source: source, kind: kind.rawValue)
    let recall = linkage.cells(.recall, source: source, kind: kind.rawValue)
    return LinkErrors(
      groups: linked.map { cell in
        LinkErrors.Group(
          title: title(kind, cell.row.group), linked: cell.row,
          precision: precision.first { $0.row.group == cell.row.group }?.row,
          recall: recall.first { $0.row.group == cell.row.group }?.row, isHidden: cell.isHidden)
      }, records: "Identities")
  }

  // MARK: What it does to a figure

  private func reach() -> (parts: [[String: any Sendable]], tables: [DataTable]) {
    guard let source else { return ([], []) }
    var parts: [[String: any Sendable]] = []
    var tables: [DataTable] = []
    for kind in PersonGroup.allCases {
      let cells = linkage.cells(.reach, source: source.id, kind: kind.rawValue)
      guard cells.count > 1 else { continue }
      let most = linkage.cells(.reachAtMost, source: source.id, kind: kind.rawValue)
      let table = reachTable(cells, most, kind, of: source)
      tables.append(table)
      let chart = BarChart(
        series: ["As linked"],
        categories: cells.map { cell in
          .init(
            title(kind, cell.row.group),
            [
              cell.isHidden
                ? ChartValue(nil, reason: "held back", isSuppressed: true)
                : ChartValue(
                  cell.row.value.map { 100 * $0 }, lower: cell.row.lower.map { 100 * $0 },
                  upper: cell.row.upper.map { 100 * $0 })
            ])
        }, unit: ChartUnit("% of people registered", decimals: 1))
      parts.append([
        "title": "By \(kind.title)", "sentence": gap(cells, kind) ?? "",
        "bodyHTML": chart.svg(
          id: "r-\(kind.rawValue)",
          title: "People with a record in \(source.title), by \(kind.title)")
          + table.disclosed(csv: request.csv(table)),
      ])
    }
    return (parts, tables)
  }

  private func reachTable(
    _ cells: [LinkageQuality.Cell], _ most: [LinkageQuality.Cell], _ kind: PersonGroup,
    of source: DataQuality.Source
  ) -> DataTable {
    let hidden = Figure.suppressed(DataQuality.policy.reason)
    return DataTable(
      id: "reach-\(kind.rawValue.replacing("_", with: "-"))",
      caption: "People registered who have a record in \(source.title), by \(kind.title)",
      columns: [
        .init(kind.title.capitalisedFirst), .init("People registered", isNumeric: true),
        .init("With a record", isNumeric: true), .init("As linked, %", isNumeric: true),
        .init("Could be from, %", isNumeric: true), .init("to, %", isNumeric: true),
        .init("At most, %", isNumeric: true),
      ],
      rows: cells.map { cell in
        let row = cell.row
        guard !cell.isHidden else {
          return [.text(title(kind, row.group))]
            + Array(repeating: .figure(hidden, decimals: 1), count: 6)
        }
        let bound = most.first { $0.row.group == row.group }
        func share(_ value: Double?) -> DataTable.Cell {
          value.map { .number(100 * $0, decimals: 1) }
            ?? .figure(.unknown("nothing to estimate it from"), decimals: 1)
        }
        return [
          .text(title(kind, row.group)), .number(row.denominator, decimals: 0),
          .number(rounded(row.numerator), decimals: 0), share(row.value), share(row.lower),
          share(row.upper),
          bound?.isHidden == true ? .figure(hidden, decimals: 1) : share(bound?.row.value),
        ]
      }, stacks: true)
  }

  /// A count that follows from a rounded share, rounded as counts are.
  private func rounded(_ count: Double) -> Double {
    let base = Double(DataQuality.policy.roundings[0])
    return (count / base).rounded() * base
  }

  /// What is left of the largest difference when errors of linkage are allowed for.
  private func gap(_ cells: [LinkageQuality.Cell], _ kind: PersonGroup) -> String? {
    let known = cells.filter {
      !$0.isHidden && $0.row.group != QualityRow.notKnown && $0.row.value != nil
        && $0.row.lower != nil && $0.row.upper != nil
    }.map(\.row)
    guard known.count > 1, let most = known.max(by: { ($0.value ?? 0) < ($1.value ?? 0) }),
      let least = known.min(by: { ($0.value ?? 0) < ($1.value ?? 0) }),
      let high = most.value, let low = least.value, let least1 = most.lower,
      let most1 = most.upper, let least2 = least.lower, let most2 = least.upper
    else { return nil }
    func points(_ value: Double) -> String { numberText(100 * value, decimals: 1) }
    let start =
      "\(points(high))% in “\(title(kind, most.group))” against \(points(low))% in “\(title(kind, least.group))”: "
      + "a difference of \(points(high - low)) percentage points, which errors of linkage could make "
    return start
      + (least1 - most2 > 0
        ? "\(points(least1 - most2)) to \(points(most1 - least2)). It does not come of linkage alone."
        : "anything up to \(points(most1 - least2)), or none at all: do not conclude from it.")
  }
}
