/// Byar's approximation to the exact Poisson interval of a count of events.
///
/// Breslow and Day (1987), volume II, as in APHO Technical Briefing 3 (2008), equations 6 and 7. It is
/// good from 10 events on; the result is nil for a negative count.
public func byarInterval(count: Double, confidence: Double = 0.95) -> Interval? {
  guard count >= 0, count.isFinite else { return nil }
  let z = Normal.z(confidence)
  func limit(_ events: Double, _ sign: Double) -> Double {
    let base = 1 - 1 / (9 * events) + sign * z / (3 * events.squareRoot())
    return events * base * base * base
  }
  return Interval(
    lower: count > 0 ? max(0, limit(count, -1)) : 0, upper: limit(count + 1, 1),
    confidence: confidence)
}
