/// The pairs that blocking finds, as the patterns of their levels and the rules that find them, each with
/// how often it came up.
struct PatternData: Sendable {
  struct Entry: Sendable {
    let pattern: UInt32
    /// The rules that find the pairs, a bit for each.
    let rules: UInt32
    let count: Double
  }

  let entries: [Entry]
  let code: PatternCode
  let rules: [BlockingRule]

  /// - Parameter share: which share of the pairs was counted.
  init(
    _ counts: CountTable, _ code: PatternCode, _ rules: [BlockingRule], share: Double = 1
  ) {
    entries = counts.sorted.map { number, count in
      Entry(
        pattern: UInt32(truncatingIfNeeded: number),
        rules: UInt32(truncatingIfNeeded: number >> 32),
        count: Double(count) / share)
    }
    self.code = code
    self.rules = rules
  }

  var pairCount: Double { entries.reduce(0) { $0 + $1.count } }

  /// The patterns in the comparisons of `kept` of the pairs that a rule finds; levels of the others are 0.
  func patterns(rule: Int, keeping kept: [Bool]) -> [(levels: [Int], count: Double)] {
    var counts = CountTable()
    for entry in entries where entry.rules & 1 << UInt32(rule) != 0 {
      var pattern: UInt32 = 0
      for comparison in kept.indices where kept[comparison] {
        pattern += UInt32(code.level(comparison, in: entry.pattern)) * code.steps[comparison]
      }
      counts.add(UInt64(pattern), Int(entry.count))
    }
    return counts.sorted.map { number, count in
      (
        kept.indices.map { code.level($0, in: UInt32(truncatingIfNeeded: number)) },
        Double(count)
      )
    }
  }
}
