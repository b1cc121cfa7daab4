import Charts
import Definitions
import Foundation
import Indicators
import Places

/// The catalogue of measures, which can be searched and sorted by topic.
struct MeasuresPage {
  private let atlas: Atlas
  private let request: PageRequest

  init(_ atlas: Atlas, _ request: PageRequest) {
    self.atlas = atlas
    self.request = request
  }

  func page() -> Page {
    let text = (request["q"] ?? "").lowercased()
    let topic = request["topic"]
    var topics: [String] = []
    for measure in atlas.measures where !topics.contains(measure.topic) {
      topics.append(measure.topic)
    }
    let found = atlas.measures.filter { measure in
      (topic == nil || measure.topic == topic)
        && (text.isEmpty || measure.title.lowercased().contains(text)
          || measure.description.lowercased().contains(text) || measure.id.contains(text))
    }
    let table = DataTable(
      id: "measures",
      caption: found.count == atlas.measures.count
        ? "All \(found.count) measures" : "\(found.count) of \(atlas.measures.count) measures",
      columns: ["Measure", "Topic", "Unit", "Periods", "Published for", "Source"].map {
        DataTable.Column($0)
      },
      rows: found.map { measure in
        let periods = atlas.periods(of: measure.id)
        return [
          .link(measure.title, to: "/measures/\(measure.id.queryEncoded)"), .text(measure.topic),
          .text(measure.unit),
          .text(
            periods.count > 1
              ? "\(periods[0]) to \(periods[periods.count - 1])" : periods.first ?? ""),
          .text(measure.kinds.compactMap { atlas.kind($0)?.plural }.joined(separator: ", ")),
          .text(atlas.source(measure.source)?.title ?? measure.source),
        ]
      })
    let values: [String: any Sendable] = [
      "query": request["q"] ?? "", "isFiltered": !text.isEmpty || topic != nil,
      "topics": topics.map { name -> [String: any Sendable] in
        ["title": name, "isChosen": name == topic]
      },
      "tableHTML": found.isEmpty
        ? "<p>No measure answers to that. Try a shorter word, or another topic.</p>"
        : table.html(csv: request.csv(table)),
    ]
    return Page(
      title: "Measures", template: "measures", section: .measures, values: values, tables: [table])
  }
}

/// One measure: what it is, where it comes from, and its figures by kind of area.
struct MeasurePage {
  private let atlas: Atlas
  private let request: PageRequest
  private let measure: Measure

  /// - Throws: ``PageError`` for a measure that does not exist.
  init(_ atlas: Atlas, _ request: PageRequest) throws {
    guard let measure = atlas.measure(request.part("measure").percentDecoded) else {
      throw PageError.notFound("There is no such measure. The catalogue lists them all.")
    }
    self.atlas = atlas
    self.request = request
    self.measure = measure
  }

  func page() -> Page {
    let kinds = atlas.kinds.filter { kind in
      atlas.series(of: measure.id).contains { atlas.hasFigures($0, ofKind: kind.id) }
    }
    let kind =
      request["kind"].flatMap { id in kinds.first { $0.id == id } }
      ?? kinds.first { $0.id.hasPrefix("lad") } ?? kinds.first
    let periods = atlas.periods(of: measure.id)
    let period = request["period"].flatMap { periods.contains($0) ? $0 : nil } ?? periods.last ?? ""
    let table = kind.map { self.table($0, period) }
    let source = atlas.source(measure.source)
    let hasMap = kind.map { atlas.kindsWithOutlines.contains($0.id) } ?? false
    let mapPath = "/map?kind=\(kind?.id ?? "")&measure=\(measure.id.queryEncoded)"
    let kindChoices = kinds.map { other -> [String: any Sendable] in
      ["id": other.id, "title": other.plural.capitalisedFirst, "isChosen": other.id == kind?.id]
    }
    let periodChoices = periods.reversed().map { other -> [String: any Sendable] in
      ["title": other, "isChosen": other == period]
    }
    let values: [String: any Sendable] = [
      "name": measure.title, "id": measure.id, "description": measure.description,
      "unit": measure.unit, "topic": measure.topic, "caveat": measure.caveat,
      "method": methodText, "polarity": polarityText, "file": measure.file,
      "columns": measure.columns.replacing(" ", with: ", "),
      "publishedFor": measure.kinds.compactMap { atlas.kind($0)?.plural }.joined(separator: ", "),
      "source": source.map { "\($0.title), \($0.publisher)" } ?? "",
      "url": source?.url ?? "", "licence": source?.licence ?? "", "sourceNote": source?.note ?? "",
      "kinds": kindChoices, "periods": periodChoices,
      "tableHTML": table.map { $0.html(csv: request.csv($0)) } ?? "",
      "mapPath": hasMap ? mapPath : "",
    ]
    return Page(
      title: measure.title, template: "measure", section: .measures, values: values,
      tables: table.map { [$0] } ?? [])
  }

