import Foundation

extension LinkResult {
  /// Pairs of about one weight.
  public struct WeightBin: Sendable {
    public let from: Double
    public let pairs: Int
    /// How many of them are to be expected to be matches.
    public let expected: Double
  }

  /// The pairs that were kept, by weight, in bins of a half.
  public var weightBins: [WeightBin] {
    let bins = WeightBins(scored.weights).ascending
    let grouped = Dictionary(grouping: bins) { (2 * $0.least).rounded(.down) }
    return grouped.sorted { $0.key < $1.key }.map { half, bins in
      WeightBin(
        from: Double(half) / 2, pairs: bins.reduce(0) { $0 + $1.count },
        expected: bins.reduce(0) { $0 + $1.expected })
    }
  }

  /// What a blocking rule finds.
  public struct RuleCount: Sendable {
    public let rule: BlockingRule
    public let pairs: Int
    /// The pairs that the splitting of large blocks left out.
    public let leftOut: Int
  }

  /// The blocking rules with the pairs that each finds, whatever others find.
  public var ruleCounts: [RuleCount] {
    blocks.rules.map {
      RuleCount(rule: $0.rule, pairs: $0.pairCount, leftOut: $0.pairsLeftOut)
    }
  }

  /// Of how many records in a hundred the weight with a copy of themselves is below a weight: records that
  /// nothing could be linked to.
  ///
  /// A sample of the records, at most 100,000.
  public func unlinkable(below weights: [Double]) -> [Double] {
    let step = max(1, records.count / 100_000)
    let weigher = PairWeigher(plans, code, records, scorer)
    let own = stride(from: 0, to: records.count, by: step).map { weigher.weight($0, $0) }
    return weights.map { limit in
      100 * Double(own.count { $0 < limit }) / Double(max(1, own.count))
    }
  }

  /// How the weight of a pair comes about.
  public struct Explanation: Sendable {
    /// The logarithm of the odds that two records taken blindly are of one person.
    public let prior: Double
    /// What each comparison adds: its title at the level, and how much.
    public let parts: [(comparison: String, level: String, weight: Double)]
    /// What rare values add, by comparison.
    public let rarities: [(comparison: String, weight: Double)]
    /// What is taken away because people of one home are alike.
    public let home: Double
    public let total: Double
  }

  /// How the weights of some pairs come about: of the heaviest link, of the links nearest above the threshold,
  /// and of the pairs nearest below it.
  public func examples() -> [Explanation] {
    guard let heaviest = accepted.max(by: { scored.weights[$0] < scored.weights[$1] }) else {
      return []
    }
    let nearest = accepted.min { scored.weights[$0] < scored.weights[$1] }
    let limit = Float(threshold)
    let below = scored.weights.indices.filter { scored.weights[$0] < limit }
      .max { scored.weights[$0] < scored.weights[$1] }
    return [heaviest, nearest, below].compactMap { $0 }.map(explain)
  }

  private func explain(_ place: Int) -> Explanation {
    let (one, other) = (Int(scored.left[place]), Int(scored.right[place]))
    let pattern = scored.patterns[place]
    var parts: [(comparison: String, level: String, weight: Double)] = []
    var rarities: [(comparison: String, weight: Double)] = []
    var sum =
      scorer.logShares[LinkClass.match.rawValue] - scorer.logShares[LinkClass.random.rawValue]
    let prior = sum
    for (index, comparison) in model.comparisons.enumerated() {
      let level = code.level(index, in: pattern)
      let weight =
        scorer.logs[LinkClass.match.rawValue][index][level]
        - scorer.logs[LinkClass.random.rawValue][index][level]
      parts.append((comparison.name, comparison.words[level], weight))
      sum += weight
      let place = level - comparison.firstLevel
      if comparison.levels.indices.contains(place), comparison.levels[place].usesFrequency,
        scorer.frequencies[index] != nil
      {
        let rarity = scorer.rarity(index, one, other)
        rarities.append((comparison.name, rarity))
        sum += rarity
      }
    }
    for joint in scorer.joints {
      let (a, b) = (code.level(joint.one, in: pattern), code.level(joint.other, in: pattern))
      let weight = joint.match[a][b] - joint.random[a][b]
      guard abs(weight) > 0.005 else { continue }
      parts.append(
        (
          "\(model.comparisons[joint.one].name) and \(model.comparisons[joint.other].name)",
          "they go together", weight
        ))
      sum += weight
    }
    let total = Double(scored.weights[place])
    return Explanation(
      prior: prior, parts: parts, rarities: rarities, home: total - sum, total: total)
  }
}
