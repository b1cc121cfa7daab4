import Foundation
import Statistics
import Testing

@Suite("Intervals agree with published worked examples")
struct IntervalTests {
  @Test(
    "Normal quantiles",
    arguments: [
      (0.5, 0.0), (0.975, 1.959_963_984_540_054), (0.999, 3.090_232_306_167_813_5),
      (0.025, -1.959_963_984_540_054), (1e-10, -6.361_340_902_404_056),
    ])
  func normal(p: Double, z: Double) {
    #expect(abs(Normal.quantile(p) - z) < 1e-12 * max(1, abs(z)))
  }

  @Test("Quantiles outside 0 to 1 are no numbers", arguments: [0.0, 1.0, -1.0, 2.0])
  func outside(p: Double) { #expect(Normal.quantile(p).isNaN) }

  // Newcombe (1998), table I, method 3: 81 of 263, and 15 of 148; 0 of 20; 1 of 29.
  @Test(
    "The Wilson interval",
    arguments: [
      (81.0, 263.0, 0.2553, 0.3662), (15.0, 148.0, 0.0624, 0.1605), (0.0, 20.0, 0.0, 0.1611),
      (1.0, 29.0, 0.0061, 0.1718),
    ])
  func wilson(count: Double, total: Double, lower: Double, upper: Double) throws {
    let interval = try #require(Proportion(count, of: total)).wilson()
    #expect(abs(interval.lower - lower) < 0.00005)
    #expect(abs(interval.upper - upper) < 0.00005)
  }

  @Test("A part larger than its whole, or of nothing, is no proportion")
  func impossible() {
    #expect(Proportion(3, of: 2) == nil)
    #expect(Proportion(0, of: 0) == nil)
    #expect(Proportion(-1, of: 5) == nil)
  }

  @Test("Byar's interval lies close to the exact Poisson one from 10 events on")
  func byar() throws {
    // Exact limits for 10 and 100 events: 4.795 and 18.39; 81.36 and 121.63.
    let ten = try #require(byarInterval(count: 10))
    #expect(abs(ten.lower - 4.795) < 0.01)
    #expect(abs(ten.upper - 18.39) < 0.02)
    let hundred = try #require(byarInterval(count: 100))
    #expect(abs(hundred.lower - 81.36) < 0.02)
    #expect(abs(hundred.upper - 121.63) < 0.02)
    #expect(byarInterval(count: 0)?.lower == 0)
    #expect(byarInterval(count: -1) == nil)
  }
}

@Suite("Control charts follow Making Data Count")
struct ControlChartTests {
  @Test("Limits are 2.66 mean moving ranges from the mean")
  func limits() throws {
    let chart = try #require(ControlChart([10, 12, 11, 13, 12, 14]))
    // Moving ranges 2, 1, 2, 1, 2: mean 1.6.
    #expect(chart.mean == 12)
    #expect(abs(chart.upper - (12 + 2.66 * 1.6)) < 1e-12)
    #expect(abs(chart.lower - (12 - 2.66 * 1.6)) < 1e-12)
  }

  @Test("One jump does not widen the limits when outliers are screened")
  func screening() throws {
    let values = [10.0, 11, 10, 11, 10, 11, 10, 40, 10, 11, 10, 11]
    let screened = try #require(ControlChart(values))
    let plain = try #require(ControlChart(values, screensOutliers: false))
    #expect(screened.upper < plain.upper)
    #expect(screened.signals[7].contains(.outsideLimits))
  }

  @Test("Seven on one side of the mean are a shift; six are not")
  func shift() throws {
    let six = try #require(ControlChart([1, 1, 1, 1, 1, 1, 9, 1, 9, 9, 9, 9, 9, 9]))
    #expect(six.signals.allSatisfy { !$0.contains(.shift) })
    let seven = try #require(ControlChart([1, 1, 1, 1, 1, 1, 1, 9, 1, 9, 1, 9, 9, 9, 9]))
    #expect(seven.signals[0..<7].allSatisfy { $0.contains(.shift) })
    #expect(!seven.signals[7].contains(.shift))
  }

  @Test("Seven points rising are a trend; six are not")
  func trend() throws {
    let seven = try #require(ControlChart([5, 1, 2, 3, 4, 5, 6, 7, 1]))
    #expect(seven.signals[1...7].allSatisfy { $0.contains(.trend) })
    #expect(!seven.signals[0].contains(.trend))
    let six = try #require(ControlChart([5, 1, 2, 3, 4, 5, 6, 1, 2]))
    #expect(six.signals.allSatisfy { !$0.contains(.trend) })
  }

  @Test("A constant series has limits of no width and no signals")
  func constant() throws {
    let chart = try #require(ControlChart([4, 4, 4, 4, 4, 4, 4, 4]))
    #expect(chart.lower == 4 && chart.upper == 4)
    #expect(chart.signals.allSatisfy { $0.isEmpty })
  }

  @Test("One value, or one that is no number, has no chart")
  func tooFew() {
    #expect(ControlChart([1]) == nil)
    #expect(ControlChart([1, .nan, 2]) == nil)
  }

  private static let oracle = URL(
    fileURLWithPath: ProcessInfo.processInfo.environment["KITH_SHARED"] ?? "../shared"
  ).appendingPathComponent("oracles/stats/spc")

  /// Every series of the reference that has one group of limits: without rebasing or fixing.
  @Test(
    "Means, limits and signals agree with NHSRplotthedots",
    .enabled(if: FileManager.default.fileExists(atPath: oracle.path), "skipped: no KITH_SHARED"))
  func reference() throws {
    func table(_ name: String) throws -> [[String: String]] {
      let text = try String(contentsOf: Self.oracle.appendingPathComponent(name), encoding: .utf8)
      let lines = text.split(whereSeparator: \.isNewline).map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map {
          String($0).replacingOccurrences(of: "\"", with: "")
        }
      }
      return lines.dropFirst().map { row in
        Dictionary(zip(lines[0], row)) { first, _ in first }
      }
    }
    let points = Dictionary(grouping: try table("expected_points.csv")) { $0["series_id"] ?? "" }
    var compared = 0
    for series in try table("series.csv") {
      let id = series["series_id"] ?? ""
      guard series["fix_after_n_points"] == "NA", series["rebase_dates"]?.isEmpty == true,
        let expected = points[id]
      else { continue }
      let values = expected.compactMap { Double($0["value"] ?? "") }
      guard values.count == expected.count, let limit = Double(expected[0]["lpl"] ?? ""),
        limit.isFinite
      else { continue }
      let chart = try #require(
        ControlChart(values, screensOutliers: series["screen_outliers"] == "TRUE"))
      for (index, row) in expected.enumerated() {
        let mean = try #require(Double(row["mean"] ?? ""))
        let upper = try #require(Double(row["upl"] ?? ""))
        #expect(abs(chart.mean - mean) <= 1e-9 * max(1, abs(mean)), "\(id)")
        #expect(abs(chart.upper - upper) <= 1e-9 * max(1, abs(upper)), "\(id)")
        let isSpecial = row["special_cause_type"] != "Common Cause"
        #expect(!chart.signals[index].isEmpty == isSpecial, "\(id), point \(index + 1)")
      }
      compared += 1
    }
    #expect(compared >= 10)
  }
}
