/// Which quantile of its group each value lies in, such as a tenth or a fifth.
///
/// Values are ranked, equal ones sharing the least of their ranks; the quantile is one more than the values before, times
/// the number of quantiles, over the number of values, rounded down: OHID, PHEindicatormethods, `phe_quantile`. Missing values have none, and so has
/// a group with fewer values than quantiles.
public struct Quantiles: Sendable {
  /// The quantile of each row, from 1; nil where there is none.
  public let quantile: [Int?]

  /// - Parameters:
  ///   - count: how many quantiles: 10 for tenths.
  ///   - isHighestFirst: whether quantile 1 has the highest values.
  public init(_ values: [Double], by grouping: Grouping, count: Int, isHighestFirst: Bool = true) {
    precondition(count >= 2, "there are at least two quantiles")
    var result = [Int?](repeating: nil, count: values.count)
    for rows in grouping.rows {
      let known = rows.filter { !values[$0].isNaN }
      guard known.count >= count else { continue }
      let sorted = known.sorted {
        isHighestFirst ? values[$0] > values[$1] : values[$0] < values[$1]
      }
      var rank = 1
      for (position, row) in sorted.enumerated() {
        if position > 0, values[row] != values[sorted[position - 1]] { rank = position + 1 }
        // In whole numbers: nothing is left to the last digit of a division.
        result[row] = (rank - 1) * count / known.count + 1
      }
    }
    quantile = result
  }
}
