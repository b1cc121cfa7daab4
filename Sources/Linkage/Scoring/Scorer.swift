import Foundation

/// Weighs pairs: the binary logarithm of the odds that two records are of one person.
///
/// A pattern's probabilities are looked up; that the values themselves are rare or common is added for each
/// pair (Winkler 2000; Zhu and others 2009). Where two records may be of one home, only what homes do not
/// share counts so.
final class Scorer: @unchecked Sendable {
  // Sendable because nothing changes once it is made.
  let comparisons: [Comparison]
  let code: PatternCode
  private let records: RecordSet
  /// By class, comparison and level: binary logarithms; 0 where a level says nothing.
  let logs: [[[Double]]]
  /// By class.
  let logShares: [Double]
  /// By comparison: its frequencies, and the levels that use them.
  let frequencies: [FrequencyWeights?]
  private let usesFrequency: [[Bool]]
  private let isSharedAtHome: [Bool]
  /// The comparisons that go together.
  let joints: [Joint]
  /// The comparisons of dates of birth, of sexes, of numbers that tell people apart, and of names.
  private let births: [Int]
  private let sexes: [Int]
  private let numbers: [Int]
  private let names: [Int]
  /// Whether the levels were learnt from these or like records.
  private let isLearnt: Bool

  /// The most that a pair weighs whose dates of birth and sexes contradict each other: less likely a match than not, and
  /// still kept for review.
  static let mostContradicted = -2.0

  /// Two comparisons that go together, with what that adds by their levels.
  struct Joint: Sendable {
    let one: Int
    let other: Int
    let match: [[Double]]
    let random: [[Double]]
    /// Whether it is so in homes too: neither is shared there.
    let isOfHomes: Bool
  }

  /// The most that rare values can add, so that hopeless pairs are known by their pattern.
  private let mostByFrequency: Double

  init(
    _ comparisons: [Comparison], _ plans: [ComparisonPlan], _ code: PatternCode,
    _ records: RecordSet, levels: [[[Double]]], shares: [Double],
    frequencies: [String: TrainedModel.Frequencies], dependences: [Dependence] = [],
    isLearnt: Bool = true
  ) {
    self.isLearnt = isLearnt
    self.comparisons = comparisons
    self.code = code
    self.records = records
    logs = levels.map { byComparison in
      zip(comparisons, byComparison).map { comparison, values in
        values.indices.map { comparison.isKnown($0) ? log2(max(values[$0], 1e-30)) : 0 }
      }
    }
    logShares = shares.map { $0 > 0 ? log2($0) : -.infinity }
    self.frequencies = comparisons.indices.map { index in
      guard let own = frequencies[comparisons[index].name], let part = plans[index].singlePart
      else { return nil }
      // How often two records taken blindly agree.
      let agreement = levels[LinkClass.random.rawValue][index][comparisons[index].firstLevel]
      return FrequencyWeights(part, records, own, agreement: agreement)
    }
    usesFrequency = comparisons.map { comparison in
      [Bool](repeating: false, count: comparison.firstLevel)
        + comparison.levels.map(\.usesFrequency) + [false]
    }
    let isShared = plans.map { records.parts[$0.parts.first ?? 0].kind.isSharedAtHome }
    isSharedAtHome = isShared
    let kinds = plans.map { records.parts[$0.parts.first ?? 0].kind }
    births = kinds.indices.filter { kinds[$0] == .dateOfBirth }
    sexes = kinds.indices.filter { kinds[$0] == .sex }
    numbers = kinds.indices.filter { kinds[$0].isOwnNumber || kinds[$0] == .code }
    names = kinds.indices.filter { [.forename, .surname, .fullName].contains(kinds[$0]) }
    joints = dependences.compactMap { dependence in
      guard let one = comparisons.firstIndex(where: { $0.name == dependence.one }),
        let other = comparisons.firstIndex(where: { $0.name == dependence.other })
      else { return nil }
      return Joint(
        one: one, other: other, match: dependence.match, random: dependence.random,
        isOfHomes: !isShared[one] && !isShared[other])
    }
    mostByFrequency = self.frequencies.reduce(0) {
      $0 + Double(max(0, $1?.byCode.max() ?? 0))
    }
  }

  /// A scorer from what is known before training: how often levels are seen in pairs taken blindly, and what
  /// matches are like on the whole.
  convenience init(
    prelude comparisons: [Comparison], _ plans: [ComparisonPlan], _ code: PatternCode,
    _ records: RecordSet, _ random: RandomLevels
  ) {
    let kinds = plans.map { records.parts[$0.parts.first ?? 0].kind }
    let start = ClassLevels(comparisons, kinds: kinds, random: random.probabilities)
    // As if half of the records had a match, and homes were of two.
    let share = Double(records.count) / 4 / max(1, random.pairCount)
    let shares = [
      share, max(1 - 3 * share, 0.01), start.shares[2] > 0 ? 2 * share : 0,
      start.shares[3] > 0 ? share / 50 : 0,
    ]
    self.init(
      comparisons, plans, code, records, levels: start.levels, shares: shares, frequencies: [:])
  }

