import Foundation

/// Learns how often matches, and people of one home, are at each level: Fellegi and Sunter's (1969, J Am Stat
/// Assoc 64: 1183) model by expectation and maximisation (Winkler 1988), on counts of patterns.
///
/// The pairs of a blocking rule agree on what the rule wants, so that they tell nothing of how often matches
/// do. Each rule's pairs are therefore a mixture of their own in the comparisons that the rule does not touch,
/// with its own shares of the classes; the levels' probabilities are common to all rules. Within a class the
/// comparisons are independent; what pairs have in common beyond that is what the classes of homes and twins
/// are for.
struct MixtureFit: Sendable {
  /// By class, comparison and level.
  private(set) var levels: [[[Double]]]
  /// By rule and class.
  private(set) var shares: [[Double]]
  private(set) var iterations = 0
  private(set) var isConverged = false
  /// The shares of the classes among the pairs of one address.
  var homeShares: [Double] { shares[shares.count - 1] }
  /// Comparisons that every rule touches, so that nothing was learnt of them.
  let unidentified: [String]

  /// How many pairs' worth the starting values weigh, so that no level becomes impossible.
  private static let priorWeight = 2.0

  /// The patterns of the pairs of one rule.
  private struct RuleData {
    let rule: Int
    /// How many patterns there are, and how many levels of each are known and count.
    let count: Int
    let width: Int
    /// For each pattern, where the probabilities of its levels are among those of a class.
    let places: [Int32]
    let counts: [Double]
    let known: [PatternData.Known]
  }

  /// - Parameter first: what an earlier fit found, to begin from.
  init(
    _ data: PatternData, _ comparisons: [Comparison], _ start: ClassLevels,
    after first: MixtureFit? = nil, rules training: TrainingRules = TrainingRules()
  ) {
    let classes = LinkClass.allCases.indices.filter { start.shares[$0] > 0 }
    // The pairs of one address are a rule of their own, the last.
    shares = first?.shares ?? (0...data.rules.count).map { _ in start.shares }
    // The levels of all comparisons of a class lie side by side; the last place is that of a level that says
    // nothing, whose probability is 1.
    let starts = comparisons.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.levelCount) }
    let nothing = starts[comparisons.count]
    let (rules, learnt) = Self.rules(data, comparisons, starts, nothing: nothing)
    unidentified = comparisons.indices.filter { !learnt.contains($0) }.map { comparisons[$0].name }
    let prior: [[Double]] = start.levels.map { byComparison in Array(byComparison.joined()) + [1] }
    var table = prior
    for index in classes {
      for comparison in comparisons.indices where start.isFree[index][comparison] {
        guard let known = first?.levels[index][comparison] else { continue }
        table[index].replaceSubrange(starts[comparison]..<starts[comparison + 1], with: known)
      }
    }
    while iterations < training.iterations, !isConverged {
      iterations += 1
      var expected = prior.map { $0.map { $0 * Self.priorWeight } }
      var change = 0.0
      for data in rules {
        let sums = Self.expect(data, classes, shares[data.rule], table, &expected)
        let total = sums.reduce(0, +)
        for index in classes where total > 0 {
          let share = sums[index] / total
          change = max(change, abs(share - shares[data.rule][index]))
          shares[data.rule][index] = share
        }
      }
      for index in classes {
        for comparison in learnt where start.isFree[index][comparison] {
          let range = starts[comparison]..<starts[comparison + 1]
          let updated = Self.normalised(Array(expected[index][range]), comparisons[comparison])
          for (place, value) in zip(range, updated) {
            change = max(change, abs(value - table[index][place]))
            table[index][place] = value
          }
        }
      }
      // Twins share what people of one home share.
      for comparison in comparisons.indices where start.isFree[LinkClass.home.rawValue][comparison]
      {
        let range = starts[comparison]..<starts[comparison + 1]
        table[LinkClass.twin.rawValue].replaceSubrange(
          range, with: table[LinkClass.home.rawValue][range])
      }
      isConverged = change < training.tolerance
    }
    levels = table.map { table in
      comparisons.indices.map { Array(table[starts[$0]..<starts[$0 + 1]]) }
    }
  }

  private static func rules(
    _ data: PatternData, _ comparisons: [Comparison], _ starts: [Int], nothing: Int
  ) -> ([RuleData], [Int]) {
    var learnt: Set<Int> = []
    let touched = data.rules.map(\.given) + (data.home.map { [$0.fields] } ?? [])
    let rules = touched.enumerated().compactMap { index, fields -> RuleData? in
      let kept = comparisons.map { $0.fields.isDisjoint(with: fields) }
      guard kept.contains(true) else { return nil }
      let own = kept.indices.filter { kept[$0] }
      learnt.formUnion(own)
      let patterns =
        index < data.rules.count
        ? data.patterns(rule: index, keeping: kept) : data.homePatterns(keeping: kept)
      let places = patterns.flatMap { levels, _, _ in
        own.map { comparison in
          let level = levels[comparison]
          return Int32(
            comparisons[comparison].isKnown(level) ? starts[comparison] + level : nothing)
        }
      }
      return RuleData(
        rule: index, count: patterns.count, width: own.count, places: places,
        counts: patterns.map(\.count), known: patterns.map(\.known))
    }
    return (rules, learnt.sorted())
  }

  /// Adds what is expected of the patterns of a rule, and returns how many pairs of each class are.
  private static func expect(
    _ data: RuleData, _ classes: [Int], _ shares: [Double], _ table: [[Double]],
    _ expected: inout [[Double]]
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: shares.count)
    var weights = sums
    for pattern in 0..<data.count {
      var total = 0.0
      let from = pattern * data.width
      for index in classes {
        var weight = data.known[pattern].allows(index) ? shares[index] : 0
        for place in from..<(from + data.width) { weight *= table[index][Int(data.places[place])] }
        weights[index] = weight
        total += weight
      }
      guard total > 0 else { continue }
      for index in classes {
        let part = data.counts[pattern] * weights[index] / total
        sums[index] += part
        guard index != LinkClass.random.rawValue else { continue }
        for place in from..<(from + data.width) { expected[index][Int(data.places[place])] += part }
      }
    }
    return sums
  }

  private static func normalised(_ counts: [Double], _ comparison: Comparison) -> [Double] {
    let known = counts.indices.filter(comparison.isKnown)
    let sum = known.reduce(0) { $0 + counts[$1] }
    return counts.indices.map { comparison.isKnown($0) && sum > 0 ? counts[$0] / sum : 0 }
  }
}

