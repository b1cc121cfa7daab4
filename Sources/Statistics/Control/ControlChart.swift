/// An XmR control chart: values over time, the limits of their usual variation, and the points that
/// are signals of a special cause.
///
/// The rules are those of NHS England's Making Data Count: a point outside the limits; a shift of
/// seven points on one side of the mean; a trend of seven points rising or falling; two of three
/// points near a limit, all three on one side of the mean.
public struct ControlChart: Sendable {
  public let values: [Double]
  public let mean: Double
  /// The lower and upper process limits, mean ∓ 2.66 mean moving ranges.
  public let lower: Double
  public let upper: Double
  /// For each value, the rules that it is part of; none for common cause.
  public let signals: [Set<Signal>]

  public enum Signal: String, CaseIterable, Sendable {
    case outsideLimits, shift, trend, nearLimits
  }

  /// How long a shift and a trend have to be to count.
  public static let runLength = 7

  /// Works out the limits and signals.
  ///
  /// - Parameters:
  ///   - values: in order of time, equally spaced, all finite.
  ///   - screensOutliers: leaves moving ranges above their own limit (3.267 times their mean) out of
  ///     the mean moving range, once, so that one jump does not widen the limits.
  /// - Returns: nil for fewer than two values, which have no moving range.
  public init?(_ values: [Double], screensOutliers: Bool = true) {
    guard values.count >= 2, values.allSatisfy(\.isFinite) else { return nil }
    let ranges = zip(values, values.dropFirst()).map { abs($1 - $0) }
    var range = ranges.mean
    if screensOutliers {
      let limit = 3.267 * range
      // Ranges of a constant series are all 0 and stay: 0 is not above its limit of 0.
      range = ranges.filter { $0 <= limit }.mean
    }
    let mean = values.mean
    self.values = values
    self.mean = mean
    lower = mean - 2.66 * range
    upper = mean + 2.66 * range
    signals = Self.signals(values, mean: mean, lower: lower, upper: upper)
  }

  private static func signals(
    _ values: [Double], mean: Double, lower: Double, upper: Double
  ) -> [Set<Signal>] {
    var signals = Array(repeating: Set<Signal>(), count: values.count)
    func mark(_ range: some Sequence<Int>, _ signal: Signal) {
      for index in range { signals[index].insert(signal) }
    }
    mark(values.indices.filter { values[$0] < lower || values[$0] > upper }, .outsideLimits)
    let sides = values.map { $0 > mean ? 1 : $0 < mean ? -1 : 0 }
    for run in runs(of: sides) where run.count >= runLength { mark(run, .shift) }
    let steps = zip(values, values.dropFirst()).map { $1 > $0 ? 1 : $1 < $0 ? -1 : 0 }
    // A run of steps joins one more point than it has steps.
    for run in runs(of: steps) where run.count + 1 >= runLength {
      mark(run.lowerBound...run.upperBound, .trend)
    }
    // Near a limit: in the outer third between the mean and it.
    let near = values.map { value -> Int in
      if value > mean + (upper - mean) * 2 / 3, value <= upper { return 1 }
      if value < mean - (mean - lower) * 2 / 3, value >= lower { return -1 }
      return 0
    }
    for start in values.indices.dropLast(2) {
      for side in [1, -1] {
        // All three on one side of the mean, as NHSRplotthedots has it: a jump from one limit to the
        // other is no drift towards either.
        let window = start..<start + 3
        guard window.allSatisfy({ sides[$0] == side }) else { continue }
        let close = window.filter { near[$0] == side }
        if close.count >= 2 { mark(close, .nearLimits) }
      }
    }
    return signals
  }

  /// The stretches of equal values other than 0.
  private static func runs(of values: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    for index in values.indices.dropFirst() where values[index] != values[start] {
      if values[start] != 0 { runs.append(start..<index) }
      start = index
    }
    if let last = values.last, last != 0 { runs.append(start..<values.count) }
    return runs
  }
}

extension Array where Element == Double {
  /// The arithmetic mean; 0 for an empty array.
  var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
