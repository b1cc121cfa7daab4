import Foundation

/// Which records are of one person.
struct Clustering: Sendable {
  /// For each record the lowest record of its cluster.
  let roots: [UInt32]
  /// What is known of the clusters of more than one record.
  let facts: [Facts]
  /// For each record, where its cluster's facts are, from 1; 0 where it is alone.
  private let places: [UInt32]

  /// What is known of a record's cluster; nil where it is alone.
  func facts(of record: Int) -> Facts? {
    let place = Int(places[record])
    return place == 0 ? nil : facts[place - 1]
  }

  struct Facts: Sendable {
    let size: Int
    /// The share of the pairs of its records that were found and weigh enough.
    let cohesion: Double
    let flag: Flag?
  }

  /// Why a cluster should be looked at.
  enum Flag: String, Sendable {
    /// Fewer than half of its pairs were found to weigh enough.
    case loose
    /// A pair that weighs enough was left out because the two would not go together.
    case contradiction
    /// It has more records than one person is likely to have.
    case large
  }

  static let largest = 50

  /// Each pair is a cluster.
  init(pairs: [(UInt32, UInt32)], _ records: RecordSet) {
    var roots = (0..<UInt32(records.count)).map { $0 }
    var places = [UInt32](repeating: 0, count: records.count)
    for (index, (one, other)) in pairs.enumerated() {
      roots[Int(max(one, other))] = min(one, other)
      for record in [one, other] { places[Int(record)] = UInt32(index + 1) }
    }
    self.roots = roots
    self.places = places
    facts = pairs.map { _ in Facts(size: 2, cohesion: 1, flag: nil) }
  }

  /// Records that hang together by pairs that weigh enough are a cluster, unless they contradict each other
  /// or hang together loosely: then they are joined again one by one (``ClusterRepair``).
  ///
  /// - Parameters:
  ///   - weigher: makes what a thread weighs pairs by.
  init(
    _ pairs: ScoredPairs, threshold: Double, records: RecordSet, threads: Int,
    constraints: ClusterConstraints, weigher: @escaping @Sendable () -> PairWeigher
  ) {
    var sets = UnionFind(records.count)
    var edges = pairs.weights.indices.filter { Double(pairs.weights[$0]) >= threshold }
    for edge in edges { sets.join(Int(pairs.left[edge]), Int(pairs.right[edge])) }
    // The pairs of one component follow each other.
    var keyed = edges.map { UInt64(sets.root(Int(pairs.left[$0]))) << 32 | UInt64($0) }
    radixSort(&keyed, from: 32, bits: 32)
    edges = keyed.map { Int($0 & 0xFFFF_FFFF) }
    var starts = [0]
    for place in keyed.indices.dropFirst() where keyed[place] >> 32 != keyed[place - 1] >> 32 {
      starts.append(place)
    }
    starts.append(edges.count)
    if edges.isEmpty { starts = [0] }
    let (ordered, bounds) = (edges, starts)
    let size = 1 << 12
    let repaired = parallel(
      (bounds.count - 1 + size - 1) / size, threads: threads,
      { ClusterRepair(pairs, threshold, records, constraints, weigher()) },
      { repair, piece -> [ClusterRepair.Cluster] in
        var made: [ClusterRepair.Cluster] = []
        for component in (piece * size)..<min(bounds.count - 1, (piece + 1) * size) {
          repair.clusters(of: ordered[bounds[component]..<bounds[component + 1]], &made)
        }
        return made
      })
    var roots = (0..<UInt32(records.count)).map { $0 }
    var places = [UInt32](repeating: 0, count: records.count)
    var facts: [Facts] = []
    facts.reserveCapacity(repaired.reduce(0) { $0 + $1.count })
    for cluster in repaired.joined() {
      facts.append(
        Facts(
          size: cluster.records.count, cohesion: cluster.cohesion,
          flag: cluster.records.count > Self.largest
            ? .large
            : cluster.isContradicted ? .contradiction : cluster.cohesion < 0.5 ? .loose : nil))
      for record in cluster.records {
        roots[Int(record)] = cluster.records[0]
        places[Int(record)] = UInt32(facts.count)
      }
    }
    self.roots = roots
    self.places = places
    self.facts = facts
  }
}
