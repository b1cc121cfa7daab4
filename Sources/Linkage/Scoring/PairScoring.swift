/// Pairs that may be matches, with what they weigh.
public struct ScoredPairs: Sendable {
  /// The records, by number; the left one has the lower number.
  public var left: [UInt32] = []
  public var right: [UInt32] = []
  /// The binary logarithm of the odds that the two are of one person.
  public var weights: [Float] = []
  /// The levels of all comparisons, as one number.
  public var patterns: [UInt32] = []

  public init() {}

  public var count: Int { left.count }

  /// Adds a pair.
  public mutating func append(_ one: UInt32, _ other: UInt32, weight: Float, pattern: UInt32) {
    left.append(one)
    right.append(other)
    weights.append(weight)
    patterns.append(pattern)
  }

  /// Leaves out pairs.
  mutating func keep(where isKept: (Int) -> Bool) {
    var kept = 0
    for place in left.indices where isKept(place) {
      (left[kept], right[kept]) = (left[place], right[place])
      (weights[kept], patterns[kept]) = (weights[place], patterns[place])
      kept += 1
    }
    left.removeLast(left.count - kept)
    right.removeLast(right.count - kept)
    weights.removeLast(weights.count - kept)
    patterns.removeLast(patterns.count - kept)
  }

  mutating func append(_ other: ScoredPairs) {
    left += other.left
    right += other.right
    weights += other.weights
    patterns += other.patterns
  }
}

/// Compares the pairs that blocking finds, and weighs them.
struct PairPass: Sendable {
  let blocks: Blocks
  let plans: [ComparisonPlan]
  let code: PatternCode
  let records: RecordSet
  let threads: Int
  /// What an earlier run has weighed, and this one need not.
  var earlier: EarlierBlocks?

  private static let batch = 1 << 9
  private static let pairsOfStretch = 1 << 16

  /// Counts the patterns of the pairs of some stretches with the rules that find them; the pairs too, where
  /// they are wanted again.
  func count(_ stretches: [Blocks.Stretch], keepingPairs: Bool) -> (CountTable, [ComparedPairs]) {
    let made = parallel(
      stretches.count, threads: threads, { Worker(plans, code, records) },
      { worker, index -> (CountTable, ComparedPairs) in
        var counts = CountTable()
        var kept = ComparedPairs()
        worker.forEachBatch(blocks, stretches[index]) { left, right, patterns, rules, count in
          for pair in 0..<count {
            counts.add(UInt64(rules[pair]) &<< 32 | UInt64(patterns[pair]))
          }
          guard keepingPairs else { return }
          kept.left.append(contentsOf: UnsafeBufferPointer(start: left, count: count))
          kept.right.append(contentsOf: UnsafeBufferPointer(start: right, count: count))
          kept.patterns.append(contentsOf: UnsafeBufferPointer(start: patterns, count: count))
        }
        return (counts, kept)
      })
    var counts = CountTable()
    for (part, _) in made { counts.add(part) }
    return (counts, made.map(\.1))
  }

  /// The pairs that weigh at least `least`.
  func score(_ stretches: [Blocks.Stretch], _ scorer: Scorer, least: Double) -> ScoredPairs {
    let made = parallel(
      stretches.count, threads: threads,
      { (Worker(plans, code, records), PatternMemo(scorer)) },
      { workers, index -> ScoredPairs in
        var kept = ScoredPairs()
        workers.0.forEachBatch(blocks, stretches[index], since: earlier) {
          left, right, patterns, _, count in
          workers.1.keep(left, right, patterns, count, least, &kept)
        }
        return kept
      })
    return made.reduce(into: ScoredPairs()) { $0.append($1) }
  }