  /// The levels of what is a person's own, such as numbers, that say by themselves that two are one: a
  /// hundred times likelier for them than for others.
  func tellingLevels(_ kinds: [FieldKind]) -> [Int: Set<Int>] {
    var telling: [Int: Set<Int>] = [:]
    for index in comparisons.indices {
      switch kinds[index] {
      case .nhsNumber, .code, .localNumber, .number, .email:
        let (matching, random) = (logs[LinkClass.match.rawValue], logs[LinkClass.random.rawValue])
        telling[index] = Set(
          matching[index].indices.filter {
            comparisons[index].isKnown($0) && matching[index][$0] - random[index][$0] > log2(100)
          })
      default: break
      }
    }
    return telling
  }

  /// What a pattern comes to, but for the frequencies of its values.
  struct PatternScore {
    let pattern: UInt32
    /// By class: the logarithm of its share times the pattern's probability.
    let match: Double
    let random: Double
    let home: Double
    let twin: Double
    /// The comparisons whose values' frequencies count, a bit for each.
    let byFrequency: UInt32
    /// No pair with the pattern can weigh more.
    let most: Double
  }

  func score(_ pattern: UInt32) -> PatternScore {
    var sums = logShares
    var byFrequency: UInt32 = 0
    for comparison in comparisons.indices {
      let level = code.level(comparison, in: pattern)
      for index in sums.indices { sums[index] += logs[index][comparison][level] }
      if usesFrequency[comparison][level], frequencies[comparison] != nil {
        byFrequency |= 1 &<< UInt32(comparison)
      }
    }
    for joint in joints {
      let (a, b) = (code.level(joint.one, in: pattern), code.level(joint.other, in: pattern))
      sums[LinkClass.match.rawValue] += joint.match[a][b]
      sums[LinkClass.random.rawValue] += joint.random[a][b]
      if joint.isOfHomes {
        sums[LinkClass.home.rawValue] += joint.random[a][b]
        sums[LinkClass.twin.rawValue] += joint.random[a][b]
      }
    }
    let rest = Self.logSum(sums[1], sums[2], sums[3])
    if isContradicted(pattern) {
      sums[LinkClass.match.rawValue] = min(sums[0], rest + Self.mostContradicted)
      // That a name is rare does not outweigh it.
      byFrequency = 0
    }
    return PatternScore(
      pattern: pattern, match: sums[0], random: sums[1], home: sums[2], twin: sums[3],
      byFrequency: byFrequency,
      most: sums[0] - rest + (byFrequency == 0 ? 0 : mostByFrequency))
  }

  /// Whether the dates of birth and the sexes both differ, without a number and a name in common that would say that
  /// both are errors. Where nothing was learnt, the dates of birth alone suffice: father and son of one name share all
  /// else.
  private func isContradicted(_ pattern: UInt32) -> Bool {
    func speaksAgainst(_ index: Int) -> Bool {
      let level = code.level(index, in: pattern)
      return comparisons[index].isKnown(level)
        && (level == comparisons[index].levelCount - 1
          || logs[LinkClass.match.rawValue][index][level]
            < logs[LinkClass.random.rawValue][index][level])
    }
    guard births.contains(where: speaksAgainst),
      !isLearnt || sexes.contains(where: speaksAgainst)
    else { return false }
    let isSameNumber = numbers.contains {
      code.level($0, in: pattern) == comparisons[$0].firstLevel
    }
    let mayBeSameName =
      names.isEmpty
      || names.contains { code.level($0, in: pattern) != comparisons[$0].levelCount - 1 }
    return !(isSameNumber && mayBeSameName)
  }

  /// The weight of a pair.
  func weight(_ score: PatternScore, _ one: Int, _ other: Int) -> Double {
    guard score.byFrequency != 0 else {
      return score.match - Self.logSum(score.random, score.home, score.twin)
    }
    var (all, notAtHome) = (0.0, 0.0)
    var bits = score.byFrequency
    while bits != 0 {
      let comparison = bits.trailingZeroBitCount
      bits &= bits &- 1
      let rarity = rarity(comparison, one, other)
      all += rarity
      if !isSharedAtHome[comparison] { notAtHome += rarity }
    }
    return score.match
      - Self.logSum(score.random - all, score.home - notAtHome, score.twin - notAtHome)
  }

  /// What the rarity of the values of a comparison adds: of two that are not the same, the commoner counts,
  /// for the rarer is as a rule a slip in writing it.
  func rarity(_ comparison: Int, _ one: Int, _ other: Int) -> Double {
    guard let weights = frequencies[comparison] else { return 0 }
    let (a, b) = (records.code(one, weights.part), records.code(other, weights.part))
    return Double(min(weights.byCode[Int(a)], weights.byCode[Int(b)]))
  }

  /// The logarithm of a sum, of logarithms.
  @inline(__always)
  static func logSum(_ a: Double, _ b: Double, _ c: Double) -> Double {
    let most = max(a, b, c)
    guard most > -.infinity else { return most }
    // What is a thousandth of a thousandth of the largest does not matter.
    var sum = 0.0
    if a > most - 30 { sum += exp2(a - most) }
    if b > most - 30 { sum += exp2(b - most) }
    if c > most - 30 { sum += exp2(c - most) }
    return sum == 1 ? most : most + log2(sum)
  }
}

/// The probability that goes with a weight.
@inline(__always)
func probability(ofWeight weight: Double) -> Double { 1 / (1 + exp2(-weight)) }
