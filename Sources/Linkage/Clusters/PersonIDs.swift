/// Which person each record is of, with ids that last from one linkage to the next.
///
/// A person keeps its id as long as most of its records stay together. Whatever moves from one id to another is
/// told as an event, which can be undone.
public struct PersonIDs: Sendable {
  /// The id of each record's person.
  public private(set) var ids: [Int64]
  public private(set) var events: [PersonEvent] = []

  /// Gives ids to the clusters of a linkage.
  ///
  /// - Parameters:
  ///   - clusters: for each record the lowest record of its cluster.
  ///   - earlier: for each record the id that it had; nil where it is new.
  ///   - fresh: a new id for the cluster of a record, its lowest; never one that is given before.
  public init(clusters: [Int], earlier: [Int64?], fresh: (Int) -> Int64) {
    let had = Self.counts(clusters, earlier)
    var choices: [Int: Int] = [:]
    for share in had { choices[share.cluster, default: 0] += 1 }
    // The id goes where most of its records are. Of as many, who had no other id chooses first, so that as few as
    // can be lose theirs; then the lowest id.
    func rank(_ share: Share) -> (Int, Int, Int64, Int) {
      (-share.count, choices[share.cluster] ?? 0, share.id, share.cluster)
    }
    var own = [Int64?](repeating: nil, count: clusters.count)
    var taken: Set<Int64> = []
    for share in had.sorted(by: { rank($0) < rank($1) })
    where own[share.cluster] == nil && !taken.contains(share.id) {
      own[share.cluster] = share.id
      taken.insert(share.id)
    }
    ids = [Int64](repeating: 0, count: clusters.count)
    for record in clusters.indices {
      let cluster = clusters[record]
      let id = own[cluster] ?? fresh(cluster)
      own[cluster] = id
      ids[record] = id
    }
    if !had.isEmpty { events = Self.events(ids, earlier, goesOn: taken) }
  }

  private struct Share {
    let cluster: Int
    let id: Int64
    let count: Int
  }

  /// How many records of each cluster had each id.
  private static func counts(_ clusters: [Int], _ earlier: [Int64?]) -> [Share] {
    struct Key: Hashable {
      let cluster: Int
      let id: Int64
    }
    var counts: [Key: Int] = [:]
    for (cluster, id) in zip(clusters, earlier) {
      if let id { counts[Key(cluster: cluster, id: id), default: 0] += 1 }
    }
    return counts.map { Share(cluster: $0.key.cluster, id: $0.key.id, count: $0.value) }
  }

  private static func events(
    _ ids: [Int64], _ earlier: [Int64?], goesOn: Set<Int64>
  ) -> [PersonEvent] {
    struct Move: Hashable {
      let from: Int64
      let to: Int64
    }
    var moves: [Move: [Int]] = [:]
    var known: Set<Int64> = []
    for (record, (id, old)) in zip(ids, earlier).enumerated() {
      guard let old else { continue }
      known.insert(old)
      if old != id { moves[Move(from: old, to: id), default: []].append(record) }
    }
    return moves.map { move, records in
      PersonEvent(
        kind: !goesOn.contains(move.from) && known.contains(move.to)
          ? .merged : known.contains(move.to) ? .moved : .split,
        from: move.from, to: move.to, records: records)
    }.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
  }
}

/// Records that changed from one person to another.
public struct PersonEvent: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// All records of a person that was there before are another's now, which was there too.
    case merged
    /// Some records became a person of their own.
    case split
    /// Some records went from one person to another; both go on.
    case moved
  }

  public let kind: Kind
  public let from: Int64
  public let to: Int64
  /// By number, in order.
  public let records: [Int]
}
