import Columns
import Disclosure
import Engine
import Foundation
public import Intake
public import Linkage
import Places

/// What may be shown of how well records are linked, and for which groups.
///
/// Counts of a whole source are exact. Of groups, counts are suppressed and rounded under ``DataQuality/policy`` over
/// all sources at once, and shares are rounded so that no numerator follows. The measures of a source's groups have one
/// pattern: a group that is suppressed in one is in all.
public struct LinkageQuality: Sendable {
  /// A measure of a group of a source, as it may be shown; a suppressed one has no numbers.
  public struct Cell: Sendable {
    public let row: QualityRow
    public let isHidden: Bool
  }

  struct Key: Hashable, Sendable {
    let source: String
    let measure: QualityRow.Measure
    let kind: String
  }

  private let cells: [Key: [Cell]]

  /// A place whose records are not linked.
  static let none = LinkageQuality(rows: [])

  public var isEmpty: Bool { cells.isEmpty }

  /// - Parameter rows: the exact measures.
  public init(rows: [QualityRow]) {
    var cells: [Key: [Cell]] = [:]
    for (kind, own) in Dictionary(grouping: rows, by: \.kind) {
      let byMeasure = Dictionary(grouping: own, by: \.measure)
      let shown: [Cell]
      if kind.isEmpty {
        shown = own.map { Cell(row: $0.measure == .linked ? Self.whole($0) : $0, isHidden: false) }
      } else {
        let wholes = rows.filter { $0.measure == .linked && $0.kind.isEmpty }
        let linked = Self.linked(byMeasure[.linked] ?? [], wholes)
        // Pairs are estimated, not counted: they are shown where the records are.
        let hidden = Set(linked.filter(\.isHidden).map { Self.name($0.row) })
        let pairs = ((byMeasure[.precision] ?? []) + (byMeasure[.recall] ?? [])).map { row in
          hidden.contains(Self.name(row)) ? Self.hiding(row) : Cell(row: row, isHidden: false)
        }
        shown =
          linked + pairs
          + Self.reach(byMeasure[.reach] ?? [], atMost: byMeasure[.reachAtMost] ?? [])
      }
      for cell in shown {
        let key = Key(source: cell.row.source, measure: cell.row.measure, kind: kind)
        cells[key, default: []].append(cell)
      }
    }
    self.cells = cells
  }

  private static func name(_ row: QualityRow) -> String { "\(row.source)\u{0}\(row.group)" }

  private static func hiding(_ row: QualityRow) -> Cell {
    Cell(
      row: QualityRow(
        source: row.source, measure: row.measure, kind: row.kind, group: row.group, numerator: 0,
        denominator: 0), isHidden: true)
  }

  /// The records of a whole source, with the share that may be shown.
  private static func whole(_ row: QualityRow) -> QualityRow {
    let share = DataQuality.policy.share(
      Int(max(0, min(row.numerator, row.denominator)).rounded()),
      of: Int(max(0, row.denominator).rounded()))
    return QualityRow(
      source: row.source, measure: row.measure, kind: row.kind, group: row.group,
      numerator: share.value.map { $0 * row.denominator } ?? .nan, denominator: row.denominator)
  }

  /// The records that are linked, over all sources at once: what one source tells, all together may give away.
  ///
  /// - Parameter wholes: the figures of whole sources. Of a source that says nothing of the groups, all are in the group
  ///   for which it is not known.
  private static func linked(_ rows: [QualityRow], _ wholes: [QualityRow]) -> [Cell] {
    let named = Set(rows.map(\.source)).subtracting([""])
    let silent =
      named.isEmpty ? [] : wholes.filter { !$0.source.isEmpty && !named.contains($0.source) }
    let sources = named.union(silent.map(\.source)).sorted()
    let groups = Set(rows.map(\.group)).union(silent.isEmpty ? [] : [QualityRow.notKnown]).sorted()
    var own = Dictionary(rows.map { (name($0), $0) }) { first, _ in first }
    for row in silent { own["\(row.source)\u{0}\(QualityRow.notKnown)"] = row }
    // Files of one source have it as all of them.
    let names = sources.isEmpty ? [""] : sources
    func table(_ totals: CountTable.Totals, _ count: (QualityRow) -> Double) -> CountTable {
      CountTable(
        categories: [names.count, groups.count],
        counts: names.flatMap { source in
          groups.map { group in
            own["\(source)\u{0}\(group)"].map { Int(max(0, count($0)).rounded()) } ?? 0
          }
        }, totals: [.protected, totals])
    }
    guard !groups.isEmpty else { return [] }
    let policy = DataQuality.policy
    let records = policy.counts(table(.exact, \.denominator))
    let shares = policy.shares(
      table(.alone) { min($0.numerator, $0.denominator) }, of: records)
    func place(_ row: QualityRow) -> (source: Int, group: Int) {
      (
        (names.firstIndex(of: row.source) ?? -1) + 1, (groups.firstIndex(of: row.group) ?? -1) + 1
      )
    }
    return rows.map { row in
      let (source, group) = place(row)
      guard !records.isExposed(source, in: 0), !shares.isExposed(source, in: 0),
        let count = records[source, group].value, let share = shares[source, group].value
      else { return hiding(row) }
      return Cell(row: published(row, share, of: count), isHidden: false)
    }
  }

