import Charts
import Definitions
import Indicators

/// What stands out: measures on which the unit is among the highest or lowest tenth of its peers.
struct PeersSection {
  private let profile: ProfilePage
  private var atlas: Atlas { profile.atlas }
  private var unit: AtlasUnit { profile.unit }

  init(_ profile: ProfilePage) { self.profile = profile }

  func section() -> ProfileSection? {
    guard !unit.isWhole else { return nil }
    let found = standing()
    let plural = atlas.kind(unit.kind)?.plural ?? "areas"
    guard found.compared > 0 else { return nil }
    let table = DataTable(
      id: "peers", caption: "Where \(unit.shortName) stands out among \(plural)",
      columns: [
        DataTable.Column("Measure"), DataTable.Column(unit.shortName, isNumeric: true),
        DataTable.Column("Middle of peers", isNumeric: true), DataTable.Column("Unit"),
        DataTable.Column("Standing"), DataTable.Column("Reading"),
      ],
      rows: found.rows.map { row in
        [
          .link(row.measure.title, to: "/measures/\(row.measure.id.queryEncoded)"),
          .figure(row.figure, decimals: row.measure.decimals),
          .number(row.rank.median, decimals: row.measure.decimals), .text(row.measure.unit),
          .text(row.standing(plural)), .text(row.reading),
        ]
      })
    let intro = """
      <p>Of \(found.compared) measures with figures for at least ten \(plural.xmlEscaped), these are \
      those on which \(unit.shortName.xmlEscaped) is higher or lower than nine in ten of the others, \
      the furthest first. Counts are left out: they say how large an area is.</p>
      """
    let html =
      found.rows.isEmpty
      ? "<p>On none of \(found.compared) measures is \(unit.shortName.xmlEscaped) higher or lower "
        + "than nine in ten of the other \(plural.xmlEscaped).</p>"
      : intro + table.html(csv: profile.request.csv(table))
    return ProfileSection(
      id: "peers", title: "What stands out", html: html, tables: [table],
      measures: found.rows.map(\.measure.id))
  }

  private struct Row {
    let measure: Measure
    let figure: Figure
    let rank: PeerRank

    var isHigh: Bool { rank.position > 0.5 }

    func standing(_ plural: String) -> String {
      let count = isHigh ? rank.lower : rank.higher
      return "\(isHigh ? "higher" : "lower") than \(count) of \(rank.peers) other \(plural)"
    }

    /// Better or worse, where the measure says which is which.
    var reading: String {
      switch measure.polarity {
      case .neutral: "–"
      case .higherIsBetter: isHigh ? "better" : "worse"
      case .lowerIsBetter: isHigh ? "worse" : "better"
      }
    }
  }

  private func standing() -> (rows: [Row], compared: Int) {
    var rows: [Row] = []
    var compared = 0
    for measure in atlas.measures {
      switch measure.method {
      case "proportion", "rate", "score", "published": break
      default: continue
      }
      guard let series = atlas.latestSeries(of: measure),
        let rank = atlas.rank(series, of: unit), rank.peers >= 9
      else { continue }
      compared += 1
      guard rank.position >= 0.9 || rank.position <= 0.1 else { continue }
      rows.append(Row(measure: measure, figure: atlas.figure(series, unit), rank: rank))
    }
    let sorted = rows.sorted {
      (abs($0.rank.position - 0.5), $0.rank.peers, $1.measure.title)
        > (abs($1.rank.position - 0.5), $1.rank.peers, $0.measure.title)
    }
    return (Array(sorted.prefix(12)), compared)
  }
}
