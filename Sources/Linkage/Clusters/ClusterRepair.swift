/// Makes clusters of the records of one component. One thread uses it at a time.
struct ClusterRepair {
  /// Records of one person, the lowest first.
  struct Cluster: Sendable {
    let records: [UInt32]
    let cohesion: Double
    /// Whether a pair that weighs enough was left out.
    let isContradicted: Bool
  }

  private let pairs: ScoredPairs
  private let threshold: Double
  private let records: RecordSet
  private let constraints: ClusterConstraints
  private let weigher: PairWeigher

  init(
    _ pairs: ScoredPairs, _ threshold: Double, _ records: RecordSet,
    _ constraints: ClusterConstraints, _ weigher: PairWeigher
  ) {
    self.pairs = pairs
    self.threshold = threshold
    self.records = records
    self.constraints = constraints
    self.weigher = weigher
  }

  /// Adds the clusters of the records that the pairs `edges` join; records that stay alone make none.
  func clusters(of edges: ArraySlice<Int>, _ made: inout [Cluster]) {
    var members = edges.flatMap { [pairs.left[$0], pairs.right[$0]] }
    if edges.count == 1,
      constraints.demand(members[0], members[1])
        || constraints.allow([members[0]], [members[1]], weigher)
    {
      made.append(Cluster(records: members.sorted(), cohesion: 1, isContradicted: false))
      return
    }
    members.sort()
    var count = 1
    for place in 1..<members.count where members[place] != members[count - 1] {
      members[count] = members[place]
      count += 1
    }
    members.removeLast(members.count - count)
    let cohesion = Double(edges.count) / Double(count * (count - 1) / 2)
    if cohesion >= 0.5, count <= Self.mostAtOnce, constraints.hold(of: members, weigher) {
      made.append(Cluster(records: members, cohesion: cohesion, isContradicted: false))
      return
    }
    join(edges, &made)
  }

  /// Components with more records are joined one by one.
  private static let mostAtOnce = 50
  /// How far a single pair may speak for or against: some ten thousand to one.
  private static let most = 14.0
  private static let mostCompared = 64

  /// Joins the records of pairs, the heaviest pair first.
  ///
  /// Two clusters are joined where the mean weight of all pairs between them is at least the threshold's, so
  /// that one slip does not chain two people together (average linkage; Sokal and Michener 1958), and where
  /// no constraint forbids it. Ties go by what records are called, so that their order does not matter.
  private func join(_ edges: ArraySlice<Int>, _ made: inout [Cluster]) {
    let ordered = edges.sorted { one, other in
      let (a, b) = (pairs.weights[one], pairs.weights[other])
      return a != b ? a > b : names(one) < names(other)
    }
    var clusterOf: [UInt32: Int] = [:]
    var clusters: [[UInt32]] = []
    var contradicted: Set<UInt32> = []
    func cluster(_ record: UInt32) -> Int {
      if let known = clusterOf[record] { return known }
      clusters.append([record])
      clusterOf[record] = clusters.count - 1
      return clusters.count - 1
    }
    for edge in ordered {
      let (one, other) = (pairs.left[edge], pairs.right[edge])
      let (a, b) = (cluster(one), cluster(other))
      guard a != b else { continue }
      guard
        constraints.demand(one, other)
          || constraints.allow(clusters[a], clusters[b], weigher)
            && (clusters[a].count + clusters[b].count == 2
              || mean(clusters[a], clusters[b]) >= threshold)
      else {
        contradicted.formUnion([one, other])
        continue
      }
      let (keep, gone) = clusters[a].count >= clusters[b].count ? (a, b) : (b, a)
      for record in clusters[gone] { clusterOf[record] = keep }
      clusters[keep] += clusters[gone]
      clusters[gone] = []
    }
    var held: [Int: Int] = [:]
    for edge in edges {
      guard let a = clusterOf[pairs.left[edge]], a == clusterOf[pairs.right[edge]] else { continue }
      held[a, default: 0] += 1
    }
    for (index, records) in clusters.enumerated() where records.count > 1 {
      let all = records.count * (records.count - 1) / 2
      made.append(
        Cluster(
          records: records.sorted(), cohesion: Double(held[index] ?? 0) / Double(all),
          isContradicted: records.contains { contradicted.contains($0) }))
    }
  }

  private func names(_ edge: Int) -> (UInt64, UInt64) {
    let (one, other) = (
      records.nameHash(Int(pairs.left[edge])), records.nameHash(Int(pairs.right[edge]))
    )
    return (min(one, other), max(one, other))
  }

  /// The mean weight of the pairs between two clusters; of some of them where there are many.
  private func mean(_ one: [UInt32], _ other: [UInt32]) -> Double {
    let count = one.count * other.count
    let step = max(1, count / Self.mostCompared)
    var (sum, compared) = (0.0, 0)
    for pair in stride(from: 0, to: count, by: step) {
      let weight = weigher.weight(Int(one[pair / other.count]), Int(other[pair % other.count]))
      sum += max(-Self.most, min(Self.most, weight))
      compared += 1
    }
    return sum / Double(compared)
  }
}
