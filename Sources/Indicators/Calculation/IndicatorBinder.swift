import Definitions
import Statistics

/// Finds which series of figures an indicator's numbers are made of: its groups, strata, periods and slices.
struct IndicatorBinder {
  let indicator: Indicator
  let index: FigureIndex
  let numerator: (term: Indicator.MeasureTerm, measure: FigureIndex.Measure)
  let denominator: (term: Indicator.MeasureTerm, measure: FigureIndex.Measure)?

  init(_ indicator: Indicator, _ index: FigureIndex) throws {
    func bound(
      _ term: Indicator.Term?
    ) -> (term: Indicator.MeasureTerm, measure: FigureIndex.Measure)? {
      guard let term = term?.measure, let measure = index.measures[term.measure] else {
        return nil
      }
      return (term, measure)
    }
    guard let numerator = bound(indicator.numerator) else {
      preconditionFailure("an indicator is bound where its measures are there")
    }
    self.indicator = indicator
    self.index = index
    self.numerator = numerator
    denominator = bound(indicator.denominator)
  }

  func problem(_ message: String, line: Int? = nil, hint: String? = nil) -> Problem {
    Problem(
      file: indicator.file, line: line ?? indicator.line, "\(indicator.id): \(message)",
      hint: hint)
  }

  func plan() throws -> IndicatorPlan {
    try checkParts(numerator)
    if let denominator { try checkParts(denominator) }
    let strata = try self.strata()
    var slices: [IndicatorPlan.Slice] = []
    var classes: [AreaClass] = []
    let periods = try self.periods()
    slices += try self.slices(periods, strata, breakdown: "", group: "")
    for name in indicator.by where name != "area" && name != "organisation" {
      if let areaClass = AreaClass(rawValue: name) {
        classes.append(areaClass)
        continue
      }
      for (term, measure) in [numerator, denominator].compactMap({ $0 }) {
        guard measure.dimensions.contains(name) else {
          let known = AreaClass.allCases.map(\.rawValue) + measure.dimensions.sorted()
          throw problem(
            "It cannot be broken down by '\(name)': the measure '\(measure.id)' has no such groups.",
            line: term.line,
            hint: nearestName(to: name, among: known).map { "Did you mean '\($0)'?" }
              ?? "It can be by \(known.joined(separator: ", ")).")
        }
      }
      if indicator.over.contains(name), indicator.method != .indirectlyStandardisedRatio {
        throw problem(
          "It is standardised over '\(name)', so it cannot be broken down by it.",
          hint: "Leave '\(name)' out of 'by' or of 'over'.")
      }
      for category in numerator.measure.categories(of: name) {
        // A category that a condition leaves out has no figures.
        guard try !groups(numerator, [name: category]).isEmpty else { continue }
        slices += try self.slices(periods, strata, breakdown: name, group: category)
      }
    }
    return IndicatorPlan(
      indicator: indicator, slices: slices, numeratorPart: numerator.term.part,
      denominatorPart: denominator?.term.part, classes: classes,
      ages: strata.map(\.age), weights: strata.map(\.weight))
  }

  private func checkParts(
    _ bound: (term: Indicator.MeasureTerm, measure: FigureIndex.Measure)
  ) throws {
    let (term, measure) = bound
    let counts = ["count", "groups"]
    let shares = ["proportion", "rate", "groups"]
    switch term.part {
    case .numerator where !counts.contains(measure.method) && !shares.contains(measure.method):
      throw problem(
        "The measure '\(measure.id)' has no numerator: it is a \(measure.method).",
        line: term.line, hint: "Use the method 'published' or 'mean', or another measure.")
    case .denominator where !shares.contains(measure.method):
      throw problem(
        "The measure '\(measure.id)' has no denominator: it is a \(measure.method).",
        line: term.line, hint: "Name a denominator of its own.")
    case .value where counts.contains(measure.method) || measure.method == "groups":
      throw problem(
        "The measure '\(measure.id)' is a count, so take its numerator.", line: term.line)
    default: break
    }
    for condition in term.groups where !measure.dimensions.contains(condition.dimension) {
      let known = measure.dimensions.sorted()
      throw problem(
        "The measure '\(measure.id)' has no groups by '\(condition.dimension)'.", line: term.line,
        hint: known.isEmpty ? "It has no groups." : "It has: \(known.joined(separator: ", ")).")
    }
  }

