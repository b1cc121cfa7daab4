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

  /// - Parameters:
  ///   - missed: how many matches are expected among pairs that were not looked at.
  ///   - threshold: that of a model; the one with the best F1 to be expected where nil.
  init(
    _ scored: ScoredPairs, _ records: RecordSet, scope: LinkScope, missed: Double,
    threshold: Double?
  ) {
    // Two sources: chosen exactly. Among more, clustering sees to it.
    isOneToOne = scope.isOneToOne && !scope.within && scope.between && records.sources.count == 2
    let candidates: [Int]
    if isOneToOne {
      // A pair is worth the more the likelier it is, and every pair above the least is worth something.
      let least = Double(scored.weights.min() ?? 0)
      candidates = OneToOne.best(
        left: scored.left, right: scored.right,
        gain: scored.weights.map { Double($0) - least + 0.01 },
        // What records are called decides between choices, not where they stand.
        chance: { records.chance(of: scored, $0) })
    } else {
      candidates = Array(scored.left.indices)
    }
    if let threshold {
      accepted = candidates.filter { Double(scored.weights[$0]) >= threshold }
      self.threshold = threshold
      expectedF1 = .nan
      return
    }
    // The threshold with the best F1 to be expected. Each pair's probability is what it would be if pairs of
    // its weight were drawn at random.
    let bins = WeightBins(candidates.lazy.map { scored.weights[$0] })
    var (sum, count, best, chosen) = (0.0, 0, 0.0, Float.infinity)
    let expected = bins.expected + missed
    for bin in bins.descending {
      sum += bin.expected
      count += bin.count
      let value = 2 * sum / (Double(count) + expected)
      if value > best { (best, chosen) = (value, bin.least) }
    }
    accepted = candidates.filter { scored.weights[$0] >= chosen }
    // Where no pair is worth taking, a later one would have to be likelier than not.
    self.threshold = accepted.isEmpty ? 0 : Double(chosen)
    expectedF1 = best
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
