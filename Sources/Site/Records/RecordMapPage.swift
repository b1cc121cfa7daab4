import Charts
import Definitions
import Foundation
import Indicators
import Partnership

/// The records of a list on a map, over how deprived each small area is.
struct RecordMapPage {
  private let kind: RecordKind
  private let desk: Desk
  private let request: PageRequest
  private var atlas: Atlas { desk.edition.atlas }

  init(_ kind: RecordKind, _ desk: Desk, _ request: PageRequest) {
    self.kind = kind
    self.desk = desk
    self.request = request
  }

  func page() throws -> Page {
    var query = try RecordListPage(kind, desk, request).query
    // Everything that is found, wherever it is.
    query.near = nil
    let window = try self.window()
    let whole = desk.edition.land
    let isZoomed = window != nil
    guard let shown = window ?? whole else {
      throw PageError.notFound("This place has no outlines to draw a map of.")
    }
    let found = try desk.partnership.spots(
      query, from: Position(latitude: shown.south, longitude: shown.west),
      to: Position(latitude: shown.north, longitude: shown.east), cells: 14, for: desk.actor)
    let (spots, missing) = (found.spots, found.withoutPlace)
    let filters = request.query.split(separator: "&").filter { item in
      !item.hasPrefix("box=") && !item.hasPrefix("page=")
    }.joined(separator: "&")
    let ground = AreaGround(atlas, window: shown)
    let map = Choropleth(
      areas: ground.areas, classes: ground.classes, frame: ground.frame,
      spots: spots.sorted { ($1.count, $0.title) < ($0.count, $1.title) }.map {
        spot($0, in: shown, filters)
      }, window: shown)
    let count = spots.reduce(0) { $0 + $1.count }
    let suffix = filters.isEmpty ? "" : "?\(filters)"
    let values: [String: any Sendable] = [
      "title": "\(kind.plural.capitalisedFirst) on the map", "list": "/\(kind.path)\(suffix)",
      "plural": kind.plural,
      "count": count == 1 ? "1 place" : "\(numberText(Double(count), decimals: 0)) places",
      "missing": missing == 0
        ? ""
        : "\(missing == 1 ? "1 has" : "\(numberText(Double(missing), decimals: 0)) have") no place on the map",
      "elsewhere": isZoomed || found.elsewhere == 0
        ? ""
        : "\(found.elsewhere == 1 ? "1 lies" : "\(numberText(Double(found.elsewhere), decimals: 0)) lie") beyond this map",
      "mapHTML": map.svg(
        id: "c-records", title: "\(kind.plural.capitalisedFirst) on the map", namesAreas: false),
      "legendHTML": map.legend, "hasLegend": !ground.classes.isEmpty,
      "whole": isZoomed ? "/\(kind.path)/map\(suffix)" : "",
      "out": isZoomed ? zoomedOut(shown, filters, whole) : "",
      "around": around(shown),
    ]
    return Page(
      title: "\(kind.plural.capitalisedFirst) on the map", template: "record_map",
      section: kind.section, values: values)
  }

  /// What stands on a spot, and where a click leads: to the record, or nearer to several.
  private func spot(
    _ spot: RecordSpot, in shown: Choropleth.Window, _ filters: String
  ) -> Choropleth.Spot {
    let isSmall = shown.east - shown.west < 0.004
    let link: String
    if spot.count == 1 {
      link = "/\(kind.path)/\(spot.record)"
    } else if isSmall {
      let point = String(
        format: "%.5f,%.5f", spot.position.latitude, spot.position.longitude)
      link = "/\(kind.path)?near=\(point)&km=0.5" + (filters.isEmpty ? "" : "&\(filters)")
    } else {
      let (wide, high) = ((shown.east - shown.west) / 3, (shown.north - shown.south) / 3)
      let box = [
        spot.position.longitude - wide / 2, spot.position.latitude - high / 2,
        spot.position.longitude + wide / 2, spot.position.latitude + high / 2,
      ]
      link = "/\(kind.path)/map?\(Self.query(box, filters))"
    }
    return Choropleth.Spot(
      longitude: spot.position.longitude, latitude: spot.position.latitude, count: spot.count,
      text: spot.count == 1 ? spot.title : "\(spot.count) \(kind.plural), among them \(spot.title)",
      link: link)
  }