  /// The same of pairs that were compared already.
  func score(_ pairs: [ComparedPairs], _ scorer: Scorer, least: Double) -> ScoredPairs {
    let made = parallel(
      pairs.count, threads: threads, { PatternMemo(scorer) },
      { memo, index -> ScoredPairs in
        var kept = ScoredPairs()
        let pairs = pairs[index]
        pairs.left.withUnsafeBufferPointer { left in
          pairs.right.withUnsafeBufferPointer { right in
            pairs.patterns.withUnsafeBufferPointer { patterns in
              guard let left = left.baseAddress, let right = right.baseAddress,
                let patterns = patterns.baseAddress
              else { return }
              memo.keep(left, right, patterns, pairs.count, least, &kept)
            }
          }
        }
        return kept
      })
    return made.reduce(into: ScoredPairs()) { $0.append($1) }
  }

  var stretches: [Blocks.Stretch] { blocks.stretches(pairs: Self.pairsOfStretch) }

  /// What a thread needs to compare pairs.
  private final class Worker {
    private let comparer: PairComparer
    private let room: UnsafeMutablePointer<UInt32>
    @exclusivity(unchecked) private var count = 0

    init(_ plans: [ComparisonPlan], _ code: PatternCode, _ records: RecordSet) {
      comparer = PairComparer(plans, code, records)
      room = .allocate(capacity: 4 * batch)
    }

    deinit { room.deallocate() }

    /// Compares the pairs of a stretch that no earlier rule finds, and hands their records, patterns and the
    /// rules that find them to `body`, a number of pairs at a time.
    func forEachBatch(
      _ blocks: Blocks, _ stretch: Blocks.Stretch, since earlier: EarlierBlocks? = nil,
      _ body: (
        UnsafePointer<UInt32>, UnsafePointer<UInt32>, UnsafePointer<UInt32>, UnsafePointer<UInt32>,
        Int
      ) -> Void
    ) {
      let (left, right, patterns, rules) = (
        room, room + batch, room + 2 * batch, room + 3 * batch
      )
      func flush() {
        let kept = blocks.keepOwn(stretch.rule, left, right, rules, count)
        count = 0
        guard kept > 0 else { return }
        comparer.patterns(left, right, count: kept, to: patterns)
        body(left, right, patterns, rules, kept)
      }
      func add(_ one: UInt32, _ other: UInt32) {
        left[count] = one
        right[count] = other
        count &+= 1
        if count == batch { flush() }
      }
      if let earlier {
        blocks.forEachNewPair(stretch, since: earlier, add)
      } else {
        blocks.forEachPair(stretch) { add($0, $1) }
      }
      flush()
    }
  }
}

/// Remembers what patterns come to. One thread uses it at a time.
final class PatternMemo {
  private let scorer: Scorer
  private var scores: [Scorer.PatternScore] = []
  /// Open addressing: the place of a pattern's score plus 1.
  private var slots = [UInt32](repeating: 0, count: 1 << 12)

  init(_ scorer: Scorer) { self.scorer = scorer }

  func score(_ pattern: UInt32) -> Scorer.PatternScore {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: mixed(UInt64(pattern))) & mask
    while slots[slot] != 0 {
      let known = scores[Int(slots[slot]) - 1]
      if known.pattern == pattern { return known }
      slot = (slot + 1) & mask
    }
    let made = scorer.score(pattern)
    scores.append(made)
    slots[slot] = UInt32(scores.count)
    if 2 * scores.count > slots.count { grow() }
    return made
  }

  private func grow() {
    slots = [UInt32](repeating: 0, count: 2 * slots.count)
    let mask = slots.count - 1
    for (index, score) in scores.enumerated() {
      var slot = Int(truncatingIfNeeded: mixed(UInt64(score.pattern))) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(index + 1)
    }
  }

  func keep(
    _ left: UnsafePointer<UInt32>, _ right: UnsafePointer<UInt32>,
    _ patterns: UnsafePointer<UInt32>, _ count: Int, _ least: Double, _ kept: inout ScoredPairs
  ) {
    for pair in 0..<count {
      let score = score(patterns[pair])
      guard score.most >= least else { continue }
      let weight = scorer.weight(score, Int(left[pair]), Int(right[pair]))
      guard weight >= least else { continue }
      kept.left.append(left[pair])
      kept.right.append(right[pair])
      kept.weights.append(Float(weight))
      kept.patterns.append(patterns[pair])
    }
  }
}
