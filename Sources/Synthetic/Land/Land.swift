#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The land of the fictional place: a coast to the west, towns, and small areas that tile it.
struct Land {
  struct Town {
    let name: String
    let centre: PlanePoint
    /// How far its houses spread, in kilometres.
    let reach: Double
    let isOnCoast: Bool
  }

  struct SmallArea {
    let site: PlanePoint
    let cell: [GridPoint]
    let district: Int
    var ward = 0
    /// Kilometres to the nearest town's centre, in that town's reaches.
    let remoteness: Double
    /// Kilometres from the sea.
    let inland: Double
    /// Deprivation before it is set against the country: mean about 0, higher is more deprived.
    var deprivation = 0.0
  }

  static let width = 60.0
  static let height = 64.0

  let towns: [Town]
  private(set) var areas: [SmallArea]
  /// The district of each ward.
  private(set) var wardDistricts: [Int] = []

  /// Draws the land.
  ///
  /// - Parameter count: about how many small areas; cells that fall into the sea are left out.
  init(seed: UInt64, count: Int) {
    var names = NameMaker(seed: seed)
    var random = SeededGenerator(seed: seed, purpose: "land")
    let towns = Self.makeTowns(&random, &names)
    self.towns = towns
    let sites = Self.sites(&random, towns, count: count)
    let cells = gridded(voronoiCells(sites, width: Self.width, height: Self.height))
    areas = sites.indices.filter { Self.isLand(sites[$0]) && cells[$0].count >= 3 }.map { index in
      let site = sites[index]
      let nearest =
        towns.indices.min {
          site.distance(to: towns[$0].centre) < site.distance(to: towns[$1].centre)
        } ?? 0
      let town = towns[nearest]
      return SmallArea(
        site: site, cell: cells[index], district: nearest,
        remoteness: site.distance(to: town.centre) / town.reach,
        inland: site.x - Self.coast(at: site.y))
    }
    groupIntoWards(&random)
    deprive(&random)
  }

  /// How far east the sea reaches at a latitude: bays and headlands, and an estuary.
  static func coast(at y: Double) -> Double {
    let bays = 9 + 3.2 * sin(y / 8.3) + 1.7 * sin(y / 3.1 + 1) + 0.8 * sin(y / 1.3 + 2)
    let estuary = 15 * exp(-pow((y - 36) / 1.7, 2))
    return bays + estuary
  }

  static func isLand(_ point: PlanePoint) -> Bool { point.x > coast(at: point.y) }

  private static func makeTowns(
    _ random: inout SeededGenerator, _ names: inout NameMaker
  ) -> [Town] {
    // (north, distance from the sea, reach)
    let plan = [
      (8.0, 2.2, 2.6), (20.0, 22.0, 3.6), (30.5, 13.0, 4.2), (42.0, 3.0, 3.2), (54.0, 17.0, 2.4),
      (46.0, 33.0, 2.2),
    ]
    return plan.map { north, inland, reach in
      let y = north + random.uniform(-1, 1)
      return Town(
        name: names.town(), centre: PlanePoint(x: coast(at: y) + inland, y: y), reach: reach,
        isOnCoast: inland < 5)
    }
  }

  private static func sites(
    _ random: inout SeededGenerator, _ towns: [Town], count: Int
  ) -> [PlanePoint] {
    var sites: [PlanePoint] = []
    func isFree(_ point: PlanePoint, _ distance: Double) -> Bool {
      point.x > 0 && point.y > 0 && point.x < width && point.y < height
        && !sites.contains { $0.distance(to: point) < distance }
    }
    let weights = towns.map { $0.reach * $0.reach }
    let total = weights.reduce(0, +)
    for (town, weight) in zip(towns, weights) {
      let wanted = Int((Double(count) * 0.78 * weight / total).rounded())
      var found = 0
      var tries = 0
      while found < wanted, tries < wanted * 200 {
        tries += 1
        let point = PlanePoint(
          x: town.centre.x + random.normal() * town.reach * 0.85,
          y: town.centre.y + random.normal() * town.reach * 0.85)
        if isLand(point), isFree(point, 0.32) {
          sites.append(point)
          found += 1
        }
      }
    }
    // The country, and the sea beyond the coast, whose cells draw the coastline.
    for (wanted, wantsLand) in [(Int(Double(count) * 0.22), true), (max(60, count / 3), false)] {
      var found = 0
      var tries = 0
      while found < wanted, tries < wanted * 400 {
        tries += 1
        let point = PlanePoint(x: random.uniform(0, width), y: random.uniform(0, height))
        if isLand(point) == wantsLand, isFree(point, wantsLand ? 1.1 : 0.7) {
          sites.append(point)
          found += 1
        }
      }
    }
    return sites
  }

  // MARK: Wards

  /// Cuts each district into wards of about six small areas that lie together (k-means, Lloyd 1982).
  private mutating func groupIntoWards(_ random: inout SeededGenerator) {
    for district in towns.indices {
      let members = areas.indices.filter { areas[$0].district == district }
      let count = max(1, (members.count + 3) / 6)
      var centres = members.shuffled(using: &random).prefix(count).map { areas[$0].site }
      var nearest: [Int] = []
      for _ in 0..<12 {
        nearest = members.map { member in
          centres.indices.min {
            areas[member].site.distance(to: centres[$0])
              < areas[member].site.distance(to: centres[$1])
          } ?? 0
        }
        for centre in centres.indices {
          let group = zip(members, nearest).filter { $0.1 == centre }.map { areas[$0.0].site }
          guard !group.isEmpty else { continue }
          centres[centre] = PlanePoint(
            x: group.reduce(0) { $0 + $1.x } / Double(group.count),
            y: group.reduce(0) { $0 + $1.y } / Double(group.count))
        }
      }
      // Centres that nobody is nearest to are no wards.
      var numbers: [Int: Int] = [:]
      for centre in Set(nearest).sorted() {
        numbers[centre] = wardDistricts.count
        wardDistricts.append(district)
      }
      for (member, centre) in zip(members, nearest) { areas[member].ward = numbers[centre] ?? 0 }
    }
  }

  // MARK: Deprivation

  /// Gives each small area its deprivation: high in the middle of towns and on the coast's, low
  /// around towns, and smooth elsewhere.
  private mutating func deprive(_ random: inout SeededGenerator) {
    let bumps = (0..<14).map { _ in
      (
        centre: PlanePoint(
          x: random.uniform(0, Self.width), y: random.uniform(0, Self.height)),
        height: random.normal() * 0.55
      )
    }
    for index in areas.indices {
      let area = areas[index]
      let town = towns[area.district]
      var value = 1.5 * exp(-pow(area.remoteness / 0.75, 2))
      value -= 0.7 * exp(-pow((area.remoteness - 1.7) / 0.6, 2))
      if town.isOnCoast { value += 0.7 * exp(-area.inland / 2.5) }
      for bump in bumps {
        value += bump.height * exp(-pow(area.site.distance(to: bump.centre) / 6, 2))
      }
      areas[index].deprivation = value + 0.35 * random.normal()
    }
    let values = areas.map(\.deprivation)
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    let variance =
      values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
    for index in areas.indices {
      areas[index].deprivation =
        (areas[index].deprivation - mean) / max(0.001, variance.squareRoot())
    }
  }
}
