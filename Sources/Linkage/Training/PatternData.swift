/// The pairs that blocking finds, as the patterns of their levels and the rules that find them, each with
/// how often it came up.
struct PatternData: Sendable {
  struct Entry: Sendable {
    let pattern: UInt32
    /// The rules that find the pairs, a bit for each.
    let rules: UInt32
    let count: Double
    let known: Known
  }

  /// What people decided of pairs.
  enum Known: UInt8, CaseIterable, Sendable {
    case nothing, match, other

    /// Whether the pairs may be of a class.
    func allows(_ linkClass: Int) -> Bool {
      switch self {
      case .nothing: true
      case .match: linkClass == LinkClass.match.rawValue
      case .other: linkClass != LinkClass.match.rawValue
      }
    }
  }

  /// A pair that people decided.
  struct Label: Sendable {
    let pattern: UInt32
    let rules: UInt32
    let isMatch: Bool
  }

  let entries: [Entry]
  let home: HomeSample?
  let code: PatternCode
  let rules: [BlockingRule]

  /// - Parameters:
  ///   - share: which share of the pairs was counted.
  ///   - labels: pairs that people decided. What was decided is known of them, in the place of what the model
  ///     would say; they are no more than other pairs. That they are not drawn blindly does not matter, as
  ///     long as they were picked by their patterns (Little and Rubin 2002, section 6.2).
  init(
    _ counts: CountTable, _ code: PatternCode, _ rules: [BlockingRule], home: HomeSample? = nil,
    share: Double = 1, labels: [Label] = []
  ) {
    self.home = home
    var decided: [[UInt64: Int]] = [[:], [:], [:]]
    for label in labels where label.rules != 0 {
      let known: Known = label.isMatch ? .match : .other
      decided[Int(known.rawValue)][UInt64(label.rules) << 32 | UInt64(label.pattern), default: 0] +=
        1
    }
    func entry(_ number: UInt64, _ count: Double, _ known: Known) -> Entry {
      Entry(
        pattern: UInt32(truncatingIfNeeded: number),
        rules: UInt32(truncatingIfNeeded: number >> 32), count: count, known: known)
    }
    var entries: [Entry] = []
    for (number, count) in counts.sorted {
      let known = decided.reduce(0) { $0 + ($1[number] ?? 0) }
      let rest = Double(count) / share - Double(known)
      if rest > 0 { entries.append(entry(number, rest, .nothing)) }
    }
    for known in [Known.match, .other] {
      for (number, count) in decided[Int(known.rawValue)].sorted(by: { $0.key < $1.key }) {
        entries.append(entry(number, Double(count), known))
      }
    }
    self.entries = entries
    self.code = code
    self.rules = rules
  }

  var pairCount: Double { entries.reduce(0) { $0 + $1.count } }

  /// The patterns in the comparisons of `kept` of the pairs that a rule finds; levels of the others are 0.
  func patterns(rule: Int, keeping kept: [Bool]) -> [Pattern] {
    Known.allCases.flatMap { known -> [Pattern] in
      var counts = CountTable()
      for entry in entries where entry.known == known && entry.rules & 1 << UInt32(rule) != 0 {
        counts.add(UInt64(reduced(entry.pattern, kept)), Int(entry.count))
      }
      return unfolded(counts, kept, known)
    }
  }

  /// The levels of some pairs, how many they are, and what is known of them.
  typealias Pattern = (levels: [Int], count: Double, known: Known)

  /// The same of the pairs of one address.
  func homePatterns(keeping kept: [Bool]) -> [Pattern] {
    var counts = CountTable()
    for (pattern, count) in home?.patterns ?? [] {
      counts.add(UInt64(reduced(pattern, kept)), count)
    }
    return unfolded(counts, kept, .nothing)
  }

  private func reduced(_ pattern: UInt32, _ kept: [Bool]) -> UInt32 {
    var reduced: UInt32 = 0
    for comparison in kept.indices where kept[comparison] {
      reduced += UInt32(code.level(comparison, in: pattern)) * code.steps[comparison]
    }
    return reduced
  }

  private func unfolded(_ counts: CountTable, _ kept: [Bool], _ known: Known) -> [Pattern] {
    counts.sorted.map { number, count in
      (
        kept.indices.map { code.level($0, in: UInt32(truncatingIfNeeded: number)) },
        Double(count), known
      )
    }
  }
}
