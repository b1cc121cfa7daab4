/// How many things there are at each value of a scale, as bars side by side, with a mark at one value.
public struct Histogram: Sendable {
  public struct Bin: Sendable {
    /// Where the bin begins; the next begins where it ends.
    public let from: Double
    public let count: Double

    public init(from: Double, count: Double) {
      self.from = from
      self.count = count
    }
  }

  /// A value that divides the scale, with what it is.
  public struct Mark: Sendable {
    public let value: Double
    public let name: String

    public init(_ value: Double, _ name: String) {
      self.value = value
      self.name = name
    }
  }

  public let bins: [Bin]
  public let width: Double
  public let mark: Mark?
  /// What the scale is of, and what is counted.
  public let unit: String
  public let counted: String

  /// - Parameter width: how wide each bin is.
  public init(bins: [Bin], width: Double, mark: Mark?, unit: String, counted: String) {
    self.bins = bins
    self.width = width
    self.mark = mark
    self.unit = unit
    self.counted = counted
  }

  /// The picture.
  public func svg(id: String, title: String) -> String {
    var svg = SVG(height: 240)
    let (left, right, top) = (52.0, SVG.width - 8, 24.0)
    let bottom = Double(svg.height) - 40
    let edges = bins.flatMap { [$0.from, $0.from + width] } + (mark.map { [$0.value] } ?? [])
    let x = Scale(edges, includesZero: false, from: left, to: right, ticks: 6)
    let y = Scale(bins.map(\.count), includesZero: true, from: bottom, to: top, ticks: 4)
    for tick in y.ticks {
      svg.line(left, y(tick), right, y(tick), "g")
      svg.text(numberText(tick, decimals: y.decimals), left - 4, y(tick) + 4, anchor: .end, "m")
    }
    for bin in bins where bin.count > 0 {
      // A bin that has anything can be seen.
      let height = max(1, bottom - y(bin.count))
      svg.rectangle(
        x(bin.from), bottom - height, max(0.5, x(bin.from + width) - x(bin.from) - 0.5), height,
        "s1")
    }
    for tick in x.ticks {
      svg.text(numberText(tick, decimals: x.decimals), x(tick), bottom + 15, anchor: .middle, "m")
    }
    svg.line(left, bottom, right, bottom, "a")
    if let mark {
      svg.line(x(mark.value), top - 8, x(mark.value), bottom, "i")
      let isLeft = x(mark.value) > (left + right) / 2
      svg.text(
        mark.name, x(mark.value) + (isLeft ? -5 : 5), top - 10, anchor: isLeft ? .end : .start, "b")
    }
    svg.text(unit, right, Double(svg.height) - 6, anchor: .end, "m")
    svg.text(counted, 4, 12, "m")
    return svg.element(id: id, title: title, description: description)
  }

  private var description: String {
    let all = bins.reduce(0) { $0 + $1.count }
    guard let mark else { return "\(numberText(all, decimals: 0)) \(counted)." }
    let above = bins.reduce(0) { $0 + ($1.from >= mark.value ? $1.count : 0) }
    return
      "Of \(numberText(all, decimals: 0)) \(counted), \(numberText(above, decimals: 0)) are at or "
      + "above \(mark.name)."
  }
}
