public import Definitions
public import Statistics

/// Figures of areas or organisations set against each other as a funnel.
public struct IndicatorSpread: Sendable {
  public let readings: [IndicatorAtlas.Reading]
  public let dispersion: OverDispersion
  /// What the target and the ratios of the dispersion are multiplied by to be values of the indicator.
  public let scale: Double

  /// - Returns: nil where the indicator's method has no funnel, or fewer than three have figures that can be compared.
  public init?(_ indicator: Indicator, _ all: [IndicatorAtlas.Reading]) {
    guard [.proportion, .crudeRate, .indirectlyStandardisedRatio].contains(indicator.method) else {
      return nil
    }
    let usable = all.filter { $0.known?.numerator != nil && ($0.known?.denominator ?? 0) > 0 }
    guard usable.count >= 3 else { return nil }
    let counts = usable.map { $0.known?.numerator ?? .nan }
    let sizes = usable.map { $0.known?.denominator ?? .nan }
    let isShare = indicator.method == .proportion
    // A rate is a ratio of what was counted to what the rate of all would give, which none may be counted of.
    let rate =
      indicator.method == .crudeRate ? counts.reduce(0, +) / sizes.reduce(0, +) : 1
    guard rate > 0 else { return nil }
    let scale = indicator.per * rate
    do {
      dispersion = try OverDispersion(
        numerators: counts, denominators: isShare ? sizes : sizes.map { $0 * rate },
        transformation: isShare ? .proportion : .cqc, per: scale, scale: .scores)
    } catch {
      return nil
    }
    readings = usable
    self.scale = scale
  }

  /// The middle of the funnel, as a value of the indicator.
  public var middle: Double { dispersion.target * scale }

  /// Those above or below the limits that count, the furthest first, with how many standard errors they are out.
  public func outliers(
    isHigh: Bool
  ) -> [(reading: IndicatorAtlas.Reading, score: Double)] {
    zip(readings, dispersion.groups).compactMap { reading, group in
      guard group.isOutlier, (group.ratio > middle) == isHigh else { return nil }
      let limits = dispersion.variance > 0 ? group.adjusted998 : group.limits998
      let half = isHigh ? limits.upper - middle : middle - limits.lower
      // The limits stand at the normal distribution's 99.9th part.
      let errors = abs(group.ratio - middle) / max(half, .leastNormalMagnitude) * 3.09
      return (reading, errors)
    }.sorted { ($0.score, $1.reading.unit) > ($1.score, $0.reading.unit) }
  }
}
