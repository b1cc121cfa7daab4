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
  let home: HomeSample?
  let code: PatternCode
  let rules: [BlockingRule]

  /// - Parameter share: which share of the pairs was counted.
  init(
    _ counts: CountTable, _ code: PatternCode, _ rules: [BlockingRule], home: HomeSample? = nil,
    share: Double = 1
  ) {
    self.home = home
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
      counts.add(UInt64(reduced(entry.pattern, kept)), Int(entry.count))
    }
    return unfolded(counts, kept)
  }

  /// The same of the pairs of one address.
  func homePatterns(keeping kept: [Bool]) -> [(levels: [Int], count: Double)] {
    var counts = CountTable()
    for (pattern, count) in home?.patterns ?? [] {
      counts.add(UInt64(reduced(pattern, kept)), count)
    }
    return unfolded(counts, kept)
  }

  private func reduced(_ pattern: UInt32, _ kept: [Bool]) -> UInt32 {
    var reduced: UInt32 = 0
    for comparison in kept.indices where kept[comparison] {
      reduced += UInt32(code.level(comparison, in: pattern)) * code.steps[comparison]
    }
    return reduced
  }

  private func unfolded(
    _ counts: CountTable, _ kept: [Bool]
  ) -> [(levels: [Int], count: Double)] {
    counts.sorted.map { number, count in
      (
        kept.indices.map { code.level($0, in: UInt32(truncatingIfNeeded: number)) },
        Double(count)
      )
    }
  }
}
