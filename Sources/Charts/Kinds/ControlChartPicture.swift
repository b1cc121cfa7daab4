/// An XmR control chart drawn: the values, their mean and limits, and the points that are signals.
public struct ControlChartPicture: Sendable {
  public struct Point: Sendable {
    public let period: String
    public let value: Double
    /// The rules that the point is part of, in words; none for common cause.
    public let signals: [String]
    /// Whether the signal is for the better; nil where neither is better.
    public let isImprovement: Bool?

    public init(period: String, value: Double, signals: [String], isImprovement: Bool?) {
      self.period = period
      self.value = value
      self.signals = signals
      self.isImprovement = isImprovement
    }
  }

  public let points: [Point]
  public let mean: Double
  public let lower: Double
  public let upper: Double
  public let unit: ChartUnit

  public init(points: [Point], mean: Double, lower: Double, upper: Double, unit: ChartUnit) {
    self.points = points
    self.mean = mean
    self.lower = lower
    self.upper = upper
    self.unit = unit
  }

  /// The picture: common cause is a small disc, improvement a large ring, concern a square, and a
  /// signal that is neither a diamond.
  public func svg(id: String, title: String) -> String {
    var svg = SVG(width: 640, height: 300)
    let (top, bottom) = (30.0, 262.0)
    let y = Scale(points.map(\.value) + [lower, upper], includesZero: false, from: bottom, to: top)
    let x = { (index: Int) in 66 + 500 * Double(index) / Double(max(1, points.count - 1)) }
    for tick in y.ticks {
      svg.line(66, y(tick), 570, y(tick), "g")
      svg.text(numberText(tick, decimals: y.decimals), 60, y(tick) + 4, anchor: .end)
    }
    for (value, style, name) in [
      (upper, "limit", "Upper limit"), (mean, "mean", "Mean"), (lower, "limit", "Lower limit"),
    ] {
      svg.line(66, y(value), 570, y(value), style)
      svg.text(name, 575, y(value) - 2, "m")
      svg.text(numberText(value, decimals: unit.decimals), 575, y(value) + 10, "m")
    }
    svg.polyline(points.indices.map { (x: x($0), y: y(points[$0].value)) }, "l l1")
    for (index, point) in points.enumerated() {
      draw(point, x(index), y(point.value), &svg)
    }
    for index in points.map(\.period).labelled(most: 7) {
      svg.text(points[index].period, x(index), bottom + 17, anchor: .middle)
    }
    legend(&svg)
    svg.text(unit.name, 4, 297, "m")
    return svg.element(id: id, title: title, description: description)
  }

  private func draw(_ point: Point, _ x: Double, _ y: Double, _ svg: inout SVG) {
    let text = "\(point.period): \(unit.text(point.value))"
    guard !point.signals.isEmpty else {
      svg.circle(x, y, radius: 3, "p1", title: text)
      return
    }
    let full = "\(text); \(point.signals.joined(separator: "; "))"
    switch point.isImprovement {
    case true?: svg.circle(x, y, radius: 5, "better", title: full)
    case false?: svg.rectangle(x - 4.5, y - 4.5, 9, 9, "worse", title: full)
    case nil:
      svg.path("M\(x.short) \((y - 6).short)l6 6l-6 6l-6 -6z", "signal", title: full)
    }
  }

  private func legend(_ svg: inout SVG) {
    svg.circle(72, 12, radius: 3, "p1")
    svg.text("usual variation", 80, 16)
    if points.contains(where: { $0.isImprovement == true && !$0.signals.isEmpty }) {
      svg.circle(200, 12, radius: 5, "better")
      svg.text("signal: improvement", 210, 16)
    }
    if points.contains(where: { $0.isImprovement == false && !$0.signals.isEmpty }) {
      svg.rectangle(345, 7, 9, 9, "worse")
      svg.text("signal: concern", 360, 16)
    }
    if points.contains(where: { $0.isImprovement == nil && !$0.signals.isEmpty }) {
      svg.path("M480 6l6 6l-6 6l-6 -6z", "signal")
      svg.text("signal of a change", 490, 16)
    }
  }

  private var description: String {
    let signalled = points.filter { !$0.signals.isEmpty }
    let list = signalled.map { "\($0.period) \(unit.text($0.value)): \($0.signals.joined(separator: ", "))" }
    return "Mean \(unit.text(mean)), limits \(unit.text(lower)) to \(unit.text(upper)), "
      + "\(points.count) points. "
      + (list.isEmpty ? "No signals of a special cause." : "Signals: \(list.joined(separator: "; ")).")
  }
}
