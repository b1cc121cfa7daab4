import Foundation
import Statistics
import Testing

@Suite("What is fast agrees with what is plain")
struct PropertyTests {
  @Test("Draws of the normal distribution have its moments and its tails")
  func normals() {
    var random = RandomNumbers(seed: 7)
    let draws = (0..<1_000_000).map { _ in random.normal() }
    let mean = draws.reduce(0, +) / 1e6
    let variance = draws.reduce(0) { $0 + $1 * $1 } / 1e6
    let fourth = draws.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 1e6
    #expect(abs(mean) < 0.005)
    #expect(abs(variance - 1) < 0.007)
    #expect(abs(fourth - 3) < 0.06)
    // Cut where a share of 1/50 lies in each part: chi-squared with 49 degrees of freedom.
    var counts = [Double](repeating: 0, count: 50)
    let cuts = (1..<50).map { Normal.quantile(Double($0) / 50) }
    for draw in draws {
      counts[cuts.partitioningIndex { $0 > draw }] += 1
    }
    let statistic = counts.reduce(0) { $0 + ($1 - 20_000) * ($1 - 20_000) / 20_000 }
    #expect(ChiSquared(degreesOfFreedom: 49).survival(statistic) > 1e-4, "\(statistic)")
    // Beyond the last layer of the ziggurat the tail has its own way of drawing.
    let beyond = draws.count { abs($0) > 3.7 }
    #expect(abs(Double(beyond) - 1e6 * 2 * Normal.survival(3.7)) < 75)
  }

  /// Values that are not transformed have a slope with a normal distribution: its limits need no draws.
  @Test("Simulated limits of a slope are those that its variance gives", arguments: 1...5)
  func simulation(seed: Int) throws {
    var random = RandomNumbers(seed: UInt64(seed))
    let people = (0..<10).map { _ in 500 + random.uniform() * 5_000 }
    let values = (0..<10).map { 80 - Double($0) + random.normal() }
    let errors = (0..<10).map { _ in 0.3 + random.uniform() }
    let quantiles = try SlopeIndex.Quantiles(
      populations: people, values: values, standardErrors: errors)
    let total = people.reduce(0, +)
    var sum = 0.0
    let middles = people.map { one in
      defer { sum += one }
      return (sum + one / 2) / total
    }
    let mean = zip(people, middles).reduce(0) { $0 + $1.0 / total * $1.1 }
    let spread = zip(people, middles).reduce(0) {
      $0 + $1.0 / total * ($1.1 - mean) * ($1.1 - mean)
    }
    let slope =
      (0..<10).reduce(0) { $0 + people[$1] / total * (middles[$1] - mean) * values[$1] } / spread
    let variance = (0..<10).reduce(0.0) { sum, index in
      let part = people[index] / total * (middles[index] - mean) / spread * errors[index]
      return sum + part * part
    }
    #expect(abs(SlopeIndex(quantiles).slopeIndex - slope) < 1e-9)
    let drawn = SlopeIndexSimulation(
      quantiles, confidences: [0.95, 0.998], draws: 200_000, seed: UInt64(seed))
    for (interval, z) in zip(drawn.slopeIndex, [1.96, 3.09]) {
      let tolerance = variance.squareRoot() * (z > 3 ? 0.08 : 0.02)
      #expect(abs(interval.lower - (slope - z * variance.squareRoot())) < tolerance)
      #expect(abs(interval.upper - (slope + z * variance.squareRoot())) < tolerance)
    }
    #expect(drawn.slopeIndex[1].lower < drawn.slopeIndex[0].lower)
    let again = SlopeIndexSimulation(
      quantiles, confidences: [0.998, 0.95], draws: 200_000, seed: UInt64(seed))
    // The order in which confidences are asked for does not matter.
    #expect(again.slopeIndex[1] == drawn.slopeIndex[0])
    #expect(again.slopeIndex[0] == drawn.slopeIndex[1])
  }

