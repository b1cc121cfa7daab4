import Charts
import Decisions
import Definitions
import Indicators
import Partnership
import Places
import Statistics

/// Need set against what there is: for each topic, who can reach what answers it.
struct GapsPage {
  let desk: Desk
  let request: PageRequest
  static let distances = [1.0, 2, 5, 10, 25]

  func page() throws -> Page {
    let kilometres = try Self.kilometres(request)
    let ground = ReachGround(desk.edition.atlas)
    let sites = try desk.partnership.sites(RecordQuery([RecordKind.asset.id]), for: desk.actor)
    var byTopic: [String: [Position]] = [:]
    var counts: [String: Int] = [:]
    for site in sites {
      for topic in site.topics {
        byTopic[topic, default: []] += site.positions
        counts[topic, default: 0] += 1
      }
    }
    let heard =
      try desk.partnership.list(
        Self.needs, counting: ["topics"], for: desk.actor
      ).counts["topics"] ?? [:]
    let unmet = try desk.partnership.unmetNeeds()
    struct Row {
      let topic: Topic
      let assets: Int
      let voices: Int
      let all: Double?
      let most: Double?
      let least: Double?
    }
    let rows = Topic.allCases.map { topic -> Row in
      let reach = ground.reach(byTopic[topic.rawValue] ?? [], within: kilometres)
      return Row(
        topic: topic, assets: counts[topic.rawValue] ?? 0, voices: heard[topic.rawValue] ?? 0,
        all: ground.shareInReach(reach), most: ground.shareInReach(reach, fifth: 1),
        least: ground.shareInReach(reach, fifth: 5))
    }
    // First where people say that something is wrong and few can reach what answers it.
    let sorted = rows.sorted {
      ($0.voices > 0 ? 0 : 1, $0.all ?? 101, $0.topic.title)
        < ($1.voices > 0 ? 0 : 1, $1.all ?? 101, $1.topic.title)
    }
    func share(_ value: Double?) -> DataTable.Cell {
      value.map { .number($0, decimals: 0) } ?? .text("not known")
    }
    let table = DataTable(
      id: "gaps", caption: "What answers which need",
      columns: [
        DataTable.Column("Need"),
        DataTable.Column("Needs, worries and barriers heard", isNumeric: true),
        DataTable.Column("Referrals not met", isNumeric: true),
        DataTable.Column("Assets", isNumeric: true),
        DataTable.Column("Residents with one in reach, %", isNumeric: true),
        DataTable.Column("Most deprived fifth, %", isNumeric: true),
        DataTable.Column("Least deprived fifth, %", isNumeric: true),
      ],
      rows: sorted.map { row in
        [
          .link(row.topic.title, to: "/gaps/\(row.topic.rawValue)?km=\(kilometres.plainText)"),
          .number(Double(row.voices), decimals: 0), Self.few(unmet[row.topic.rawValue] ?? 0),
          .number(Double(row.assets), decimals: 0),
          share(row.all), share(row.most), share(row.least),
        ]
      }, stacks: true)
    let values: [String: any Sendable] = [
      "place": desk.edition.atlas.manifest.place.name,
      "tableHTML": table.html(csv: request.csv(table)),
      "distances": Self.choices(kilometres), "km": kilometres.plainText,
      "isUnknown": ground.areas.isEmpty,
      "unknown": ground.unknown > 0 ? "\(ground.unknown)" : "",
    ]
    return Page(title: "Gaps", template: "gaps", section: .gaps, values: values, tables: [table])
  }

  /// A number of people's referrals, of which few could tell who they are.
  static func few(_ count: Int) -> DataTable.Cell {
    (1...4).contains(count) ? .text("1 to 4") : .number(Double(count), decimals: 0)
  }

  /// What people said that is wrong.
  static let needs: RecordQuery = {
    var query = RecordQuery([RecordKind.voice.id])
    query.facets["type"] = ["need", "worry", "barrier"]
    return query
  }()

  static func kilometres(_ request: PageRequest) throws -> Double {
    guard let text = request["km"] else { return 2 }
    guard let kilometres = Double(text), (0.1...200).contains(kilometres) else {
      throw PageError.badRequest("'\(text.prefix(20))' is not a distance of 0.1 to 200 km.")
    }
    return kilometres
  }

  static func choices(_ chosen: Double) -> [[String: any Sendable]] {
    (distances.contains(chosen) ? distances : (distances + [chosen]).sorted()).map {
      ["id": $0.plainText, "title": "\($0.plainText) km", "isChosen": $0 == chosen]
    }
  }
}
