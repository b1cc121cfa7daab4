import Statistics

/// How right the pairs of some records are, estimated without knowing who is who.
public struct LinkQuality: Sendable, Hashable {
  /// An estimate with its 95% interval.
  public struct Estimate: Sendable, Hashable {
    public let value: Double
    public let lower: Double
    public let upper: Double

    public init(value: Double, lower: Double, upper: Double) {
      (self.value, self.lower, self.upper) = (value, lower, upper)
    }

    /// A share that has a beta distribution.
    fileprivate init(share value: Double, variance: Double) {
      let known = BetaDistribution(mean: value, variance: variance)
      self.value = value
      lower = min(value, known?.quantile(0.025) ?? value)
      upper = max(value, known?.quantile(0.975) ?? value)
    }
  }

  /// Of the pairs that were taken to be of one person, the share that is; nil where there is none.
  public let precision: Estimate?
  /// Of the pairs that are of one person, the share that was found; nil where none is to be expected.
  public let recall: Estimate?
  /// How many pairs to be expected are rightly found, wrongly found, and missed.
  public let right: Double
  public let wrong: Double
  public let missed: Double

  /// Estimates from what is known of pairs of each weight.
  ///
  /// With nᵢ pairs found and oᵢ open in class i, of which a share θᵢ are matches: right = Σ nᵢθᵢ, wrong = Σ nᵢ(1−θᵢ),
  /// missed = Σ oᵢθᵢ and what blocking misses. The intervals are those of beta distributions with variances by the delta
  /// method, over what is not known of θᵢ, over the pairs' own chances, and over what blocking misses, whose standard
  /// deviation is taken to be as large as it is.
  public init(_ counts: PairCounts, _ calibration: Calibration) {
    var (right, wrong, missed) = (0.0, 0.0, 0.0)
    for index in 0..<PairCounts.classes {
      let share = calibration.shares[index]
      right += Double(counts.found[index]) * share
      wrong += Double(counts.found[index]) * (1 - share)
      missed += Double(counts.open[index]) * share
    }
    let blind =
      calibration.missedByBlocking / (1 - min(calibration.missedByBlocking, 0.99))
      * (right + missed)
    missed += blind
    let (found, all) = (right + wrong, right + missed)
    var (precisionVariance, recallVariance) = (0.0, 0.0)
    for index in 0..<PairCounts.classes {
      let (share, variance) = (calibration.shares[index], calibration.variances[index])
      let (n, o) = (Double(counts.found[index]), Double(counts.open[index]))
      let own = share * (1 - share)
      precisionVariance += n * n * variance + n * own
      // What a match more does to right ÷ (right + missed): among the found, and among the open.
      let (up, down) = (missed, right)
      let slope = up * n - down * o
      recallVariance += slope * slope * variance + (up * up * n + down * down * o) * own
    }
    recallVariance += right * right * blind * blind
    precision =
      found > 0
      ? Estimate(share: right / found, variance: precisionVariance / (found * found)) : nil
    recall =
      all > 0
      ? Estimate(share: right / all, variance: recallVariance / (all * all * all * all)) : nil
    (self.right, self.wrong, self.missed) = (right, wrong, missed)
  }
}
