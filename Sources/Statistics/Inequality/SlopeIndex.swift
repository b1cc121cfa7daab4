import Foundation

/// The slope index of inequality of one area: how much a value changes from the most deprived to the least deprived of
/// its people, in a straight line through its quantiles.
///
/// Low and Low (2004, J Public Health 26: 388): least squares of the values on the midpoints of the quantiles in the
/// cumulative population, weighted by population. The relative index is the ratio of the line's ends.
public struct SlopeIndex: Sendable {
  /// What the values are, which decides how they may be transformed: `other` not at all, rates to logarithms, proportions
  /// to logits.
  public enum Kind: Int, Sendable, CaseIterable {
    case other, rate, proportion
  }

  /// The difference between the ends of the line, times the multiplier.
  public let slopeIndex: Double
  /// The ratio of its ends: of the least deprived to the most, and the other way about for a negative multiplier.
  public let relativeIndex: Double
  /// The line at the most deprived end. As the reference has it, the multiplier applies only where values are transformed.
  public let intercept: Double
  /// The limits of the slope that follow from how far the quantiles lie from the line: Student's t with n − 2 degrees of
  /// freedom times the slope's standard error. Nil where values are transformed.
  public let regressionLimits: [Interval]?

  /// One area's quantiles, in order from the most deprived to the least.
  public struct Quantiles: Sendable {
    public let populations: [Double]
    public let values: [Double]
    /// The standard error of each value, on the scale of the transformed values.
    let errors: [Double]
    let kind: Kind

    /// - Parameters:
    ///   - lower, upper: the 95% limits of the values.
    /// - Returns: throws why the index is unknown.
    public init(
      populations: [Double], values: [Double], lower: [Double], upper: [Double], kind: Kind
    ) throws(NoEstimate) {
      let width = 2 * Normal.z(0.95)
      let errors = zip(lower, upper).map { low, high in
        (kind.transformed(high) - kind.transformed(low)) / width
      }
      try self.init(populations: populations, values: values, scaled: errors, kind: kind)
    }

    /// - Parameter standardErrors: of the values as they are; only for values that are not transformed.
    public init(
      populations: [Double], values: [Double], standardErrors: [Double]
    ) throws(NoEstimate) {
      try self.init(populations: populations, values: values, scaled: standardErrors, kind: .other)
    }

    private init(
      populations: [Double], values: [Double], scaled errors: [Double], kind: Kind
    ) throws(NoEstimate) {
      guard populations.count == values.count, errors.count == values.count, values.count >= 3
      else { throw NoEstimate(.tooFewValues) }
      for number in populations + values where number.isNaN { throw NoEstimate(.missing) }
      guard values.allSatisfy({ kind.transformed($0).isFinite }) else {
        throw NoEstimate(.impossible)
      }
      if errors.contains(where: \.isNaN) { throw NoEstimate(.missing) }
      guard populations.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw NoEstimate(.noPopulation)
      }
      guard errors.allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw NoEstimate(.impossible) }
      self.populations = populations
      self.values = values
      self.errors = errors
      self.kind = kind
    }

    /// The line through values of these quantiles.
    func line() -> Line {
      let total = populations.reduce(0, +)
      let shares = populations.map { $0 / total }
      var sum = 0.0
      let middles = shares.map { share in
        defer { sum += share }
        return sum + share / 2
      }
      let mean = zip(shares, middles).reduce(0) { $0 + $1.0 * $1.1 }
      let spread = zip(shares, middles).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
      let slope = zip(shares, middles).map { $0 * ($1 - mean) / spread }
      return Line(
        shares: shares, middles: middles, mean: mean, spread: spread, slope: slope,
        intercept: zip(shares, slope).map { $0 - mean * $1 })
    }
  }

  /// What a line through quantiles rests on: their shares of the population, the middles of these in the cumulative
  /// population with their mean and variance, and the weights by which values add up to its slope and its beginning.
  struct Line {
    let shares: [Double]
    let middles: [Double]
    let mean: Double
    let spread: Double
    let slope: [Double]
    let intercept: [Double]
  }

  /// - Parameters:
  ///   - isTransformed: whether the line is one through the transformed values.
  ///   - multiplier: what the index is multiplied by: 100 for shares as percentages, negative to turn it about.
  public init(
    _ quantiles: Quantiles, isTransformed: Bool = false, multiplier: Double = 1,
    confidences: [Double] = [0.95]
  ) {
    let line = quantiles.line()
    let kind = quantiles.kind
    let values = isTransformed ? quantiles.values.map(kind.transformed) : quantiles.values
    func weighted(_ weights: [Double]) -> Double {
      zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let (first, slope) = (weighted(line.intercept), weighted(line.slope))
    let ends = Ends(intercept: first, slope: slope, kind: isTransformed ? kind : .other)
    slopeIndex = ends.difference * multiplier
    relativeIndex = multiplier < 0 ? 1 / ends.ratio : ends.ratio
    intercept = isTransformed ? ends.first * abs(multiplier) : ends.first
    let count = values.count
    regressionLimits =
      isTransformed
      ? nil
      : {
        let residual = (0..<count).reduce(0.0) { sum, index in
          let error = values[index] - first - slope * line.middles[index]
          return sum + line.shares[index] * error * error
        }
        let error = (residual / Double(count - 2) / line.spread).squareRoot()
        return confidences.map { confidence in
          let half = StudentT.t(confidence, degreesOfFreedom: Double(count - 2)) * error
          let limits = [(slope - half) * multiplier, (slope + half) * multiplier].sorted()
          return Interval(lower: limits[0], upper: limits[1], confidence: confidence)
        }
      }()
  }

  /// The ends of a line, brought back from the scale that it was drawn on.
  struct Ends {
    let first: Double
    let last: Double

    @inline(__always)
    init(intercept: Double, slope: Double, kind: Kind) {
      first = kind.plain(intercept)
      last = kind.plain(intercept + slope)
    }

    var difference: Double { last - first }
    var ratio: Double { last / first }
  }
}

extension SlopeIndex.Kind {
  /// The value on the scale on which its errors are even.
  @inline(__always)
  func transformed(_ value: Double) -> Double {
    switch self {
    case .other: value
    case .rate: log(value)
    case .proportion: log(value / (1 - value))
    }
  }

  @inline(__always)
  func plain(_ value: Double) -> Double {
    switch self {
    case .other: value
    case .rate: exp(value)
    case .proportion: 1 / (1 + exp(-value))
    }
  }
}
