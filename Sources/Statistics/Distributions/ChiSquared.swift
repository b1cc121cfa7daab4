/// The chi-squared distribution.
public struct ChiSquared: Sendable, Hashable {
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

  /// The probability of more than `x`.
  public func survival(_ x: Double) -> Double {
    GammaDistribution(shape: degreesOfFreedom / 2).survival(x / 2)
  }

  /// The value below which the share `probability` lies.
  public func quantile(_ probability: Double) -> Double {
    2 * GammaDistribution(shape: degreesOfFreedom / 2).quantile(probability)
  }
}
