import Foundation

/// Straight lines that join: when a trend changed, and how steep it was before and after.
///
/// Least squares with joinpoints at the values' own times, their number chosen by the Bayesian information criterion
/// (Kim and others 2000, Stat Med 19: 335; Kim and others 2009). Every choice of joinpoints is tried, up to 200,000: two joins of 600 values.
public struct SegmentedTrend: Sendable {
  public struct Segment: Sendable {
    public let from: Double
    public let to: Double
    /// The change of the value a unit of time, or of its logarithm.
    public let slope: Double
    public let limits: Interval
  }

  public let segments: [Segment]
  /// Where the trend changed.
  public let joins: [Double]
  /// The lines' values at each time.
  public let fitted: [Double]
  /// Whether the lines are of logarithms, so that a slope is a share of the value.
  public let isLogarithmic: Bool

  /// - Parameters:
  ///   - most: how many joinpoints at the most.
  ///   - least: how many values a segment has at the least, those at its ends counted.
  /// - Returns: throws why there is none: fewer than six values or too many, no variation, equal times, or values
  ///   that have no logarithm.
  public init(
    _ values: [Double], times: [Double], most: Int = 2, least: Int = 4,
    isLogarithmic: Bool = false, confidence: Double = 0.95
  ) throws(NoEstimate) {
    guard values.count == times.count, values.count >= 6 else {
      throw NoEstimate(.tooFewValues)
    }
    if values.contains(where: \.isNaN) || times.contains(where: \.isNaN) {
      throw NoEstimate(.missing)
    }
    guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }),
      !isLogarithmic || values.allSatisfy({ $0 > 0 })
    else { throw NoEstimate(.impossible) }
    let y = isLogarithmic ? values.map { log($0) } : values
    let n = Double(y.count)
    guard y.contains(where: { $0 != y[0] }) else { throw NoEstimate(.noVariation) }
    guard Self.count(y.count, most: most, least: least) <= Self.mostChoices else {
      throw NoEstimate(.tooManyValues)
    }
    // What rounding leaves of a straight line is no residual.
    let floor = 1e-20 * y.reduce(0) { $0 + $1 * $1 } / n
    var best: (criterion: Double, joins: [Int], fit: LeastSquares)?
    for joins in Self.choices(y.count, most: most, least: least) {
      guard let fit = Self.fit(y, times, joins) else { continue }
      let residual = max(fit.residualSum / n, floor)
      let criterion = log(residual) + Double(2 + 2 * joins.count) * log(n) / n
      if best == nil || criterion < (best?.criterion ?? 0) - 1e-12 {
        best = (criterion, joins, fit)
      }
    }
    guard let best else { throw NoEstimate(.noSolution) }
    let (joins, fit) = (best.joins, best.fit)
    let freedom = max(1, n - Double(fit.coefficients.count) - Double(joins.count))
    let t = StudentT.t(confidence, degreesOfFreedom: freedom)
    let variance = fit.residualSum / freedom
    let ends = [0] + joins + [y.count - 1]
    segments = (0...joins.count).map { index in
      // The slope of a segment is the first one and every change up to it.
      let terms = 1...(index + 1)
      let slope = terms.reduce(0) { $0 + fit.coefficients[$1] }
      let spread = terms.reduce(0.0) { sum, i in
        sum + terms.reduce(0.0) { $0 + fit.inverse[i][$1] }
      }
      let half = t * (variance * spread).squareRoot()
      return Segment(
        from: times[ends[index]], to: times[ends[index + 1]], slope: slope,
        limits: Interval(lower: slope - half, upper: slope + half, confidence: confidence))
    }
    self.joins = joins.map { times[$0] }
    fitted = isLogarithmic ? fit.fitted.map { exp($0) } : fit.fitted
    self.isLogarithmic = isLogarithmic
  }

  /// More choices of joinpoints than this are not tried.
  private static let mostChoices = 200_000.0

  /// How many choices there are: with k joins those of k among what the least lengths leave free.
  private static func count(_ count: Int, most: Int, least: Int) -> Double {
    var sum = 1.0
    for joins in stride(from: 1, through: most, by: 1) {
      let free = count - 2 * least + 2 - (joins - 1) * (least - 2)
      guard free >= joins else { break }
      sum += (0..<joins).reduce(1.0) { $0 * Double(free - $1) / Double($1 + 1) }
    }
    return sum
  }

  private static func fit(_ y: [Double], _ times: [Double], _ joins: [Int]) -> LeastSquares? {
    let columns =
      [[Double](repeating: 1, count: y.count), times.map { $0 - times[0] }]
      + joins.map { join in times.map { max(0, $0 - times[join]) } }
    return LeastSquares(y, columns: columns)
  }

  /// Every choice of up to `most` joinpoints with enough values between them.
  private static func choices(_ count: Int, most: Int, least: Int) -> [[Int]] {
    var all: [[Int]] = [[]]
    func extend(_ joins: [Int]) {
      guard joins.count < most else { return }
      let first = (joins.last ?? 0) + least - 1
      guard first <= count - least else { return }
      for join in first...(count - least) {
        all.append(joins + [join])
        extend(joins + [join])
      }
    }
    extend([])
    return all
  }
}
