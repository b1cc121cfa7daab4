import Foundation

/// Which of the weighed pairs are taken for matches.
struct Decision: Sendable {
  /// Their places among the weighed pairs.
  let accepted: [Int]
  /// The weight from which on pairs are taken.
  let threshold: Double
  /// The F1 that can be expected, given the probabilities.
  let expectedF1: Double
  /// Whether no record has two partners.
  let isOneToOne: Bool
  /// How many pairs compete in groups too large for the exact choice: there the heaviest pair goes first.
  let approximated: Int

  /// - Parameters:
  ///   - missed: how many matches are expected among pairs that were not looked at.
  ///   - threshold: that of a model; the one with the best F1 to be expected where nil.
  ///   - floor: no threshold below it is chosen.
  init(
    _ scored: ScoredPairs, _ records: RecordSet, scope: LinkScope, missed: Double,
    threshold: Double?, floor: Float = -.infinity
  ) {
    // Two sources: chosen exactly. Among more, clustering sees to it.
    let isOneToOne =
      scope.isOneToOne && !scope.within && scope.between && records.sources.count == 2
    self.isOneToOne = isOneToOne
    // What records are called decides between choices, not where they stand.
    let chance = { (place: Int) in records.chance(of: scored, place) }
    var approximated = 0
    /// The pairs from a weight on, of which each record has one at most.
    func choice(from least: Double) -> [Int] {
      let places = scored.weights.indices.filter { Double(scored.weights[$0]) >= least }
      guard isOneToOne else { return places }
      let best = OneToOne.choice(
        left: places.map { scored.left[$0] }, right: places.map { scored.right[$0] },
        gain: places.map { Self.gain(scored.weights[$0]) }, chance: { chance(places[$0]) })
      approximated = best.approximated
      return best.pairs.map { places[$0] }
    }
    if let threshold {
      accepted = choice(from: threshold)
      self.threshold = threshold
      expectedF1 = .nan
      self.approximated = approximated
      return
    }
    // The threshold with the best F1 to be expected. Each pair's probability is what it would be if pairs of
    // its weight were drawn at random. For this, a choice by the heaviest pair first suffices.
    let candidates =
      isOneToOne
      ? OneToOne.heaviestFirst(
        left: scored.left, right: scored.right, weights: scored.weights, chance: chance)
      : Array(scored.left.indices)
    let bins = WeightBins(candidates.lazy.map { scored.weights[$0] })
    var (sum, count, best, chosen) = (0.0, 0, 0.0, Float.infinity)
    let expected = bins.expected + missed
    for bin in bins.descending where bin.least >= floor {
      sum += bin.expected
      count += bin.count
      let value = 2 * sum / (Double(count) + expected)
      if value > best { (best, chosen) = (value, bin.least) }
    }
    // Only pairs from the threshold on compete for partners.
    accepted = chosen < .infinity ? choice(from: Double(chosen)) : []
    // Where no pair is worth taking, a later one would have to be likelier than not.
    self.threshold = accepted.isEmpty ? max(0, Double(floor)) : Double(chosen)
    expectedF1 = best
    self.approximated = approximated
  }

  /// What a pair adds to a one-to-one choice: its weight. A pair with a weight below 0 adds nothing to the sum; it
  /// is taken, the likelier first, where it takes the place of no other. What people decided goes before all.
  static func gain(_ weight: Float) -> Double {
    guard weight < DecidedPairs.certain else { return 1e6 }
    return max(Double(weight), 0) + 1e-4 * probability(ofWeight: Double(weight))
  }
}

extension RecordSet {
  /// A number from 0 to 1 that follows from what the records of a pair are called.
  fileprivate func chance(of pairs: ScoredPairs, _ place: Int) -> Double {
    let names = (nameHash(Int(pairs.left[place])), nameHash(Int(pairs.right[place])))
    return Double(mixed(names.0 &+ mixed(names.1)) >> 11) * 0x1p-53
  }
}

/// Weights in bins of an eighth, with the matches to be expected of each.
struct WeightBins {
  struct Bin {
    let least: Float
    var count = 0
    var expected = 0.0
  }

  private var bins: [Bin]
  private static let (from, to, perUnit): (Float, Float, Float) = (-32, 96, 8)

  init(_ weights: some Sequence<Float>) {
    bins = (0...Int((Self.to - Self.from) * Self.perUnit)).map {
      Bin(least: Self.from + Float($0) / Self.perUnit)
    }
    for weight in weights {
      let place = Int((min(max(weight, Self.from), Self.to) - Self.from) * Self.perUnit)
      bins[place].count += 1
      bins[place].expected += probability(ofWeight: Double(weight))
    }
  }

  var descending: some Sequence<Bin> { bins.lazy.reversed().filter { $0.count > 0 } }
  var ascending: [Bin] { bins.filter { $0.count > 0 } }
  var expected: Double { bins.reduce(0) { $0 + $1.expected } }
}
