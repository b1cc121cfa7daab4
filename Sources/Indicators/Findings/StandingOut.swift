public import Definitions
import Statistics

/// Looks for what stands out in a place: special causes, outliers after over-dispersion, and gaps that widen.
public struct StandingOut: Sendable {
  private let atlas: Atlas

  /// Kinds with fewer in the place are not compared, nor are those with very many, of which chance alone gives some.
  static let fewestCompared = 10
  static let mostCompared = 400

  public init(_ atlas: Atlas) { self.atlas = atlas }

  /// Every finding, the furthest beyond chance first: concerns, then what is better or neither.
  public func findings() -> [Finding] {
    let all = atlas.indicators.measured.flatMap { changes($0) + outliers($0) + gaps($0) }
      .sorted { a, b in
        let (first, second) = (a.isConcern == true, b.isConcern == true)
        return first == second
          ? (a.score, b.indicator.id) > (b.score, a.indicator.id) : first
      }
    // One area that stands out in many indicators is one finding.
    var merged: [Finding] = []
    var places: [Finding.Key: Int] = [:]
    for finding in all {
      if let place = places[finding.key] {
        merged[place].also.append(finding.indicator)
      } else {
        places[finding.key] = merged.count
        merged.append(finding)
      }
    }
    return merged
  }

  /// The kinds of which the place has some, without the whole.
  private var kinds: [UnitKind] {
    atlas.kinds.filter { $0.id != atlas.whole?.kind }
  }

  private func unitsInPlace(_ kind: UnitKind) -> [AtlasUnit] {
    atlas.units(ofKind: kind.id).filter(\.isInPlace)
  }

  // MARK: Special causes

  private func changes(_ indicator: Indicator) -> [Finding] {
    let periods = atlas.indicators.periods(of: indicator.id)
    guard periods.count >= ControlChart.enoughPoints, let last = periods.last,
      // Periods that share months move together, which limits from one to the next take for signals.
      !ReportingPeriod.overlap(periods)
    else { return [] }
    let slices = periods.compactMap { atlas.indicators.slice(of: indicator.id, period: $0) }
    let units = kinds.flatMap { kind -> [AtlasUnit] in
      let units = unitsInPlace(kind)
      return units.count <= 60 ? units : []
    }
    return units.compactMap { unit in
      let points = slices.map { atlas.indicators.reading($0, unit.id)?.value ?? .nan }
      guard points.count(where: { !$0.isNaN }) >= ControlChart.enoughPoints,
        let value = points.last,
        !value.isNaN
      else { return nil }
      let chart = ControlChart(points)
      guard chart.unknown == nil, let signals = chart.signals.last, !signals.isEmpty,
        let mean = chart.centre.last, let upper = chart.upper.last, upper > mean
      else { return nil }
      let cause = ControlCause(signals, improvement: indicator.polarity.improvement)
      return Finding(
        indicator: indicator, period: last,
        what: .change(
          Finding.Change(unit: unit, value: value, mean: mean, signals: signals, cause: cause)),
        isConcern: cause == .concern ? true : cause == .improvement ? false : nil,
        // A shift or a trend is beyond chance even where the point itself is near the mean.
        score: max(abs(value - mean) / (upper - mean) * 3, 3))
    }
  }

  // MARK: Outliers

  private func outliers(_ indicator: Indicator) -> [Finding] {
    guard let slice = atlas.indicators.slice(of: indicator.id) else { return [] }
    return kinds.flatMap { kind -> [Finding] in
      let inPlace = Set(unitsInPlace(kind).map(\.id))
      guard (Self.fewestCompared...Self.mostCompared).contains(inPlace.count),
        let range = atlas.unitRange(ofKind: kind.id)
      else { return [] }
      let readings = atlas.indicators.readings(slice, in: range).filter {
        inPlace.contains($0.unit)
      }
      guard let spread = IndicatorSpread(indicator, readings),
        spread.readings.count >= Self.fewestCompared
      else { return [] }
      return [true, false].compactMap { isHigh in
        let outside = spread.outliers(isHigh: isHigh)
        guard let furthest = outside.first else { return nil }
        return Finding(
          indicator: indicator, period: slice.period,
          what: .outliers(
            Finding.Outliers(
              kind: kind,
              units: outside.map { one in
                let unit = atlas.units[one.reading.unit]
                return (unit, name(unit), one.reading.value ?? 0)
              },
              isHigh: isHigh, compared: spread.readings.count,
              dispersion: spread.dispersion.dispersion)),
          isConcern: indicator.polarity == .neutral
            ? nil : isHigh == (indicator.polarity == .lowerIsBetter), score: furthest.score)
      }
    }
  }

  // MARK: Gaps

