import Foundation

/// What a synthetic place was to be like, against what it is like.
public struct SyntheticReport: Sendable {
  /// One figure that was to be met.
  public struct Row: Sendable {
    /// What is compared, such as `qof_prevalence`.
    public let target: String
    /// The area, decile or other part, and the group within it.
    public let part: String
    public let group: String
    public let expected: Double
    public let observed: Double
    /// What is still taken as met.
    public let lower: Double
    public let upper: Double

    public var isMet: Bool { (lower...upper).contains(observed) }
  }

  /// The rows of one target, summed up.
  public struct Summary: Sendable {
    public let target: String
    public let title: String
    public let source: String
    public let rows: Int
    public let met: Int
    /// How many must be met for the target to be: all, or 95 in 100 where each is met by chance.
    public let needed: Int
    /// The row that is furthest out, for its size.
    public let worst: Row

    public var isMet: Bool { met >= needed }
  }

  public private(set) var rows: [Row] = []
  public private(set) var summaries: [Summary] = []
  /// How often each error was put into records.
  public let defects: [(kind: String, count: Int)]
  /// Files, their lines and their size before compression.
  public let files: [(path: String, lines: Int, bytes: Int)]
  public let records: Int
  public let people: Int
  public let everHere: Int

  public var isMet: Bool { summaries.allSatisfy(\.isMet) }
  /// Whether there are so many people that chance alone does not miss a target.
  public var isJudged: Bool { people >= 20_000 }

  init(
    ground: AreaLives.Ground, residents: [Int], censuses: [AreaCensus],
    summary: OrderedFiles.Summary, catalogue: FileCatalogue
  ) {
    people = residents.reduce(0, +)
    everHere = censuses.reduce(0) { $0 + $1.people }
    records = summary.tally[.records]
    defects = Defect.Kind.allCases.compactMap { kind in
      summary.defects[kind].map { (kind.rawValue, $0) }
    }
    files = catalogue.files.enumerated().map {
      ($0.element.path, summary.lines[$0.offset], summary.sizes[$0.offset])
    }
    compareAreas(ground, residents, censuses)
    comparePrevalence(ground.parameters.conditions, summary.tally, censuses, ground)
    compareRanges(ground, censuses, summary.tally)
  }

  /// Every figure as CSV.
  public var csv: String {
    Synthetic.csv(
      ["target", "part", "group", "expected", "observed", "lower", "upper", "met"],
      rows.map { row in
        [
          row.target, row.part, row.group, Self.short(row.expected), Self.short(row.observed),
          Self.short(row.lower), Self.short(row.upper), row.isMet ? "yes" : "no",
        ]
      })
  }

  static func short(_ value: Double) -> String {
    value.rounded() == value && abs(value) < 1e12
      ? String(Int(value)) : String(format: "%.4f", value)
  }

  // MARK: Small areas

  private mutating func compareAreas(
    _ ground: AreaLives.Ground, _ residents: [Int], _ censuses: [AreaCensus]
  ) {
    var byAge: [Row] = []
    var byGroup: [Row] = []
    var byTenure: [Row] = []
    let parameters = ground.parameters
    for (index, census) in censuses.enumerated() {
      let area = ground.frame.areas[index]
      let scale = Double(residents[index]) / max(1e-9, area.residents)
      for sex in 0...1 {
        for (band, name) in parameters.bands.enumerated() {
          byAge.append(
            Self.counted(
              "residents", area.code, "\(sex == 0 ? "female" : "male")_\(name)",
              area.ages[sex][band] * scale, census.ages[sex][band]))
        }
      }
      let groups = area.ethnicGroups.reduce(0, +)
      for (group, entry) in parameters.ethnicGroups.enumerated() {
        byGroup.append(
          Self.counted(
            "ethnic_group", area.code, entry.id,
            area.ethnicGroups[group] / max(1, groups) * Double(residents[index]),
            census.ethnicGroups[group]))
      }
      let homes = area.tenure.reduce(0, +)
      let counted = Double(census.tenure.reduce(0, +))
      for (tenure, entry) in parameters.tenure.enumerated() {
        byTenure.append(
          Self.counted(
            "tenure", area.code, entry.id, area.tenure[tenure] / max(1, homes) * counted,
            census.tenure[tenure]))
      }
    }
    add(
      byAge, "Residents by small area, age band and sex", "The area tables", share: 0.95)
    add(byGroup, "Residents by small area and ethnic group", "The area tables", share: 0.95)
    add(byTenure, "Homes by small area and tenure", "The area tables", share: 0.95)
  }

  /// A count that may differ from the expected as chance has it: 1.96 standard errors of a Poisson
  /// count, and one for rounding.
  private static func counted(
    _ target: String, _ part: String, _ group: String, _ expected: Double, _ observed: Int
  ) -> Row {
    let error = 1.96 * expected.squareRoot() + 1
    return Row(
      target: target, part: part, group: group, expected: expected, observed: Double(observed),
      lower: max(0, expected - error), upper: expected + error)
  }

  // MARK: Prevalence

