/// Means of values in groups, with the interval of Student's t distribution.
///
/// APHO Technical Briefing 3 (2008), equations 1 to 3. The standard deviation is the sample's, over n − 1; one value has
/// a mean and no interval; a missing value makes the mean unknown.
public struct Means: Sendable {
  public let estimates: Estimates
  /// Sums and standard deviations, not a number where they are unknown; and how many values there were.
  public let sums: [Double]
  public let counts: [Int]
  public let standardDeviations: [Double]

  public init(_ values: [Double], by grouping: Grouping, confidences: [Double] = [0.95]) {
    let sums = grouping.sums(values)
    var counts = [Int](repeating: 0, count: grouping.groupCount)
    for group in grouping.group { counts[Int(group)] += 1 }
    // From the mean, not from the sum of squares, which loses digits where values are large; and made good for what the
    // mean itself has lost (Chan, Golub and LeVeque 1983).
    var squares = [Double](repeating: 0, count: grouping.groupCount)
    var rests = squares
    for (row, group) in grouping.group.enumerated() {
      let difference = values[row] - sums[Int(group)] / Double(counts[Int(group)])
      squares[Int(group)] += difference * difference
      rests[Int(group)] += difference
    }
    var result = Estimates(count: grouping.groupCount, confidences: confidences)
    var deviations = [Double](repeating: .nan, count: grouping.groupCount)
    var quantiles: [Int: [Double]] = [:]
    for group in 0..<grouping.groupCount {
      let count = counts[group]
      guard count > 0 else {
        result.unknown[group] = .tooFewValues
        continue
      }
      guard sums[group].isFinite else {
        result.unknown[group] = sums[group].isNaN ? .missing : .impossible
        continue
      }
      let mean = sums[group] / Double(count)
      guard squares[group].isFinite else {
        result.unknown[group] = .impossible
        continue
      }
      result.values[group] = mean
      result.unknown[group] = nil
      guard count > 1 else { continue }
      let square = squares[group] - rests[group] * rests[group] / Double(count)
      let deviation = (square / Double(count - 1)).squareRoot()
      deviations[group] = deviation
      if quantiles[count] == nil {
        quantiles[count] = confidences.map {
          StudentT.t($0, degreesOfFreedom: Double(count - 1))
        }
      }
      for (level, t) in (quantiles[count] ?? []).enumerated() {
        let half = t * deviation / Double(count).squareRoot()
        result.lower[level][group] = mean - half
        result.upper[level][group] = mean + half
      }
    }
    self.sums = sums
    self.counts = counts
    estimates = result
    standardDeviations = deviations
  }
}
