import Foundation

/// A linkage of records: finds pairs, learns what agreement says, weighs the pairs, and decides.
///
/// The same records, model and seed give the same result, whatever the number of threads.
public struct LinkRun: Sendable {
  public struct Settings: Sendable {
    /// The seed of what is drawn by chance.
    public var seed: UInt64 = 1
    public var threads = ProcessInfo.processInfo.activeProcessorCount
    /// How many bytes of memory the pairs may take; with more pairs than fit, they are compared twice.
    public var memory = 2 << 30
    /// Pairs that weigh less are dropped at once.
    public var least = -7.0

    public init() {}
  }

  /// A step of the work that is done.
  public enum Event: Sendable {
    /// Something about the records that the reader should know of before the result.
    case note(String)
    case chose(RuleChoice)
    case step(String)
  }

  public let model: LinkModel
  public let settings: Settings
  let records: RecordSet
  private let decisions: [PairDecision]
  private let earlier: EarlierRun?
  /// By record, whether it does not say who it is about; none where empty.
  private let unidentified: [Bool]
  private let progress: @Sendable (Event) -> Void

  /// - Parameters:
  ///   - decisions: what people decided of pairs; learnt from, and respected.
  ///   - earlier: what an earlier run with the same trained model came to: only pairs that are new since are
  ///     compared. The result is that of a run without it.
  ///   - unidentified: by record, whether it does not say who it is about: no two such records are linked. None where
  ///     empty.
  public init(
    _ model: LinkModel, _ records: RecordSetBuilder, _ settings: Settings = Settings(),
    decisions: [PairDecision] = [], earlier: EarlierRun? = nil, unidentified: [Bool] = [],
    progress: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.model = model
    self.settings = settings
    self.records = records.finish()
    self.decisions = decisions
    self.earlier = model.trained == nil ? nil : earlier
    precondition(
      unidentified.isEmpty || unidentified.count == self.records.count,
      "each record says who it is about or does not")
    self.unidentified = unidentified
    self.progress = progress
  }

  /// Links the records.
  ///
  /// - Throws: ``LinkageError`` for what is wrong with the records or the model, before the long work.
  public func run() throws(LinkageError) -> LinkResult {
    let checked = try InputChecks(model, records)
    for note in checked.notes { progress(.note(note)) }
    let model = checked.model
    var plans: [ComparisonPlan] = []
    for comparison in model.comparisons {
      plans.append(try ComparisonPlan(comparison, records))
    }
    let decided = try DecidedPairs(decisions, records)
    if decided.strangers > 0 {
      progress(
        .note(
          "\(decided.strangers) decisions are about records that are not here, and wait for them."))
    }
    let stage = try Stage(
      model: model, settings: settings, records: records, plans: plans,
      code: PatternCode(model.comparisons), decided: decided)
    return try model.trained == nil ? learn(stage) : predict(stage)
  }

  /// What all stages look at.
  private struct Stage {
    let model: LinkModel
    let settings: Settings
    let records: RecordSet
    let plans: [ComparisonPlan]
    let code: PatternCode
    let decided: DecidedPairs
    var kinds: [FieldKind] { plans.map { records.parts[$0.parts.first ?? 0].kind } }
    var splits: [KeyPart] {
      Array(Set(model.blocking.candidates.flatMap(\.parts))).sorted { $0.text < $1.text }
    }

    func pass(_ blocks: Blocks, since earlier: EarlierBlocks? = nil) -> PairPass {
      PairPass(
        blocks: blocks, plans: plans, code: code, records: records, threads: settings.threads,
        earlier: earlier)
    }

    func weigher(_ scorer: Scorer) -> PairWeigher { PairWeigher(plans, code, records, scorer) }
  }

  // MARK: Learning

