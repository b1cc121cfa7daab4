import Foundation

/// Chooses the blocking rules that together find the most matches for the fewest pairs.
///
/// A sample is taken of every candidate's keys; its pairs are compared and weighed by what is known before
/// training, and for each likely match it is seen which candidates find it. Rules are then taken one by one,
/// each time the one that finds most matches that no rule found yet for each pair it adds (the greedy choice
/// of Bilenko, Kamath and Mooney 2006 and of Michelson and Knoblock 2006, with a model in place of labels).
public struct RuleChoice: Sendable {
  /// What is known of a candidate.
  public struct Candidate: Sendable {
    public let rule: BlockingRule
    /// How many pairs it finds, estimated from the sample.
    public let pairs: Double
    /// The share of the matches that it finds, of those that any candidate finds.
    public internal(set) var recall: Double
    public internal(set) var isChosen = false
  }

  public private(set) var candidates: [Candidate] = []
  /// The rules, in the order in which they were chosen.
  public private(set) var rules: [BlockingRule] = []
  /// The share of the matches of all candidates that the chosen rules find.
  public private(set) var recall = 0.0
  /// How many matches all candidates find, estimated, and how many none finds.
  public private(set) var found = 0.0
  public private(set) var missed = 0.0

  /// As many as there are bits for.
  static let mostCandidates = 128
  private static let mostRules = 32

  init(
    _ blocking: Blocking, _ keys: RecordKeys, _ records: RecordSet, scope: LinkScope,
    _ plans: [ComparisonPlan], _ code: PatternCode, prelude scorer: Scorer, splits: [KeyPart],
    threads: Int
  ) {
    let all = blocking.candidates
    let sampled = parallel(all.count, threads: threads) { index in
      Grouping(
        keys, records, scope: scope, largestBlock: blocking.largestBlock,
        splits: splits.filter { !all[index].fields.contains($0.field) }
      ).blocks(all[index], isSample: true)
    }
    candidates = zip(all, sampled).map { rule, blocks in
      Candidate(rule: rule, pairs: Double(blocks.pairCount * keys.every), recall: 0)
    }
    // Rules that would find more pairs than all may have are no candidates, nor do their pairs matter.
    let budget = blocking.pairsPerRecord * Double(records.count)
    let usable = candidates.indices.filter {
      candidates[$0].pairs <= budget && sampled[$0].pairCount > 0
        && sampled[$0].pairsLeftOut <= sampled[$0].pairCount
    }
    let ruleKeys = all.map { keys.key($0) }
    // Of a rule with many pairs some blocks only are looked at.
    let share = Self.sampledPairs(records) / max(1, usable.count)
    let steps = sampled.map { max(1, $0.pairCount / max(1, share)) }
    let pairs = Self.pairs(usable.map { (sampled[$0], steps[$0]) }, records, scope, threads)
    let likely = Self.thinned(
      Self.likelyMatches(pairs, records, plans, code, scorer, threads), records)
    // How often a pair is in the samples of all rules that find it, to be expected: what it is there less often
    // than others it counts for as much more.
    let rates = steps.map { 1 / Double(keys.every * $0) }
    let histories = parallel((likely.count + 255) / 256, threads: threads) { piece in
      likely[(256 * piece)..<min(likely.count, 256 * (piece + 1))].map { pair in
        var finders: UInt128 = 0
        var expected = 0.0
        for rule in usable {
          let hash = ruleKeys[rule].hash(pair.one)
          guard hash != 0, hash == ruleKeys[rule].hash(pair.other) else { continue }
          finders |= 1 &<< UInt128(rule)
          expected += rates[rule]
        }
        return History(
          finders: finders, weight: expected > 0 ? pair.weight / expected : 0)
      }
    }.joined()
    choose(Array(histories), usable, blocking, budget)
    addForLearning(plans.map(\.comparison), usable, budget)
  }

