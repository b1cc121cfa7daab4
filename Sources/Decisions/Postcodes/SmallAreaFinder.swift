package import Indicators
package import Partnership

/// Finds the small area in which a point lies.
package struct SmallAreaFinder {
  private let atlas: Atlas
  private let areas: [(unit: AtlasUnit, west: Double, south: Double, east: Double, north: Double)]

  package init(_ atlas: Atlas) {
    self.atlas = atlas
    guard let kind = atlas.smallestMappedKind, let place = atlas.place else {
      areas = []
      return
    }
    areas = atlas.units(ofKind: kind.id, in: place).compactMap { unit in
      guard let points = atlas.outline(of: unit)?.rings.joined(), let first = points.first else {
        return nil
      }
      var box = (first.longitude, first.latitude, first.longitude, first.latitude)
      for point in points {
        box = (
          min(box.0, point.longitude), min(box.1, point.latitude), max(box.2, point.longitude),
          max(box.3, point.latitude)
        )
      }
      return (unit, box.0, box.1, box.2, box.3)
    }
  }

  /// Nil for a point outside of all.
  package func area(at position: Position) -> AtlasUnit? {
    areas.first { area in
      (area.west...area.east).contains(position.longitude)
        && (area.south...area.north).contains(position.latitude)
        && Self.contains(atlas.outline(of: area.unit)?.rings ?? [], position)
    }?.unit
  }

  /// Whether a point lies within rings, holes left out: a line from it crosses their edges an odd number of times.
  private static func contains(_ rings: [[GeoPoint]], _ position: Position) -> Bool {
    var isInside = false
    for ring in rings {
      var last = ring.count - 1
      for index in ring.indices {
        let (one, other) = (ring[index], ring[last])
        if (one.latitude > position.latitude) != (other.latitude > position.latitude),
          position.longitude
            < (other.longitude - one.longitude) * (position.latitude - one.latitude)
            / (other.latitude - one.latitude) + one.longitude
        {
          isInside.toggle()
        }
        last = index
      }
    }
    return isInside
  }
}
