import Charts
import Decisions
import Definitions
import Indicators
import Partnership
import Statistics

/// One need: who can reach what answers it, where need is high and little is near, and what one more site would do.
struct GapPage {
  let desk: Desk
  let request: PageRequest
  private var atlas: Atlas { desk.edition.atlas }

  func page() throws -> Page {
    guard let topic = Topic(rawValue: request.part("topic")) else {
      throw PageError.notFound("There is no need '\(request.part("topic").prefix(40))'.")
    }
    let kilometres = try GapsPage.kilometres(request)
    let query = self.query(topic)
    let sites = try desk.partnership.sites(query, for: desk.actor)
    let points = sites.flatMap(\.positions)
    let ground = ReachGround(atlas)
    let reach = ground.reach(points, within: kilometres)
    let extra = try extraSite()
    let with = extra.map { ground.reach(points + [$0], within: kilometres) }
    let needs = AreaNeed.all(ground, atlas)
    let need = needs.first { $0.id == request["need"] } ?? needs.first
    let fifths = fifthsTable(ground, reach, with)
    let areas = areasTable(ground, reach, need)
    let voices = try voices(topic)
    let listLink = "/assets?topics=\(topic.rawValue)"
    let values: [String: any Sendable] = [
      "title": topic.title, "topic": topic.rawValue, "list": listLink,
      "map": "/assets/map?topics=\(topic.rawValue)",
      "count": sites.count == 1 ? "1 asset answers" : "\(sites.count) assets answer",
      "without": sites.count { $0.positions.isEmpty } > 0
        ? "\(sites.count { $0.positions.isEmpty })" : "",
      "comes": sites.contains(where: \.comesToPeople)
        ? "\(sites.count(where: \.comesToPeople))" : "",
      "distances": GapsPage.choices(kilometres), "km": kilometres.plainText,
      "minutes": numberText(kilometres * 1.3 / 4.8 * 60, decimals: 0),
      "days": RecordKind.weekdays.map { day -> [String: any Sendable] in
        ["id": day.id, "title": day.title, "isChosen": day.id == request["day"]]
      },
      "language": request["language"] ?? "", "isFree": request["cost"] == "free",
      "needs": needs.map { one -> [String: any Sendable] in
        [
          "id": one.id, "title": one.title, "isChosen": one.id == need?.id,
        ]
      },
      "share": ground.shareInReach(reach).map { numberText($0, decimals: 0) } ?? "",
      "isUnknown": ground.areas.isEmpty,
      "fifthsHTML": fifths.html(csv: request.csv(fifths)),
      "areasHTML": areas.few.html(csv: request.csv(areas.few)),
      "reachedHTML": areas.near.html(csv: request.csv(areas.near)),
      "hasFew": !areas.few.rows.isEmpty, "hasNear": !areas.near.rows.isEmpty,
      "needTitle": need?.title ?? "",
      "mapHTML": map(topic, ground, reach, points, extra),
      "postcode": request["site"] ?? "", "hasExtra": extra != nil,
      "gain": gain(ground, reach, with), "voices": voices, "hasVoices": !voices.isEmpty,
    ]
    return Page(
      title: "Gaps: \(topic.title)", template: "gap", section: .gaps, values: values,
      tables: [fifths, areas.few, areas.near])
  }

  private func query(_ topic: Topic) -> RecordQuery {
    var query = RecordQuery([RecordKind.asset.id])
    query.facets["topics"] = [topic.rawValue]
    if request["cost"] == "free" { query.facets["cost"] = ["free"] }
    if let language = request["language"] { query.facets["languages"] = [language] }
    query.day = request["day"].flatMap { day in
      RecordKind.weekdays.first { $0.id == day }?.id
    }
    return query
  }

  private func extraSite() throws -> Position? {
    guard let text = request["site"] else { return nil }
    guard let postcode = Field.postcode(text),
      let position = desk.edition.postcodes.position(of: postcode)
    else {
      throw PageError.badRequest("'\(text.prefix(20))' is not a postcode that this place knows.")
    }
    return position
  }

  // MARK: Tables

  private func fifthsTable(
    _ ground: ReachGround, _ reach: FloatingCatchment, _ with: FloatingCatchment?
  ) -> DataTable {
    func cell(_ value: Double?, _ decimals: Int) -> DataTable.Cell {
      value.map { .number($0, decimals: decimals) } ?? .text("not known")
    }
    var columns = [
      DataTable.Column("Residents of"), DataTable.Column("In reach of one, %", isNumeric: true),
      DataTable.Column("Sites for 10,000 people", isNumeric: true),
    ]
    if with != nil {
      columns += [
        DataTable.Column("In reach with one more, %", isNumeric: true),
        DataTable.Column("Sites for 10,000 with one more", isNumeric: true),
      ]
    }
    let groups: [(String, Int?)] = [
      ("The whole place", nil), ("Most deprived fifth", 1), ("Second", 2), ("Third", 3),
      ("Fourth", 4), ("Least deprived fifth", 5),
    ]
    return DataTable(
      id: "fifths", caption: "By deprivation (fifths of England)", columns: columns,
      rows: groups.compactMap { title, fifth in
        guard fifth == nil || ground.areas.contains(where: { $0.fifth == fifth }) else {
          return nil
        }
        var row: [DataTable.Cell] = [
          .text(title), cell(ground.shareInReach(reach, fifth: fifth), 0),
          cell(ground.mean(reach, fifth: fifth), 2),
        ]
        if let with {
          row += [
            cell(ground.shareInReach(with, fifth: fifth), 0),
            cell(ground.mean(with, fifth: fifth), 2),
          ]
        }
        return row
      }, stacks: with != nil)
  }

