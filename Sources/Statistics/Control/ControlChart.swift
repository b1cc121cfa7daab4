import Foundation

/// A control chart: values over time, the limits of their usual variation, and the points that signal a special cause.
///
/// The rules are those of NHS England's Making Data Count: a point outside of the limits; seven points on one side of the
/// mean; seven points rising or falling (six by option); two of three points near a limit, all three on one side of the
/// mean. The limits are those of the chart's kind: Wheeler's XmR chart for most measures; P, U and C charts for counts
/// with a Poisson or binomial chance; G and T charts for rare events; a run chart has a median and no limits
/// (Provost and Murray, The Health Care Data Guide, 2nd edition, 2022).
///
/// A missing value has no point: no moving range and no run goes over it.
public struct ControlChart: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Single values: the mean, and 2.66 mean moving ranges about it.
    case xmr
    /// Events in so many people or opportunities, as shares: 3 binomial standard deviations about the mean share.
    case p
    /// Events in so much time or activity, as rates: 3 Poisson standard deviations about the mean rate.
    case u
    /// Counts of events: 3 Poisson standard deviations about the mean.
    case c
    /// Cases between rare events: the geometric distribution's √(m (m + 1)), 3 times.
    case g
    /// Time between rare events: an XmR chart of the 3.6th roots (Nelson 1994), brought back.
    case t
    /// Values about their median, without limits.
    case run
  }

  /// How limits are worked out, and which runs count.
  public struct Options: Sendable {
    /// Leaves moving ranges that are 3.267 times their mean or more out of it, once, so that one jump does not widen the
    /// limits.
    public var screensOutliers: Bool
    /// How many points a shift and a trend need: 7 each, for run charts 6 and 5.
    public var shiftLength: Int
    public var trendLength: Int
    /// The mean and limits are those of so many first points, of each part; nil for all.
    public var fixAfter: Int?
    /// The positions at which a process began anew, with limits of its own.
    public var rebases: [Int]

    public init(
      screensOutliers: Bool = true, shiftLength: Int = 7, trendLength: Int = 7,
      fixAfter: Int? = nil, rebases: [Int] = []
    ) {
      precondition(shiftLength >= 3 && trendLength >= 3, "a run has three points at least")
      self.screensOutliers = screensOutliers
      self.shiftLength = shiftLength
      self.trendLength = trendLength
      self.fixAfter = fixAfter
      self.rebases = rebases
    }

    /// Six points make a shift and five a trend, as run charts have it (Perla and others 2011, BMJ Qual Saf 20: 46).
    public static let runChart = Options(shiftLength: 6, trendLength: 5)
  }

  /// A part of the series with limits of its own.
  public struct Part: Sendable {
    public let rows: Range<Int>
    /// Twelve points or fewer: limits that may still move much.
    public let isShort: Bool
  }

  /// So many points are needed for limits that mean something (Making Data Count).
  public static let enoughPoints = 12

  public let kind: Kind
  public let options: Options
  /// The value at each point; not a number where it is missing.
  public let values: [Double]
  /// The centre line and the limits at each point; limits are not a number where there are none.
  public let centre: [Double]
  public let lower: [Double]
  public let upper: [Double]
  public let signals: [ControlSignals]
  public let parts: [Part]
  /// Why the last part has no limits; nil where it has.
  public let unknown: Unknown?
  /// Whether each point lies beyond two of the three standard deviations that a limit is away, and within the limit.
  public let isNearLimit: [Bool]

  /// An XmR or run chart of values, or a C, G or T chart of counts and gaps.
  ///
  /// - Parameter values: in order of time; not a number where missing.
  public init(_ values: [Double], kind: Kind = .xmr, options: Options = Options()) {
    precondition(kind != .p && kind != .u, "P and U charts have denominators")
    self.init(values, denominators: nil, kind: kind, options: options)
  }

  /// A P or U chart of events over denominators; its values are shares or rates of 1.
  public init(events: [Double], denominators: [Double], kind: Kind, options: Options = Options()) {
    precondition(kind == .p || kind == .u, "P and U charts have denominators")
    self.init(
      zip(events, denominators).map { $1 > 0 ? $0 / $1 : .nan }, denominators: denominators,
      kind: kind, options: options)
  }

  private init(_ values: [Double], denominators: [Double]?, kind: Kind, options: Options) {
    let count = values.count
    self.kind = kind
    self.options = options
    self.values = values
    var lines = Lines(count)
    var parts: [Part] = []
    var unknown: Unknown? = .tooFewValues
    let starts = [0] + options.rebases.filter { $0 > 0 && $0 < count }.sorted()
    for (index, start) in starts.enumerated() {
      let rows = start..<(index + 1 < starts.count ? starts[index + 1] : count)
      guard !rows.isEmpty else { continue }
      parts.append(Part(rows: rows, isShort: rows.count <= Self.enoughPoints))
      unknown = lines.set(rows, values, denominators, kind, options)
    }
    var signals = [ControlSignals](repeating: [], count: count)
    var near = [Bool](repeating: false, count: count)
    for part in parts {
      lines.mark(part.rows, values, kind, options, &signals, &near)
    }
    centre = lines.centre
    lower = lines.lower
    upper = lines.upper
    self.signals = signals
    isNearLimit = near
    self.parts = parts
    self.unknown = unknown
  }

  /// Whether the process as it is will meet a target; nil where neither way is better, or there are no limits.
  public func assurance(
    target: Double, improvement: ImprovementDirection
  ) -> ControlAssurance? {
    guard improvement != .neutral, let low = lower.last, let high = upper.last, !low.isNaN else {
      return nil
    }
    if target > high { return improvement == .increase ? .consistentFail : .consistentPass }
    if target < low { return improvement == .increase ? .consistentPass : .consistentFail }
    return .inconsistent
  }

  /// What the last point says.
  public func cause(improvement: ImprovementDirection) -> ControlCause {
    ControlCause(signals.last ?? [], improvement: improvement)
  }
}

