/// Rates of small areas drawn towards a mean by their moments: of all areas, or of each area's neighbours.
///
/// Marshall (1991, Appl Stat 40: 283), the global and the local estimator. It has no intervals; ``GammaPoisson`` has.
public struct EmpiricalBayes: Sendable {
  /// Smoothed rates of 1; not a number where an area's are unknown.
  public let rates: [Double]
  public let unknown: [Unknown?]

  /// - Parameter neighbours: for the local estimator, the areas about each, without itself; an area without any is drawn
  ///   to the mean of all.
  public init(events: [Double], populations: [Double], neighbours: [[Int]]? = nil) {
    let unknown = events.indices.map { Unknown.ofCount(events[$0], populations[$0]) }
    let known = events.indices.filter { unknown[$0] == nil }
    /// The mean of some areas, and the variance between them beyond chance.
    func moments(_ rows: [Int]) -> (mean: Double, between: Double) {
      let people = rows.reduce(0) { $0 + populations[$1] }
      let mean = rows.reduce(0) { $0 + events[$1] } / people
      let spread =
        rows.reduce(0.0) { sum, row in
          let difference = events[row] / populations[row] - mean
          return sum + populations[row] * difference * difference
        } / people
      return (mean, max(0, spread - mean / (people / Double(rows.count))))
    }
    let all = moments(known)
    var rates = [Double](repeating: .nan, count: events.count)
    for row in known {
      let around = (neighbours?[row] ?? []).filter { unknown[$0] == nil }
      let (mean, between) = around.isEmpty ? all : moments(around + [row])
      let within = mean / populations[row]
      let weight = between + within > 0 ? between / (between + within) : 0
      rates[row] = mean + weight * (events[row] / populations[row] - mean)
    }
    self.rates = rates
    self.unknown = unknown
  }
}
