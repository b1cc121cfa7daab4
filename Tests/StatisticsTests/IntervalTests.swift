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
    let ten = try #require(PoissonLimits.at95.interval(10))
    #expect(abs(ten.lower - 4.795) < 0.01)
    #expect(abs(ten.upper - 18.39) < 0.02)
    let hundred = try #require(PoissonLimits.at95.interval(100))
    #expect(abs(hundred.lower - 81.36) < 0.02)
    #expect(abs(hundred.upper - 121.63) < 0.02)
    #expect(PoissonLimits.at95.interval(0)?.lower == 0)
    #expect(PoissonLimits.at95.interval(-1) == nil)
  }
}
