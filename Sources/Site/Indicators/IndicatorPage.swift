import Charts
import Definitions
import Indicators

/// One indicator: its figure now, over time, on the map, among others, by deprivation and by group, and what it is.
struct IndicatorPage {
  let atlas: Atlas
  let request: PageRequest
  let indicator: Indicator
  let words: IndicatorWords
  /// Whose figures are shown, and the kind that they are set among.
  let unit: AtlasUnit?
  let kind: UnitKind?
  let period: String

  /// - Throws: ``PageError`` for an indicator, area or period that does not exist.
  init(_ atlas: Atlas, _ request: PageRequest) throws {
    guard let indicator = atlas.indicators[request.part("indicator").percentDecoded] else {
      throw PageError.notFound("There is no such indicator. The catalogue lists them all.")
    }
    self.atlas = atlas
    self.request = request
    self.indicator = indicator
    words = IndicatorWords(indicator)
    let periods = atlas.indicators.periods(of: indicator.id)
    if let wanted = request["period"], !periods.contains(wanted) {
      throw PageError.badRequest("The indicator has no figures of that period.")
    }
    period = request["period"] ?? periods.last ?? ""
    let kinds = Self.kinds(atlas, indicator, period)
    if let wanted = request["kind"], !kinds.contains(where: { $0.id == wanted }) {
      throw PageError.badRequest("The indicator has no figures of that kind of area.")
    }
    let asked = request["area"].map { $0.split(separator: ":", maxSplits: 1).map(String.init) }
    if let asked {
      guard asked.count == 2, let unit = atlas.unit(kind: asked[0], code: asked[1]) else {
        throw PageError.badRequest("There is no such area. Find it by its name.")
      }
      self.unit = unit
    } else {
      self.unit = Self.usualUnit(atlas, indicator, period)
    }
    // Beside the areas of its own kind where there are several of them, else of the kind that reads best.
    let own = asked != nil ? unit.flatMap { unit in kinds.first { $0.id == unit.kind } } : nil
    kind =
      request["kind"].flatMap { wanted in kinds.first { $0.id == wanted } }
      ?? own.flatMap { atlas.units(ofKind: $0.id).count(where: \.isInPlace) > 2 ? $0 : nil }
      ?? kinds.first { $0.id.hasPrefix("lad") }
      ?? kinds.first { (4...60).contains(atlas.units(ofKind: $0.id).count(where: \.isInPlace)) }
      ?? kinds.first { $0.id != atlas.whole?.kind } ?? kinds.first
  }

  /// The kinds with figures in a period.
  private static func kinds(_ atlas: Atlas, _ indicator: Indicator, _ period: String) -> [UnitKind]
  {
    guard let slice = atlas.indicators.slice(of: indicator.id, period: period) else { return [] }
    return atlas.kinds.filter { kind in
      atlas.units(ofKind: kind.id).contains {
        atlas.indicators.reading(slice, $0.id)?.value != nil
      }
    }
  }

  /// The place where it has a figure; else the first of its parts that has one, else the whole.
  private static func usualUnit(
    _ atlas: Atlas, _ indicator: Indicator, _ period: String
  ) -> AtlasUnit? {
    guard let slice = atlas.indicators.slice(of: indicator.id, period: period) else {
      return atlas.place
    }
    func hasFigure(_ unit: AtlasUnit) -> Bool {
      atlas.indicators.reading(slice, unit.id)?.value != nil
    }
    if let place = atlas.place, hasFigure(place) { return place }
    return atlas.units.first { $0.isInPlace && !$0.isWhole && hasFigure($0) }
      ?? atlas.whole.flatMap { hasFigure($0) ? $0 : nil } ?? atlas.place
  }

  var slice: IndicatorAtlas.Slice? { atlas.indicators.slice(of: indicator.id, period: period) }
  var benchmark: Benchmark? { atlas.benchmark(of: indicator, period: period) }

  /// The units of a kind that are shown together: those of the place where there are very many.
  func units(of kind: UnitKind) -> [AtlasUnit] {
    let units = atlas.units(ofKind: kind.id)
    let inPlace = units.filter(\.isInPlace)
    return inPlace.count > 1 ? inPlace : units.count > 400 ? inPlace : units
  }

  // MARK: The page

  func page() -> Page {
    let sections = [
      IndicatorTrend(self).section(), IndicatorAreas(self).section(),
      IndicatorGradient(self).section(), IndicatorGroups(self).section(),
    ].compactMap { $0 }
    let reading = slice.flatMap { slice in
      unit.flatMap { atlas.indicators.reading(slice, $0.id) }
    }
    let values: [String: any Sendable] = [
      "name": indicator.title, "topic": indicator.topic, "id": indicator.id,
      "description": indicator.description, "rationale": indicator.rationale,
      "waits": atlas.indicators.waits[indicator.id] ?? "", "headHTML": head(reading),
      "sentence": sentence(reading), "areas": areaChoices(), "kinds": kindChoices(),
      "periods": atlas.indicators.periods(of: indicator.id).reversed().map {
        ["title": $0, "isChosen": $0 == period] as [String: any Sendable]
      },
      "hasFigures": slice != nil,
      "isEmpty": slice == nil && atlas.indicators.waits[indicator.id] == nil,
      "sections": sections.map { section -> [String: any Sendable] in
        ["id": section.id, "title": section.title, "bodyHTML": section.html]
      },
      "metadata": metadata(),
      "caveats": indicator.caveats.map { ["text": $0] as [String: any Sendable] },
      "csvPath": "\(indicator.path)/figures.csv",
      "fingertipsPath": "\(indicator.path)/fingertips.csv",
    ]
    return Page(
      title: indicator.title, template: "indicator", section: .indicators, values: values,
      tables: sections.flatMap(\.tables))
  }

