import Charts
import Definitions
import Indicators

/// What the unit is made of, and the surgeries, libraries and hospitals in it.
struct PlacesSection {
  private let profile: ProfilePage
  private var atlas: Atlas { profile.atlas }
  private var unit: AtlasUnit { profile.unit }

  init(_ profile: ProfilePage) { self.profile = profile }

  func section() -> ProfileSection? {
    var html = ""
    var tables: [DataTable] = []
    let points = atlas.points(in: unit)
    if !points.isEmpty {
      let table = DataTable(
        id: "places", caption: "Surgeries, libraries and hospitals in \(unit.shortName)",
        columns: ["Name", "What", "Postcode", "Collected"].map { DataTable.Column($0) },
        rows: points.sorted { ($0.type, $0.name) < ($1.type, $1.name) }.map { point in
          let practice = atlas.unit(kind: "practice", code: point.id)
          return [
            practice.map { .link(point.name, to: $0.path) } ?? .text(point.name),
            .text(point.type.replacing("_", with: " ").replacing("gp ", with: "GP ")),
            .text(point.postcode ?? ""), .text(point.collected),
          ]
        })
      let counts = Dictionary(grouping: points, by: \.type).mapValues(\.count)
      let list = counts.sorted { $0.key < $1.key }.map { type, count in
        let name = type.replacing("_", with: " ").replacing("gp ", with: "GP ")
        let plural = name.hasSuffix("y") ? "\(name.dropLast())ies" : "\(name)s"
        return count == 1 ? "1 \(name)" : "\(count) \(plural)"
      }
      html +=
        "<h3>Places</h3><p>\(list.joined(separator: ", ").capitalisedFirst.xmlEscaped).</p>"
        + table.disclosed(csv: profile.request.csv(table), summary: "Show the list")
      tables.append(table)
    }
    for kind in atlas.kinds.reversed() where kind.id != unit.kind {
      let inside = atlas.units(ofKind: kind.id, in: unit).filter {
        $0.parts <= unit.parts || kind.isOrganisation
      }
      // The same area under another name, as a unitary authority that is a district, is no part.
      let isSame = inside.count == 1 && inside[0].parts == unit.parts && unit.parts > 0
      guard !inside.isEmpty, !unit.isWhole, !isSame else { continue }
      let table = self.table(kind, inside)
      tables.append(table)
      if inside.count <= 60 {
        html += table.disclosed(
          csv: profile.request.csv(table),
          summary: "\(inside.count) \(inside.count == 1 ? kind.title : kind.plural)")
      } else {
        html +=
          "<p class=\"csv\"><a "
          + "href=\"\(profile.request.csv(table).xmlEscaped)\">Download its \(inside.count) "
          + "\(kind.plural.xmlEscaped) as CSV</a></p>"
      }
    }
    guard !html.isEmpty else { return nil }
    return ProfileSection(
      id: "places", title: "What is here", html: html, tables: tables,
      measures: [])
  }

  /// The units of one kind, with how much of each lies here.
  private func table(_ kind: UnitKind, _ inside: [AtlasUnit]) -> DataTable {
    let shared = Dictionary(
      atlas.partlyIn(unit, kind: kind.id).map { ($0.unit.id, $0.parts) }
    ) { first, _ in first }
    let measure = kind.isOrganisation ? "registered" : "residents"
    return DataTable(
      id: "in-\(kind.id)", caption: "\(kind.plural.capitalisedFirst) in \(unit.shortName)",
      columns: [
        DataTable.Column("Name"), DataTable.Column("Code"),
        DataTable.Column(atlas.measure(measure)?.title ?? "Residents", isNumeric: true),
        DataTable.Column("How much is here"),
      ],
      rows: inside.map { other in
        let part = shared[other.id].flatMap { parts in
          parts < other.parts ? "\(parts) of its \(other.parts) small areas" : nil
        }
        return [
          .link(other.shortName, to: other.path), .text(other.code),
          .figure(atlas.figure(measure, other), decimals: 0), .text(part ?? "all"),
        ]
      })
  }
}
