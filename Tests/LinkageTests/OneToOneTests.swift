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
}
