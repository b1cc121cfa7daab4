/// Where something stands among ten: a row a name, a mark on its decile, 1 at the left.
public struct DecileStrip: Sendable {
  public let rows: [(name: String, decile: Int?)]

  public init(rows: [(name: String, decile: Int?)]) { self.rows = rows }

  /// The picture; the mark holds the number, so that it is not told by place and colour alone.
  public func svg(id: String, title: String) -> String {
    let (left, top, row, cell) = (270.0, 30.0, 25.0, 35.0)
    var svg = SVG(width: 640, height: Int(top + row * Double(rows.count)) + 6)
    svg.text("Most deprived", left, 16, "m")
    svg.text("Least deprived", left + 10 * cell, 16, anchor: .end, "m")
    for (index, item) in rows.enumerated() {
      let y = top + row * Double(index)
      svg.text(item.name.shortened(to: 42), left - 8, y + 15, anchor: .end)
      for decile in 1...10 {
        let x = left + cell * Double(decile - 1)
        svg.rectangle(x + 1, y + 1, cell - 2, row - 4, "d")
        if item.decile == decile {
          svg.rectangle(x + 1, y + 1, cell - 2, row - 4, "s1")
          svg.text("\(decile)", x + cell / 2, y + 15.5, anchor: .middle, "on")
        }
      }
      if item.decile == nil { svg.text("not known", left + 6, y + 15, "m") }
    }
    let description = rows.map { "\($0.name): \($0.decile.map(String.init) ?? "not known")" }
    return svg.element(id: id, title: title, description: description.joined(separator: "; ") + ".")
  }
}
