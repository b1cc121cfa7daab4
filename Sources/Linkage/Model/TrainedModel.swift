/// What was learnt from data: how often each level is seen in matches and in others, how often two records
/// match, and from which weight on a pair is taken for one.
public struct TrainedModel: Codable, Sendable, Hashable {
  /// What was learnt of a comparison; levels in the order of ``Comparison/titles``.
  public struct Levels: Codable, Sendable, Hashable {
    public let name: String
    /// The probability of each level among matches: m.
    public var match: [Double]
    /// The same among pairs that have nothing to do with each other: u.
    public var random: [Double]
    /// The same among two people of one home.
    public var home: [Double]
    /// The same among two people of one home and one day of birth.
    public var twin: [Double]
  }

  /// How likely two records taken blindly are what to each other.
  public struct Shares: Codable, Sendable, Hashable {
    /// Of one person: the prior.
    public var match: Double
    public var home: Double
    public var twin: Double
  }

  /// How frequent the values of a comparison are; those that few records have are taken together, so that a
  /// model tells nobody's name.
  public struct Frequencies: Codable, Sendable, Hashable {
    public let values: [String: Double]
    /// The frequency that any other value is taken to have.
    public let other: Double
  }

  public var comparisons: [Levels]
  public var shares: Shares
  /// By comparison.
  public var frequencies: [String: Frequencies]
  /// The comparisons that go together; nil in a model from before that was learnt.
  public var dependences: [Dependence]?
  /// The weight from which on a pair is taken for a match.
  public var threshold: Double
  /// The rules that pairs are found by.
  public var rules: [BlockingRule]
  /// Whether there were matches to learn from; nil in a model from before that was told.
  public var isLearnt: Bool?
}

extension TrainedModel {
  /// By class, comparison and level.
  var levels: [[[Double]]] {
    [
      comparisons.map(\.match), comparisons.map(\.random), comparisons.map(\.home),
      comparisons.map(\.twin),
    ]
  }

  /// By class.
  var classShares: [Double] {
    [shares.match, 1 - shares.match - shares.home - shares.twin, shares.home, shares.twin]
  }
}
