extension Estimates {
  /// Crude rates: events over a population or person-years, with the limits of ``PoissonLimits``.
  ///
  /// value = per × events / population. Events must be zero or more and need not be whole, as averages of years are not.
  /// A missing value makes the rate unknown, as do a population of zero and values below zero.
  ///
  /// - Parameters:
  ///   - events, populations: one a row; not a number where missing.
  ///   - per: what rates are expressed per, such as 100,000.
  public static func crudeRates(
    events: [Double], populations: [Double], per: Double, confidences: [Double] = [0.95]
  ) -> Estimates {
    precondition(events.count == populations.count, "each row has events and a population")
    var result = Estimates(count: events.count, confidences: confidences)
    for row in events.indices {
      let (count, population) = (events[row], populations[row])
      let reason = Unknown.ofCount(count, population)
      let value = reason == nil ? per * count / population : .nan
      // A rate beyond all numbers is that of no count.
      result.unknown[row] = value.isInfinite ? .impossible : reason
      result.values[row] = value.isInfinite ? .nan : value
    }
    for (level, confidence) in confidences.enumerated() {
      let limits = PoissonLimits(confidence: confidence)
      result.lower[level].withUnsafeMutableBufferPointer { lower in
        result.upper[level].withUnsafeMutableBufferPointer { upper in
          for row in events.indices {
            let count = events[row]
            guard count >= 0, result.values[row].isFinite else { continue }
            let scale = per / populations[row]
            let (low, high) = limits.limits(count)
            lower[row] = low * scale
            upper[row] = high * scale
          }
        }
      }
    }
    return result
  }
}
