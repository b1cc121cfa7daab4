/// What is to be linked and how: fields, comparisons, blocking rules and what goes with them.
///
/// From the kinds of the fields alone a whole model follows (``init(id:fields:)``); any part can be set.
public struct LinkModel: Codable, Sendable, Hashable {
  /// The column that names a record within its source.
  public var id: String
  public var fields: [LinkField]
  public var comparisons: [Comparison]
  public var blocking: Blocking
  public var scope: LinkScope
  public var prior: Prior
  /// How it is learnt; as usual where nil.
  public var training: TrainingRules?
  /// What the records of one person cannot be.
  public var clusters: ClusterRules
  /// The share of a column's values that may not be understood before the linkage is refused; two in a hundred
  /// where nil.
  public var notUnderstood: Double?
  /// Years of two digits are of the hundred years that end with this one; with the year of the run where nil. A trained
  /// model keeps that of its training.
  public var latestYear: Int?
  /// What was learnt, once it was; a model that has it only predicts.
  public var trained: TrainedModel?

  static let usualNotUnderstood = 0.02

  public init(id: String, fields: [LinkField]) {
    self.id = id
    self.fields = fields
    comparisons = Comparison.usual(for: fields)
    blocking = .automatic(fields)
    scope = LinkScope()
    prior = Prior()
    clusters = ClusterRules()
  }

  func field(_ name: String) -> LinkField? { fields.first { $0.name == name } }
}

/// A field: a name, what it holds, and the columns that it is read from.
public struct LinkField: Codable, Sendable, Hashable {
  public let name: String
  public let kind: FieldKind
  /// One column, or for an address the street's and the postcode's.
  public let columns: [String]
  /// How dates are written; worked out where nil.
  public var dates: DateForm?
  /// What parts the values of a field that may have several in a record, such as all telephone numbers of a person; nil
  /// where each record has one at most.
  public var separator: String?

  public init(
    _ name: String, _ kind: FieldKind, columns: [String]? = nil, dates: DateForm? = nil,
    separator: String? = nil
  ) {
    self.separator = separator
    self.name = name
    self.kind = kind
    self.columns = columns ?? [name]
    self.dates = dates
  }
}

/// Which pairs are looked for.
public struct LinkScope: Codable, Sendable, Hashable {
  /// Pairs of one source.
  public var within = true
  /// Pairs of different sources.
  public var between = true
  /// Whether a record has at most one partner in another source.
  public var isOneToOne = false

  public init(within: Bool = true, between: Bool = true, isOneToOne: Bool = false) {
    self.within = within
    self.between = between
    self.isOneToOne = isOneToOne
  }
}

/// How likely two records taken blindly are of one person.
public struct Prior: Codable, Sendable, Hashable {
  /// Worked out from the data where nil.
  public var probability: Double?

  public init(probability: Double? = nil) { self.probability = probability }
}

/// How a model is learnt.
public struct TrainingRules: Codable, Sendable, Hashable {
  /// How often the estimates are improved at most, and the change below which they have come to rest.
  public var iterations = 500
  public var tolerance = 1e-5
  /// Whether the weights allow for comparisons that go together.
  public var allowsForDependence = true

  public init() {}
}

/// How pairs of records are found that are worth comparing.
public struct Blocking: Codable, Sendable, Hashable {
  /// The rules; a pair is compared that any of them finds. Chosen from the data where empty.
  public var rules: [BlockingRule]
  /// The rules that are chosen from.
  public var candidates: [BlockingRule]
  /// What share of the matches that the candidates find the chosen rules are to find.
  public var recall: Double
  /// The most pairs to compare, for each record.
  public var pairsPerRecord: Double
  /// The most pairs that a rule may add for each match that no rule before it finds.
  public var pairsPerMatch: Double
  /// The most pairs of one key; larger blocks are split by further parts.
  public var largestBlock: Int

  static let usualLargestBlock = 20_000
}