  /// How far each source reaches people. A person is in several sources, so each is a table by itself.
  private static func reach(_ rows: [QualityRow], atMost: [QualityRow]) -> [Cell] {
    let policy = DataQuality.policy
    let bounds = Dictionary(grouping: atMost, by: \.source)
    return Dictionary(grouping: rows, by: \.source).flatMap { source, own -> [Cell] in
      func table(_ rows: [QualityRow], _ count: (QualityRow) -> Double) -> CountTable {
        CountTable(
          categories: [rows.count], counts: rows.map { Int(max(0, count($0)).rounded()) },
          totals: [.exact])
      }
      let most = own.compactMap { row in
        bounds[source]?.first { $0.group == row.group }
      }
      let people = policy.counts(table(own, \.denominator))
      let shares = policy.shares(table(own) { min($0.numerator, $0.denominator) }, of: people)
      let largest =
        most.count == own.count
        ? policy.shares(table(most) { min($0.numerator, $0.denominator) }, of: people) : nil
      let isExposed = people.isExposed || shares.isExposed || largest?.isExposed == true
      return own.indices.flatMap { place -> [Cell] in
        let rows = [own[place]] + (most.count == own.count ? [most[place]] : [])
        guard !isExposed, let count = people[place + 1].value,
          let share = shares[place + 1].value, largest == nil || largest?[place + 1].value != nil
        else { return rows.map { hiding($0) } }
        var steps = 100
        if case .rounded(_, let own) = shares[place + 1] { steps = own }
        var cells = [
          Cell(row: published(own[place], share, of: count, steps: steps), isHidden: false)
        ]
        if let bound = largest?[place + 1].value {
          cells.append(Cell(row: published(rows[1], bound, of: count), isHidden: false))
        }
        return cells
      }
    }
  }

  /// A row with the numbers that may be shown; its interval is put around the share that is shown, and rounded outwards.
  private static func published(
    _ row: QualityRow, _ share: Double, of count: Int, steps: Int = 100
  ) -> QualityRow {
    func limit(_ exact: Double?, _ rule: FloatingPointRoundingRule) -> Double? {
      guard let exact, let value = row.value else { return nil }
      let scaled = value > 0 ? share * exact / value : share
      return min(1, max(0, (scaled * Double(steps)).rounded(rule) / Double(steps)))
    }
    return QualityRow(
      source: row.source, measure: row.measure, kind: row.kind, group: row.group,
      numerator: share * Double(count), denominator: Double(count), lower: limit(row.lower, .down),
      upper: limit(row.upper, .up))
  }

  /// The groups of a kind, in the order of their ids, whom nothing is known of last; none where there are none.
  public func cells(
    _ measure: QualityRow.Measure, source: String, kind: String
  ) -> [Cell] {
    let all = cells[Key(source: source, measure: measure, kind: kind)] ?? []
    return all.sorted {
      ($0.row.group == QualityRow.notKnown ? 1 : 0, $0.row.group)
        < ($1.row.group == QualityRow.notKnown ? 1 : 0, $1.row.group)
    }
  }

  /// A measure of everybody.
  public func row(_ measure: QualityRow.Measure, source: String) -> QualityRow? {
    cells(measure, source: source, kind: "").first { !$0.isHidden }?.row
  }

  /// Reads what a snapshot has; nothing for one from before there was any.
  static func read(
    _ manifest: Manifest, folder: URL, _ connection: Connection
  ) throws -> LinkageQuality {
    guard manifest.linkage != nil, manifest.tables.contains(where: { $0.name == "linkage_quality" })
    else { return none }
    var rows: [QualityRow] = []
    try connection.stream(
      """
      select source, measure, group_kind, group_id, numerator, denominator, lower, upper
      from \(Dialect(.duckdb).parquet("linkage_quality", in: folder))
      """
    ) { batch in
      for row in 0..<batch.rowCount {
        let text = (0..<4).map { batch.columns[$0].string(row) ?? "" }
        guard let measure = QualityRow.Measure(rawValue: text[1]) else { continue }
        rows.append(
          QualityRow(
            source: text[0], measure: measure, kind: text[2], group: text[3],
            numerator: batch.columns[4].double(row) ?? 0,
            denominator: batch.columns[5].double(row) ?? 0, lower: batch.columns[6].double(row),
            upper: batch.columns[7].double(row)))
      }
    }
    return LinkageQuality(rows: rows)
  }
}

extension PersonGroup {
  /// The kind of groups, in the middle of a sentence.
  public var title: String {
    switch self {
    case .deprivation: "fifth of deprivation"
    case .ethnicGroup: "ethnic group"
    case .age: "age"
    case .sex: "sex"
    case .area: "area"
    }
  }

  /// A group's name for its id; an area goes by its code.
  public func title(of id: String) -> String {
    if id == QualityRow.notKnown { return "not known" }
    return switch self {
    case .deprivation: DataQuality.Group.deprivation.title(of: id)
    case .ethnicGroup: DataQuality.Group.ethnicGroup.title(of: id)
    case .sex: id == "female" ? "Female" : id == "male" ? "Male" : id
    case .age, .area: id
    }
  }
}
