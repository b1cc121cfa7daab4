/// How many things lie in each overlap of four sets: four ellipses that cross in all fifteen ways, with a number in each.
///
/// The ellipses are those of Chen and Boutros, VennDiagram: a package for the generation of highly-customizable Venn and
/// Euler diagrams in R, BMC Bioinformatics 12 (2011) 35; the places of the numbers were found as the points of each
/// overlap that lie furthest from its edge.
public struct FourSets: Sendable {
  public struct Region: Sendable {
    /// Which of the four sets it is of, a bit each, from 1 to 15.
    public let sets: Int
    public let count: Int
    public let link: String?

    public init(sets: Int, count: Int, link: String?) {
      self.sets = sets
      self.count = count
      self.link = link
    }
  }

  /// What the four sets are called.
  public let names: [String]
  public let regions: [Region]

  public init(names: [String], regions: [Region]) {
    precondition(names.count == 4, "Four sets have four names.")
    self.names = names
    self.regions = regions
  }

  /// Centre, half axes and angle in degrees of each set.
  private static let ellipses: [(x: Double, y: Double, a: Double, b: Double, turn: Double)] = [
    (140, 190, 140, 80, -135), (200, 150, 140, 60, -135), (200, 150, 132, 60, -45),
    (260, 190, 140, 80, -45),
  ]
  /// Where the number of each overlap stands, by the bits of its sets.
  private static let places: [Int: (x: Double, y: Double)] = [
    1: (72, 146), 2: (146, 70), 3: (124, 110), 4: (242, 76), 5: (124, 210), 6: (198, 102),
    7: (154, 150), 8: (326, 146), 9: (194, 268), 10: (274, 202), 11: (232, 226), 12: (270, 108),
    13: (168, 226), 14: (236, 138), 15: (200, 186),
  ]
  private static let labels: [(x: Double, y: Double)] = [
    (70, 34), (110, 16), (292, 16), (330, 34),
  ]

  /// The picture.
  public func svg(id: String, title: String) -> String {
    var svg = SVG(height: 330)
    for (index, ellipse) in Self.ellipses.enumerated() {
      svg.raw(
        "<ellipse class=\"set set\(index + 1)\" cx=\"\(ellipse.x.short)\" cy=\"\(ellipse.y.short)\" rx=\"\(ellipse.a.short)\" ry=\"\(ellipse.b.short)\" transform=\"rotate(\(ellipse.turn.short) \(ellipse.x.short) \(ellipse.y.short))\"/>"
      )
    }
    for region in regions {
      guard let place = Self.places[region.sets] else { continue }
      if let link = region.link {
        // The table has the same links, in an order one can follow.
        svg.raw("<a href=\"\(link.xmlEscaped)\" tabindex=\"-1\">")
      }
      svg.circle(
        place.x, place.y, radius: 13, region.count == 0 ? "none" : "some",
        title: "\(inWords(region.sets)): \(region.count)")
      svg.text("\(region.count)", place.x, place.y + 4.5, anchor: .middle, "count")
      if region.link != nil { svg.raw("</a>") }
    }
    for (index, name) in names.enumerated() {
      let (y, anchor): (Double, SVG.Anchor) =
        switch index {
        case 0: (300, .start)
        case 1: (12, .start)
        case 2: (12, .end)
        default: (300, .end)
        }
      let x = anchor == .start ? 4.0 : SVG.width - 4
      let lines = Self.halves(name)
      for (row, line) in lines.enumerated() {
        svg.text(line, x, y + Double(row) * 15, anchor: anchor, "b")
      }
    }
    return svg.element(
      id: id, title: title, description: description, role: "group")
  }

  /// A long name in two lines.
  private static func halves(_ name: String) -> [String] {
    guard name.count > 20 else { return [name] }
    let words = name.split(separator: " ")
    var best = ([name], Int.max)
    for cut in 1..<max(2, words.count) {
      let lines = [words.prefix(cut), words.dropFirst(cut)].map { $0.joined(separator: " ") }
        .filter { !$0.isEmpty }
      let longest = lines.map(\.count).max() ?? 0
      if longest < best.1 { best = (lines, longest) }
    }
    return best.0
  }

  /// The sets of an overlap in words: "Only A", "A and B".
  public func inWords(_ sets: Int) -> String {
    let these = names.indices.filter { sets & (1 << $0) != 0 }.map { names[$0] }
    guard these.count > 1, let last = these.last else { return "Only \(these.first ?? "")" }
    return these.dropLast().joined(separator: ", ") + " and " + last
  }

  private var description: String {
    let empty = regions.filter { $0.count == 0 }
    let most = regions.max { $0.count < $1.count }
    var text = most.map { "Most, \($0.count), in: \(inWords($0.sets)). " } ?? ""
    text += "\(empty.count) of 15 overlaps are empty."
    return text
  }
}
