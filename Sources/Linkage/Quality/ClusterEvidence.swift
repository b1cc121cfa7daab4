import Foundation

/// What all pairs say together of two records.
///
/// The weight of a pair is right for all pairs that look like it, but not for those among them that were found, nor
/// for those that were not: a hospital's records of one birth date and postcode are of one person as often as not, yet
/// nearly always where both go with one record of a register, and rarely where they go with two. So
///
/// - two records of one person weigh what the lightest link of the heaviest chain between them does (the chains of the
///   maximum spanning tree: Kruskal 1956);
/// - two records of two people weigh what all pairs of the two people's records do on average, those that were not kept
///   among them; or, where a record has one partner at most, what their pair does and more, for no better one was found.
///
/// What the pairs weigh that were not kept, and how much more it is, follows from the law of total expectation: it is what
/// makes the matches to be expected of all kept pairs, by their own weights, as many as those of the found and of the
/// open ones together.
struct ClusterEvidence {
  /// Clusters of more records are no people: of their pairs only those count that were weighed.
  static let largest = 1_000

  private let result: LinkResult
  private let strata: RecordStrata
  /// By stratum and class the pairs that were found.
  private var cells: [Int]
  /// By stratum the matches that are to be expected among the others.
  private var missed: [Double]
  /// By record, the next of those that it is joined with already, in a ring.
  private var next: [UInt32]
  private var parents: [UInt32]
  /// What a record weighs with its parent in the tree of joins.
  private var weights: [Float]
  private var sizes: [UInt32]
  /// How many pairs of each class were kept, less those that were found by chains of that class: what the number of
  /// matches that were missed hangs on.
  private var balance = [Int](repeating: 0, count: PairCounts.classes)

  /// Two people of whom some pairs of records were kept.
  private struct Neighbours {
    let one: Int
    let other: Int
    var sum = 0.0
    var kept = 0
    /// All pairs of their records.
    var all = 0

    /// The mean weight.
    ///
    /// - Parameters:
    ///   - floor: what those weigh that were not kept.
    ///   - more: what is known beside the pairs.
    func weight(floor: Double, more: Double) -> Double {
      (sum + Double(all - kept) * floor) / Double(all) + more
    }
  }

  init(_ result: LinkResult, _ strata: RecordStrata) {
    self.result = result
    self.strata = strata
    let count = result.recordCount
    cells = [Int](repeating: 0, count: strata.count * PairCounts.classes)
    missed = [Double](repeating: 0, count: strata.count)
    next = (0..<UInt32(count)).map { $0 }
    parents = next
    weights = [Float](repeating: 0, count: count)
    sizes = [UInt32](repeating: 1, count: count)
  }

  /// Counts, for each stratum, the pairs that a record of it is in: a pair of two strata for both, one of one stratum
  /// for both of its ends.
  mutating func counts(_ calibration: Calibration) -> [PairCounts] {
    let scored = result.scored
    let roots = result.clustering.roots
    let hasOnePartner =
      result.model.scope.isOneToOne && !result.model.scope.within && result.sources.count == 2
    var among: [UInt32] = []
    var between: [UInt32] = []
    for place in scored.left.indices {
      let (one, other) = (Int(scored.left[place]), Int(scored.right[place]))
      if roots[one] == roots[other] {
        among.append(UInt32(place))
      } else if !hasOnePartner
        || result.cluster(of: one).size == 1 && result.cluster(of: other).size == 1
      {
        // A pair that lost to a better one is no match that was missed.
        between.append(UInt32(place))
      }
      if scored.weights[place] < DecidedPairs.certain {
        balance[PairCounts.weightClass(Double(scored.weights[place]))] += 1
      }
    }
    among.sort { one, other in
      let (a, b) = (Int(one), Int(other))
      let (x, y) = (roots[Int(scored.left[a])], roots[Int(scored.left[b])])
      return x != y ? x < y : scored.weights[a] > scored.weights[b]
    }
    for place in among { join(Int(place)) }
    let spread = addNeighbours(between, calibration, hasOnePartner: hasOnePartner)
    addCopies()
    let classes = PairCounts.classes
    return (0..<strata.count).map { stratum in
      PairCounts(
        found: Array(cells[(stratum * classes)..<((stratum + 1) * classes)]),
        missed: missed[stratum], missedDeviation: spread * missed[stratum])
    }
  }

  // MARK: One person

  /// The record that leads what a record is joined with already.
  private func leader(_ record: Int) -> Int {
    var record = record
    while Int(parents[record]) != record { record = Int(parents[record]) }
    return record
  }

  /// Takes a pair of one person, the heaviest first.
  private mutating func join(_ place: Int) {
    let scored = result.scored
    let (one, other) = (Int(scored.left[place]), Int(scored.right[place]))
    let weight = scored.weights[place]
    let (a, b) = (leader(one), leader(other))
    if weight < DecidedPairs.certain {
      let chain = a == b ? lightest(one, other) : weight
      balance[PairCounts.weightClass(Double(chain))] -= 1
    }
    guard a != b else { return }
    let weightClass = PairCounts.weightClass(Double(weight))
    guard sizes[a] + sizes[b] <= Self.largest else {
      for (end, times) in [(one, strata.size(other)), (other, strata.size(one))] {
        for place in strata.places(end) {
          cells[Int(strata.strata[place]) * PairCounts.classes + weightClass] += times
        }
      }
      return
    }
    let (x, y) = (count(a), count(b))
    for (leader, times) in [(a, y), (b, x)] {
      forEachStratum(joinedWith: leader) {
        $0.cells[$1 * PairCounts.classes + weightClass] += times
      }
    }
    // The two rings become one.
    next.swapAt(a, b)
    let (above, below) = sizes[a] >= sizes[b] ? (a, b) : (b, a)
    parents[below] = UInt32(above)
    weights[below] = weight
    sizes[above] += sizes[below]
  }

