import Foundation
import Statistics
import Testing

@Suite("Control charts follow Making Data Count")
struct ControlChartTests {
  @Test("Limits are 2.66 mean moving ranges from the mean")
  func limits() {
    let chart = ControlChart([10, 12, 11, 13, 12, 14])
    // Moving ranges 2, 1, 2, 1, 2: mean 1.6.
    #expect(chart.centre.allSatisfy { $0 == 12 })
    #expect(abs(chart.upper[0] - (12 + 2.66 * 1.6)) < 1e-12)
    #expect(abs(chart.lower[0] - (12 - 2.66 * 1.6)) < 1e-12)
  }

  @Test("One jump does not widen the limits when outliers are screened")
  func screening() {
    let values = [10.0, 11, 10, 11, 10, 11, 10, 40, 10, 11, 10, 11]
    let screened = ControlChart(values)
    let plain = ControlChart(values, options: .init(screensOutliers: false))
    #expect(screened.upper[0] < plain.upper[0])
    #expect(screened.signals[7].contains(.aboveLimit))
  }

  @Test("Seven points rising are a trend; six are one by option")
  func trend() {
    let seven = ControlChart([5, 1, 2, 3, 4, 5, 6, 7, 1])
    #expect(seven.signals[1...7].allSatisfy { $0.contains(.trendUp) })
    #expect(!seven.signals[0].contains(.trendUp))
    let six = [5.0, 1, 2, 3, 4, 5, 6, 1, 2]
    #expect(ControlChart(six).signals.allSatisfy { $0.isDisjoint(with: .trend) })
    let byOption = ControlChart(six, options: .init(trendLength: 6))
    #expect(byOption.signals[1...6].allSatisfy { $0.contains(.trendUp) })
  }

  @Test("A rebased process has limits of its own, and no run goes over the change")
  func rebase() {
    let values = [Double](repeating: 0, count: 7).enumerated().map { Double($0.offset % 2) }
    let chart = ControlChart(values + values.map { $0 + 100 }, options: .init(rebases: [7]))
    #expect(chart.parts.map(\.rows) == [0..<7, 7..<14])
    #expect(abs(chart.centre[13] - chart.centre[0] - 100) < 1e-9)
    #expect(chart.signals.allSatisfy { $0.isEmpty })
  }

  @Test("Limits of the first points judge the later ones")
  func fixing() {
    let values = (0..<12).map { Double($0 % 2) } + [5, 5, 5]
    let chart = ControlChart(values, options: .init(fixAfter: 12))
    #expect(chart.centre[14] == 0.5)
    #expect(chart.signals[12...].allSatisfy { $0.contains(.aboveLimit) })
  }

  // Provost and Murray (2011), The Health Care Data Guide, chapter 5: the formulas of each chart.
  @Test("Charts of counts, shares, rates and rare events")
  func kinds() {
    let p = ControlChart(events: [10, 20], denominators: [100, 400], kind: .p)
    #expect(p.centre == [0.06, 0.06])
    #expect(abs(p.upper[1] - (0.06 + 3 * (0.06 * 0.94 / 400).squareRoot())) < 1e-12)
    #expect(p.lower[0] == 0)
    let u = ControlChart(events: [9, 11], denominators: [10, 10], kind: .u)
    #expect(abs(u.upper[0] - (1 + 3 * 0.1.squareRoot())) < 1e-12)
    let c = ControlChart([9, 25, 14], kind: .c)
    #expect(c.upper[0] == 16 + 12 && c.lower[0] == 4)
    let g = ControlChart([8, 8, 8, 9, 7], kind: .g)
    #expect(abs(g.upper[0] - (8 + 3 * 72.0.squareRoot())) < 1e-12 && g.lower[0] == 0)
    let t = ControlChart([10, 40, 5, 80, 30, 12, 55], kind: .t)
    #expect(t.lower[0] >= 0 && t.upper[0] > t.centre[0])
    #expect(t.centre[0] > 10 && t.centre[0] < 80)
  }

  @Test("Near a limit is rare where a limit is cut at zero too")
  func nearCutLimits() {
    // The lower limit of a count of 4 is 0: nothing is two of its standard deviations below.
    let counts = ControlChart([1, 2, 1, 4, 6, 5, 7, 4, 6, 4, 4, 4, 5, 3], kind: .c)
    #expect(counts.lower[0] == 0)
    #expect(counts.signals.allSatisfy { !$0.contains(.nearLower) })
    // Most gaps between rare events lie below their mean, and half below the median.
    let gaps = ControlChart([1, 2, 3, 2, 1, 3, 2, 40, 60, 50, 1, 45, 55, 2], kind: .g)
    #expect(gaps.signals.allSatisfy { !$0.contains(.nearLower) })
    var random = RandomNumbers(seed: 4)
    var shifts = 0
    for _ in 0..<400 {
      let values = (0..<24).map { _ in (-10 * log(1 - random.uniform())).rounded(.down) }
      let chart = ControlChart(values, kind: .g)
      if chart.signals.contains(where: { !$0.isDisjoint(with: .shift) }) { shifts += 1 }
    }
    // By the mean it would be one in three.
    #expect(shifts < 90)
  }

  @Test("Run charts pass over points on the median and equal neighbours")
  func runChart() {
    // Six above the median with one on it between: a shift all the same.
    let chart = ControlChart(
      [1, 1.5, 1, 1.5, 1, 1.2, 5, 6, 3, 5, 6, 7, 8], kind: .run, options: .runChart)
    #expect(chart.centre[0] == 3)
    #expect(chart.upper.allSatisfy { $0.isNaN })
    #expect([6, 7, 9, 10, 11, 12].allSatisfy { chart.signals[$0].contains(.shiftUp) })
    #expect(chart.unknown == nil)
  }

