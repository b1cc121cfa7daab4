/// The limits of counts of events at one confidence: exact Poisson below 10 events, Byar's approximation from 10 on.
///
/// OHID, Fingertips technical guidance; APHO Technical Briefing 3 (2008), equations 6 to 9. Byar's approximation is that
/// of Breslow and Day (1987), volume II, page 69. Counts need not be whole.
public struct PoissonLimits: Sendable {
  public let confidence: Double
  private let z: Double
  /// The exact limits of 0 to 9 events.
  private let small: [(lower: Double, upper: Double)]

  /// The field's usual limits.
  public static let at95 = PoissonLimits(confidence: 0.95)

  /// The count from which Byar's approximation is taken.
  public static let byarFrom = 10.0

  public init(confidence: Double) {
    self.confidence = confidence
    z = Normal.z(confidence)
    small = (0..<10).map { Self.exact(Double($0), confidence: confidence) }
  }

  /// The interval of `count` events; nil for a count below zero or no number.
  public func interval(_ count: Double) -> Interval? {
    guard count >= 0, count.isFinite else { return nil }
    let (lower, upper) = limits(count)
    return Interval(lower: lower, upper: upper, confidence: confidence)
  }

  /// The limits of a count that is zero or more.
  @inline(__always)
  func limits(_ count: Double) -> (lower: Double, upper: Double) {
    if count >= Self.byarFrom { return byar(count) }
    let whole = Int(count)
    return Double(whole) == count ? small[whole] : Self.exact(count, confidence: confidence)
  }

  /// Byar's approximation, for any count.
  @inline(__always)
  func byar(_ count: Double) -> (lower: Double, upper: Double) {
    guard count > 0 else { return (0, Self.cube(1, z)) }
    return (Self.cube(count, -z), Self.cube(count + 1, z))
  }

  /// x (1 − 1/9x + z/3√x)³
  @inline(__always)
  private static func cube(_ x: Double, _ z: Double) -> Double {
    let root = 1 / x.squareRoot()
    let base = 1 - root * (root / 9 - z / 3)
    return x * base * base * base
  }

  /// Half the quantiles of chi-squared with 2x and 2x + 2 degrees of freedom (Garwood 1936).
  static func exact(_ count: Double, confidence: Double) -> (lower: Double, upper: Double) {
    let tail = (1 - confidence) / 2
    return (
      count > 0 ? GammaDistribution(shape: count).quantile(tail) : 0,
      GammaDistribution(shape: count + 1).quantile(1 - tail)
    )
  }
}
