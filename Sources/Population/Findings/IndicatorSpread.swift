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
    let transformation: OverDispersion.Transformation
    switch indicator.method {
    case .proportion:
      transformation = .proportion
    case .crudeRate:
      transformation = .counts
    case .indirectlyStandardisedRatio:
      transformation = .shmi
    default: return nil
    }
    let needsEvents = transformation != .proportion
    let usable = all.filter { reading in
      guard case .known(let known) = reading.figure, let numerator = known.numerator,
        let denominator = known.denominator
      else { return false }
      return denominator > 0 && (!needsEvents || numerator > 0)
    }
    func parts(_ reading: IndicatorAtlas.Reading) -> (Double, Double) {
      guard case .known(let known) = reading.figure else { return (.nan, .nan) }
      return (known.numerator ?? .nan, known.denominator ?? .nan)
    }
    guard usable.count >= 3 else { return nil }
    do {
      dispersion = try OverDispersion(
        numerators: usable.map { parts($0).0 }, denominators: usable.map { parts($0).1 },
        transformation: transformation, per: indicator.per, scale: .scores)
    } catch {
      return nil
    }
    readings = usable
    scale = indicator.per
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
