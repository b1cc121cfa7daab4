/// How parts that add and take away come to a sum: each begins where the one before it ended.
public struct Waterfall: Sendable {
  public struct Step: Sendable {
    public let name: String
    /// What it adds; below 0 it takes away.
    public let change: Double

    public init(_ name: String, _ change: Double) {
      self.name = name
      self.change = change
    }
  }

  public let start: Step
  public let steps: [Step]
  public let total: String
  public let unit: String

  /// - Parameters:
  ///   - start: where the first step begins.
  ///   - total: what the sum is called.
  public init(start: Step, steps: [Step], total: String, unit: String) {
    self.start = start
    self.steps = steps
    self.total = total
    self.unit = unit
  }

  /// What all steps come to.
  public var sum: Double { steps.reduce(start.change) { $0 + $1.change } }

  /// The picture: bars of the steps, and of the sum.
  public func svg(id: String, title: String) -> String {
    let rows = [start] + steps
    let band = 34.0
    let top = 4.0
    let bottom = top + band * Double(rows.count + 1)
    var svg = SVG(height: Int(bottom) + 34)
    var ends = [0.0]
    for row in rows { ends.append(ends[ends.count - 1] + row.change) }
    let x = Scale(ends, includesZero: true, from: 8, to: SVG.width - 44, ticks: 5)
    for tick in x.ticks {
      svg.line(x(tick), top, x(tick), bottom, "g")
      svg.text(numberText(tick, decimals: x.decimals), x(tick), bottom + 15, anchor: .middle, "m")
    }
    for (index, row) in rows.enumerated() {
      draw(
        row.name, from: ends[index], to: ends[index + 1], value: row.change,
        style: row.change < 0 ? "s6" : "s3", at: top + band * Double(index), x, &svg)
    }
    draw(total, from: 0, to: sum, value: sum, style: "s1", at: bottom - band, x, &svg)
    svg.line(x(0), top, x(0), bottom, "a")
    svg.text(unit, SVG.width - 4, Double(svg.height) - 4, anchor: .end, "m")
    return svg.element(id: id, title: title, description: description)
  }

  private func draw(
    _ name: String, from: Double, to: Double, value: Double, style: String, at y: Double,
    _ x: Scale, _ svg: inout SVG
  ) {
    svg.text(name.shortened(to: 58), 4, y + 13, "h")
    let (low, high) = (min(x(from), x(to)), max(x(from), x(to)))
    svg.rectangle(low, y + 17, max(1, high - low), 12, style)
    let text = (value > 0 ? "+" : "") + numberText(value, decimals: 1)
    svg.text(text, high + 4, y + 27, "v")
  }

  private var description: String {
    let parts = ([start] + steps).map { "\($0.name) \(numberText($0.change, decimals: 1))" }
    return "\(parts.joined(separator: "; ")); \(total) \(numberText(sum, decimals: 1))."
  }
}
