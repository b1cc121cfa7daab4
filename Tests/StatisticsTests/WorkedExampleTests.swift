import Foundation
import Statistics
import Testing

@Suite("Published worked examples")
struct WorkedExampleTests {
  // Newcombe (1998), Stat Med 17: 873, table II, method 10.
  @Test(
    "The difference of two proportions",
    arguments: [
      (56.0, 70.0, 48.0, 80.0, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090),
      (10, 10, 0, 20, 0.6791, 1.0000), (5, 56, 0, 29, -0.0381, 0.1926),
    ])
  func difference(
    a: Double, m: Double, b: Double, n: Double, lower: Double, upper: Double
  ) throws {
    let estimates = Estimates.proportions(events: [a, b], populations: [m, n], per: 1)
    guard case .known(let one) = estimates[0], case .known(let other) = estimates[1] else {
      Issue.record("both are known")
      return
    }
    let interval = try #require(RateComparison.difference(one, other)?.intervals[0])
    #expect(abs(interval.lower - lower) < 0.00006)
    #expect(abs(interval.upper - upper) < 0.00006)
  }

  // Garwood (1936), Biometrika 28: 437: the 95% limits.
  @Test(
    "The exact limits of a Poisson count",
    arguments: [
      (0.0, 0.0, 3.69), (1, 0.03, 5.57), (2, 0.24, 7.22), (3, 0.62, 8.77), (5, 1.62, 11.67),
      (9, 4.12, 17.08),
    ])
  func poisson(count: Double, lower: Double, upper: Double) throws {
    let interval = try #require(PoissonLimits.at95.interval(count))
    #expect(abs(interval.lower - lower) < 0.006)
    #expect(abs(interval.upper - upper) < 0.006)
  }

  // Agresti, Categorical Data Analysis (2nd edition, 2002), section 3.4.5, table 3.7: z = 2.56, P = 0.01.
  @Test("Alcohol and malformations of infants: Cochran–Armitage")
  func cochranArmitage() throws {
    let present = [48.0, 38, 5, 1, 1]
    let absent = [17_066.0, 14_464, 788, 126, 37]
    let test = try CochranArmitage(
      events: present, populations: zip(present, absent).map(+), scores: [0, 0.5, 1.5, 4, 7])
    #expect(abs(test.z * test.z - 6.57) < 0.005)
    #expect(abs(test.pValue - 0.0104) < 0.0002)
  }

  // Benjamini and Hochberg (1995), J R Stat Soc B 57: 289, section 3.1: of fifteen tests four, and three by Bonferroni.
  @Test("Thrombolysis in myocardial infarction: the false discovery rate")
  func falseDiscovery() {
    let p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
      0.5719, 0.6528, 0.7590, 1.0,
    ]
    #expect(MultipleComparisons.benjaminiHochberg.adjusted(p).count { $0 <= 0.05 } == 4)
    #expect(MultipleComparisons.bonferroni.adjusted(p).count { $0 <= 0.05 } == 3)
    #expect(MultipleComparisons.holm.adjusted(p).count { $0 <= 0.05 } == 3)
  }

  // Dobson (1990), An Introduction to Generalized Linear Models, page 93, as in the help of R's glm.
  @Test("A randomised controlled trial: Poisson regression")
  func dobson() throws {
    // gl(3, 1, 9) and gl(3, 3) of R.
    let (outcome, treatment) = ((0..<9).map { $0 % 3 }, (0..<9).map { $0 / 3 })
    func column(_ levels: [Int], _ level: Int) -> [Double] { levels.map { $0 == level ? 1 : 0 } }
    let model = try GeneralisedLinearModel(
      .poisson, outcome: [18, 17, 15, 20, 10, 20, 25, 13, 12],
      columns: [
        ("outcome2", column(outcome, 1)), ("outcome3", column(outcome, 2)),
        ("treatment2", column(treatment, 1)), ("treatment3", column(treatment, 2)),
      ])
    let expected = [(3.045, 0.1709), (-0.4543, 0.2022), (-0.2930, 0.1927), (0, 0.2), (0, 0.2)]
    try #require(model.coefficients.count == expected.count)
    for (term, (value, error)) in zip(model.coefficients, expected) {
      #expect(abs(term.value - value) < 0.0006, "\(term.name)")
      #expect(abs(term.standardError - error) < 0.0006, "\(term.name)")
    }
    #expect(abs(model.deviance - 5.1291) < 0.0001)
  }

  // Doll and Hill (1950), BMJ 2: 739, table IV, men: an odds ratio of 14.04 with Woolf's limits 3.33 to 59.3.
  @Test("Smoking and carcinoma of the lung: logistic regression")
  func dollAndHill() throws {
    let model = try GeneralisedLinearModel(
      .logistic, outcome: [1, 1, 0, 0], columns: [("smokes", [1, 0, 1, 0])],
      weights: [647, 2, 622, 27])
    try #require(model.coefficients.count == 2)
    let ratio = model.coefficients[1].ratio
    #expect(abs(ratio.value - 14.04) < 0.005)
    let limits = try #require(ratio.intervals[0])
    #expect(abs(limits.lower - 3.33) < 0.005)
    #expect(abs(limits.upper - 59.3) < 0.05)
  }

  // O'Donnell and others (2008), Analyzing Health Equity Using Household Survey Data, World Bank, table 8.1: deaths under
  // five in India, 1982 to 1992.
  @Test("Deaths of children by wealth: the concentration index")
  func concentration() throws {
    let index = try ConcentrationIndex(
      values: [154.7, 152.9, 119.5, 86.9, 54.3],
      populations: [29_939, 28_776, 26_528, 24_689, 19_739])
    #expect(abs(index.value - -0.1694) < 0.0003)
  }

  // Kendall (1975), appendix table 1: of four values in order the probability is 1 in 12, of five 1 in 60.
  @Test("The exact probability of Kendall's score", arguments: [(4, 1.0 / 12), (5, 1.0 / 60)])
  func kendall(count: Int, p: Double) throws {
    let test = try MannKendall((0..<count).map(Double.init))
    #expect(abs(test.pValue - p) < 1e-12)
  }

  // Eurostat (2013), Revision of the European Standard Population, table 4.
  @Test("The European Standard Population is of 100,000 people")
  func standard() {
    #expect(StandardPopulation.european2013.people.reduce(0, +) == 100_000)
    #expect(StandardPopulation.european2013.people(from: 75) == 4_000)
    #expect(StandardPopulation.european2013.people(from: 3) == nil)
    #expect(StandardPopulation.european2013.people(from: 85, below: nil) == 2_500)
    #expect(StandardPopulation.european2013.people(from: 0, below: 10) == 10_500)
    #expect(StandardPopulation.european2013.people(from: 0, below: 7) == nil)
    #expect(StandardPopulation.european2013.people(from: 90, below: 95) == nil)
  }
}