/// The centre line and the limits of a chart while it is made.
private struct Lines {
  var centre: [Double]
  var lower: [Double]
  var upper: [Double]
  /// Two thirds of the way to the limits, before they are cut at what cannot be; not a number where that is beyond it.
  var nearLower: [Double]
  var nearUpper: [Double]
  /// What shifts are judged by: the centre, but for G charts, whose values mostly lie below their mean, the median.
  var middle: [Double]

  init(_ count: Int) {
    centre = Array(repeating: .nan, count: count)
    (lower, upper, nearLower, nearUpper, middle) = (centre, centre, centre, centre, centre)
  }

  /// Works out the lines of one part; returns why it has no limits.
  mutating func set(
    _ rows: Range<Int>, _ values: [Double], _ denominators: [Double]?, _ kind: ControlChart.Kind,
    _ options: ControlChart.Options
  ) -> Unknown? {
    let base = rows.prefix(options.fixAfter ?? rows.count)
    var sum = 0.0
    var known = 0
    for row in base where !values[row].isNaN {
      sum += values[row]
      known += 1
    }
    guard known > 0 else { return .missing }
    let mean = sum / Double(known)
    guard known > 1 || kind == .run else {
      fill(rows, mean, .nan, .nan)
      return .tooFewValues
    }
    switch kind {
    case .xmr:
      guard let range = Self.movingRange(base, values, options) else {
        fill(rows, mean, .nan, .nan)
        return .tooFewValues
      }
      guard range > 0 else {
        fill(rows, mean, .nan, .nan)
        return .noVariation
      }
      fill(rows, mean, mean - 2.66 * range, mean + 2.66 * range)
      setNear(rows, mean - 2.66 * 2 / 3 * range, mean + 2.66 * 2 / 3 * range)
    case .t:
      let roots = values.map { $0 > 0 ? pow($0, 1 / 3.6) : .nan }
      let rooted = base.filter { !roots[$0].isNaN }
      guard !rooted.isEmpty, let range = Self.movingRange(base, roots, options) else {
        fill(rows, mean, .nan, .nan)
        return .tooFewValues
      }
      guard range > 0 else {
        fill(rows, mean, .nan, .nan)
        return .noVariation
      }
      let middle = rooted.reduce(0) { $0 + roots[$1] } / Double(rooted.count)
      fill(
        rows, pow(middle, 3.6), pow(max(0, middle - 2.66 * range), 3.6),
        pow(middle + 2.66 * range, 3.6))
      let below = middle - 2.66 * 2 / 3 * range
      setNear(
        rows, below > 0 ? pow(below, 3.6) : .nan, pow(middle + 2.66 * 2 / 3 * range, 3.6))
    case .c:
      let sigma = mean.squareRoot()
      fill(rows, mean, max(0, mean - 3 * sigma), mean + 3 * sigma)
      setNear(rows, mean > 2 * sigma ? mean - 2 * sigma : .nan, mean + 2 * sigma)
    case .g:
      let spread = 3 * (mean * (mean + 1)).squareRoot()
      fill(rows, mean, max(0, mean - spread), mean + spread)
      setNear(rows, .nan, mean + spread * 2 / 3)
      let median = Self.median(base, values)
      for row in rows { middle[row] = median }
    case .p, .u:
      return setShares(rows, base, values, denominators ?? [], isBinomial: kind == .p)
    case .run:
      let median = Self.median(base, values)
      fill(rows, median, .nan, .nan)
      return nil
    }
    return nil
  }

