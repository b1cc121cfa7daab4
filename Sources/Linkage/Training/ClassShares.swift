import Foundation

/// How many of all pairs in scope are of each class, from the pairs that blocking finds.
///
/// Pairs that blocking does not find are taken for pairs that have nothing to do with each other: what they
/// hide is estimated apart (``RuleChoice/missed``).
struct ClassShares: Sendable {
  /// By class; they add up to 1.
  private(set) var values: [Double]
  /// The matches expected among the pairs that were found.
  private(set) var expectedMatches = 0.0

  /// - Parameters:
  ///   - start: a first guess of the shares of the classes.
  ///   - known: the shares of classes that are known otherwise.
  init(
    _ data: PatternData, _ comparisons: [Comparison], _ levels: [[[Double]]], pairCount: Double,
    start: [Double], known: [LinkClass: Double] = [:]
  ) {
    let classes = LinkClass.allCases
    // A pattern's probability in each class does not change, only the shares do.
    let patterns = Self.grouped(data).map { pattern, count, known in
      let own = classes.map { linkClass in
        guard known.allows(linkClass.rawValue) else { return 0.0 }
        return comparisons.indices.reduce(1.0) { product, comparison in
          let level = data.code.level(comparison, in: pattern)
          return comparisons[comparison].isKnown(level)
            ? product * levels[linkClass.rawValue][comparison][level] : product
        }
      }
      return (own: own, count: count)
    }
    values = start
    for (linkClass, share) in known { values[linkClass.rawValue] = share }
    for _ in 0..<200 {
      var sums = [Double](repeating: 0, count: classes.count)
      for (own, count) in patterns {
        var total = 0.0
        for index in own.indices { total += values[index] * own[index] }
        guard total > 0 else { continue }
        for index in own.indices { sums[index] += count * values[index] * own[index] / total }
      }
      expectedMatches = sums[LinkClass.match.rawValue]
      var next = sums.map { max(1e-15, $0 / pairCount) }
      for (linkClass, share) in known { next[linkClass.rawValue] = share }
      next[LinkClass.random.rawValue] = 0
      next[LinkClass.random.rawValue] = max(1e-9, 1 - next.reduce(0, +))
      for index in next.indices where start[index] == 0 { next[index] = 0 }
      let change = zip(next, values).map { abs($0 - $1) / max($1, 1e-15) }.max() ?? 0
      values = next
      if change < 1e-9 { break }
    }
  }

  private static func grouped(
    _ data: PatternData
  ) -> [(pattern: UInt32, count: Double, known: PatternData.Known)] {
    PatternData.Known.allCases.flatMap { known in
      var counts = CountTable()
      for entry in data.entries where entry.known == known {
        counts.add(UInt64(entry.pattern), Int(entry.count))
      }
      return counts.sorted.map {
        (UInt32(truncatingIfNeeded: $0.number), Double($0.count), known)
      }
    }
  }
}
