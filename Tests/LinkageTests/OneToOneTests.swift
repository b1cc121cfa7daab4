import Testing

@testable import Linkage

@Suite("The best one-to-one choice is the best")
struct OneToOneTests {
  /// The most that any choice of pairs without a record in common comes to, by trying all.
  private func best(
    _ pairs: ArraySlice<(UInt32, UInt32, Double)>, _ left: Set<UInt32>, _ right: Set<UInt32>
  )
    -> Double
  {
    guard let (l, r, gain) = pairs.first else { return 0 }
    let without = best(pairs.dropFirst(), left, right)
    guard !left.contains(l), !right.contains(r) else { return without }
    return max(without, gain + best(pairs.dropFirst(), left.union([l]), right.union([r])))
  }

  @Test("Random small graphs, against all choices")
  func random() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(seed)
    for _ in 0..<2_000 {
      var pairs: [(UInt32, UInt32, Double)] = []
      for left in 0..<UInt32(1 + random.below(5)) {
        for right in 0..<UInt32(1 + random.below(5)) where random.below(2) == 0 {
          pairs.append((left, right, Double(1 + random.below(30)) / 4))
        }
      }
      guard !pairs.isEmpty else { continue }
      let chosen = OneToOne.best(
        left: pairs.map(\.0), right: pairs.map(\.1), gain: pairs.map(\.2))
      #expect(Set(chosen.map { pairs[$0].0 }).count == chosen.count, "seed \(seed)")
      #expect(Set(chosen.map { pairs[$0].1 }).count == chosen.count, "seed \(seed)")
      let sum = chosen.reduce(0) { $0 + pairs[$1].2 }
      #expect(abs(sum - best(pairs[...], [], [])) < 1e-9, "seed \(seed): \(pairs)")
    }
  }

  /// The pairs that are taken, of pairs of a left and a right record with a weight.
  private func accepted(
    _ pairs: [(UInt32, UInt32, Float)], threshold: Double?, records count: Int = 6
  ) throws -> Set<[UInt32]> {
    let scope = LinkScope(within: false, between: true, isOneToOne: true)
    var records = TestRecords([LinkField("surname", .surname)], scope: scope)
    records.add("left", (0..<count).map { ["L\($0)", "ADAMS"] })
    records.add("right", (0..<count).map { ["R\($0)", "ADAMS"] })
    var scored = ScoredPairs()
    for (left, right, weight) in pairs {
      scored.append(left, right + UInt32(count), weight: weight, pattern: 0)
    }
    let decision = Decision(
      scored, try records.set(), scope: scope, missed: 0, threshold: threshold)
    return Set(decision.accepted.map { [scored.left[$0], scored.right[$0] - UInt32(count)] })
  }

  @Test("A heavy pair is not given up for two light ones", arguments: [nil, 0, -3] as [Double?])
  func heavyPair(threshold: Double?) throws {
    #expect(
      try accepted([(0, 0, 12), (0, 1, 3), (1, 0, 3)], threshold: threshold).contains([0, 0]))
    #expect(
      try accepted([(0, 0, 5), (0, 1, -0.9), (1, 0, -0.9)], threshold: threshold) == [[0, 0]])
    // Pairs below the threshold do not compete.
    #expect(try accepted([(0, 0, 5), (0, 1, 4), (1, 0, 4)], threshold: 4.5) == [[0, 0]])
    // Two that weigh more together are the better choice.
    #expect(try accepted([(0, 0, 5), (0, 1, 4), (1, 0, 4)], threshold: 3) == [[0, 1], [1, 0]])
    // What people decided goes before any evidence.
    #expect(
      try accepted([(0, 0, DecidedPairs.certain), (0, 1, 90), (1, 0, 90)], threshold: 0) == [
        [0, 0]
      ])
  }

  @Test("What is taken has the greatest sum of weights that there can be from the threshold on")
  func greatestSum() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(seed)
    for _ in 0..<300 {
      var pairs: [(UInt32, UInt32, Float)] = []
      for left in 0..<UInt32(4) {
        for right in 0..<UInt32(4) where random.below(2) == 0 {
          pairs.append((left, right, Float(random.below(80)) / 4 - 7))
        }
      }
      guard !pairs.isEmpty else { continue }
      let threshold = Double(random.below(12)) / 2 - 3
      let taken = try accepted(pairs, threshold: threshold)
      let weights = Dictionary(uniqueKeysWithValues: pairs.map { ([$0.0, $0.1], Double($0.2)) })
      #expect(taken.allSatisfy { weights[$0].map { $0 >= threshold } ?? false }, "seed \(seed)")
      let open = pairs.filter { Double($0.2) >= max(threshold, 0) }
        .map { ($0.0, $0.1, Double($0.2)) }
      let sum = taken.reduce(0) { $0 + max(0, weights[$1] ?? 0) }
      #expect(abs(sum - best(open[...], [], [])) < 0.01, "seed \(seed): \(pairs)")
    }
  }

  @Test("A group that is too large to try every choice ends, and is told")
  func largeGroup() {
    var (left, right, gain): ([UInt32], [UInt32], [Double]) = ([], [], [])
    var random = SplitMix(7)
    for one in 0..<UInt32(60) {
      for other in 0..<UInt32(60) {
        left.append(one)
        right.append(other)
        gain.append(1 + Double(random.below(1_000)) / 100)
      }
    }
    let exact = OneToOne.choice(left: left, right: right, gain: gain)
    let bounded = OneToOne.choice(left: left, right: right, gain: gain, mostLooks: 10_000)
    #expect(exact.approximated == 0)
    #expect(bounded.approximated == left.count)
    #expect(exact.pairs.count == 60 && bounded.pairs.count == 60)
    func sum(_ choice: OneToOne.Choice) -> Double { choice.pairs.reduce(0) { $0 + gain[$1] } }
    #expect(sum(bounded) <= sum(exact) + 1e-3 && sum(bounded) > 0.5 * sum(exact))
  }
}
