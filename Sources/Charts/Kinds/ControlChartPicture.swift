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
    let legend = Legend(samples.map(\.name))
    let (top, bottom) = (legend.height + 12, legend.height + 222)
    var svg = SVG(height: Int(bottom) + 36)
    let (left, right) = (52.0, SVG.width - 10)
    let y = Scale(points.map(\.value) + [lower, upper], includesZero: false, from: bottom, to: top)
    let x = { (index: Int) in
      left + 6 + (right - left - 12) * Double(index) / Double(max(1, points.count - 1))
    }
    for tick in y.ticks {
      svg.line(left, y(tick), right, y(tick), "g")
      svg.text(numberText(tick, decimals: y.decimals), left - 5, y(tick) + 4, anchor: .end, "m")
    }
    for (value, style) in [(upper, "limit"), (mean, "mean"), (lower, "limit")] {
      svg.line(left, y(value), right, y(value), style)
    }
    svg.polyline(points.indices.map { (x: x($0), y: y(points[$0].value)) }, "l l1")
    for (value, name) in [(upper, "upper limit"), (mean, "mean"), (lower, "lower limit")] {
      let text = "\(name) \(numberText(value, decimals: unit.decimals))"
      svg.text(text, left + 4, y(value) - 4, "h m")
    }
    for (index, point) in points.enumerated() {
      draw(point, x(index), y(point.value), &svg)
    }
    for index in points.map(\.period).labelled(most: 5) {
      svg.text(points[index].period, x(index), bottom + 16, anchor: .middle, "m")
    }
    legend.draw(in: &svg) { svg, index, x, y in sample(samples[index].kind, x + 6, y + 6, &svg) }
    svg.text(unit.name, 4, Double(svg.height) - 4, "m")
    return svg.element(id: id, title: title, description: description)
  }

  private enum Mark { case usual, improvement, concern, change }

  /// The marks that are there, for the legend.
  private var samples: [(name: String, kind: Mark)] {
    let signalled = points.filter { !$0.signals.isEmpty }
    var samples: [(name: String, kind: Mark)] = [("usual variation", .usual)]
    if signalled.contains(where: { $0.isImprovement == true }) {
      samples.append(("signal: improvement", .improvement))
    }
    if signalled.contains(where: { $0.isImprovement == false }) {
      samples.append(("signal: concern", .concern))
    }
    if signalled.contains(where: { $0.isImprovement == nil }) {
      samples.append(("signal of a change", .change))
    }
    return samples
  }

  private func sample(
    _ mark: Mark, _ x: Double, _ y: Double, _ svg: inout SVG, title: String? = nil
  ) {
    switch mark {
    case .usual: svg.circle(x, y, radius: 2.6, "p1", title: title)
    case .improvement: svg.circle(x, y, radius: 4.2, "better", title: title)
    case .concern: svg.rectangle(x - 4, y - 4, 8, 8, "worse", title: title)
    case .change: svg.path("M\(x.short) \((y - 5).short)l5 5l-5 5l-5 -5z", "signal", title: title)
    }
  }

  private func draw(_ point: Point, _ x: Double, _ y: Double, _ svg: inout SVG) {
    let text = "\(point.period): \(unit.text(point.value))"
    guard !point.signals.isEmpty else { return sample(.usual, x, y, &svg, title: text) }
    let mark: Mark =
      switch point.isImprovement {
      case true?: .improvement
      case false?: .concern
      case nil: .change
      }
    sample(mark, x, y, &svg, title: "\(text); \(point.signals.joined(separator: "; "))")
  }

  private var description: String {
    let signalled = points.filter { !$0.signals.isEmpty }
    let list = signalled.map {
      "\($0.period) \(unit.text($0.value)): \($0.signals.joined(separator: ", "))"
    }
    return "Mean \(unit.text(mean)), limits \(unit.text(lower)) to \(unit.text(upper)), "
      + "\(points.count) points. "
      + (list.isEmpty
        ? "No signals of a special cause." : "Signals: \(list.joined(separator: "; ")).")
  }
}