  // MARK: Groups

  /// The places of the groups of a term that meet its conditions and have these categories.
  private func groups(
    _ bound: (term: Indicator.MeasureTerm, measure: FigureIndex.Measure),
    _ categories: [String: String]
  ) throws -> [Int] {
    var found: [Int] = []
    for (place, group) in bound.measure.groups.enumerated() {
      var isIn = categories.allSatisfy { group.dimensions[$0.key] == $0.value }
      for condition in bound.term.groups where isIn {
        isIn = try meets(group.dimensions[condition.dimension] ?? "", condition, bound)
      }
      if isIn { found.append(place) }
    }
    return found
  }

  private func meets(
    _ category: String, _ condition: Indicator.GroupCondition,
    _ bound: (term: Indicator.MeasureTerm, measure: FigureIndex.Measure)
  ) throws -> Bool {
    switch condition.test {
    case .values(let values):
      let known = bound.measure.categories(of: condition.dimension)
      for value in values where !known.contains(value) {
        throw problem(
          "The measure '\(bound.measure.id)' has no group whose \(condition.dimension) is '\(value)'.",
          line: bound.term.line,
          hint: nearestName(to: value, among: known).map { "Did you mean '\($0)'?" }
            ?? "There are: \(known.joined(separator: ", ")).")
      }
      return values.contains(category)
    case .codelist:
      throw problem("Groups of a measure have no codes.", line: bound.term.line)
    case .range(let from, let to):
      guard let band = AgeBand(category) else {
        throw problem(
          "'\(category)' is no age band, such as 65_69 or 90_plus.", line: bound.term.line)
      }
      let (low, high) = (from ?? 0, to ?? .infinity)
      if Double(band.from) >= low && band.to <= high { return true }
      if band.to < low || Double(band.from) > high { return false }
      throw problem(
        "The age band \(category) of '\(bound.measure.id)' is partly within the range only.",
        line: bound.term.line, hint: "Let the range begin and end where bands do.")
    }
  }

  // MARK: Strata

  private struct Stratum {
    let categories: [String: String]
    let age: Int
    let weight: Double
  }

  /// What figures are standardised over: one stratum of everybody where they are not.
  private func strata() throws -> [Stratum] {
    guard indicator.method.isStandardised else {
      return [Stratum(categories: [:], age: 0, weight: 1)]
    }
    var combinations: [[String: String]] = [[:]]
    for dimension in indicator.over {
      for (term, measure) in [numerator, denominator].compactMap({ $0 })
      where !measure.dimensions.contains(dimension) {
        throw problem(
          "The measure '\(measure.id)' has no groups by '\(dimension)' to standardise over.",
          line: term.line)
      }
      combinations = combinations.flatMap { one in
        numerator.measure.categories(of: dimension).map { category in
          one.merging([dimension: category]) { $1 }
        }
      }
    }
    let used = try combinations.filter { try !groups(numerator, $0).isEmpty }
    var ages: [Int] = []
    for categories in used {
      guard let category = categories["age"] else {
        ages.append(0)
        continue
      }
      guard let band = AgeBand(category) else {
        throw problem("'\(category)' is no age band, such as 65_69 or 90_plus.")
      }
      ages.append(band.from)
    }
    if indicator.method == .lifeExpectancy {
      let bands = used.compactMap { $0["age"].flatMap(AgeBand.init) }
      let isWhole = zip(bands, bands.dropFirst()).allSatisfy { $0.to + 1 == Double($1.from) }
      guard ages.first == 0, ages.count > 1, isWhole, bands.last?.to == .infinity else {
        throw problem(
          "A life table needs every age band from 0 to one without an end, each once and in order."
        )
      }
    }
    let bands = Set(used.compactMap { $0["age"] }).compactMap(AgeBand.init)
      .sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    for (one, next) in zip(bands, bands.dropFirst()) where one.to >= Double(next.from) {
      throw problem("The age bands that begin at \(one.from) and at \(next.from) overlap.")
    }
    let weights = try standardWeights(used, ages)
    return zip(used.indices, used).map {
      Stratum(categories: $1, age: ages[$0], weight: weights[$0])
    }
  }

