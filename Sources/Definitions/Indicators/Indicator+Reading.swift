extension Indicator {
  static let keys = [
    "indicator", "version", "title", "description", "rationale", "topic", "pillar", "source",
    "owner", "assured", "measure", "numerator", "denominator", "method", "per", "unit", "decimals",
    "polarity", "period", "by", "over", "standard", "benchmark", "minimum", "caveats",
  ]

  /// Reads a definition.
  ///
  /// - Parameter defaults: what stands for keys that it leaves out.
  /// - Returns: nil where something is wrong, which is reported.
  init?(_ value: YAMLValue, defaults: YAMLSection?) {
    guard let own = value.section(Self.keys) else { return nil }
    let section = Fallback(own: own, defaults: defaults)
    let id = own.required("indicator")?.name()
    let title = own.required("title")?.name()
    let method = section.required("method")?.choice(Method.self)
    let terms = Self.terms(section, method)
    guard let id, let title, let method, let terms else { return nil }
    guard id.utf8.allSatisfy({ $0.isIndicatorLetter }), let first = id.utf8.first, first >= 0x61
    else {
      own["indicator"]?.report(
        "'\(id)' is no id for an indicator.",
        hint: "Small letters, digits and underscores, such as fuel_poverty.")
      return nil
    }
    self.id = id
    self.title = title
    self.method = method
    (numerator, denominator) = terms
    version = section["version"]?.integer(in: 1...1_000_000) ?? 1
    description = section["description"]?.text() ?? ""
    rationale = section["rationale"]?.text() ?? ""
    topic = section["topic"]?.name() ?? "Other"
    pillar = section["pillar"]?.choice(Pillar.self)
    source = section["source"]?.text() ?? ""
    owner = section["owner"]?.text() ?? ""
    assured = section["assured"].flatMap(Assurance.init)
    per = section["per"]?.positiveNumber() ?? method.usualPer
    unit = section["unit"]?.text() ?? method.usualUnit(per)
    decimals = section["decimals"]?.integer(in: 0...6) ?? method.usualDecimals
    polarity = section["polarity"]?.choice(OpenDataPack.Polarity.self) ?? .neutral
    period = section["period"]?.choice(PeriodKind.self) ?? .asPublished
    by = (section["by"]?.items() ?? []).compactMap { $0.name() }
    for (place, name) in by.enumerated() where by[..<place].contains(name) {
      section["by"]?.report("'\(name)' stands in this list twice.")
    }
    over = section["over"]?.texts() ?? (method.isStandardised ? ["age"] : [])
    standard =
      section["standard"]?.choice(Standard.self)
      ?? (method == .indirectlyStandardisedRatio ? .whole : .european2013)
    benchmark = section["benchmark"].flatMap(Self.benchmark) ?? .whole
    minimum = section["minimum"].flatMap(Minimum.init) ?? Minimum()
    caveats = section["caveats"]?.texts() ?? []
    file = value.file
    line = value.line
    let idle = method.idleKeys.filter { own[$0] != nil }
    for key in idle {
      own[key]?.report(
        "'\(key)' means nothing for the method '\(method.rawValue)'.", hint: "Leave it out.")
    }
    if !idle.isEmpty { return nil }
    if method == .lifeExpectancy && over != ["age"] {
      value.report("Life expectancy is worked out over age alone: 'over: [age]'.")
      return nil
    }
  }

  /// A section whose missing keys are those of the file's defaults.
  struct Fallback {
    let own: YAMLSection
    let defaults: YAMLSection?

    subscript(key: String) -> YAMLValue? { own[key] ?? defaults?[key] }

    func required(_ key: String) -> YAMLValue? { self[key] ?? own.required(key) }
  }

  /// Numerator and denominator: named each, or both those of one measure.
  private static func terms(_ section: Fallback, _ method: Method?) -> (Term, Term?)? {
    guard let method else { return nil }
    if let measure = section.own["measure"] {
      for key in ["numerator", "denominator"] {
        section.own[key]?.report("'measure' names both; leave '\(key)' out.")
      }
      guard section.own["numerator"] == nil, section.own["denominator"] == nil,
        let id = measure.name()
      else { return nil }
      func term(_ part: MeasureTerm.Part) -> Term {
        .measure(MeasureTerm(measure: id, part: part, groups: [], line: measure.line))
      }
      switch method {
      case .mean, .published: return (term(.value), nil)
      case .count: return (term(.numerator), nil)
      default: return (term(.numerator), term(.denominator))
      }
    }
    guard let value = section.own.required("numerator"), let numerator = Term(value, method) else {
      return nil
    }
    guard ![.count, .published, .mean].contains(method) else {
      guard let given = section.own["denominator"] else { return (numerator, nil) }
      given.report("The method '\(method.rawValue)' has no denominator.")
      return nil
    }
    guard let given = section.required("denominator"),
      let denominator = Term(given, method, isDenominator: true)
    else { return nil }
    return (numerator, denominator)
  }

  private static func benchmark(_ value: YAMLValue) -> Benchmark? {
    if value.isSection {
      return value.section(["target"])?.required("target")?.finiteNumber().map { .target($0) }
    }
    switch value.choice(NamedBenchmark.self) {
    case .whole: return .whole
    case .place: return .place
    case .noBenchmark: return Benchmark.none
    case nil: return nil
    }
  }

  private enum NamedBenchmark: String, CaseIterable {
    case whole, place
    case noBenchmark = "none"
  }
}

