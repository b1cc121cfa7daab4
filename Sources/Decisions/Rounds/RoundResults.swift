import Foundation
import Indicators
package import Partnership
package import Statistics

/// What the scores and the evidence of a round come to: the ranking, and how far it depends on weights and chance.
package struct RoundResults: Sendable {
  package let rules: Prioritisation
  package let scores: Scores
  /// Values from 0 to 100, candidates × criteria; nil where neither people nor indicators say anything.
  package let values: [[Double?]]
  package let model: MultiCriteria
  /// With weights around those agreed.
  package let acceptability: RankAcceptability
  /// With any weights.
  package let anyWeights: RankAcceptability

  /// How closely weights are drawn around those agreed: with 30, a weight of 20% has a standard deviation of 7 points.
  static let concentration = 30.0
  static let draws = 4_000

  /// Nil where there is nothing to rank.
  package init?(
    _ rules: Prioritisation, _ scores: Scores, evidence: [RecordNumber: PriorityEvidence]
  ) {
    guard rules.candidates.count > 1, !rules.criteria.isEmpty else { return nil }
    self.rules = rules
    self.scores = scores
    let columns = rules.criteria.map { criterion in
      Self.column(criterion, rules, scores, evidence)
    }
    values = rules.candidates.indices.map { candidate in columns.map { $0.values[candidate] } }
    // Where nothing is known, the middle stands in, and the draws below go over the whole range.
    guard
      let model = MultiCriteria(
        weights: rules.criteria.map(\.weight), values: values.map { $0.map { $0 ?? 50 } })
    else { return nil }
    self.model = model
    let count = rules.candidates.count
    func drawn(_ random: inout RandomNumbers) -> [[Double]] {
      (0..<count).map { candidate in columns.map { $0.draw(candidate, &random) } }
    }
    let criteria = rules.criteria.count
    acceptability = RankAcceptability(
      weights: .around(model.weights, concentration: Self.concentration), criteria: criteria,
      draws: Self.draws, seed: UInt64(rules.number.value), values: drawn)
    anyWeights = RankAcceptability(
      weights: .any, criteria: criteria, draws: Self.draws, seed: UInt64(rules.number.value),
      values: drawn)
  }

  /// The values of one criterion, and how they are drawn.
  private struct Column {
    let values: [Double?]
    /// Standard errors; nil where nobody knows how sure a value is.
    let errors: [Double?]
    /// Whether no value can be beyond 0 to 100: the scale of scores ends there, that of evidence is only drawn so.
    let hasEnds: Bool

    func draw(_ candidate: Int, _ random: inout RandomNumbers) -> Double {
      guard let value = values[candidate] else { return random.uniform() * 100 }
      // As unsure as if any value of the scale were as likely: √(100² ÷ 12).
      let drawn = value + (errors[candidate] ?? 28.9) * random.normal()
      return hasEnds ? min(100, max(0, drawn)) : drawn
    }
  }

  private static func column(
    _ criterion: Criterion, _ rules: Prioritisation, _ scores: Scores,
    _ evidence: [RecordNumber: PriorityEvidence]
  ) -> Column {
    switch criterion.source {
    case .judged:
      let own = rules.candidates.map { scores.of($0, by: criterion.name) }
      return Column(
        values: own.map { Scores.value($0, groups: rules.groups) },
        errors: own.map { Self.error($0, rules.groups) }, hasEnds: true)
    case .need: return scaled(rules.candidates.map { evidence[$0]?.need })
    case .inequality: return scaled(rules.candidates.map { evidence[$0]?.inequality })
    }
  }

  /// Estimates from 0, the least of the candidates, to 100, the greatest: a local scale (Multi-criteria analysis: a
  /// manual, 2009, 6.2.7).
  private static func scaled(_ estimates: [PriorityEvidence.Estimate?]) -> Column {
    let known = estimates.compactMap { $0?.value }
    guard let low = known.min(), let high = known.max(), high > low else {
      return Column(
        values: estimates.map { $0 == nil ? nil : 50 }, errors: estimates.map { _ in 0 },
        hasEnds: false)
    }
    return Column(
      values: estimates.map { $0.map { ($0.value - low) / (high - low) * 100 } },
      errors: estimates.map { ($0?.error).map { $0 / (high - low) * 100 } }, hasEnds: false)
  }

  /// The standard error of the value that scores come to, on its scale of 0 to 100.
  ///
  /// Of n scores with the mean m, the variance of the mean is taken as (Σ(x − m)² + 1) ÷ n²: one further score that is a
  /// point away keeps few who agree from looking certain. A panel that agreed is one score here, however many sat on it:
  /// they talked. That is a convention of Kith's.
  static func error(
    _ scores: [Scores.Score], _ groups: [(name: String, share: Double)]
  ) -> Double {
    var sum = 0.0
    var shares = 0.0
    let named = groups.isEmpty ? [("", 1.0)] : groups.map { ($0.name, $0.share) }
    for (name, share) in named {
      let own = groups.isEmpty ? scores : scores.filter { $0.group == name }
      let people = Double(own.reduce(0) { $0 + $1.people })
      guard people > 0, share > 0 else { continue }
      let mean = own.reduce(0.0) { $0 + Double($1.value * $1.people) } / people
      let spread = own.reduce(0.0) { $0 + (Double($1.value) - mean) * (Double($1.value) - mean) }
      let count = Double(own.count)
      let variance = (spread + 1) / count / count
      sum += share * share * variance
      shares += share
    }
    return shares > 0 ? sum.squareRoot() / shares * 25 : 0
  }

  /// The candidates, the best first.
  package var order: [Int] {
    let totals = model.totals
    return totals.indices.sorted { (-totals[$0], $0) < (-totals[$1], $1) }
  }

  /// Candidates and criteria on which half of those who scored lie more than a point apart.
  package var disagreements: [(candidate: RecordNumber, criterion: String)] {
    rules.candidates.flatMap { candidate in
      rules.judged.compactMap { criterion in
        let own = scores.of(candidate, by: criterion.name)
        guard own.reduce(0, { $0 + $1.people }) >= Scores.fewestForQuartiles,
          let quartiles = Scores.quartiles(own), quartiles.upper - quartiles.lower > 1
        else { return nil }
        return (candidate, criterion.name)
      }
    }
  }

  /// Whether some priorities were scored by groups that have not scored others, so that their values are of other people.
  package var isUneven: Bool {
    let groups = rules.candidates.flatMap { candidate in
      rules.judged.map { criterion in
        Set(scores.of(candidate, by: criterion.name).map(\.group))
      }
    }
    return Set(groups).count > 1
  }

  /// How the first place depends on the weight of a criterion.
  package struct Stability: Sendable {
    package let criterion: String
    /// The agreed weight, from 0 to 1.
    package let weight: Double
    /// The weights, from 0 to 1, with which the first stays first.
    package let range: ClosedRange<Double>

    /// Whether the first stays first with any weight of it.
    package var isAny: Bool { range.lowerBound <= 0.000_5 && range.upperBound >= 0.999_5 }
  }

  /// The candidate that is first by itself; nil where several share the first place.
  package var first: RecordNumber? {
    guard let best = order.first, model.ranks.count(where: { $0 == 1 }) == 1 else { return nil }
    return rules.candidates[best]
  }

  /// How the first place depends on the weight of each criterion; empty where several share it.
  package var stability: [Stability] {
    guard first != nil else { return [] }
    return rules.criteria.enumerated().compactMap { index, criterion in
      model.stability(of: index).map {
        Stability(criterion: criterion.name, weight: model.weights[index], range: $0)
      }
    }
  }
}