  private func gaps(_ indicator: Indicator) -> [Finding] {
    guard let (first, last) = gapPeriods(indicator) else { return [] }
    return atlas.indicators.unitsWithGaps(indicator.id).sorted().map { atlas.units[$0] }
      .filter(\.isInPlace).compactMap { gap(indicator, $0, from: first, to: last) }
  }

  /// Whether two gaps of an area can be set against each other at all.
  public func canCompareGaps(of indicator: Indicator, in unit: AtlasUnit) -> Bool {
    guard let (first, last) = gapPeriods(indicator) else { return false }
    return [first, last].allSatisfy { period in
      atlas.indicators.summary(
        indicator.id, unit.id, InequalitySummaries.Summary.slopeIndex.rawValue, period: period)?
        .estimate != nil
    }
  }

  /// The name of a small unit with that of its district: there are many called Central.
  private func name(_ unit: AtlasUnit) -> String {
    let district = atlas.ancestors(of: unit).first { $0.kind.hasPrefix("lad") }
    guard let district, district.id != unit.id else { return unit.name }
    return "\(unit.name) (\(district.name))"
  }

  /// Whether the gap of one area has changed by more than chance; nil where it has not, or nothing can be said.
  public func gap(of indicator: Indicator, in unit: AtlasUnit) -> Finding? {
    gapPeriods(indicator).flatMap { gap(indicator, unit, from: $0.first, to: $0.last) }
  }

  private func gap(
    _ indicator: Indicator, _ unit: AtlasUnit, from first: String, to last: String
  ) -> Finding? {
    guard
      let before = atlas.indicators.summary(
        indicator.id, unit.id, InequalitySummaries.Summary.slopeIndex.rawValue, period: first),
      let after = atlas.indicators.summary(
        indicator.id, unit.id, InequalitySummaries.Summary.slopeIndex.rawValue, period: last),
      let old = before.estimate, let new = after.estimate,
      let difference = RateComparison.difference(new.sized, old.sized),
      let interval = difference.intervals.first ?? nil, interval.lower > 0 || interval.upper < 0
    else { return nil }
    let isWider = difference.value > 0
    // Whether the most deprived have the worse figure now.
    let isWorse: Bool? =
      switch indicator.polarity {
      case .neutral: nil
      case .lowerIsBetter: new.value > 0
      case .higherIsBetter: new.value < 0
      }
    let error = (interval.upper - interval.lower) / (2 * 1.96)
    return Finding(
      indicator: indicator, period: last,
      what: .gap(
        Finding.Gap(
          unit: unit, before: before, after: after, isWider: isWider, change: difference.value,
          lower: interval.lower, upper: interval.upper)),
      isConcern: isWorse.flatMap { $0 ? isWider : nil }, score: abs(difference.value) / error)
  }

  /// The latest period, and the first that shares no months with it: what both count would not vary apart.
  private func gapPeriods(_ indicator: Indicator) -> (first: String, last: String)? {
    let periods = atlas.indicators.periods(of: indicator.id)
    guard let last = periods.last, let end = ReportingPeriod(last),
      let first = periods.first(where: { text in
        ReportingPeriod(text).map { $0.end <= end.firstMonth } ?? false
      })
    else { return nil }
    return (first, last)
  }
}

extension Finding {
  /// What findings have in common that say the same of the same areas.
  fileprivate struct Key: Hashable {
    let kind: String
    let units: [Int]
    let isConcern: Bool?
    /// Up or down, wider or narrower.
    let isUp: Bool?
  }

  fileprivate var key: Key {
    switch what {
    case .change(let change):
      Key(
        kind: "change", units: [change.unit.id], isConcern: isConcern,
        isUp: change.value > change.mean)
    case .outliers(let outliers):
      Key(
        kind: "outliers", units: outliers.units.map(\.unit.id).sorted(), isConcern: isConcern,
        isUp: isConcern == nil ? outliers.isHigh : nil)
    case .gap(let gap):
      Key(kind: "gap", units: [gap.unit.id], isConcern: isConcern, isUp: gap.isWider)
    }
  }
}

extension IndicatorAtlas.Summary {
  /// The summary with its interval; nil where it has none.
  var estimate: Estimate.Known? {
    guard let value, let lower, let upper else { return nil }
    return Estimate.Known(
      value: value, intervals: [Interval(lower: lower, upper: upper, confidence: 0.95)])
  }
}

extension Estimate.Known {
  /// The size of a gap, whichever way it goes.
  fileprivate var sized: Estimate.Known {
    guard value < 0, let interval = intervals.first ?? nil else { return self }
    return Estimate.Known(
      value: -value,
      intervals: [
        Interval(lower: -interval.upper, upper: -interval.lower, confidence: interval.confidence)
      ])
  }
}
