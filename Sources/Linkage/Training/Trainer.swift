import Foundation

/// What training found beside the model, for whoever judges whether to trust it.
public struct TrainingReport: Sendable, Codable, Hashable {
  /// How often the estimates were improved, and whether they came to rest.
  public let iterations: Int
  public let isConverged: Bool
  /// Comparisons that nothing could be learnt of, because every blocking rule touches them.
  public let unidentified: [String]
  /// The pairs that were compared to learn from, and the patterns of levels among them.
  public let pairs: Int
  public let patterns: Int
  /// The matches expected among all pairs that blocking finds.
  public let expectedMatches: Double
  /// The comparisons that go together, which the weights allow for.
  public let dependences: [Dependence]
  /// Whether there were matches to learn from; where there were not, matches are taken to agree as they usually do.
  public let isLearnt: Bool
}

/// Learns a model's probabilities from the pairs that blocking finds and from pairs taken blindly.
struct Trainer {
  let comparisons: [Comparison]
  let kinds: [FieldKind]
  var rules = TrainingRules()

  struct Outcome {
    /// By class, comparison and level.
    let levels: [[[Double]]]
    let shares: [Double]
    let dependences: [Dependence]
    let report: TrainingReport
  }

  func train(_ data: PatternData, _ random: RandomLevels, prior: Double?) -> Outcome {
    var randomLevels = random.probabilities
    var start = ClassLevels(comparisons, kinds: kinds, random: randomLevels)
    var shares = start.shares
    shares[LinkClass.match.rawValue] = prior ?? 1e-6
    shares[LinkClass.home.rawValue] *= shares[LinkClass.home.rawValue] > 0 ? 1e-6 : 0
    shares[LinkClass.twin.rawValue] *= shares[LinkClass.twin.rawValue] > 0 ? 1e-6 : 0
    let startShares = shares
    var fit = MixtureFit(data, comparisons, start, rules: rules)
    var totals = ClassShares(
      data, comparisons, fit.levels, pairCount: random.pairCount, start: shares,
      known: Self.atHome(data, fit))
    var iterations = fit.iterations
    // What matches and people of one home agree on is part of what pairs taken blindly do: it is taken out,
    // or numbers that only matches share would count for less than they should.
    for _ in 0..<2 {
      randomLevels = Self.without(
        fit.levels, totals.values, from: random.probabilities, comparisons)
      start = ClassLevels(comparisons, kinds: kinds, random: randomLevels)
      fit = MixtureFit(data, comparisons, start, after: fit, rules: rules)
      totals = ClassShares(
        data, comparisons, fit.levels, pairCount: random.pairCount, start: totals.values,
        known: Self.atHome(data, fit))
      iterations += fit.iterations
    }
    let isLearnt = self.isLearnt(fit, totals)
    var levels = fit.levels
    if !isLearnt {
      let usual = ClassLevels(comparisons, kinds: kinds, random: usualRandom(random.probabilities))
      totals = ClassShares(
        data, comparisons, usual.levels, pairCount: random.pairCount, start: startShares)
      levels = usual.levels
    }
    var values = totals.values
    if let prior { values[LinkClass.match.rawValue] = prior }
    let dependences =
      rules.allowsForDependence && isLearnt
      ? DependenceSearch(comparisons: comparisons, code: data.code).found(
        data, fit, blind: random.patterns) : []
    return Outcome(
      levels: levels, shares: values, dependences: dependences,
      report: TrainingReport(
        iterations: iterations, isConverged: fit.isConverged, unidentified: fit.unidentified,
        pairs: Int(data.pairCount), patterns: data.entries.count,
        expectedMatches: totals.expectedMatches, dependences: dependences, isLearnt: isLearnt))
  }

  /// From fewer matches the levels of several comparisons cannot be learnt.
  static let fewestMatches = 20.0

