/// Student's t distribution.
public struct StudentT: Sendable, Hashable {
  /// Above zero.
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "degrees of freedom are above zero")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of more than `t`.
  public func survival(_ t: Double) -> Double {
    let beta = BetaDistribution(alpha: degreesOfFreedom / 2, beta: 0.5)
    let half = beta.cumulative(degreesOfFreedom / (degreesOfFreedom + t * t)) / 2
    return t < 0 ? 1 - half : half
  }

  /// The value below which the share `probability` lies, for 0 < probability < 1.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a probability is between 0 and 1")
    guard probability != 0.5 else { return 0 }
    guard probability > 0.5 else { return -quantile(1 - probability) }
    let tail = 1 - probability
    let beta = BetaDistribution(alpha: degreesOfFreedom / 2, beta: 0.5)
    let x = beta.quantile(2 * tail)
    return (degreesOfFreedom * (1 - x) / x).squareRoot()
  }

  /// The quantile for a two-sided interval: 12.7 for a confidence of 0.95 and 1 degree of freedom.
  static func t(_ confidence: Double, degreesOfFreedom: Double) -> Double {
    StudentT(degreesOfFreedom: degreesOfFreedom).quantile(0.5 + confidence / 2)
  }
}
