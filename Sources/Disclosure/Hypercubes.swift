/// The hypercubes of a table: two categories in each dimension, and the 2ᵈ cells where they cross.
///
/// Adding one to some corners and taking one from the others leaves every sum of the table as it is. What a reader can
/// conclude of a cell is at least as wide as what such moves can do to it (Repsilber's hypercube method; Giessing and
/// Repsilber, *Tools and strategies to protect multiple tables with the GHQUAR cell suppression engine*, 2002).
struct Hypercubes {
  private let table: CountTable

  init(_ table: CountTable) { self.table = table }

  /// Hands every hypercube with a corner at `anchor` to `body`, until it returns false.
  ///
  /// - Parameter body: gets the corners, the anchor first, and for each whether it moves with the anchor (1) or against
  ///   it (−1).
  func forEach(at anchor: Int, _ body: (_ corners: [Int], _ signs: [Int]) -> Bool) {
    let dimensions = table.shape.count
    let own = table.categories(of: anchor)
    // The other category in each dimension; the anchor's own is stepped over.
    var other = own.map { $0 == 0 ? 1 : 0 }
    guard table.shape.allSatisfy({ $0 > 1 }) else { return }
    var corners = Array(repeating: anchor, count: 1 << dimensions)
    var signs = Array(repeating: 1, count: 1 << dimensions)
    while true {
      for corner in corners.indices {
        var (place, sign) = (anchor, 1)
        for dimension in 0..<dimensions where corner >> dimension & 1 == 1 {
          place += (other[dimension] - own[dimension]) * table.strides[dimension]
          // A total moves with its parts; of two parts one moves against the other.
          if own[dimension] != 0 && other[dimension] != 0 { sign = -sign }
        }
        (corners[corner], signs[corner]) = (place, sign)
      }
      guard body(corners, signs) else { return }
      var dimension = dimensions - 1
      while dimension >= 0 {
        other[dimension] += other[dimension] + 1 == own[dimension] ? 2 : 1
        if other[dimension] < table.shape[dimension] { break }
        other[dimension] = own[dimension] == 0 ? 1 : 0
        dimension -= 1
      }
      if dimension < 0 { return }
    }
  }

  /// How far moves can take a cell up and down within what is published of every cell: a width that no reader can
  /// narrow, whatever they work out.
  ///
  /// - Parameters:
  ///   - needed: where it stops looking.
  ///   - ranges: what is published of each cell; the true count is in it.
  func width(of anchor: Int, upTo needed: Int, _ ranges: [ClosedRange<Int>]) -> Int {
    var width = 0
    for direction in [1, -1] where width < needed {
      var moved = table.counts
      forEach(at: anchor) { corners, signs in
        var step = needed - width
        for (corner, sign) in zip(corners, signs) {
          let room =
            sign == direction
            ? ranges[corner].upperBound - moved[corner] : moved[corner] - ranges[corner].lowerBound
          step = min(step, room)
          if step <= 0 { return true }
        }
        for (corner, sign) in zip(corners, signs) { moved[corner] += sign * direction * step }
        width += step
        return width < needed
      }
    }
    return width
  }
}
