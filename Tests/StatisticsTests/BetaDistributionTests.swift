import Foundation
import Statistics
import Testing

@Suite("The beta distribution")
struct BetaDistributionTests {
  struct Case {
    let alpha: Double
    let beta: Double
    /// At 0.1, 0.5 and 0.95.
    let cumulative: [Double]
    /// Of 0.025, 0.5 and 0.975.
    let quantiles: [Double]
  }

  /// By SciPy 1.14: `scipy.stats.beta.cdf` and `ppf`.
  static let cases = [
    Case(alpha: 1, beta: 1, cumulative: [0.1, 0.5, 0.95], quantiles: [0.025, 0.5, 0.975]),
    Case(
      alpha: 9.94, beta: 0.06,
      cumulative: [8.95506321713968e-13, 1.28906972751263e-05, 0.03559855222130597],
      quantiles: [0.932269657091721, 0.9999994023694869, 1]),
    Case(
      alpha: 2, beta: 5, cumulative: [0.114265, 0.890625, 0.999998203125],
      quantiles: [0.043271868292741676, 0.26444998329566005, 0.6412345789976748]),
    Case(
      alpha: 0.5, beta: 0.5, cumulative: [0.20483276469913345, 0.5, 0.8564337068712936],
      quantiles: [0.001541333133436012, 0.5, 0.9984586668665639]),
    Case(
      alpha: 300, beta: 2,
      cumulative: [2.7100000000000454e-298, 7.412731132599567e-89, 3.3204853564288922e-06],
      quantiles: [0.9816295168477098, 0.9944303748073786, 0.9991943026490624]),
    Case(
      alpha: 5000, beta: 7000, cumulative: [0, 1, 1],
      quantiles: [0.40785950507646557, 0.4166620368853334, 0.4255001381713336]),
  ]

  @Test("Probabilities and quantiles are SciPy's", arguments: cases)
  func agrees(known: Case) {
    let beta = BetaDistribution(alpha: known.alpha, beta: known.beta)
    for (x, expected) in zip([0.1, 0.5, 0.95], known.cumulative) {
      #expect(abs(beta.cumulative(x) - expected) <= 1e-9 * expected + 1e-300)
    }
    for (share, expected) in zip([0.025, 0.5, 0.975], known.quantiles) {
      #expect(abs(beta.quantile(share) - expected) <= 1e-10)
    }
  }

  @Test("It has the mean and the variance that it was made from")
  func moments() throws {
    let beta = try #require(BetaDistribution(mean: 0.994, variance: 0.00053))
    let size = beta.alpha + beta.beta
    #expect(abs(beta.alpha / size - 0.994) < 1e-12)
    #expect(abs(beta.alpha * beta.beta / (size * size * (size + 1)) - 0.00053) < 1e-12)
    #expect(BetaDistribution(mean: 0.5, variance: 0.25) == nil)
    #expect(BetaDistribution(mean: 1, variance: 0.01) == nil)
    #expect(BetaDistribution(mean: 0.5, variance: 0) == nil)
  }

  @Test("Below 0 nothing lies, below 1 everything")
  func ends() {
    let beta = BetaDistribution(alpha: 3, beta: 4)
    #expect(beta.cumulative(-1) == 0)
    #expect(beta.cumulative(0) == 0)
    #expect(beta.cumulative(1) == 1)
  }
}
