/// Lines over time, one a series, with the intervals of their values; a line breaks where a value is not known.
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

  public init(
    periods: [String], lines: [Line], unit: ChartUnit, includesZero: Bool = false
  ) {
    self.periods = periods
    self.lines = lines
    self.unit = unit
    self.includesZero = includesZero
  }

  /// The picture. Series differ by the dash of the line and the mark, as well as by colour, and each
  /// is named at its end.
  public func svg(id: String, title: String) -> String {
    var svg = SVG(height: 260)
    draw(in: &svg)
    return svg.element(id: id, title: title, description: description)
  }

  private func draw(in svg: inout SVG) {
    let isNamed = lines.count > 1
    let legend = Legend(lines.map(\.name))
    let top = isNamed ? legend.height + 8 : 10.0
    let bottom = Double(svg.height) - 36
    let (left, right) = (46.0, SVG.width - 12)
    let all = lines.flatMap(\.values).flatMap { [$0.value, $0.lower, $0.upper] }.compactMap { $0 }
    let y = Scale(all, includesZero: includesZero, from: bottom, to: top)
    let x = { (index: Int) in
      left + 4 + (right - left - 4) * Double(index) / Double(max(1, periods.count - 1))
    }
    for tick in y.ticks {
      svg.line(left, y(tick), right, y(tick), "g")
      svg.text(numberText(tick, decimals: y.decimals), left - 5, y(tick) + 4, anchor: .end, "m")
    }
    for index in periods.labelled(most: 5) {
      let anchor: SVG.Anchor = index == periods.count - 1 ? .end : index == 0 ? .start : .middle
      svg.text(periods[index], x(index), bottom + 16, anchor: anchor, "m")
    }
    svg.text(unit.name, 4, Double(svg.height) - 4, "m")
    for (number, line) in lines.enumerated() {
      let points = line.values.enumerated().map { index, value in
        value.value.map { (x: x(index), y: y($0)) }
      }
      for (index, value) in line.values.enumerated() {
        guard value.value != nil, let lower = value.lower, let upper = value.upper else { continue }
        // Side by side where there are several lines, so that intervals do not cover each other.
        let at = x(index) + 3 * Double(number)
        svg.line(at, y(lower), at, y(upper), "i")
        svg.line(at - 3, y(lower), at + 3, y(lower), "i")
        svg.line(at - 3, y(upper), at + 3, y(upper), "i")
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
        "\(period) \(value.value.map(unit.text) ?? value.absence)"
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
