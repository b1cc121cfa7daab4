/// Chooses pairs so that no record has two partners in one source and the weights of the chosen add up to
/// the most there can be.
struct OneToOne {
  /// The pairs that are chosen, as their places in `pairs`, in order.
  ///
  /// The pairs fall apart into groups that have no record in common, mostly of one pair. In each the best
  /// choice is found exactly, by augmenting along the path that gains most (the successive shortest paths of
  /// Kuhn 1955 and of Edmonds and Karp 1972, on sparse pairs).
  ///
  /// - Parameters:
  ///   - pairs: those that may be chosen; the left record is of an earlier source than the right one.
  ///   - gain: what each is worth, above 0.
  ///   - chance: a number from 0 to 1 for each, which decides between choices that are worth the same.
  static func best(
    left: [UInt32], right: [UInt32], gain: [Double], chance: (Int) -> Double = { _ in 0 }
  ) -> [Int] {
    let leftCount = Int(left.max() ?? 0) + 1
    let degrees = Self.degrees(left, leftCount)
    let otherDegrees = Self.degrees(right, Int(right.max() ?? 0) + 1)
    var chosen: [Int] = []
    var contested: [Int] = []
    for index in left.indices {
      if degrees[Int(left[index])] == 1, otherDegrees[Int(right[index])] == 1 {
        chosen.append(index)
      } else {
        contested.append(index)
      }
    }
    guard !contested.isEmpty else { return chosen }
    var sets = UnionFind(leftCount + otherDegrees.count)
    for index in contested { sets.join(Int(left[index]), leftCount + Int(right[index])) }
    let grouped = contested.map { (root: sets.root(Int(left[$0])), pair: $0) }
      .sorted { ($0.root, $0.pair) < ($1.root, $1.pair) }
    var from = 0
    while from < grouped.count {
      var to = from + 1
      while to < grouped.count, grouped[to].root == grouped[from].root { to += 1 }
      let pairs = grouped[from..<to].map(\.pair)
      let picked = assign(
        pairs.map { (left[$0], right[$0]) }, pairs.map { gain[$0] + 1e-6 * chance($0) })
      chosen += picked.map { pairs[$0] }
      from = to
    }
    return chosen.sorted()
  }

  /// How many pairs each record is in.
  private static func degrees(_ records: [UInt32], _ count: Int) -> [UInt32] {
    var degrees = [UInt32](repeating: 0, count: count)
    for record in records { degrees[Int(record)] += 1 }
    return degrees
  }

  /// The best choice among the pairs of one group.
  private static func assign(_ ends: [(UInt32, UInt32)], _ gain: [Double]) -> [Int] {
    let lefts = Array(Set(ends.map(\.0))).sorted()
    let rights = Array(Set(ends.map(\.1))).sorted()
    let leftPlace = Dictionary(uniqueKeysWithValues: zip(lefts, lefts.indices))
    let rightPlace = Dictionary(uniqueKeysWithValues: zip(rights, rights.indices))
    var edges = [[(right: Int, pair: Int)]](repeating: [], count: lefts.count)
    for (pair, end) in ends.enumerated() {
      edges[leftPlace[end.0] ?? 0].append((rightPlace[end.1] ?? 0, pair))
    }
    /// The pair that each record is in.
    var leftPair = [Int?](repeating: nil, count: lefts.count)
    var rightPair = [Int?](repeating: nil, count: rights.count)
    var rightOwner = [Int?](repeating: nil, count: rights.count)
    while true {
      // The path from a free left record that gains most, by Bellman and Ford: groups are small.
      var best = [Double](repeating: -.infinity, count: rights.count)
      var through = [(left: Int, pair: Int)?](repeating: nil, count: rights.count)
      var reach = lefts.indices.map { leftPair[$0] == nil ? 0 : -Double.infinity }
      var isChanged = true
      var rounds = 0
      while isChanged, rounds <= rights.count + 1 {
        isChanged = false
        rounds += 1
        for l in lefts.indices where reach[l] > -.infinity {
          for (r, pair) in edges[l] where leftPair[l] != pair {
            let value = reach[l] + gain[pair]
            guard value > best[r] + 1e-9 else { continue }
            best[r] = value
            through[r] = (l, pair)
            isChanged = true
            if let owner = rightOwner[r], let held = rightPair[r] {
              reach[owner] = max(reach[owner], value - gain[held])
            }
          }
        }
      }
      // It ends at a right record that is free. Choices of each number of pairs are the best of that number,
      // and gain less and less, so that what gains nothing ends the search.
      let free = rights.indices.filter { rightOwner[$0] == nil }
      guard var right = free.max(by: { best[$0] < best[$1] }), best[right] > 1e-9 else { break }
      var steps = 0
      while let (l, pair) = through[right], steps <= rights.count {
        steps += 1
        let before = leftPair[l]
        leftPair[l] = pair
        rightPair[right] = pair
        rightOwner[right] = l
        guard let before else { break }
        right = rightPlace[ends[before].1] ?? 0
      }
    }
    return leftPair.compactMap { $0 }.sorted()
  }
}