extension Indicator.Method {
  /// The keys that the method takes no notice of.
  fileprivate var idleKeys: [String] {
    let standard =
      isStandardised
      ? (self == .directlyStandardisedRate || self == .indirectlyStandardisedRatio
        ? [] : ["standard"]) : ["over", "standard"]
    return self == .count || self == .lifeExpectancy ? standard + ["per"] : standard
  }

  var usualPer: Double {
    switch self {
    case .proportion, .indirectlyStandardisedRatio: 100
    case .crudeRate, .directlyStandardisedRate: 100_000
    default: 1
    }
  }

  func usualUnit(_ per: Double) -> String {
    switch self {
    case .proportion: "%"
    case .crudeRate, .directlyStandardisedRate: "per \(Self.text(per))"
    case .indirectlyStandardisedRatio: "\(Self.text(per)) = as expected"
    case .lifeExpectancy: "years"
    case .count: "people"
    case .ratio, .mean, .published: ""
    }
  }

  private static func text(_ per: Double) -> String {
    per == per.rounded() ? Int(per).formattedWithCommas : "\(per)"
  }

  var usualDecimals: Int { self == .count ? 0 : 1 }
}

extension Indicator.Assurance {
  init?(_ value: YAMLValue) {
    guard let section = value.section(["by", "on"]), let by = section.required("by")?.name(),
      let on = section.required("on")?.text()
    else { return nil }
    guard let match = on.wholeMatch(of: /\d{4}-(\d{2})-(\d{2})/), let month = Int(match.1),
      let day = Int(match.2), (1...12).contains(month),
      (1...[31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]).contains(day)
    else {
      section["on"]?.report("'\(on)' is no day.", hint: "Write it as 2026-11-23.")
      return nil
    }
    self.init(by: by, on: on)
  }
}

extension Indicator.Minimum {
  init?(_ value: YAMLValue) {
    guard let section = value.section(["numerator", "denominator"]) else { return nil }
    self.init()
    numerator = section["numerator"]?.positiveNumber() ?? 0
    denominator = section["denominator"]?.positiveNumber() ?? 0
  }
}

