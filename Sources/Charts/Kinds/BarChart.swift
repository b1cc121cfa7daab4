/// Horizontal bars, one a category, with a bar for each of up to four series side by side.
///
/// Series differ by pattern of fill as well as by colour. A value that is not known has no bar, and
/// says why.
public struct BarChart: Sendable {
  public struct Category: Sendable {
    public let name: String
    /// One value a series.
    public let values: [ChartValue]

    public init(_ name: String, _ values: [ChartValue]) {
      self.name = name
      self.values = values
    }
  }

  public let series: [String]
  public let categories: [Category]
  public let unit: ChartUnit

  public init(series: [String], categories: [Category], unit: ChartUnit) {
    self.series = series
    self.categories = categories
    self.unit = unit
  }

  /// The picture.
  public func svg(id: String, title: String) -> String {
    let bar = series.count > 1 ? 11.0 : 15.0
    let band = 17 + bar * Double(max(1, series.count)) + 8
    let legend = Legend(series)
    let top = series.count > 1 ? legend.height + 4 : 2.0
    let bottom = top + band * Double(categories.count)
    var svg = SVG(height: Int(bottom) + 32)
    let all = categories.flatMap(\.values).flatMap { [$0.value, $0.upper, $0.lower] }
      .compactMap { $0 }
    let x = Scale(all, includesZero: true, from: 4, to: SVG.width - 46, ticks: 4)
    for tick in x.ticks {
      svg.line(x(tick), top, x(tick), bottom, "g")
      let anchor: SVG.Anchor = tick == x.low ? .start : .middle
      svg.text(numberText(tick, decimals: x.decimals), x(tick), bottom + 14, anchor: anchor, "m")
    }
    if !unit.name.isEmpty { svg.text(unit.name, SVG.width - 4, bottom + 28, anchor: .end, "m") }
    if series.count > 1 {
      legend.draw(in: &svg) { svg, index, x, y in svg.rectangle(x, y, 12, 12, "s\(index + 1)") }
    }
    for (row, category) in categories.enumerated() {
      let y = top + band * Double(row)
      // A halo keeps the name readable over the grid.
      svg.text(category.name.shortened(to: 58), 4, y + 13, "h")
      for (index, value) in category.values.enumerated() {
        draw(
          value, at: y + 17 + bar * Double(index), height: bar - 1, index, category.name, x, &svg)
      }
    }
    svg.line(x(0), top, x(0), bottom, "a")
    return svg.element(id: id, title: title, description: description)
  }

  private func draw(
    _ value: ChartValue, at y: Double, height: Double, _ index: Int, _ name: String, _ x: Scale,
    _ svg: inout SVG
  ) {
    guard let number = value.value else {
      svg.text(value.absence, x(0) + 4, y + height - 1, "m")
      return
    }
    let (from, to) = (min(x(0), x(number)), max(x(0), x(number)))
    svg.rectangle(from, y, to - from, height, "s\(index + 1)")
    var end = to
    if let lower = value.lower, let upper = value.upper {
      let middle = y + height / 2
      svg.line(x(lower), middle, x(upper), middle, "i")
      svg.line(x(lower), middle - 3, x(lower), middle + 3, "i")
      svg.line(x(upper), middle - 3, x(upper), middle + 3, "i")
      end = max(end, x(upper))
    }
    svg.text(numberText(number, decimals: unit.decimals), end + 4, y + height - 1, "v")
  }

  private var description: String {
    categories.map { category in
      let values = zip(series, category.values).map { name, value in
        let text = value.value.map(unit.text) ?? value.absence
        return series.count > 1 ? "\(name) \(text)" : text
      }
      return "\(category.name): \(values.joined(separator: ", "))"
    }.joined(separator: "; ") + "."
  }
}
