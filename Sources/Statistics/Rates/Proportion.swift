/// A part of a whole, such as residents with a condition among all residents.
public struct Proportion: Hashable, Sendable {
  public let numerator: Double
  public let denominator: Double

  /// - Returns: nil unless 0 ≤ numerator ≤ denominator and the denominator is above 0.
  public init?(_ numerator: Double, of denominator: Double) {
    guard denominator > 0, numerator >= 0, numerator <= denominator, denominator.isFinite else {
      return nil
    }
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Between 0 and 1.
  public var value: Double { numerator / denominator }

  /// The Wilson score interval, between 0 and 1.
  ///
  /// Wilson (1927), as in APHO Technical Briefing 3 (2008), equations 4 and 5.
  public func wilson(confidence: Double = 0.95) -> Interval {
    let (lower, upper) = Self.wilson(numerator, denominator, z: Normal.z(confidence))
    return Interval(lower: lower, upper: upper, confidence: confidence)
  }

  /// The limits at a quantile of the normal distribution.
  @inline(__always)
  static func wilson(_ count: Double, _ total: Double, z: Double) -> (lower: Double, upper: Double)
  {
    let square = z * z
    let centre = 2 * count + square
    let spread = z * (square + 4 * count * (1 - count / total)).squareRoot()
    let divisor = 2 * (total + square)
    // All or none leave nothing to the last digit.
    return (
      count == 0 ? 0 : max(0, (centre - spread) / divisor),
      count == total ? 1 : min(1, (centre + spread) / divisor)
    )
  }
}
