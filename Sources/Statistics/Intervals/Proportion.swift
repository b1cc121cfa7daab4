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
    let z = Normal.z(confidence)
    let (count, total) = (numerator, denominator)
    let centre = 2 * count + z * z
    let spread = z * (z * z + 4 * count * (1 - value)).squareRoot()
    let divisor = 2 * (total + z * z)
    return Interval(
      lower: max(0, (centre - spread) / divisor), upper: min(1, (centre + spread) / divisor),
      confidence: confidence)
  }
}
