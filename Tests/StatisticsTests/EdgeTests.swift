import Foundation
import Statistics
import Testing

@Suite("What cannot be worked out is unknown, and says why")
struct EdgeTests {
  @Test("A rate of nobody, of what is missing, or of less than nothing")
  func rates() {
    let rates = Estimates.crudeRates(
      events: [0, .nan, 5, -1, 2, 0], populations: [10, 10, 0, 10, .infinity, 0], per: 100)
    #expect(rates[0].value == 0)
    #expect(rates[0].interval?.lower == 0)
    #expect((rates[0].interval?.upper ?? 0) > 0)
    #expect(
      rates.unknown[1...] == [.missing, .noPopulation, .impossible, .impossible, .noPopulation])
    #expect(rates[1].value == nil)
  }

  @Test("A proportion above its whole")
  func proportions() {
    let shares = Estimates.proportions(events: [11, 10, 0], populations: [10, 10, 10])
    #expect(shares.unknown == [.moreEventsThanPeople, nil, nil])
    #expect(shares[1].interval?.upper == 100)
    #expect(shares[2].interval?.lower == 0)
  }

  @Test("One value has a mean and no interval; none has nothing")
  func means() {
    let means = Means([5, 1, 2], by: Grouping(group: [0, 1, 1], groupCount: 3))
    #expect(means.estimates[0].value == 5)
    #expect(means.estimates[0].interval == nil)
    #expect(means.estimates[1].interval != nil)
    #expect(means.estimates[2] == .unknown(.tooFewValues))
  }

  @Test("Values that all lie far from zero keep their deviation")
  func shiftedMeans() {
    let near = Means([1, 2, 4], by: Grouping(whole: 3))
    let far = Means([1e9 + 1, 1e9 + 2, 1e9 + 4], by: Grouping(whole: 3))
    #expect(abs(near.standardDeviations[0] - far.standardDeviations[0]) < 1e-12)
  }

  @Test("A standardised rate of nine events, of a band without people, without a standard")
  func standardised() {
    func rate(_ x: [Double], _ n: [Double], _ w: [Double]) -> Estimate {
      DirectlyStandardisedRates(
        events: x, populations: n, standard: w, by: Grouping(whole: x.count)
      ).estimates[0]
    }
    #expect(rate([4, 5], [10, 10], [1, 1]) == .unknown(.tooFewEvents))
    #expect(rate([40, 0], [100, 0], [1, 1]) == .unknown(.noPopulation))
    #expect(rate([40, 5], [100, .nan], [1, 1]) == .unknown(.missing))
    #expect(rate([40, 5], [100, 10], [0, 0]) == .unknown(.noPopulation))
    // A missing count is unknown, unless it is asked to be zero, as in R.
    #expect(rate([40, .nan], [100, 10], [1, 1]) == .unknown(.missing))
    let asZero = DirectlyStandardisedRates(
      events: [40, .nan], populations: [100, 10], standard: [1, 1], by: Grouping(whole: 2),
      missingIsZero: true)
    #expect(asZero.estimates[0] == rate([40, 0], [100, 10], [1, 1]))
    #expect(asZero.events == [40])
  }

  @Test("A missing count or population makes a standardised ratio unknown, unless it is to be zero")
  func standardisedRatios() {
    func ratios(_ x: [Double], _ n: [Double], missingIsZero: Bool = false)
      -> IndirectlyStandardisedRatios
    {
      IndirectlyStandardisedRatios(
        events: x, populations: n, referenceEvents: [10, 20], referencePopulations: [1_000, 1_000],
        by: Grouping(whole: 2), missingIsZero: missingIsZero)
    }
    let plain = ratios([30, 0], [1_000, 500])
    #expect(ratios([30, .nan], [1_000, 500]).ratios[0] == .unknown(.missing))
    #expect(ratios([30, 0], [1_000, .nan]).rates[0] == .unknown(.missing))
    #expect(ratios([30, .nan], [1_000, 500]).observed[0].isNaN)
    #expect(ratios([30, .nan], [1_000, 500], missingIsZero: true).ratios[0] == plain.ratios[0])
    #expect(ratios([30, 0], [1_000, .nan], missingIsZero: true).expected == [10])
  }

  @Test("Parts of people with unlike bands are no rate")
  func frequencies() {
    let rates = DirectlyStandardisedRates(
      people: [30, 10, 5], frequency: [1, 1, 2], populations: [100, 100, 100], standard: [1, 2, 1],
      by: Grouping(whole: 3))
    #expect(rates.estimates[0] == .unknown(.ageBands))
  }

  @Test(
    "A life table that cannot be, beside one that can",
    arguments: [
      (3, 10, 0, Unknown.noPopulation), (3, 2_000, 1_000, .moreEventsThanPeople),
      (3, -1, 1_000, .impossible), (3, .nan, 1_000, .missing), (3, 10, .nan, .missing),
      (19, 0, 10_000, .tooFewEvents),
    ] as [(Int, Double, Double, Unknown)])
  func lifeTables(band: Int, deaths: Double, population: Double, reason: Unknown) {
    let (d, n) = ([Double](repeating: 100, count: 20), [Double](repeating: 10_000, count: 20))
    #expect(LifeTables(deaths: d, populations: n).estimates[0].value != nil)
    var (wrong, people) = (d, n)
    wrong[band] = deaths
    people[band] = population
    #expect(LifeTables(deaths: wrong, populations: people).estimates[0] == .unknown(reason))
  }

  @Test("A life table of 5,000 person-years or fewer is unknown, and of more is not")
  func smallLifeTables() {
    let deaths = [Double](repeating: 10, count: 20)
    func table(_ people: Double) -> LifeTables {
      LifeTables(deaths: deaths, populations: [Double](repeating: people, count: 20))
    }
    #expect(table(250).estimates[0] == .unknown(.smallPopulation))
    #expect(table(251).estimates[0].value != nil)
  }

  @Test("A slope through two quantiles, through nothing, and through zero rates on logarithms")
  func slopes() {
    func reason(_ p: [Double], _ v: [Double], _ kind: SlopeIndex.Kind = .other) -> Unknown? {
      do throws(NoEstimate) {
        _ = try SlopeIndex.Quantiles(
          populations: p, values: v, lower: v.map { $0 * 0.9 }, upper: v.map { $0 * 1.1 },
          kind: kind)
        return nil
      } catch {
        return error.reason
      }
    }
    #expect(reason([1, 1], [1, 2]) == .tooFewValues)
    #expect(reason([1, 0, 1], [1, 2, 3]) == .noPopulation)
    #expect(reason([1, 1, 1], [1, .nan, 3]) == .missing)
    #expect(reason([1, 1, 1], [0, 2, 3], .rate) == .impossible)
    #expect(reason([1, 1, 1], [1, 2, 3]) == nil)
  }

  @Test("Control charts of two points, of one, of equal ones, and with a gap")
  func charts() {
    #expect(ControlChart([1, 2]).unknown == nil)
    #expect(ControlChart([1]).unknown == .tooFewValues)
    #expect(ControlChart([]).unknown == .tooFewValues)
    let level = ControlChart([Double](repeating: 4, count: 20))
    #expect(level.unknown == .noVariation)
    #expect(level.signals.allSatisfy { $0.isEmpty })
    let gap = ControlChart([1, 2, 1, .nan, 2, 1, 2, 1, 2, 1, 2, 1, 2])
    #expect(gap.unknown == nil)
    #expect(gap.signals[3].isEmpty)
    #expect(gap.upper.allSatisfy { $0.isFinite })
  }

  @Test("Regressions that have no solution say so")
  func regressions() {
    func reason(_ y: [Double], _ x: [Double], _ family: GeneralisedLinearModel.Family) -> Unknown? {
      do throws(NoEstimate) {
        _ = try GeneralisedLinearModel(family, outcome: y, columns: [("x", x)])
        return nil
      } catch {
        return error.reason
      }
    }
    #expect(reason([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6], .logistic) == .noSolution)
    #expect(reason([1, 2, 3, 4], [5, 5, 5, 5], .poisson) == .noSolution)
    #expect(reason([0, 0, 0, 0], [1, 2, 3, 4], .poisson) == .tooFewEvents)
    #expect(reason([1, -2, 3, 4], [1, 2, 3, 4], .poisson) == .impossible)
    #expect(reason([1, 2], [1, 2], .poisson) == .tooFewValues)
    #expect(reason([1, 2, .nan, 4], [1, 2, 3, 4], .poisson) == .missing)
    // A column without anything to do with the counts is a model like others.
    #expect(reason([3, 5, 4, 6], [1, 2, 2, 1], .negativeBinomial) == nil)
  }

  @Test(
    "A group without events has no rate ratio to be found",
    arguments: [
      GeneralisedLinearModel.Family.poisson, .negativeBinomial, .logistic,
    ])
  func separation(family: GeneralisedLinearModel.Family) {
    let y: [Double] =
      family == .logistic ? [1, 0, 1, 0, 1, 1, 0, 0, 0, 0] : [3, 2, 5, 1, 4, 9, 0, 0, 0, 0]
    let x: [Double] = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
    #expect(throws: NoEstimate(.noSolution)) {
      try GeneralisedLinearModel(
        family, outcome: y, columns: [("x", x)], errors: .robust(isCorrected: true))
    }
  }

  @Test("Limits of proportions stay between none and all, and about the target")
  func folding() throws {
    let rare = try OverDispersion(
      numerators: [0, 2, 1, 0, 9], denominators: [20, 60, 50, 30, 440], transformation: .proportion)
    for group in rare.groups {
      #expect(group.limits998.lower <= rare.target && group.limits998.upper >= rare.target)
      #expect(group.limits998.lower >= 0)
    }
    #expect(rare.groups[0].isOutlier == false)
    #expect(throws: FunnelProblem.self) {
      try OverDispersion(
        numerators: [0, 0, 0], denominators: [5, 5, 5], transformation: .counts)
    }
  }

  @Test("A straight line has no joins, and a level one no trend")
  func straight() throws {
    for (first, step, count) in [(59.3, -2.22, 13), (3.1, 0.7, 20), (100, 1e-3, 10)] {
      let times = (0..<count).map(Double.init)
      let trend = try SegmentedTrend(times.map { first + step * $0 }, times: times)
      #expect(trend.joins.isEmpty, "\(first) \(step)")
    }
    #expect(throws: NoEstimate(.noVariation)) {
      try SegmentedTrend([4, 4, 4, 4, 4, 4, 4], times: (0..<7).map(Double.init))
    }
    #expect(throws: NoEstimate(.tooManyValues)) {
      try SegmentedTrend((0..<3_650).map { Double($0 % 7) }, times: (0..<3_650).map(Double.init))
    }
  }

  @Test("An age to which nobody lives has no healthy years")
  func nobodyLeft() {
    var (d, n) = ([Double](repeating: 10, count: 20), [Double](repeating: 1_000, count: 20))
    (d[18], n[18]) = (90, 100)
    let tables = HealthyLifeExpectancies(
      deaths: d, populations: n, surveyed: n, healthy: n.map { $0 / 2 })
    #expect(tables.lifeTables.estimates[19].value == 0)
    #expect(tables.estimates[19].value == 0)
    #expect(
      abs((tables.estimates[0].value ?? 0) * 2 - (tables.lifeTables.estimates[0].value ?? 9)) < 1e-9
    )
  }

  @Test("No events in one of two groups: a ratio of 0 is known, one over 0 is not")
  func zeroRatios() throws {
    let shares = Estimates.proportions(events: [0, 5], populations: [100, 100])
    guard case .known(let none) = shares[0], case .known(let some) = shares[1] else {
      Issue.record("both shares are known: \(shares.unknown)")
      return
    }
    #expect(try #require(RateComparison.ratio(none, some)).value == 0)
    #expect(try #require(RateComparison.ratio(none, some)).intervals == [nil])
    #expect(RateComparison.ratio(some, none) == nil)
    #expect(RateComparison.difference(none, some)?.value == -5)
  }

  @Test("No method gives a number that is none where it says that it knows")
  func neverNaN() {
    var random = RandomNumbers(seed: 20_101)
    let odd: [Double] = [0, -1, .nan, .infinity, 1e-300, 1e300, 0.5]
    for _ in 0..<2_000 {
      let draw = { (random: inout RandomNumbers) -> Double in
        random.uniform() < 0.2
          ? odd[Int(random.next() % 7)] : (random.uniform() * 1_000).rounded()
      }
      let x = (0..<12).map { _ in draw(&random) }
      let n = (0..<12).map { _ in draw(&random) }
      let w = (0..<12).map { _ in draw(&random) }
      let groups = Grouping(whole: 12)
      let all = [
        Estimates.crudeRates(events: x, populations: n, per: 100_000),
        Estimates.proportions(events: x, populations: n),
        Means(x, by: groups).estimates,
        DirectlyStandardisedRates(events: x, populations: n, standard: w, by: groups).estimates,
        IndirectlyStandardisedRatios(
          events: x, populations: n, referenceEvents: w, referencePopulations: n, by: groups
        ).rates,
        LifeTables(deaths: x, populations: n, ages: Array(0..<12)).estimates,
      ]
      for estimates in all {
        for row in 0..<estimates.count {
          if case .known(let known) = estimates[row] {
            #expect(known.value.isFinite, "\(x) \(n)")
          }
        }
      }
    }
  }

  @Test(
    "Decimals are rounded by the exact number, as R and Python do",
    arguments: [
      (23.065, 2, 23.07), (24.455, 2, 24.45), (2.675, 2, 2.67), (1.005, 2, 1.0), (0.125, 2, 0.12),
      (-24.455, 2, -24.45), (-23.065, 2, -23.07), (0.15, 1, 0.1), (0.5, 0, 0), (1.5, 0, 2),
      (1e300, 2, 1e300), (4.35, 1, 4.3), (0.285, 2, 0.28),
    ] as [(Double, Int, Double)])
  func decimals(number: Double, decimals: Int, right: Double) {
    #expect(number.rounded(toDecimals: decimals) == right)
    #expect(
      Double(String(format: "%.\(decimals)f", number)) == number.rounded(toDecimals: decimals))
  }

  @Test("Rounding is that of printing, for numbers on and about halves", arguments: 1...5)
  func roundingProperty(seed: Int) {
    var random = RandomNumbers(seed: UInt64(seed))
    for _ in 0..<5_000 {
      let decimals = Int(random.next() % 5)
      let scale = Double("1e\(decimals)") ?? 1
      let half = ((random.uniform() - 0.5) * 20_000).rounded(.down) + 0.5
      let number = random.uniform() < 0.5 ? half / scale : (random.uniform() - 0.5) * 1_000
      #expect(
        Double(String(format: "%.\(decimals)f", number)) == number.rounded(toDecimals: decimals),
        "seed \(seed): \(number) to \(decimals)")
    }
  }
}
