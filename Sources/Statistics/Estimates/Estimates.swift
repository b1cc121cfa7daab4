/// Figures in columns: one row a group, in the order of the groups.
public struct Estimates: Sendable {
  /// The confidence of each pair of limits, such as 0.95 and 0.998.
  public let confidences: [Double]
  /// Not a number where a figure is unknown.
  public internal(set) var values: [Double]
  /// For each confidence a column of lower limits and one of upper; not a number where there is none.
  public internal(set) var lower: [[Double]]
  public internal(set) var upper: [[Double]]
  /// For each row why it is unknown; nil where it is known.
  public internal(set) var unknown: [Unknown?]

  /// Makes room for `count` rows, all of them unknown as `missing`.
  init(count: Int, confidences: [Double]) {
    precondition(
      confidences.allSatisfy { $0 > 0 && $0 < 1 }, "a confidence is between 0 and 1, such as 0.95")
    self.confidences = confidences
    values = Array(repeating: .nan, count: count)
    lower = confidences.map { _ in Array(repeating: .nan, count: count) }
    upper = lower
    unknown = Array(repeating: .missing, count: count)
  }

  public var count: Int { values.count }

  public subscript(row: Int) -> Estimate {
    if let reason = unknown[row] { return .unknown(reason) }
    return .known(
      Estimate.Known(
        value: values[row],
        intervals: confidences.indices.map { level in
          let (low, high) = (lower[level][row], upper[level][row])
          return low.isNaN || high.isNaN
            ? nil : Interval(lower: low, upper: high, confidence: confidences[level])
        }))
  }
}

extension Estimates {
  /// Other rows of these estimates; a place of nil is unknown for the reason given.
  public func picked(_ places: [Int?], otherwise reason: Unknown) -> Estimates {
    var result = Estimates(count: places.count, confidences: confidences)
    for (row, place) in places.enumerated() {
      result.unknown[row] = place.map { unknown[$0] } ?? reason
      guard let place else { continue }
      result.values[row] = values[place]
      for level in confidences.indices {
        result.lower[level][row] = lower[level][place]
        result.upper[level][row] = upper[level][place]
      }
    }
    return result
  }
}

extension Estimates {
  /// Room for `count` rows, all unknown for one reason until they are set.
  public init(unknown reason: Unknown, count: Int, confidences: [Double]) {
    self.init(count: count, confidences: confidences)
    unknown = Array(repeating: reason, count: count)
  }

  /// Says why a row has no value.
  public mutating func setUnknown(_ row: Int, _ reason: Unknown) { unknown[row] = reason }

  /// Sets a row: its value and, for each confidence in its order, the interval.
  public mutating func set(_ row: Int, _ value: Double, _ intervals: [Interval?]) {
    values[row] = value
    unknown[row] = nil
    for (level, interval) in intervals.enumerated() {
      lower[level][row] = interval?.lower ?? .nan
      upper[level][row] = interval?.upper ?? .nan
    }
  }
}
