import Foundation

/// The centre line and the limits of a chart while it is made.
struct ControlLines {
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
      guard range > Self.tolerance(base, values) else {
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
      guard range > Self.tolerance(base, roots) else {
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
    let least = tolerance(rows, values)
    func mean(below limit: Double) -> Double? {
      var sum = 0.0
      var count = 0
      for row in rows.dropFirst() {
        let range = abs(values[row] - values[row - 1])
        // A range of nothing is never an outlier, though the limit may be nothing too.
        guard range < limit || range <= least else { continue }
        sum += range
        count += 1
      }
      return count > 0 ? sum / Double(count) : nil
    }
    guard let all = mean(below: .infinity), options.screensOutliers else {
      return mean(below: .infinity)
    }
    // Where most ranges are nothing the others are no outliers: without them there would be no limits.
    return mean(below: 3.267 * all).map { $0 > least ? $0 : all }
  }
}

extension ControlLines {
  /// Two numbers of a series are the same where they differ by no more than this share of its largest: files of R and
  /// spreadsheets have 15 digits, and a mean of such numbers is no surer.
  static let leastDifference = 2e-14

  /// How far apart values of these rows have to be to differ.
  static func tolerance(_ rows: Range<Int>, _ values: [Double]) -> Double {
    leastDifference * rows.reduce(0) { values[$1].isFinite ? max($0, abs(values[$1])) : $0 }
  }

  /// 1 where a value is above a line, -1 below it; 0 on it, and where one of them is missing.
  static func side(_ value: Double, of line: Double, _ tolerance: Double) -> Int {
    let difference = value - line
    return difference > tolerance ? 1 : difference < -tolerance ? -1 : 0
  }
}

extension ControlLines {
  /// Marks the rules that each point of a part meets.
  func mark(
    _ rows: Range<Int>, _ values: [Double], _ kind: ControlChart.Kind,
    _ options: ControlChart.Options, _ signals: inout [ControlSignals], _ near: inout [Bool],
    _ sides: inout [Int]
  ) {
    let tolerance = Self.tolerance(rows, values)
    /// Where a point lies to what shifts are judged by.
    func shiftSide(_ row: Int) -> Int { Self.side(values[row], of: middle[row], tolerance) }
    /// Whether a point rises or falls from the one before.
    func step(_ row: Int) -> Int { Self.side(values[row], of: values[row - 1], tolerance) }
    var (side, sideStart) = (0, rows.lowerBound)
    var (way, wayStart) = (0, rows.lowerBound)
    var shiftMarked = rows.lowerBound
    var trendMarked = rows.lowerBound
    for row in rows {
      let value = values[row]
      sides[row] = Self.side(value, of: centre[row], tolerance)
      let nowSide = shiftSide(row)
      if !lower[row].isNaN {
        let isAbove = Self.side(value, of: upper[row], tolerance) > 0
        let isBelow = Self.side(value, of: lower[row], tolerance) < 0
        if isAbove { signals[row].insert(.aboveLimit) }
        if isBelow { signals[row].insert(.belowLimit) }
        near[row] =
          !isAbove && !isBelow
          && (Self.side(value, of: nearUpper[row], tolerance) > 0
            || Self.side(value, of: nearLower[row], tolerance) < 0)
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
          kind == .run ? (sideStart...row).count { shiftSide($0) != 0 } : row - sideStart + 1
        if length >= options.shiftLength {
          for point in max(sideStart, shiftMarked)...row where shiftSide(point) != 0 {
            signals[point].insert(side > 0 ? .shiftUp : .shiftDown)
          }
          shiftMarked = row
        }
      }
      if row > rows.lowerBound {
        let before = values[row - 1]
        let nowWay = step(row)
        if kind == .run, nowWay == 0, !value.isNaN, !before.isNaN {
          // As above.
        } else if nowWay != way || nowWay == 0 {
          (way, wayStart) = (nowWay, row - 1)
          trendMarked = row - 1
        }
        if way != 0 {
          let length =
            kind == .run
            ? (wayStart...row).count { $0 == wayStart || step($0) != 0 } : row - wayStart + 1
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
        if close >= 2, nowSide != 0, window.allSatisfy({ shiftSide($0) == nowSide }) {
          for point in window where near[point] {
            signals[point].insert(nowSide > 0 ? .nearUpper : .nearLower)
          }
        }
      }
    }
  }
}
