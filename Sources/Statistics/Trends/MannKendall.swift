/// The Mann–Kendall test of whether values rise or fall with time, and Sen's slope.
///
/// Mann (1945), Kendall (1975); the slope and its limits are Sen's (1968, J Am Stat Assoc 63: 1379). Up to ten values
/// without ties have the exact distribution of S; more, or tied ones, the normal one with a correction for continuity.
public struct MannKendall: Sendable {
  /// How many pairs rise less how many fall.
  public let score: Int
  /// S over how many pairs there are, ties allowed for: Kendall's τ b.
  public let tau: Double
  /// Two-sided.
  public let pValue: Double
  /// The median of the slopes of all pairs, a step of time, and its limits.
  public let slope: Double
  public let slopeLimits: Interval?

  /// - Parameters:
  ///   - values: in order of time; missing ones are left out.
  ///   - times: when they are of; a step apart if left out.
  /// - Returns: throws why there is none: fewer than four values, more than 5,000, or no variation.
  public init(
    _ values: [Double], times: [Double]? = nil, confidence: Double = 0.95
  ) throws(NoEstimate) {
    let known = values.indices.filter { !values[$0].isNaN }
    guard known.count >= 4 else { throw NoEstimate(.tooFewValues) }
    // Every pair has a slope, and all are kept for their median.
    guard known.count <= 5_000 else { throw NoEstimate(.tooManyValues) }
    let y = known.map { values[$0] }
    let t = known.map { times?[$0] ?? Double($0) }
    let n = y.count
    var score = 0
    var slopes: [Double] = []
    slopes.reserveCapacity(n * (n - 1) / 2)
    for i in 0..<n {
      for j in (i + 1)..<n {
        score += y[j] > y[i] ? 1 : y[j] < y[i] ? -1 : 0
        if t[j] != t[i] { slopes.append((y[j] - y[i]) / (t[j] - t[i])) }
      }
    }
    let ties = Dictionary(grouping: y, by: { $0 }).values.map(\.count).filter { $0 > 1 }
    guard ties.first != n, !slopes.isEmpty else { throw NoEstimate(.noVariation) }
    func triple(_ k: Int) -> Double { Double(k * (k - 1) * (2 * k + 5)) }
    let variance = (triple(n) - ties.reduce(0) { $0 + triple($1) }) / 18
    self.score = score
    let pairs = Double(n * (n - 1)) / 2
    let tied = ties.reduce(0.0) { $0 + Double($1 * ($1 - 1)) / 2 }
    tau = Double(score) / ((pairs - tied) * pairs).squareRoot()
    if n <= 10, ties.isEmpty {
      pValue = Self.exact(abs(score), n)
    } else {
      let z = score == 0 ? 0 : (Double(abs(score)) - 1) / variance.squareRoot()
      pValue = min(1, 2 * Normal.survival(z))
    }
    slopes.sort()
    slope = Self.median(slopes)
    let width = Normal.z(confidence) * variance.squareRoot()
    let low = Int(((Double(slopes.count) - width) / 2).rounded(.toNearestOrEven)) - 1
    let high = Int(((Double(slopes.count) + width) / 2).rounded(.toNearestOrEven))
    slopeLimits =
      low >= 0 && high < slopes.count
      ? Interval(lower: slopes[low], upper: slopes[high], confidence: confidence) : nil
  }

  private static func median(_ sorted: [Double]) -> Double {
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The probability of a score so far from zero, among all orders of n values.
  private static func exact(_ score: Int, _ n: Int) -> Double {
    // How many orders have each number of inversions, one value more at a time.
    var orders = [1.0]
    for count in 2...n {
      var next = [Double](repeating: 0, count: orders.count + count - 1)
      for (inversions, number) in orders.enumerated() {
        for step in 0..<count { next[inversions + step] += number }
      }
      orders = next
    }
    let pairs = n * (n - 1) / 2
    let all = orders.reduce(0, +)
    let far = orders.enumerated().reduce(0.0) { sum, entry in
      abs(pairs - 2 * entry.offset) >= score ? sum + entry.element : sum
    }
    return min(1, far / all)
  }
}
