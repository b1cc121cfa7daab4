import Foundation

/// Funnel limits that allow for groups that differ more than chance lets them, for reasons that no group is to blame for.
///
/// Spiegelhalter (2005, Qual Saf Health Care 14: 347): an additive random effect whose variance τ² is that of DerSimonian
/// and Laird, from z-scores without their extremes. The transformations are those of the Summary Hospital-level Mortality
/// Indicator (logarithm; extremes truncated) and of the Care Quality Commission (square root; extremes winsorised), as
/// NHS-R's FunnelPlotR 0.6.0 has them; proportions by the arcsine of the root, ratios of counts by the logarithm.
public struct OverDispersion: Sendable {
  public enum Transformation: String, Sendable, CaseIterable {
    /// Standardised ratios on the scale of logarithms, without the outermost tenths.
    case shmi = "SHMI"
    /// Standardised ratios on the scale of square roots, the outermost tenths drawn in.
    case cqc = "CQC"
    /// Proportions on the scale of arcsines of roots, the outermost tenths drawn in.
    case proportion = "PR"
    /// Ratios of counts on the scale of logarithms, the outermost tenths drawn in.
    case counts = "RC"
  }

  /// On which scale limits are drawn.
  public enum LimitScale: String, Sendable, CaseIterable {
    /// As FunnelPlotR draws them: those of the CQC's roots are not squared back, and ratios of counts take 1 / (2 √n) for
    /// their standard error. They are not those by which z-scores judge.
    case reference
    /// The scale and the standard errors of the z-scores, brought back: a group lies outside just where its z-score does.
    case scores
  }

  /// A group beside its limits.
  public struct Group: Sendable {
    public let ratio: Double
    /// How many standard errors the group lies from the target, before over-dispersion.
    public let z: Double
    /// Limits of chance alone, and with over-dispersion; at 95% and 99.8%.
    public let limits95: Interval
    public let limits998: Interval
    public let adjusted95: Interval
    public let adjusted998: Interval
    /// Whether the group lies outside of the 99.8% limits: the adjusted ones where there is over-dispersion.
    public let isOutlier: Bool
  }

  public let groups: [Group]
  /// The ratio of the variance that there is to that of chance: over-dispersion above 1.
  public let dispersion: Double
  /// The variance between groups on the transformed scale; 0 where chance alone explains how they differ.
  public let variance: Double
  /// The middle of the funnel.
  public let target: Double

  /// - Parameters:
  ///   - numerators, denominators: of each group; for standardised ratios the expected events.
  ///   - trimmedShare: how much of each end is truncated or winsorised.
  ///   - scale: on which scale limits are drawn.
  /// - Returns: throws which group cannot be compared, and why.
  public init(
    numerators: [Double], denominators given: [Double], transformation: Transformation,
    trimmedShare: Double = 0.1, per: Double = 1, scale: LimitScale = .reference
  ) throws(FunnelProblem) {
    // As the SHMI's specification has it, expected events are rounded to two decimals first.
    let denominators =
      transformation == .shmi ? given.map { $0.rounded(toDecimals: 2) } : given
    for row in numerators.indices {
      if let reason = Unknown.ofCount(numerators[row], denominators[row]) {
        throw FunnelProblem(row: row, reason: reason)
      }
      // None has no logarithm, and as a ratio of counts a standard error that says nothing.
      if transformation == .shmi || transformation == .counts, numerators[row] == 0 {
        throw FunnelProblem(row: row, reason: .tooFewEvents)
      }
      if transformation == .proportion, numerators[row] > denominators[row] {
        throw FunnelProblem(row: row, reason: .moreEventsThanPeople)
      }
    }
    guard numerators.count >= 2 else { throw FunnelProblem(row: 0, reason: .tooFewValues) }
    let total = numerators.reduce(0, +) / denominators.reduce(0, +)
    let target = transformation == .shmi || transformation == .cqc ? 1 : total
    let centre = transformation.scale(target)
    let scores = zip(numerators, denominators).map { x, n -> (z: Double, error: Double) in
      let error = transformation.error(x, n)
      return ((transformation.value(x, n) - centre) / error, error)
    }
    let kept = Self.kept(scores, transformation, trimmedShare)
    let count = Double(kept.count)
    let dispersion = kept.isEmpty ? 0 : kept.reduce(0) { $0 + $1.z * $1.z } / count
    var variance = 0.0
    if count * dispersion >= count - 1, !kept.isEmpty {
      let weights = kept.map { 1 / ($0.error * $0.error) }
      let sum = weights.reduce(0, +)
      let squares = weights.reduce(0) { $0 + $1 * $1 }
      let divisor = sum - squares / sum
      variance = divisor > 0 ? max(0, (count * dispersion - (count - 1)) / divisor) : 0
    }
    self.dispersion = dispersion
    self.variance = variance
    self.target = target
    groups = numerators.indices.map { row in
      let (x, n) = (numerators[row], denominators[row])
      let limits = { (confidence: Double, variance: Double) in
        transformation.limits(
          n, target: target, confidence: confidence, variance: variance, per,
          error: scale == .scores ? scores[row].error : nil, isSquared: scale == .scores)
      }
      let plain = { (confidence: Double) -> Interval in
        transformation.isStandardised && scale == .reference
          ? Self.poisson(n, target: target, confidence: confidence, per)
          : limits(confidence, 0)
      }
      let (chance, adjusted) = (plain(0.998), limits(0.998, variance))
      let bounds = variance > 0 ? adjusted : chance
      let ratio = x / given[row] * per
      return Group(
        ratio: ratio, z: scores[row].z, limits95: plain(0.95), limits998: chance,
        adjusted95: limits(0.95, variance), adjusted998: adjusted,
        isOutlier: ratio > bounds.upper || ratio < bounds.lower)
    }
  }