extension Comparison {
  /// Whether a level says something: that of a missing value does only where the model says so.
  func isKnown(_ level: Int) -> Bool { countsMissing || level > 0 }
}

/// Where the fit begins: what is taken of each class, and what of it is learnt.
struct ClassLevels: Sendable {
  var levels: [[[Double]]]
  /// Whether a class's levels of a comparison are learnt.
  var isFree: [[Bool]]
  var shares: [Double]

  /// - Parameters:
  ///   - random: the levels of pairs taken blindly.
  init(_ comparisons: [Comparison], kinds: [FieldKind], random: [[Double]]) {
    let matching = comparisons.indices.map { index in
      Self.matching(comparisons[index], random[index])
    }
    let atHome = kinds.map(\.isSharedAtHome)
    // What one field alone shares cannot be told from chance.
    let isHome = atHome.count(where: { $0 }) > 1 && atHome.contains(false)
    let birth = kinds.firstIndex(of: .dateOfBirth)
    let home = comparisons.indices.map { atHome[$0] ? matching[$0] : random[$0] }
    var twin = home
    if let birth { twin[birth] = Self.agreeing(comparisons[birth], random[birth]) }
    levels = [matching, random, home, twin]
    isFree = [
      comparisons.map { _ in true }, comparisons.map { _ in false }, atHome,
      comparisons.map { _ in false },
    ]
    shares = [
      0.3, isHome ? 0.5 : 0.7, isHome ? 0.18 : 0, isHome && birth != nil ? 0.02 : 0,
    ]
    let sum = shares.reduce(0, +)
    shares = shares.map { $0 / sum }
  }

  /// Matches mostly agree in full; each further level is half as frequent, and they seldom differ.
  private static func matching(_ comparison: Comparison, _ random: [Double]) -> [Double] {
    let first = comparison.firstLevel
    var values = [Double](repeating: 0, count: random.count)
    var rest = 0.1
    for level in first..<values.count - 1 {
      values[level] = level == first ? 0.85 : rest / 2
      if level > first { rest /= 2 }
    }
    values[values.count - 1] = 0.05
    for level in 0..<first where comparison.countsMissing { values[level] = 0.02 }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }

  /// Full agreement, in the levels that it comes at, as often as those are seen.
  private static func agreeing(_ comparison: Comparison, _ random: [Double]) -> [Double] {
    let first = comparison.firstLevel
    let full = comparison.levels.indices.filter {
      comparison.levels[$0].condition.measures.contains { $0.kind == .exact }
    }.map { $0 + first }
    let sum = full.reduce(0) { $0 + random[$1] }
    let rest = 0.02
    return random.indices.map { level in
      guard comparison.isKnown(level) else { return 0 }
      guard full.contains(level), sum > 0 else { return rest * random[level] }
      return (1 - rest) * random[level] / sum + rest * random[level]
    }
  }
}