  private mutating func comparePrevalence(
    _ conditions: [ConditionParameters], _ tally: Tally, _ censuses: [AreaCensus],
    _ ground: AreaLives.Ground
  ) {
    let groups = ground.parameters.ethnicGroups.count
    var ages = Array(repeating: Array(repeating: 0, count: AreaCensus.oldest + 1), count: 10)
    for (index, census) in censuses.enumerated() {
      let decile = ground.frame.areas[index].decile - 1
      for age in 0...AreaCensus.oldest {
        for cell in 0..<(2 * groups) {
          ages[decile][age] += Int(census.cells[age * 2 * groups + cell])
        }
      }
    }
    var rows: [Row] = []
    for (index, condition) in conditions.enumerated() {
      for decile in 0..<10 {
        let people = (0...AreaCensus.oldest).filter { condition.ages.contains($0) }
          .reduce(0) { $0 + ages[decile][$1] }
        guard people > 0 else { continue }
        let expected = condition.percent[decile]
        let cases = max(1, expected / 100 * Double(people))
        // Within 5 percent of the published figure, or in a small place what chance allows.
        let error = expected * max(0.05, 2.6 / cases.squareRoot())
        rows.append(
          Row(
            target: "qof_prevalence", part: "decile \(decile + 1)", group: condition.id,
            expected: expected,
            observed: 100 * Double(tally.cases[index * 10 + decile]) / Double(people),
            lower: expected - error, upper: expected + error))
      }
    }
    add(
      rows, "Prevalence of 21 conditions by deprivation decile, percent", "QOF 2019/20",
      share: 1)
  }

  // MARK: Ranges

  private mutating func compareRanges(
    _ ground: AreaLives.Ground, _ censuses: [AreaCensus], _ tally: Tally
  ) {
    let days = Double(tally.daysByAge.reduce(0, +))
    let years = max(1, days / 365.25)
    func yearly(_ count: Tally.Count) -> Double { 1_000 * Double(tally[count]) / years }
    func byAge(_ band: Int) -> Double {
      1_000 * Double(tally.attendancesByAge[band])
        / max(1, Double(tally.daysByAge[band]) / 365.25)
    }
    func sum(_ count: (AreaCensus) -> Int) -> Double {
      Double(censuses.reduce(0) { $0 + count($1) })
    }
    let adults = max(1, Double(tally[.adults]))
    let homes = max(1, sum { $0.tenure.reduce(0, +) })
    let observed: [String: Double] = [
      "adults_with_two": 100 * Double(tally[.adultsWithTwo]) / adults,
      "attendances": yearly(.attendances),
      "attendances_infants": byAge(0),
      "attendances_oldest": byAge(HealthParameters.useAges.count - 1),
      "late": 100 * Double(tally[.lateAttendances]) / max(1, Double(tally[.attendances])),
      "emergency_admissions": yearly(.emergencyAdmissions),
      "respiratory_admissions": yearly(.respiratoryAdmissions),
      "elective_admissions": yearly(.electiveAdmissions),
      "outpatients": yearly(.outpatients),
      "births": yearly(.births),
      "deaths": yearly(.deaths),
      "smokers": 100 * Double(tally.smokersByDecile.reduce(0, +)) / adults,
      "in_care_homes": 100 * sum { $0.inCareHomes }
        / max(1, sum { $0.ages[0][13...].reduce(0, +) + $0.ages[1][13...].reduce(0, +) }),
      "twins": 100 * 2 * sum { $0.twins }
        / max(1, sum { $0.ages[0][..<4].reduce(0, +) + $0.ages[1][..<4].reduce(0, +) } * 0.92),
      "movers": 100 * Double(tally[.moves]) / homes / ground.timeline.years,
      "supported": 1_000 * Double(tally[.supported]) / adults,
      "records": Double(tally[.records]) / max(1, sum { $0.residents }) * 5 / ground.timeline.years,
    ]
    for range in ground.parameters.ranges {
      guard let value = observed[range.id] else { continue }
      let row = Row(
        target: range.id, part: "place", group: "", expected: (range.from + range.to) / 2,
        observed: value, lower: range.from, upper: range.to)
      add([row], range.title, range.source, share: 1)
    }
    let sizes = (0..<6).map { size in sum { $0.sizes[size] } }
    let rows = sizes.enumerated().map { size, count in
      let expected = ground.parameters.life.sizes[size]
      return Row(
        target: "household_size", part: "place",
        group: "\(size + 1)\(size == 5 ? " and more" : "")",
        expected: expected, observed: 100 * count / homes, lower: max(0, expected - 5),
        upper: expected + 5)
    }
    add(
      rows, "Homes by number of members, percent", "Census 2021, England, within 5 points", share: 1
    )
  }

  private mutating func add(_ rows: [Row], _ title: String, _ source: String, share: Double) {
    func distance(_ row: Row) -> Double {
      abs(row.observed - row.expected) / max(1e-9, (row.upper - row.lower) / 2)
    }
    guard let worst = rows.max(by: { distance($0) < distance($1) }) else { return }
    self.rows += rows
    summaries.append(
      Summary(
        target: worst.target, title: title, source: source, rows: rows.count,
        met: rows.filter(\.isMet).count, needed: Int((Double(rows.count) * share).rounded(.down)),
        worst: worst))
  }
}