  /// The weight of each stratum: where several make up one band of the standard, as those under one year and from one
  /// to four, its people are shared out by years.
  private func standardWeights(_ strata: [[String: String]], _ ages: [Int]) throws -> [Double] {
    guard indicator.method == .directlyStandardisedRate else { return strata.map { _ in 1 } }
    guard indicator.standard == .european2013 else {
      throw problem(
        "A directly standardised rate is standardised to esp2013.",
        hint: "Use the method indirectly_standardised_ratio for 'standard: whole'.")
    }
    let standard = StandardPopulation.european2013
    var weights: [Double] = []
    for (categories, age) in zip(strata, ages) {
      guard let category = categories["age"], let band = AgeBand(category) else {
        throw problem("A directly standardised rate is standardised over age at least.")
      }
      guard let place = standard.ages.lastIndex(where: { $0 <= age }) else {
        throw problem("The band \(category) is not in the standard population.")
      }
      let next = place + 1 < standard.ages.count ? standard.ages[place + 1] : nil
      let end = band.to.isInfinite ? nil : Int(band.to) + 1
      guard let next, let end else {
        guard next == nil, end == nil, age == standard.ages[place] else {
          throw problem(
            "The band \(category) does not lie within one of the standard population.")
        }
        weights.append(standard.people[place])
        continue
      }
      guard end <= next else {
        throw problem("The band \(category) does not lie within one of the standard population.")
      }
      weights.append(
        standard.people[place] * Double(end - age) / Double(next - standard.ages[place]))
    }
    return weights
  }

  // MARK: Periods

  private struct PeriodParts {
    let period: String
    /// The numerator's periods, and the denominator's with how often each counts.
    let numerator: [String]
    let denominator: [(period: String, weight: Double)]
  }

  private func periods() throws -> [PeriodParts] {
    let measure = numerator.measure
    let texts: [String]
    if let fixed = numerator.term.period {
      guard measure.periods.contains(fixed) else {
        throw problem(
          "The measure '\(measure.id)' has no period '\(fixed)'.", line: numerator.term.line,
          hint: "It has: \(measure.periods.suffix(6).joined(separator: ", ")).")
      }
      texts = [fixed]
    } else {
      texts = measure.periods
    }
    if indicator.period == .asPublished {
      return try texts.map {
        PeriodParts(period: $0, numerator: [$0], denominator: try denominators(of: [$0]))
      }
    }
    if [.published, .mean].contains(indicator.method) {
      throw problem(
        "Values as published cannot be added over time.", hint: "Leave 'period' out.")
    }
    let dated = texts.compactMap { text in
      ReportingPeriod(text).map { (text: text, period: $0) }
    }
    return try indicator.period.periods(of: dated.map(\.period)).map { period, parts in
      let own = parts.map { dated[$0].text }
      return PeriodParts(
        period: period.text, numerator: own, denominator: try denominators(of: own))
    }
  }

