import Foundation

/// A network whose nodes belong to groups: each group a disc of dots, in two columns, and between them the ties.
///
/// Where a node stands follows from its group and its ties alone, so a picture of hundreds stays readable, is the same
/// each time, and groups without ties between them are seen at once. In each disc, those with most ties to other groups
/// stand nearest to the middle of the picture.
public struct GroupedNetwork: Sendable {
  public struct Node: Sendable {
    /// Where its group stands in ``groups``.
    public let group: Int
    /// What it is called; nil for one who is not named.
    public let name: String?
    public let mark: Mark

    public init(group: Int, name: String?, mark: Mark = .plain) {
      self.group = group
      self.name = name
      self.mark = mark
    }
  }

  public enum Mark: String, Sendable {
    case plain
    /// One without whom something falls apart.
    case weak
    /// Whoever looks at the picture.
    case own
  }

  public struct Tie: Sendable {
    public let one: Int
    public let other: Int
    public let strength: Double

    public init(_ one: Int, _ other: Int, strength: Double) {
      self.one = one
      self.other = other
      self.strength = strength
    }
  }

  public let groups: [String]
  public let nodes: [Node]
  public let ties: [Tie]
  /// Of more ties than these, only the strongest are drawn.
  public static let mostTies = 600

  public init(groups: [String], nodes: [Node], ties: [Tie]) {
    self.groups = groups
    self.nodes = nodes
    self.ties = ties
  }

  /// Whether some ties are not drawn.
  public var isPartial: Bool { ties.count > Self.mostTies }

  private static let rowHeight = 78.0
  private static let columns = (left: 84.0, right: SVG.width - 84)

  /// The picture.
  public func svg(id: String, title: String, description: String) -> String {
    let rows = (groups.count + 1) / 2
    var svg = SVG(height: Int(Double(max(1, rows)) * Self.rowHeight) + 14)
    let places = self.places
    for tie in ties.sorted(by: { $0.strength > $1.strength }).prefix(Self.mostTies).reversed() {
      let (from, to) = (places[tie.one], places[tie.other])
      let style = tie.strength >= 0.75 ? "tie strong" : tie.strength >= 0.3 ? "tie" : "tie faint"
      if nodes[tie.one].group == nodes[tie.other].group {
        svg.line(from.x, from.y, to.x, to.y, style)
      } else {
        let middle = SVG.width / 2
        svg.path(
          "M\(from.x.short) \(from.y.short)C\(middle.short) \(from.y.short) \(middle.short) \(to.y.short) \(to.x.short) \(to.y.short)",
          style)
      }
    }
    for (node, place) in zip(nodes, places) {
      svg.circle(
        place.x, place.y, radius: node.mark == .plain ? radius : max(radius + 1, 3.5),
        "dot \(node.mark.rawValue)", title: "\(node.name ?? "Somebody"), \(groups[node.group])")
    }
    for (group, name) in groups.enumerated() {
      let isLeft = group < rows
      let count = nodes.count { $0.group == group }
      svg.text(
        "\(name) \(count)", isLeft ? 2 : SVG.width - 2,
        centre(of: group).y - Self.rowHeight / 2 + 14, anchor: isLeft ? .start : .end, "h")
    }
    return svg.element(id: id, title: title, description: description, style: "chart people-chart")
  }

  /// How far dots stand apart: as far as the largest group lets them.
  private var spacing: Double {
    let largest = groups.indices.map { group in nodes.count { $0.group == group } }.max() ?? 1
    return min(10, 25 / (Double(max(1, largest)).squareRoot() * 0.6))
  }

  private var radius: Double { max(1.4, min(4, spacing * 0.42)) }

  private func centre(of group: Int) -> (x: Double, y: Double) {
    let rows = (groups.count + 1) / 2
    let isLeft = group < rows
    return (
      isLeft ? Self.columns.left : Self.columns.right,
      Double(isLeft ? group : group - rows) * Self.rowHeight + Self.rowHeight / 2 + 8
    )
  }

  /// Where each node stands: on a sunflower's spiral (Vogel, A better way to construct the sunflower head, Mathematical
  /// Biosciences 44, 1979), those with most ties to other groups towards the middle of the picture.
  private var places: [(x: Double, y: Double)] {
    var across = Array(repeating: 0, count: nodes.count)
    for tie in ties where nodes[tie.one].group != nodes[tie.other].group {
      across[tie.one] += 1
      across[tie.other] += 1
    }
    var places = Array(repeating: (x: 0.0, y: 0.0), count: nodes.count)
    let angle = Double.pi * (3 - 5.0.squareRoot())
    for group in groups.indices {
      let (x, y) = centre(of: group)
      let towards = x < SVG.width / 2 ? 1.0 : -1.0
      let members = nodes.indices.filter { nodes[$0].group == group }
      let spiral = members.indices.map { place -> (x: Double, y: Double) in
        let distance = spacing * 0.6 * (Double(place) + 0.5).squareRoot()
        return (cos(Double(place) * angle) * distance, sin(Double(place) * angle) * distance)
      }.sorted { ($0.x * towards, $1.y) > ($1.x * towards, $0.y) }
      for (member, spot) in zip(members.sorted { (across[$1], $0) < (across[$0], $1) }, spiral) {
        places[member] = (x + spot.x, y + spot.y)
      }
    }
    return places
  }
}
