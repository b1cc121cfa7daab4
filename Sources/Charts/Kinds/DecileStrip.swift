/// Where something stands among ten: a row a name, a mark on its decile, 1 at the left.
public struct DecileStrip: Sendable {
  public let rows: [(name: String, decile: Int?)]

  public init(rows: [(name: String, decile: Int?)]) { self.rows = rows }

  /// The picture; the mark holds the number, so that it is not told by place and colour alone.
  public func svg(id: String, title: String) -> String {
    let (left, top, row, cell) = (4.0, 22.0, 40.0, 39.0)
    var svg = SVG(height: Int(top + row * Double(rows.count)) + 2)
    svg.text("1: most deprived", left, 14, "m")
    svg.text("10: least deprived", left + 10 * cell, 14, anchor: .end, "m")
    for (index, item) in rows.enumerated() {
      let y = top + row * Double(index)
      svg.text(item.name.shortened(to: 54), left, y + 12)
      for decile in 1...10 {
        let x = left + cell * Double(decile - 1)
        let isHere = item.decile == decile
        svg.rectangle(x + 1, y + 16, cell - 2, 18, isHere ? "s1" : "d")
        if isHere { svg.text("\(decile)", x + cell / 2, y + 29.5, anchor: .middle, "on") }
      }
      if item.decile == nil { svg.text("not known", left + 6, y + 29, "m") }
    }
    let description = rows.map { "\($0.name): \($0.decile.map(String.init) ?? "not known")" }
    return svg.element(id: id, title: title, description: description.joined(separator: "; ") + ".")
  }
}
