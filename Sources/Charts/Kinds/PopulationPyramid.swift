/// A population by age, the youngest at the bottom: two sides where it is known by sex, one where it
/// is not, and the shape of a comparator as an outline.
public struct PopulationPyramid: Sendable {
  public struct Side: Sendable {
    public let name: String
    /// Percent of the whole population in each age band.
    public let shares: [Double]
    /// The same for the comparator; empty where there is none.
    public let comparator: [Double]

    public init(_ name: String, shares: [Double], comparator: [Double] = []) {
      self.name = name
      self.shares = shares
      self.comparator = comparator
    }
  }

  /// The age bands, the youngest first.
  public let bands: [String]
  /// One side, or two: the first is drawn to the left.
  public let sides: [Side]
  public let comparatorName: String

  public init(bands: [String], sides: [Side], comparatorName: String = "") {
    precondition(sides.count == 1 || sides.count == 2, "a pyramid has one side or two")
    self.bands = bands
    self.sides = sides
    self.comparatorName = comparatorName
  }

  /// The picture.
  public func svg(id: String, title: String) -> String {
    let row = 14.0
    let top = 44.0
    let bottom = top + row * Double(bands.count)
    var svg = SVG(height: Int(bottom) + 32)
    let most = sides.flatMap { $0.shares + $0.comparator }.max() ?? 1
    let isDouble = sides.count == 2
    let (left, right) = (164.0, isDouble ? 236.0 : 76.0)
    let east = Scale([0, most], includesZero: true, from: right, to: SVG.width - 12, ticks: 3)
    let west = Scale([0, most], includesZero: true, from: left, to: 12, ticks: 3)
    for (index, side) in sides.enumerated() {
      let isWest = isDouble && index == 0
      draw(side, index, isWest ? west : east, top: top, bottom: bottom, row: row, &svg)
      if isDouble {
        svg.text(side.name, isWest ? left : right, 38, anchor: isWest ? .end : .start, "b")
      }
    }
    for (band, name) in bands.enumerated() {
      svg.text(
        name == "90 and over" ? "90+" : name, isDouble ? SVG.width / 2 : right - 6,
        bottom - row * Double(band) - 3, anchor: isDouble ? .middle : .end, "m")
    }
    if !comparatorName.isEmpty {
      svg.line(6, 12, 26, 12, "outline")
      svg.text(comparatorName.shortened(to: 46), 32, 16)
    }
    svg.text("share of all residents", SVG.width - 4, bottom + 28, anchor: .end, "m")
    return svg.element(id: id, title: title, description: description)
  }

  private func draw(
    _ side: Side, _ index: Int, _ x: Scale, top: Double, bottom: Double, row: Double,
    _ svg: inout SVG
  ) {
    for tick in x.ticks {
      svg.line(x(tick), top, x(tick), bottom, "g")
      svg.text(
        "\(numberText(tick, decimals: x.decimals))%", x(tick), bottom + 14, anchor: .middle, "m")
    }
    for (band, share) in side.shares.enumerated() {
      let y = bottom - row * Double(band + 1)
      svg.rectangle(
        min(x(0), x(share)), y + 1, abs(x(share) - x(0)), row - 2, "s\(index + 1)",
        title: "\(side.name) \(bands[band]): \(numberText(share, decimals: 1))%")
    }
    guard side.comparator.count == bands.count else { return }
    let outline = side.comparator.enumerated().flatMap { band, share in
      let y = bottom - row * Double(band)
      return [(x: x(share), y: y), (x: x(share), y: y - row)]
    }
    svg.polyline(outline, "outline")
  }

  private var description: String {
    sides.map { side in
      let shares = zip(bands, side.shares).map { "\($0) \(numberText($1, decimals: 1))%" }
      return "\(side.name): \(shares.joined(separator: ", "))"
    }.joined(separator: "; ") + "."
  }
}
