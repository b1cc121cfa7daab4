/// The names of series in rows above a chart, each behind a sample of how it is drawn.
struct Legend {
  private let items: [(name: String, x: Double, row: Int)]
  let height: Double

  /// Names go on to a further row where one is full.
  init(_ names: [String]) {
    let width = SVG.width - 8
    var items: [(name: String, x: Double, row: Int)] = []
    var x = 4.0
    var row = 0
    for name in names {
      let short = name.shortened(to: 40)
      let needed = 36 + Double(short.count) * 7
      if x + needed > width, x > 4 {
        x = 4
        row += 1
      }
      items.append((short, x, row))
      x += needed
    }
    self.items = items
    height = Double(row + 1) * 18 + 2
  }

  /// Draws the names; `sample` draws the sample of one, in a box of 12 by 12.
  func draw(
    in svg: inout SVG, sample: (inout SVG, _ index: Int, _ x: Double, _ y: Double) -> Void
  ) {
    for (index, item) in items.enumerated() {
      let y = Double(item.row) * 18 + 4
      sample(&svg, index, item.x, y)
      svg.text(item.name, item.x + 18, y + 10.5)
    }
  }
}