  @Test("Quantiles are those of counting who is before", arguments: 1...20)
  func quantiles(seed: Int) {
    var random = RandomNumbers(seed: UInt64(seed))
    let count = 5 + Int(random.next() % 100)
    let values = (0..<count).map { _ in (random.uniform() * 20).rounded() }
    let ours = Quantiles(values, by: Grouping(whole: count), count: 5, isHighestFirst: true)
      .quantile
    for row in 0..<count {
      let before = values.count { $0 > values[row] }
      #expect(ours[row] == Int((Double(before) * 5 / Double(count)).rounded(.down)) + 1)
    }
  }

  @Test("Indices of inequality of incomes from 1 to n, and their parts")
  func dispersion() throws {
    let values = (1...10).map(Double.init)
    let people = [Double](repeating: 3, count: 10)
    let groups = Grouping([0, 0, 0, 1, 1, 1, 1, 2, 2, 2])
    let spread = try Dispersion(values: values, populations: people, groups: groups)
    // Of 1 to n the index is (n − 1) / 3n · … = (n² − 1) / (3n · (n + 1)) = (n − 1) / 3n.
    #expect(abs(spread.gini - 9.0 / 30) < 1e-12)
    let parts = try #require(spread.parts)
    #expect(abs(parts.theilBetween + parts.theilWithin - spread.theil) < 1e-12)
    // These groups do not overlap.
    #expect(abs(parts.giniOverlap) < 1e-12)
    let even = try Dispersion(values: [4, 4, 4], populations: [1, 2, 3])
    #expect(abs(even.gini) < 1e-12)
    // By rank of the value itself the concentration index is Gini's.
    let index = try ConcentrationIndex(values: values, populations: people)
    #expect(abs(index.value - spread.gini) < 1e-12)
  }

  @Test("Units of one rank are in no order: the concentration index is the same in any")
  func ties() throws {
    var random = RandomNumbers(seed: 5)
    let values = (0..<300).map { _ in random.uniform() * 10 }
    let people = (0..<300).map { _ in 500 + random.uniform() * 1_000 }
    let tenths = (0..<300).map { Double($0 % 10) }
    let one = try ConcentrationIndex(values: values, populations: people, ranks: tenths)
    let other = try ConcentrationIndex(
      values: values.reversed(), populations: people.reversed(), ranks: tenths.reversed())
    #expect(abs(one.value - other.value) < 1e-12)
    // It is that of the tenths themselves.
    let groups = (0..<10).map { tenth in (0..<300).filter { $0 % 10 == tenth } }
    let totals = groups.map { $0.reduce(0) { $0 + people[$1] } }
    let means = zip(groups, totals).map { rows, total in
      rows.reduce(0) { $0 + people[$1] * values[$1] } / total
    }
    let whole = try ConcentrationIndex(values: means, populations: totals)
    #expect(abs(one.value - whole.value) < 1e-12)
  }

