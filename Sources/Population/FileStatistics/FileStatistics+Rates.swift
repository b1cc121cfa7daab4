import Definitions
import Foundation
import Statistics

extension FileStatistics {
  /// Crude rates, or proportions, of each row, or of the sums of each group's rows.
  public static func rates(
    _ settings: Settings, events: String, population: String, per: Double, isProportion: Bool
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups, numbers: [events, population])
    try table.refuseNegative(events)
    try table.refuseNegative(population)
    let (x, n) = (table.number(events), table.number(population))
    if isProportion {
      try table.refuse(
        "There are more '\(events)' than '\(population)'.",
        hint:
          "A proportion is of people who are among all; for events that a person can have twice take crude-rate."
      ) { x[$0] > n[$0] }
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: true)
    let (sums, totals) = (groups.grouping.sums(x), groups.grouping.sums(n))
    let result =
      isProportion
      ? Estimates.proportions(
        events: sums, populations: totals, per: per, confidences: settings.confidences)
      : Estimates.crudeRates(
        events: sums, populations: totals, per: per, confidences: settings.confidences)
    let method = sums.map { count -> String? in
      if isProportion { return "Wilson" }
      return count.isNaN ? nil : count < PoissonLimits.byarFrom ? "Exact" : "Byars"
    }
    return ResultTable(
      head(groups, settings) + [
        (events, .number(each(sums, settings))), (population, .number(each(totals, settings))),
      ] + result.columns(settings.shape) + [("method", .text(each(method, settings)))])
  }

  /// Means of a column in each group.
  public static func means(_ settings: Settings, value: String) throws -> ResultTable {
    let table = try NumberTable(settings.file, texts: settings.groups, numbers: [value])
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    let means = Means(
      table.number(value), by: groups.grouping, confidences: settings.confidences)
    return ResultTable(
      head(groups, settings) + [
        ("value_sum", .number(each(means.sums, settings))),
        ("value_count", .integer(each(means.counts.map(Optional.some), settings))),
        ("stdev", .number(each(means.standardDeviations, settings))),
      ] + means.estimates.columns(settings.shape))
  }

  /// Where a standard population stands: in a column of the file, in the table that ships, or in another file.
  public enum Standard: Sendable {
    /// The bands of a group are looked at too where the column of ages is named.
    case column(String, age: String?)
    /// By the age at which each band begins.
    case european2013(age: String)
    case file(TableFile, age: String, people: String)
  }

  /// Directly standardised rates of each group.
  ///
  /// - Parameter frequency: the column that says how many events each of the counted people had, where they can have
  ///   several.
  public static func directlyStandardised(
    _ settings: Settings, events: String, population: String, standard: Standard,
    frequency: String?, per: Double
  ) throws -> ResultTable {
    var numbers = [events, population] + [frequency].compactMap { $0 }
    var texts = settings.groups
    switch standard {
    case .column(let name, _): numbers.append(name)
    case .european2013, .file: break
    }
    texts += [standard.age].compactMap { $0 }
    let table = try NumberTable(settings.file, texts: texts, numbers: numbers)
    for name in numbers { try table.refuseNegative(name) }
    let weights = try weights(standard, table)
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    if let age = standard.age {
      try requireEachBand(table, age, groups, frequency: frequency, isByText: false)
    }
    let rates =
      frequency.map {
        DirectlyStandardisedRates(
          people: table.number(events), frequency: table.number($0),
          populations: table.number(population), standard: weights, by: groups.grouping, per: per,
          confidences: settings.confidences)
      }
      ?? DirectlyStandardisedRates(
        events: table.number(events), populations: table.number(population), standard: weights,
        by: groups.grouping, per: per, confidences: settings.confidences)
    let statistic = rates.estimates.unknown.map { reason in
      reason == .tooFewEvents
        ? "dsr NA for total count < 10" : "dsr per \(perText(per))" as String?
    }
    return ResultTable(
      head(groups, settings) + [
        ("total_count", .number(each(rates.events, settings))),
        ("total_pop", .number(each(rates.populations, settings))),
      ] + rates.estimates.columns(settings.shape) + [
        ("statistic", .text(each(statistic, settings)))
      ])
  }

  private static func perText(_ per: Double) -> String {
    Int(exactly: per).map { String($0) } ?? "\(per)"
  }

  /// The standard population of each row.
  private static func weights(_ standard: Standard, _ table: NumberTable) throws -> [Double] {
    let population: StandardPopulation
    let column: String
    switch standard {
    case .column(let name, _): return table.number(name)
    case .european2013(let age): (population, column) = (.european2013, age)
    case .file(let file, let age, let people):
      let standard = try NumberTable(file, texts: [age], numbers: [people])
      try standard.refuseNegative(people)
      try requireOnce(
        standard, RowGroups(standard, by: [], isEachRow: false), try ages(standard, age),
        what: "age band")
      (population, column) = (
        StandardPopulation(
          title: file.source, ages: try ages(standard, age), people: standard.number(people)), age
      )
    }
    let ages = try ages(table, column)
    try table.refuse(
      "The standard population has no band that begins at this age.",
      hint: "Its bands begin at \(population.ages.map(String.init).joined(separator: ", "))."
    ) { population.people(from: ages[$0]) == nil }
    return ages.map { population.people(from: $0) ?? .nan }
  }

  /// Refuses a group that has an age band twice, or not all bands that another group has.
  private static func requireEachBand(
    _ table: NumberTable, _ column: String, _ groups: RowGroups, frequency: String?,
    isByText: Bool
  ) throws {
    let names = table.text(column)
    // Bands that are joined by their names are told apart by them; others by the age at which they begin.
    func band(_ name: String) -> String { isByText ? name : age(name).map(String.init) ?? name }
    let frequencies = frequency.map(table.number)
    struct Part: Hashable {
      let group: Int32
      let frequency: Double
    }
    var bands: [Part: Set<String>] = [:]
    var isRepeated = [Bool](repeating: false, count: table.rowCount)
    let parts = (0..<table.rowCount).map {
      Part(group: groups.grouping.group[$0], frequency: frequencies?[$0] ?? 1)
    }
    for row in 0..<table.rowCount {
      let name = band(names[row])
      isRepeated[row] = !bands[parts[row], default: []].insert(name).inserted
    }
    try table.refuse(
      "The group has this age band twice.",
      hint: "Give each group one row a band; --by names the columns that tell groups apart."
    ) { isRepeated[$0] }
    let all = bands.values.reduce(into: Set<String>()) {
      $0.formUnion($1)
    }
    var seen: Set<Part> = []
    for row in 0..<table.rowCount where seen.insert(parts[row]).inserted {
      let lacking = all.subtracting(bands[parts[row]] ?? [])
      guard let least = lacking.min(by: { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) }) else {
        continue
      }
      throw Problem(
        file: table.file.url.path, line: table.file.line(ofRow: row),
        "The group whose first row this is lacks the age band \(least)"
          + "\(lacking.count > 1 ? " and \(lacking.count - 1) more" : "").",
        hint: "Give a row with 0 events for a band in which there were none.")
    }
  }

  /// Indirectly standardised ratios and rates of each group.
  public static func indirectlyStandardised(
    _ settings: Settings, events: String, population: String, referenceEvents: String,
    referencePopulation: String, reference: TableFile?, age: String?, per: Double
  ) throws -> ResultTable {
    let columns = [events, population]
    let table = try NumberTable(
      settings.file, texts: settings.groups + [age].compactMap { $0 },
      numbers: reference == nil ? columns + [referenceEvents, referencePopulation] : columns)
    try table.refuseNegative(events)
    try table.refuseNegative(population)
    let referenceColumns: (events: [Double], populations: [Double])
    if let reference, let age {
      let bands = try NumberTable(
        reference, texts: [age], numbers: [referenceEvents, referencePopulation])
      var rows: [String: Int] = [:]
      for (row, band) in bands.text(age).enumerated() {
        guard rows.updateValue(row, forKey: band) == nil else {
          throw Problem(
            file: reference.url.path, line: reference.line(ofRow: row),
            "The reference has this age band twice.", hint: "Give one row a band.")
        }
      }
      let place = table.text(age).map { rows[$0] }
      try table.refuse(
        "The reference has no such age band.", hint: "Both files name their bands alike."
      ) { place[$0] == nil }
      try requireEachBand(
        table, age, RowGroups(table, by: settings.groups, isEachRow: false), frequency: nil,
        isByText: true)
      referenceColumns = (
        place.map { $0.map { bands.number(referenceEvents)[$0] } ?? .nan },
        place.map { $0.map { bands.number(referencePopulation)[$0] } ?? .nan }
      )
    } else {
      referenceColumns = (table.number(referenceEvents), table.number(referencePopulation))
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    let result = IndirectlyStandardisedRatios(
      events: table.number(events), populations: table.number(population),
      referenceEvents: referenceColumns.events, referencePopulations: referenceColumns.populations,
      by: groups.grouping, ratePer: per, confidences: settings.confidences)
    let method = result.observed.map {
      ($0 < PoissonLimits.byarFrom ? "Exact" : "Byars") as String?
    }
    return ResultTable(
      head(groups, settings) + [
        ("observed", .number(each(result.observed, settings))),
        ("expected", .number(each(result.expected, settings))),
      ] + result.ratios.columns(settings.shape, prefix: "ratio", hasStatus: false) + [
        ("ref_rate", .number(each(result.referenceRates, settings)))
      ] + result.rates.columns(settings.shape, prefix: "rate") + [
        ("method", .text(each(method, settings)))
      ])
  }
}

extension FileStatistics.Standard {
  /// The column of ages; nil where it is not named.
  fileprivate var age: String? {
    switch self {
    case .column(_, let age): age
    case .european2013(let age), .file(_, let age, _): age
    }
  }
}
