/// How two records are compared in one respect: a list of levels, of which the first that holds counts.
public struct Comparison: Codable, Sendable, Hashable {
  public struct Level: Codable, Sendable, Hashable {
    public let condition: Condition
    /// Whether how rare the value is counts: that two have a rare name says more than that they have a
    /// common one.
    public let usesFrequency: Bool

    public init(_ condition: Condition, usesFrequency: Bool = false) {
      self.condition = condition
      self.usesFrequency = usesFrequency
    }
  }

  public let name: String
  /// The field that conditions without a field are about.
  public let field: String
  public let levels: [Level]
  /// A pair for which this holds is not compared in this respect, because another comparison has it.
  public let unless: Condition?
  /// Whether a missing value says something by being missing: one missing and both missing are then levels
  /// of their own. Otherwise a missing value says nothing.
  public let countsMissing: Bool

  public init(
    _ name: String, field: String, levels: [Level], unless: Condition? = nil,
    countsMissing: Bool = false
  ) {
    self.name = name
    self.field = field
    self.levels = levels
    self.unless = unless
    self.countsMissing = countsMissing
  }

  /// The levels in words: missing first, then those of the conditions, then anything else.
  public var titles: [String] {
    (countsMissing ? ["one missing", "both missing"] : ["missing"])
      + levels.map(\.condition.text) + ["anything else"]
  }

  /// The number of levels, missing and anything else included.
  var levelCount: Int { levels.count + (countsMissing ? 3 : 2) }
  /// The first level that a condition has.
  public var firstLevel: Int { countsMissing ? 2 : 1 }

  /// The fields that its conditions look at; not the other one of two that may be swapped, which few are.
  var fields: Set<String> {
    let measures = levels.reduce(into: Set<Measure>()) { $0.formUnion($1.condition.measures) }
    return Set(
      measures.filter { $0.kind != .swapped }.flatMap { $0.fields.isEmpty ? [field] : $0.fields })
  }
}
