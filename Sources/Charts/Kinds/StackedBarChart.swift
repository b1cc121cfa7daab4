/// Horizontal bars of shares that make up 100%, one bar a unit, cut into the same groups.
public struct StackedBarChart: Sendable {
  public struct Bar: Sendable {
    public let name: String
    /// The share of each group, in percent; nil where it is not known.
    public let shares: [Double?]

    public init(_ name: String, _ shares: [Double?]) {
      self.name = name
      self.shares = shares
    }
  }

  public let groups: [String]
  public let bars: [Bar]

  public init(groups: [String], bars: [Bar]) {
    self.groups = groups
    self.bars = bars
  }

  /// The picture.
  public func svg(id: String, title: String) -> String {
    let height = 26.0
    let top = Double(groups.count) * 18 + 8
    let bottom = top + Double(bars.count) * (height + 20)
    var svg = SVG(height: Int(bottom) + 22)
    for (index, group) in groups.enumerated() {
      let y = Double(index) * 18 + 4
      svg.rectangle(4, y, 12, 12, "k k\(index + 1)")
      svg.text(group.shortened(to: 54), 22, y + 10.5)
    }
    let x = Scale([0, 100], includesZero: true, from: 4, to: SVG.width - 12)
    for (row, bar) in bars.enumerated() {
      let y = top + Double(row) * (height + 20) + 16
      svg.text(bar.name.shortened(to: 54), 4, y - 4, "b")
      if bar.shares.contains(where: { $0 == nil }) {
        svg.text("Not known", 8, y + 17, "m")
        continue
      }
      var sum = 0.0
      for (index, share) in bar.shares.compactMap({ $0 }).enumerated() {
        svg.rectangle(
          x(sum), y, x(share) - x(0), height, "k k\(index + 1)",
          title: "\(bar.name), \(groups[index]): \(numberText(share, decimals: 1))%")
        if share >= 7 {
          svg.text(
            numberText(share, decimals: 0), x(sum + share / 2), y + 17, anchor: .middle,
            "kt kt\(index + 1)")
        }
        sum += share
      }
    }
    for tick in [0.0, 25, 50, 75, 100] {
      let anchor: SVG.Anchor = tick == 0 ? .start : tick == 100 ? .end : .middle
      svg.text("\(Int(tick))%", x(tick), bottom + 14, anchor: anchor, "m")
    }
    return svg.element(id: id, title: title, description: description)
  }

  private var description: String {
    bars.map { bar in
      let shares = zip(groups, bar.shares).map { group, share in
        "\(group) \(share.map { numberText($0, decimals: 1) + "%" } ?? "not known")"
      }
      return "\(bar.name): \(shares.joined(separator: ", "))"
    }.joined(separator: "; ") + "."
  }
}