  /// The denominator's periods for some of the numerator's: the same one where it is there, else the one that is
  /// nearest in time.
  private func denominators(
    of texts: [String]
  ) throws -> [(period: String, weight: Double)] {
    guard let (term, measure) = denominator else { return [] }
    var result: [(period: String, weight: Double)] = []
    var months: [String: Int] = [:]
    for text in texts {
      guard let chosen = term.period ?? nearest(text, measure), measure.periods.contains(chosen)
      else {
        throw problem(
          "The measure '\(measure.id)' has no period '\(term.period ?? text)'.", line: term.line)
      }
      var weight = 1.0
      months[chosen, default: 0] += ReportingPeriod(text)?.months ?? 0
      if term.asPersonYears {
        guard let period = ReportingPeriod(text) else {
          throw problem(
            "'\(text)' does not say how long it is, so there are no person-years.",
            line: term.line)
        }
        weight = period.years
      }
      if let place = result.firstIndex(where: { $0.period == chosen }) {
        // People counted once are the same people in every part of the period; person-years add.
        if term.asPersonYears { result[place].weight += weight }
      } else {
        result.append((chosen, weight))
      }
    }
    // The people of one year stand for those of every year that is counted in them.
    if indicator.method.isStandardised || indicator.method == .crudeRate, !term.asPersonYears {
      for place in result.indices {
        let period = result[place].period
        guard let own = ReportingPeriod(period)?.months, let counted = months[period] else {
          continue
        }
        result[place].weight = max(1, Double(counted) / Double(own))
      }
    }
    return result
  }

  private func nearest(_ text: String, _ measure: FigureIndex.Measure) -> String? {
    if measure.periods.contains(text) { return text }
    guard let wanted = ReportingPeriod(text) else { return measure.periods.last }
    func distance(_ period: ReportingPeriod) -> Int {
      abs(2 * period.firstMonth + period.months - 2 * wanted.firstMonth - wanted.months)
    }
    let dated = measure.periods.compactMap { text in
      ReportingPeriod(text).map { (text, distance($0)) }
    }
    return dated.min { $0.1 < $1.1 }?.0 ?? measure.periods.last
  }

  // MARK: Slices

  private func slices(
    _ periods: [PeriodParts], _ strata: [Stratum], breakdown: String, group: String
  ) throws -> [IndicatorPlan.Slice] {
    let own = breakdown.isEmpty ? [:] : [breakdown: group]
    let places = strata.indices.filter { place in
      own.allSatisfy { (strata[place].categories[$0.key] ?? $0.value) == $0.value }
    }
    let cells = try places.map { place in
      let categories = strata[place].categories.merging(own) { $1 }
      let counted = try groups(numerator, categories)
      let people = try denominator.map { bound in
        // A denominator without these groups is of everybody.
        try groups(bound, categories.filter { bound.measure.dimensions.contains($0.key) })
      }
      if !counted.isEmpty, let people, people.isEmpty, let denominator {
        let group = categories.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        throw problem(
          "The measure '\(denominator.measure.id)' has no group of \(group.joined(separator: ", ")).",
          line: denominator.term.line,
          hint: "Numerator and denominator have the same categories.")
      }
      return (numerator: counted, denominator: people)
    }
    return periods.map { period in
      IndicatorPlan.Slice(
        period: period.period, breakdown: breakdown, group: group,
        strata: cells.map { cell in
          IndicatorPlan.Cell(
            numerator: parts(
              numerator.measure, cell.numerator, period.numerator.map { ($0, 1) },
              numerator.term.part),
            denominator: denominator.map { bound in
              parts(
                bound.measure, cell.denominator ?? [], period.denominator, bound.term.part)
            })
        }, places: places)
    }
  }

  private func parts(
    _ measure: FigureIndex.Measure, _ groups: [Int],
    _ periods: [(period: String, weight: Double)], _ part: Indicator.MeasureTerm.Part
  ) -> [IndicatorPlan.Part] {
    // The groups of a measure have one denominator between them: their whole.
    let groups = part == .denominator ? Array(groups.prefix(1)) : groups
    return periods.flatMap { period, weight in
      groups.compactMap { group in
        let series = measure.series[period]?[group] ?? -1
        return series < 0 ? nil : IndicatorPlan.Part(series: series, weight: weight)
      }
    }
  }
}
