import Charts
import Definitions
import Foundation
import Indicators
import Places

/// Sentences about indicators: what stands beside every number.
struct IndicatorWords {
  let indicator: Indicator

  init(_ indicator: Indicator) { self.indicator = indicator }

  var unit: ChartUnit { ChartUnit(indicator.unit, decimals: indicator.decimals) }

  /// Whether zero means that there is nothing of it, so that a chart should show it.
  var hasZero: Bool {
    ![.lifeExpectancy, .mean, .published, .indirectlyStandardisedRatio].contains(indicator.method)
  }

  /// A value with its unit.
  func value(_ value: Double) -> String { unit.text(value) }

  /// A number without its unit.
  func number(_ value: Double) -> String { numberText(value, decimals: indicator.decimals) }

  /// What stands after a difference: percentages differ by percentage points, and a unit that says what a number stands for
  /// does not go with one.
  var differenceUnit: String {
    indicator.unit == "%"
      ? "percentage points" : indicator.unit.contains("=") ? "" : indicator.unit
  }

  /// "31.8 to 32.4"; nil where there are no limits.
  func interval(_ lower: Double?, _ upper: Double?) -> String? {
    guard let lower, let upper else { return nil }
    return "\(number(lower)) to \(number(upper))"
  }

  /// "32.1% (95% interval 31.8 to 32.4)".
  func value(_ reading: IndicatorAtlas.Reading) -> String {
    guard let known = reading.value else { return reading.figure.reason ?? "not known" }
    guard let interval = interval(reading.lower, reading.upper) else { return value(known) }
    return "\(value(known)) (95% interval \(interval))"
  }

  /// What the figure of a unit is, of how many, and how it stands towards the benchmark.
  func sentence(
    _ reading: IndicatorAtlas.Reading, of unit: AtlasUnit, period: String, _ benchmark: Benchmark?,
    _ comparison: BenchmarkComparison?
  ) -> String {
    guard case .known(let known) = reading.figure else {
      return
        "The figure of \(unit.shortName) in \(period) is \(reading.figure.isSuppressed ? "held back" : "not known"). "
        + (reading.figure.reason ?? "")
    }
    var text = "\(indicator.title), \(period): \(value(reading)) in \(unit.shortName)"
    if let numerator = known.numerator {
      let count = numberText(numerator, decimals: 0)
      if indicator.method == .proportion, let denominator = known.denominator {
        text += ", which is \(count) of \(numberText(denominator, decimals: 0))"
      } else if [.crudeRate, .directlyStandardisedRate, .indirectlyStandardisedRatio].contains(
        indicator.method)
      {
        text += ", from \(count) counted"
      }
    }
    text += "."
    guard let benchmark, benchmark.unit != unit.id else { return text }
    let other = "\(Self.short(benchmark.name)) (\(value(benchmark.value)))"
    switch comparison {
    case .better: text += " That is better than \(other)"
    case .worse: text += " That is worse than \(other)"
    case .higher: text += " That is higher than \(other)"
    case .lower: text += " That is lower than \(other)"
    case .similar: text += " That is similar to \(other): the interval holds its value"
    case nil:
      text += " Beside it: \(other); without an interval nothing can be said of the difference"
    }
    return text + "."
  }

  /// Which way is better.
  var polarity: String {
    switch indicator.polarity {
    case .higherIsBetter: "Higher is better."
    case .lowerIsBetter: "Lower is better."
    case .neutral: "Neither higher nor lower is better."
    }
  }

  /// What its benchmark is.
  func benchmark(_ atlas: Atlas) -> String {
    switch indicator.benchmark {
    case .none: "None."
    case .place: "The figure of \(atlas.manifest.place.name)."
    case .target(let target): "A target of \(value(target))."
    case .whole:
      atlas.whole.map {
        "The figure of \($0.name) where it is known, else of \(atlas.manifest.place.name)."
      }
        ?? "The figure of \(atlas.manifest.place.name)."
    }
  }

  /// A numerator or denominator in words.
  static func term(_ term: Indicator.Term?, _ atlas: Atlas) -> String {
    switch term {
    case nil: return "None"
    case .measure(let measure):
      let title = atlas.measure(measure.measure)?.title ?? measure.measure
      var text =
        switch measure.part {
        case .numerator: title
        case .denominator: "The denominator of: \(title)"
        case .value: "The value of: \(title)"
        }
      let conditions = measure.groups.map { "\($0.dimension) \(test($0.test))" }
      if !conditions.isEmpty { text += ", where \(conditions.joined(separator: " and "))" }
      if let period = measure.period { text += ", \(period)" }
      if measure.asPersonYears { text += ", in person-years" }
      return text
    case .people(let people):
      let who = people.who.isEmpty ? "" : ", where \(conditions(people.who))"
      return
        (people.unit == .people ? "People of the place" : "Person-years of the people of the place")
        + who
    case .events(let events):
      let where_ = events.conditions.isEmpty ? "" : ", where \(conditions(events.conditions))"
      return events.count == .people
        ? "People with a record in '\(events.table.rawValue)'\(where_)"
        : "Records in '\(events.table.rawValue)'\(where_)"
    case .imported(let file): return "As published, in \(file)"
    }
  }

  private static func conditions(_ all: [Indicator.ColumnCondition]) -> String {
    all.map { "\($0.column.replacing("_", with: " ")) \(test($0.test))" }
      .joined(separator: " and ")
  }

  private static func test(_ test: Indicator.Test) -> String {
    switch test {
    case .values(let values): return "is " + values.joined(separator: " or ")
    case .codelist(let id): return "is in the codelist \(id)"
    case .range(let from, let to):
      let low = from.map { "from \($0.plainText)" }
      let high = to.map { "to \($0.plainText)" }
      return [low, high].compactMap { $0 }.joined(separator: " ")
    }
  }

  /// What a breakdown is called.
  static func breakdown(_ name: String) -> String {
    if let areaClass = AreaClass(rawValue: name) { return areaClass.title }
    return name.replacing("_", with: " ")
  }

  /// What a group of a breakdown is called.
  static func group(_ group: String, of breakdown: String, _ atlas: Atlas) -> String {
    switch AreaClass(rawValue: breakdown) {
    case .deprivationDecile:
      return group == "1" ? "1 (most deprived)" : group == "10" ? "10 (least deprived)" : group
    case .deprivationQuintile:
      return group == "1" ? "1 (most deprived)" : group == "5" ? "5 (least deprived)" : group
    case .core20: return group == "core20" ? "Most deprived fifth" : "The others"
    case .ruralUrban: return group.capitalisedFirst
    case nil:
      // Groups of a measure have titles of their own.
      let title = atlas.groups(of: breakdown).first { $0.id == group }?.title ?? ""
      if !title.isEmpty { return title }
      let words = group.replacing("_plus", with: " and over").replacing("_", with: "–")
      return words.capitalisedFirst
    }
  }

  /// A name in the middle of a sentence.
  private static func short(_ name: String) -> String {
    name.hasPrefix("NHS ") ? String(name.dropFirst(4)) : name
  }
}

extension BenchmarkComparison {
  /// The word in a table.
  var word: String { rawValue.capitalisedFirst }
}

extension ChartValue {
  /// A reading to be drawn, with its interval.
  init(_ reading: IndicatorAtlas.Reading?) {
    guard let reading else {
      self.init(nil, reason: "There is no figure of this.")
      return
    }
    self.init(
      reading.value, lower: reading.lower, upper: reading.upper, reason: reading.figure.reason,
      isSuppressed: reading.figure.isSuppressed)
  }
}
