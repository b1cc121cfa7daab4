/// How right a linkage is, where it is known who is who.
public struct TruthEvaluation: Sendable, Codable {
  /// How many of what was found are right, and how many there were to find.
  public struct Score: Sendable, Codable, Hashable {
    public let right: Int
    public let wrong: Int
    public let missed: Int
    public var precision: Double {
      right + wrong == 0 ? .nan : Double(right) / Double(right + wrong)
    }
    public var recall: Double {
      right + missed == 0 ? .nan : Double(right) / Double(right + missed)
    }
    public var f1: Double {
      2 * right + wrong + missed == 0
        ? .nan : Double(2 * right) / Double(2 * right + wrong + missed)
    }
  }

  /// The pairs that weigh at least so much.
  public struct Threshold: Sendable, Codable, Hashable {
    public let weight: Double
    public let pairs: Score
  }

  /// The links.
  public let links: Score
  /// All pairs of records of one cluster.
  public let clusters: Score
  public let thresholds: [Threshold]
  /// The true pairs that no blocking rule finds.
  public let missedByBlocking: Int
  /// The true pairs in scope.
  public let truePairs: Int

  /// - Parameter result: of records that were read with a column of the truth.
  public init?(_ result: LinkResult) {
    let records = result.records
    guard let truth = records.truth else { return nil }
    let scope = result.model.scope
    let total = Self.pairs(records, scope) { truth[$0] }
    func isTrue(_ place: Int) -> Bool {
      let person = truth[Int(result.scored.left[place])]
      return person != 0 && person == truth[Int(result.scored.right[place])]
    }
    let right = result.accepted.count(where: isTrue)
    truePairs = total
    links = Score(right: right, wrong: result.accepted.count - right, missed: total - right)
    // A pair of one cluster and of one person counts in both.
    var both: [UInt64: UInt32] = [:]
    let joint = (0..<records.count).map { record -> UInt32 in
      guard truth[record] != 0 else { return 0 }
      let key = UInt64(result.clustering.roots[record]) << 32 | UInt64(truth[record])
      let next = UInt32(both.count + 1)
      return both[key, default: 0] == 0
        ? {
          both[key] = next; return next
        }() : both[key] ?? 0
    }
    let inClusters = Self.pairs(records, scope) {
      truth[$0] == 0 ? 0 : result.clustering.roots[$0] + 1
    }
    let agreeing = Self.pairs(records, scope) { joint[$0] }
    clusters = Score(right: agreeing, wrong: inClusters - agreeing, missed: total - agreeing)
    let order = result.scored.weights.indices.sorted {
      result.scored.weights[$0] > result.scored.weights[$1]
    }
    var thresholds: [Threshold] = []
    var (place, tp) = (0, 0)
    for weight in stride(from: 20.0, through: -6, by: -1) {
      while place < order.count, Double(result.scored.weights[order[place]]) >= weight {
        tp += isTrue(order[place]) ? 1 : 0
        place += 1
      }
      thresholds.append(
        Threshold(
          weight: weight, pairs: Score(right: tp, wrong: place - tp, missed: total - tp)))
    }
    self.thresholds = thresholds
    let found = result.blocks.pairsInCommon { truth[$0] }
    missedByBlocking = total - found
  }

  /// How many pairs of records in scope have a number in common, which is not 0.
  private static func pairs(
    _ records: RecordSet, _ scope: LinkScope, _ number: (Int) -> UInt32
  ) -> Int {
    var entries = (0..<records.count).compactMap { record -> UInt64? in
      let number = number(record)
      return number == 0 ? nil : UInt64(number) << 32 | UInt64(record)
    }
    entries.sort()
    var (pairs, from) = (0.0, 0)
    while from < entries.count {
      var to = from
      var counts = [Double](repeating: 0, count: records.sources.count)
      while to < entries.count, entries[to] >> 32 == entries[from] >> 32 {
        counts[records.source(of: Int(entries[to] & 0xFFFF_FFFF))] += 1
        to += 1
      }
      pairs += PairUniverse.pairs(counts, scope)
      from = to
    }
    return Int(pairs)
  }
}

extension Blocks {
  /// How many pairs that any rule finds have a number in common, which is not 0.
  func pairsInCommon(_ number: (Int) -> UInt32) -> Int {
    var entries = (0..<records.count).compactMap { record -> UInt64? in
      let number = number(record)
      return number == 0 ? nil : UInt64(number) << 32 | UInt64(record)
    }
    entries.sort()
    let universe = PairUniverse(records, scope)
    var (count, from) = (0, 0)
    while from < entries.count {
      var to = from + 1
      while to < entries.count, entries[to] >> 32 == entries[from] >> 32 { to += 1 }
      for i in from..<to {
        for j in (i + 1)..<max(i + 1, to) {
          let (one, other) = (Int(entries[i] & 0xFFFF_FFFF), Int(entries[j] & 0xFFFF_FFFF))
          if universe.isInScope(one, other), isFound(one, other) { count += 1 }
        }
      }
      from = to
    }
    return count
  }
}
