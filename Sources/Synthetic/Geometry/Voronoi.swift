/// The cells of points: each is the part of a box that is nearer to its point than to any other.
///
/// Each cell is cut out of the box by the line half-way to every other point, the nearest first, until
/// the rest are too far to matter.
func voronoiCells(_ sites: [PlanePoint], width: Double, height: Double) -> [[PlanePoint]] {
  sites.indices.map { index in
    let site = sites[index]
    let others = sites.indices.filter { $0 != index }
      .map { (point: sites[$0], distance: sites[$0].distance(to: site)) }
      .sorted { $0.distance < $1.distance }
    var cell = [
      PlanePoint(x: 0, y: 0), PlanePoint(x: width, y: 0), PlanePoint(x: width, y: height),
      PlanePoint(x: 0, y: height),
    ]
    for other in others {
      let reach = cell.reduce(0) { max($0, $1.distance(to: site)) }
      guard other.distance < 2 * reach else { break }
      cell = cut(cell, site, other.point)
    }
    return cell
  }
}

/// The part of `cell` that is nearer to `site` than to `other` (Sutherland and Hodgman 1974).
private func cut(_ cell: [PlanePoint], _ site: PlanePoint, _ other: PlanePoint) -> [PlanePoint] {
  let middle = PlanePoint(x: (site.x + other.x) / 2, y: (site.y + other.y) / 2)
  let (dx, dy) = (other.x - site.x, other.y - site.y)
  func side(_ point: PlanePoint) -> Double { (point.x - middle.x) * dx + (point.y - middle.y) * dy }
  var result: [PlanePoint] = []
  for (index, point) in cell.enumerated() {
    let next = cell[(index + 1) % cell.count]
    let (a, b) = (side(point), side(next))
    if a <= 0 { result.append(point) }
    if (a < 0 && b > 0) || (a > 0 && b < 0) {
      let share = a / (a - b)
      result.append(
        PlanePoint(x: point.x + share * (next.x - point.x), y: point.y + share * (next.y - point.y))
      )
    }
  }
  return result
}

/// Cells on the grid: corners that are the same point to within the grid's step are made one, so that
/// neighbours share their borders exactly.
func gridded(_ cells: [[PlanePoint]]) -> [[GridPoint]] {
  var chosen: [GridPoint: GridPoint] = [:]
  /// A corner is computed once for each of its cells, and the results may fall on two sides of a
  /// rounding limit: take the neighbouring grid point where one is in use already.
  func canonical(_ point: GridPoint) -> GridPoint {
    if let known = chosen[point] { return known }
    for dx in -1...1 {
      for dy in -1...1 where dx != 0 || dy != 0 {
        let near = GridPoint(longitude: point.longitude + dx, latitude: point.latitude + dy)
        if chosen[near] == near {
          chosen[point] = near
          return near
        }
      }
    }
    chosen[point] = point
    return point
  }
  return cells.map { cell in
    var ring: [GridPoint] = []
    for point in cell.map({ canonical(Position.grid($0)) }) where ring.last != point {
      ring.append(point)
    }
    if ring.count > 1, ring.first == ring.last { ring.removeLast() }
    return ring
  }
}
