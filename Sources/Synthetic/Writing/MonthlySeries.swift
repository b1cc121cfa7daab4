#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Figures of districts over time: monthly hospital use with seasons, a change and an outlier, a
/// yearly index, and prevalence that follows deprivation.
struct MonthlySeries {
  private let place: FictionalPlace
  private var parameters: Parameters { place.parameters }

  init(_ place: FictionalPlace) { self.place = place }

  private struct District {
    let code: String
    let residents: Int
    /// Residents in each deprivation decile of England.
    let byDecile: [Int]

    /// How deprived the district is: 0 for England's mean, above for more.
    var lean: Double {
      let mean = zip(1...10, byDecile).reduce(0) { $0 + $1.0 * $1.1 }
      return (5.5 - Double(mean) / Double(max(1, residents))) / 4.5
    }
  }

  private var districts: [District] {
    place.land.towns.indices.map { index in
      let members = place.land.areas.indices.filter { place.land.areas[$0].district == index }
      var byDecile = Array(repeating: 0, count: 10)
      for member in members {
        let counts = place.people.counts[member]
        byDecile[counts.deciles[0] - 1] += counts.residents
      }
      return District(
        code: place.districtCode(index), residents: byDecile.reduce(0, +), byDecile: byDecile)
    }
  }

  // MARK: Hospital

  func hospital() -> String {
    if let measured = place.measured { return hospital(measured) }
    var random = SeededGenerator(seed: place.seed, purpose: "hospital")
    var rows: [[String]] = []
    for district in districts {
      let size = Double(district.residents) / 1_000
      let need = exp(0.3 * district.lean)
      for month in months() {
        let season = parameters.seasonal[(month.month + 12 - 4) % 12]
        let change = month.name >= parameters.change.month ? parameters.change.factor : 1
        let outlier = month.name == parameters.outlier.month ? parameters.outlier.factor : 1
        let attendances = Int(
          (parameters.attendances * size * need * season * change
            * (1 + 0.018 * random.normal())).rounded())
        let admissions = Int(
          (parameters.admissions * size * need * (0.5 + season / 2)
            * (1 + 0.025 * random.normal())).rounded())
        let share = min(
          0.9, parameters.overFourHours / 100 * outlier * (1 + 0.05 * random.normal()))
        rows.append([
          district.code, month.name, "\(attendances)",
          "\(Int((Double(attendances) * share).rounded()))", "\(admissions)",
        ])
      }
    }
    return csv(["district_code", "month", "attendances", "over_4_hours", "admissions"], rows)
  }

  /// The months of the records, counted.
  private func hospital(_ measured: FictionalPlace.Measured) -> String {
    var rows: [[String]] = []
    let first = measured.timeline.start.monthNumber
    for (index, district) in districts.enumerated() {
      for month in 0..<measured.timeline.months {
        let (year, number) = ((first + month) / 12 + 1900, (first + month) % 12 + 1)
        let cell = index * measured.timeline.months + month
        rows.append([
          district.code, "\(year)-\(Services.digits(number, 2))",
          "\(measured.tally.attendancesByMonth[cell])", "\(measured.tally.lateByMonth[cell])",
          "\(measured.tally.admissionsByMonth[cell])",
        ])
      }
    }
    return csv(["district_code", "month", "attendances", "over_4_hours", "admissions"], rows)
  }

  private func months() -> [(name: String, month: Int)] {
    let parts = parameters.firstMonth.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 2 else { return [] }
    return (0..<parameters.months).map { index in
      let number = parts[0] * 12 + parts[1] - 1 + index
      let month = number % 12 + 1
      return ("\(number / 12)-\(Services.digits(month, 2))", month)
    }
  }

  // MARK: Conditions

  func conditions() -> String {
    var random = SeededGenerator(seed: place.seed, purpose: "conditions")
    var rows: [[String]] = []
    if let measured = place.measured {
      for (number, district) in districts.enumerated() {
        for (index, condition) in parameters.conditions.enumerated() {
          let cell = index * districts.count + number
          rows.append([
            district.code, condition.id, "\(measured.tally.registers[cell])",
            "\(measured.lists[cell])",
          ])
        }
      }
      return csv(["district_code", "condition", "register", "list"], rows)
    }
    for district in districts {
      for condition in parameters.conditions {
        // People of each decile at the decile's published prevalence.
        let expected = zip(district.byDecile, condition.percent).reduce(0) {
          $0 + Double($1.0) * $1.1 / 100
        }
        let register = Int((expected * (1 + 0.04 * random.normal())).rounded())
        rows.append([district.code, condition.id, "\(register)", "\(district.residents)"])
      }
    }
    return csv(["district_code", "condition", "register", "list"], rows)
  }

  func conditionsByDecile() -> String {
    csv(
      ["decile", "condition", "prevalence"],
      parameters.conditions.flatMap { condition in
        condition.percent.enumerated().map { ["\($0.offset + 1)", condition.id, "\($0.element)"] }
      })
  }

  // MARK: The yearly index

  func healthIndex() -> String {
    var random = SeededGenerator(seed: place.seed, purpose: "health index")
    var rows: [[String]] = []
    for district in districts {
      var levels = [
        100 - 9 * district.lean, 100 - 8 * district.lean, 101 + 2 * district.lean,
      ]
      for year in 2015...2021 {
        // The pandemic years took health and lives down, as they did in England.
        let shock = year == 2020 ? [-2.5, -0.8, 1.2] : [0.15, 0.2, 0.1]
        for index in levels.indices { levels[index] += shock[index] + 0.5 * random.normal() }
        let overall = levels.reduce(0, +) / 3
        let values = [overall] + levels
        rows.append(
          [district.code, "\(year)"] + values.map { "\(($0 * 10).rounded() / 10)" })
      }
    }
    return csv(["district_code", "year", "overall", "people", "lives", "places"], rows)
  }
}
