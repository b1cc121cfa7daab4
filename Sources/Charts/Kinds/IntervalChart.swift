/// Values with their intervals in rows, one a category, beside a line for what they are read against.
///
/// For values whose distance from zero says nothing, as of life expectancy: the scale need not begin at zero, which bars
/// must.
public struct IntervalChart: Sendable {
  public struct Row: Sendable {
    public let name: String
    public let value: ChartValue
    /// Whether it is the one that the page is about.
    public let isMarked: Bool

    public init(_ name: String, _ value: ChartValue, isMarked: Bool = false) {
      self.name = name
      self.value = value
      self.isMarked = isMarked
    }
  }

  public let rows: [Row]
  /// The value of a line down the chart and its name; nil for none.
  public let reference: (name: String, value: Double)?
  public let unit: ChartUnit
  public let includesZero: Bool

  public init(
    rows: [Row], reference: (name: String, value: Double)?, unit: ChartUnit, includesZero: Bool
  ) {
    self.rows = rows
    self.reference = reference
    self.unit = unit
    self.includesZero = includesZero
  }

  /// The picture.
  public func svg(id: String, title: String) -> String {
    let band = 30.0
    let legend = Legend(reference.map { [$0.name] } ?? [])
    let top = reference == nil ? 4.0 : legend.height + 4
    let bottom = top + band * Double(rows.count)
    var svg = SVG(height: Int(bottom) + 34)
    let drawn =
      rows.map(\.value).flatMap { [$0.value, $0.lower, $0.upper] }.compactMap { $0 }
      + [reference?.value].compactMap { $0 }
    let x = Scale(drawn, includesZero: includesZero, from: 8, to: SVG.width - 52, ticks: 4)
    for tick in x.ticks {
      svg.line(x(tick), top, x(tick), bottom, "g")
      let anchor: SVG.Anchor = tick == x.low ? .start : .middle
      svg.text(numberText(tick, decimals: x.decimals), x(tick), bottom + 14, anchor: anchor, "m")
    }
    if !unit.name.isEmpty { svg.text(unit.name, SVG.width - 4, bottom + 28, anchor: .end, "m") }
    if let reference {
      svg.line(x(reference.value), top, x(reference.value), bottom, "own")
      legend.draw(in: &svg) { svg, _, x, y in svg.line(x - 4, y + 6, x + 14, y + 6, "own") }
    }
    for (index, row) in rows.enumerated() {
      let y = top + band * Double(index)
      svg.text(row.name.shortened(to: 52), 4, y + 12, row.isMarked ? "h b" : "h")
      draw(row, y + 20, x, &svg)
    }
    return svg.element(id: id, title: title, description: description)
  }

  private func draw(_ row: Row, _ y: Double, _ x: Scale, _ svg: inout SVG) {
    guard let value = row.value.value else {
      svg.text(row.value.absence, 8, y + 5, "m")
      return
    }
    var end = x(value) + 4
    if let lower = row.value.lower, let upper = row.value.upper {
      svg.line(x(lower), y, x(upper), y, "i")
      svg.line(x(lower), y - 3, x(lower), y + 3, "i")
      svg.line(x(upper), y - 3, x(upper), y + 3, "i")
      end = max(end, x(upper))
    }
    svg.circle(
      x(value), y, radius: row.isMarked ? 4.6 : 3.4, "p1",
      title: "\(row.name): \(unit.text(value))")
    svg.text(numberText(value, decimals: unit.decimals), end + 5, y + 4, "h v")
  }

  private var description: String {
    let values = rows.map { row in
      "\(row.name): \(row.value.value.map(unit.text) ?? row.value.absence)"
    }
    let against = reference.map { " \($0.name): \(unit.text($0.value))." } ?? ""
    return values.joined(separator: "; ") + "." + against
  }
}
