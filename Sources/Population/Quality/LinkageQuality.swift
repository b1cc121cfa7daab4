import Columns
import Engine
import Foundation
public import Intake

/// How well a place's records are linked, and for whom, as a snapshot has it: the table `linkage_quality` without
/// what is about too few.
public struct LinkageQuality: Sendable {
  /// Groups of fewer records or people than this are not shown.
  public static let smallest = 10

  /// A measure of a group of a source; nil for what is held back.
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

  /// Hides what is about too few, and what the rest would tell of it.
  ///
  /// Within a source and kind a single hidden group would follow from the others: the next smallest is hidden too. A
  /// group that is hidden in one source only would follow from all sources together: it is hidden there as well.
  public init(rows: [QualityRow]) {
    var sizes: [String: Double] = [:]
    func key(_ row: QualityRow) -> String { "\(row.source)\u{0}\(row.kind)\u{0}\(row.group)" }
    for row in rows where row.measure == .linked { sizes[key(row)] = row.denominator }
    func isSmall(_ row: QualityRow) -> Bool {
      let least = Double(Self.smallest)
      func isFew(_ number: Double) -> Bool { number > 0 && number < least }
      return switch row.measure {
      case .linked, .precision, .recall: (sizes[key(row)] ?? 0) < least
      case .reach, .reachAtMost:
        row.denominator < least || isFew(row.numerator) || isFew(row.denominator - row.numerator)
      }
    }
    let grouped = Dictionary(
      grouping: rows, by: { Key(source: $0.source, measure: $0.measure, kind: $0.kind) })
    var cells: [Key: [Cell]] = [:]
    var hiddenIn: [String: Int] = [:]
    func group(_ row: QualityRow) -> String { "\(row.measure)\u{0}\(row.kind)\u{0}\(row.group)" }
    // The sources first, and then all together.
    for isAll in [false, true] {
      for (key, own) in grouped where key.source.isEmpty == isAll {
        let hidden = own.map { isSmall($0) || isAll && hiddenIn[group($0)] == 1 }
        let next =
          hidden.count(where: \.self) == 1 && own.count > 1
          ? own.indices.filter { !hidden[$0] }.min { own[$0].denominator < own[$1].denominator }
          : nil
        cells[key] = own.indices.map { Cell(row: own[$0], isHidden: hidden[$0] || $0 == next) }
        for cell in cells[key] ?? [] where cell.isHidden && !isAll {
          hiddenIn[group(cell.row), default: 0] += 1
        }
      }
    }
    self.cells = cells
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
    let file = folder.appendingPathComponent("linkage_quality.parquet").path
    var rows: [QualityRow] = []
    try connection.stream(
      """
      select source, measure, group_kind, group_id, numerator, denominator, lower, upper
      from \(Dialect(.duckdb).parquet(file))
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