  @Test("One point has no limits, whatever the chart", arguments: ControlChart.Kind.allCases)
  func onePoint(kind: ControlChart.Kind) {
    let chart =
      kind == .p || kind == .u
      ? ControlChart(events: [3], denominators: [10], kind: kind) : ControlChart([3], kind: kind)
    #expect(chart.unknown == (kind == .run ? nil : .tooFewValues))
    #expect(chart.upper[0].isNaN)
  }

  @Test("Screening that would leave no range at all leaves them all")
  func screeningOfTies() {
    for noise in [0, 1e-15] {
      let chart = ControlChart([6, 7] + (0..<18).map { 5 + Double($0 % 2) * noise })
      #expect(chart.unknown == nil)
      #expect(chart.upper[0] > chart.centre[0] + 0.1)
    }
  }

  @Test("The target against the limits")
  func assurance() {
    let chart = ControlChart((0..<20).map { 50 + Double($0 % 2) })
    #expect(chart.assurance(target: 90, improvement: .increase) == .consistentFail)
    #expect(chart.assurance(target: 90, improvement: .decrease) == .consistentPass)
    #expect(chart.assurance(target: 10, improvement: .increase) == .consistentPass)
    #expect(chart.assurance(target: 50.5, improvement: .increase) == .inconsistent)
    #expect(chart.assurance(target: 50.5, improvement: .neutral) == nil)
    #expect(ControlChart([1]).assurance(target: 1, improvement: .increase) == nil)
  }

  @Test("A value that equals the mean but for its 15th digit is on the mean")
  func fifteenDigits() {
    // Six above, one on the mean of 10, six below: no seven on one side.
    let values =
      [Double](repeating: 11, count: 6) + [10.000_000_000_000_01]
      + [Double](repeating: 9, count: 6)
    let chart = ControlChart(values)
    #expect(chart.sides == Array(repeating: 1, count: 6) + [0] + Array(repeating: -1, count: 6))
    #expect(chart.signals.allSatisfy { $0.isDisjoint(with: .shift) })
    // And a real difference is one.
    let above = ControlChart(values.map { $0 == values[6] ? 10.000_001 : $0 })
    #expect(above.sides[6] == 1)
    #expect(above.signals[0...6].allSatisfy { $0.contains(.shiftUp) })
  }

  @Test("A level series is level though its values differ in the 15th digit")
  func levelDigits() {
    let chart = ControlChart((0..<20).map { $0 % 2 == 0 ? 4 : 4.000_000_000_000_01 })
    #expect(chart.unknown == .noVariation)
    #expect(chart.signals.allSatisfy { $0.isEmpty })
    let values = (0..<20).map { (place: Int) -> Double in
      place < 8 ? 4 + Double(place) * 1e-15 : Double(place % 3)
    }
    let rising = ControlChart(values)
    #expect(rising.signals[0..<8].allSatisfy { $0.isDisjoint(with: .trend) })
  }

  /// The rules as they are told: every window of points, looked at by itself.
  private func plain(_ chart: ControlChart) -> [ControlSignals] {
    let (y, n) = (chart.values, chart.values.count)
    var signals = [ControlSignals](repeating: [], count: n)
    func mark(
      _ rows: Range<Int>, _ signal: ControlSignals, where isMarked: (Int) -> Bool = { _ in true }
    ) {
      for row in rows where isMarked(row) { signals[row].insert(signal) }
    }
    for row in 0..<n {
      if y[row] > chart.upper[row] { signals[row].insert(.aboveLimit) }
      if y[row] < chart.lower[row] { signals[row].insert(.belowLimit) }
    }
    for start in 0..<n {
      if start + 7 <= n {
        let window = start..<start + 7
        if window.allSatisfy({ chart.sides[$0] > 0 }) { mark(window, .shiftUp) }
        if window.allSatisfy({ chart.sides[$0] < 0 }) { mark(window, .shiftDown) }
        if window.dropFirst().allSatisfy({ y[$0] > y[$0 - 1] }) { mark(window, .trendUp) }
        if window.dropFirst().allSatisfy({ y[$0] < y[$0 - 1] }) { mark(window, .trendDown) }
      }
      if start + 3 <= n {
        let window = start..<start + 3
        let isUp = window.allSatisfy { chart.sides[$0] > 0 }
        let isDown = window.allSatisfy { chart.sides[$0] < 0 }
        if (isUp || isDown) && window.count(where: { chart.isNearLimit[$0] }) >= 2 {
          mark(window, isUp ? .nearUpper : .nearLower) { chart.isNearLimit[$0] }
        }
      }
    }
    return signals
  }

  @Test("The one pass over the points finds what every window finds", arguments: 0..<200)
  func property(seed: Int) {
    var random = RandomNumbers(seed: UInt64(seed))
    let count = 3 + Int(random.next() % 60)
    var drift = 0.0
    let values = (0..<count).map { index -> Double in
      drift += random.normal() * 0.4
      // Rounded, so that there are ties and points on the mean.
      return ((random.normal() + drift + (index % 17 == 3 ? 5 : 0)) * 2).rounded() / 2
    }
    let chart = ControlChart(values)
    #expect(chart.unknown == nil || chart.unknown == .noVariation, "seed \(seed)")
    #expect(chart.signals == plain(chart), "seed \(seed)")
  }
}