  /// Of a comparison whose fields every rule wants to be the same nothing can be learnt: it gets a rule that does
  /// not, the one that finds most matches for its pairs.
  private mutating func addForLearning(
    _ comparisons: [Comparison], _ usable: [Int], _ budget: Double
  ) {
    for comparison in comparisons
    where !rules.contains(where: { $0.given.isDisjoint(with: comparison.fields) }) {
      let others = usable.filter {
        !candidates[$0].isChosen && candidates[$0].pairs <= budget / 4
          && candidates[$0].rule.given.isDisjoint(with: comparison.fields)
      }
      guard
        let best = others.max(by: {
          candidates[$0].recall / (candidates[$0].pairs + 1)
            < candidates[$1].recall / (candidates[$1].pairs + 1)
        }), candidates[best].recall > 0.05
      else { continue }
      candidates[best].isChosen = true
      rules.append(candidates[best].rule)
    }
  }

  /// A likely match of the sample: which candidates find it, and how many matches it stands for.
  private struct History {
    let finders: UInt128
    let weight: Double
  }

  private static func sampledPairs(_ records: RecordSet) -> Int {
    min(1 << 19, 1 << 16 + 8 * records.count)
  }

  /// The pairs of the samples, the lower record above and the higher below, in their order; those of several
  /// rules are there as often.
  private static func pairs(
    _ sampled: [(blocks: Blocks.Rule, step: Int)], _ records: RecordSet, _ scope: LinkScope,
    _ threads: Int
  ) -> [UInt64] {
    let universe = PairUniverse(records, scope)
    var all = parallel(sampled.count, threads: threads) { index in
      let blocks = sampled[index].blocks
      var pairs: [UInt64] = []
      for block in stride(from: 0, to: blocks.starts.count - 1, by: sampled[index].step) {
        let (from, to) = (Int(blocks.starts[block]), Int(blocks.starts[block + 1]))
        for i in from..<to {
          for j in (i + 1)..<max(i + 1, to) {
            let (one, other) = (blocks.members[i], blocks.members[j])
            guard universe.isInScope(Int(one), Int(other)) else { continue }
            pairs.append(UInt64(min(one, other)) &<< 32 | UInt64(max(one, other)))
          }
        }
      }
      return pairs
    }.flatMap { $0 }
    radixSort(&all, from: 0, bits: 64)
    return all
  }

  /// Less likely pairs are not looked at. What is known before training is crude, and matches of which little is
  /// known are found by few rules: a pair counts by how likely it is, not only from a half on.
  private static let leastLikely = 0.05

  /// The distinct pairs that may well be matches, with how likely and how often they are there.
  private static func likelyMatches(
    _ pairs: [UInt64], _ records: RecordSet, _ plans: [ComparisonPlan], _ code: PatternCode,
    _ scorer: Scorer, _ threads: Int
  ) -> [(one: Int, other: Int, weight: Double)] {
    var (left, right, counts): ([UInt32], [UInt32], [UInt32]) = ([], [], [])
    for (place, pair) in pairs.enumerated() {
      if place > 0, pairs[place - 1] == pair {
        counts[counts.count - 1] += 1
      } else {
        left.append(UInt32(truncatingIfNeeded: pair >> 32))
        right.append(UInt32(truncatingIfNeeded: pair))
        counts.append(1)
      }
    }
    let size = 1 << 12
    let (lefts, rights, times) = (left, right, counts)
    return parallel(
      (lefts.count + size - 1) / size, threads: threads, { PairComparer(plans, code, records) },
      { comparer, piece -> [(one: Int, other: Int, weight: Double)] in
        let range = (piece * size)..<min(lefts.count, (piece + 1) * size)
        let patterns = comparer.patterns(lefts[range], rights[range])
        return zip(range, patterns).compactMap { place, pattern in
          let (one, other) = (Int(lefts[place]), Int(rights[place]))
          let likelihood = probability(
            ofWeight: scorer.weight(scorer.score(pattern), one, other))
          return likelihood > leastLikely
            ? (one: one, other: other, weight: likelihood * Double(times[place])) : nil
        }
      }
    ).flatMap { $0 }
  }

  /// As many pairs as tell enough, each standing for some more; which ones follows from what their records are
  /// called.
  private static func thinned(
    _ likely: [(one: Int, other: Int, weight: Double)], _ records: RecordSet
  ) -> [(one: Int, other: Int, weight: Double)] {
    let step = UInt64(max(1, likely.count / mostLikely))
    guard step > 1 else { return likely }
    return likely.filter {
      mixed(records.nameHash($0.one) &+ mixed(records.nameHash($0.other))) % step == 0
    }.map { ($0.one, $0.other, $0.weight * Double(step)) }
  }

