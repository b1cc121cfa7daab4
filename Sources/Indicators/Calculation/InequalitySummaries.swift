import Definitions
import Foundation
import Statistics

/// What the figures of an area by deprivation come to: the slope and relative index, the gap between the most and the
/// least deprived, and how many more there are than if everybody had the figure of the least deprived.
enum InequalitySummaries {
  /// One summary of one area and period.
  struct Row: Sendable {
    let period: String
    let unit: Int32
    let breakdown: String
    let summary: Summary
    var value = Double.nan
    var lower = Double.nan
    var upper = Double.nan
    /// Why it is not known.
    var reason: String?
  }

  enum Summary: String, Sendable, CaseIterable {
    /// From the most deprived end of the line to the least: above zero where the most deprived have more.
    case slopeIndex = "sii"
    case relativeIndex = "rii"
    /// The most deprived fifth less the least deprived, and one over the other.
    case gap
    case gapRatio = "gap_ratio"
    /// How many more were counted than there would be at the rate of the least deprived fifth.
    case excess
    /// The same as a share of those counted: the population attributable fraction.
    case attributable
  }

  /// How often limits are drawn.
  static let draws = 10_000

  /// The summaries of every area in the place, and of the whole.
  ///
  /// - Parameter slices: the figures by tenths and fifths, worked out.
  static func rows(
    _ slices: [SliceFigures], _ plan: IndicatorPlan, _ index: FigureIndex
  ) -> [Row] {
    var rows: [Row] = []
    let periods = slices.map(\.period).reduce(into: [String]()) { periods, period in
      if periods.last != period, !periods.contains(period) { periods.append(period) }
    }
    for period in periods {
      let ofPeriod = slices.filter { $0.period == period }
      let tenths = ofPeriod.filter { $0.breakdown == AreaClass.deprivationDecile.rawValue }
      let fifths = ofPeriod.filter { $0.breakdown == AreaClass.deprivationQuintile.rawValue }
      let known = Set((tenths + fifths).flatMap(\.units)).sorted()
      for unit in known where index.isInPlace[Int(unit)] || index.whole == Int(unit) {
        let classes = [tenths, fifths].lazy.compactMap { complete($0, unit) }.first
        if let classes {
          rows += slope(classes, plan, period, unit, index.codes[Int(unit)])
        }
        if let classes = complete(fifths, unit) {
          rows += gaps(classes, plan.indicator.method, period, unit)
        }
      }
    }
    return rows
  }

  /// The gaps of figures that somebody else has worked out, whose slopes rest on populations that they may not give.
  static func gaps(_ slices: [SliceFigures], _ index: FigureIndex) -> [Row] {
    let fifths = slices.filter { $0.breakdown == AreaClass.deprivationQuintile.rawValue }
    var rows: [Row] = []
    for period in Set(fifths.map(\.period)).sorted() {
      let ofPeriod = fifths.filter { $0.period == period }
        .sorted { (Int($0.group) ?? 0) < (Int($1.group) ?? 0) }
      guard ofPeriod.count == 5 else { continue }
      for unit in Set(ofPeriod.flatMap(\.units)).sorted() {
        guard let classes = complete(ofPeriod, unit) else { continue }
        rows += gaps(classes, .published, period, unit)
      }
    }
    return rows
  }

  private struct Classes {
    let breakdown: String
    var numerators: [Double] = []
    var denominators: [Double] = []
    var people: [Double] = []
    var estimates: [Estimate.Known] = []
  }

  /// The figures of an area in every class; nil where one of them is not known.
  private static func complete(_ slices: [SliceFigures], _ unit: Int32) -> Classes? {
    guard let breakdown = slices.first?.breakdown, slices.count >= 5 else { return nil }
    var classes = Classes(breakdown: breakdown)
    for slice in slices {
      guard let row = slice.units.firstIndex(ofSorted: unit), slice.status[row] == .known else {
        return nil
      }
      classes.numerators.append(slice.numerator[row])
      classes.denominators.append(slice.denominator[row])
      classes.people.append(slice.people[row])
      let (lower, upper) = (slice.lower[row], slice.upper[row])
      classes.estimates.append(
        Estimate.Known(
          value: slice.value[row],
          intervals: [
            lower.isNaN || upper.isNaN
              ? nil : Interval(lower: lower, upper: upper, confidence: 0.95)
          ]))
    }
    return classes
  }