  private func learn(_ stage: Stage) throws(LinkageError) -> LinkResult {
    let model = stage.model
    let random = RandomLevels(
      stage.plans, stage.code, records, scope: model.scope, seed: settings.seed,
      threads: settings.threads)
    progress(.step("saw \(random.sampleCount) pairs taken blindly"))
    let (blocks, choice) = try find(stage, random)
    guard !blocks.rules.isEmpty else { return nothing(stage, random, blocks, choice) }
    progress(.step("\(blocks.pairBound) pairs in blocks"))
    let pass = stage.pass(blocks)
    // A pair takes twelve bytes, and half as much again while it is moved.
    let keeps = 18 * blocks.pairBound <= settings.memory / 2
    let all = pass.stretches
    let step = keeps ? 1 : max(1, 18 * blocks.pairBound / (settings.memory / 4))
    let some = stride(from: 0, to: all.count, by: step).map { all[$0] }
    let (counts, pairs) = pass.count(some, keepingPairs: keeps)
    let data = PatternData(
      counts, stage.code, blocks.rules.map(\.rule), home: random.home, share: 1 / Double(step),
      labels: labels(stage, blocks))
    progress(.step("compared \(Int(data.pairCount)) pairs"))
    let trainer = Trainer(
      comparisons: model.comparisons, kinds: stage.kinds,
      rules: model.training ?? TrainingRules())
    let outcome = trainer.train(data, random, prior: model.prior.probability)
    if !outcome.report.isLearnt {
      progress(
        .note(
          "Nothing could be learnt from these records: hardly any pair matches "
            + "(\(Int(outcome.report.expectedMatches.rounded())) matches are expected), or those that look alike differ in "
            + "date of birth, sex or forename more often than not. Matches are taken to agree as "
            + "they usually do, and only pairs that match with a probability of 95% or more are linked. Review pairs before use."
        ))
    }
    progress(.step("learnt from \(data.entries.count) patterns"))
    var trained = trainer.model(outcome, stage.plans, records, blocks.rules.map(\.rule))
    let scorer = scorer(stage, trained)
    var scored =
      keeps
      ? pass.score(pairs, scorer, least: settings.least)
      : pass.score(all, scorer, least: settings.least)
    leaveOutUnidentified(&scored)
    let overruled = respect(stage, scorer, &scored)
    progress(.step("weighed the pairs"))
    let decision = Decision(
      scored, records, scope: model.scope, missed: choice?.missed ?? 0, threshold: nil,
      floor: outcome.report.isLearnt ? -.infinity : Self.sureWeight)
    trained.threshold = decision.threshold
    return finish(
      stage, trained, scorer, blocks, (scored, overruled), decision, outcome.report, choice)
  }

  /// The weight of a pair that matches with a probability of 95%: where nothing was learnt, none below is linked.
  private static let sureWeight = Float(log2(0.95 / 0.05))

  /// The pairs that people decided, for training: their patterns and the rules that find them.
  private func labels(_ stage: Stage, _ blocks: Blocks) -> [PatternData.Label] {
    guard !stage.decided.isEmpty else { return [] }
    let comparer = PairComparer(stage.plans, stage.code, records)
    let keys =
      stage.decided.same.sorted().map { ($0, true) }
      + stage.decided.different.sorted().map { ($0, false) }
    return keys.map { key, isMatch in
      let (one, other) = (UInt32(key >> 32), UInt32(key & 0xFFFF_FFFF))
      return PatternData.Label(
        pattern: comparer.patterns([one], [other])[0],
        rules: blocks.foundBy(Int(one), Int(other)), isMatch: isMatch)
    }
  }

  /// Leaves out pairs of which neither record says who it is about, whatever they have in common.
  private func leaveOutUnidentified(_ scored: inout ScoredPairs) {
    guard unidentified.contains(true) else { return }
    let (left, right) = (scored.left, scored.right)
    scored.keep { !unidentified[Int(left[$0])] || !unidentified[Int(right[$0])] }
  }

  /// Makes the weighed pairs say what people decided.
  ///
  /// - Returns: those that say something else now, as they were.
  private func respect(
    _ stage: Stage, _ scorer: Scorer, _ scored: inout ScoredPairs
  ) -> ScoredPairs {
    guard !stage.decided.isEmpty else { return ScoredPairs() }
    let weigher = stage.weigher(scorer)
    return stage.decided.apply(to: &scored) { weigher.pattern(Int($0), Int($1)) }
  }

