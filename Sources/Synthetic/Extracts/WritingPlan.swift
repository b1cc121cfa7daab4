/// What writing needs of the whole place: made once, then only read, by any thread.
struct WritingPlan: Sendable {
  let ground: AreaLives.Ground
  /// People on the first day, by area.
  let residents: [Int]
  /// The number of each area's first person.
  let firstNumber: [Int]
  let numbers: TestNumbers
  /// How many homes each area has.
  let homes: [Int]
  let prevalence: Prevalence
  let moves: MovePlan
  let flaws: Flaws
  let catalogue: FileCatalogue
  /// By month of the records: how often people come to A&E, against the mean, in all and for
  /// respiratory causes.
  let seasons: Seasons
  let respiratorySeasons: Seasons
  /// The month in which many wait for long, as months since 1900.
  let outlierMonth: Int
  private let deliveries: [UInt8]
  private let conditionNumbers: [String: Int]

  init(
    ground: AreaLives.Ground, residents: [Int], censuses: [AreaCensus], catalogue: FileCatalogue
  ) {
    self.ground = ground
    self.residents = residents
    self.catalogue = catalogue
    var next = 0
    firstNumber = censuses.map { census in
      defer { next += census.people }
      return next
    }
    numbers = TestNumbers(count: next)
    homes = censuses.map(\.homes)
    let parameters = ground.parameters
    let groups = parameters.ethnicGroups.count
    var cells = Array(
      repeating: Array(repeating: 0, count: (AreaCensus.oldest + 1) * 2 * groups), count: 10)
    for (area, census) in censuses.enumerated() {
      let decile = ground.frame.areas[area].decile - 1
      for (index, count) in census.cells.enumerated() where count > 0 {
        cells[decile][index] += Int(count)
      }
    }
    prevalence = Prevalence(parameters.conditions, cells: cells, groups: groups)
    moves = MovePlan(censuses, ground)
    conditionNumbers = Dictionary(
      parameters.conditions.enumerated().map { ($0.element.id, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    flaws = Flaws(parameters.social.recordErrors)
    let timeline = ground.timeline
    let months = (0..<timeline.months).map { timeline.start.monthNumber + $0 }
    let change = Self.month(parameters.change.month)
    seasons = Seasons(
      months.map { month in
        parameters.health.seasons[month % 12] * (month >= change ? parameters.change.factor : 1)
      })
    respiratorySeasons = Seasons(months.map { parameters.health.respiratorySeasons[$0 % 12] })
    outlierMonth = Self.month(parameters.outlier.month)
    deliveries = (0...(timeline.end - timeline.start)).map {
      UInt8(timeline.delivery(timeline.start + $0))
    }
  }

  /// The position of a condition.
  func condition(_ id: String) -> Int? { conditionNumbers[id] }

  /// Where a person stands from 0 to 1 for something that does not change, such as having a drug.
  func standing(person: Int, drug: Int) -> Double {
    var random = SeededGenerator(
      seed: ground.seed ^ UInt64(drug) << 40, purpose: "drugs", index: person)
    return random.uniform()
  }

  /// An ethnic category as client-level data have it, in words.
  func ethnicTitle(_ code: String) -> String { Self.ethnicTitles[code] ?? "Not stated" }

  /// NHS Data Dictionary, ETHNIC CATEGORY CODE 2001.
  private static let ethnicTitles = [
    "A": "British", "B": "Irish", "C": "Any other White background",
    "D": "White and Black Caribbean", "E": "White and Black African", "F": "White and Asian",
    "G": "Any other mixed background", "H": "Indian", "J": "Pakistani", "K": "Bangladeshi",
    "L": "Any other Asian background", "M": "Caribbean", "N": "African",
    "P": "Any other Black background", "R": "Chinese", "S": "Any other ethnic group",
  ]

  /// The number of a month such as 2024-02.
  private static func month(_ text: String) -> Int {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    return parts.count == 2 ? (parts[0] - 1900) * 12 + parts[1] - 1 : Int.max
  }

  /// The delivery that a record of a day comes with.
  @inline(__always)
  func delivery(_ day: Day) -> Int {
    let days = day - ground.timeline.start
    return days <= 0 ? 0 : Int(deliveries[min(days, deliveries.count - 1)])
  }

  /// How often something happens in each month of the records, against the mean.
  struct Seasons: Sendable {
    let months: [Double]
    let most: Double

    init(_ months: [Double]) {
      self.months = months
      most = months.max() ?? 1
    }
  }

  /// The kinds of flaw, and how likely each is.
  struct Flaws: Sendable {
    let total: Double
    private let limits: [(limit: Double, kind: Defect.Kind)]

    init(_ percents: [Defect.Kind: Double]) {
      var sum = 0.0
      limits = Defect.Kind.allCases.compactMap { kind in
        guard let percent = percents[kind], percent > 0 else { return nil }
        sum += percent / 100
        return (sum, kind)
      }
      total = sum
    }

    func kind(_ chance: Double) -> Defect.Kind {
      limits.first { chance < $0.limit }?.kind ?? .late
    }
  }
}
