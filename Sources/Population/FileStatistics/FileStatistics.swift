import Definitions
import Foundation
import Statistics

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

  /// The age at which a band begins, of "0", "1-4", "90+" and the like.
  static func age(_ text: String) -> Int? {
    // "<1" and "under 5" begin at birth.
    let start = text.drop { $0 == " " }
    if start.first == "<" || start.lowercased().hasPrefix("under") { return 0 }
    var digits = text.drop { !$0.isNumber }
    digits = digits.prefix { $0.isNumber }
    return Int(digits)
  }

  /// The ages of a column, or an error with the line of the first that says none.
  static func ages(_ table: NumberTable, _ column: String) throws -> [Int] {
    let texts = table.text(column)
    let ages = texts.map(age)
    try table.refuse(
      "The column '\(column)' says no age.",
      hint: "It says at which age a band begins: 0, 1-4, 90+."
    ) { ages[$0] == nil }
    return ages.compactMap { $0 }
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