  private static let mostLikely = 1 << 15

  private mutating func choose(
    _ histories: [History], _ usable: [Int], _ blocking: Blocking, _ budget: Double
  ) {
    found = histories.reduce(0) { $0 + $1.weight }
    guard found > 0 else { return }
    // Many matches are found by the same candidates.
    let sorted = histories.sorted { $0.finders < $1.finders }
    var left: [History] = []
    for history in sorted {
      if let last = left.last, last.finders == history.finders {
        left[left.count - 1] = History(
          finders: last.finders, weight: last.weight + history.weight)
      } else {
        left.append(history)
      }
    }
    var gains = [Double](repeating: 0, count: candidates.count)
    func each(_ finders: UInt128, _ body: (Int) -> Void) {
      var bits = finders
      while bits != 0 {
        body(bits.trailingZeroBitCount)
        bits &= bits &- 1
      }
    }
    for history in left { each(history.finders) { gains[$0] += history.weight } }
    for index in usable { candidates[index].recall = gains[index] / found }
    missed = missed(left, usable)
    var (spent, covered) = (0.0, 0.0)
    var free = usable
    while covered < blocking.recall * found, rules.count < Self.mostRules {
      let worth = free.filter { index in
        let pairs = candidates[index].pairs
        if candidates[index].rule.given.isEmpty, pairs > budget / 10 { return false }
        return gains[index] > 1e-9 * found && spent + pairs <= budget
          && pairs <= blocking.pairsPerMatch * gains[index]
      }
      // Drawings of bits are many, and rules few: of them the one that finds most, whatever its pairs.
      func value(_ index: Int) -> Double {
        let isDrawn = candidates[index].rule.given.isEmpty
        return isDrawn ? gains[index] : gains[index] / (candidates[index].pairs + 1)
      }
      guard let index = worth.max(by: { value($0) < value($1) }) else { break }
      free.removeAll { $0 == index }
      candidates[index].isChosen = true
      rules.append(candidates[index].rule)
      spent += candidates[index].pairs
      covered += gains[index]
      var rest: [History] = []
      for history in left {
        if history.finders & 1 &<< UInt128(index) == 0 {
          rest.append(history)
        } else {
          each(history.finders) { gains[$0] -= history.weight }
        }
      }
      left = rest
    }
    recall = covered / found
  }

  /// How many matches no candidate finds, by capture and recapture.
  ///
  /// Rules that look at different fields find matches nearly independently: of the matches that those of one
  /// half of the fields find, the other half finds the share that it finds of all (Petersen 1896; Chapman
  /// 1951). Of all ways to halve the fields the one counts whose halves both find most. Errors that come
  /// together make both halves miss the same matches, so that there are more than this.
  private func missed(_ histories: [History], _ usable: [Int]) -> Double {
    let fields = Array(Set(usable.flatMap { candidates[$0].rule.fields })).sorted()
    guard (2...12).contains(fields.count) else { return 0 }
    var best: (halves: Double, missed: Double) = (0, 0)
    for half in 1..<(1 << (fields.count - 1)) {
      var (one, other): (UInt128, UInt128) = (0, 0)
      for index in usable {
        let isIn = candidates[index].rule.fields.map { field in
          half & 1 << (fields.firstIndex(of: field) ?? 0) != 0
        }
        if !isIn.contains(false) { one |= 1 &<< UInt128(index) }
        if !isIn.contains(true) { other |= 1 &<< UInt128(index) }
      }
      guard one != 0, other != 0 else { continue }
      var (byOne, byOther, byBoth) = (0.0, 0.0, 0.0)
      for history in histories {
        let (a, b) = (history.finders & one != 0, history.finders & other != 0)
        if a { byOne += history.weight }
        if b { byOther += history.weight }
        if a && b { byBoth += history.weight }
      }
      guard byBoth > 10, min(byOne, byOther) > best.halves else { continue }
      let all = (byOne + 1) * (byOther + 1) / (byBoth + 1) - 1
      best = (min(byOne, byOther), max(0, all - found))
    }
    return best.missed
  }
}
