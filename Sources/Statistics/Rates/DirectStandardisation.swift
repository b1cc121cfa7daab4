/// Directly standardised rates: what the rate would be if each group had the standard's ages.
///
/// value = per × Σ wᵢ xᵢ / nᵢ / Σ wᵢ, with the limits of Dobson and others (1991, Stat Med 10: 457), whose interval of the
/// count is Byar's; OHID, Fingertips technical guidance. Fewer than ten events make a rate unknown: the limits do not
/// hold then. A missing count makes the rate unknown, unless it is to be counted as zero, as in the reference
/// implementation; so does a missing, zero or negative population and a missing or negative weight.
public struct DirectlyStandardisedRates: Sendable {
  public let estimates: Estimates
  /// The events and the population of each group.
  public let events: [Double]
  public let populations: [Double]

  /// Fewer events than this make a rate unknown.
  public static let fewestEvents = 10.0

  /// - Parameters:
  ///   - events, populations, standard: one a row, a row an age band of a group.
  ///   - grouping: which rows make up a rate.
  ///   - per: what rates are expressed per, such as 100,000.
  ///   - missingIsZero: whether a missing count is zero, as in the reference implementation, rather than unknown.
  public init(
    events: [Double], populations: [Double], standard: [Double], by grouping: Grouping,
    per: Double = 100_000, confidences: [Double] = [0.95], missingIsZero: Bool = false
  ) {
    self.init(
      Sums(events, populations, standard, grouping, missingIsZero: missingIsZero), per: per,
      confidences: confidences)
  }

  /// Where a person can have several events, as admissions: rows are people by how many events each had.
  ///
  /// The variance is Σ f² of the variance of the rate of people with f events, as for events that do not come on their
  /// own; OHID, PHEindicatormethods, `calculate_dsr` with `independent_events = FALSE`.
  ///
  /// - Parameters:
  ///   - people: how many had just that many events, a row an age band and frequency of a group.
  ///   - frequency: how many events each of them had.
  ///   - missingIsZero: whether a missing count is zero, as in the reference implementation, rather than unknown.
  public init(
    people: [Double], frequency: [Double], populations: [Double], standard: [Double],
    by grouping: Grouping, per: Double = 100_000, confidences: [Double] = [0.95],
    missingIsZero: Bool = false
  ) {
    struct Part: Hashable {
      let group: Int32
      let frequency: Double
    }
    let parts = zip(grouping.group, frequency).map { Part(group: $0, frequency: $1) }
    let byPart = Grouping(parts)
    var seen = [Bool](repeating: false, count: byPart.groupCount)
    var sums = Sums(grouping.groupCount)
    let partSums = Sums(people, populations, standard, byPart, missingIsZero: missingIsZero)
    for (row, part) in byPart.group.enumerated() where !seen[Int(part)] {
      seen[Int(part)] = true
      sums.add(
        partSums, part: Int(part), frequency: parts[row].frequency, to: Int(parts[row].group))
    }
    self.init(sums, per: per, confidences: confidences)
  }

  /// What is added up of each group in one scan of the rows.
  private struct Sums {
    var events: [Double]
    var populations: [Double]
    var weights: [Double]
    var weighted: [Double]
    var variance: [Double]
    var unknown: [Unknown?]

    init(_ count: Int) {
      events = Array(repeating: 0, count: count)
      (populations, weights, weighted, variance) = (events, events, events, events)
      unknown = Array(repeating: nil, count: count)
    }

