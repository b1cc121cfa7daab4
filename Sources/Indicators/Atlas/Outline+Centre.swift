extension Outline {
  /// The centre of gravity of the largest ring, in degrees; nil for an outline without a ring.
  ///
  /// (Bourke 1988, "Calculating the area and centroid of a polygon". Degrees of longitude are shorter than those of
  /// latitude, which shifts a centre of gravity by nothing: both are scaled alike.)
  public var centre: GeoPoint? {
    let rings = rings.map { ($0, Self.doubledArea($0)) }
    guard let (ring, area) = rings.max(by: { abs($0.1) < abs($1.1) }), let first = ring.first else {
      return nil
    }
    guard area != 0 else { return first }
    var (x, y) = (0.0, 0.0)
    for (one, next) in zip(ring, ring.dropFirst() + [first]) {
      // From the first point, so that small differences of large numbers keep their digits.
      let (ax, ay) = (one.longitude - first.longitude, one.latitude - first.latitude)
      let (bx, by) = (next.longitude - first.longitude, next.latitude - first.latitude)
      let cross = ax * by - bx * ay
      x += (ax + bx) * cross
      y += (ay + by) * cross
    }
    return GeoPoint(
      longitude: first.longitude + x / (3 * area), latitude: first.latitude + y / (3 * area))
  }

  private static func doubledArea(_ ring: [GeoPoint]) -> Double {
    guard let first = ring.first else { return 0 }
    return zip(ring, ring.dropFirst() + [first]).reduce(0) { sum, pair in
      let (ax, ay) = (pair.0.longitude - first.longitude, pair.0.latitude - first.latitude)
      let (bx, by) = (pair.1.longitude - first.longitude, pair.1.latitude - first.latitude)
      return sum + ax * by - bx * ay
    }
  }
}
