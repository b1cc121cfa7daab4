import Charts
import Definitions
import Indicators
import Places

/// Finds an area or organisation by name, code or postcode district.
struct FindPage {
  private let atlas: Atlas
  private let search: UnitSearch
  private let request: PageRequest

  init(_ edition: AtlasLibrary.Edition, _ request: PageRequest) {
    atlas = edition.atlas
    search = edition.search
    self.request = request
  }

  private var text: String { request["q"] ?? "" }
  private var kind: String? { request["kind"].flatMap { id in atlas.kind(id)?.id } }
  private var isEverywhere: Bool { request["everywhere"] == "yes" }

  func page() -> Page {
    let kinds: [[String: any Sendable]] = atlas.kinds.filter { kind in
      atlas.units(ofKind: kind.id).contains { $0.isInPlace }
    }.map { ["id": $0.id, "title": $0.plural.capitalisedFirst, "isChosen": $0.id == kind] }
    let values: [String: any Sendable] = [
      "query": text, "kinds": kinds, "isEverywhere": isEverywhere, "hitsHTML": hitsHTML(),
      "place": atlas.manifest.place.name, "whole": atlas.whole?.name ?? "elsewhere",
      "hasElsewhere": atlas.units.contains { !$0.isInPlace },
    ]
    return Page(
      title: text.isEmpty ? "Find an area or organisation" : "Find: \(text)", template: "find",
      section: .find, values: values, tables: [table()], usesScript: true)
  }

  /// The hits as markup, for the page and for the script that refreshes them.
  func hitsHTML() -> String {
    guard !text.isEmpty else {
      return "<p>Type at least the beginning of a name, a code such as E05011508, or a postcode "
        + "district such as \(examplePostcode.xmlEscaped).</p>"
    }
    let table = table()
    guard !table.rows.isEmpty else {
      let elsewhere =
        isEverywhere
        ? "" : " Tick “also outside \(atlas.manifest.place.name)” to search further."
      return "<p>Nothing is called “\(text.xmlEscaped)”. Check the spelling, or try less of the "
        + "name. Postcodes are found where a surgery, library or hospital has one.\(elsewhere.xmlEscaped)</p>"
    }
    let query = request.query.isEmpty ? "" : "?\(request.query)"
    return table.html(csv: "/find/tables/hits.csv\(query)")
  }

  private func table() -> DataTable {
    let hits = search.find(text, kind: kind, isEverywhere: isEverywhere)
    let caption =
      hits.count == 50 ? "The first 50 that were found" : "\(hits.count) found"
    return DataTable(
      id: "hits", caption: caption,
      columns: ["Name", "What", "Code", "In"].map { DataTable.Column($0) },
      rows: hits.map { hit in
        let parents = atlas.ancestors(of: hit.unit).filter { !$0.isWhole }
        let within = parents.last { $0.kind.hasPrefix("lad") } ?? parents.first
        return [
          .link(hit.unit.shortName, to: hit.unit.path),
          .text(atlas.kind(hit.unit.kind)?.title ?? ""), .text(hit.unit.code),
          .text(
            [within?.shortName, hit.note.isEmpty ? nil : hit.note].compactMap { $0 }
              .joined(separator: "; ")),
        ]
      })
  }

  private var examplePostcode: String {
    atlas.points.lazy.compactMap(\.postcode).first.map { String($0.prefix { $0 != " " }) } ?? "AB1"
  }
}
