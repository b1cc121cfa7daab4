/// The outline of cells taken together: the borders that no two of them share, chained into rings.
///
/// Rings are closed, outer ones counter-clockwise and holes clockwise, each outer ring with the holes
/// that lie in it (RFC 7946, section 3.1.6).
func dissolve(_ cells: [[GridPoint]]) -> [[[GridPoint]]] {
  var edges: Set<Edge> = []
  for cell in cells {
    for (index, from) in cell.enumerated() {
      let edge = Edge(from: from, to: cell[(index + 1) % cell.count])
      // Two cells run along a shared border in opposite directions.
      if edges.remove(edge.reversed) == nil { edges.insert(edge) }
    }
  }
  var next: [GridPoint: [GridPoint]] = [:]
  for edge in edges.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
    next[edge.from, default: []].append(edge.to)
  }
  var rings: [[GridPoint]] = []
  for start in next.keys.sorted() {
    while let first = next[start]?.popLast() {
      var ring = [start]
      var point = first
      while point != start, let following = next[point]?.popLast() {
        ring.append(point)
        point = following
      }
      rings.append(ring)
    }
  }
  let outer = rings.filter { signedArea($0) > 0 }
  let holes = rings.filter { signedArea($0) < 0 }
  return outer.map { ring in
    [closed(ring)] + holes.filter { contains(ring, $0[0]) }.map(closed)
  }
}

private struct Edge: Hashable {
  let from: GridPoint
  let to: GridPoint
  var reversed: Edge { Edge(from: to, to: from) }
}

/// Twice the area, above 0 for a counter-clockwise ring.
func signedArea(_ ring: [GridPoint]) -> Int {
  ring.indices.reduce(0) { sum, index in
    let (a, b) = (ring[index], ring[(index + 1) % ring.count])
    return sum + a.longitude * b.latitude - b.longitude * a.latitude
  }
}

private func closed(_ ring: [GridPoint]) -> [GridPoint] { ring + [ring[0]] }

/// Whether a point lies in a ring, by counting crossings to its east.
private func contains(_ ring: [GridPoint], _ point: GridPoint) -> Bool {
  var isInside = false
  for index in ring.indices {
    let (a, b) = (ring[index], ring[(index + 1) % ring.count])
    guard (a.latitude > point.latitude) != (b.latitude > point.latitude) else { continue }
    let x =
      Double(b.longitude - a.longitude) * Double(point.latitude - a.latitude)
      / Double(b.latitude - a.latitude) + Double(a.longitude)
    if Double(point.longitude) < x { isInside.toggle() }
  }
  return isInside
}