  /// The lightest join between two records that are joined: up the tree of joins, where no one is far from the top.
  private func lightest(_ one: Int, _ other: Int) -> Float {
    // Joins become lighter towards the top, so the end with the heavier one goes up first.
    var (one, other, least) = (one, other, Float.infinity)
    while one != other {
      let isOne =
        Int(parents[one]) != one && (Int(parents[other]) == other || weights[one] >= weights[other])
      if isOne {
        least = min(least, weights[one])
        one = Int(parents[one])
      } else {
        least = min(least, weights[other])
        other = Int(parents[other])
      }
    }
    return least
  }

  /// How many things the records stand for that a record is joined with.
  private func count(_ record: Int) -> Int {
    var (sum, member) = (0, record)
    repeat {
      sum += strata.size(member)
      member = Int(next[member])
    } while member != record
    return sum
  }

  /// Hands the strata of all records that a record is joined with to `body`.
  private mutating func forEachStratum(
    joinedWith record: Int, _ body: (inout Self, _ stratum: Int) -> Void
  ) {
    var member = record
    repeat {
      for place in strata.places(member) { body(&self, Int(strata.strata[place])) }
      member = Int(next[member])
    } while member != record
  }

  /// Those that say the same with a number among it are one record.
  private mutating func addCopies() {
    for record in 0..<result.recordCount where strata.size(record) > 1 {
      for place in strata.places(record) {
        cells[(Int(strata.strata[place]) + 1) * PairCounts.classes - 1] += strata.size(record) - 1
      }
    }
  }

  // MARK: Two people

  /// Adds the pairs of two people that are to be expected to be matches.
  ///
  /// - Returns: the standard deviation of their number, for what is not known of the model, as a share of it.
  private mutating func addNeighbours(
    _ between: [UInt32], _ calibration: Calibration, hasOnePartner: Bool
  ) -> Double {
    let expected = zip(balance, calibration.shares).reduce(0) { $0 + Double($1.0) * $1.1 }
    let (scored, roots) = (result.scored, result.clustering.roots)
    var pairs = between.map { place -> (key: UInt64, weight: Float) in
      let (a, b) = (roots[Int(scored.left[Int(place)])], roots[Int(scored.right[Int(place)])])
      return (UInt64(min(a, b)) << 32 | UInt64(max(a, b)), scored.weights[Int(place)])
    }
    pairs.sort { $0.key != $1.key ? $0.key < $1.key : $0.weight < $1.weight }
    var neighbours: [Neighbours] = []
    var last: UInt64?
    for pair in pairs {
      if pair.key != last {
        last = pair.key
        var more = Neighbours(one: Int(pair.key >> 32), other: Int(pair.key & 0xFFFF_FFFF))
        more.all = result.cluster(of: more.one).size * result.cluster(of: more.other).size
        neighbours.append(more)
      }
      neighbours[neighbours.count - 1].sum += Double(pair.weight)
      neighbours[neighbours.count - 1].kept += 1
    }
    let least = Double(scored.weights.min() ?? 0)
    var (floor, more) = (least, 0.0)
    if hasOnePartner {
      more = Self.root(0, 20, expected) { more in
        Self.matches(neighbours) { $0.weight(floor: least, more: more) }
      }
    } else {
      floor = Self.root(least - 60, least, expected) { floor in
        Self.matches(neighbours) { $0.weight(floor: floor, more: 0) }
      }
    }
    var (sum, counts) = (0.0, [Int](repeating: 0, count: PairCounts.classes))
    for pair in neighbours {
      let weight = pair.weight(floor: floor, more: more)
      let share = probability(ofWeight: weight)
      sum += share * Double(pair.all)
      counts[PairCounts.weightClass(weight)] += pair.all
      for (one, other) in [(pair.one, pair.other), (pair.other, pair.one)] {
        let matches = share * Double(count(other))
        forEachStratum(joinedWith: one) { $0.missed[$1] += matches }
      }
    }
    // Pairs that weigh more for no better one was found are not better known: what is not known is how many matches
    // there are among all.
    let unsure = hasOnePartner ? balance : counts
    let variance = zip(unsure, calibration.variances).reduce(0) {
      $0 + Double($1.0) * Double($1.0) * $1.1
    }
    return sum > 0 ? variance.squareRoot() / sum : 0
  }

  /// The matches to be expected of the kept pairs of neighbours.
  private static func matches(
    _ neighbours: [Neighbours], _ weight: (Neighbours) -> Double
  ) -> Double {
    neighbours.reduce(0) { $0 + Double($1.kept) * probability(ofWeight: weight($1)) }
  }

  /// Where between two numbers a rising function has a value: at one of them where it does not.
  private static func root(
    _ low: Double, _ high: Double, _ value: Double, _ function: (Double) -> Double
  ) -> Double {
    var (low, high) = (low, high)
    for _ in 0..<30 {
      let middle = (low + high) / 2
      if function(middle) < value { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

extension LinkResult {
  /// Counts, for each stratum, the pairs that a record of it is in, by what all evidence says of them.
  ///
  /// A pair of two strata counts for both, and one of one stratum for both of its ends. Where a record has one
  /// partner at most, pairs that lost to a better one are no matches that were missed, and do not count.
  public func pairCounts(_ strata: RecordStrata, _ calibration: Calibration) -> [PairCounts] {
    var evidence = ClusterEvidence(self, strata)
    return evidence.counts(calibration)
  }
}
