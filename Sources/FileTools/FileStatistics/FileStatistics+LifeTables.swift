import Definitions
import Foundation
public import Statistics
public import TableFiles

extension FileStatistics {
  /// The bands of each group put in order, each group's beside another, as life tables need them.
  private struct Bands {
    let groups: RowGroups
    /// For each complete group its rows in order of age; groups with a band too few or too many are not there.
    let rows: [Int]
    /// For each row of the file its place among `rows`; nil for those of groups that are not complete.
    let place: [Int?]

    init(_ table: NumberTable, age: String, ages wanted: [Int], _ settings: Settings) throws {
      let labels = try FileStatistics.ageLabels(table, age)
      let ages = labels.map(\.from)
      let bands = Dictionary(
        wanted.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first }
      )
      let hint =
        "Bands begin at \(wanted.map(String.init).joined(separator: ", ")); --ages names others."
      try table.refuse("No age band begins here.", hint: hint) { bands[ages[$0]] == nil }
      try table.refuse("This age band does not end where the next one begins.", hint: hint) { row in
        let place = (bands[ages[row]] ?? 0) + 1
        let next: Int? = place < wanted.count ? wanted[place] : nil
        switch labels[row].end {
        case .notSaid: return false
        case .never: return next != nil
        case .below(let end): return end != next
        }
      }
      groups = RowGroups(table, by: settings.groups, isEachRow: false)
      var order = [Int](repeating: -1, count: groups.keys.count * wanted.count)
      var isRepeated = [Bool](repeating: false, count: table.rowCount)
      for (row, group) in groups.grouping.group.enumerated() {
        let place = Int(group) * wanted.count + (bands[ages[row]] ?? 0)
        isRepeated[row] = order[place] >= 0
        order[place] = row
      }
      try table.refuse(
        "The group has this age band twice.", hint: "Give each group one row a band."
      ) { isRepeated[$0] }
      var rows: [Int] = []
      for group in groups.keys.indices {
        let part = order[group * wanted.count..<(group + 1) * wanted.count]
        if part.allSatisfy({ $0 >= 0 }) { rows += part }
      }
      var place = [Int?](repeating: nil, count: table.rowCount)
      for (index, row) in rows.enumerated() { place[row] = index }
      self.rows = rows
      self.place = place
    }

    func pick(_ column: [Double]) -> [Double] { rows.map { column[$0] } }
  }

  /// Life expectancy at the beginning of each age band of each group.
  public static func lifeExpectancy(
    _ settings: Settings, age: String, deaths: String, population: String,
    ages: [Int] = LifeTables.usualAges
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups + [age], numbers: [deaths, population])
    let bands = try Bands(table, age: age, ages: ages, settings)
    let (d, n) = (table.number(deaths), table.number(population))
    let tables = LifeTables(
      deaths: bands.pick(d), populations: bands.pick(n), ages: ages,
      confidences: settings.confidences)
    return ResultTable(
      head(table, bands, age, settings)
        + spread(tables.estimates, bands, settings).columns(settings.shape)
        + used(table, bands, age, d, n, settings))
  }

  /// Healthy life expectancy, by the share of those asked who are in good health.
  public static func healthyLifeExpectancy(
    _ settings: Settings, age: String, deaths: String, population: String, surveyed: String,
    healthy: String, ages: [Int] = LifeTables.usualAges
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups + [age],
      numbers: [deaths, population, surveyed, healthy])
    let (asked, well) = (table.number(surveyed), table.number(healthy))
    try table.refuse(
      "More are in good health than were asked.", hint: "'\(healthy)' is among '\(surveyed)'."
    ) { well[$0] > asked[$0] }
    let bands = try Bands(table, age: age, ages: ages, settings)
    let result = HealthyLifeExpectancies(
      deaths: bands.pick(table.number(deaths)), populations: bands.pick(table.number(population)),
      surveyed: bands.pick(asked), healthy: bands.pick(well), ages: ages,
      confidences: settings.confidences)
    let life = spread(result.lifeTables.estimates, bands, settings)
    let health = spread(result.estimates, bands, settings)
    let share = zip(health.values, life.values).map { $0 / $1 * 100 }
    var columns = head(table, bands, age, settings)
    columns.append(("le", .number(each(life.values, settings))))
    for column in health.columns(settings.shape, prefix: "hle") {
      let isLimit = column.name.hasPrefix("hle_")
      columns.append((isLimit ? "\(column.name)_formula" : column.name, column.values))
      if column.name == "hle" { columns.append(("hle_pct", .number(each(share, settings)))) }
    }
    return ResultTable(columns)
  }

  /// The groups' names, the age as the file has it, and the confidence.
  private static func head(
    _ table: NumberTable, _ bands: Bands, _ age: String, _ settings: Settings
  ) -> [(name: String, values: ResultTable.Values)] {
    let groups = each(bands.groups.grouping.group.map(Int.init), settings)
    var columns = bands.groups.columns(groups: groups)
    columns.append((age, .text(each(table.text(age).map(Optional.some), settings))))
    if settings.shape == .long {
      let levels = settings.confidences.count
      columns.append(
        (
          "confidence",
          .number((0..<table.rowCount * levels).map { settings.confidences[$0 % levels] })
        ))
    }
    return columns
  }

  /// Estimates in the order of the file's rows; those of groups that are not complete are unknown.
  private static func spread(
    _ estimates: Estimates, _ bands: Bands, _ settings: Settings
  ) -> Estimates {
    estimates.picked(bands.place, otherwise: .ageBands)
  }

  /// How many people and deaths each row's figure rests on: those of its band and of every later one.
  private static func used(
    _ table: NumberTable, _ bands: Bands, _ age: String, _ deaths: [Double], _ people: [Double],
    _ settings: Settings
  ) -> [(name: String, values: ResultTable.Values)] {
    let ages = table.text(age).map { AgeLabel($0)?.from ?? 0 }
    var sums = (people: people, deaths: deaths)
    for rows in bands.groups.grouping.rows {
      var total = (people: 0.0, deaths: 0.0)
      for row in rows.sorted(by: { ages[$0] > ages[$1] }) {
        total = (total.people + people[row], total.deaths + deaths[row])
        (sums.people[row], sums.deaths[row]) = total
      }
    }
    return [
      ("pops_used", .number(each(sums.people, settings))),
      ("dths_used", .number(each(sums.deaths, settings))),
    ]
  }
}

extension FileStatistics {
  /// The bands that life tables have unless others are named.
  public static let usualAges = LifeTables.usualAges
}
