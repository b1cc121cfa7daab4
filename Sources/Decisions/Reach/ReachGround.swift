import Foundation
package import Indicators
package import Partnership
package import Statistics

/// The small areas of a place as people live in them: how many, where, and how deprived.
package struct ReachGround {
  package struct Area {
    package let unit: AtlasUnit
    package let position: Position
    package let people: Double
    /// The fifth of the country by deprivation, 1 the most deprived; nil where it is not known.
    package let fifth: Int?
  }

  package let areas: [Area]
  /// Areas that are left out, because their residents or outlines are not known.
  package let unknown: Int

  package init(_ atlas: Atlas) {
    guard let kind = atlas.smallestMappedKind, let place = atlas.place else {
      areas = []
      unknown = 0
      return
    }
    let residents = atlas.series(of: "residents").last
    let decile = atlas.measure("imd_decile").flatMap { atlas.latestSeries(of: $0) }
    var areas: [Area] = []
    var unknown = 0
    for unit in atlas.units(ofKind: kind.id, in: place) {
      guard let centre = atlas.outline(of: unit)?.centre, let residents,
        let people = atlas.figure(residents, unit).value
      else {
        unknown += 1
        continue
      }
      areas.append(
        Area(
          unit: unit,
          position: Position(latitude: centre.latitude, longitude: centre.longitude),
          people: people,
          fifth: decile.flatMap { atlas.figure($0, unit).value }.map { Int(($0 + 1) / 2) }))
    }
    self.areas = areas
    self.unknown = unknown
  }

  package var people: Double { areas.reduce(0) { $0 + $1.people } }

  /// How well the areas reach sites that count alike.
  package func reach(_ sites: [Position], within kilometres: Double) -> FloatingCatchment {
    // Distances on a plane that touches the place in the middle of each pair: off by less than 1 in 1,000 at 30 km.
    let radians = Double.pi / 180
    let radius = 6_371.0088
    let places = areas.map { ($0.position.latitude * radians, $0.position.longitude * radians) }
    let points = sites.map { ($0.latitude * radians, $0.longitude * radians) }
    return FloatingCatchment(
      people: areas.map(\.people), capacities: sites.map { _ in 1 }, radius: kilometres
    ) { area, site in
      let (one, other) = (places[area], points[site])
      let across = (other.1 - one.1) * cos((one.0 + other.0) / 2)
      let up = other.0 - one.0
      return radius * (across * across + up * up).squareRoot()
    }
  }

  /// The share of people in some areas who have a site within reach, in percent; nil for no people.
  package func shareInReach(_ reach: FloatingCatchment, fifth: Int? = nil) -> Double? {
    var all = 0.0
    var near = 0.0
    for (index, area) in areas.enumerated() where fifth == nil || area.fifth == fifth {
      all += area.people
      if reach.sitesInReach[index] > 0 { near += area.people }
    }
    return all > 0 ? near / all * 100 : nil
  }

  /// The mean accessibility of people in some areas, in sites for 10,000 people; nil for no people.
  package func mean(_ reach: FloatingCatchment, fifth: Int? = nil) -> Double? {
    var all = 0.0
    var sum = 0.0
    for (index, area) in areas.enumerated() where fifth == nil || area.fifth == fifth {
      all += area.people
      sum += area.people * reach.accessibility[index]
    }
    return all > 0 ? sum / all * 10_000 : nil
  }

  /// How many people have a site within reach who had none before, and how many of them live in the most deprived fifth.
  ///
  /// - Parameters:
  ///   - reach: before.
  ///   - with: with one site more.
  package func newlyReached(
    _ reach: FloatingCatchment, _ with: FloatingCatchment
  ) -> (people: Double, deprived: Double) {
    var sum = (people: 0.0, deprived: 0.0)
    for (index, area) in areas.enumerated()
    where reach.sitesInReach[index] == 0 && with.sitesInReach[index] > 0 {
      sum.people += area.people
      if area.fifth == 1 { sum.deprived += area.people }
    }
    return sum
  }
}
