/// The concentration index: how far a value lies with the worse off or the better off, from −1 to 1.
///
/// C = 2 / μ Σ fᵢ yᵢ rᵢ − 1, where r is the middle of each group in the cumulative population in order of standing
/// (Kakwani, Wagstaff and van Doorslaer 1997, J Econometrics 77: 87, equations 1 and 14 to 18 for grouped data). Below
/// zero, there is more of it among the worse off.
public struct ConcentrationIndex: Sendable {
  public let value: Double
  /// Nil where the groups' values have no standard errors.
  public let standardError: Double?
  /// For a value that is a share of people: Wagstaff's (2005), C / (1 − μ), and Erreygers's (2009), 4 μ C.
  public let wagstaff: Double?
  public let erreygers: Double?

  /// - Parameters:
  ///   - values: of each group, in order from the worst off to the best.
  ///   - populations: of each group.
  ///   - standardErrors: of the values, zeros where they are of everybody.
  ///   - isShare: whether values are shares from 0 to 1.
  /// - Returns: throws why it is unknown.
  public init(
    values: [Double], populations: [Double], standardErrors: [Double]? = nil, isShare: Bool = false
  ) throws(NoEstimate) {
    guard values.count >= 2, populations.count == values.count else {
      throw NoEstimate(.tooFewValues)
    }
    for number in values + populations where number.isNaN { throw NoEstimate(.missing) }
    guard populations.allSatisfy({ $0 > 0 }) else { throw NoEstimate(.noPopulation) }
    guard values.allSatisfy({ $0 >= 0 }), !isShare || values.allSatisfy({ $0 <= 1 }) else {
      throw NoEstimate(.impossible)
    }
    let total = populations.reduce(0, +)
    let shares = populations.map { $0 / total }
    let mean = zip(shares, values).reduce(0) { $0 + $1.0 * $1.1 }
    guard mean > 0 else { throw NoEstimate(.tooFewEvents) }
    var cumulative = 0.0
    var curve = [0.0]
    let middles = shares.map { share in
      defer { cumulative += share }
      return cumulative + share / 2
    }
    var sum = 0.0
    for index in values.indices {
      sum += shares[index] * values[index] * middles[index]
      curve.append(curve[index] + shares[index] * values[index] / mean)
    }
    let index = 2 * sum / mean - 1
    value = index
    wagstaff = isShare && mean < 1 ? index / (1 - mean) : nil
    erreygers = isShare ? 4 * mean * index : nil
    standardError = standardErrors.map { errors in
      // a = μ_i/μ (2r − 1 − C) + 2 − q_{i−1} − q_i; the variance within groups stands beside that between.
      var between = 0.0
      var within = 0.0
      for group in values.indices {
        let a =
          values[group] / mean * (2 * middles[group] - 1 - index) + 2 - curve[group]
          - curve[group + 1]
        between += shares[group] * a * a
        let b = shares[group] * (2 * middles[group] - 1 - index) * errors[group]
        within += b * b
      }
      let variance = (between - (1 + index) * (1 + index)) / Double(values.count)
      return (max(0, variance) + within / (mean * mean)).squareRoot()
    }
  }
}