  /// The figures of the areas of one kind, the highest first: only those of the place where there
  /// are very many.
  private func table(_ kind: UnitKind, _ period: String) -> DataTable {
    let series = atlas.series(of: measure.id).filter { $0.period == period }
    var units = atlas.units(ofKind: kind.id)
    if units.count > 400 { units = units.filter(\.isInPlace) }
    units = units.filter { unit in series.contains { atlas.hasRow($0, unit) } }
    let first = series.first
    let sorted = units.map { unit in (unit, first.flatMap { atlas.figure($0, unit).value }) }
      .sorted { ($0.1 ?? -.infinity, $1.0.name) > ($1.1 ?? -.infinity, $0.0.name) }
    let isGrouped = series.contains { !$0.group.isEmpty }
    var columns = [DataTable.Column(kind.title.capitalisedFirst), DataTable.Column("Code")]
    for one in series {
      columns.append(
        DataTable.Column(
          "\(isGrouped ? one.groupTitle : measure.title), \(measure.unit)", isNumeric: true))
    }
    // Where others are listed too, it is said which are of the place.
    let hasOthers = units.contains { !$0.isInPlace }
    if hasOthers { columns.append(DataTable.Column("In \(atlas.manifest.place.name)")) }
    let hasParts = !isGrouped && ["proportion", "rate"].contains(measure.method)
    if hasParts {
      columns.append(DataTable.Column("Numerator", isNumeric: true))
      columns.append(DataTable.Column("Denominator", isNumeric: true))
    }
    return DataTable(
      id: "figures", caption: "\(measure.title), \(period), by \(kind.title)", columns: columns,
      rows: sorted.map { unit, _ in
        var cells: [DataTable.Cell] = [.link(unit.shortName, to: unit.path), .text(unit.code)]
        for one in series {
          cells.append(.figure(atlas.figure(one, unit), decimals: measure.decimals))
        }
        if hasOthers { cells.append(unit.isInPlace ? .text("yes") : .none) }
        if hasParts, let first, case .known(let known) = atlas.figure(first, unit) {
          cells.append(known.numerator.map { .number($0, decimals: 0) } ?? .none)
          cells.append(known.denominator.map { .number($0, decimals: 0) } ?? .none)
        } else if hasParts {
          cells += [.none, .none]
        }
        return cells
      })
  }

  private var methodText: String {
    switch measure.method {
    case "count": "A count. Larger areas are the sum of their parts."
    case "proportion", "groups":
      "A share. For larger areas numerators and denominators are added, and the share is worked out "
        + "anew."
    case "rate":
      "A rate. For larger areas numerators and denominators are added, and the rate is worked out anew."
    case "score": "A score. For larger areas it is the mean of their parts, weighted by residents."
    case "rank": "A rank among areas of one kind. It is not given for larger areas."
    case "decile":
      "A tenth of the areas of one kind. Larger areas are ranked anew among their own kind."
    default: "As published. Its parts are not, so it is not given for larger areas."
    }
  }

  private var polarityText: String {
    switch measure.polarity {
    case .higherIsBetter: "Higher is better."
    case .lowerIsBetter: "Lower is better."
    case .neutral: "Neither higher nor lower is better."
    }
  }
}

extension String {
  /// The text with %XX escapes decoded; as it is where they are wrong.
  var percentDecoded: String { removingPercentEncoding ?? self }
}
