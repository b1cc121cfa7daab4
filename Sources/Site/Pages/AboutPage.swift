import Charts
import Definitions
import Indicators
import Intake
import Places

/// About the data: sources and licences, the files that were read and what became of their rows.
struct AboutPage {
  let atlas: Atlas

  init(_ atlas: Atlas) { self.atlas = atlas }

  func page() -> Page {
    let manifest = atlas.manifest
    let sources = DataTable(
      id: "sources", caption: "Sources",
      columns: ["Source", "Publisher", "Licence", "Where", "Note"].map { DataTable.Column($0) },
      rows: atlas.sources.map { source in
        [
          .text(source.title), .text(source.publisher), .text(source.licence),
          source.url.hasPrefix("https://")
            ? .link(source.url.host, to: source.url) : .text(source.url),
          .text(source.note),
        ]
      })
    let files = DataTable(
      id: "files", caption: "Files read, and what became of their rows",
      columns: [
        DataTable.Column("File"), DataTable.Column("Rows read", isNumeric: true),
        DataTable.Column("Landed", isNumeric: true), DataTable.Column("Set aside", isNumeric: true),
        DataTable.Column("Why"), DataTable.Column("SHA-256, first digits"),
      ],
      rows: manifest.inputs.map { file in
        [
          .text(file.file), .number(Double(file.read), decimals: 0),
          .number(Double(file.landed), decimals: 0), .number(Double(file.setAside), decimals: 0),
          .text(file.setAsideReasons.joined(separator: " ")), .text(String(file.sha256.prefix(12))),
        ]
      })
    let kinds = DataTable(
      id: "kinds", caption: "Kinds of areas and organisations",
      columns: [
        DataTable.Column("Kind"), DataTable.Column("Number", isNumeric: true),
        DataTable.Column("In the place", isNumeric: true), DataTable.Column("Vintage"),
        DataTable.Column("Note"),
      ],
      rows: atlas.kinds.map { kind in
        let units = atlas.units(ofKind: kind.id)
        return [
          .text(kind.title.capitalisedFirst), .number(Double(units.count), decimals: 0),
          .number(Double(units.count { $0.isInPlace }), decimals: 0), .text(kind.vintage),
          .text(kind.note),
        ]
      })
    let values: [String: any Sendable] = [
      "packTitle": manifest.pack.title, "snapshot": manifest.id, "created": manifest.created,
      "engine": manifest.engine, "version": manifest.kithVersion,
      "rows": numberText(Double(manifest.inputs.reduce(0) { $0 + $1.read }), decimals: 0),
      "figures": numberText(
        Double(manifest.tables.first { $0.name == "figure" }?.rows ?? 0), decimals: 0),
      "isFictional": manifest.pack.id.hasPrefix("fictional"),
      "sourcesHTML": sources.html(csv: "/about/tables/sources.csv"),
      "filesHTML": files.html(csv: "/about/tables/files.csv"),
      "kindsHTML": kinds.html(csv: "/about/tables/kinds.csv"),
    ]
    return Page(
      title: "About the data", template: "about", section: .about, values: values,
      tables: [sources, files, kinds])
  }
}

extension String {
  /// The host of an address, for a short link.
  fileprivate var host: String {
    let rest = self.dropFirst("https://".count)
    return String(rest.prefix { $0 != "/" })
  }
}
