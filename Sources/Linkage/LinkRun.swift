import Foundation

/// A linkage of records: finds pairs, learns what agreement says, weighs the pairs, and decides.
public struct LinkRun: Sendable {
  public struct Settings: Sendable {
    public var seed: UInt64 = 1
    public var threads = ProcessInfo.processInfo.activeProcessorCount
    /// Pairs that weigh less are dropped at once.
    public var least = -7.0

    public init() {}
  }

  public let model: LinkModel
  public let settings: Settings
  let records: RecordSet
  private let progress: @Sendable (String) -> Void

  public init(
    _ model: LinkModel, _ records: RecordSetBuilder, _ settings: Settings = Settings(),
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.model = model
    self.settings = settings
    self.records = records.finish()
    self.progress = progress
  }

  public func run() throws(LinkageError) -> LinkResult {
    let threads = settings.threads
    var plans: [ComparisonPlan] = []
    for comparison in model.comparisons {
      plans.append(try ComparisonPlan(comparison, records))
    }
    progress("plans")
    let code = try PatternCode(model.comparisons)
    let splits = Array(Set(model.blocking.candidates.flatMap(\.parts))).sorted { $0.text < $1.text }
    let random = RandomLevels(
      plans, code, records, scope: model.scope, seed: settings.seed, threads: threads)
    progress("random")
    var rules = model.blocking.rules
    let keys = try RecordKeys(
      rules.flatMap(\.parts) + splits, records, threads: threads,
      sampled: rules.isEmpty ? model.blocking.candidates.map { $0.parts[0] } : [])
    progress("keys")
    if rules.isEmpty {
      let choice = RuleChoice(
        model.blocking, keys, records, scope: model.scope, plans, code,
        prelude: Scorer(prelude: model.comparisons, plans, code, records, random), splits: splits,
        threads: threads)
      for candidate in choice.candidates {
        progress("  \(candidate.isChosen ? "*" : " ") \(candidate.rule.text): \(Int(candidate.pairs)) pairs, recall \(candidate.recall)")
      }
      progress("chosen \(choice.rules.map(\.text)), recall \(choice.recall), found \(choice.found), missed \(choice.missed)")
      rules = choice.rules
    }
    let blocks = Blocks(
      rules, keys, records, scope: model.scope, splits: splits,
      largestBlock: model.blocking.largestBlock, threads: threads)
    progress("blocks \(blocks.pairBound)")
    let pass = PairPass(blocks: blocks, plans: plans, code: code, records: records, threads: threads)
    let (counts, pairs) = pass.count(pass.stretches, keepingPairs: true)
    let data = PatternData(counts, code, rules)
    progress("compared \(data.pairCount) pairs, \(data.entries.count) patterns")
    let kinds = plans.map { records.parts[$0.parts.first ?? 0].kind }
    let trainer = Trainer(
      comparisons: model.comparisons, kinds: kinds, plans: plans, code: code, records: records)
    let outcome = trainer.train(data, random, prior: model.prior.probability)
    progress("trained \(outcome.report)")
    for (index, comparison) in model.comparisons.enumerated() {
      for (level, title) in comparison.titles.enumerated() {
        let values = outcome.levels.map { String(format: "%.3g", $0[index][level]) }
        progress("   \(comparison.name) \(title): \(values.joined(separator: " "))")
      }
    }
    progress("shares \(outcome.shares)")
    var frequencies: [String: TrainedModel.Frequencies] = [:]
    var agreements = [Double](repeating: 1, count: plans.count)
    for (index, plan) in plans.enumerated() {
      guard let part = plan.singlePart, plan.comparison.levels.contains(where: \.usesFrequency)
      else { continue }
      frequencies[plan.comparison.name] = FrequencyWeights.frequencies(part, records)
      agreements[index] = outcome.levels[LinkClass.random.rawValue][index][plan.firstLevel]
    }
    let scorer = Scorer(
      model.comparisons, plans, code, records, levels: outcome.levels, shares: outcome.shares,
      frequencies: frequencies, agreements: agreements)
    let scored = pass.score(pairs, scorer, least: settings.least)
    progress("scored \(scored.count)")
    let decision = Decision(
      scored, scope: model.scope, missed: 0, records: records)
    progress("decided")
    return LinkResult(records: records, scored: scored, decision: decision, report: outcome.report)
  }
}

/// What a linkage comes to.
public struct LinkResult: Sendable {
  let records: RecordSet
  let scored: ScoredPairs
  let decision: Decision
  public let report: TrainingReport

  public var pairCount: Int { decision.accepted.count }
  public func pair(_ index: Int) -> (left: String, right: String, weight: Double) {
    let place = decision.accepted[index]
    return (
      records.ids.string(Int(scored.left[place])), records.ids.string(Int(scored.right[place])),
      Double(scored.weights[place])
    )
  }
  public var threshold: Double { decision.threshold }
}

/// Which of the weighed pairs are taken for matches.
struct Decision: Sendable {
  /// Their places among the weighed pairs.
  let accepted: [Int]
  /// The weight from which on pairs are taken.
  let threshold: Double
  let expectedF1: Double

  init(_ scored: ScoredPairs, scope: LinkScope, missed: Double, records: RecordSet) {
    let candidates: [Int]
    if scope.isOneToOne, !scope.within {
      let worth = scored.weights.map { Double($0) + 8 }
      candidates = OneToOne.best(left: scored.left, right: scored.right, gain: worth)
    } else {
      candidates = Array(scored.left.indices)
    }
    // The threshold that gives the best F1 that can be expected, given the probabilities.
    let sorted = candidates.sorted { scored.weights[$0] > scored.weights[$1] }
    let expected =
      (scope.isOneToOne ? candidates : Array(scored.left.indices)).reduce(missed) {
        $0 + probability(ofWeight: Double(scored.weights[$1]))
      }
    var (sum, best, bestCount) = (0.0, 0.0, 0)
    for (index, pair) in sorted.enumerated() {
      sum += probability(ofWeight: Double(scored.weights[pair]))
      let value = 2 * sum / (Double(index + 1) + expected)
      if value > best { (best, bestCount) = (value, index + 1) }
    }
    accepted = sorted.prefix(bestCount).sorted()
    threshold = bestCount > 0 ? Double(scored.weights[sorted[bestCount - 1]]) : .infinity
    expectedF1 = best
  }
}