  private mutating func setShares(
    _ rows: Range<Int>, _ base: Range<Int>, _ values: [Double], _ denominators: [Double],
    isBinomial: Bool
  ) -> Unknown? {
    var (events, people) = (0.0, 0.0)
    for row in base where !values[row].isNaN {
      events += values[row] * denominators[row]
      people += denominators[row]
    }
    let share = events / people
    for row in rows {
      centre[row] = share
      middle[row] = share
      let variance = isBinomial ? share * (1 - share) : share
      let spread = 3 * (variance / denominators[row]).squareRoot()
      guard spread.isFinite else { continue }
      lower[row] = max(0, share - spread)
      upper[row] = isBinomial ? min(1, share + spread) : share + spread
      let (low, high) = (share - spread * 2 / 3, share + spread * 2 / 3)
      nearLower[row] = low > 0 ? low : .nan
      nearUpper[row] = isBinomial && high >= 1 ? .nan : high
    }
    return nil
  }

  private mutating func setNear(_ rows: Range<Int>, _ low: Double, _ high: Double) {
    for row in rows { (nearLower[row], nearUpper[row]) = (low, high) }
  }

  private static func median(_ rows: Range<Int>, _ values: [Double]) -> Double {
    let sorted = rows.filter { !values[$0].isNaN }.map { values[$0] }.sorted()
    let half = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  }

  private mutating func fill(_ rows: Range<Int>, _ line: Double, _ low: Double, _ high: Double) {
    for row in rows {
      centre[row] = line
      middle[row] = line
      lower[row] = low
      upper[row] = high
    }
  }

  /// The mean moving range; nil where there is none.
  private static func movingRange(
    _ rows: Range<Int>, _ values: [Double], _ options: ControlChart.Options
  ) -> Double? {
    func mean(below limit: Double) -> Double? {
      var sum = 0.0
      var count = 0
      for row in rows.dropFirst() {
        let range = abs(values[row] - values[row - 1])
        // A range of nothing is never an outlier, though the limit may be nothing too.
        guard range < limit || range == 0 else { continue }
        sum += range
        count += 1
      }
      return count > 0 ? sum / Double(count) : nil
    }
    guard let all = mean(below: .infinity), options.screensOutliers else {
      return mean(below: .infinity)
    }
    // Where more than half of the ranges are nothing, the others are no outliers: without them no limits were left.
    return mean(below: 3.267 * all).map { $0 > 0 ? $0 : all }
  }

  /// Marks the rules that each point of a part meets.
  func mark(
    _ rows: Range<Int>, _ values: [Double], _ kind: ControlChart.Kind,
    _ options: ControlChart.Options, _ signals: inout [ControlSignals], _ near: inout [Bool]
  ) {
    var (side, sideStart) = (0, rows.lowerBound)
    var (way, wayStart) = (0, rows.lowerBound)
    var shiftMarked = rows.lowerBound
    var trendMarked = rows.lowerBound
    for row in rows {
      let value = values[row]
      let nowSide = value > middle[row] ? 1 : value < middle[row] ? -1 : 0
      if !lower[row].isNaN {
        if value > upper[row] { signals[row].insert(.aboveLimit) }
        if value < lower[row] { signals[row].insert(.belowLimit) }
        near[row] =
          (value > nearUpper[row] && value <= upper[row])
          || (value < nearLower[row] && value >= lower[row])
      }
      // Run charts pass over points on the median and repeated values; they neither help nor end a run.
      if kind == .run, nowSide == 0, !value.isNaN {
        // The run goes on.
      } else if nowSide != side || value.isNaN {
        (side, sideStart) = (nowSide, row)
        shiftMarked = row
      }
      if side != 0 {
        let length =
          kind == .run
          ? (sideStart...row).count { values[$0] != middle[$0] } : row - sideStart + 1
        if length >= options.shiftLength {
          for point in max(sideStart, shiftMarked)...row where values[point] != middle[point] {
            signals[point].insert(side > 0 ? .shiftUp : .shiftDown)
          }
          shiftMarked = row
        }
      }
      if row > rows.lowerBound {
        let before = values[row - 1]
        let nowWay = value > before ? 1 : value < before ? -1 : 0
        if kind == .run, nowWay == 0, !value.isNaN, !before.isNaN {
          // As above.
        } else if nowWay != way || nowWay == 0 {
          (way, wayStart) = (nowWay, row - 1)
          trendMarked = row - 1
        }
        if way != 0 {
          let length =
            kind == .run
            ? (wayStart...row).count { $0 == wayStart || values[$0] != values[$0 - 1] }
            : row - wayStart + 1
          if length >= options.trendLength {
            for point in max(wayStart, trendMarked)...row {
              signals[point].insert(way > 0 ? .trendUp : .trendDown)
            }
            trendMarked = row
          }
        }
      }
      if row >= rows.lowerBound + 2 {
        let window = row - 2...row
        let close = window.count { near[$0] }
        // All three on one side of the mean: a jump from one limit to the other is no drift towards either.
        if close >= 2, nowSide != 0,
          window.allSatisfy({
            (values[$0] > middle[$0] ? 1 : values[$0] < middle[$0] ? -1 : 0) == nowSide
          })
        {
          for point in window where near[point] {
            signals[point].insert(nowSide > 0 ? .nearUpper : .nearLower)
          }
        }
      }
    }
  }
}
