/// An XmR control chart drawn: the values, their mean and limits, and the points that are signals.
public struct ControlChartPicture: Sendable {
  public struct Point: Sendable {
    public let period: String
    /// Nil where it is missing: the line has a gap there.
    public let value: Double?
    /// The rules that the point is part of, in words; none for common cause.
    public let signals: [String]
    /// Whether the signal is for the better; nil where neither is better.
    public let isImprovement: Bool?
    /// The lines at this point; nil where there are none, as limits on a run chart.
    public let mean: Double?
    public let lower: Double?
    public let upper: Double?

    public init(
      period: String, value: Double?, signals: [String], isImprovement: Bool?, mean: Double?,
      lower: Double?, upper: Double?
    ) {
      self.period = period
      self.value = value
      self.signals = signals
      self.isImprovement = isImprovement
      self.mean = mean
      self.lower = lower
      self.upper = upper
    }
  }

  public let points: [Point]
  public let target: Double?
  public let unit: ChartUnit

  public init(points: [Point], target: Double? = nil, unit: ChartUnit) {
    self.points = points
    self.target = target
    self.unit = unit
  }

  /// The picture: common cause is a small disc, improvement a large ring, concern a square, and a
  /// signal that is neither a diamond.
  public func svg(id: String, title: String) -> String {
    let legend = Legend(samples.map(\.name))
    let (top, bottom) = (legend.height + 12, legend.height + 222)
    var svg = SVG(height: Int(bottom) + 36)
    let (left, right) = (52.0, SVG.width - 10)
    let drawn =
      points.flatMap { [$0.value, $0.mean, $0.lower, $0.upper].compactMap { $0 } }
      + [target].compactMap { $0 }
    let y = Scale(drawn, includesZero: false, from: bottom, to: top)
    let x = { (index: Int) in
      left + 6 + (right - left - 12) * Double(index) / Double(max(1, points.count - 1))
    }
    for tick in y.ticks {
      svg.line(left, y(tick), right, y(tick), "g")
      svg.text(numberText(tick, decimals: y.decimals), left - 5, y(tick) + 4, anchor: .end, "m")
    }
    for (line, style) in lines { svg.path(steps(line, x, y), style) }
    if let target { svg.line(left, y(target), right, y(target), "own") }
    svg.polyline(
      points.indices.map { index in points[index].value.map { (x: x(index), y: y($0)) } }, "l l1")
    // The latest lines are those that count; where there were others before, their names stand at the right.
    let hasParts = lines.contains { line in Set(line.values).count > 1 }
    let names = ["mean", "lower limit", "upper limit", "target"]
    for (value, name) in zip(lines.map { $0.values.last ?? nil } + [target], names) {
      guard let value else { continue }
      let text = "\(name) \(numberText(value, decimals: unit.decimals))"
      if hasParts {
        svg.text(text, right - 4, y(value) - 4, anchor: .end, "h m")
      } else {
        svg.text(text, left + 4, y(value) - 4, "h m")
      }
    }
    for (index, point) in points.enumerated() {
      if let value = point.value { draw(point, value, x(index), y(value), &svg) }
    }
    for index in points.map(\.period).labelled(most: 5) {
      svg.text(points[index].period, x(index), bottom + 16, anchor: .middle, "m")
    }
    legend.draw(in: &svg) { svg, index, x, y in sample(samples[index].kind, x + 6, y + 6, &svg) }
    svg.text(unit.name, 4, Double(svg.height) - 4, "m")
    return svg.element(id: id, title: title, description: description)
  }

  /// The mean and the limits at each point, and how they are drawn.
  private var lines: [(values: [Double?], style: String)] {
    [
      (points.map(\.mean), "mean"), (points.map(\.lower), "limit"), (points.map(\.upper), "limit"),
    ]
  }

  /// A line that is level about each point and steps between two where its value changes.
  private func steps(
    _ values: [Double?], _ x: (Int) -> Double, _ y: Scale
  ) -> String {
    var data = ""
    var before: Double?
    for (index, value) in values.enumerated() {
      defer { before = value }
      guard let value else { continue }
      let from = index == 0 ? x(0) - 6 : (x(index - 1) + x(index)) / 2
      let to = index == values.count - 1 ? x(index) + 6 : (x(index) + x(index + 1)) / 2
      if before != value { data += "M\(from.short) \(y(value).short)" }
      // A stretch of one value is one line.
      if index + 1 == values.count || values[index + 1] != value {
        data += "L\(to.short) \(y(value).short)"
      }
    }
    return data
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

  private func draw(
    _ point: Point, _ value: Double, _ x: Double, _ y: Double, _ svg: inout SVG
  ) {
    let text = "\(point.period): \(unit.text(value))"
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
      "\($0.period) \($0.value.map(unit.text) ?? "no value"): \($0.signals.joined(separator: ", "))"
    }
    guard let last = points.last else { return "No points." }
    let limits = zip([last.lower], [last.upper]).compactMap { lower, upper -> String? in
      guard let lower, let upper else { return nil }
      return ", limits \(unit.text(lower)) to \(unit.text(upper))"
    }
    let aim = target.map { ", target \(unit.text($0))" } ?? ""
    return
      "Mean \(last.mean.map(unit.text) ?? "not known")\(limits.joined())\(aim), \(points.count) points. "
      + (list.isEmpty
        ? "No signals of a special cause." : "Signals: \(list.joined(separator: "; ")).")
  }
}
