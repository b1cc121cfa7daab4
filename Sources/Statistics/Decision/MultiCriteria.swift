import Foundation

/// Alternatives ranked by several criteria at once: the additive value model.
///
/// The value of an alternative is the sum over criteria of weight times value, with values from 0 (worst) to 100 (best)
/// and weights that add up to 1 (Keeney and Raiffa, Decisions with Multiple Objectives, 1976, chapter 3; Department for
/// Communities and Local Government, Multi-criteria analysis: a manual, 2009, chapter 6).
public struct MultiCriteria: Sendable {
  /// Weights of the criteria, which add up to 1.
  public let weights: [Double]
  /// Values from 0 to 100, alternatives × criteria.
  public let values: [[Double]]

  /// - Parameters:
  ///   - weights: one a criterion, none negative, not all of them 0; they are scaled so that they add up to 1.
  ///   - values: alternatives × criteria.
  /// - Returns: nil for no criteria, no alternatives, or numbers that are none.
  public init?(weights: [Double], values: [[Double]]) {
    let sum = weights.reduce(0, +)
    guard !weights.isEmpty, !values.isEmpty, weights.allSatisfy({ $0 >= 0 && $0.isFinite }),
      sum > 0,
      values.allSatisfy({ $0.count == weights.count && $0.allSatisfy(\.isFinite) })
    else { return nil }
    self.weights = weights.map { $0 / sum }
    self.values = values
  }

  /// The value of each alternative, from 0 to 100.
  public var totals: [Double] { values.map { Self.total($0, weights) } }

  static func total(_ values: [Double], _ weights: [Double]) -> Double {
    zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The place of each alternative, from 1; those of equal value share the better place.
  public var ranks: [Int] { Self.ranks(totals) }

  /// Values that differ by no more than this are equal: sums in another order differ by as little.
  static let tolerance = 1e-9

  static func ranks(_ totals: [Double]) -> [Int] {
    totals.map { total in 1 + totals.count { $0 > total + tolerance } }
  }

  /// The weights that one criterion could have, with the others in the same proportion to each other, so that the same
  /// alternative stays first.
  ///
  /// With w the weight of the criterion, an alternative's value is w·v + (1 − w)·r, with r its value by the other
  /// criteria: a straight line, so the ends follow from where the lines of the others cross the first one's.
  ///
  /// - Returns: the interval of weights, within 0 to 1; nil where two are first, or there is one criterion only.
  public func stability(of criterion: Int) -> ClosedRange<Double>? {
    let totals = self.totals
    guard weights.count > 1, let best = totals.indices.max(by: { totals[$0] < totals[$1] }),
      totals.count(where: { $0 >= totals[best] - Self.tolerance }) == 1
    else { return nil }
    let others = 1 - weights[criterion]
    // Where all the weight is on it, the others count alike.
    let rest = weights.indices.map { index in
      index == criterion
        ? 0 : others > 0 ? weights[index] / others : 1 / Double(weights.count - 1)
    }
    var (low, high) = (0.0, 1.0)
    func line(_ alternative: Int) -> (slope: Double, start: Double) {
      let start = Self.total(values[alternative], rest)
      return (values[alternative][criterion] - start, start)
    }
    let first = line(best)
    for other in values.indices where other != best {
      let line = line(other)
      let slope = first.slope - line.slope
      let gap = first.start - line.start
      // The first stays first where gap + slope·w ≥ 0.
      if slope > 0 {
        low = max(low, -gap / slope)
      } else if slope < 0 {
        high = min(high, -gap / slope)
      }
    }
    let weight = weights[criterion]
    return min(low, weight)...max(high, weight)
  }
}

/// How often each alternative takes each place when weights and values are drawn instead of known: stochastic
/// multicriteria acceptability analysis.
///
/// Lahdelma and Salminen, SMAA-2: Stochastic multicriteria acceptability analysis for group decision making, Operations
/// Research 49 (2001), equations 5 (rank acceptability), 8 (central weights).
public struct RankAcceptability: Sendable {
  /// The share of draws in which an alternative takes a place, alternatives × places.
  public let shares: [[Double]]
  /// The mean weights of the draws in which an alternative is first; nil where it never is.
  public let centralWeights: [[Double]?]
  public let draws: Int

  /// How weights are drawn.
  public enum Weights: Sendable {
    /// Any that add up to 1, all alike: nothing is known of them.
    case any
    /// Around weights: a Dirichlet distribution with these means. The greater the concentration, the closer; with 30, a
    /// weight of 0.3 has a standard deviation of 0.08.
    case around([Double], concentration: Double)
  }

  /// Draws so many times.
  ///
  /// - Parameters:
  ///   - weights: how weights are drawn.
  ///   - criteria: how many there are.
  ///   - seed: the same seed gives the same shares.
  ///   - values: draws values, alternatives × criteria.
  public init(
    weights: Weights, criteria: Int, draws: Int = 10_000, seed: UInt64 = 1,
    values: (inout RandomNumbers) -> [[Double]]
  ) {
    var random = RandomNumbers(seed: seed)
    var counts: [[Double]] = []
    var sums: [[Double]] = []
    for _ in 0..<max(1, draws) {
      let drawn = Self.draw(weights, criteria, &random)
      let totals = values(&random).map { MultiCriteria.total($0, drawn) }
      if counts.isEmpty {
        counts = Array(repeating: Array(repeating: 0, count: totals.count), count: totals.count)
        sums = Array(repeating: Array(repeating: 0, count: criteria), count: totals.count)
      }
      for (alternative, total) in totals.enumerated() {
        // Those of equal value share their places evenly.
        let above = totals.count { $0 > total }
        let equal = totals.count { $0 == total }
        for place in above..<above + equal { counts[alternative][place] += 1 / Double(equal) }
        if above == 0 {
          for index in 0..<criteria { sums[alternative][index] += drawn[index] / Double(equal) }
        }
      }
    }
    let all = Double(max(1, draws))
    self.draws = max(1, draws)
    shares = counts.map { $0.map { $0 / all } }
    centralWeights = zip(counts, sums).map { counts, sums in
      guard let first = counts.first, first > 0 else { return nil }
      return sums.map { $0 / first }
    }
  }

  /// Weights that add up to 1.
  private static func draw(
    _ weights: Weights, _ criteria: Int, _ random: inout RandomNumbers
  ) -> [Double] {
    let shapes: [Double]
    switch weights {
    case .any: shapes = Array(repeating: 1, count: criteria)
    case .around(let means, let concentration):
      let sum = means.reduce(0, +)
      shapes = means.map { sum > 0 ? $0 / sum * concentration : 1 }
    }
    // Gamma variates over their sum are Dirichlet (Devroye, Non-Uniform Random Variate Generation, 1986, XI.4).
    let drawn = shapes.map { $0 > 0 ? random.gamma(shape: $0) : 0 }
    let sum = drawn.reduce(0, +)
    return sum > 0
      ? drawn.map { $0 / sum } : Array(repeating: 1 / Double(criteria), count: criteria)
  }
}

extension RandomNumbers {
  /// A number of the gamma distribution with a scale of 1 (Marsaglia and Tsang, A simple method for generating gamma
  /// variables, ACM Transactions on Mathematical Software 26, 2000).
  public mutating func gamma(shape: Double) -> Double {
    // Below 1 by way of 1 more (the note at the end of the paper).
    guard shape >= 1 else {
      return gamma(shape: shape + 1) * pow(max(uniform(), 0x1p-53), 1 / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      let u = max(uniform(), 0x1p-53)
      if log(u) < x * x / 2 + d - d * v + d * log(v) { return d * v }
    }
  }
}
