import Definitions
import Engine

/// One figure of a wide row: the SQL of its parts at its own level, and of their sums above it.
struct Slot {
  private let measureIndex: String
  private let group: Int
  private let kind: Kind
  /// Whether the units of the file get a figure, or only larger areas.
  private let isForLargerAreasOnly: Bool

  private enum Kind {
    /// A numerator, and a denominator where the figure has one.
    case parts(numerator: String, denominator: String?)
    /// A value with nothing to add.
    case value(String)
    /// A value whose mean, weighted by residents, is the value of larger areas.
    case mean(String)
    /// A decile, and what larger areas are ranked by: the higher, the nearer to decile 1.
    case decile(String, rankedBy: String)
  }

  /// The slots of a measure: one, or one a group.
  static func slots(
    of measure: OpenDataPack.Measure, measureIndex: String, dialect: Dialect
  ) -> [Slot] {
    func slot(_ kind: Kind, group: Int = 0) -> Slot {
      Slot(
        measureIndex: measureIndex, group: group, kind: kind,
        isForLargerAreasOnly: measure.isForLargerAreasOnly)
    }
    func column(_ name: String) -> String { "f.\(dialect.identifier(name))" }
    func sql(_ quantity: OpenDataPack.Quantity) -> String {
      // Adding with + makes the sum null where a part is: an unknown part is not a zero.
      let sum = quantity.columns.map(column).joined(separator: " + ")
      guard let when = quantity.when else { return "(\(sum))" }
      let values = when.values.map(dialect.literal).joined(separator: ", ")
      return "(case when \(column(when.column)) is null then null "
        + "when \(column(when.column)) in (\(values)) then \(sum) else 0 end)"
    }
    switch measure.method {
    case .count(let quantity): return [slot(.parts(numerator: sql(quantity), denominator: nil))]
    case .proportion(let part, let whole):
      // A proportion of 0 is not known, so its numerator is not added to larger areas either.
      let (numerator, denominator) = (sql(part), sql(whole))
      return [
        slot(
          .parts(
            numerator: "(case when \(denominator) = 0 and \(numerator) > 0 then null "
              + "else \(numerator) end)",
            denominator: denominator))
      ]
    case .rate(let part, let whole, _):
      return [slot(.parts(numerator: sql(part), denominator: sql(whole)))]
    case .groups(let groups):
      let whole = "(\(groups.map { sql($0.quantity) }.joined(separator: " + ")))"
      return groups.enumerated().map {
        slot(.parts(numerator: sql($0.element.quantity), denominator: whole), group: $0.offset)
      }
    case .score(let name): return [slot(.mean(column(name)))]
    case .rank(let name), .published(let name): return [slot(.value(column(name)))]
    case .decile(let name, let score):
      return [slot(.decile(column(name), rankedBy: score.map(column) ?? "-\(column(name))"))]
    }
  }

  /// Whether larger areas get a figure.
  var adds: Bool { if case .value = kind { false } else { true } }

  /// The slot that holds the denominator of slot `i`: groups of one whole share the first group's.
  private func shared(_ i: Int) -> Int { i - group }

  /// The columns of slot `i` in a row of the file.
  func leaf(_ i: Int) -> String {
    switch kind {
    case .parts(let numerator, let denominator):
      let whole = group > 0 ? "" : "\(denominator ?? "null")::double as d\(i), "
      return "\(numerator)::double as n\(i), \(whole)null::integer as c\(i)"
    case .value(let value), .mean(let value):
      return "\(value)::double as v\(i), null::integer as c\(i)"
    case .decile(let value, let rankedBy):
      return "\(value)::double as v\(i), \(rankedBy)::double as r\(i), null::integer as c\(i)"
    }
  }

  /// A sum that does not depend on the order in which threads add: floating-point sums do, in their
  /// last digits, and the same files would then give other figures. Added in whole millionths, of 128 bits,
  /// so that large sums of money fit.
  private static func total(_ value: String) -> String {
    "sum(round((\(value)) * 1e6)::hugeint)::double / 1e6"
  }

  /// The columns of slot `i` in the row of a larger area, over the rows `w` of its parts.
  func sum(_ i: Int) -> String {
    switch kind {
    case .parts(_, nil):
      return "\(Self.total("w.n\(i)")) as n\(i), null::double as d\(i), count(w.n\(i)) as c\(i)"
    case .parts:
      let whole = group > 0 ? "" : "\(Self.total("w.d\(i)")) as d\(i), "
      return "\(Self.total("w.n\(i)")) as n\(i), \(whole)"
        + "count(w.n\(i) + w.d\(shared(i))) as c\(i)"
    case .value: return "null::double as v\(i), null::integer as c\(i)"
    case .mean:
      return "\(Self.total("w.v\(i) * w.residents")) / nullif(sum(w.residents), 0) as v\(i), "
        + "count(w.v\(i) * w.residents) as c\(i)"
    case .decile:
      return "null::double as v\(i), "
        + "\(Self.total("w.r\(i) * w.residents")) / nullif(sum(w.residents), 0) as r\(i), "
        + "count(w.r\(i) * w.residents) as c\(i)"
    }
  }

  /// A query that takes slot `i` out of the wide rows as long ones.
  func long(_ i: Int) -> String {
    let (numerator, denominator, value, mean) =
      switch kind {
      case .parts: ("n\(i)", "d\(shared(i))", "null::double", "null::double")
      case .value, .mean: ("null::double", "null::double", "v\(i)", "null::double")
      case .decile: ("null::double", "null::double", "v\(i)", "r\(i)")
      }
    let levels =
      switch (adds, isForLargerAreasOnly) {
      case (true, false): "true"
      case (true, true): "is_sum"
      case (false, _): "not is_sum"
      }
    return """
      select \(SeriesKey.sql(measure: measureIndex, group: group)) as series_key, unit_id, is_sum,
        \(numerator) as numerator, \(denominator) as denominator, \(value) as value,
        \(mean) as mean, c\(i)::integer as present, expected
      from wide where \(levels)
      """
  }
}

/// A number for each measure, group and period, so that rows are joined and sorted by one integer: 21 bits of each.
enum SeriesKey {
  private static let bits = 21
  /// The most measures, groups of a measure, and periods that there can be.
  static let most = 1 << bits

  static func sql(measure: String, group: Int) -> String {
    "(\(measure)::bigint << \(2 * bits)) + (\(group)::bigint << \(bits)) + period_ix"
  }

  /// The parts of the column `series_key`, in SQL.
  static let measure = "(series_key >> \(2 * bits))::integer"
  static let group = "((series_key >> \(bits)) & \(most - 1))::integer"
  static let period = "(series_key & \(most - 1))"
}
