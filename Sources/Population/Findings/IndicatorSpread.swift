public import Definitions
public import Statistics

/// Figures of areas or organisations set against each other as a funnel.
public struct IndicatorSpread: Sendable {
  public let readings: [IndicatorAtlas.Reading]
  public let dispersion: OverDispersion
  /// What the target and the ratios of the dispersion are multiplied by to be values of the indicator.
  public let scale: Double
  /// Of which statistic a plain funnel is.
  public let statistic: Funnel.Statistic

  /// - Returns: nil where the indicator's method has no funnel, or fewer than three have figures that can be compared.
  public init?(_ indicator: Indicator, _ all: [IndicatorAtlas.Reading]) {
    let transformation: OverDispersion.Transformation
    switch indicator.method {
    case .proportion:
      (transformation, statistic) = (.proportion, .proportion(per: indicator.per))
    case .crudeRate:
      (transformation, statistic) = (
        .counts, .rate(isStandardised: false, per: indicator.per, years: 1)
      )
    case .indirectlyStandardisedRatio:
      (transformation, statistic) = (.shmi, .ratio(isDifference: false))
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

  /// The plain limits of the funnel, at a hundred places of its axis; none where it has none.
  public func funnel() -> Funnel? {
    func known(_ reading: IndicatorAtlas.Reading) -> Figure.Known? {
      if case .known(let known) = reading.figure { known } else { nil }
    }
    let figures = readings.compactMap(known)
    return try? Funnel(
      events: figures.map { $0.numerator ?? .nan }, denominators: figures.map { $0.denominator ?? .nan },
      rates: figures.map(\.value), statistic: statistic)
  }
}
