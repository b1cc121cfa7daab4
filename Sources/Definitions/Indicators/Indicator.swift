/// The definition of an indicator: what is counted in whom, by which method, for whom it is broken down, and against what
/// it is read.
public struct Indicator: Codable, Sendable, Equatable, Identifiable {
  public var id: String
  /// Raised whenever the figures come to mean something else.
  public var version: Int
  public var title: String
  /// What it measures, in a sentence or two.
  public var description: String
  /// Why it matters.
  public var rationale: String
  public var topic: String
  public var pillar: Pillar?
  /// A reference for the definition.
  public var source: String
  public var owner: String
  /// Who checked the definition and when; nil where nobody has. To save a definition is not to assure it.
  public var assured: Assurance?
  public var numerator: Term
  public var denominator: Term?
  public var method: Method
  /// What the ratio is multiplied by: 100 for percentages, 100,000 for most rates.
  public var per: Double
  /// The unit, as it stands after a number.
  public var unit: String
  public var decimals: Int
  public var polarity: OpenDataPack.Polarity
  public var period: PeriodKind
  /// What it is broken down by: classes of small areas (``AreaClass``), or dimensions of the groups that its data have.
  public var by: [String]
  /// The dimensions over which a standardised figure is standardised.
  public var over: [String]
  public var standard: Standard
  public var benchmark: Benchmark
  public var minimum: Minimum
  public var caveats: [String]
  /// Where the definition stands.
  public var file: String
  public var line: Int

  public init(
    id: String, version: Int, title: String, description: String, rationale: String, topic: String,
    pillar: Pillar?, source: String, owner: String, assured: Assurance?, numerator: Term,
    denominator: Term?, method: Method, per: Double, unit: String, decimals: Int,
    polarity: OpenDataPack.Polarity, period: PeriodKind, by: [String], over: [String],
    standard: Standard, benchmark: Benchmark, minimum: Minimum, caveats: [String], file: String,
    line: Int
  ) {
    (self.id, self.version, self.title) = (id, version, title)
    (self.description, self.rationale, self.topic) = (description, rationale, topic)
    (self.pillar, self.source, self.owner, self.assured) = (pillar, source, owner, assured)
    (self.numerator, self.denominator, self.method) = (numerator, denominator, method)
    (self.per, self.unit, self.decimals, self.polarity) = (per, unit, decimals, polarity)
    (self.period, self.by, self.over, self.standard) = (period, by, over, standard)
    (self.benchmark, self.minimum, self.caveats) = (benchmark, minimum, caveats)
    (self.file, self.line) = (file, line)
  }

  public enum Method: String, Codable, CaseIterable, Sendable {
    case count
    case proportion
    case crudeRate = "crude_rate"
    /// A ratio of two quantities of which neither is a count of events, such as patients to doctors.
    case ratio
    case directlyStandardisedRate = "directly_standardised_rate"
    case indirectlyStandardisedRatio = "indirectly_standardised_ratio"
    case lifeExpectancy = "life_expectancy"
    /// A mean of scores, weighted by residents for areas that are made of others.
    case mean
    /// A value as its publisher gives it.
    case published

    /// Whether people are counted by age, and so data by age are needed.
    public var isStandardised: Bool {
      switch self {
      case .directlyStandardisedRate, .indirectlyStandardisedRatio, .lifeExpectancy: true
      default: false
      }
    }

    /// The method in words.
    public var title: String {
      switch self {
      case .count: "count"
      case .proportion: "proportion, Wilson's interval"
      case .crudeRate: "crude rate, exact or Byar's interval"
      case .ratio: "ratio"
      case .directlyStandardisedRate: "directly standardised rate, Dobson's interval"
      case .indirectlyStandardisedRatio: "indirectly standardised ratio, exact or Byar's interval"
      case .lifeExpectancy: "life expectancy, Chiang's and Silcocks' interval"
      case .mean: "mean weighted by residents"
      case .published: "as published"
      }
    }
  }

  public struct Assurance: Codable, Sendable, Equatable {
    /// The role that assured it.
    public var by: String
    /// The day, as `yyyy-MM-dd`.
    public var on: String
  }

  public enum Standard: String, Codable, CaseIterable, Sendable {
    /// The European standard population of 2013.
    case european2013 = "esp2013"
    /// The people of the whole country where it is in the data, else of the place.
    case whole
  }

  /// What a figure is read against.
  public enum Benchmark: Codable, Sendable, Equatable {
    /// The whole country where its figure is known, else the place.
    case whole
    case place
    case none
    /// A value to reach.
    case target(Double)
  }

  /// Figures that rest on fewer are unknown.
  public struct Minimum: Codable, Sendable, Equatable {
    public var numerator = 0.0
    public var denominator = 0.0

    public init() {}
  }
}

/// The classes of small areas by which figures of larger areas are broken down.
public enum AreaClass: String, Codable, CaseIterable, Sendable {
  case deprivationDecile = "imd_decile"
  case deprivationQuintile = "imd_quintile"
  /// The most deprived fifth of the country, as of Core20PLUS5, and the others.
  case core20
  case ruralUrban = "rural_urban"

  public var title: String {
    switch self {
    case .deprivationDecile: "deprivation tenth of where people live"
    case .deprivationQuintile: "deprivation fifth of where people live"
    case .core20: "Core20: the most deprived fifth, and the others"
    case .ruralUrban: "urban and rural areas"
    }
  }
}