    init(
      _ counts: [Double], _ population: [Double], _ standard: [Double], _ grouping: Grouping,
      missingIsZero: Bool
    ) {
      self.init(grouping.groupCount)
      precondition(
        counts.count == population.count && counts.count == standard.count
          && counts.count == grouping.group.count,
        "each row has events, a population and a standard population")
      let missing = missingIsZero ? 0 : Double.nan
      // The rows of a group mostly lie side by side: their sums are kept at hand until another group comes.
      var row = 0
      while row < counts.count {
        let group = grouping.group[row]
        var part = Part()
        while row < counts.count, grouping.group[row] == group {
          let (n, w) = (population[row], standard[row])
          let x = counts[row].isNaN ? missing : counts[row]
          // Totals are of all rows: where a value is missing, its total is unknown too.
          part.events += x
          part.populations += n
          // Not true where one is not a number, or not finite.
          if x >= 0, w >= 0, n > 0, x + n + w < .infinity {
            let share = w / n
            part.weighted += x * share
            part.variance += x * share * share
            part.weights += w
          } else {
            part.unknown = part.unknown ?? Self.reason(x, n, w)
          }
          row += 1
        }
        add(part, to: Int(group))
      }
    }

    /// The sums of rows that lie side by side.
    private struct Part {
      var events = 0.0
      var populations = 0.0
      var weights = 0.0
      var weighted = 0.0
      var variance = 0.0
      var unknown: Unknown?
    }

    private mutating func add(_ part: Part, to group: Int) {
      events[group] += part.events
      populations[group] += part.populations
      weights[group] += part.weights
      weighted[group] += part.weighted
      variance[group] += part.variance
      unknown[group] = unknown[group] ?? part.unknown
    }

    /// Adds those who had `frequency` events each; each such part of a group has the whole standard.
    mutating func add(_ sums: Sums, part: Int, frequency: Double, to group: Int) {
      // Everybody is in each of the parts: those with one event, those with two.
      if weights[group] == 0 {
        weights[group] = sums.weights[part]
        populations[group] = sums.populations[part]
      }
      unknown[group] =
        unknown[group] ?? sums.unknown[part]
        ?? (frequency.isNaN ? .missing : frequency < 0 ? .impossible : nil)
        ?? (Self.isNear(weights[group], sums.weights[part])
          && Self.isNear(populations[group], sums.populations[part]) ? nil : .ageBands)
      events[group] += frequency * sums.events[part]
      weighted[group] += frequency * sums.weighted[part]
      variance[group] += frequency * frequency * sums.variance[part]
    }

    /// Whether two sums are one but for the order in which they were added up.
    private static func isNear(_ a: Double, _ b: Double) -> Bool {
      abs(a - b) <= 1e-9 * max(abs(a), abs(b))
    }

    private static func reason(_ x: Double, _ n: Double, _ w: Double) -> Unknown? {
      if x.isNaN || n.isNaN || w.isNaN { return .missing }
      if x < 0 || n < 0 || w < 0 || !(x + n + w).isFinite { return .impossible }
      return n == 0 ? .noPopulation : .impossible
    }
  }

  private init(_ sums: Sums, per: Double, confidences: [Double]) {
    let count = sums.events.count
    var result = Estimates(count: count, confidences: confidences)
    let limits = confidences.map(PoissonLimits.init(confidence:))
    for group in 0..<count {
      let weights = sums.weights[group]
      result.unknown[group] =
        sums.unknown[group]
        ?? (weights > 0 ? nil : .noPopulation)
        ?? (sums.events[group] < Self.fewestEvents ? .tooFewEvents : nil)
      guard result.unknown[group] == nil else { continue }
      let total = sums.events[group]
      let value = sums.weighted[group] / weights
      // The width of the count's interval, brought to the scale of the rate.
      let scale = (sums.variance[group] / (weights * weights) / total).squareRoot()
      guard value.isFinite, scale.isFinite else {
        result.unknown[group] = .impossible
        continue
      }
      result.values[group] = value * per
      for (level, limits) in limits.enumerated() {
        let (low, high) = limits.byar(total)
        result.lower[level][group] = (value + scale * (low - total)) * per
        result.upper[level][group] = (value + scale * (high - total)) * per
      }
    }
    estimates = result
    events = sums.events
    populations = sums.populations
  }
}