  private static func slope(
    _ classes: Classes, _ plan: IndicatorPlan, _ period: String, _ unit: Int32, _ code: String
  ) -> [Row] {
    var rows = [Summary.slopeIndex, .relativeIndex].map {
      Row(period: period, unit: unit, breakdown: classes.breakdown, summary: $0)
    }
    let values = classes.estimates.map(\.value)
    let intervals = classes.estimates.compactMap { $0.intervals.first ?? nil }
    guard intervals.count == values.count else {
      for row in rows.indices { rows[row].reason = "the figures have no intervals" }
      return rows
    }
    // Shares lie between 0 and 1, and their errors are those of logits; where one is at an end there is no logit, and the
    // errors are taken as they are.
    let isShare = plan.indicator.method == .proportion
    let scale = isShare ? 1 / plan.indicator.per : 1
    let kind = Self.kind(plan.indicator.method, plan.indicator.per, values, intervals)
    do {
      let quantiles = try SlopeIndex.Quantiles(
        populations: classes.people, values: values.map { $0 * scale },
        lower: intervals.map { $0.lower * scale }, upper: intervals.map { $0.upper * scale },
        kind: kind)
      // Turned about, so that it is above zero where the most deprived have more.
      let multiplier = isShare ? -plan.indicator.per : -1
      let index = SlopeIndex(quantiles, multiplier: multiplier)
      let limits = SlopeIndexSimulation(
        quantiles, multiplier: multiplier, draws: draws,
        seed: seed("\(plan.indicator.id)|\(period)|\(code)"))
      let found = [
        (index.slopeIndex, limits.slopeIndex[0]), (index.relativeIndex, limits.relativeIndex[0]),
      ]
      for (row, (value, interval)) in found.enumerated() {
        // A line that reaches zero has no ratio of its ends.
        guard value.isFinite, row == 0 || value > 0 else {
          rows[row].reason = "the line reaches zero"
          continue
        }
        rows[row].value = value
        guard interval.lower.isFinite, interval.upper.isFinite, row == 0 || interval.lower > 0
        else { continue }
        (rows[row].lower, rows[row].upper) = (interval.lower, interval.upper)
      }
    } catch {
      for row in rows.indices { rows[row].reason = error.reason.text }
    }
    return rows
  }

  /// What the slope's values are: rates and shares are transformed only where all of them can be.
  ///
  /// - Parameter per: what a share of 1 is expressed as.
  static func kind(
    _ method: Indicator.Method, _ per: Double, _ values: [Double], _ intervals: [Interval]
  ) -> SlopeIndex.Kind {
    switch method {
    case .proportion: values.allSatisfy { $0 > 0 && $0 < per } ? .proportion : .other
    case .crudeRate, .directlyStandardisedRate:
      intervals.allSatisfy { $0.lower > 0 } ? .rate : .other
    default: .other
    }
  }

  private static func gaps(
    _ classes: Classes, _ method: Indicator.Method, _ period: String, _ unit: Int32
  ) -> [Row] {
    let (most, least) = (classes.estimates[0], classes.estimates[4])
    func row(_ summary: Summary, _ estimate: Estimate.Known?, _ reason: String) -> Row {
      var row = Row(
        period: period, unit: unit, breakdown: classes.breakdown, summary: summary)
      if let estimate, estimate.value.isFinite {
        row.value = estimate.value
        if let interval = estimate.intervals.first ?? nil, interval.lower.isFinite,
          interval.upper.isFinite
        {
          (row.lower, row.upper) = (interval.lower, interval.upper)
        }
      } else {
        row.reason = reason
      }
      return row
    }
    let difference =
      RateComparison.difference(most, least)
      ?? Estimate.Known(value: most.value - least.value, intervals: [nil])
    let ratio =
      RateComparison.ratio(most, least)
      ?? (least.value > 0
        ? Estimate.Known(value: most.value / least.value, intervals: [nil]) : nil)
    var rows = [row(.gap, difference, "")]
    // Scores have no zero, and so no ratios.
    if ![.mean, .published].contains(method) {
      rows.append(row(.gapRatio, ratio, "the least deprived fifth has none"))
    }
    guard [.proportion, .crudeRate].contains(method) else { return rows }
    let counted = classes.numerators.reduce(0, +)
    let people = classes.denominators.reduce(0, +)
    let fraction = RateComparison.attributableFraction(
      events: counted, population: people, referenceEvents: classes.numerators[4],
      referencePopulation: classes.denominators[4],
      isBinomial: method == .proportion)
    switch fraction {
    case .known(let known):
      rows.append(row(.attributable, known, ""))
      rows.append(
        row(
          .excess,
          Estimate.Known(
            value: known.value * counted,
            intervals: known.intervals.map { interval in
              interval.map {
                Interval(
                  lower: $0.lower * counted, upper: $0.upper * counted, confidence: $0.confidence)
              }
            }), ""))
    case .unknown(let reason):
      rows.append(row(.attributable, nil, reason.text))
      rows.append(row(.excess, nil, reason.text))
    }
    return rows
  }

  /// A seed that is the same for the same text everywhere (FNV-1a).
  private static func seed(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

extension Array where Element == Int32 {
  /// The place of a number in a sorted list; nil where it is not in it.
  func firstIndex(ofSorted wanted: Int32) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == wanted ? low : nil
  }
}
