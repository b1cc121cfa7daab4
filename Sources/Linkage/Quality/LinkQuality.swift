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
      // Of next to nothing next to nothing is known: the distribution is then as wide as one can be.
      let known = BetaDistribution(
        mean: value, variance: min(variance, 0.99 * value * (1 - value)))
      self.value = value
      lower = min(value, known?.quantile(0.025) ?? value)
      upper = max(value, known?.quantile(0.975) ?? value)
    }
  }

  /// Of the pairs that were taken to be of one person, the share that is; nil where there is none.
  public let precision: Estimate?
  /// Of the pairs that are of one person, the share that was found; nil where none is to be expected.
  public let recall: Estimate?
  /// How many pairs to be expected are rightly found, wrongly found, and missed; a pair counts for each of its records.
  public let right: Double
  public let wrong: Double
  public let missed: Double

  /// Estimates from what is known of pairs of each weight.
  ///
  /// With nᵢ pairs found in class i, of which a share θᵢ are matches: right = Σ nᵢθᵢ and wrong = Σ nᵢ(1−θᵢ); missed is
  /// what is to be expected among the pairs that were looked at and not found, and what blocking misses. The intervals
  /// are those of beta distributions with variances by the delta method, over what is not known of θᵢ and of the missed,
  /// over the pairs' own chances, and over what blocking misses, whose standard deviation is taken to be as large as it
  /// is.
  public init(_ counts: PairCounts, _ calibration: Calibration) {
    var (right, wrong, rightVariance, ownVariance) = (0.0, 0.0, 0.0, 0.0)
    for index in 0..<PairCounts.classes {
      let share = calibration.shares[index]
      let pairs = Double(counts.found[index])
      right += pairs * share
      wrong += pairs * (1 - share)
      ownVariance += pairs * share * (1 - share)
      rightVariance += pairs * pairs * calibration.variances[index]
    }
    // A pair whose two records both count is there twice and is one chance: what is left to chance counts twice, which is
    // too much where only one of them counts.
    rightVariance += 2 * ownVariance
    let blind =
      calibration.missedByBlocking / (1 - min(calibration.missedByBlocking, 0.99))
      * (right + counts.missed)
    let missed = counts.missed + blind
    let (found, all) = (right + wrong, right + missed)
    let missedVariance =
      counts.missedDeviation * counts.missedDeviation + 2 * counts.missed + blind * blind
    precision =
      found > 0
      ? Estimate(share: right / found, variance: rightVariance / (found * found)) : nil
    // What a match more among the found, and among the missed, does to right ÷ (right + missed).
    let variance = missed * missed * rightVariance + right * right * missedVariance
    recall =
      all > 0 ? Estimate(share: right / all, variance: variance / (all * all * all * all)) : nil
    (self.right, self.wrong, self.missed) = (right, wrong, missed)
  }
}
