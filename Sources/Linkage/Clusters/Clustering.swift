import Foundation

/// Which records are of one person.
struct Clustering: Sendable {
  /// For each record the lowest record of its cluster.
  let roots: [UInt32]
  /// By root, of clusters of more than one record: the share of their pairs that are as likely matches as
  /// not, and why a person should look at them.
  let facts: [UInt32: Facts]

  struct Facts: Sendable {
    let size: Int
    let cohesion: Double
    let flag: Flag?
  }

  /// Why a cluster should be looked at.
  enum Flag: String, Sendable {
    /// Fewer than half of its pairs are as likely matches as not.
    case loose
    /// A pair that weighs enough was left out because the two would not go together.
    case contradiction
    /// It has more records than one person is likely to have.
    case large
  }

  static let largest = 50

  /// Joins the records of pairs, the heaviest first, unless what they are joined to says otherwise.
  ///
  /// Two clusters are joined where the mean weight of all pairs between them is at least the threshold's, so
  /// that one slip does not chain two people together (average linkage; Sokal and Michener 1958), and where
  /// no constraint forbids it.
  ///
  /// - Parameters:
  ///   - order: what breaks ties between pairs of one weight: records by their own names, not by their place.
  init(
    _ pairs: ScoredPairs, threshold: Double, records: RecordSet, constraints: ClusterConstraints,
    weight: (Int, Int) -> Double, order: (Int, Int) -> Bool
  ) {
    let edges = pairs.weights.indices.filter { Double(pairs.weights[$0]) >= threshold }.sorted {
      let (a, b) = (pairs.weights[$0], pairs.weights[$1])
      if a != b { return a > b }
      let (l, m) = (Int(pairs.left[$0]), Int(pairs.left[$1]))
      if l != m { return order(l, m) }
      return order(Int(pairs.right[$0]), Int(pairs.right[$1]))
    }
    var sets = UnionFind(records.count)
    var members: [Int: [Int]] = [:]
    var contradicted: Set<Int> = []
    for edge in edges {
      let (a, b) = (sets.root(Int(pairs.left[edge])), sets.root(Int(pairs.right[edge])))
      guard a != b else { continue }
      let (one, other) = (members[a] ?? [a], members[b] ?? [b])
      guard constraints.allow(one, other) else {
        contradicted.formUnion([Int(pairs.left[edge]), Int(pairs.right[edge])])
        continue
      }
      if one.count + other.count > 2,
        Self.mean(one, other, weight) < threshold
      {
        contradicted.formUnion([Int(pairs.left[edge]), Int(pairs.right[edge])])
        continue
      }
      sets.join(a, b)
      members[max(a, b)] = nil
      members[min(a, b)] = (one + other).sorted()
    }
    roots = (0..<records.count).map { UInt32(sets.root($0)) }
    var facts: [UInt32: Facts] = [:]
    for (root, records) in members {
      let cohesion = Self.cohesion(records, threshold, weight)
      let flag: Flag? =
        records.count > Self.largest
        ? .large
        : records.contains(where: contradicted.contains)
          ? .contradiction : cohesion < 0.5 ? .loose : nil
      facts[UInt32(root)] = Facts(size: records.count, cohesion: cohesion, flag: flag)
    }
    self.facts = facts
  }

  /// Each pair is a cluster.
  init(pairs: [(UInt32, UInt32)], _ records: RecordSet) {
    var sets = UnionFind(records.count)
    var facts: [UInt32: Facts] = [:]
    facts.reserveCapacity(pairs.count)
    for (one, other) in pairs {
      sets.join(Int(one), Int(other))
      facts[min(one, other)] = Facts(size: 2, cohesion: 1, flag: nil)
    }
    roots = (0..<records.count).map { UInt32(sets.root($0)) }
    self.facts = facts
  }

  /// How far a single pair may speak for or against: a hundred times a thousand to one.
  private static let most = 16.0
  private static let mostCompared = 64

  /// The mean weight of the pairs between two clusters; of some of them where there are many.
  private static func mean(
    _ one: [Int], _ other: [Int], _ weight: (Int, Int) -> Double
  ) -> Double {
    let count = one.count * other.count
    let step = max(1, count / mostCompared)
    var (sum, compared) = (0.0, 0)
    for pair in stride(from: 0, to: count, by: step) {
      let weight = weight(one[pair / other.count], other[pair % other.count])
      sum += max(-most, min(most, weight))
      compared += 1
    }
    return sum / Double(compared)
  }

  private static func cohesion(
    _ records: [Int], _ threshold: Double, _ weight: (Int, Int) -> Double
  ) -> Double {
    let count = records.count * (records.count - 1) / 2
    var (held, compared) = (0, 0)
    let step = max(1, count / (4 * mostCompared))
    var pair = 0
    for i in records.indices {
      for j in (i + 1)..<max(i + 1, records.count) {
        defer { pair += 1 }
        guard pair % step == 0 else { continue }
        compared += 1
        if weight(records[i], records[j]) >= threshold { held += 1 }
      }
    }
    return compared == 0 ? 1 : Double(held) / Double(compared)
  }
}
