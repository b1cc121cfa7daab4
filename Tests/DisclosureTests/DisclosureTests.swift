import TestRandom
import Testing

@testable import Disclosure

@Suite("What may be shown of counts of people")
struct DisclosureTests {
  private let policy = DisclosurePolicy.standard

  private func table(
    _ categories: [Int], _ counts: [Int], _ totals: [CountTable.Totals]? = nil
  ) -> CountTable {
    CountTable(
      categories: categories, counts: counts,
      totals: totals ?? categories.map { _ in CountTable.Totals.exact })
  }

  @Test("A single small count takes another with it, and the rest is rounded")
  func complementary() {
    let shown = policy.counts(table([4], [502, 493, 5, 0]))
    #expect(shown[3] == .suppressed)
    #expect(shown[2] == .suppressed)
    #expect(shown[1] == .rounded(500, to: 10))
    #expect(shown[4] == .exact(0))
    #expect(shown[0] == .exact(1_000))
  }

  /// The fault of `LinkageQuality`: hidden in two sources of three, and given away by the third and the total.
  @Test("A group that is small in two of three sources is hidden in a hypercube of both")
  func acrossSources() {
    let counts = [500, 480, 50, 4, 40, 45, 46, 6, 300, 310, 320, 330]
    let shown = policy.counts(table([3, 4], counts, [.protected, .exact]))
    for source in 1...2 {
      #expect(shown[source, 4] == .suppressed)
      #expect((1...3).contains { shown[source, $0] == .suppressed })
    }
    // Each column with a suppressed count has a second one, be it the total.
    for group in 0...4 {
      let hidden = (0...3).filter { shown[$0, group] == .suppressed }
      #expect(hidden.count != 1, "group \(group)")
    }
  }

  @Test("The attacker breaks primary suppression alone, and two hidden cells that are no hypercube")
  func attacker() {
    let one = table([3], [500, 495, 5])
    let found = Attacker(one, [1_000...1_000, 500...500, 495...495, 1...Level.endless])
    #expect(found.ranges[3] == 5...5)
    // Hidden are 4 and 6 of one column, in two rows whose other counts are shown.
    let two = table([2, 2], [40, 4, 60, 6])
    var ranges = two.counts.map { $0...$0 }
    ranges[two.cell([1, 2])] = 0...Level.endless
    ranges[two.cell([2, 2])] = 0...Level.endless
    #expect(Attacker(two, ranges).ranges[two.cell([1, 2])] == 4...4)
  }

  @Test("Counts are rounded more coarsely where a total would give them back")
  func coarser() {
    // 500 and 509 from 1,004 would leave 495 and 504 to 509 only.
    let shown = policy.counts(table([2], [495, 509]))
    let found = Attacker(table([2], [495, 509]), DisclosureProperties.read(shown))
    #expect(found.ranges[1].upperBound - found.ranges[1].lowerBound >= 5)
  }

  @Test(
    "A share never gives a small numerator or complement back",
    arguments: [
      (3, 3_000), (2_997, 3_000), (1, 50), (49, 50), (9, 100), (1_496, 1_500), (5, 20_000),
    ])
  func share(numerator: Int, denominator: Int) throws {
    let shown = policy.share(numerator, of: denominator)
    guard case .rounded(let share, _) = shown else {
      #expect(shown == .suppressed)
      return
    }
    let count = share * Double(denominator)
    #expect(count >= 9.999 && Double(denominator) - count >= 9.999)
  }

  @Test("None and all are shown where they are so of everybody, and small groups have no share")
  func ends() {
    #expect(policy.share(0, of: 300) == .exact(0))
    #expect(policy.share(300, of: 300) == .exact(1))
    #expect(policy.share(20, of: 49) == .suppressed)
    #expect(policy.share(4, of: 8) == .suppressed)
    let wholes = policy.counts(table([2], [400, 600]))
    let shown = policy.shares(table([2], [400, 580]), of: wholes)
    // The first is complete, and is said to be nearly so: the twenty are somewhere.
    #expect(shown[1] != .exact(1))
  }

  @Test("A small total that is published gives its parts away, and is told")
  func exposed() {
    #expect(policy.counts(table([3], [4, 0, 0])).isExposed)
    #expect(!policy.counts(table([3], [4, 0, 0], [.protected])).isExposed)
  }

  @Test("The same table gives the same answer")
  func deterministic() {
    for seed in UInt64(1)...20 {
      var random = SeededRandom(seed: seed)
      let table = DisclosureProperties.table(&random)
      #expect(policy.counts(table).published == policy.counts(table).published, "seed \(seed)")
    }
  }

  // MARK: Attacks, each with the seeds that it is run on

  @Test("No suppressed count is narrowed by elimination over all that is shown", arguments: 1...10)
  func smallCounts(block: UInt64) {
    for seed in block * 100..<block * 100 + 30 {
      #expect(DisclosureProperties.smallCounts(seed: seed) == [])
    }
  }

  @Test("No suppressed count is recovered were all else shown exactly", arguments: 1...10)
  func linearAlgebra(block: UInt64) {
    for seed in block * 100..<block * 100 + 30 {
      #expect(DisclosureProperties.linearAlgebra(seed: seed) == [])
    }
  }

  @Test("No change of one to nine people between snapshots can be shown", arguments: 1...10)
  func changes(block: UInt64) {
    for seed in block * 100..<block * 100 + 30 {
      #expect(DisclosureProperties.changes(seed: seed) == [])
    }
  }

  @Test("No small numerator or complement follows from shares and totals", arguments: 1...10)
  func shares(block: UInt64) {
    for seed in block * 100..<block * 100 + 30 {
      #expect(DisclosureProperties.shares(seed: seed) == [])
    }
  }

  @Test("Of all tables that fit what is shown, some have other small counts", arguments: 1...10)
  func everyTable(seed: UInt64) {
    #expect(DisclosureProperties.everyTable(seed: seed) == [])
  }

  @Test("Where no total is published exactly, nothing stays exposed", arguments: 1...10)
  func exposed(block: UInt64) {
    for seed in block * 100..<block * 100 + 30 {
      #expect(DisclosureProperties.exposed(seed: seed) == [])
    }
  }
}
