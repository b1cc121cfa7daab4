import Definitions
import Foundation
import Statistics
public import TableFiles

/// Methods of statistics on the tables of files: which columns hold what, and the table that comes of them.
///
/// Every method refuses what cannot be, such as a count below zero, with its line; what cannot be worked out, such as a
/// rate of nobody, is a row whose `status` says why it is unknown.
public enum FileStatistics {
  /// What most methods share.
  public struct Settings: Sendable {
    public var file: TableFile
    /// The columns whose values make up a group.
    public var groups: [String]
    public var confidences: [Double]
    public var shape: TableShape

    public init(
      _ file: TableFile, groups: [String] = [], confidences: [Double] = [0.95],
      shape: TableShape = .long
    ) {
      self.file = file
      self.groups = groups
      self.confidences = confidences
      self.shape = shape
    }
  }

  /// The columns of a long table that come before its estimates: groups, and the confidence.
  static func head(
    _ groups: RowGroups, _ settings: Settings
  ) -> [(name: String, values: ResultTable.Values)] {
    guard settings.shape == .long else { return groups.columns() }
    let levels = settings.confidences.count
    return groups.columns(times: levels) + [
      (
        "confidence",
        .number((0..<groups.keys.count * levels).map { settings.confidences[$0 % levels] })
      )
    ]
  }

  /// A column of the groups in a table of that shape.
  static func each<Value>(_ values: [Value], _ settings: Settings) -> [Value] {
    guard settings.shape == .long else { return values }
    return values.flatMap { Array(repeating: $0, count: settings.confidences.count) }
  }

  /// What to know about missing values, for standard error; nothing where there are none.
  ///
  /// - Parameters:
  ///   - counts: how many each group has.
  ///   - columns: the columns that they are missing from.
  static func notes(ofMissing counts: [Int], _ columns: [String], isZero: Bool) -> [String] {
    let all = counts.reduce(0, +)
    guard all > 0 else { return [] }
    let names = columns.map { "'\($0)'" }.joined(separator: " and ")
    let groups = "\(counts.count { $0 > 0 }) of \(counts.count) groups"
    return [
      isZero
        ? "Missing values of \(names) counted as zero: \(all), in \(groups)."
        : "Missing values of \(names): \(all), in \(groups), which are unknown. --missing-is-zero counts them as zero."
    ]
  }

  /// Refuses a group that has a value of a column twice.
  static func requireOnce(
    _ table: NumberTable, _ groups: RowGroups, _ values: [some Hashable], what: String
  ) throws {
    var isRepeated = [Bool](repeating: false, count: table.rowCount)
    for rows in groups.grouping.rows {
      var seen: Set<AnyHashable> = []
      for row in rows { isRepeated[row] = !seen.insert(AnyHashable(values[row])).inserted }
    }
    try table.refuse(
      "The group has this \(what) twice.",
      hint: "Give each group one row a \(what); --by names the columns that tell groups apart."
    ) { isRepeated[$0] }
  }
}
