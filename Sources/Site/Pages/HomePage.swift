import Charts
import Definitions
import Indicators
import Places

/// The first page: the place in four numbers, its districts, and where to go.
struct HomePage {
  private let edition: AtlasLibrary.Edition
  private var atlas: Atlas { edition.atlas }

  init(_ edition: AtlasLibrary.Edition) { self.edition = edition }

  func page() -> Page {
    let place = atlas.place
    let kinds = atlas.kinds.filter { kind in
      !kind.isOrganisation && kind.id != place?.kind && atlas.whole?.kind != kind.id
    }
    // The largest kind of area of which the place has several.
    let main = kinds.first { kind in
      let count = place.map { atlas.units(ofKind: kind.id, in: $0).count } ?? 0
      return (4...60).contains(count) && kind.id.hasPrefix("lad")
    }
    let table = main.flatMap { kind in place.map { districts(kind, in: $0) } }
    let request = "/tables/districts.csv"
    let values: [String: any Sendable] = [
      "place": atlas.manifest.place.name, "profile": place?.path ?? "/find",
      "residents": text("residents", place), "registered": text("registered", place),
      "core20": text("core20", place), "practices": "\(count("practice"))",
      "areas":
        "\(count(atlas.smallestMappedKind?.id ?? ""))",
      "districtsHTML": table?.html(csv: request) ?? "", "measures": "\(atlas.measures.count)",
      "hasRecords": !edition.quality.sources.isEmpty,
      "packTitle": atlas.manifest.pack.title,
      "indicators": "\(atlas.indicators.measured.count)",
      "findings": edition.findings.filter { $0.isConcern == true }.prefix(3)
        .map { finding -> [String: any Sendable] in
          let words = FindingWords(finding)
          return ["headline": words.headline, "path": words.path]
        },
    ]
    return Page(
      title: atlas.manifest.place.name, template: "home", section: .home, values: values,
      tables: table.map { [$0] } ?? [])
  }

  private func text(_ measure: String, _ unit: AtlasUnit?) -> String {
    guard let unit, let measure = atlas.measure(measure) else { return "" }
    guard let value = atlas.figure(measure.id, unit).value else { return "not known" }
    return numberText(value, decimals: measure.decimals) + (measure.unit == "%" ? "%" : "")
  }

  private func count(_ kind: String) -> Int {
    atlas.units(ofKind: kind).count { $0.isInPlace }
  }

  private func districts(_ kind: UnitKind, in place: AtlasUnit) -> DataTable {
    let measures = ["residents", "imd_score", "core20"].compactMap { atlas.measure($0) }
    let rows = atlas.units(ofKind: kind.id, in: place)
      .sorted {
        (atlas.figure("imd_score", $0).value ?? 0) > (atlas.figure("imd_score", $1).value ?? 0)
      }
    return DataTable(
      id: "districts", caption: "\(kind.plural.capitalisedFirst), the most deprived first",
      columns: [DataTable.Column(kind.title.capitalisedFirst)]
        + measures.map {
          DataTable.Column($0.unit == "%" ? "\($0.title), %" : $0.title, isNumeric: true)
        } + [DataTable.Column("How much is in \(place.shortName)")],
      rows: rows.map { unit in
        [.link(unit.shortName, to: unit.path)]
          + measures.map { .figure(atlas.figure($0.id, unit), decimals: $0.decimals) }
          + [
            .text(
              unit.partsInPlace < unit.parts
                ? "\(unit.partsInPlace) of its \(unit.parts) small areas" : "all")
          ]
      })
  }
}
