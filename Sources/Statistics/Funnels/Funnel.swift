import Foundation

/// Funnel limits: within which values a group would lie by chance alone, if it did not differ from the baseline.
///
/// OHID, Fingertips technical guidance and PHEindicatormethods, `calculate_funnel_limits` and
/// `assign_funnel_significance`: the limits of proportions are those for which Wilson's limit meets the baseline, the
/// limits of rates and ratios those for which the exact Poisson limit does. The lines are at 2 and 3 standard deviations:
/// one-sided probabilities of 0.025 and 0.001.
public struct Funnel: Sendable {
  /// What the groups' values are.
  public enum Statistic: Sendable, Hashable {
    /// Events of a population, times `per`.
    case proportion(per: Double)
    /// Observed over expected, less 1 (`isDifference`), or times 100.
    case ratio(isDifference: Bool)
    /// Directly standardised or crude rates, times `per`, over some years of data.
    case rate(isStandardised: Bool, per: Double, years: Double)
  }

  /// Where a group lies in the funnel.
  public enum Significance: String, Sendable, CaseIterable {
    case low3 = "Low (0.001)"
    case low2 = "Low (0.025)"
    case none = "Not significant"
    case high2 = "High (0.025)"
    case high3 = "High (0.001)"
    case tooFewEvents = "Not applicable for events less than 10 for dsrs"
  }

  /// The limits at a place of the x axis.
  public struct Limits: Sendable, Hashable {
    /// The population, for proportions; the events, for rates and ratios.
    public let x: Double
    public let lower2: Double
    public let upper2: Double
    public let lower3: Double
    public let upper3: Double
    /// The baseline; nil for ratios, where it is the standard itself.
    public let baseline: Double?
  }

  public let statistic: Statistic
  /// What each group is compared on: its denominator, or that which follows from its rate; nil where there is none.
  public let denominators: [Double?]
  /// The baseline as a share or rate of 1: all events over all denominators.
  public let baseline: Double
  private let events: [Double]

  /// - Parameters:
  ///   - events, denominators: of each group; the denominators of a ratio are its expected events.
  ///   - rates: of each group, for rates; the denominator then follows from rate and events.
  /// - Returns: throws why there are no limits.
  public init(
    events: [Double], denominators: [Double], rates: [Double] = [], statistic: Statistic
  ) throws(FunnelProblem) {
    self.statistic = statistic
    self.events = events
    for row in events.indices {
      let reason = Unknown.ofCount(events[row], denominators[row])
      if let reason { throw FunnelProblem(row: row, reason: reason) }
      if case .proportion = statistic, events[row] > denominators[row] {
        throw FunnelProblem(row: row, reason: .moreEventsThanPeople)
      }
    }
    var derived: [Double?] = denominators
    if case .rate(let isStandardised, let per, _) = statistic {
      for row in events.indices {
        if events[row] == 0 {
          derived[row] = isStandardised ? nil : denominators[row]
        } else if rates[row] > 0, rates[row].isFinite {
          let denominator = per * events[row] / rates[row]
          guard denominator <= 1e15 else { throw FunnelProblem(row: row, reason: .impossible) }
          derived[row] = denominator
        } else {
          throw FunnelProblem(row: row, reason: rates[row].isNaN ? .missing : .impossible)
        }
      }
    }
    let total = derived.reduce(0) { $0 + ($1 ?? 0) }
    guard total > 0 else { throw FunnelProblem(row: 0, reason: .tooFewValues) }
    self.denominators = derived
    baseline = events.reduce(0, +) / total
  }

  // MARK: Limits

  /// The limits at 100 places from the least to the most that there is, closer together where there is little.
  public func limits() -> [Limits] {
    places().map { limits(at: $0) }
  }

  /// The limits at a place of the x axis.
  public func limits(at x: Double) -> Limits {
    switch statistic {
    case .proportion(let per):
      let (two, three) = (wilson(x, Normal.quantile(0.975)), wilson(x, Normal.quantile(0.999)))
      return Limits(
        x: x, lower2: max(0, two.lower * per), upper2: min(per, two.upper * per),
        lower3: max(0, three.lower * per), upper3: min(per, three.upper * per),
        baseline: baseline * per)
    case .ratio(let isDifference):
      return poisson(x, baseline: nil) { isDifference ? $0 - 1 : $0 * 100 }
    case .rate(_, let per, _):
      return poisson(x, baseline: baseline * per) { $0 * baseline * per }
    }
  }

