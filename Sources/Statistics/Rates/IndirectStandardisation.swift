/// Indirectly standardised ratios and rates: the events of a group beside those that it would have at the reference's
/// rates.
///
/// ratio = Σ xᵢ / Σ nᵢ rᵢ; its limits are those of the observed count over the expected one; the rate is the ratio times
/// the reference's crude rate. APHO Technical Briefing 3 (2008), equations 12 to 15. A missing count or population makes
/// a group unknown, unless it is to be counted as zero, as in the reference implementation; a group of which nothing is
/// expected is unknown.
public struct IndirectlyStandardisedRatios: Sendable {
  /// The ratios, times `ratioPer`, and the rates, times `ratePer`.
  public let ratios: Estimates
  public let rates: Estimates
  public let observed: [Double]
  public let expected: [Double]
  /// The crude rate of each group's reference, times `ratePer`.
  public let referenceRates: [Double]

  /// - Parameters:
  ///   - events, populations: one a row, a row an age band of a group.
  ///   - referenceEvents, referencePopulations: the reference's, of the same band.
  ///   - ratioPer: 100 for ratios where 100 is as expected.
  ///   - missingIsZero: whether a missing count or population is zero, as in the reference implementation, rather
  ///     than unknown.
  public init(
    events: [Double], populations: [Double], referenceEvents: [Double],
    referencePopulations: [Double], by grouping: Grouping, ratioPer: Double = 100,
    ratePer: Double = 100_000, confidences: [Double] = [0.95], missingIsZero: Bool = false
  ) {
    let count = grouping.groupCount
    let missing = missingIsZero ? 0 : Double.nan
    var observed = [Double](repeating: 0, count: count)
    var expected = observed
    var reference = (events: observed, populations: observed)
    var reasons = [Unknown?](repeating: nil, count: count)
    for (row, number) in grouping.group.enumerated() {
      let group = Int(number)
      let x = events[row].isNaN ? missing : events[row]
      let n = populations[row].isNaN ? missing : populations[row]
      let (xr, nr) = (referenceEvents[row], referencePopulations[row])
      // Totals are of all rows: where a value is missing, its total is unknown too.
      observed[group] += x
      expected[group] += nr > 0 ? n * xr / nr : .nan
      if x.isNaN || n.isNaN || xr.isNaN || nr.isNaN {
        reasons[group] = reasons[group] ?? .missing
      } else if x < 0 || n < 0 || xr < 0 || nr < 0 || !(x + n + xr + nr).isFinite {
        reasons[group] = reasons[group] ?? .impossible
      } else if nr == 0 {
        reasons[group] = reasons[group] ?? .noPopulation
      } else {
        reference.events[group] += xr
        reference.populations[group] += nr
      }
    }
    var ratios = Estimates(count: count, confidences: confidences)
    var rates = ratios
    let limits = confidences.map(PoissonLimits.init(confidence:))
    var referenceRates = [Double](repeating: .nan, count: count)
    for group in 0..<count {
      let reason =
        reasons[group]
        ?? (expected[group] > 0
          ? nil : reference.events[group] > 0 ? .noPopulation : .tooFewEvents)
      ratios.unknown[group] = reason
      rates.unknown[group] = reason
      guard reason == nil else { continue }
      let rate = reference.events[group] / reference.populations[group] * ratePer
      guard (observed[group] / expected[group] * max(rate, ratioPer)).isFinite else {
        ratios.unknown[group] = .impossible
        rates.unknown[group] = .impossible
        continue
      }
      referenceRates[group] = rate
      ratios.values[group] = observed[group] / expected[group] * ratioPer
      rates.values[group] = observed[group] / expected[group] * rate
      for (level, limits) in limits.enumerated() {
        let (low, high) = limits.limits(observed[group])
        ratios.lower[level][group] = low / expected[group] * ratioPer
        ratios.upper[level][group] = high / expected[group] * ratioPer
        rates.lower[level][group] = low / expected[group] * rate
        rates.upper[level][group] = high / expected[group] * rate
      }
    }
    self.ratios = ratios
    self.rates = rates
    self.observed = observed
    self.expected = expected
    self.referenceRates = referenceRates
  }
}