  @Test("The error of a concentration index is that of drawing its values anew")
  func concentrationError() throws {
    var random = RandomNumbers(seed: 9)
    let values = (0..<10).map { 10 + Double($0) }
    let people = [Double](repeating: 1_000, count: 10)
    let errors = (0..<10).map { 0.3 + 0.1 * Double($0 % 3) }
    let told = try #require(
      try ConcentrationIndex(values: values, populations: people, standardErrors: errors)
        .standardError)
    let drawn = try (0..<4_000).map { _ in
      try ConcentrationIndex(
        values: zip(values, errors).map { $0 + $1 * random.normal() }, populations: people
      ).value
    }
    let mean = drawn.reduce(0, +) / 4_000
    let deviation = (drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3_999).squareRoot()
    #expect(abs(deviation / told - 1) < 0.06)
  }

  @Test("Large counts take no longer, and come to what small ones do")
  func largeCounts() throws {
    // The sums over each count are closed above a thousand: just below and above they must agree.
    var random = RandomNumbers(seed: 21)
    let x = (0..<200).map { Double($0 % 2) }
    let y = x.map { ((900 + 300 * $0) * exp(0.3 * random.normal())).rounded() }
    let model = try GeneralisedLinearModel(.negativeBinomial, outcome: y, columns: [("x", x)])
    // The mean of each group is fitted whatever the dispersion.
    let means = [0.0, 1].map { group in
      zip(x, y).filter { $0.0 == group }.reduce(0) { $0 + $1.1 } / 100
    }
    #expect(abs(model.coefficients[1].value - log(means[1] / means[0])) < 1e-8)
    #expect(model.dispersion > 0.06 && model.dispersion < 0.12)
    let large = try GeneralisedLinearModel(
      .negativeBinomial, outcome: y.map { $0 * 1e6 }, columns: [("x", x)])
    #expect(abs(large.coefficients[1].value - model.coefficients[1].value) < 1e-8)
    // Twice the counts go over the thousand up to which sums are added one by one.
    let double = try GeneralisedLinearModel(
      .negativeBinomial, outcome: y.map { $0 * 2 }, columns: [("x", x)])
    #expect(abs(double.dispersion - (model.dispersion + 1 / 2_000)) < 2e-4)
    // A million times the count has nothing of Poisson left: the dispersion is that of the ratios alone.
    #expect(abs(large.dispersion / (model.dispersion + 1 / 1_000) - 1) < 0.05)
  }

  @Test(
    "Limits on the scale of the z-scores leave out just whom these leave out",
    arguments: OverDispersion.Transformation.allCases)
  func scoreLimits(transformation: OverDispersion.Transformation) throws {
    var random = RandomNumbers(seed: 31)
    let people = (0..<60).map { _ in (60 + random.uniform() * 900).rounded() }
    let events = people.map { max(1, ($0 * 0.3 * exp(0.25 * random.normal())).rounded()) }
    let expected =
      transformation == .shmi || transformation == .cqc ? people.map { $0 * 0.3 } : people
    let result = try OverDispersion(
      numerators: events, denominators: expected, transformation: transformation, scale: .scores)
    #expect(result.variance > 0)
    var outside = 0
    for (row, group) in result.groups.enumerated() {
      let (x, n) = (events[row], expected[row])
      let error: Double =
        switch transformation {
        case .shmi: 1 / ((n * 100).rounded() / 100).squareRoot()
        case .cqc, .proportion: 1 / (2 * n.squareRoot())
        case .counts: (x / ((x + 0.5) * (x + 0.5)) + n / ((n + 0.5) * (n + 0.5))).squareRoot()
        }
      let z = group.z * error / (error * error + result.variance).squareRoot()
      let isBeyond = group.ratio > group.adjusted95.upper || group.ratio < group.adjusted95.lower
      // A ratio of counts has halves added for its score alone: beside the limit the two may differ.
      if abs(abs(z) - 1.96) > 0.05 { #expect(isBeyond == (abs(z) > 1.96), "\(row): \(z)") }
      if isBeyond { outside += 1 }
    }
    #expect(outside > 0)
  }

  @Test("Smoothing leaves large areas where they are and draws small ones in")
  func smoothing() throws {
    var random = RandomNumbers(seed: 3)
    let people = (0..<60).map { $0 < 5 ? 1e6 : 50 + random.uniform() * 200 }
    let risks = people.map { _ in exp(-4 + 0.4 * random.normal()) }
    let events = zip(people, risks).map { ($0 * $1).rounded() }
    let model = try GammaPoisson(events: events, expected: people)
    let marshall = EmpiricalBayes(events: events, populations: people)
    let all = events.reduce(0, +) / people.reduce(0, +)
    for area in 0..<60 {
      let value = try #require(model.estimates[area].value)
      let interval = try #require(model.estimates[area].interval)
      #expect(interval.lower < value && value < interval.upper)
      let crude = events[area] / people[area]
      if area < 5 {
        #expect(abs(value / crude - 1) < 0.01)
        #expect(abs(marshall.rates[area] / crude - 1) < 0.01)
      } else {
        // Between the crude rate and the mean of the gamma, or of all.
        let shape = try #require(model.shape)
        let mean = shape / (try #require(model.rate))
        #expect(value >= min(crude, mean) - 1e-12 && value <= max(crude, mean) + 1e-12)
        #expect(
          marshall.rates[area] >= min(crude, all) - 1e-12
            && marshall.rates[area] <= max(crude, all) + 1e-12)
      }
    }
    // Areas that differ only by chance are all given the mean.
    let even = try GammaPoisson(
      events: [Double](repeating: 10, count: 20), expected: [Double](repeating: 1_000, count: 20))
    #expect(even.shape == nil)
    #expect(abs((even.estimates[0].value ?? 0) - 0.01) < 1e-12)
  }

  @Test("A trend that turns is found where it turns")
  func segments() throws {
    let times = (0..<20).map { 2_000 + Double($0) }
    var random = RandomNumbers(seed: 11)
    let values = times.map { time in
      (time < 2_010 ? 50 + (time - 2_000) : 60 - 2 * (time - 2_010)) + 0.2 * random.normal()
    }
    let trend = try SegmentedTrend(values, times: times)
    #expect(trend.joins.contains { abs($0 - 2_010) <= 1 })
    #expect(abs((trend.segments.first?.slope ?? 0) - 1) < 0.2)
    #expect(abs((trend.segments.last?.slope ?? 0) + 2) < 0.2)
    let straight = try SegmentedTrend(
      times.map { 3 * ($0 - 2_000) + 0.5 * random.normal() }, times: times)
    #expect(straight.joins.isEmpty)
    #expect(straight.segments[0].limits.lower < 3 && straight.segments[0].limits.upper > 3)
  }

  @Test("Rates without a difference between groups leave nothing attributable")
  func attributable() throws {
    let none = RateComparison.attributableFraction(
      events: 100, population: 1_000, referenceEvents: 20, referencePopulation: 200)
    let fraction = try #require(none.value)
    #expect(abs(fraction) < 1e-12)
    let interval = try #require(none.interval)
    #expect(interval.lower < 0 && interval.upper > 0)
    let ratio = RateComparison.rateRatio(
      events: 20, population: 1_000, referenceEvents: 10, referencePopulation: 1_000)
    #expect(ratio.value == 2)
    // Breslow and Day's exact limits hold 1 just where the binomial test of 20 in 30 does not reject a half.
    #expect((ratio.interval?.lower ?? 2) < 1)
    #expect(
      RateComparison.rateRatio(
        events: 20, population: 1, referenceEvents: 0, referencePopulation: 1)
        == .unknown(.tooFewEvents))
  }

  @Test("Comorbidities of codes however they are written")
  func comorbidity() {
    let index = ComorbidityIndex.charlson
    let flags = index.flags(of: ["i21.4", "E11.9", "E11.2", "C78.0", "C50", "Z99", "", "K7"])
    let found = zip(index.comorbidities, flags).filter(\.1).map(\.0.id)
    #expect(found == ["mi", "diab", "diabwc", "canc", "metacanc"])
    #expect(index.score(flags, weights: .charlson) == 1 + 2 + 6)
    #expect(index.score(flags, weights: .charlson, hasHierarchy: false) == 1 + 1 + 2 + 2 + 6)
    let ulcer = ComorbidityIndex.elixhauser.flags(of: ["K25.7"])
    #expect(ComorbidityIndex.elixhauser.score(ulcer, weights: .vanWalraven) == 0)
    // A weight that could not be checked is not taken for zero.
    #expect(ComorbidityIndex.elixhauser.score(ulcer, weights: .swiss) == nil)
  }
}

extension Array {
  fileprivate func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
