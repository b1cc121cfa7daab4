public import Definitions
public import Statistics

/// Something that stands out among the indicators of a place.
public struct Finding: Sendable {
  public enum What: Sendable {
    /// The latest point of a control chart is a signal.
    case change(Change)
    /// Areas or organisations of a kind lie outside of the funnel after over-dispersion.
    case outliers(Outliers)
    /// The gap between the most and the least deprived has widened or narrowed.
    case gap(Gap)
  }

  public struct Change: Sendable {
    public let unit: AtlasUnit
    public let value: Double
    public let mean: Double
    public let signals: ControlSignals
    public let cause: ControlCause
  }

  public struct Outliers: Sendable {
    public let kind: UnitKind
    /// The furthest first, with names that tell them apart.
    public let units: [(unit: AtlasUnit, name: String, value: Double)]
    /// Whether they lie above the limits.
    public let isHigh: Bool
    /// How many were compared.
    public let compared: Int
    /// How much more they differ than by chance.
    public let dispersion: Double
  }

  public struct Gap: Sendable {
    public let unit: AtlasUnit
    public let before: IndicatorAtlas.Summary
    public let after: IndicatorAtlas.Summary
    public let isWider: Bool
    /// How much the size of the gap changed, with its interval.
    public let change: Double
    public let lower: Double
    public let upper: Double
  }

  public let indicator: Indicator
  public let period: String
  public let what: What
  /// Whether it is for the worse; nil where neither way is.
  public let isConcern: Bool?
  /// How far it is beyond what chance gives, in standard errors; by this findings are ranked.
  public let score: Double
  /// Other indicators that say the same of the same areas, the furthest first.
  public internal(set) var also: [Indicator] = []
}

extension OpenDataPack.Polarity {
  /// Which way of a measure is better.
  public var improvement: ImprovementDirection {
    switch self {
    case .higherIsBetter: .increase
    case .lowerIsBetter: .decrease
    case .neutral: .neutral
    }
  }
}
