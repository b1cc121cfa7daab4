/// A point of the drawing plane, in kilometres east and north of its corner.
struct PlanePoint: Hashable {
  var x: Double
  var y: Double

  func distance(to other: PlanePoint) -> Double {
    let (dx, dy) = (x - other.x, y - other.y)
    return (dx * dx + dy * dy).squareRoot()
  }
}

/// A corner of an outline on a grid of 10⁻⁵ degrees, so that neighbours' corners are equal exactly.
struct GridPoint: Hashable, Comparable {
  let longitude: Int
  let latitude: Int

  static func < (a: GridPoint, b: GridPoint) -> Bool {
    (a.longitude, a.latitude) < (b.longitude, b.latitude)
  }
}

/// Where the fictional place lies: in the open Atlantic, so that it is never taken for a real one.
enum Position {
  static let west = -20.0
  static let south = 54.0
  /// Kilometres to a degree at 54° north.
  static let kilometresPerLongitude = 65.4
  static let kilometresPerLatitude = 111.3

  static func grid(_ point: PlanePoint) -> GridPoint {
    GridPoint(
      longitude: Int(((west + point.x / kilometresPerLongitude) * 100_000).rounded()),
      latitude: Int(((south + point.y / kilometresPerLatitude) * 100_000).rounded()))
  }

  static func degrees(_ point: PlanePoint) -> (longitude: Double, latitude: Double) {
    let grid = grid(point)
    return (Double(grid.longitude) / 100_000, Double(grid.latitude) / 100_000)
  }
}
