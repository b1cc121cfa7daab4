import Definitions
import Foundation
import Statistics
public import TableFiles

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
    /// By the column with the age bands.
    case european2013(age: String)
    case file(TableFile, age: String, people: String)
  }

  /// Directly standardised rates of each group.
  ///
  /// - Parameters:
  ///   - frequency: the column that says how many events each of the counted people had, where they can have several.
  ///   - missingIsZero: whether a missing count of events is zero, rather than unknown.
  public static func directlyStandardised(
    _ settings: Settings, events: String, population: String, standard: Standard,
    frequency: String?, per: Double, missingIsZero: Bool = false
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
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    // Each frequency of a group has every age band once.
    struct Part: Hashable {
      let group: Int32
      let frequency: Double
    }
    let parts =
      frequency.map { name in
        Grouping(
          zip(groups.grouping.group, table.number(name)).map { Part(group: $0, frequency: $1) })
      } ?? groups.grouping
    let (weights, ageNotes) = try weights(standard, table, parts)
    let rates =
      frequency.map {
        DirectlyStandardisedRates(
          people: table.number(events), frequency: table.number($0),
          populations: table.number(population), standard: weights, by: groups.grouping, per: per,
          confidences: settings.confidences, missingIsZero: missingIsZero)
      }
      ?? DirectlyStandardisedRates(
        events: table.number(events), populations: table.number(population), standard: weights,
        by: groups.grouping, per: per, confidences: settings.confidences,
        missingIsZero: missingIsZero)
    let statistic = rates.estimates.unknown.map { reason in
      reason == .tooFewEvents
        ? "dsr NA for total count < 10" : "dsr per \(perText(per))" as String?
    }
    let missing = groups.missing(table.number(events))
    return ResultTable(
      head(groups, settings) + [
        ("total_count", .number(each(rates.events, settings))),
        ("total_pop", .number(each(rates.populations, settings))),
      ] + rates.estimates.columns(settings.shape) + [
        ("statistic", .text(each(statistic, settings))),
        ("missing_cells", .integer(each(missing.map(Optional.some), settings))),
      ], notes: ageNotes + notes(ofMissing: missing, [events], isZero: missingIsZero))
  }

  private static func perText(_ per: Double) -> String {
    Int(exactly: per).map { String($0) } ?? "\(per)"
  }

  /// The standard population of each row, and what to know about the ages.
  ///
  /// - Parameter parts: the rows among which each age band is once.
  private static func weights(
    _ standard: Standard, _ table: NumberTable, _ parts: Grouping
  ) throws -> (weights: [Double], notes: [String]) {
    switch standard {
    case .column(let name, let age):
      if let age {
        let bands = eachOnce(table.text(age)) { label in
          AgeLabel(label).map { String($0.from) } ?? label
        }
        try requireEachBand(table, bands, parts)
        try requireNoHole(table, age, parts)
      }
      return (table.number(name), [])
    case .european2013(let age):
      return try weights(StandardPopulation.european2013, table, age, parts)
    case .file(let file, let age, let people):
      let population = try population(file, age: age, people: people)
      return try weights(population, table, age, parts)
    }
  }

  /// The people of a standard population in the age band of each row: a band may be several of the standard's.
  private static func weights(
    _ population: StandardPopulation, _ table: NumberTable, _ column: String, _ parts: Grouping
  ) throws -> (weights: [Double], notes: [String]) {
    let labels = try ageLabels(table, column)
    var spans = try ageSpans(table, labels, in: parts)
    let ages =
      "The standard's bands begin at \(population.ages.map(String.init).joined(separator: ", "))"
    try table.refuse(
      "The standard population has no band that begins at this age.", hint: "\(ages)."
    ) { population.people(from: labels[$0].from) == nil }
    try table.refuse(
      "The last age band of the group does not say where it ends.",
      hint: "Write it as 85+, or as 85-89."
    ) { row in
      labels[row].end == .notSaid && spans[row].to == nil && spans[row].from != population.ages.last
    }
    // A last band that does not say where it ends is the standard's last one, and ends with it.
    for row in spans.indices where labels[row].end == .notSaid && spans[row].to == nil {
      spans[row] = AgeSpan(from: spans[row].from, to: population.end)
    }
    let weights = eachOnce(spans) { population.people(from: $0.from, below: $0.to) }
    try table.refuse(
      "The age band is not made of whole bands of the standard population.",
      hint:
        "\(ages), the last \(population.end.map { "ends at \($0 - 1)" } ?? "has no end, as 90+"). A band may be several of them together."
    ) { weights[$0] == nil }
    try requireEachBand(table, eachOnce(spans, \.title), parts)
    try requireNoHole(table, spans, parts)
    let rows = parts.rows.first ?? []
    var notes: [String] = []
    // Where bands say only where they begin, one that is left out cannot be told from a wider one before it.
    let joined = rows.filter { row in
      labels[row].end == .notSaid && weights[row] != population.people(from: spans[row].from)
    }.map { spans[$0].title }
    if !joined.isEmpty {
      notes.append(
        "Each age band was read up to the next one: \(joined.joined(separator: ", ")), which the standard population has as several bands. If a band is missing, give its row."
      )
    }
    let covered = rows.reduce(0) { $0 + (weights[$1] ?? 0) }
    let all = population.people.reduce(0, +)
    if covered < all {
      let first = rows.map { spans[$0].from }.min() ?? 0
      let end = rows.contains { spans[$0].to == nil } ? nil : rows.compactMap { spans[$0].to }.max()
      notes.append(
        "Rates are of ages \(AgeSpan(from: first, to: end).title) only: the standard population has \(Int((all - covered).rounded())) of \(Int(all.rounded())) people of other ages."
      )
    }
    return (weights.compactMap { $0 }, notes)
  }

  /// Refuses age bands that leave out ages between them. All groups have the same bands.
  private static func requireNoHole(
    _ table: NumberTable, _ spans: [AgeSpan], _ parts: Grouping
  ) throws {
    let rows = (parts.rows.first ?? []).sorted { spans[$0].from < spans[$1].from }
    for (before, row) in zip(rows, rows.dropFirst()) {
      guard let end = spans[before].to, end < spans[row].from else { continue }
      throw Problem(
        file: table.file.url.path, line: table.file.line(ofRow: row),
        "No band has the ages \(AgeSpan(from: end, to: spans[row].from).title), between \(spans[before].title) and \(spans[row].title).",
        hint:
          "Give a row with 0 events for a band in which there were none, and with an empty cell where the number is held back."
      )
    }
  }

  /// The same where every label of a column says where its band begins and ends.
  private static func requireNoHole(
    _ table: NumberTable, _ column: String, _ parts: Grouping
  ) throws {
    let labels = eachOnce(table.text(column)) { AgeLabel($0) }
    let spans = labels.compactMap { label -> AgeSpan? in
      switch label?.end {
      case .below(let end): label.map { AgeSpan(from: $0.from, to: end) }
      case .never: label.map { AgeSpan(from: $0.from, to: nil) }
      case .notSaid, nil: nil
      }
    }
    if spans.count == labels.count { try requireNoHole(table, spans, parts) }
  }

  /// The standard population of a file, whose bands follow on each other.
  private static func population(
    _ file: TableFile, age: String, people: String
  ) throws -> StandardPopulation {
    let table = try NumberTable(file, texts: [age], numbers: [people])
    try table.refuseNegative(people)
    let spans = try ageSpans(
      table, try ageLabels(table, age), in: Grouping(whole: table.rowCount))
    let starts = Set(spans.map(\.from))
    let last = spans.max { $0.from < $1.from }
    try table.refuse(
      "No band of the standard population follows this one.",
      hint: "Its bands are of every age from the first to the last, as 0-4, 5-9, 10-14."
    ) { row in
      spans[row] != last && !(spans[row].to.map { starts.contains($0) } ?? true)
    }
    return StandardPopulation(
      title: file.source, ages: spans.map(\.from), people: table.number(people), end: last?.to)
  }

  /// Refuses a group that has an age band twice, or not all bands that another group has.
  ///
  /// - Parameters:
  ///   - bands: the name of each row's band.
  ///   - parts: the rows among which each band is once.
  private static func requireEachBand(
    _ table: NumberTable, _ bands: [String], _ parts: Grouping
  ) throws {
    let named = Grouping(bands)
    let groups = parts.rows
    // The group in which each band was met last.
    var met = [Int](repeating: -1, count: named.groupCount)
    var isRepeated = [Bool](repeating: false, count: table.rowCount)
    var bandCounts = [Int](repeating: 0, count: groups.count)
    for (part, rows) in groups.enumerated() {
      for row in rows {
        let band = Int(named.group[row])
        isRepeated[row] = met[band] == part
        if met[band] != part { bandCounts[part] += 1 }
        met[band] = part
      }
    }
    try table.refuse(
      "The group has this age band twice.",
      hint: "Give each group one row a band; --by names the columns that tell groups apart."
    ) { isRepeated[$0] }
    func order(_ band: String) -> Int { AgeLabel(band)?.from ?? 0 }
    for (part, row) in parts.firstRows.enumerated() where bandCounts[part] < named.groupCount {
      let own = Set(groups[part].map { bands[$0] })
      let lacking = named.firstRows.map { bands[$0] }.filter { !own.contains($0) }
      guard let least = lacking.min(by: { (order($0), $0) < (order($1), $1) }) else { continue }
      throw Problem(
        file: table.file.url.path, line: table.file.line(ofRow: row),
        "The group whose first row this is lacks the age band \(least)"
          + "\(lacking.count > 1 ? " and \(lacking.count - 1) more" : "").",
        hint:
          "Give a row with 0 events for a band in which there were none, and with an empty cell where the number is held back."
      )
    }
  }

  /// Indirectly standardised ratios and rates of each group.
  ///
  /// - Parameter missingIsZero: whether a missing count of events or population is zero, rather than unknown.
  public static func indirectlyStandardised(
    _ settings: Settings, events: String, population: String, referenceEvents: String,
    referencePopulation: String, reference: TableFile?, age: String?, per: Double,
    missingIsZero: Bool = false
  ) throws -> ResultTable {
    let columns = [events, population]
    let references = [referenceEvents, referencePopulation]
    let table = try NumberTable(
      settings.file, texts: settings.groups + [age].compactMap { $0 },
      numbers: reference == nil ? columns + references : columns)
    for name in reference == nil ? columns + references : columns {
      try table.refuseNegative(name)
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    var ageNotes: [String] = []
    let referenceColumns: (events: [Double], populations: [Double])
    if let reference, let age {
      let bands = try NumberTable(reference, texts: [age], numbers: references)
      for name in references { try bands.refuseNegative(name) }
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
      // Bands that are joined by their names are told apart by them.
      try requireEachBand(table, table.text(age), groups.grouping)
      try requireNoHole(table, age, groups.grouping)
      let own = Set(table.text(age))
      let others = bands.text(age).filter { !own.contains($0) }
      if !others.isEmpty {
        ageNotes.append(
          "The reference has age bands that the file has not: \(others.prefix(5).joined(separator: ", "))\(others.count > 5 ? " and \(others.count - 5) more" : ""). Ratios are of the others alone."
        )
      }
      referenceColumns = (
        place.map { $0.map { bands.number(referenceEvents)[$0] } ?? .nan },
        place.map { $0.map { bands.number(referencePopulation)[$0] } ?? .nan }
      )
    } else {
      referenceColumns = (table.number(referenceEvents), table.number(referencePopulation))
    }
    let result = IndirectlyStandardisedRatios(
      events: table.number(events), populations: table.number(population),
      referenceEvents: referenceColumns.events, referencePopulations: referenceColumns.populations,
      by: groups.grouping, ratePer: per, confidences: settings.confidences,
      missingIsZero: missingIsZero)
    let method = result.observed.map { count -> String? in
      count.isNaN ? nil : count < PoissonLimits.byarFrom ? "Exact" : "Byars"
    }
    let missing = groups.missing(table.number(events), table.number(population))
    return ResultTable(
      head(groups, settings) + [
        ("observed", .number(each(result.observed, settings))),
        ("expected", .number(each(result.expected, settings))),
      ] + result.ratios.columns(settings.shape, prefix: "ratio", hasStatus: false) + [
        ("ref_rate", .number(each(result.referenceRates, settings)))
      ] + result.rates.columns(settings.shape, prefix: "rate") + [
        ("method", .text(each(method, settings))),
        ("missing_cells", .integer(each(missing.map(Optional.some), settings))),
      ], notes: ageNotes + notes(ofMissing: missing, columns, isZero: missingIsZero))
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