  /// Whether the class that was found is one of matches. Expectation and maximisation find a class of pairs whether there
  /// are matches or not. A class of chance agreements or of families differs in what one person keeps for life: the date
  /// of birth, the sex and, of twins, the forename.
  private func isLearnt(_ fit: MixtureFit, _ shares: ClassShares) -> Bool {
    guard shares.expectedMatches >= Self.fewestMatches else { return false }
    return comparisons.indices.allSatisfy { index in
      guard [.dateOfBirth, .sex, .forename].contains(kinds[index]),
        !fit.unidentified.contains(comparisons[index].name)
      else { return true }
      return fit.levels[LinkClass.match.rawValue][index].last.map { $0 < 0.5 } ?? true
    }
  }

  /// How often two people have one and the same number of their own, where it cannot be learnt.
  private static let mostSharedNumbers = 1e-4

  /// The levels of pairs taken blindly, for a linkage that learns nothing. That two people have one and the same number is
  /// an error of writing. In a small file it is not as frequent as pairs that agree on the number, because those are
  /// mostly matches.
  private func usualRandom(_ blind: [[Double]]) -> [[Double]] {
    comparisons.indices.map { index in
      var levels = blind[index]
      let full = comparisons[index].firstLevel
      let over = levels[full] - Self.mostSharedNumbers
      guard kinds[index].isOwnNumber, over > 0 else { return levels }
      levels[full] -= over
      levels[levels.count - 1] += over
      return levels
    }
  }

  /// How many pairs are of one home, from those of one address.
  private static func atHome(_ data: PatternData, _ fit: MixtureFit) -> [LinkClass: Double] {
    guard let home = data.home else { return [:] }
    var known: [LinkClass: Double] = [:]
    for linkClass in [LinkClass.home, .twin] where fit.homeShares[linkClass.rawValue] > 0 {
      let levels = fit.levels[linkClass.rawValue][home.comparison]
      // In full is the first level that says something.
      known[linkClass] = home.share(
        fit.homeShares[linkClass.rawValue], agreement: levels.first { $0 > 0 } ?? 0)
    }
    return known
  }

  /// What was learnt, as a model keeps it; its threshold is still to be found.
  func model(
    _ outcome: Outcome, _ plans: [ComparisonPlan], _ records: RecordSet, _ rules: [BlockingRule]
  ) -> TrainedModel {
    var frequencies: [String: TrainedModel.Frequencies] = [:]
    for plan in plans {
      guard let part = plan.singlePart, plan.comparison.levels.contains(where: \.usesFrequency)
      else { continue }
      // Among few records every number is frequent; what a number says is in the usual probabilities then.
      guard outcome.report.isLearnt || !records.parts[part].kind.isOwnNumber else { continue }
      frequencies[plan.comparison.name] = FrequencyWeights.frequencies(part, records)
    }
    let levels = comparisons.indices.map { index in
      TrainedModel.Levels(
        name: comparisons[index].name, match: outcome.levels[0][index],
        random: outcome.levels[1][index], home: outcome.levels[2][index],
        twin: outcome.levels[3][index])
    }
    return TrainedModel(
      comparisons: levels,
      shares: .init(match: outcome.shares[0], home: outcome.shares[2], twin: outcome.shares[3]),
      frequencies: frequencies, dependences: outcome.dependences, threshold: 0, rules: rules,
      isLearnt: outcome.report.isLearnt)
  }

  /// The levels of pairs that have nothing to do with each other.
  private static func without(
    _ levels: [[[Double]]], _ shares: [Double], from blind: [[Double]], _ comparisons: [Comparison]
  ) -> [[Double]] {
    blind.indices.map { comparison in
      var left = blind[comparison].indices.map { level -> Double in
        let all = blind[comparison][level]
        var others = 0.0
        for linkClass in LinkClass.allCases where linkClass != .random {
          others += shares[linkClass.rawValue] * levels[linkClass.rawValue][comparison][level]
        }
        return max(all - others, 0.01 * all)
      }
      let sum = left.reduce(0, +)
      if sum > 0 { left = left.map { $0 / sum } }
      return left
    }
  }
}
