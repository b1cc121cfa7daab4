import Definitions
public import Statistics

/// A figure of an area or organisation: known, suppressed or unknown, and never a zero for either.
public enum Figure: Sendable, Equatable {
  case known(Known)
  /// There is a value, and it is held back; the reason says why.
  case suppressed(String)
  /// There is no value; the reason says why.
  case unknown(String)

  public struct Known: Sendable, Equatable {
    public let value: Double
    /// What the value was made from, where it was made from parts.
    public let numerator: Double?
    public let denominator: Double?
    /// Whether the value follows from smaller areas, rather than standing in the source.
    public let isSum: Bool

    public init(value: Double, numerator: Double? = nil, denominator: Double? = nil, isSum: Bool) {
      self.value = value
      self.numerator = numerator
      self.denominator = denominator
      self.isSum = isSum
    }
  }

  /// The value; nil where it is suppressed or unknown.
  public var value: Double? { if case .known(let known) = self { known.value } else { nil } }

  public var numerator: Double? {
    if case .known(let known) = self { known.numerator } else { nil }
  }
}

extension Measure {
  /// The 95% interval of a figure of this measure; nil where the measure has none.
  public func interval(of figure: Figure) -> Interval? {
    guard case .known(let known) = figure, let numerator = known.numerator else { return nil }
    switch interval {
    case .none: return nil
    case .wilson:
      guard let denominator = known.denominator,
        let limits = Proportion(numerator, of: denominator)?.wilson()
      else { return nil }
      return Interval(
        lower: limits.lower * per, upper: limits.upper * per, confidence: limits.confidence)
    case .byar:
      guard let limits = PoissonLimits.at95.interval(numerator) else { return nil }
      let scale = known.denominator.map { $0 > 0 ? per / $0 : .nan } ?? 1
      return Interval(
        lower: limits.lower * scale, upper: limits.upper * scale, confidence: limits.confidence)
    }
  }
}
