/// The Cochran–Armitage test of whether a share rises or falls over groups in order, such as fifths of deprivation.
///
/// Armitage (1955, Biometrics 11: 375).
public struct CochranArmitage: Sendable {
  /// Above zero where the share rises with the score.
  public let z: Double
  /// Two-sided.
  public let pValue: Double

  /// - Parameters:
  ///   - events, populations: of each group.
  ///   - scores: of each group; 1, 2, 3 … if left out.
  /// - Returns: throws why there is none.
  public init(
    events: [Double], populations: [Double], scores: [Double]? = nil
  ) throws(NoEstimate) {
    guard events.count >= 2 else { throw NoEstimate(.tooFewValues) }
    let scores = scores ?? events.indices.map { Double($0 + 1) }
    for row in events.indices {
      let reason =
        Unknown.ofCount(events[row], populations[row])
        ?? (events[row] > populations[row] ? .moreEventsThanPeople : nil)
      if let reason { throw NoEstimate(reason) }
    }
    let total = populations.reduce(0, +)
    let share = events.reduce(0, +) / total
    guard share > 0, share < 1 else { throw NoEstimate(.noVariation) }
    let mean = zip(scores, populations).reduce(0) { $0 + $1.0 * $1.1 } / total
    var (sum, spread) = (0.0, 0.0)
    for row in events.indices {
      sum += (scores[row] - mean) * (events[row] - populations[row] * share)
      spread += populations[row] * (scores[row] - mean) * (scores[row] - mean)
    }
    guard spread > 0 else { throw NoEstimate(.noVariation) }
    z = sum / (share * (1 - share) * spread).squareRoot()
    pValue = min(1, 2 * Normal.survival(abs(z)))
  }
}
