import Foundation

/// The Poisson distribution, for counts that need not be whole.
public enum Poisson {
  /// The probability of `count` events where `mean` are expected: mean^count e^-mean / Γ(count + 1).
  ///
  /// Loader (2000), Fast and accurate computation of binomial probabilities: the saddle point and the error of
  /// Stirling's formula, so that large counts lose no digits.
  public static func probability(_ count: Double, mean: Double) -> Double {
    guard mean > 0 else { return count == 0 ? 1 : 0 }
    guard count > 0 else { return exp(-mean) }
    return exp(-stirlingError(count) - deviance(count, mean)) / (2 * .pi * count).squareRoot()
  }

  /// The probability of at most `count` events.
  public static func cumulative(_ count: Double, mean: Double) -> Double {
    GammaDistribution(shape: count + 1).survival(mean)
  }

  /// log Γ(n + 1) less Stirling's formula.
  static func stirlingError(_ n: Double) -> Double {
    if n <= 16 {
      return lgamma(n + 1) - (n + 0.5) * log(n) + n - 0.918_938_533_204_672_741_8
    }
    let square = n * n
    return
      (1 / 12.0
      - (1 / 360.0 - (1 / 1_260.0 - (1 / 1_680.0 - 1 / 1_188.0 / square) / square)
        / square)
        / square)
      / n
  }

  /// x log(x / mean) + mean − x, exact where x is near the mean.
  static func deviance(_ x: Double, _ mean: Double) -> Double {
    guard abs(x - mean) < 0.1 * (x + mean) else { return x * log(x / mean) + mean - x }
    let ratio = (x - mean) / (x + mean)
    var sum = (x - mean) * ratio
    var term = 2 * x * ratio
    for step in 1..<1_000 {
      term *= ratio * ratio
      let next = sum + term / Double(2 * step + 1)
      if next == sum { break }
      sum = next
    }
    return sum
  }
}
