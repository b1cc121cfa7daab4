import Foundation

/// How unevenly a value is spread over people: Gini's and Theil's indices, and how much of them lies between groups.
public struct Dispersion: Sendable {
  /// Half the mean difference between two people over the mean: 0 where all have the same.
  public let gini: Double
  /// Theil's T: Σ share of people × (y/μ) log(y/μ); 0 where all have the same.
  public let theil: Double
  /// The mean logarithmic deviation, Theil's L; nil where a value is zero.
  public let meanLogDeviation: Double?
  /// What lies between groups, and within them; nil without groups. Gini's index leaves a rest, where groups overlap.
  public let parts: Parts?

  public struct Parts: Sendable {
    public let theilBetween: Double
    public let theilWithin: Double
    public let giniBetween: Double
    public let giniWithin: Double
    public let giniOverlap: Double
  }

  /// Values of units, such as areas, and their populations.
  ///
  /// Theil (1967); for groups Shorrocks (1980, Econometrica 48: 613) and Lambert and Aronson (1993, Econ J 103: 1224).
  ///
  /// - Returns: throws why there is no index: no value at all, a value below zero or missing, or a mean of zero.
  public init(
    values: [Double], populations: [Double], groups: Grouping? = nil
  ) throws(NoEstimate) {
    guard !values.isEmpty, values.count == populations.count else {
      throw NoEstimate(.tooFewValues)
    }
    for number in values + populations where number.isNaN { throw NoEstimate(.missing) }
    guard values.allSatisfy({ $0 >= 0 && $0.isFinite }), populations.allSatisfy({ $0 >= 0 }) else {
      throw NoEstimate(.impossible)
    }
    let total = populations.reduce(0, +)
    guard total > 0 else { throw NoEstimate(.noPopulation) }
    let mean = zip(values, populations).reduce(0) { $0 + $1.0 * $1.1 } / total
    guard mean > 0 else { throw NoEstimate(.noVariation) }
    let all = Array(values.indices)
    gini = Self.gini(all, values, populations)
    theil = Self.theil(all, values, populations)
    meanLogDeviation =
      values.allSatisfy { $0 > 0 }
      ? all.reduce(0) { $0 + populations[$1] / total * log(mean / values[$1]) } : nil
    guard let groups else {
      parts = nil
      return
    }
    var means: [Double] = []
    var people: [Double] = []
    var (theilWithin, giniWithin) = (0.0, 0.0)
    for rows in groups.rows {
      let n = rows.reduce(0) { $0 + populations[$1] }
      guard n > 0 else { continue }
      let groupMean = rows.reduce(0) { $0 + populations[$1] * values[$1] } / n
      people.append(n)
      means.append(groupMean)
      guard groupMean > 0 else { continue }
      let share = n * groupMean / (total * mean)
      theilWithin += share * Self.theil(rows, values, populations)
      giniWithin += share * n / total * Self.gini(rows, values, populations)
    }
    let every = Array(means.indices)
    let giniBetween = Self.gini(every, means, people)
    parts = Parts(
      theilBetween: Self.theil(every, means, people), theilWithin: theilWithin,
      giniBetween: giniBetween, giniWithin: giniWithin,
      giniOverlap: gini - giniBetween - giniWithin)
  }

  /// From the area under Lorenz's curve, a trapezium a unit.
  private static func gini(_ rows: [Int], _ values: [Double], _ people: [Double]) -> Double {
    let sorted = rows.sorted { values[$0] < values[$1] }
    let n = rows.reduce(0) { $0 + people[$1] }
    let sum = rows.reduce(0) { $0 + people[$1] * values[$1] }
    guard n > 0, sum > 0 else { return 0 }
    var area = 0.0
    var before = 0.0
    for row in sorted {
      let after = before + people[row] * values[row] / sum
      area += people[row] / n * (before + after) / 2
      before = after
    }
    return 1 - 2 * area
  }

  private static func theil(_ rows: [Int], _ values: [Double], _ people: [Double]) -> Double {
    let n = rows.reduce(0) { $0 + people[$1] }
    let mean = rows.reduce(0) { $0 + people[$1] * values[$1] } / n
    guard n > 0, mean > 0 else { return 0 }
    return rows.reduce(0) { sum, row in
      let ratio = values[row] / mean
      // y log y goes to 0 with y.
      return ratio > 0 ? sum + people[row] / n * ratio * log(ratio) : sum
    }
  }
}
