import Testing

@testable import Statistics

@Suite("Several criteria at once")
struct MultiCriteriaTests {
  @Test("Values add up by their weights, and equal ones share a place")
  func totals() throws {
    let model = try #require(
      MultiCriteria(weights: [2, 1, 1], values: [[100, 0, 50], [50, 50, 75], [0, 100, 100]]))
    #expect(model.weights == [0.5, 0.25, 0.25])
    #expect(model.totals == [62.5, 56.25, 50])
    #expect(model.ranks == [1, 2, 3])
    let equal = try #require(MultiCriteria(weights: [1, 1], values: [[1, 3], [2, 2], [0, 1]]))
    #expect(equal.ranks == [1, 1, 3])
    #expect(MultiCriteria(weights: [], values: [[]]) == nil)
    #expect(MultiCriteria(weights: [0, 0], values: [[1, 2]]) == nil)
    #expect(MultiCriteria(weights: [1, -1], values: [[1, 2]]) == nil)
    #expect(MultiCriteria(weights: [1], values: [[.nan]]) == nil)
    #expect(MultiCriteria(weights: [1, 1], values: [[1]]) == nil)
  }

  @Test("The weights between which the first stays first are where the lines cross")
  func stability() throws {
    // A is 100 by the first criterion and 0 by the second, B 0 and 100, C 60 by both:
    // C is first between 0.4 and 0.6.
    let model = try #require(
      MultiCriteria(weights: [0.5, 0.5], values: [[100, 0], [0, 100], [60, 60]]))
    #expect(model.ranks == [2, 2, 1])
    let range = try #require(model.stability(of: 0))
    #expect(abs(range.lowerBound - 0.4) < 1e-12 && abs(range.upperBound - 0.6) < 1e-12)
    // One that is best by everything stays first whatever the weight.
    let sure = try #require(MultiCriteria(weights: [3, 1], values: [[90, 80], [50, 10]]))
    #expect(sure.stability(of: 1) == 0...1)
    // Two that are first: no interval.
    let tie = try #require(MultiCriteria(weights: [1, 1], values: [[1, 0], [0, 1]]))
    #expect(tie.stability(of: 0) == nil)
  }

  @Test(
    "At the ends of the interval the first is still first, and just beyond it is not",
    arguments: 1...40)
  func stabilityHolds(seed: UInt64) throws {
    var random = RandomNumbers(seed: seed)
    let values = (0..<5).map { _ in (0..<4).map { _ in random.uniform() * 100 } }
    let weights = (0..<4).map { _ in random.uniform() + 0.05 }
    let model = try #require(MultiCriteria(weights: weights, values: values))
    let first = try #require(model.ranks.firstIndex(of: 1))
    let range = try #require(model.stability(of: 2))
    func isFirst(_ weight: Double) throws -> Bool {
      let others = 1 - model.weights[2]
      let changed = model.weights.enumerated().map { index, old in
        index == 2 ? weight : old / others * (1 - weight)
      }
      return try #require(MultiCriteria(weights: changed, values: values)).ranks[first] == 1
    }
    let inside = [0.001, 0.5, 0.999].map {
      range.lowerBound + (range.upperBound - range.lowerBound) * $0
    }
    for weight in inside { #expect(try isFirst(weight)) }
    if range.lowerBound > 0.001 { #expect(try !isFirst(range.lowerBound - 0.001)) }
    if range.upperBound < 0.999 { #expect(try !isFirst(range.upperBound + 0.001)) }
  }

  @Test("With any weights, acceptabilities are the shares of the simplex in which each is first")
  func acceptability() {
    // The example above: A is first where the weight is over 0.6, B where it is under 0.4, C between.
    let found = RankAcceptability(weights: .any, criteria: 2, draws: 40_000) { _ in
      [[100, 0], [0, 100], [60, 60]]
    }
    // Three standard errors of a share of 0.4 of 40,000 are 0.0073.
    for (share, expected) in zip(found.shares.map { $0[0] }, [0.4, 0.4, 0.2]) {
      #expect(abs(share - expected) < 0.0075)
    }
    // C is never last.
    #expect(found.shares[2][2] == 0)
    for alternative in found.shares { #expect(abs(alternative.reduce(0, +) - 1) < 1e-9) }
    for place in 0..<3 { #expect(abs(found.shares.map { $0[place] }.reduce(0, +) - 1) < 1e-9) }
    // The central weight of A is the middle of 0.6 to 1.
    let central = found.centralWeights[0]?[0] ?? 0
    #expect(abs(central - 0.8) < 0.005)
    // Three criteria and one alternative each: a third each.
    let thirds = RankAcceptability(weights: .any, criteria: 3, draws: 40_000) { _ in
      [[100, 0, 0], [0, 100, 0], [0, 0, 100]]
    }
    for share in thirds.shares.map({ $0[0] }) { #expect(abs(share - 1 / 3.0) < 0.0075) }
  }

  @Test("Weights around means have those means, and the spread that the concentration gives")
  func dirichlet() {
    // With concentration 30, a mean of 0.3 has the variance 0.3 × 0.7 / 31.
    var drawn: [Double] = []
    for seed in 1...2_000 {
      let found = RankAcceptability(
        weights: .around([3, 7], concentration: 30), criteria: 2, draws: 1, seed: UInt64(seed)
      ) { _ in [[0, 0]] }
      drawn.append(found.centralWeights[0]?[0] ?? 0)
    }
    let mean = drawn.reduce(0, +) / 2_000
    let variance = drawn.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 1_999
    #expect(abs(mean - 0.3) < 0.006)
    #expect(abs(variance - 0.3 * 0.7 / 31) < 0.001)
  }

  @Test("Uncertain values make near ones change places, and the same seed gives the same")
  func uncertainty() {
    func found(_ spread: Double, seed: UInt64 = 5) -> [[Double]] {
      RankAcceptability(
        weights: .around([1, 1], concentration: 50), criteria: 2, draws: 4_000, seed: seed
      ) { random in [[52 + spread * random.normal(), 50], [50, 51]] }.shares
    }
    #expect(found(0)[0][0] > found(20)[0][0])
    #expect(found(20)[0][0] > 0.45)
    #expect(found(20) == found(20))
    #expect(found(20) != found(20, seed: 6))
  }
}
