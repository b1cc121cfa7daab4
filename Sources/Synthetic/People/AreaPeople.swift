#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The counts of each small area: residents by age and sex, ethnic group, homes, and the domains of
/// deprivation, each tied to the others as they are in England.
struct AreaPeople: Sendable {
  struct Counts: Sendable {
    var female: [Int] = []
    var male: [Int] = []
    var ethnicGroups: [Int] = []
    var tenure: [Int] = []
    var dimensions: [Int] = []
    var occupancy: [Int] = []
    var disabled = 0
    /// The score, and the decile of each domain: overall, income, employment, education, health,
    /// crime, housing and services, environment.
    var score = 0.0
    var deciles: [Int] = []

    var residents: Int { female.reduce(0, +) + male.reduce(0, +) }
  }

  let counts: [Counts]

  init(counts: [Counts]) { self.counts = counts }

  init(_ land: Land, _ parameters: Parameters, seed: UInt64) {
    var random = SeededGenerator(seed: seed, purpose: "people")
    var counts = land.areas.map { Self.people($0, land, parameters, &random) }
    for index in counts.indices {
      Self.deprivation(land.areas[index], parameters, &counts[index], &random)
    }
    self.counts = counts
  }

  private static func people(
    _ area: Land.SmallArea, _ land: Land, _ parameters: Parameters,
    _ random: inout SeededGenerator
  ) -> Counts {
    let size = parameters.residentsPerArea + parameters.spread * random.normal()
    let residents = Int(min(3_000, max(1_000, size)))
    let town = land.towns[area.district]
    let inner = exp(-pow(area.remoteness / 0.8, 2))
    let rural = min(1, max(0, (area.remoteness - 1.6) / 2))
    let retirement = town.isOnCoast ? exp(-area.inland / 4) : 0
    // How the age structure leans: above 0 older than England, below younger.
    let lean = 0.9 * retirement + 0.45 * rural - 0.7 * inner + 0.12 * random.normal()
    let isStudentArea = area.district == 2 && area.remoteness < 0.6
    let weights = parameters.agePercent.enumerated().map { band, percent -> Double in
      let age = 5 * Double(band) + 2.5
      var weight = percent * exp(lean * (age - 42) / 40)
      if isStudentArea, band == 3 || band == 4 { weight *= band == 4 ? 3.4 : 2.2 }
      if area.deprivation > 0, band < 4 { weight *= 1 + 0.1 * area.deprivation }
      return weight * (1 + 0.05 * random.normal())
    }
    var counts = Counts()
    let bands = apportion(residents, weights)
    counts.female = zip(bands, parameters.female).map { Int((Double($0) * $1 / 100).rounded()) }
    counts.male = zip(bands, counts.female).map { $0 - $1 }
    counts.ethnicGroups = apportion(
      residents,
      parameters.ethnicGroups.map { group in
        guard group.id != "white" else { return group.percent }
        // Groups live together, more in the middle of the larger towns.
        return group.percent * (0.15 + 2.6 * inner * town.reach / 4) * exp(0.4 * random.normal())
      })
    let homes = Int((Double(residents) / parameters.residentsPerHousehold).rounded())
    let d = area.deprivation
    counts.tenure = apportion(
      homes,
      parameters.tenure.map { tenure in
        let tilt =
          switch tenure.id {
          case "owned_outright": -0.45 * d + 0.5 * lean
          case "mortgage": -0.35 * d
          case "council", "social": 0.75 * d
          case "landlord", "private_other": 0.25 * d + 0.6 * inner
          default: 0.0
          }
        return tenure.percent * exp(tilt + 0.15 * random.normal())
      })
    counts.dimensions = apportion(
      homes,
      parameters.dimensions.enumerated().map {
        $0.element * exp(0.42 * d * (Double($0.offset) - 0.7))
      })
    counts.occupancy = apportion(
      homes,
      parameters.occupancy.map { rating in
        let tilt =
          switch rating.id {
          case "minus1", "minus2": 0.5 * d + 0.5 * inner
          case "plus2": -0.25 * d
          default: 0.0
          }
        return rating.percent * exp(tilt)
      })
    let disabled = parameters.disabled / 100 * exp(0.18 * d + 0.35 * lean + 0.05 * random.normal())
    counts.disabled = Int((Double(residents) * min(0.6, disabled)).rounded())
    return counts
  }

  /// Sets the area against the country: the place is a little more deprived than England.
  private static func deprivation(
    _ area: Land.SmallArea, _ parameters: Parameters, _ counts: inout Counts,
    _ random: inout SeededGenerator
  ) {
    // The share of England's small areas that are less deprived.
    func standing(_ value: Double) -> Double {
      0.5 * erfc(-(0.3 + 0.95 * value) / 2.0.squareRoot())
    }
    func decile(_ value: Double) -> Int { min(10, max(1, 1 + Int((1 - standing(value)) * 10))) }
    let overall = area.deprivation
    let position = (1 - standing(overall)) * 10
    let lower = min(9, max(0, Int(position)))
    let (top, bottom) = (parameters.scoreLimits[lower], parameters.scoreLimits[lower + 1])
    let score = top + (bottom - top) * (position - Double(lower))
    counts.score = (score * 1_000).rounded() / 1_000
    let remote = min(1.5, max(-1, area.remoteness - 1.2))
    // How closely each domain goes with the whole, and what else it goes with.
    let domains: [(Double, Double)] = [
      (0.95, 0), (0.9, 0), (0.85, 0), (0.85, 0), (0.7, -0.4 * remote), (0.1, 0.9 * remote),
      (0.45, -0.5 * remote),
    ]
    counts.deciles =
      [decile(overall)]
      + domains.map { weight, other in
        decile(
          weight * overall + other + (1 - weight * weight).squareRoot() * 0.5 * random.normal())
      }
  }
}

/// Shares a whole number out in proportion to weights; what is left goes to the largest remainders
/// (Hamilton's method), so that the parts add up.
func apportion(_ whole: Int, _ weights: [Double]) -> [Int] {
  let total = weights.reduce(0, +)
  guard total > 0 else { return weights.map { _ in 0 } }
  let exact = weights.map { Double(whole) * $0 / total }
  var parts = exact.map { Int($0) }
  let order = exact.indices.sorted {
    (exact[$0] - Double(parts[$0]), $1) > (exact[$1] - Double(parts[$1]), $0)
  }
  for index in order.prefix(whole - parts.reduce(0, +)) { parts[index] += 1 }
  return parts
}
