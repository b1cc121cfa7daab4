import Foundation

/// Rates of small areas drawn towards the mean of all, the more the less is known of each.
///
/// The Gamma–Poisson model of Clayton and Kaldor (1987, Biometrics 43: 671): the areas' relative risks are gamma
/// distributed, their events Poisson; the gamma's parameters are those of maximum likelihood of all areas, and an area's
/// risk has the gamma distribution that follows from its own events. Its interval takes the parameters as known: it is a
/// little narrow, and the more so the fewer areas there are.
public struct GammaPoisson: Sendable {
  /// The smoothed ratio of observed to expected events of each area, with credible intervals; unknown where an area's
  /// expected events are missing or zero.
  public let estimates: Estimates
  /// The gamma distribution of the areas' risks: its mean is shape / rate. Nil where areas differ no more than by chance.
  public let shape: Double?
  public let rate: Double?

  /// - Parameters:
  ///   - events: observed in each area.
  ///   - expected: in each area at the rates of all; or its population, so that the ratios are rates.
  /// - Returns: throws why there is no model: fewer than three areas, or no events.
  public init(
    events: [Double], expected: [Double], confidences: [Double] = [0.95]
  ) throws(NoEstimate) {
    let known = events.indices.filter { Unknown.ofCount(events[$0], expected[$0]) == nil }
    guard known.count >= 3 else { throw NoEstimate(.tooFewValues) }
    let total = known.reduce(0) { $0 + events[$1] }
    guard total > 0 else { throw NoEstimate(.tooFewEvents) }
    let scale = total / known.reduce(0) { $0 + expected[$1] }
    let x = known.map { events[$0] }
    let e = known.map { expected[$0] * scale }
    let (shape, rate) = Self.gamma(x, e) ?? (.infinity, .infinity)
    self.shape = shape.isFinite ? shape : nil
    self.rate = shape.isFinite ? rate / scale : nil
    var result = Estimates(count: events.count, confidences: confidences)
    for (index, row) in known.enumerated() {
      result.unknown[row] = nil
      guard shape.isFinite else {
        // Nothing but chance: every area has the mean of all, and it is known as well as all of them know it.
        let limits = confidences.map { PoissonLimits.exact(total, confidence: $0) }
        result.values[row] = scale
        for level in confidences.indices {
          result.lower[level][row] = scale * limits[level].lower / total
          result.upper[level][row] = scale * limits[level].upper / total
        }
        continue
      }
      let (a, b) = (shape + x[index], rate + e[index])
      result.values[row] = a / b * scale
      let posterior = GammaDistribution(shape: a)
      for (level, confidence) in confidences.enumerated() {
        result.lower[level][row] = posterior.quantile((1 - confidence) / 2) / b * scale
        result.upper[level][row] = posterior.quantile((1 + confidence) / 2) / b * scale
      }
    }
    for row in events.indices where result.values[row].isNaN {
      result.unknown[row] = Unknown.ofCount(events[row], expected[row])
    }
    estimates = result
  }

  /// The gamma distribution of maximum likelihood; nil where the likelihood rises as the areas come to be one.
  ///
  /// For each shape the best rate is found by halving, and the shape by the golden section.
  private static func gamma(_ x: [Double], _ e: [Double]) -> (shape: Double, rate: Double)? {
    func likelihood(_ shape: Double, _ rate: Double) -> Double {
      var sum = 0.0
      for index in x.indices {
        sum +=
          lgamma(x[index] + shape) - lgamma(shape) + shape * log(rate / (rate + e[index]))
          - (x[index] > 0 ? x[index] * log(rate + e[index]) : 0)
      }
      return sum
    }
    func rate(_ shape: Double) -> Double {
      // Where the derivative by the rate is zero: Σ shape/rate = Σ (shape + x) / (rate + e).
      var (low, high) = (shape * 1e-6, shape * 1e6)
      for _ in 0..<200 {
        let middle = (low * high).squareRoot()
        var slope = 0.0
        for index in x.indices {
          slope += shape / middle - (shape + x[index]) / (middle + e[index])
        }
        if slope > 0 { low = middle } else { high = middle }
        if high / low < 1 + 1e-14 { break }
      }
      return (low * high).squareRoot()
    }
    func height(_ exponent: Double) -> Double {
      let shape = exp(exponent)
      return likelihood(shape, rate(shape))
    }
    var (low, high) = (log(1e-3), log(1e7))
    let golden = (5.0.squareRoot() - 1) / 2
    var (a, b) = (high - golden * (high - low), low + golden * (high - low))
    var (heightA, heightB) = (height(a), height(b))
    for _ in 0..<120 where high - low > 1e-9 {
      if heightA > heightB {
        (high, b, heightB) = (b, a, heightA)
        a = high - golden * (high - low)
        heightA = height(a)
      } else {
        (low, a, heightA) = (a, b, heightB)
        b = low + golden * (high - low)
        heightB = height(b)
      }
    }
    let shape = exp((low + high) / 2)
    return shape > 1e6 ? nil : (shape, rate(shape))
  }
}
