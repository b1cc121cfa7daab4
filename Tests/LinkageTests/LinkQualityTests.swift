import Foundation
import Testing

@testable import Linkage

@Suite("How right a linkage is, without knowing who is who")
struct LinkQualityTests {
  private static func result(_ scope: LinkScope, seed: UInt64, truth: Bool = true) throws
    -> LinkResult
  {
    let people = TestPeople(1_500, shared: 900, seed: seed)
    let records = people.records(scope)
    return try LinkRun(records.model, records.builder(truth: truth)).run()
  }

  private static func everybody(_ result: LinkResult) -> RecordStrata {
    RecordStrata([UInt32](repeating: 0, count: result.recordCount), count: 1)
  }

  static let scopes = [
    LinkScope(within: false, between: true, isOneToOne: true),
    LinkScope(within: true, between: true, isOneToOne: false),
  ]

  @Test("Intervals hold what is true, nineteen times in twenty or nearly", arguments: scopes)
  func coverage(scope: LinkScope) throws {
    var held = 0
    let seeds: ClosedRange<UInt64> = 1...10
    for seed in seeds {
      let result = try Self.result(scope, seed: seed)
      let truth = try #require(TruthEvaluation(result))
      let calibration = result.calibration()
      let counts = try #require(
        result.pairCounts(Self.everybody(result), calibration).first)
      // Both ends of a pair count.
      #expect(counts.foundCount == 2 * (truth.clusters.right + truth.clusters.wrong))
      let quality = LinkQuality(counts, calibration)
      let (precision, recall) = (try #require(quality.precision), try #require(quality.recall))
      #expect(precision.lower <= precision.value && precision.value <= precision.upper)
      #expect(recall.lower <= recall.value && recall.value <= recall.upper)
      // What no rule finds is not in the truth here, nor can it all be in the estimate.
      let seen = truth.truePairs - truth.missedByBlocking
      let found = Double(truth.clusters.right) / Double(max(seen, truth.clusters.right))
      // There is no half a pair.
      let pair = 1 / Double(seen)
      func holds(_ estimate: LinkQuality.Estimate, _ value: Double) -> Bool {
        estimate.lower - pair <= value && value <= estimate.upper + pair
      }
      if holds(precision, truth.clusters.precision) { held += 1 }
      if holds(recall, found) { held += 1 }
    }
    #expect(held >= 17, "\(held) of 20 intervals hold the truth")
  }

  @Test("A chain of links is as strong as the lightest of the heaviest chain", arguments: 1...4)
  func chains(seed: Int) throws {
    let result = try Self.result(
      LinkScope(within: true, between: true, isOneToOne: false), seed: UInt64(seed))
    let calibration = result.calibration()
    let counts = try #require(result.pairCounts(Self.everybody(result), calibration).first)
    // By brute force: whatever the way, no better one.
    var clusters: [Int: [Int]] = [:]
    for record in 0..<result.recordCount {
      clusters[result.root(of: record), default: []].append(record)
    }
    var expected = [Int](repeating: 0, count: PairCounts.classes)
    for members in clusters.values where members.count > 1 {
      let places = Dictionary(uniqueKeysWithValues: zip(members, members.indices))
      var best = [[Float]](
        repeating: [Float](repeating: -.infinity, count: members.count), count: members.count)
      for place in result.scored.left.indices {
        guard let a = places[Int(result.scored.left[place])],
          let b = places[Int(result.scored.right[place])]
        else { continue }
        best[a][b] = max(best[a][b], result.scored.weights[place])
        best[b][a] = best[a][b]
      }
      for middle in members.indices {
        for a in members.indices {
          for b in members.indices where a != b {
            best[a][b] = max(best[a][b], min(best[a][middle], best[middle][b]))
          }
        }
      }
      for a in members.indices {
        for b in members.indices where a != b && best[a][b] > -.infinity {
          expected[PairCounts.weightClass(Double(best[a][b]))] += 1
        }
      }
    }
    #expect(counts.found == expected)
  }

