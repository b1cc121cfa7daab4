import Foundation

/// What a linkage comes to: the links, the clusters, and what led to them.
public struct LinkResult: Sendable {
  /// The model, trained.
  public let model: LinkModel
  let records: RecordSet
  let plans: [ComparisonPlan]
  let code: PatternCode
  let scorer: Scorer
  let blocks: Blocks
  let scored: ScoredPairs
  /// Pairs that people decided, as they would weigh otherwise.
  let overruled: ScoredPairs
  /// The places of the links among the scored pairs.
  let accepted: [Int]
  let clustering: Clustering
  /// What training found; nil where the model was trained before.
  public let report: TrainingReport?
  /// How the blocking rules were chosen; nil where the model has them.
  public let choice: RuleChoice?
  /// The best F1 that can be expected, given the probabilities.
  public let expectedF1: Double

  /// A link between two records.
  public struct Link: Sendable {
    public let left: Int
    public let right: Int
    /// The binary logarithm of the odds that the two are of one person, and the probability.
    public let weight: Double
    public let probability: Double
    let pattern: UInt32
  }

  /// The sources in their order, with the number of their records.
  public var sources: [(name: String, count: Int)] {
    records.sources.map { ($0.name, $0.records.count) }
  }

  public var recordCount: Int { records.count }
  public var linkCount: Int { accepted.count }
  /// The weight from which on a pair is taken for a match.
  public var threshold: Double { model.trained?.threshold ?? 0 }

  /// What the records are grouped by: the name of each respect, and the values that there are, of which the first is
  /// that of whom nothing is said.
  public var groups: [(name: String, values: [String])] {
    records.groups.map { ($0.name, $0.values) }
  }

  /// The place of a record's value among those of a respect of ``groups``.
  public func group(_ respect: Int, of record: Int) -> Int {
    Int(records.groups[respect].codes[record])
  }

  public func link(_ index: Int) -> Link {
    let place = accepted[index]
    let weight = Double(scored.weights[place])
    return Link(
      left: Int(scored.left[place]), right: Int(scored.right[place]), weight: weight,
      probability: Linkage.probability(ofWeight: weight), pattern: scored.patterns[place])
  }

  /// The level of a comparison that the records of a link are at.
  public func level(_ comparison: Int, of link: Link) -> Int {
    code.level(comparison, in: link.pattern)
  }

  /// The pairs that were kept, whether links or not, as they weigh whatever people decided: what an
  /// ``EarlierRun`` is made of.
  public var pairs: ScoredPairs {
    var pairs = scored
    let weights = pairs.weights
    pairs.keep { weights[$0] < DecidedPairs.certain }
    pairs.append(overruled)
    return pairs
  }

  /// The name of the source of a record.
  public func source(of record: Int) -> String { records.sources[records.source(of: record)].name }

  /// Hands what some records are called in their sources to `body`, in their order.
  public func withIDs<Result>(
    of some: [Int], _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) throws -> Result
  ) rethrows -> Result { try records.ids.withTexts(some, body) }

  /// The lowest record of the cluster that a record is in.
  public func root(of record: Int) -> Int { Int(clustering.roots[record]) }

  /// 128 bits that stand for a record's source and id, the same in every run.
  public func nameKey(of record: Int) -> UInt128 {
    let source = records.sources[records.source(of: record)].name
    return records.ids.withText(record) { Self.nameKey(source: source, id: $0) }
  }

  /// The same of a source and an id.
  public static func nameKey(source: String, id: UnsafeRawBufferPointer) -> UInt128 {
    var source = source
    let seed = source.withUTF8 { hashed(UnsafeRawBufferPointer($0)) }
    return UInt128(hashed(id, seed: seed)) << 64 | UInt128(hashed(id, seed: mixed(seed &+ 1)))
  }

  /// Gives people ids that last.
  ///
  /// - Parameters:
  ///   - earlier: by record, the id that it had; nil where it is new.
  ///   - fresh: a new id, for the cluster whose lowest record is given.
  public func people(_ earlier: [Int64?], fresh: (Int) -> Int64) -> PersonIDs {
    PersonIDs(clusters: clustering.roots.map(Int.init), earlier: earlier, fresh: fresh)
  }

  /// How many records a record's cluster has, what share of its pairs are as likely matches as not, and why a
  /// person should look at it.
  public func cluster(of record: Int) -> (size: Int, cohesion: Double, flag: String?) {
    guard let facts = clustering.facts(of: record) else { return (1, 1, nil) }
    return (facts.size, facts.cohesion, facts.flag?.rawValue)
  }

  /// How many clusters there are of each size.
  public var clusterSizes: [Int: Int] {
    var sizes: [Int: Int] = [:]
    var linked = 0
    for facts in clustering.facts {
      sizes[facts.size, default: 0] += 1
      linked += facts.size
    }
    sizes[1] = records.count - linked
    return sizes
  }
}
