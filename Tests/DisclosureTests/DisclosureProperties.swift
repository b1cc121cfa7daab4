import TestRandom

@testable import Disclosure

/// Attacks on tables made by chance; each says what it could work out, and nothing where it could nothing.
enum DisclosureProperties {
  static let policy = DisclosurePolicy.standard

  /// A table of one to three dimensions with large, small and no counts.
  static func table(_ random: inout SeededRandom, totals: CountTable.Totals? = nil) -> CountTable {
    let dimensions = Int.random(in: 1...3, using: &random)
    let categories = (0..<dimensions).map { _ in
      Int.random(in: 2...(dimensions == 3 ? 4 : 7), using: &random)
    }
    let counts = (0..<categories.reduce(1, *)).map { _ in count(&random) }
    return CountTable(
      categories: categories, counts: counts,
      totals: categories.map { _ in
        totals ?? [.exact, .alone, .protected, .notShown].randomElement(using: &random) ?? .exact
      })
  }

  static func count(_ random: inout SeededRandom) -> Int {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: 0
    case 1, 2: Int.random(in: 1...9, using: &random)
    case 3...5: Int.random(in: 10...60, using: &random)
    default: Int.random(in: 60...3_000, using: &random)
    }
  }

  /// The same table one delivery later: some counts are a few more or fewer.
  static func later(_ table: CountTable, _ random: inout SeededRandom) -> CountTable {
    let counts = inner(table).map { cell in
      Bool.random(using: &random)
        ? table.counts[cell] : max(0, table.counts[cell] + Int.random(in: -12...12, using: &random))
    }
    return CountTable(
      categories: table.shape.map { $0 - 1 }, counts: counts, totals: table.totals)
  }

  static func inner(_ table: CountTable) -> [Int] {
    table.counts.indices.filter { table.categories(of: $0).allSatisfy { $0 > 0 } }
  }

  /// What a reader knows of each cell from what is shown of it alone.
  static func read(_ counts: ProtectedCounts) -> [ClosedRange<Int>] {
    counts.published.enumerated().map { cell, shown in
      switch shown {
      case .exact(let count): count...count
      case .rounded(let count, let base):
        max(policy.threshold, count - base / 2)...count - base / 2 + base - 1
      case .suppressed:
        counts.table.publication(of: cell) == .notShown ? 0...Level.endless : 1...Level.endless
      }
    }
  }

  /// The same of numerators, for a reader who knows every denominator exactly.
  static func read(_ shares: ProtectedShares, of wholes: [Int]) -> [ClosedRange<Int>] {
    shares.published.enumerated().map { cell, shown in
      let whole = wholes[cell]
      let count = shares.table.counts[cell]
      // Totals that are published exactly are known as counts.
      if shares.table.publication(of: cell) == .exact, !policy.isSmall(count),
        !policy.isSmall(whole - count)
      {
        return count...count
      }
      switch shown {
      case .exact: return count...count
      case .suppressed: return 0...whole
      case .rounded(let share, let steps):
        let possible = (0...whole).filter { number in
          let step = (Double(number) / Double(whole) * Double(steps) + 1e-9).rounded(.down)
          let rest = Double(number) / Double(whole) * Double(steps) - step
          let nearest = rest >= 0.5 - 1e-9 ? step + 1 : step
          return min(max(nearest, 1), Double(steps) - 1) == (share * Double(steps)).rounded()
        }
        return (possible.first ?? 0)...(possible.last ?? whole)
      }
    }
  }

  /// Tries to recover or to narrow small counts, by elimination over all that is shown.
  static func smallCounts(seed: UInt64) -> [String] {
    var random = SeededRandom(seed: seed)
    let table = table(&random)
    let shown = policy.counts(table)
    let found = Attacker(table, read(shown))
    return table.counts.indices.compactMap { cell in
      guard policy.isSmall(table.counts[cell]), table.publication(of: cell) == .protected,
        !shown.exposed.contains(cell)
      else { return nil }
      let range = found.ranges[cell]
      guard shown.published[cell] == .suppressed,
        range.upperBound - range.lowerBound >= policy.threshold
      else {
        return "seed \(seed): \(table.counts[cell]) in \(table.categories(of: cell)) of "
          + "\(table.shape) was narrowed to \(range)"
      }
      return nil
    }
  }

  /// Takes every shown number as exact and solves for those that are not shown.
  static func linearAlgebra(seed: UInt64) -> [String] {
    var random = SeededRandom(seed: seed)
    let table = table(&random)
    let shown = policy.counts(table)
    let ranges = table.counts.indices.map { cell -> ClosedRange<Int> in
      let count = table.counts[cell]
      return shown.published[cell] == .suppressed ? 0...Level.endless : count...count
    }
    let found = Attacker(table, ranges)
    return table.counts.indices.compactMap { cell in
      guard shown.published[cell] == .suppressed, policy.isSmall(table.counts[cell]),
        !shown.exposed.contains(cell), found.ranges[cell].count == 1
      else { return nil }
      return "seed \(seed): \(table.counts[cell]) in \(table.categories(of: cell)) is recovered"
    }
  }

  /// Tries to show that a count changed by fewer people than the threshold between two snapshots.
  static func changes(seed: UInt64) -> [String] {
    var random = SeededRandom(seed: seed)
    let before = table(&random)
    let after = later(before, &random)
    let (first, second) = (policy.counts(before), policy.counts(after))
    let (old, new) = (Attacker(before, read(first)), Attacker(after, read(second)))
    return before.counts.indices.compactMap { cell in
      guard before.publication(of: cell) != .exact,
        ![first, second].contains(where: {
          $0.exposed.contains(cell) || $0.following.contains(cell)
        })
      else { return nil }
      let least = new.ranges[cell].lowerBound - old.ranges[cell].upperBound
      let most = new.ranges[cell].upperBound - old.ranges[cell].lowerBound
      let isSmall =
        least >= 1 && most < policy.threshold || most <= -1 && least > -policy.threshold
      return isSmall
        ? "seed \(seed): a change of \(after.counts[cell] - before.counts[cell]) in "
          + "\(before.categories(of: cell)) is known to be \(least) to \(most)" : nil
    }
  }

  /// Tries the same on shares: numerators, complements, and their changes.
  static func shares(seed: UInt64) -> [String] {
    var random = SeededRandom(seed: seed)
    let wholes = table(&random)
    let kind = Int.random(in: 0..<3, using: &random)
    func numerators(_ wholes: CountTable, _ random: inout SeededRandom) -> CountTable {
      CountTable(
        categories: wholes.shape.map { $0 - 1 },
        counts: inner(wholes).map { cell in
          let whole = wholes.counts[cell]
          return switch kind {
          case 0: max(0, whole - Int.random(in: 0...6, using: &random))
          case 1: min(whole, Int.random(in: 0...6, using: &random))
          default: Int.random(in: 0...whole, using: &random)
          }
        }, totals: wholes.totals)
    }
    let parts = numerators(wholes, &random)
    let counts = policy.counts(wholes)
    let shown = policy.shares(parts, of: counts)
    let found = Attacker(parts, read(shown, of: wholes.counts))
    return parts.counts.indices.compactMap { cell in
      let (part, whole) = (parts.counts[cell], wholes.counts[cell])
      guard parts.publication(of: cell) != .exact, !shown.exposed.contains(cell) else { return nil }
      if counts.published[cell] == .suppressed, shown.published[cell] != .suppressed {
        return "seed \(seed): a share of a suppressed count is shown"
      }
      // What is said of a group of fewer than the threshold can be narrowed no less than the group is large.
      guard policy.isSmall(part) || policy.isSmall(whole - part), whole > policy.threshold,
        parts.counts[0] > 0, parts.counts[0] < wholes.counts[0]
      else { return nil }
      let range = found.ranges[cell]
      return range.upperBound - range.lowerBound >= policy.threshold
        ? nil
        : "seed \(seed): \(part) of \(whole) in \(parts.categories(of: cell)) of \(parts.shape) "
          + "is narrowed to \(range)"
    }
  }

  /// Lists every table that fits what is shown of a tiny one.
  static func everyTable(seed: UInt64) -> [String] {
    var random = SeededRandom(seed: seed)
    let isSquare = Bool.random(using: &random)
    let table = CountTable(
      categories: isSquare ? [2, 2] : [3],
      counts: (0..<(isSquare ? 4 : 3)).map { _ in Int.random(in: 0...15, using: &random) },
      totals: isSquare ? [.protected, .exact] : [.exact])
    let shown = policy.counts(table)
    let found = Enumerator(table, read(shown), within: isSquare ? 27 : 45)
    return table.counts.indices.compactMap { cell in
      guard policy.isSmall(table.counts[cell]), table.publication(of: cell) == .protected,
        !shown.exposed.contains(cell)
      else { return nil }
      guard let range = found.ranges[cell] else { return "seed \(seed): no table fits" }
      return range.upperBound - range.lowerBound >= policy.threshold
        ? nil : "seed \(seed): \(table.counts[cell]) is known to be \(range)"
    }
  }

  /// How many cells no suppression protects, which are to be those that exact totals give away by themselves.
  static func exposed(seed: UInt64) -> [String] {
    var random = SeededRandom(seed: seed)
    let table = table(&random, totals: .protected)
    let shown = policy.counts(table)
    return shown.exposed.map { "seed \(seed): \(table.counts[$0]) of \(table.counts[0])" }
  }
}
