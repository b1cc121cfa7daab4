import Foundation

/// The gamma distribution with a scale of 1, which gives the limits of Poisson counts and of chi-squared statistics.
public struct GammaDistribution: Sendable, Hashable {
  /// Above zero.
  public let shape: Double

  public init(shape: Double) {
    precondition(shape > 0 && shape.isFinite, "the shape of a gamma distribution is above zero")
    self.shape = shape
  }

  /// The probability of at most `x`: the regularised lower incomplete gamma function P(shape, x).
  public func cumulative(_ x: Double) -> Double { tails(x).lower }

  /// The probability of more than `x`: Q(shape, x), without what 1 − P would lose.
  public func survival(_ x: Double) -> Double { tails(x).upper }

  /// The value below which the share `probability` lies, to about 14 digits.
  ///
  /// Starts from Wilson and Hilferty's cube (1931) and is made exact by Newton's steps, kept between bounds.
  public func quantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability is from 0 to 1")
    guard probability > 0 else { return 0 }
    guard probability < 1 else { return .infinity }
    let isLower = probability <= 0.5
    let target = isLower ? probability : 1 - probability
    let cube =
      1 - 1 / (9 * shape) + Normal.quantile(probability) / (3 * shape.squareRoot())
    var x = shape * cube * cube * cube
    if shape < 1 || cube <= 0.1 {
      // For small x the lower tail is x^shape / Γ(shape + 1).
      x = exp((log(probability) + lgamma(shape + 1)) / shape)
    }
    var (low, high) = (0.0, Double.infinity)
    for _ in 0..<200 {
      let tails = tails(x)
      let difference = isLower ? tails.lower - target : target - tails.upper
      if difference == 0 { return x }
      if difference > 0 { high = x } else { low = x }
      let density = Poisson.probability(shape, mean: x) * shape / x
      var next = x - difference / density
      if !(next > low && next < high) {
        next = high.isFinite ? (low + high) / 2 : x * 2 + 1
      }
      if abs(next - x) <= 1e-15 * abs(next) { return next }
      x = next
    }
    return x
  }

  /// Both tails: by its series below the shape, by its continued fraction above (DLMF 8.11.4 and 8.9.2).
  private func tails(_ x: Double) -> (lower: Double, upper: Double) {
    guard x > 0 else { return (0, 1) }
    guard x.isFinite else { return (1, 0) }
    // x^shape e^-x / Γ(shape + 1)
    let front = Poisson.probability(shape, mean: x)
    if x < shape + 1 {
      var term = 1.0
      var sum = 1.0
      var step = shape
      while term > sum * 1e-17 {
        step += 1
        term *= x / step
        sum += term
      }
      let lower = min(1, front * sum)
      return (lower, 1 - lower)
    }
    var b = x + 1 - shape
    var c = 1e300
    var d = 1 / b
    var fraction = d
    for step in 1...100_000 {
      let a = -Double(step) * (Double(step) - shape)
      b += 2
      d = a * d + b
      if abs(d) < 1e-300 { d = 1e-300 }
      c = b + a / c
      if abs(c) < 1e-300 { c = 1e-300 }
      d = 1 / d
      let change = d * c
      fraction *= change
      if abs(change - 1) < 1e-16 { break }
    }
    let upper = min(1, front * shape * fraction)
    return (1 - upper, upper)
  }
}

/// What goes with the gamma function.
enum Gamma {
  /// The derivative of log Γ(x), for x above zero (DLMF 5.5.2 and 5.11.2).
  static func digamma(_ x: Double) -> Double {
    var (x, sum) = (x, 0.0)
    while x < 10 {
      sum -= 1 / x
      x += 1
    }
    let square = 1 / (x * x)
    let series =
      square
      * (1 / 12.0 - square
        * (1 / 120.0 - square * (1 / 252.0 - square * (1 / 240.0 - square / 132))))
    return sum + log(x) - 0.5 / x - series
  }
}