extension Indicator.Term {
  init?(_ value: YAMLValue, _ method: Indicator.Method, isDenominator: Bool = false) {
    let keys = ["measure", "part", "groups", "period", "people", "events", "where", "count", "as"]
    guard let section = value.section(keys) else { return nil }
    let forms = ["measure", "people", "events"].filter { section[$0] != nil }
    guard forms.count == 1 else {
      value.report(
        "A numerator or denominator is one of measure, people or events; this has "
          + "\(forms.isEmpty ? "none" : forms.joined(separator: " and ")).")
      return nil
    }
    /// Reports keys that do not go with the form, and says whether there were none.
    func allow(_ allowed: [String]) -> Bool {
      let odd = keys.filter { section[$0] != nil && !allowed.contains($0) && $0 != forms[0] }
      for key in odd { section[key]?.report("'\(key)' does not go with '\(forms[0])'.") }
      return odd.isEmpty
    }
    switch forms[0] {
    case "measure":
      guard allow(["part", "groups", "period", "as"]), let measure = section["measure"]?.name()
      else { return nil }
      let usual: Indicator.MeasureTerm.Part =
        !isDenominator && [.mean, .published].contains(method) ? .value : .numerator
      var part = usual
      if let given = section["part"] {
        guard let chosen = given.choice(Indicator.MeasureTerm.Part.self) else { return nil }
        part = chosen
      }
      var groups: [Indicator.GroupCondition] = []
      for entry in section["groups"]?.entries() ?? [] {
        guard let test = Indicator.Test(entry.value) else { return nil }
        groups.append(Indicator.GroupCondition(dimension: entry.key, test: test))
      }
      var asPersonYears = false
      if let given = section["as"] {
        guard isDenominator else {
          given.report("'as' goes with a denominator.")
          return nil
        }
        guard let unit = given.choice(Indicator.PeopleTerm.Unit.self) else { return nil }
        asPersonYears = unit == .personYears
      }
      self = .measure(
        Indicator.MeasureTerm(
          measure: measure, part: part, groups: groups, period: section["period"]?.text(),
          asPersonYears: asPersonYears, line: value.line))
    case "people":
      guard allow(["as"]), let people = section["people"] else { return nil }
      var who: [Indicator.ColumnCondition] = []
      if people.isSection {
        guard let read = Indicator.ColumnCondition.all(people, of: .person) else { return nil }
        who = read
      } else if people.text() != "all" {
        people.report("Write 'people: all', or conditions such as {age: {from: 40}}.")
        return nil
      }
      let unit = section["as"].map { $0.choice(Indicator.PeopleTerm.Unit.self) } ?? .people
      guard let unit else { return nil }
      self = .people(Indicator.PeopleTerm(who: who, unit: unit))
    default:
      guard allow(["where", "count"]), let table = section["events"]?.choice(LinkedTable.self)
      else { return nil }
      var conditions: [Indicator.ColumnCondition] = []
      if let given = section["where"] {
        guard let read = Indicator.ColumnCondition.all(given, of: table) else { return nil }
        conditions = read
      }
      let count = section["count"].map { $0.choice(Indicator.EventsTerm.Count.self) } ?? .events
      guard let count else { return nil }
      self = .events(
        Indicator.EventsTerm(table: table, conditions: conditions, count: count))
    }
  }
}

extension Indicator.ColumnCondition {
  /// Reads `column: test` lines; nil where one is wrong.
  static func all(_ value: YAMLValue, of table: LinkedTable) -> [Indicator.ColumnCondition]? {
    guard let section = value.section(table.columns) else { return nil }
    var conditions: [Indicator.ColumnCondition] = []
    for entry in value.entries() {
      guard section[entry.key] != nil, let test = Indicator.Test(entry.value) else { return nil }
      conditions.append(Indicator.ColumnCondition(column: entry.key, test: test))
    }
    return conditions
  }
}

extension Indicator.Test {
  /// Reads a value, a list of values, `{codelist: id}` or `{from: 65, to: 74}`.
  init?(_ value: YAMLValue) {
    guard value.isSection else {
      let texts = value.texts()
      guard !texts.isEmpty else { return nil }
      self = .values(texts)
      return
    }
    guard let section = value.section(["codelist", "from", "to"]) else { return nil }
    if let codelist = section["codelist"] {
      guard let name = codelist.name() else { return nil }
      self = .codelist(name)
      return
    }
    let (from, to) = (section["from"]?.finiteNumber(), section["to"]?.finiteNumber())
    guard from != nil || to != nil else {
      value.report("A range says 'from', 'to' or both.")
      return nil
    }
    if let from, let to, to < from {
      value.report("The range from \(from) to \(to) is empty.")
      return nil
    }
    self = .range(from: from, to: to)
  }
}

extension YAMLValue {
  fileprivate func positiveNumber() -> Double? {
    guard let number = number() else { return nil }
    guard number > 0, number <= 1e15 else {
      report("Expected a number above 0, up to 1,000,000,000,000,000.")
      return nil
    }
    return number
  }

  fileprivate func finiteNumber() -> Double? {
    guard let number = number() else { return nil }
    guard abs(number) <= 1e15 else {
      report("Expected a number, up to 1,000,000,000,000,000.")
      return nil
    }
    return number
  }

  fileprivate func integer(in range: ClosedRange<Int>) -> Int? {
    guard let number = integer() else { return nil }
    guard range.contains(number) else {
      report("Expected a whole number from \(range.lowerBound) to \(range.upperBound).")
      return nil
    }
    return number
  }
}

extension UInt8 {
  fileprivate var isIndicatorLetter: Bool {
    (0x61...0x7A).contains(self) || (0x30...0x39).contains(self) || self == 0x5F
  }
}
