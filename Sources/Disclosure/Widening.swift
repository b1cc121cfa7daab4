/// A way of publishing a count, and what a reader learns from it: that the count is in a range.
struct Level: Sendable {
  enum Form: Sendable {
    case exact
    /// The multiple that is shown, and what it is a multiple of; of shares the step, and how many there are.
    case rounded(Int, Int)
    case hidden
  }

  /// Far above any count, and far from where sums overflow.
  static let endless = Int.max / 8

  let range: ClosedRange<Int>
  let form: Form
  var width: Int { range.upperBound - range.lowerBound }

  init(_ range: ClosedRange<Int>, _ form: Form = .exact) {
    (self.range, self.form) = (range, form)
  }

  /// Suppressed; that it is not zero is known, since zero is shown.
  init(hiding count: Int) { self.init(min(count, 1)...Self.endless, .hidden) }

  /// Rounded to the nearest multiple of `base`, halves up, and known to be no smaller than what is shown at all.
  init(rounding count: Int, to base: Int, from least: Int) {
    let multiple = (count + base / 2) / base * base
    let lower = multiple - base / 2
    self.init(max(least, lower)...lower + base - 1, .rounded(multiple, base))
  }

  /// A share rounded to a step that is neither none nor all.
  init(share count: Int, of whole: Int, steps: Int) {
    func ceiling(_ number: Int) -> Int { (number + 2 * steps - 1) / (2 * steps) }
    let nearest = (2 * count * steps + whole) / (2 * whole)
    let step = min(max(nearest, 1), steps - 1)
    let lower = step == 1 ? 0 : ceiling((2 * step - 1) * whole)
    let upper = step == steps - 1 ? whole : ceiling((2 * step + 1) * whole) - 1
    self.init(lower...upper, .rounded(step, steps))
  }
}

/// Publishes cells more coarsely, step by step, until no reader can narrow one below the width that it needs.
struct Widening {
  private let table: CountTable
  private let levels: [[Level]]
  private let needed: [Int]
  private var chosen: [Int]
  private var ranges: [ClosedRange<Int>]
  /// The cells that stay too narrow however coarse the others are.
  private(set) var exposed: Set<Int> = []

  /// - Parameters:
  ///   - levels: for each cell the ways of publishing it, the finest first.
  ///   - needed: for each cell the width that it needs; one that is published exactly needs none.
  init(_ table: CountTable, _ levels: [[Level]], needed: [Int]) {
    (self.table, self.levels, self.needed) = (table, levels, needed)
    chosen = Array(repeating: 0, count: levels.count)
    ranges = levels.map { $0[0].range }
  }

  func level(of cell: Int) -> Level { levels[cell][chosen[cell]] }

  mutating func run() {
    let cubes = Hypercubes(table)
    var isSettled = false
    while !isSettled {
      isSettled = true
      for cell in levels.indices where !exposed.contains(cell) {
        let before = (chosen, ranges)
        while true {
          // A range is no wider than it is published.
          let needs = min(needed[cell], level(of: cell).width)
          guard needs > 0, cubes.width(of: cell, upTo: needs, ranges) < needs else { break }
          guard widen(cubes, at: cell) else {
            // What was given up for it did not help.
            (chosen, ranges) = before
            exposed.insert(cell)
            break
          }
        }
        if chosen != before.0 { isSettled = false }
      }
    }
  }

  /// Publishes the corners of one hypercube a level more coarsely: of that which then does most for the cell, and of
  /// several, of that which loses least.
  ///
  /// - Returns: false where there is none.
  private mutating func widen(_ cubes: Hypercubes, at anchor: Int) -> Bool {
    var best: (cost: [Int], cells: [Int])?
    cubes.forEach(at: anchor) { corners, signs in
      var (cells, loss) = ([Int](), 0)
      var room = [Level.endless, Level.endless]
      for (corner, sign) in zip(corners, signs) {
        let next = min(chosen[corner] + 1, levels[corner].count - 1)
        if next > chosen[corner] {
          cells.append(corner)
          if case .hidden = levels[corner][next].form { loss += 1_000 }
          // The same rounding takes less from a large count.
          loss += 1_000 * min(levels[corner][next].width, 1_000_000) / max(1, table.counts[corner])
        }
        let range = levels[corner][next].range
        let (up, down) = (
          range.upperBound - table.counts[corner], table.counts[corner] - range.lowerBound
        )
        room[0] = min(room[0], sign > 0 ? up : down)
        room[1] = min(room[1], sign > 0 ? down : up)
      }
      let width = min(needed[anchor], room[0] + room[1])
      guard !cells.isEmpty, width > 0 else { return true }
      let cost = [-width, loss]
      if best.map({ cost.lexicographicallyPrecedes($0.cost) }) ?? true { best = (cost, cells) }
      return true
    }
    guard let best else { return false }
    for cell in best.cells {
      chosen[cell] += 1
      ranges[cell] = level(of: cell).range
    }
    return true
  }
}
