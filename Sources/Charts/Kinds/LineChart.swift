/// Lines over time, one a series; a line breaks where a value is not known.
public struct LineChart: Sendable {
  public struct Line: Sendable {
    public let name: String
    /// One value a period.
    public let values: [ChartValue]

    public init(_ name: String, _ values: [ChartValue]) {
      self.name = name
      self.values = values
    }
  }

  public let periods: [String]
  public let lines: [Line]
  public let unit: ChartUnit
  /// Whether the scale begins at 0.
  public let includesZero: Bool
  let size: (width: Int, height: Int)

  public init(
    periods: [String], lines: [Line], unit: ChartUnit, includesZero: Bool = false,
    size: (width: Int, height: Int) = (640, 270)
  ) {
    self.periods = periods
    self.lines = lines
    self.unit = unit
    self.includesZero = includesZero
    self.size = size
  }

  /// The picture. Series differ by the dash of the line and the mark, as well as by colour, and each
  /// is named at its end.
  public func svg(id: String, title: String) -> String {
    var svg = SVG(width: size.width, height: size.height)
    draw(in: &svg)
    return svg.element(id: id, title: title, description: description)
  }

  private func draw(in svg: inout SVG) {
    let isNamed = lines.count > 1
    let legend = Legend(lines.map(\.name), width: Double(size.width) - 8)
    let top = isNamed ? legend.height + 8 : 10.0
    let bottom = Double(size.height) - 34
    let all = lines.flatMap(\.values).flatMap { [$0.value, $0.lower, $0.upper] }.compactMap { $0 }
    let y = Scale(all, includesZero: includesZero, from: bottom, to: top)
    let x = { (index: Int) in
      54 + (Double(size.width) - 78) * Double(index) / Double(max(1, periods.count - 1))
    }
    for tick in y.ticks {
      svg.line(54, y(tick), Double(size.width) - 16, y(tick), "g")
      svg.text(numberText(tick, decimals: y.decimals), 48, y(tick) + 4, anchor: .end)
    }
    for index in periods.labelled(most: size.width / 90) {
      svg.text(periods[index], x(index), bottom + 17, anchor: .middle)
    }
    svg.text(unit.name, 4, Double(size.height) - 3, "m")
    for (number, line) in lines.enumerated() {
      let points = line.values.enumerated().map { index, value in
        value.value.map { (x: x(index), y: y($0)) }
      }
      svg.polyline(points, "l l\(number + 1)")
      for point in points.compactMap({ $0 }) {
        svg.mark(number, point.x, point.y)
      }
    }
    if isNamed {
      legend.draw(in: &svg) { svg, number, x, y in
        svg.line(x - 4, y + 6, x + 16, y + 6, "l l\(number + 1)")
        svg.mark(number, x + 6, y + 6)
      }
    }
  }

  private var description: String {
    lines.map { line in
      let values = zip(periods, line.values).map { period, value in
        "\(period) \(value.value.map(unit.text) ?? "not known")"
      }
      return "\(line.name): \(values.joined(separator: ", "))"
    }.joined(separator: "; ") + "."
  }
}

extension SVG {
  /// The mark of a series: disc, square, triangle, ring.
  mutating func mark(_ series: Int, _ x: Double, _ y: Double) {
    switch series % 4 {
    case 0: circle(x, y, radius: 3, "p1")
    case 1: rectangle(x - 3, y - 3, 6, 6, "p2")
    case 2:
      path("M\(x.short) \((y - 4).short)l4 7h-8z", "p3")
    default: circle(x, y, radius: 3, "p4")
    }
  }
}

extension Array where Element == String {
  /// The positions of at most `most` evenly spaced labels, the first among them.
  func labelled(most: Int) -> [Int] {
    guard count > 1 else { return indices.map { $0 } }
    let every = Swift.max(1, (count + most - 1) / Swift.max(1, most))
    return indices.filter { $0 % every == 0 }
  }
}