  /// The blocks of the model's rules, or of those that are chosen for it.
  private func find(
    _ stage: Stage, _ random: RandomLevels
  ) throws(LinkageError) -> (Blocks, RuleChoice?) {
    let model = stage.model
    let splits = stage.splits
    guard model.blocking.rules.isEmpty else {
      return (try blocks(stage, model.blocking.rules), nil)
    }
    let keys = try RecordKeys(
      splits, records, threads: settings.threads,
      sampled: model.blocking.candidates.map { $0.parts[0] })
    let choice = RuleChoice(
      model.blocking, keys, records, scope: model.scope, stage.plans, stage.code,
      prelude: Scorer(prelude: model.comparisons, stage.plans, stage.code, records, random),
      splits: splits, threads: settings.threads)
    progress(.chose(choice))
    let blocks = Blocks(
      choice.rules, keys, records, scope: model.scope, splits: splits,
      largestBlock: model.blocking.largestBlock, threads: settings.threads)
    return (blocks, choice)
  }

  /// The result where no two records agree on anything that a rule looks for: only pairs that people decided are linked,
  /// and nothing is learnt.
  private func nothing(
    _ stage: Stage, _ random: RandomLevels, _ blocks: Blocks, _ choice: RuleChoice?
  ) -> LinkResult {
    progress(
      .note(
        "No two records that differ agree on enough to be compared, so none of them are linked. "
          + "If some should be, check that the columns of all sources hold the same kind of values."
      ))
    let scorer = Scorer(
      prelude: stage.model.comparisons, stage.plans, stage.code, records, random)
    var scored = ScoredPairs()
    let overruled = respect(stage, scorer, &scored)
    let decision = Decision(
      scored, records, scope: stage.model.scope, missed: 0, threshold: 0)
    return finish(stage, nil, scorer, blocks, (scored, overruled), decision, nil, choice)
  }

  private func blocks(_ stage: Stage, _ rules: [BlockingRule]) throws(LinkageError) -> Blocks {
    let keys = try RecordKeys(
      rules.flatMap(\.parts) + stage.splits, records, threads: settings.threads)
    let made = Blocks(
      rules, keys, records, scope: stage.model.scope, splits: stage.splits,
      largestBlock: stage.model.blocking.largestBlock, threads: settings.threads)
    for rule in made.rules where rule.pairCount + rule.pairsLeftOut > Self.mostPairs {
      throw LinkageError(
        "The blocking rule '\(rule.rule.text)' finds "
          + "\(rule.pairCount + rule.pairsLeftOut) pairs; more than \(Self.mostPairs) are not compared.",
        hint:
          "Add a part to it, such as '\(better(rule.rule, stage).text)', or leave out 'rules' and have "
          + "them chosen.")
    }
    return made
  }

  private static let mostPairs = 1_000_000_000

  /// The rule with one more part, the one with the most values.
  private func better(_ rule: BlockingRule, _ stage: Stage) -> BlockingRule {
    let others = stage.splits.filter { !rule.fields.contains($0.field) }
    let best = others.max { one, other in
      let (a, b) = (records.part(one.field), records.part(other.field))
      return (a.map { records.parts[$0].table.count } ?? 0, other.text)
        < (b.map { records.parts[$0].table.count } ?? 0, one.text)
    }
    return BlockingRule(parts: rule.parts + (best.map { [$0] } ?? []))
  }

  // MARK: Predicting