  private func zoomedOut(
    _ shown: Choropleth.Window, _ filters: String, _ whole: Choropleth.Window?
  ) -> String {
    let (wide, high) = (shown.east - shown.west, shown.north - shown.south)
    if let whole, wide * 3 >= whole.east - whole.west {
      return "/\(kind.path)/map" + (filters.isEmpty ? "" : "?\(filters)")
    }
    return "/\(kind.path)/map?"
      + Self.query(
        [shown.west - wide, shown.south - high, shown.east + wide, shown.north + high], filters)
  }

  private static func query(_ box: [Double], _ filters: String) -> String {
    let text = box.map { String(format: "%.5f", $0) }.joined(separator: ",")
    return "box=\(text)" + (filters.isEmpty ? "" : "&\(filters)")
  }

  /// The part of the land that the address asks for; nil for all.
  private func window() throws -> Choropleth.Window? {
    guard let text = request["box"] else { return nil }
    let numbers = text.split(separator: ",").compactMap { Double($0) }
    guard numbers.count == 4, numbers.allSatisfy(\.isFinite), numbers[0] < numbers[2],
      numbers[1] < numbers[3], abs(numbers[1]) <= 90, abs(numbers[3]) <= 90,
      abs(numbers[0]) <= 180, abs(numbers[2]) <= 180
    else {
      throw PageError.badRequest(
        "'\(text.prefix(60))' is no part of a map: west,south,east,north in degrees.")
    }
    return Choropleth.Window(
      west: numbers[0], south: numbers[1], east: numbers[2], north: numbers[3])
  }

  /// All of the place's land; nil where it has no outlines.
  static func whole(_ atlas: Atlas) -> Choropleth.Window? {
    guard let kind = atlas.smallestMappedKind, let place = atlas.place else { return nil }
    var window: (west: Double, south: Double, east: Double, north: Double)?
    for unit in atlas.units(ofKind: kind.id, in: place) {
      for point in atlas.outline(of: unit)?.rings.joined() ?? [[]].joined() {
        let old =
          window ?? (point.longitude, point.latitude, point.longitude, point.latitude)
        window = (
          min(old.west, point.longitude), min(old.south, point.latitude),
          max(old.east, point.longitude), max(old.north, point.latitude)
        )
      }
    }
    return window.map {
      // Room for spots at the edge.
      let (wide, high) = (($0.east - $0.west) * 0.05, ($0.north - $0.south) * 0.05)
      return Choropleth.Window(
        west: $0.west - wide, south: $0.south - high, east: $0.east + wide, north: $0.north + high)
    }
  }

  /// Where the part that is shown lies, in words.
  private func around(_ shown: Choropleth.Window) -> String {
    let wide =
      Position(latitude: shown.south, longitude: shown.west).kilometres(
        to: Position(latitude: shown.south, longitude: shown.east))
    return "\(numberText(wide, decimals: wide < 10 ? 1 : 0)) km across"
  }
}

/// The ground of a map: small areas shaded by their decile of deprivation.
struct AreaGround {
  let areas: [Choropleth.Area]
  let classes: [Choropleth.ValueClass]
  let frame: [[(longitude: Double, latitude: Double)]]

  init(_ atlas: Atlas, window: Choropleth.Window) {
    guard let kind = atlas.smallestMappedKind, let place = atlas.place,
      let measure = atlas.measure("imd_decile"), let series = atlas.latestSeries(of: measure)
    else {
      (areas, classes, frame) = ([], [], [])
      return
    }
    let units = atlas.units(ofKind: kind.id, in: place)
    let scale = ValueClasses(units.compactMap { atlas.figure(series, $0).value }, measure: measure)
    classes = scale.classes
    areas = units.compactMap { unit in
      guard let rings = atlas.outline(of: unit)?.rings,
        rings.contains(where: { ring in Self.touches(ring, window) })
      else { return nil }
      return Choropleth.Area(
        name: unit.name, rings: rings.map { $0.map { ($0.longitude, $0.latitude) } },
        shade: atlas.figure(series, unit).value.flatMap(scale.index), text: "", link: nil)
    }
    frame = []
  }

  /// Whether the box of a ring meets the window.
  private static func touches(_ ring: [GeoPoint], _ window: Choropleth.Window) -> Bool {
    var (west, south, east, north) = (180.0, 90.0, -180.0, -90.0)
    for point in ring {
      west = min(west, point.longitude)
      east = max(east, point.longitude)
      south = min(south, point.latitude)
      north = max(north, point.latitude)
    }
    return west <= window.east && east >= window.west && south <= window.north
      && north >= window.south
  }
}
