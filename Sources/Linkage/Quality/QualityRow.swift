package import Columns
import Foundation

/// A measure of how well the records of a source, or of all, are linked, for everybody or a group: a row of
/// `linkage_quality`, and of the table `quality` that `kith link` writes.
public struct QualityRow: Sendable {
  /// The group of whom nothing is said.
  public static let notKnown = "not_known"

  public enum Measure: String, CaseIterable, Sendable {
    /// Records whose person has one of another source, or another one at all where there is one source ÷ records.
    case linked
    /// Pairs to be expected to be right ÷ pairs that were taken to be of one person.
    case precision
    /// Pairs to be expected to be rightly found ÷ pairs to be expected to be of one person.
    case recall
    /// People of the register who have a record of the source ÷ people of the register; from what that would be
    /// without the links to be expected to be wrong, to what it would be with those that are missed.
    case reach
    /// The same, were everybody of the source who is not in the register one of its people.
    case reachAtMost = "reach_at_most"
  }

  /// Empty for all.
  public let source: String
  public let measure: Measure
  /// What the group is one of, and which; both empty for everybody.
  public let kind: String
  public let group: String
  public let numerator: Double
  public let denominator: Double
  /// The ends of the interval; nil where nothing is known of it, or none is needed.
  public var lower: Double?
  public var upper: Double?

  package init(
    source: String, measure: Measure, kind: String, group: String, numerator: Double,
    denominator: Double, lower: Double? = nil, upper: Double? = nil
  ) {
    self.source = source
    self.measure = measure
    self.kind = kind
    self.group = group
    self.numerator = numerator
    self.denominator = denominator
    self.lower = lower
    self.upper = upper
  }

  /// Nil where there is nothing to measure, or the numerator is suppressed and so not a number.
  public var value: Double? {
    denominator > 0 && !numerator.isNaN ? numerator / denominator : nil
  }

  /// What is not right, of 1,000, with its interval; nil where that is not known.
  public var errorsPerThousand: (value: Double, lower: Double, upper: Double)? {
    guard let value, let lower, let upper else { return nil }
    return (1_000 * (1 - value), 1_000 * (1 - upper), 1_000 * (1 - lower))
  }

  /// The precision and the recall of a group's pairs, of which it has any.
  package static func rows(
    _ source: String, _ kind: String, _ group: String, _ quality: LinkQuality
  ) -> [QualityRow] {
    let measures: [(Measure, LinkQuality.Estimate?, Double)] = [
      (.precision, quality.precision, quality.right + quality.wrong),
      (.recall, quality.recall, quality.right + quality.missed),
    ]
    return measures.compactMap { measure, estimate, denominator in
      estimate.map {
        QualityRow(
          source: source, measure: measure, kind: kind, group: group, numerator: quality.right,
          denominator: denominator, lower: $0.lower, upper: $0.upper)
      }
    }
  }

  package static let fields = [
    Field("source", .utf8), Field("measure", .utf8), Field("group_kind", .utf8),
    Field("group_id", .utf8), Field("numerator", .float64), Field("denominator", .float64),
    Field("value", .float64), Field("lower", .float64), Field("upper", .float64),
  ]

  /// Adds the row to columns of ``fields``.
  package func append(to columns: [ColumnWriter]) {
    for (column, text) in zip(columns, [source, measure.rawValue, kind, group]) {
      column.append(text: text)
    }
    columns[4].append(numerator)
    columns[5].append(denominator)
    for (column, number) in zip(columns[6...], [value, lower, upper]) {
      if let number { column.append(number) } else { column.appendNull() }
    }
  }
}
