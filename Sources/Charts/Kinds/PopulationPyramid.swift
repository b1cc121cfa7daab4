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
    let row = 15.0
    let top = 28.0
    let bottom = top + row * Double(bands.count)
    var svg = SVG(width: 640, height: Int(bottom) + 34)
    let most = sides.flatMap { $0.shares + $0.comparator }.max() ?? 1
    let isDouble = sides.count == 2
    let right = Scale([0, most], includesZero: true, from: isDouble ? 350 : 80, to: 620, ticks: 4)
    let left = Scale([0, most], includesZero: true, from: 290, to: 20, ticks: 4)
    for (index, side) in sides.enumerated() {
      let x = isDouble && index == 0 ? left : right
      for tick in x.ticks {
        svg.line(x(tick), top, x(tick), bottom, "g")
        svg.text("\(numberText(tick, decimals: x.decimals))%", x(tick), bottom + 15, anchor: .middle)
      }
      for (band, share) in side.shares.enumerated() {
        let y = bottom - row * Double(band + 1)
        svg.rectangle(
          min(x(0), x(share)), y + 1, abs(x(share) - x(0)), row - 2, "s\(index + 1)",
          title: "\(side.name) \(bands[band]): \(numberText(share, decimals: 1))%")
      }
      if side.comparator.count == bands.count {
        let points = side.comparator.enumerated().flatMap { band, share -> [(Double, Double)] in
          let y = bottom - row * Double(band)
          return [(x(share), y), (x(share), y - row)]
        }
        svg.polyline(points.map { (x: $0.0, y: $0.1) }, "outline")
      }
      if isDouble { svg.text(side.name, index == 0 ? 290 : 350, 16, anchor: index == 0 ? .end : .start, "b") }
    }
    for (band, name) in bands.enumerated() {
      svg.text(
        name, isDouble ? 320 : 74, bottom - row * Double(band) - 4,
        anchor: isDouble ? .middle : .end)
    }
    if !comparatorName.isEmpty {
      let x = isDouble ? 440.0 : 380.0
      svg.line(x, 12, x + 22, 12, "outline")
      svg.text(comparatorName.shortened(to: 28), x + 28, 16)
    }
    svg.text("share of all residents", 620, bottom + 30, anchor: .end, "m")
    return svg.element(id: id, title: title, description: description)
  }

  private var description: String {
    sides.map { side in
      let shares = zip(bands, side.shares).map { "\($0) \(numberText($1, decimals: 1))%" }
      return "\(side.name): \(shares.joined(separator: ", "))"
    }.joined(separator: "; ") + "."
  }
}