  /// The figure in large, with its interval and how it stands.
  private func head(_ reading: IndicatorAtlas.Reading?) -> String {
    guard let unit, let reading, let value = reading.value else { return "" }
    var boxes = [(unit.shortName, words.value(value), "")]
    if let lower = reading.lower, let upper = reading.upper {
      boxes[0].2 = "95% interval \(words.number(lower)) to \(words.number(upper))"
    }
    if let benchmark, benchmark.unit != unit.id {
      let comparison = atlas.comparison(reading, with: benchmark, of: indicator)
      let name = benchmark.unit.map { atlas.units[$0].shortName } ?? "Target"
      boxes.append(
        (
          name, words.value(benchmark.value),
          comparison.map { "\(unit.shortName) is \($0.phrase)" } ?? ""
        ))
    }
    let html = boxes.map { title, value, note in
      "<div><dt>\(title.xmlEscaped)</dt><dd>\(value.xmlEscaped)</dd>"
        + (note.isEmpty ? "" : "<dd class=\"m\">\(note.xmlEscaped)</dd>") + "</div>"
    }
    return "<dl class=\"numbers\">\(html.joined())</dl>"
  }

  private func sentence(_ reading: IndicatorAtlas.Reading?) -> String {
    guard let unit else { return "" }
    guard let reading else {
      return slice == nil ? "" : "The data say nothing of \(unit.shortName)."
    }
    return words.sentence(
      reading, of: unit, period: period, benchmark,
      atlas.comparison(reading, with: benchmark, of: indicator))
  }

  private func areaChoices() -> [[String: any Sendable]] {
    guard let slice else { return [] }
    var choices: [AtlasUnit] = [atlas.place, atlas.whole].compactMap { $0 }
    if let kind { choices += units(of: kind).sorted { $0.shortName < $1.shortName } }
    if let unit, !choices.contains(where: { $0.id == unit.id }) { choices.append(unit) }
    var seen: Set<Int> = []
    return choices.filter {
      seen.insert($0.id).inserted
        && (atlas.indicators.reading(slice, $0.id) != nil || $0.id == unit?.id)
    }.map {
      [
        "id": "\($0.kind):\($0.code)",
        "title": $0.name == $0.code ? $0.code : $0.shortName, "isChosen": $0.id == unit?.id,
      ]
    }
  }

  private func kindChoices() -> [[String: any Sendable]] {
    Self.kinds(atlas, indicator, period).filter { $0.id != atlas.whole?.kind }.map {
      ["id": $0.id, "title": $0.plural.capitalisedFirst, "isChosen": $0.id == kind?.id]
    }
  }

  private func metadata() -> [[String: any Sendable]] {
    let by = indicator.by.filter { $0 != "area" && $0 != "organisation" }
      .map(IndicatorWords.breakdown)
    let assured =
      indicator.assured.map { "By \($0.by) on \($0.on)." }
      ?? "Nobody has assured this definition yet."
    let minimum = [
      indicator.minimum.numerator > 0 ? "\(Int(indicator.minimum.numerator)) counted" : nil,
      indicator.minimum.denominator > 0
        ? "\(Int(indicator.minimum.denominator)) in the denominator" : nil,
    ].compactMap { $0 }
    let rows: [(String, String)] = [
      ("Numerator", IndicatorWords.term(indicator.numerator, atlas)),
      ("Denominator", indicator.denominator.map { IndicatorWords.term($0, atlas) } ?? ""),
      ("Method", indicator.method.title.capitalisedFirst + "."),
      (
        "Standardised over",
        indicator.method.isStandardised
          ? indicator.over.joined(separator: ", ")
            + (indicator.method == .directlyStandardisedRate
              ? "; European standard population of 2013"
              : indicator.method == .indirectlyStandardisedRatio
                ? "; the rates of the whole" : "")
          : ""
      ),
      ("Unit", "\(indicator.unit). \(words.polarity)"),
      ("Benchmark", words.benchmark(atlas)),
      ("Broken down by", by.joined(separator: "; ")),
      ("Not given below", minimum.joined(separator: ", ")),
      ("Pillar", indicator.pillar?.title ?? ""), ("Source", indicator.source),
      ("Owner", indicator.owner), ("Version", "\(indicator.version)"), ("Assured", assured),
      (
        "Defined in",
        indicator.line > 0 ? "\(indicator.file), line \(indicator.line)" : indicator.file
      ),
    ]
    return rows.filter { !$0.1.isEmpty }.map { ["key": $0.0, "value": $0.1] }
  }
}

/// A part of the page.
struct IndicatorSection {
  let id: String
  let title: String
  let html: String
  let tables: [DataTable]
}

extension BenchmarkComparison {
  /// What stands after "is".
  var phrase: String {
    switch self {
    case .better: "better"
    case .worse: "worse"
    case .higher: "higher"
    case .lower: "lower"
    case .similar: "similar"
    }
  }
}