  @Test("Strata add up, and a record that stands for several counts for each")
  func strata() throws {
    let result = try Self.result(
      LinkScope(within: true, between: true, isOneToOne: false), seed: 5)
    let calibration = result.calibration()
    let whole = try #require(result.pairCounts(Self.everybody(result), calibration).first)
    let halves = result.pairCounts(
      RecordStrata((0..<result.recordCount).map { UInt32($0 % 2) }, count: 2), calibration)
    var sum = halves[0]
    sum += halves[1]
    #expect(sum.found == whole.found)
    #expect(abs(sum.missed - whole.missed) < 1e-9 * whole.missed)
    #expect(abs(sum.missedDeviation - whole.missedDeviation) < 1e-9 * whole.missedDeviation)
    // Every record three times: each pair nine times, and six ends more of those that are one record.
    let records = (0..<UInt32(result.recordCount)).flatMap { [$0, $0, $0] }
    let thrice = try #require(
      result.pairCounts(
        RecordStrata(
          records: records, strata: records.map { _ in 0 }, recordCount: result.recordCount,
          count: 1), calibration
      ).first)
    #expect(abs(thrice.missed / whole.missed - 9) < 1e-9)
    #expect(thrice.foundCount == 9 * whole.foundCount + 6 * result.recordCount)
  }

  @Test("Reviewed pairs correct what the model says, and make it surer")
  func reviewed() throws {
    var expected = [Double](repeating: 0.5, count: PairCounts.classes)
    expected[PairCounts.weightClass(9)] = 0.998
    let none = [Int](repeating: 0, count: PairCounts.classes)
    var same = none
    var different = none
    let middle = PairCounts.weightClass(0.2)
    same[middle] = 30
    different[middle] = 60
    let before = Calibration(expected: expected, same: none, different: none, missedByBlocking: 0)
    let after = Calibration(
      expected: expected, same: same, different: different, missedByBlocking: 0)
    #expect(after.reviewed == 90)
    #expect(before.shares[middle] == 0.5)
    // The ninety reviewed pairs beside the five that the model is worth.
    #expect(abs(after.shares[middle] - 32.5 / 95) < 1e-12)
    var counts = PairCounts()
    counts.found[PairCounts.weightClass(9.5)] = 10_000
    counts.found[middle] = 100
    counts.missed = 100
    counts.missedDeviation = 30
    let (one, other) = (LinkQuality(counts, before), LinkQuality(counts, after))
    #expect(abs(one.right - (9_980 + 50)) < 1e-9)
    #expect(abs(one.wrong - (20 + 50)) < 1e-9)
    #expect(abs(one.missed - 100) < 1e-9)
    #expect(abs(other.right - (9_980 + 100 * 32.5 / 95)) < 1e-9)
    #expect(after.variances[middle] < before.variances[middle] / 10)
    let (unreviewed, corrected) = (try #require(one.precision), try #require(other.precision))
    #expect(corrected.value < unreviewed.value)
  }

  @Test("Of nothing nothing is said")
  func nothing() {
    let calibration = Calibration(
      expected: [Double](repeating: 0.5, count: PairCounts.classes),
      same: [Int](repeating: 0, count: PairCounts.classes),
      different: [Int](repeating: 0, count: PairCounts.classes), missedByBlocking: 0)
    let quality = LinkQuality(PairCounts(), calibration)
    #expect(quality.precision == nil)
    #expect(quality.recall == nil)
  }

  @Test("Of a single pair next to nothing is known")
  func single() throws {
    let none = [Int](repeating: 0, count: PairCounts.classes)
    let calibration = Calibration(
      expected: [Double](repeating: 0.9, count: PairCounts.classes), same: none, different: none,
      missedByBlocking: 0)
    var counts = PairCounts()
    counts.found[20] = 1
    let precision = try #require(LinkQuality(counts, calibration).precision)
    #expect(abs(precision.value - 0.9) < 1e-12)
    #expect(precision.lower < 0.01 && precision.upper > 0.999)
  }

  @Test("What blocking misses is missed, unless a chain holds it together")
  func blind() throws {
    var counts = PairCounts()
    counts.found[PairCounts.classes - 1] = 900
    let none = [Int](repeating: 0, count: PairCounts.classes)
    let calibration = Calibration(
      expected: [Double](repeating: 1, count: PairCounts.classes), same: none, different: none,
      missedByBlocking: 0.1)
    let quality = LinkQuality(counts, calibration)
    #expect(abs(quality.missed - 100) < 1e-9)
    let recall = try #require(quality.recall)
    #expect(abs(recall.value - 0.9) < 1e-9)
    #expect(recall.lower < 0.82)
  }
}
