import Charts
import Definitions
import Indicators
import Partnership
import Places

/// Everything that is recorded, placed in the four pillars and their overlaps.
struct FrameworkPage {
  let desk: Desk
  let request: PageRequest

  /// The kinds that are placed, in the order of the table.
  private static let kinds: [RecordKind] = [
    .asset, .voice, .priority, .function, .organisation, .person,
  ]

  func page() throws -> Page {
    let chosen = Self.kinds.first { $0.id == request["of"] }
    let kinds = chosen.map { [$0] } ?? Self.kinds
    var counts: [Int: [RecordKind.ID: Int]] = [:]
    for (kind, placed) in try desk.partnership.placed(kinds, for: desk.actor) {
      for (pillars, count) in placed { counts[Self.bits(pillars), default: [:]][kind] = count }
    }
    // Needs: indicators stand in one pillar each.
    var needs: [Int: Int] = [:]
    for indicator in desk.edition.atlas.indicators.indicators {
      if let pillar = indicator.pillar { needs[Self.bits([pillar]), default: 0] += 1 }
    }
    let isAll = chosen == nil
    func total(_ sets: Int) -> Int {
      (counts[sets]?.values.reduce(0, +) ?? 0) + (isAll ? needs[sets] ?? 0 : 0)
    }
    let suffix = chosen.map { "&of=\($0.id)" } ?? ""
    func link(_ sets: Int) -> String {
      "/framework?pillars=\(Self.pillars(sets).map(\.rawValue).joined(separator: ","))\(suffix)"
    }
    let picture = FourSets(
      names: Pillar.allCases.map(\.title),
      regions: (1...15).map {
        FourSets.Region(sets: $0, count: total($0), link: total($0) > 0 ? link($0) : nil)
      })
    let order = (1...15).sorted {
      ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1)
    }
    let table = DataTable(
      id: "framework", caption: "What is recorded in each pillar and overlap",
      columns: [DataTable.Column("Pillars"), DataTable.Column("Together", isNumeric: true)]
        + (isAll ? [DataTable.Column("Indicators", isNumeric: true)] : [])
        + kinds.map { DataTable.Column($0.plural.capitalisedFirst, isNumeric: true) },
      rows: order.map { sets in
        var cells: [DataTable.Cell] = [
          total(sets) > 0
            ? .link(picture.inWords(sets), to: link(sets)) : .text(picture.inWords(sets)),
          .number(Double(total(sets)), decimals: 0),
        ]
        if isAll { cells.append(.number(Double(needs[sets] ?? 0), decimals: 0)) }
        cells += kinds.map { .number(Double(counts[sets]?[$0.id] ?? 0), decimals: 0) }
        return cells
      })
    let empty = order.filter { total($0) == 0 }
    let listed = try list(kinds)
    let values: [String: any Sendable] = [
      "place": desk.edition.atlas.manifest.place.name,
      "kinds": Self.kinds.map { one -> [String: any Sendable] in
        ["id": one.id, "title": one.plural.capitalisedFirst, "isChosen": one.id == chosen?.id]
      },
      "pictureHTML": picture.svg(id: "c-pillars", title: "The four pillars and their overlaps"),
      "tableHTML": table.disclosed(csv: request.csv(table)),
      "empty": empty.map { picture.inWords($0) }, "hasEmpty": !empty.isEmpty,
      "unplaced": (counts[0]?.values.reduce(0, +)).map { "\($0)" } ?? "",
      "hasListed": listed != nil, "listedTitle": listed?.title ?? "",
      "records": listed?.records ?? [], "more": listed?.more ?? "",
    ]
    return Page(
      title: "Framework", template: "framework", section: .priorities, values: values,
      tables: [table])
  }

  /// What stands in the overlap that the address asks for.
  private func list(
    _ kinds: [RecordKind]
  ) throws -> (title: String, records: [[String: any Sendable]], more: String)? {
    guard let text = request["pillars"] else { return nil }
    let pillars = text.split(separator: ",").compactMap { Pillar(rawValue: String($0)) }
    guard !pillars.isEmpty, pillars.count == text.split(separator: ",").count else {
      throw PageError.badRequest("'\(text.prefix(80))' names no pillars.")
    }
    var query = RecordQuery(kinds.map(\.id))
    query.pillars = pillars
    query.perPage = 100
    let found = try desk.partnership.list(query, for: desk.actor)
    let names = FourSets(names: Pillar.allCases.map(\.title), regions: [])
    return (
      "\(names.inWords(Self.bits(pillars))): \(found.total)",
      found.records.map { RecordCard($0, RecordKind.named($0.kind)).values },
      found.total > 100 ? "These are the first 100." : ""
    )
  }

  /// A bit for each pillar.
  private static func bits(_ pillars: [Pillar]) -> Int {
    Pillar.allCases.enumerated().reduce(0) { bits, one in
      pillars.contains(one.element) ? bits | 1 << one.offset : bits
    }
  }

  private static func pillars(_ bits: Int) -> [Pillar] {
    Pillar.allCases.enumerated().filter { bits & (1 << $0.offset) != 0 }.map(\.element)
  }
}