  private func poisson(
    _ events: Double, baseline: Double?, _ scale: (Double) -> Double
  ) -> Limits {
    let two = PoissonLimits.exact(events, confidence: 0.95)
    let three = PoissonLimits.exact(events, confidence: 0.998)
    return Limits(
      x: events, lower2: scale(events / two.upper), upper2: scale(events / two.lower),
      lower3: scale(events / three.upper), upper3: scale(events / three.lower),
      baseline: baseline)
  }

  /// The shares of a population for which Wilson's limits are the baseline p: those x/n with (x/n − p)² = z² of the
  /// score's variance, solved for x.
  private func wilson(_ n: Double, _ z: Double) -> (lower: Double, upper: Double) {
    let square = z * z
    let (p, q) = (baseline, 1 / square + 1 / n)
    let half = p * (n / square + 1)
    let inner = half * half - q * p * (n * (p * (n / square + 2) - 1) + square * (p - 1))
    let root = max(0, inner).squareRoot()
    return ((half - root) / q / n, (half + root) / q / n)
  }

  /// A hundred places on the x axis: whole numbers, each by the same share further than the last where that is more than
  /// one.
  private func places() -> [Double] {
    let known = denominators.compactMap { $0 }
    let (least, most) = (known.min() ?? 0, known.max() ?? 0)
    var years = 1.0
    var isRate = false
    if case .rate(_, _, let given) = statistic { (years, isRate) = (given, true) }
    var first = most > 2 * least ? 0 : Self.rounded(least / years * 0.95, up: false) * years
    var last = Self.rounded(most / years * 1.05, up: true) * years
    if isRate {
      first = (first * baseline).rounded(.down)
      last = (last * baseline).rounded(.up)
    }
    var places = [max(1, first)]
    var isRatio = false
    if case .ratio = statistic { isRatio = true }
    for step in 2...100 {
      let before = places[step - 2]
      let left = Double(101 - (isRatio ? step - 1 : step))
      let next = (pow(last / before, 1 / left) * before).rounded(.toNearestOrEven)
      places.append(max(next, before + 1))
    }
    return places
  }

  /// Rounded to its first digit (down) or its first two (up), so that an axis ends on a number that is easy to read.
  private static func rounded(_ value: Double, up: Bool) -> Double {
    guard value != 0 else { return 0 }
    guard let whole = Int(exactly: value.rounded(up ? .up : .down)) else { return value }
    let digits = String(whole).count - (up ? 2 : 1)
    let unit = pow(10, Double(digits))
    return (value / unit).rounded(up ? .up : .down) * unit
  }

  // MARK: Significance

  /// Where each group lies: whether its own limits leave the baseline out.
  public func significance() -> [Significance] {
    let two = PoissonLimits(confidence: 0.95)
    let three = PoissonLimits(confidence: 0.998)
    return events.indices.map { row in
      switch statistic {
      case .proportion:
        let share = events[row] / (denominators[row] ?? .nan)
        let two = wilson(denominators[row] ?? .nan, Normal.quantile(0.975))
        let three = wilson(denominators[row] ?? .nan, Normal.quantile(0.999))
        if share < three.lower { return .low3 }
        if share < two.lower { return .low2 }
        if share > three.upper { return .high3 }
        return share > two.upper ? .high2 : .none
      case .rate(true, _, _) where events[row] < DirectlyStandardisedRates.fewestEvents:
        return .tooFewEvents
      case .rate, .ratio:
        guard let denominator = denominators[row] else { return .tooFewEvents }
        var middle = baseline
        if case .ratio = statistic { middle = 1 }
        let two = two.limits(events[row])
        let three = three.limits(events[row])
        if middle < three.lower / denominator { return .high3 }
        if middle < two.lower / denominator { return .high2 }
        if middle > three.upper / denominator { return .low3 }
        return middle > two.upper / denominator ? .low2 : .none
      }
    }
  }
}

/// Which group has no place in a funnel, and why.
public struct FunnelProblem: Error, Sendable, Equatable {
  public let row: Int
  public let reason: Unknown
}
