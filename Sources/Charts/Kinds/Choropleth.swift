#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A map of areas shaded by class of value.
///
/// Outlines are put on a grid of a few pixels' tenths, which leaves out points too close to be seen
/// and keeps shared borders shared: neighbours' common points fall on the same grid point.
public struct Choropleth: Sendable {
  public struct Area: Sendable {
    public let name: String
    /// Rings of longitude and latitude in degrees.
    public let rings: [[(longitude: Double, latitude: Double)]]
    /// The class that the area is shaded by, from 0; nil where its value is not known.
    public let shade: Int?
    /// The value in words, shown when the area is pointed at.
    public let text: String
    /// Where a click leads; nil for nowhere.
    public let link: String?

    public init(
      name: String, rings: [[(longitude: Double, latitude: Double)]], shade: Int?, text: String,
      link: String?
    ) {
      self.name = name
      self.rings = rings
      self.shade = shade
      self.text = text
      self.link = link
    }
  }

  public let areas: [Area]
  /// What each class means, the lowest first, and its tone: 1, the lightest, to 5.
  public let classes: [ValueClass]
  /// Rings drawn above the areas, such as the border of a district.
  public let frame: [[(longitude: Double, latitude: Double)]]

  /// Spots drawn above everything.
  public let spots: [Spot]
  /// The part of the land that is shown; nil for all of the areas.
  public let window: Window?

  /// A place, or several close together.
  public struct Spot: Sendable {
    public let longitude: Double
    public let latitude: Double
    /// How many places it stands for; its number is written on it where there are several.
    public let count: Int
    /// What it is, shown when it is pointed at.
    public let text: String
    public let link: String?

    public init(longitude: Double, latitude: Double, count: Int, text: String, link: String?) {
      self.longitude = longitude
      self.latitude = latitude
      self.count = count
      self.text = text
      self.link = link
    }
  }

  /// A part of the land, in degrees.
  public struct Window: Sendable, Equatable {
    public let west: Double
    public let south: Double
    public let east: Double
    public let north: Double

    public init(west: Double, south: Double, east: Double, north: Double) {
      self.west = west
      self.south = south
      self.east = east
      self.north = north
    }

    /// Its corners, as a ring.
    var ring: [(longitude: Double, latitude: Double)] {
      [(west, south), (east, south), (east, north), (west, north)]
    }
  }

  public struct ValueClass: Sendable, Equatable {
    public let name: String
    public let tone: Int

    public init(_ name: String, tone: Int) {
      self.name = name
      self.tone = tone
    }
  }

  public init(
    areas: [Area], classes: [ValueClass], frame: [[(longitude: Double, latitude: Double)]] = [],
    spots: [Spot] = [], window: Window? = nil
  ) {
    self.areas = areas
    self.classes = classes
    self.frame = frame
    self.spots = spots
    self.window = window
  }

  /// The picture, 640 pixels wide and as high as the land needs, at most 720.
  ///
  /// - Parameter namesAreas: whether each area carries its name and value, which makes the picture
  ///   heavier.
  public func svg(id: String, title: String, namesAreas: Bool = true) -> String {
    // A step of half a pixel; of a pixel where areas are so many that each is small.
    let unit = namesAreas ? 0.5 : 1.0
    let land = window.map { [$0.ring] } ?? areas.flatMap(\.rings) + frame
    guard let projection = Projection(land, unit: unit) else {
      return "<p>There is no outline to draw.</p>"
    }
    var svg = SVG(width: projection.width, height: projection.height)
    svg.raw("<g transform=\"scale(\(unit))\" class=\"map\">")
    // Areas of one class share an element where they have nothing of their own to say.
    if namesAreas {
      for area in areas {
        let style = area.shade.map { "q\(classes[$0].tone)" } ?? "q0"
        let name = "\(area.name): \(area.text)"
        if let link = area.link {
          // Out of the tab order, because the table has the same links in an order one can follow.
          svg.raw("<a href=\"\(link.xmlEscaped)\" tabindex=\"-1\">")
          svg.raw("<title>\(name.xmlEscaped)</title>")
          svg.path(projection.path(area.rings), style)
          svg.raw("</a>")
        } else {
          svg.path(projection.path(area.rings), style, title: name)
        }
      }
    } else {
      for shade in -1..<classes.count {
        let rings = areas.filter { ($0.shade ?? -1) == shade }.flatMap(\.rings)
        guard !rings.isEmpty else { continue }
        svg.path(projection.path(rings), shade < 0 ? "q0" : "q\(classes[shade].tone)")
      }
    }
    if !frame.isEmpty { svg.path(projection.path(frame), "frame") }
    svg.raw("</g>")
    for spot in spots { draw(spot, projection, unit, &svg) }
    let hasLinks =
      namesAreas && areas.contains { $0.link != nil } || spots.contains { $0.link != nil }
    return svg.element(
      id: id, title: title, description: description, style: "chart map-chart",
      // A picture must hold no links, a group may.
      role: hasLinks ? "group" : "img")
  }