  /// The scores without the extremes: truncated for the SHMI, drawn in otherwise.
  private static func kept(
    _ scores: [(z: Double, error: Double)], _ transformation: Transformation, _ share: Double
  ) -> [(z: Double, error: Double)] {
    if transformation == .shmi {
      let groups = 1 / share
      // The mean rank of equal scores.
      var ranks: [Double: (first: Int, last: Int)] = [:]
      for (place, z) in scores.map(\.z).sorted().enumerated() {
        ranks[z, default: (place, place)].last = place
      }
      return scores.filter { score in
        let (first, last) = ranks[score.z] ?? (0, 0)
        let rank = Double(first + last) / 2 + 1
        let part = (rank * groups / Double(scores.count + 1)).rounded(.down)
        return part > 0 && part < groups - 1
      }
    }
    let sorted = scores.map(\.z).sorted()
    let (low, high) = (quantile(sorted, share), quantile(sorted, 1 - share))
    return scores.map { (min(max($0.z, low), high), $0.error) }
  }

  /// Between neighbours in a straight line: type 7 of Hyndman and Fan (1996).
  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = Double(sorted.count - 1) * share
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }

  /// The exact Poisson limits of as many events as are expected.
  private static func poisson(
    _ expected: Double, target: Double, confidence: Double, _ per: Double
  ) -> Interval {
    let (lower, upper) = PoissonLimits.exact(expected, confidence: confidence)
    return Interval(
      lower: lower / expected * target * per, upper: upper / expected * target * per,
      confidence: confidence)
  }
}

extension OverDispersion.Transformation {
  fileprivate var isStandardised: Bool { self == .shmi || self == .cqc }

  /// A ratio on the transformed scale.
  fileprivate func scale(_ ratio: Double) -> Double {
    switch self {
    case .shmi, .counts: log(ratio)
    case .cqc: ratio.squareRoot()
    case .proportion: asin(ratio.squareRoot())
    }
  }

  fileprivate func value(_ x: Double, _ n: Double) -> Double {
    self == .counts ? log((x + 0.5) / (n + 0.5)) : scale(x / n)
  }

  fileprivate func error(_ x: Double, _ n: Double) -> Double {
    switch self {
    case .shmi: 1 / n.squareRoot()
    case .cqc, .proportion: 1 / (2 * n.squareRoot())
    case .counts:
      (x / ((x + 0.5) * (x + 0.5)) + n / ((n + 0.5) * (n + 0.5))).squareRoot()
    }
  }

  /// The limits of a group with the denominator `n`, drawn about the target.
  fileprivate func limits(
    _ n: Double, target: Double, confidence: Double, variance: Double, _ per: Double,
    error given: Double?, isSquared: Bool
  ) -> Interval {
    // The field's constants, to six decimals.
    let z = confidence == 0.95 ? 1.959964 : confidence == 0.998 ? 3.090232 : Normal.z(confidence)
    let error = given ?? (self == .shmi ? 1 / n.squareRoot() : 1 / (2 * n.squareRoot()))
    let half = z * (error * error + variance).squareRoot()
    let centre = scale(target)
    func back(_ value: Double) -> Double {
      switch self {
      case .shmi, .counts: exp(value)
      case .cqc: isSquared ? max(0, value) * max(0, value) : value
      case .proportion:
        // Beyond none and all the curve would turn back.
        sin(min(max(value, 0), .pi / 2)) * sin(min(max(value, 0), .pi / 2))
      }
    }
    return Interval(
      lower: back(centre - half) * per, upper: back(centre + half) * per, confidence: confidence)
  }
}
