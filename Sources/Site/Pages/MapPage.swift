import Charts
import Definitions
import Indicators

/// A map of a measure over the whole place, with its table.
struct MapPage {
  private let atlas: Atlas
  private let request: PageRequest

  /// - Throws: ``PageError`` for a kind or measure that does not exist.
  init(_ atlas: Atlas, _ request: PageRequest) throws {
    self.atlas = atlas
    self.request = request
    if let kind = request["kind"], !atlas.kindsWithOutlines.contains(kind) {
      throw PageError.badRequest("There are no outlines of that kind of area to draw.")
    }
    if let measure = request["measure"], atlas.measure(measure) == nil {
      throw PageError.badRequest("There is no such measure.")
    }
  }

  func page() -> Page {
    let kinds = atlas.kinds.filter { atlas.kindsWithOutlines.contains($0.id) }
    let kind = request["kind"].flatMap { atlas.kind($0) } ?? kinds.last
    guard let kind else {
      return Page(
        title: "Map", template: "map", section: .map,
        values: ["isEmpty": true, "kinds": [String](), "mapHTML": "", "tableHTML": ""])
    }
    let choices = atlas.measures(ofKind: kind.id)
    let chosen =
      choices.first { $0.id == request["measure"] } ?? choices.first { $0.id == "imd_decile" }
      ?? choices.first
    var mapHTML = "<p>No measure has figures for \(kind.plural.xmlEscaped).</p>"
    var tables: [DataTable] = []
    var heading = "Map"
    if let chosen, let series = atlas.latestSeries(of: chosen) {
      let areas = atlas.units(ofKind: kind.id).filter { atlas.outline(of: $0) != nil }
      let picture = AreaMap(
        atlas, areas: areas, series: series, measure: chosen, isLight: false)
      heading = "\(chosen.title), \(series.period)"
      let table = picture.table(id: "map", caption: "\(heading), by \(kind.title)")
      tables = [table]
      mapHTML =
        picture.map.svg(id: "c-map", title: "\(heading), by \(kind.title)") + picture.map.legend
    }
    let values: [String: any Sendable] = [
      "kinds": kinds.map { other -> [String: any Sendable] in
        ["id": other.id, "title": other.plural.capitalisedFirst, "isChosen": other.id == kind.id]
      },
      "measures": choices.map { choice -> [String: any Sendable] in
        [
          "id": choice.id, "title": "\(choice.topic): \(choice.title)",
          "isChosen": choice.id == chosen?.id,
        ]
      },
      "heading": heading, "mapHTML": mapHTML, "isEmpty": false,
      "caveat": chosen?.caveat ?? "", "description": chosen?.description ?? "",
      "source": chosen.flatMap { atlas.source($0.source) }.map { "\($0.title), \($0.publisher)" }
        ?? "",
      "tableHTML": tables.map { $0.disclosed(csv: request.csv($0)) }.joined(),
      // A kind chosen without a measure it has falls back to another, and says so.
      "isOther": request["measure"] != nil && request["measure"] != chosen?.id,
    ]
    return Page(title: heading, template: "map", section: .map, values: values, tables: tables)
  }
}
