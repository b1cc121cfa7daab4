import Foundation

/// The beta distribution: what is known of a share.
public struct BetaDistribution: Sendable, Hashable {
  /// Both above zero.
  public let alpha: Double
  public let beta: Double

  public init(alpha: Double, beta: Double) {
    precondition(alpha > 0 && beta > 0, "the parameters of a beta distribution are above zero")
    self.alpha = alpha
    self.beta = beta
  }

  /// The distribution with a mean and a variance; nil where none has, because the mean is not inside 0 to 1 or the
  /// variance is not below mean × (1 − mean).
  public init?(mean: Double, variance: Double) {
    let most = mean * (1 - mean)
    guard most > 0, variance > 0, variance < most else { return nil }
    let size = most / variance - 1
    self.init(alpha: mean * size, beta: (1 - mean) * size)
  }

  /// The probability of at most `x`: the regularised incomplete beta function.
  public func cumulative(_ x: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let front = exp(
      lgamma(alpha + beta) - lgamma(alpha) - lgamma(beta) + alpha * log(x) + beta * log1p(-x))
    return x < (alpha + 1) / (alpha + beta + 2)
      ? front * Self.fraction(alpha, beta, x) / alpha
      : 1 - front * Self.fraction(beta, alpha, 1 - x) / beta
  }

  /// The value below which the share `probability` lies.
  public func quantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability is from 0 to 1")
    var (low, high) = (0.0, 1.0)
    // Each step halves what is left: after 80 it is below what numbers near 1 can tell apart.
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if cumulative(middle) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method (1976, Appl Opt 15: 668).
  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var result = d
    for m in 1...2_000 {
      let step = Double(m)
      let even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      result *= c * d
      let odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      let change = c * d
      result *= change
      if abs(change - 1) < 1e-15 { break }
    }
    return result
  }
}
