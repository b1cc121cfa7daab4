/// Chooses pairs so that no record has two partners in one source and the weights of the chosen add up to
/// the most there can be.
struct OneToOne {
  /// Pairs that were chosen.
  struct Choice {
    /// Their places, in order.
    var pairs: [Int]
    /// How many of the pairs to choose from were in groups that took too much work to be solved exactly.
    var approximated: Int
  }

  /// How often a pair of a group may be looked at, on the whole and for each pair, before the group's heaviest
  /// pairs are taken instead of its best choice.
  static let mostLooks = 1 << 28
  private static let looksPerPair = 1 << 12

  /// The pairs of the best choice, as their places in `pairs`, in order.
  static func best(
    left: [UInt32], right: [UInt32], gain: [Double], chance: (Int) -> Double = { _ in 0 }
  ) -> [Int] {
    choice(left: left, right: right, gain: gain, chance: chance).pairs
  }

  /// The best choice of pairs.
  ///
  /// The pairs fall apart into groups that have no record in common, mostly of one pair. In each the best
  /// choice is found exactly, by augmenting along the path that gains most (the successive shortest paths of
  /// Kuhn 1955 and of Edmonds and Karp 1972, on sparse pairs). A group that needs more work than is reasonable, as
  /// where a thousand records share a telephone number, is chosen from by the heaviest pair first.
  ///
  /// - Parameters:
  ///   - pairs: those that may be chosen; the left record is of an earlier source than the right one.
  ///   - gain: what each is worth, above 0.
  ///   - chance: a number from 0 to 1 for each, which decides between choices that are worth the same.
  ///   - mostLooks: how often pairs of a group may be looked at.
  static func choice(
    left: [UInt32], right: [UInt32], gain: [Double], chance: (Int) -> Double = { _ in 0 },
    mostLooks: Int = OneToOne.mostLooks
  ) -> Choice {
    let contest = Contest(left, right)
    var chosen = Choice(pairs: contest.settled, approximated: 0)
    let contested = contest.contested
    guard !contested.isEmpty else { return chosen }
    var sets = UnionFind(contest.leftCount + contest.rightCount)
    for index in contested { sets.join(Int(left[index]), contest.leftCount + Int(right[index])) }
    let grouped = contested.map { (root: sets.root(Int(left[$0])), pair: $0) }
      .sorted { ($0.root, $0.pair) < ($1.root, $1.pair) }
    var from = 0
    while from < grouped.count {
      var to = from + 1
      while to < grouped.count, grouped[to].root == grouped[from].root { to += 1 }
      let pairs = grouped[from..<to].map(\.pair)
      let worth = pairs.map { gain[$0] + 1e-6 * chance($0) }
      let most = min(pairs.count * looksPerPair, mostLooks)
      if let picked = assign(pairs.map { (left[$0], right[$0]) }, worth, mostLooks: most) {
        chosen.pairs += picked.map { pairs[$0] }
      } else {
        chosen.approximated += pairs.count
        let order = pairs.indices.sorted { (worth[$1], $0) < (worth[$0], $1) }
        chosen.pairs += first(of: order.map { pairs[$0] }, left, right)
      }
      from = to
    }
    chosen.pairs.sort()
    return chosen
  }

  /// A choice in which the heaviest pair goes first, and each other that has no record in common with those before.
  ///
  /// - Returns: the places of the pairs, in order.
  static func heaviestFirst(
    left: [UInt32], right: [UInt32], weights: [Float], chance: (Int) -> Double = { _ in 0 }
  ) -> [Int] {
    let contest = Contest(left, right)
    let order = contest.contested.map { (weight: weights[$0], chance: chance($0), pair: $0) }
      .sorted { ($1.weight, $1.chance, $0.pair) < ($0.weight, $0.chance, $1.pair) }
    return (contest.settled + first(of: order.map(\.pair), left, right)).sorted()
  }

  /// Of some pairs in their order each that has no record in common with one before it that was taken.
  private static func first(of order: [Int], _ left: [UInt32], _ right: [UInt32]) -> [Int] {
    var isTaken = (
      [Bool](repeating: false, count: Int(left.max() ?? 0) + 1),
      [Bool](repeating: false, count: Int(right.max() ?? 0) + 1)
    )
    return order.filter { pair in
      let (l, r) = (Int(left[pair]), Int(right[pair]))
      guard !isTaken.0[l], !isTaken.1[r] else { return false }
      (isTaken.0[l], isTaken.1[r]) = (true, true)
      return true
    }
  }

  /// Which pairs have a record in common with another.
  private struct Contest {
    let leftCount: Int
    let rightCount: Int
    private(set) var settled: [Int] = []
    private(set) var contested: [Int] = []

    init(_ left: [UInt32], _ right: [UInt32]) {
      leftCount = Int(left.max() ?? 0) + 1
      rightCount = Int(right.max() ?? 0) + 1
      let (lefts, rights) = (Self.degrees(left, leftCount), Self.degrees(right, rightCount))
      for index in left.indices {
        if lefts[Int(left[index])] == 1, rights[Int(right[index])] == 1 {
          settled.append(index)
        } else {
          contested.append(index)
        }
      }
    }

    /// How many pairs each record is in.
    private static func degrees(_ records: [UInt32], _ count: Int) -> [UInt32] {
      var degrees = [UInt32](repeating: 0, count: count)
      for record in records { degrees[Int(record)] += 1 }
      return degrees
    }
  }

  /// The best choice among the pairs of one group; nil where it takes too much work.
  private static func assign(
    _ ends: [(UInt32, UInt32)], _ gain: [Double], mostLooks: Int
  ) -> [Int]? {
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
    var looks = 0
    while true {
      // The path from a free left record that gains most, by Bellman and Ford: groups are small. Only records that
      // are reached with more than before are gone on from.
      var best = [Double](repeating: -.infinity, count: rights.count)
      var through = [(left: Int, pair: Int)?](repeating: nil, count: rights.count)
      var reach = lefts.indices.map { leftPair[$0] == nil ? 0 : -Double.infinity }
      var open = lefts.indices.filter { leftPair[$0] == nil }
      var rounds = 0
      while !open.isEmpty, rounds <= rights.count + 1 {
        rounds += 1
        looks += lefts.count
        var isNext = [Bool](repeating: false, count: lefts.count)
        for l in open {
          looks += edges[l].count
          for (r, pair) in edges[l] where leftPair[l] != pair {
            let value = reach[l] + gain[pair]
            guard value > best[r] + 1e-9 else { continue }
            best[r] = value
            through[r] = (l, pair)
            if let owner = rightOwner[r], let held = rightPair[r], value - gain[held] > reach[owner]
            {
              reach[owner] = value - gain[held]
              isNext[owner] = true
            }
          }
        }
        guard looks <= mostLooks else { return nil }
        open = lefts.indices.filter { isNext[$0] }
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
