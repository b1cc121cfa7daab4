extension OpenDataPack {
  /// A figure of every unit: what it counts or rates, in which unit, and how it adds up.
  public struct Measure: Sendable {
    public var id: String
    public var title: String
    public var description: String
    public var topic: String
    /// The unit of the value, as it stands after a number: "people", "%", "per 1,000".
    public var unit: String
    public var decimals: Int
    public var polarity: Polarity
    public var caveat: String
    /// Whether an interval is shown: only where the count is a sample of what could have been.
    public var interval: Interval
    /// What a missing value means.
    public var missing: Missing
    /// Whether the units of the file itself get no figure, because it would say nothing of them.
    public var isForLargerAreasOnly: Bool
    public var method: Method
    public var line: Int
  }

  public enum Polarity: String, CaseIterable, Codable, Sendable {
    case higherIsBetter = "higher_is_better"
    case lowerIsBetter = "lower_is_better"
    case neutral
  }

  public enum Interval: String, CaseIterable, Sendable {
    case none, wilson, byar
  }

  public enum Missing: String, CaseIterable, Sendable {
    case unknown, suppressed
  }

  /// How a figure is made from columns, and so how it adds up to larger areas.
  public enum Method: Sendable {
    /// A number of things: adds.
    case count(Quantity)
    /// A part of a whole, as a percentage: numerators and denominators add, the value is recomputed.
    case proportion(Quantity, of: Quantity)
    /// Events per so many: numerators and denominators add, the value is recomputed.
    case rate(Quantity, over: Quantity, per: Double)
    /// Parts of one whole: each group is a count and a proportion of their sum.
    case groups([Group])
    /// A score: the mean, weighted by residents.
    case score(column: String)
    /// A rank among all areas of the kind: means nothing for larger areas.
    case rank(column: String)
    /// A tenth of the areas of the kind. Larger areas are ranked anew among their own kind: by
    /// their mean score (`higher` scores being decile 1), else by their mean decile.
    case decile(column: String, score: String?)
    /// A value whose parts were not published: it cannot be added up.
    case published(column: String)
  }

  public struct Group: Sendable {
    public let id: String
    public let title: String
    public let quantity: Quantity
    /// What its people or things have in common: `age: 00_04, sex: female`. Where the description says nothing, the
    /// measure's id is the dimension and the group's its category.
    public let dimensions: [(dimension: String, category: String)]
  }

  /// A number made from a row: the sum of some columns, in rows that meet a condition, else 0.
  public struct Quantity: Sendable {
    public let columns: [String]
    public let when: (column: String, values: [String])?
  }
}

extension OpenDataPack.Method {
  /// The columns that hold numbers, and those that only decide.
  public var columns: (numbers: [String], texts: [String]) {
    switch self {
    case .count(let quantity): quantity.read
    case .proportion(let part, let whole), .rate(let part, let whole, _): part.read + whole.read
    case .groups(let groups): groups.map(\.quantity.read).reduce(([], []), +)
    case .score(let column), .rank(let column), .published(let column): ([column], [])
    case .decile(let column, let score): ([column] + (score.map { [$0] } ?? []), [])
    }
  }

  /// The method's name in the snapshot.
  public var name: String {
    switch self {
    case .count: "count"
    case .proportion: "proportion"
    case .rate: "rate"
    case .groups: "groups"
    case .score: "score"
    case .rank: "rank"
    case .decile: "decile"
    case .published: "published"
    }
  }
}

extension OpenDataPack.Quantity {
  fileprivate var read: (numbers: [String], texts: [String]) {
    (columns, when.map { [$0.column] } ?? [])
  }
}

private func + (
  a: (numbers: [String], texts: [String]), b: (numbers: [String], texts: [String])
) -> (numbers: [String], texts: [String]) {
  (a.numbers + b.numbers, a.texts + b.texts)
}
