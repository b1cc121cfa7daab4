#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Deaths of the six years before the place's records begin, by small area, year, sex and age, with the people among whom
/// they came about: what a register of deaths gives.
///
/// Drawn from the death rates by age and sex and their gradient by deprivation by which people of the place die; the
/// gradient grows from half of that in the first year, so that there is a gap that widens to be found.
struct AreaDeaths {
  private let place: FictionalPlace
  private static let years = 6

  init(_ place: FictionalPlace) { self.place = place }

  /// The bands of a life table: those of the residents, with the first year on its own.
  private var bands: [String] { ["00", "01_04"] + place.parameters.bands.dropFirst() }

  func csv() -> String {
    var random = SeededGenerator(seed: place.seed, purpose: "deaths")
    let life = place.parameters.life
    var header = ["area_code", "year"]
    for what in ["deaths", "people"] {
      for sex in ["female", "male"] { header += bands.map { "\(what)_\(sex)_\($0)" } }
    }
    var text = header.joined(separator: ",") + "\n"
    for (index, counts) in place.people.counts.enumerated() {
      let gradient = life.deathsByDecile[counts.deciles[0] - 1]
      for year in 0..<Self.years {
        // Half of the gradient in the first year, and one and a half of it in the last.
        let steepness = 0.5 + Double(year) / Double(Self.years - 1)
        var deaths: [Int] = []
        var people: [Int] = []
        for (sex, ages) in [counts.female, counts.male].enumerated() {
          let first = (ages[0] + 2) / 5
          let residents = [first, ages[0] - first] + ages.dropFirst()
          for (band, number) in zip(bands, residents) {
            let age = Int(band.prefix(2)) ?? 0
            let rate =
              LifeParameters.band(age, from: LifeParameters.deathAges).map { life.deaths[sex][$0] }
              ?? 0
            let mean = Double(number) * rate / 1_000 * pow(gradient, steepness)
            deaths.append(min(random.poisson(mean), number))
            people.append(number)
          }
        }
        text += "\(place.areaCode(index)),\(place.year - Self.years + year),"
        text += (deaths + people).map(String.init).joined(separator: ",") + "\n"
      }
    }
    return text
  }

  /// The groups of a measure, as the description has them.
  func groups(_ what: String) -> String {
    ["female", "male"].flatMap { sex in
      bands.map { band in
        let name = "\(sex)_\(band)"
        let ages = band.replacing("_plus", with: " and over").replacing("_", with: " to ")
        return "          \(name): {title: \"\(sex == "female" ? "Female" : "Male") \(ages)\", "
          + "of: \(what)_\(name), is: {sex: \(sex), age: \"\(band)\"}}"
      }
    }.joined(separator: "\n")
  }
}
