/// Small charts side by side of a value by deprivation decile, each with a line for one area's own
/// value: how steep is the gradient, and where on it does the area stand?
public struct GradientChart: Sendable {
  public struct Panel: Sendable {
    public let name: String
    /// The value of deciles 1 (most deprived) to 10.
    public let values: [ChartValue]
    /// The area's own value.
    public let own: Double?

    public init(_ name: String, values: [ChartValue], own: Double?) {
      self.name = name
      self.values = values
      self.own = own
    }
  }

  public let panels: [Panel]
  public let unit: ChartUnit
  public let ownName: String

  public init(panels: [Panel], unit: ChartUnit, ownName: String) {
    self.panels = panels
    self.unit = unit
    self.ownName = ownName
  }

  /// The picture.
  public func svg(id: String, title: String) -> String {
    let columns = 2
    let (width, height) = (SVG.width / Double(columns), 150.0)
    let rows = (panels.count + columns - 1) / columns
    let legend = Legend(["England by decile, 1 = most deprived", ownName])
    var svg = SVG(height: rows * Int(height) + Int(legend.height) + 4)
    for (index, panel) in panels.enumerated() {
      let left = Double(index % columns) * width
      let top = Double(index / columns) * height
      draw(
        panel, left: left, top: top + legend.height, width: width, height: height, &svg)
    }
    legend.draw(in: &svg) { svg, index, x, y in
      if index == 0 {
        svg.rectangle(x, y, 12, 12, "s1")
      } else {
        svg.line(x - 4, y + 6, x + 14, y + 6, "own")
      }
    }
    return svg.element(id: id, title: title, description: description)
  }

  private func draw(
    _ panel: Panel, left: Double, top: Double, width: Double, height: Double, _ svg: inout SVG
  ) {
    for (index, line) in panel.name.wrapped(at: 25).enumerated() {
      svg.text(line, left + 6, top + 14 + Double(index) * 13, "b")
    }
    let (chartTop, bottom) = (top + 36, top + height - 22)
    let values = panel.values.compactMap(\.value) + [panel.own].compactMap { $0 }
    let y = Scale(values, includesZero: true, from: bottom, to: chartTop, ticks: 2)
    for tick in y.ticks {
      svg.line(left + 32, y(tick), left + width - 8, y(tick), "g")
      svg.text(numberText(tick, decimals: y.decimals), left + 28, y(tick) + 4, anchor: .end, "m")
    }
    let step = (width - 44) / Double(max(1, panel.values.count))
    for (index, value) in panel.values.enumerated() {
      let x = left + 34 + step * Double(index)
      if let number = value.value {
        svg.rectangle(x, y(number), step - 2, bottom - y(number), "s1")
      } else {
        svg.text("?", x + step / 2, bottom - 2, anchor: .middle, "m")
      }
      if index % 9 == 0 {
        svg.text("\(index + 1)", x + step / 2 - 1, bottom + 13, anchor: .middle, "m")
      }
    }
    if let own = panel.own { svg.line(left + 30, y(own), left + width - 6, y(own), "own") }
  }

  private var description: String {
    panels.map { panel in
      func text(_ value: ChartValue?) -> String {
        value?.value.map(unit.text) ?? value?.absence ?? "not known"
      }
      return "\(panel.name): most deprived decile \(text(panel.values.first)), "
        + "least deprived \(text(panel.values.last)), "
        + "\(ownName) \(panel.own.map(unit.text) ?? "not known")"
    }.joined(separator: "; ") + "."
  }
}
