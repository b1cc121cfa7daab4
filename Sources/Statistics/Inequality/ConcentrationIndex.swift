/// The concentration index: how far a value lies with the worse off or the better off, from −1 to 1.
///
/// C = 2 / μ Σ fᵢ yᵢ rᵢ − 1, where r is the middle of each unit in the cumulative population in order of standing
/// (Kakwani, Wagstaff and van Doorslaer 1997, J Econometrics 77: 87). Below zero, there is more of it among the worse off.
/// Units of one rank, such as all areas of a tenth, share the middle of all of them.
public struct ConcentrationIndex: Sendable {
  public let value: Double
  /// What the errors of the values leave of it, the ranks being known; nil where none are given.
  public let standardError: Double?
  /// For a value that is a share of people: Wagstaff's (2005), C / (1 − μ), and Erreygers's (2009), 4 μ C.
  public let wagstaff: Double?
  public let erreygers: Double?

  /// - Parameters:
  ///   - values: of each unit.
  ///   - populations: of each unit; zero for one that counts for nothing.
  ///   - ranks: the units' standing from the worst off; their order if left out.
  ///   - standardErrors: of the values.
  ///   - isShare: whether values are shares from 0 to 1.
  /// - Returns: throws why it is unknown.
  public init(
    values: [Double], populations: [Double], ranks: [Double]? = nil,
    standardErrors: [Double]? = nil, isShare: Bool = false
  ) throws(NoEstimate) {
    guard values.count >= 2, populations.count == values.count else {
      throw NoEstimate(.tooFewValues)
    }
    let ranks = ranks ?? values.indices.map(Double.init)
    for number in values + populations + ranks where number.isNaN { throw NoEstimate(.missing) }
    guard values.allSatisfy({ $0 >= 0 && $0.isFinite }), populations.allSatisfy({ $0 >= 0 }),
      !isShare || values.allSatisfy({ $0 <= 1 })
    else { throw NoEstimate(.impossible) }
    let total = populations.reduce(0, +)
    guard total > 0, total.isFinite else { throw NoEstimate(.noPopulation) }
    let shares = populations.map { $0 / total }
    let mean = zip(shares, values).reduce(0) { $0 + $1.0 * $1.1 }
    guard mean > 0 else { throw NoEstimate(.tooFewEvents) }
    let order = values.indices.sorted { ranks[$0] < ranks[$1] }
    var middles = [Double](repeating: 0, count: values.count)
    var before = 0.0
    var place = 0
    while place < order.count {
      var end = place
      var share = 0.0
      while end < order.count, ranks[order[end]] == ranks[order[place]] {
        share += shares[order[end]]
        end += 1
      }
      for unit in order[place..<end] { middles[unit] = before + share / 2 }
      before += share
      place = end
    }
    let sum = values.indices.reduce(0) { $0 + shares[$1] * values[$1] * middles[$1] }
    let index = 2 * sum / mean - 1
    value = index
    wagstaff = isShare && mean < 1 ? index / (1 - mean) : nil
    erreygers = isShare ? 4 * mean * index : nil
    standardError = standardErrors.map { errors in
      // dC/dyᵢ = fᵢ (2rᵢ − 1 − C) / μ.
      values.indices.reduce(0.0) { sum, unit in
        let part = shares[unit] * (2 * middles[unit] - 1 - index) / mean * errors[unit]
        return sum + part * part
      }.squareRoot()
    }
  }
}
