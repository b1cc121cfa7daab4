/// Probabilities of many tests made good for there being many: so that what stands out is not what had to by chance.
public enum MultipleComparisons: String, Sendable, CaseIterable {
  /// The probability of any false alarm, at most: p times the number of tests.
  case bonferroni
  /// The same, with less lost (Holm 1979).
  case holm
  /// The share of false alarms among alarms (Benjamini and Hochberg 1995).
  case benjaminiHochberg = "benjamini_hochberg"
  /// The same however the tests depend on each other (Benjamini and Yekutieli 2001).
  case benjaminiYekutieli = "benjamini_yekutieli"

  /// The adjusted probabilities, in the order given; a missing one (not a number) stays missing and does not count.
  public func adjusted(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.filter { !pValues[$0].isNaN }.sorted { pValues[$0] < pValues[$1] }
    let count = Double(order.count)
    var result = [Double](repeating: .nan, count: pValues.count)
    switch self {
    case .bonferroni:
      for row in order { result[row] = min(1, pValues[row] * count) }
    case .holm:
      var highest = 0.0
      for (rank, row) in order.enumerated() {
        highest = max(highest, pValues[row] * (count - Double(rank)))
        result[row] = min(1, highest)
      }
    case .benjaminiHochberg, .benjaminiYekutieli:
      let factor =
        self == .benjaminiHochberg
        ? 1 : stride(from: 1, through: count, by: 1).reduce(0) { $0 + 1 / $1 }
      var lowest = Double.infinity
      for (rank, row) in order.enumerated().reversed() {
        lowest = min(lowest, pValues[row] * count * factor / Double(rank + 1))
        result[row] = min(1, lowest)
      }
    }
    return result
  }
}
