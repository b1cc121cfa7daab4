import Foundation

/// How many pairs of each class of ``PairCounts`` are matches, as far as is known: by the model, and by what people
/// decided.
///
/// The share of matches in a class has a beta distribution. Before any review it is that of the model, held as
/// firmly as five reviewed pairs would make it; each decision counts for one more. Pairs for review are picked by
/// their weight, so that within a class they are as good as drawn at random, whoever they are about (poststratification:
/// Holt and Smith 1979, J R Stat Soc A 142: 33).
public struct Calibration: Sendable, Hashable, Codable {
  /// What the model's word is worth, in reviewed pairs a class.
  public static let worthOfModel = 5.0

  /// By class, the share of matches to be expected, and its variance.
  public let shares: [Double]
  public let variances: [Double]
  /// How many pairs people decided.
  public let reviewed: Int
  /// The share of the matches that no blocking rule finds and no chain of other pairs holds together, where it was
  /// estimated.
  public let missedByBlocking: Double
  /// Whether it was: not where the rules were given, or the model was trained before.
  public var knowsBlocking = true

  /// - Parameters:
  ///   - expected: by class, the mean probability of its pairs; what a weight in its middle says where it has none.
  ///   - same: by class, how many pairs people found to be of one person.
  ///   - different: by class, how many they found not to be.
  public init(
    expected: [Double], same: [Int], different: [Int], missedByBlocking: Double
  ) {
    var (shares, variances): ([Double], [Double]) = ([], [])
    for index in expected.indices {
      let a = Self.worthOfModel * expected[index] + Double(same[index])
      let b = Self.worthOfModel * (1 - expected[index]) + Double(different[index])
      shares.append(a / (a + b))
      variances.append(a * b / ((a + b) * (a + b) * (a + b + 1)))
    }
    self.shares = shares
    self.variances = variances
    reviewed = same.reduce(0, +) + different.reduce(0, +)
    self.missedByBlocking = missedByBlocking
  }

  /// The share of matches among pairs of a weight.
  func share(ofWeight weight: Double) -> Double { shares[PairCounts.weightClass(weight)] }
}

extension LinkResult {
  /// What is known of how many pairs of each weight are matches.
  ///
  /// - Parameter missedByBlocking: the share of matches that blocking misses, where this linkage did not estimate
  ///   it because its model was trained before.
  public func calibration(missedByBlocking: Double? = nil) -> Calibration {
    let classes = PairCounts.classes
    var (sums, counts) = (
      [Double](repeating: 0, count: classes), [Int](repeating: 0, count: classes)
    )
    func add(_ weight: Float) {
      let index = PairCounts.weightClass(Double(weight))
      sums[index] += probability(ofWeight: Double(weight))
      counts[index] += 1
    }
    for weight in scored.weights where weight < DecidedPairs.certain { add(weight) }
    for weight in overruled.weights { add(weight) }
    let expected = (0..<classes).map { index in
      counts[index] > 0
        ? sums[index] / Double(counts[index])
        : probability(ofWeight: Double(index + PairCounts.lowest) + 0.5)
    }
    let certain = Set(
      scored.weights.indices.lazy.filter { scored.weights[$0] >= DecidedPairs.certain }
        .map { DecidedPairs.key(scored.left[$0], scored.right[$0]) })
    var same = [Int](repeating: 0, count: classes)
    var different = same
    for place in overruled.left.indices {
      let index = PairCounts.weightClass(Double(overruled.weights[place]))
      if certain.contains(DecidedPairs.key(overruled.left[place], overruled.right[place])) {
        same[index] += 1
      } else {
        different[index] += 1
      }
    }
    var calibration = Calibration(
      expected: expected, same: same, different: different,
      missedByBlocking: missedAltogether(
        missedByBlocking ?? self.missedByBlocking ?? 0, among: sums.reduce(0, +)))
    calibration.knowsBlocking = missedByBlocking != nil || self.missedByBlocking != nil
    return calibration
  }

  /// The share of the matches that blocking misses and no chain of other pairs holds together.
  ///
  /// - Parameter matches: how many matches are to be expected among the pairs that were kept.
  private func missedAltogether(_ missed: Double, among matches: Double) -> Double {
    guard missed > 0, missed < 1, matches > 0 else { return 0 }
    let all = matches / (1 - missed)
    return max(0, missed * all - joinedUnseen) / all
  }

  /// How many pairs of records are of one cluster although no blocking rule finds them; estimated from some of the
  /// clusters where there are many.
  private var joinedUnseen: Double {
    var members = Array(
      (0..<recordCount).lazy.filter { self.cluster(of: $0).size > 2 }
        .map { UInt64(self.root(of: $0)) << 32 | UInt64($0) })
    radixSort(&members, from: 32, bits: 32)
    var (pairs, unseen) = (0, 0)
    func forEachCluster(_ body: (ArraySlice<UInt64>) -> Void) {
      var start = 0
      while start < members.count {
        var end = start
        while end < members.count, members[end] >> 32 == members[start] >> 32 { end += 1 }
        body(members[start..<end])
        start = end
      }
    }
    forEachCluster { pairs += $0.count * ($0.count - 1) / 2 }
    let step = UInt64(max(1, pairs / Self.pairsLookedAt))
    forEachCluster { own in
      // Of what is no person any more nothing is to be learnt.
      guard own.count <= ClusterEvidence.largest else { return }
      guard step == 1 || records.nameHash(Int(own[own.startIndex] >> 32)) % step == 0 else {
        return
      }
      for (place, one) in own.enumerated() {
        for other in own.dropFirst(place + 1)
        where !blocks.isFound(Int(one & 0xFFFF_FFFF), Int(other & 0xFFFF_FFFF)) { unseen += 1 }
      }
    }
    return Double(unseen) * Double(step)
  }

  private static let pairsLookedAt = 500_000

  /// The share of the matches that blocking misses, by capture and recapture between rules and by what the chosen
  /// rules find of what all candidates do; nil where the rules were not chosen now.
  public var missedByBlocking: Double? {
    choice.map { choice in
      guard choice.found > 0 else { return 0 }
      return 1 - choice.recall * choice.found / (choice.found + choice.missed)
    }
  }
}