  /// Areas of high need with little in reach, and those with much.
  private func areasTable(
    _ ground: ReachGround, _ reach: FloatingCatchment, _ need: AreaNeed?
  ) -> (few: DataTable, near: DataTable) {
    let gaps = ReachGaps(ground, reach, need)
    func table(_ id: String, _ caption: String, _ rows: ArraySlice<ReachGaps.Area>) -> DataTable {
      DataTable(
        id: id, caption: caption,
        columns: [
          DataTable.Column("Area"), DataTable.Column(need?.title ?? "", isNumeric: true),
          DataTable.Column("Residents", isNumeric: true),
          DataTable.Column("Sites in reach", isNumeric: true),
          DataTable.Column("Nearest, km", isNumeric: true),
        ],
        rows: rows.map { row in
          [
            .link(row.area.unit.shortName, to: row.area.unit.path),
            .number(row.need, decimals: need?.decimals ?? 1),
            .number(row.area.people, decimals: 0), .number(Double(row.sites), decimals: 0),
            row.nearest.map { .number($0, decimals: 1) } ?? .text("none"),
          ]
        }, stacks: true)
    }
    return (
      table("high-need-few", "High need, few assets", gaps.few.prefix(40)),
      table("high-need-near", "High need, assets near: are they used?", gaps.near.prefix(40))
    )
  }

  /// What one more site would do, in a sentence.
  private func gain(
    _ ground: ReachGround, _ reach: FloatingCatchment, _ with: FloatingCatchment?
  ) -> String {
    guard let with else { return "" }
    guard reach.sitesInReach != with.sitesInReach else {
      return
        "No small area of this place has its middle within reach of it, so it would change nothing."
    }
    let (people, deprived) = ground.newlyReached(reach, with)
    guard people > 0 else {
      return "Everybody within reach of it has one in reach already; it would share out more."
    }
    return
      "\(numberText(people, decimals: 0)) people would have one in reach who have none now, \(numberText(deprived, decimals: 0)) of them in the most deprived fifth."
  }

  // MARK: What else is known

  private func voices(_ topic: Topic) throws -> [[String: any Sendable]] {
    var query = GapsPage.needs
    query.facets["topics"] = [topic.rawValue]
    query.order = .changed
    query.perPage = 5
    return try desk.partnership.list(query, for: desk.actor).records.map {
      ["title": $0.title, "path": $0.path]
    }
  }

  // MARK: Map

  private func map(
    _ topic: Topic, _ ground: ReachGround, _ reach: FloatingCatchment, _ points: [Position],
    _ extra: Position?
  ) -> String {
    let known = zip(ground.areas, reach.accessibility).filter { $0.1 > 0 }.map(\.1).sorted()
    let classes = [
      Choropleth.ValueClass("None in reach", tone: 1),
      Choropleth.ValueClass("Lowest third of the rest", tone: 2),
      Choropleth.ValueClass("Middle third", tone: 3),
      Choropleth.ValueClass("Highest third", tone: 4),
    ]
    func shade(_ access: Double) -> Int {
      guard access > 0, !known.isEmpty else { return 0 }
      let place = known.partitioningIndex { $0 >= access }
      return 1 + min(2, place * 3 / known.count)
    }
    let areas = zip(ground.areas, reach.accessibility).map { area, access in
      Choropleth.Area(
        name: area.unit.name,
        rings: (atlas.outline(of: area.unit)?.rings ?? []).map { ring in
          ring.map { ($0.longitude, $0.latitude) }
        }, shade: shade(access), text: "", link: nil)
    }
    guard !areas.isEmpty else { return "" }
    // Sites at one spot are one.
    var spots: [String: (position: Position, count: Int)] = [:]
    for point in points {
      let key = "\((point.latitude * 500).rounded()) \((point.longitude * 300).rounded())"
      spots[key] = (point, (spots[key]?.count ?? 0) + 1)
    }
    var drawn = spots.sorted { $0.key < $1.key }.map { _, spot in
      Choropleth.Spot(
        longitude: spot.position.longitude, latitude: spot.position.latitude, count: spot.count,
        text: spot.count == 1 ? "1 site" : "\(spot.count) sites", link: nil)
    }
    if let extra {
      drawn.append(
        Choropleth.Spot(
          longitude: extra.longitude, latitude: extra.latitude, count: 1, text: "One more site",
          link: nil))
    }
    let picture = Choropleth(areas: areas, classes: classes, spots: drawn)
    return picture.svg(
      id: "c-reach", title: "Who can reach what: \(topic.title)", namesAreas: false)
      + picture.legend
  }
}
