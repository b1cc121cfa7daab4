import Foundation
import Testing

@testable import Linkage

@Suite("Pairs are reviewed")
struct ReviewTests {
  @Test("Agreement is what the published example says")
  func agreement() throws {
    // Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), table 18.1: 100 pairs, three
    // categories; kappa 0.68, its standard error 0.087 to 0.088.
    let cells = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    let cases = ReviewVerdict.allCases
    let verdicts = cells.enumerated().flatMap { row, counts in
      counts.enumerated().flatMap { column, count in
        [(ReviewVerdict, ReviewVerdict)](repeating: (cases[row], cases[column]), count: count)
      }
    }
    let agreement = ReviewAgreement(verdicts)
    #expect(agreement.both == 100)
    #expect(agreement.agreed == 89)
    let kappa = try #require(agreement.kappa)
    let interval = try #require(agreement.interval)
    #expect(abs(kappa - 0.6765) < 0.0001)
    let half = 1.959964 * 0.08770
    #expect(abs(interval.lowerBound - (kappa - half)) < 0.0001)
    #expect(abs(interval.upperBound - (kappa + half)) < 0.0001)
  }

  @Test("Where all say one and the same, agreement beyond chance has no meaning")
  func noVariety() {
    let agreement = ReviewAgreement([(.same, .same), (.same, .same)])
    #expect(agreement.agreed == 2)
    #expect(agreement.kappa == nil)
    #expect(ReviewAgreement([]).kappa == nil)
  }

  @Test("Pairs in doubt come first, and the sample tells how many matches there are")
  func sample() throws {
    let people = TestPeople(2_500, shared: 1_500, seed: 41)
    let scope = LinkScope(within: false, between: true, isOneToOne: true)
    let records = people.records(scope)
    let result = try LinkRun(records.model, records.builder(truth: true)).run()
    let sample = result.reviewSample(120, seed: 3)
    #expect(sample.count == 120)
    let doubt = sample.reduce(0) { $0 + $1.probability * (1 - $1.probability) } / 120
    let all = result.scored.weights.map { probability(ofWeight: Double($0)) }
    #expect(doubt > 5 * all.reduce(0) { $0 + $1 * (1 - $1) } / Double(all.count))
    // The expected number of pairs is the sum of what each picked pair stands for.
    var sums: [Double] = []
    for seed in 1...40 {
      sums.append(result.reviewSample(120, seed: UInt64(seed)).reduce(0) { $0 + 1 / $1.chance })
    }
    let mean = sums.reduce(0, +) / 40
    #expect(abs(mean / Double(all.count) - 1) < 0.25)
    // No pair twice; the same seed the same pairs.
    #expect(Set(sample.map { "\($0.left) \($0.right)" }).count == 120)
    #expect(result.reviewSample(120, seed: 3).map(\.left) == sample.map(\.left))
    #expect(result.reviewSample(1 << 20, seed: 1).count == all.count)
  }

  @Test("Levels in plain English")
  func words() throws {
    #expect(try Condition("exact").words == "the same")
    #expect(
      try Condition("exact(street) and not exact(postcode) or damerau <= 1").words
        == "street: the same, and postcode: not the same; or one letter off")
    #expect(
      try Condition("missing(street) and sector(postcode)").words
        == "without street, and postcode: the same postcode sector")
    #expect(try Condition("jaccard >= 0.6").words == "60% of the letter pairs shared")
    // What has no words of its own stays as it is written.
    #expect(try Condition("jaro_winkler < 0.5").words == "jaro_winkler < 0.5")
  }
}
