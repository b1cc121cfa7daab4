import Foundation

/// How two figures differ, with an interval: their difference, or their ratio.
public enum RateComparison {
  /// The difference a − b of two figures that do not depend on each other, with the interval that follows from theirs.
  ///
  /// MOVER, Zou and Donner (2008, Stat Med 27: 1693); with Wilson's limits it is Newcombe's method 10 (1998). It holds
  /// for limits that are not symmetric. Nil where one of them has no interval, or they are of different confidences.
  public static func difference(_ a: Estimate.Known, _ b: Estimate.Known) -> Estimate.Known? {
    guard let x = a.intervals.first ?? nil, let y = b.intervals.first ?? nil,
      x.confidence == y.confidence
    else { return nil }
    let value = a.value - b.value
    let below = hypot(a.value - x.lower, y.upper - b.value)
    let above = hypot(x.upper - a.value, b.value - y.lower)
    return Estimate.Known(
      value: value,
      intervals: [
        Interval(lower: value - below, upper: value + above, confidence: x.confidence)
      ])
  }

  /// The ratio a / b of two figures above zero that do not depend on each other.
  ///
  /// MOVER on the scale of logarithms, so that the interval of b / a is that of a / b turned about. A ratio of zero, and
  /// one of a figure whose lower limit is zero, has a value and no interval. Nil where the second is not above zero.
  public static func ratio(_ a: Estimate.Known, _ b: Estimate.Known) -> Estimate.Known? {
    guard let x = a.intervals.first ?? nil, let y = b.intervals.first ?? nil,
      x.confidence == y.confidence, a.value >= 0, b.value > 0
    else { return nil }
    guard a.value > 0, y.lower > 0, x.lower > 0 else {
      return Estimate.Known(value: a.value / b.value, intervals: [nil])
    }
    let value = log(a.value / b.value)
    let below = hypot(log(a.value / x.lower), log(y.upper / b.value))
    let above = hypot(log(x.upper / a.value), log(b.value / y.lower))
    return Estimate.Known(
      value: a.value / b.value,
      intervals: [
        Interval(lower: exp(value - below), upper: exp(value + above), confidence: x.confidence)
      ])
  }

  /// The ratio of two crude rates, with the exact interval that is conditional on the events of both.
  ///
  /// Of all events the share of the first is binomial: Clopper and Pearson's limits (1934) of it give those of the ratio
  /// (Breslow and Day 1987, volume II, section 3.4). With no events in the second group the ratio has no value, and with
  /// none at all nothing is known.
  public static func rateRatio(
    events a: Double, population n: Double, referenceEvents b: Double,
    referencePopulation m: Double, confidences: [Double] = [0.95]
  ) -> Estimate {
    if let reason = Unknown.ofCount(a, n) ?? Unknown.ofCount(b, m) { return .unknown(reason) }
    guard b > 0 else { return .unknown(.tooFewEvents) }
    let scale = m / n
    return .known(
      Estimate.Known(
        value: a / b * scale,
        intervals: confidences.map { confidence in
          let tail = (1 - confidence) / 2
          let low = a > 0 ? BetaDistribution(alpha: a, beta: b + 1).quantile(tail) : 0
          let high = BetaDistribution(alpha: a + 1, beta: b).quantile(1 - tail)
          return Interval(
            lower: low / (1 - low) * scale, upper: high / (1 - high) * scale,
            confidence: confidence)
        }))
  }

  /// The share of events that there would not be if everybody had the reference group's rate.
  ///
  /// (R − R₀) / R, with Wald's interval on the scale of log(1 − PAF), whose variance is 1/x₀ − 1/x for Poisson events, as
  /// the reference's are among all (after Greenland 1987, Stat Med 6: 701); less for people who have it or have it not. It
  /// can be below zero, where the reference has the higher rate. Reference events of zero make it 1 without an interval.
  ///
  /// - Parameter isBinomial: whether events are people who have something, rather than what can come twice.
  public static func attributableFraction(
    events: Double, population: Double, referenceEvents: Double, referencePopulation: Double,
    isBinomial: Bool = false, confidences: [Double] = [0.95]
  ) -> Estimate {
    if let reason = Unknown.ofCount(events, population)
      ?? Unknown.ofCount(referenceEvents, referencePopulation)
    {
      return .unknown(reason)
    }
    guard events > 0 else { return .unknown(.tooFewEvents) }
    guard referenceEvents <= events, referencePopulation <= population else {
      return .unknown(.impossible)
    }
    let left = referenceEvents / referencePopulation / (events / population)
    // The variances of the reference's events and of the others'; as shares of their counts.
    func share(_ x: Double, _ n: Double) -> Double { isBinomial && n > 0 ? max(0, 1 - x / n) : 1 }
    let own = referenceEvents * share(referenceEvents, referencePopulation)
    let others = events - referenceEvents
    let all = own + others * share(others, population - referencePopulation)
    let variance =
      own / (referenceEvents * referenceEvents) - 2 * own / (referenceEvents * events)
      + all / (events * events)
    return .known(
      Estimate.Known(
        value: 1 - left,
        intervals: confidences.map { confidence in
          guard referenceEvents > 0 else { return nil }
          let half = Normal.z(confidence) * max(0, variance).squareRoot()
          return Interval(
            lower: 1 - left * exp(half), upper: 1 - left * exp(-half), confidence: confidence)
        }))
  }
}