  /// Weighs pairs by a model that was trained before.
  private func predict(_ stage: Stage) throws(LinkageError) -> LinkResult {
    guard let trained = stage.model.trained else { preconditionFailure("the model is trained") }
    let own = stage.model.comparisons
    guard trained.comparisons.map(\.name) == own.map(\.name),
      zip(trained.comparisons, own).allSatisfy({ $0.match.count == $1.levelCount })
    else {
      throw LinkageError(
        "The model was trained on other comparisons (\(trained.comparisons.map(\.name).joined(separator: ", "))).",
        hint: "Give the model.json as it was written, or leave out 'trained' and train anew.")
    }
    let blocks = try blocks(stage, trained.rules)
    progress(.step("\(blocks.pairBound) pairs in blocks"))
    let scorer = scorer(stage, trained)
    let known = try earlierBlocks(stage, trained.rules)
    let pass = stage.pass(blocks, since: known)
    var scored = pass.score(pass.stretches, scorer, least: settings.least)
    if let earlier {
      progress(.step("\(scored.count) new pairs are likely enough to be kept"))
      // Of what was kept, what blocking would not find any more goes.
      var kept = earlier.pairs
      let (left, right) = (kept.left, kept.right)
      kept.keep { blocks.isFound(Int(left[$0]), Int(right[$0])) }
      scored.append(kept)
    }
    leaveOutUnidentified(&scored)
    let overruled = respect(stage, scorer, &scored)
    progress(.step("weighed the pairs"))
    let decision = Decision(
      scored, records, scope: stage.model.scope, missed: 0, threshold: trained.threshold)
    return finish(stage, trained, scorer, blocks, (scored, overruled), decision, nil, nil)
  }

  /// The blocks of the records that an earlier run has linked.
  private func earlierBlocks(
    _ stage: Stage, _ rules: [BlockingRule]
  ) throws(LinkageError) -> EarlierBlocks? {
    guard let earlier else { return nil }
    precondition(earlier.wasThere.count == records.count, "each record was there or was not")
    let keys = try RecordKeys(
      rules.flatMap(\.parts) + stage.splits, records, threads: settings.threads)
    return EarlierBlocks(
      wasThere: earlier.wasThere,
      blocks: Blocks(
        rules, keys, records, scope: stage.model.scope, splits: stage.splits,
        largestBlock: stage.model.blocking.largestBlock, threads: settings.threads,
        only: earlier.wasThere))
  }

  private func scorer(_ stage: Stage, _ trained: TrainedModel) -> Scorer {
    Scorer(
      stage.model.comparisons, stage.plans, stage.code, records, levels: trained.levels,
      shares: trained.classShares, frequencies: trained.frequencies,
      dependences: trained.dependences ?? [], isLearnt: trained.isLearnt ?? true)
  }

  private func finish(
    _ stage: Stage, _ trained: TrainedModel?, _ scorer: Scorer, _ blocks: Blocks,
    _ pairs: (scored: ScoredPairs, overruled: ScoredPairs), _ decision: Decision,
    _ report: TrainingReport?, _ choice: RuleChoice?
  ) -> LinkResult {
    let scored = pairs.scored
    var model = stage.model
    model.trained = trained
    // How dates are written is not to be guessed again from other records.
    model.latestYear = model.latestYear ?? ColumnForm.thisYear
    for index in model.fields.indices where model.fields[index].dates == nil {
      model.fields[index].dates = records.part(model.fields[index].name)
        .flatMap { records.dateForm($0) }
    }
    if decision.approximated > 0 {
      progress(
        .note(
          "\(decision.approximated) pairs compete for partners in groups that are too large to try every choice; "
            + "in these groups the heaviest pair is linked first."))
    }
    let clustering: Clustering
    var accepted = decision.accepted
    if decision.isOneToOne {
      clustering = Clustering(pairs: accepted.map { (scored.left[$0], scored.right[$0]) }, records)
    } else {
      let twins = (trained?.shares.twin ?? 0) * PairUniverse(records, model.scope).pairCount
      let constraints = ClusterConstraints(
        records, model.clusters, scope: model.scope,
        hasTwins: model.clusters.separateTwins ?? (twins >= 1), kinds: stage.kinds,
        telling: scorer.tellingLevels(stage.kinds), decided: stage.decided)
      clustering = Clustering(
        scored, threshold: decision.threshold, records: records, threads: settings.threads,
        constraints: constraints,
        weigher: { stage.weigher(scorer) })
      accepted = accepted.filter {
        clustering.roots[Int(scored.left[$0])] == clustering.roots[Int(scored.right[$0])]
      }
    }
    progress(.step("decided"))
    return LinkResult(
      model: model, records: records, plans: stage.plans, code: stage.code, scorer: scorer,
      blocks: blocks,
      scored: scored, overruled: pairs.overruled, accepted: accepted, clustering: clustering,
      report: report, choice: choice,
      expectedF1: decision.expectedF1)
  }
}
