/// Healthy life expectancy: the years of a life table that are lived in good health.
///
/// Sullivan (1971): the years of each band times the share of people there in good health, over those alive. Its limits
/// are those of the survey's shares, Σ L² p(1 − p)/N / l², the deaths' own chance left out as it is small beside
/// (Jagger and others, Health expectancy calculation by the Sullivan method, 4th edition, 2014, section 3).
public struct HealthyLifeExpectancies: Sendable {
  public let lifeTables: LifeTables
  /// A row for each band of each table.
  public let estimates: Estimates

  /// - Parameters:
  ///   - surveyed, healthy: how many were asked in each band, and how many of them are in good health.
  public init(
    deaths: [Double], populations: [Double], surveyed: [Double], healthy: [Double],
    ages: [Int] = LifeTables.usualAges, confidences: [Double] = [0.95]
  ) {
    let tables = LifeTables(
      deaths: deaths, populations: populations, ages: ages, confidences: confidences)
    lifeTables = tables
    var result = Estimates(count: deaths.count, confidences: confidences)
    let z = confidences.map(Normal.z)
    for start in stride(from: 0, to: deaths.count, by: ages.count) {
      var (years, variance) = (0.0, 0.0)
      var reason: Unknown?
      for row in (start..<start + ages.count).reversed() {
        reason = reason ?? Self.reason(surveyed[row], healthy[row])
        if let reason = tables.estimates.unknown[row] ?? reason {
          result.unknown[row] = reason
          // A table may lack a figure in one band and have those before it.
          guard !tables.years[row].isNaN, Self.reason(surveyed[row], healthy[row]) == nil else {
            continue
          }
        }
        let share = healthy[row] / surveyed[row]
        let lived = tables.years[row]
        years += lived * share
        variance += lived * lived * share * (1 - share) / surveyed[row]
        guard tables.estimates.unknown[row] == nil, reason == nil else { continue }
        let alive = tables.survivors[row]
        guard alive > 0 else {
          result.unknown[row] = nil
          result.values[row] = 0
          continue
        }
        let (value, error) = (years / alive, variance.squareRoot() / alive)
        result.unknown[row] = nil
        result.values[row] = value
        for level in z.indices {
          result.lower[level][row] = value - z[level] * error
          result.upper[level][row] = value + z[level] * error
        }
      }
    }
    estimates = result
  }

  private static func reason(_ surveyed: Double, _ healthy: Double) -> Unknown? {
    Unknown.ofCount(healthy, surveyed) ?? (healthy > surveyed ? .moreEventsThanPeople : nil)
  }
}