  private func draw(_ spot: Spot, _ projection: Projection, _ unit: Double, _ svg: inout SVG) {
    let (x, y) = projection.pixel(spot.longitude, spot.latitude, unit: unit)
    // The area of a spot grows with its number, from a finger's breadth on a phone.
    let radius = spot.count == 1 ? 9.0 : min(30, 12 + 2.2 * Double(spot.count).squareRoot())
    if let link = spot.link {
      svg.raw("<a href=\"\(link.xmlEscaped)\" class=\"spot\">")
    } else {
      svg.raw("<g class=\"spot\">")
    }
    svg.raw("<title>\(spot.text.xmlEscaped)</title>")
    svg.raw("<circle cx=\"\(x.short)\" cy=\"\(y.short)\" r=\"\(radius.short)\"/>")
    if spot.count > 1 { svg.text("\(spot.count)", x, y + 5, anchor: .middle, "on") }
    svg.raw(spot.link == nil ? "</g>" : "</a>")
  }

  /// The key, as HTML: a swatch and what it means, and how many areas have it.
  public var legend: String {
    var items: [String] = []
    for (index, one) in classes.enumerated() {
      let count = areas.count { $0.shade == index }
      items.append(
        "<li><span class=\"swatch q\(one.tone)\"></span> \(one.name.xmlEscaped) "
          + "<span class=\"m\">(\(count))</span></li>")
    }
    let unknown = areas.count { $0.shade == nil }
    if unknown > 0 {
      items.append(
        "<li><span class=\"swatch q0\"></span> Not known <span class=\"m\">(\(unknown))</span></li>"
      )
    }
    return "<ul class=\"legend\">\(items.joined())</ul>"
  }

  private var description: String {
    let counts = classes.enumerated().map { index, one in
      "\(areas.count { $0.shade == index }) areas in \(one.name)"
    }
    let unknown = areas.count { $0.shade == nil }
    let places = spots.reduce(0) { $0 + $1.count }
    return
      (counts + (unknown > 0 ? ["\(unknown) not known"] : [])
      + (spots.isEmpty ? [] : ["\(places) places in \(spots.count) spots"]))
      .joined(separator: ", ") + "."
  }

  /// Degrees to grid points: equirectangular about the middle latitude, which is within a few parts
  /// in a thousand of true shape over a region.
  private struct Projection {
    let minLongitude: Double
    let maxLatitude: Double
    let narrowing: Double
    let scale: Double
    let width: Int
    let height: Int

    /// - Parameter unit: how many pixels a grid step is.
    init?(_ rings: [[(longitude: Double, latitude: Double)]], unit: Double) {
      let points = rings.joined()
      guard let first = points.first else { return nil }
      var (west, east) = (first.longitude, first.longitude)
      var (south, north) = (first.latitude, first.latitude)
      for point in points {
        west = min(west, point.longitude)
        east = max(east, point.longitude)
        south = min(south, point.latitude)
        north = max(north, point.latitude)
      }
      narrowing = cos((south + north) / 2 * .pi / 180)
      let wide = max(1e-6, (east - west) * narrowing)
      let high = max(1e-6, north - south)
      let pixels = min(636 / wide, 716 / high)
      minLongitude = west
      maxLatitude = north
      scale = pixels / unit
      width = Int((wide * pixels).rounded(.up)) + 4
      height = Int((high * pixels).rounded(.up)) + 4
    }

    /// Where a point is in the picture.
    func pixel(_ longitude: Double, _ latitude: Double, unit: Double) -> (x: Double, y: Double) {
      (
        ((longitude - minLongitude) * narrowing * scale + 4) * unit,
        ((maxLatitude - latitude) * scale + 4) * unit
      )
    }

    /// Path data with relative steps, without points that fall on their neighbour or between two in
    /// one line.
    func path(_ rings: [[(longitude: Double, latitude: Double)]]) -> String {
      var data: [UInt8] = []
      for ring in rings {
        var points: [(x: Int, y: Int)] = []
        for point in ring {
          let x = Int(((point.longitude - minLongitude) * narrowing * scale).rounded()) + 4
          let y = Int(((maxLatitude - point.latitude) * scale).rounded()) + 4
          if let last = points.last, last == (x, y) { continue }
          if points.count >= 2 {
            let (a, b) = (points[points.count - 2], points[points.count - 1])
            // On one line with the two before it: the middle point says nothing. Only straight
            // horizontal and vertical steps, so that neighbours drop the same points.
            if (a.x == b.x && b.x == x && (b.y - a.y) * (y - b.y) > 0)
              || (a.y == b.y && b.y == y && (b.x - a.x) * (x - b.x) > 0)
            {
              points.removeLast()
            }
          }
          points.append((x, y))
        }
        if points.count > 1, let first = points.first, let last = points.last, first == last {
          points.removeLast()
        }
        guard points.count >= 3 else { continue }
        data.append(UInt8(ascii: "M"))
        data.append(contentsOf: "\(points[0].x) \(points[0].y)".utf8)
        data.append(UInt8(ascii: "l"))
        var previous = points[0]
        for (index, point) in points.dropFirst().enumerated() {
          append(point.x - previous.x, to: &data, isFirst: index == 0)
          append(point.y - previous.y, to: &data, isFirst: false)
          previous = point
        }
        data.append(UInt8(ascii: "z"))
      }
      return String(decoding: data, as: UTF8.self)
    }

    private func append(_ number: Int, to data: inout [UInt8], isFirst: Bool) {
      if number >= 0 && !isFirst { data.append(0x20) }
      data.append(contentsOf: String(number).utf8)
    }
  }
}
