/// A funnel: the values of areas or organisations against their size, between the limits of chance.
public struct FunnelChart: Sendable {
  public struct Point: Sendable {
    public let name: String
    public let size: Double
    public let value: Double
    /// Whether it lies outside of the limits that count; nil where neither way is better.
    public let isOutside: Bool
    public let isBetter: Bool?

    public init(_ name: String, size: Double, value: Double, isOutside: Bool, isBetter: Bool?) {
      self.name = name
      self.size = size
      self.value = value
      self.isOutside = isOutside
      self.isBetter = isBetter
    }
  }

  /// Limits at some sizes, the smallest first.
  public struct Limits: Sendable {
    public let name: String
    public let places: [(size: Double, lower: Double, upper: Double)]

    public init(_ name: String, _ places: [(size: Double, lower: Double, upper: Double)]) {
      self.name = name
      self.places = places
    }
  }

  public let points: [Point]
  /// At most two: those of chance, and those that allow for over-dispersion.
  public let limits: [Limits]
  public let middle: Double
  public let unit: ChartUnit
  /// What the size is, such as "households".
  public let sizeName: String

  public init(
    points: [Point], limits: [Limits], middle: Double, unit: ChartUnit, sizeName: String
  ) {
    self.points = points
    self.limits = limits
    self.middle = middle
    self.unit = unit
    self.sizeName = sizeName
  }

  /// The picture: those outside are marked by form as well as by colour, and the furthest are named.
  public func svg(id: String, title: String) -> String {
    let styles = ["limit", "mean"]
    let legend = Legend(limits.map(\.name) + samples.map(\.name))
    let (top, bottom) = (legend.height + 10, legend.height + 250)
    var svg = SVG(height: Int(bottom) + 40)
    let (left, right) = (52.0, SVG.width - 12)
    let sizes = points.map(\.size)
    let x = Scale(sizes, includesZero: true, from: left, to: right, ticks: 4)
    // Limits of very small sizes run out of every picture: the scale is that of the points and of the limits half way.
    let halfway = limits.compactMap { $0.places.isEmpty ? nil : $0.places[$0.places.count / 2] }
    let y = Scale(
      points.map(\.value) + [middle] + halfway.flatMap { [max(0, $0.lower), $0.upper] },
      includesZero: false, from: bottom, to: top)
    for tick in y.ticks {
      svg.line(left, y(tick), right, y(tick), "g")
      svg.text(numberText(tick, decimals: y.decimals), left - 5, y(tick) + 4, anchor: .end, "m")
    }
    for tick in x.ticks {
      let anchor: SVG.Anchor = tick == x.high ? .end : .middle
      svg.text(numberText(tick, decimals: x.decimals), x(tick), bottom + 16, anchor: anchor, "m")
    }
    svg.line(left, y(middle), right, y(middle), "a")
    for (one, style) in zip(limits, styles) {
      for side in [true, false] {
        svg.polyline(
          one.places.map { place in
            let value = side ? place.upper : place.lower
            return place.size > 0 && value >= y.low && value <= y.high
              ? (x: x(place.size), y: y(value)) : nil
          }, style)
      }
    }
    for point in points where !point.isOutside {
      svg.circle(x(point.size), y(point.value), radius: 2.6, "p1", title: text(point))
    }
    var named = 0
    for point in points where point.isOutside {
      let (px, py) = (x(point.size), y(point.value))
      mark(point.isBetter, px, py, &svg, title: text(point))
      if named < 6 {
        let isRight = px > (left + right) / 2
        svg.text(
          point.name.shortened(to: 24), px + (isRight ? -8 : 8), py + 4,
          anchor: isRight ? .end : .start, "h")
        named += 1
      }
    }
    legend.draw(in: &svg) { svg, index, x, y in
      if index < limits.count {
        svg.line(x - 4, y + 6, x + 16, y + 6, styles[index])
      } else if samples[index - limits.count].isOutside {
        mark(samples[index - limits.count].isBetter, x + 6, y + 6, &svg)
      } else {
        svg.circle(x + 6, y + 6, radius: 2.6, "p1")
      }
    }
    svg.text(unit.name, 4, Double(svg.height) - 4, "m")
    svg.text(sizeName, right, Double(svg.height) - 4, anchor: .end, "m")
    return svg.element(id: id, title: title, description: description)
  }

  private func text(_ point: Point) -> String { "\(point.name): \(unit.text(point.value))" }

  private func mark(
    _ isBetter: Bool?, _ x: Double, _ y: Double, _ svg: inout SVG, title: String? = nil
  ) {
    switch isBetter {
    case true?: svg.circle(x, y, radius: 4.2, "better", title: title)
    case false?: svg.rectangle(x - 4, y - 4, 8, 8, "worse", title: title)
    case nil: svg.path("M\(x.short) \((y - 5).short)l5 5l-5 5l-5 -5z", "signal", title: title)
    }
  }

  private var samples: [(name: String, isOutside: Bool, isBetter: Bool?)] {
    var samples: [(name: String, isOutside: Bool, isBetter: Bool?)] = [("within", false, nil)]
    let outside = points.filter(\.isOutside)
    if outside.contains(where: { $0.isBetter == true }) {
      samples.append(("outside: better", true, true))
    }
    if outside.contains(where: { $0.isBetter == false }) {
      samples.append(("outside: worse", true, false))
    }
    if outside.contains(where: { $0.isBetter == nil }) { samples.append(("outside", true, nil)) }
    return samples
  }

  private var description: String {
    let outside = points.filter(\.isOutside)
    return "\(points.count) points about \(unit.text(middle)). "
      + (outside.isEmpty
        ? "None lies outside of the limits."
        : "Outside of the limits: \(outside.map(text).joined(separator: "; ")).")
  }
}
