import Definitions

/// The ground that people are put on: small areas with the numbers they are to have, and the
/// practices, hospitals and councils that serve them.
struct PlaceFrame: Sendable {
  struct Area: Sendable {
    let code: String
    let district: Int
    /// National deprivation decile, 1 the most deprived.
    let decile: Int
    let position: PlanePoint
    /// Degrees, for the postcode directory.
    let longitude: Double
    let latitude: Double
    /// Residents by five-year band, female and male.
    let ages: [[Double]]
    let ethnicGroups: [Double]
    /// Households by tenure, by number of deprivation dimensions, and by occupancy rating.
    let tenure: [Double]
    let dimensions: [Double]
    let occupancy: [Double]
    let disabledShare: Double
    /// The practices that people here go to, and how many to each.
    var practices: [(index: Int, weight: Double)] = []
    var hospital = 0

    var residents: Double { ages.reduce(0) { $0 + $1.reduce(0, +) } }
  }

  struct Practice: Sendable {
    let code: String
    let name: String
    let position: PlanePoint
    let postcode: String
    let size: Double
  }

  struct Hospital: Sendable {
    /// The provider's code.
    let code: String
    let name: String
    let position: PlanePoint
  }

  struct District: Sendable {
    let code: String
    let name: String
  }

  let name: String
  let kind: String
  let code: String
  var areas: [Area]
  let practices: [Practice]
  let hospitals: [Hospital]
  let districts: [District]
  /// For each area, all areas by distance, itself first: the twenty nearest.
  private(set) var nearest: [[Int]] = []

  init(
    name: String, kind: String, code: String, areas: [Area], practices: [Practice],
    hospitals: [Hospital], districts: [District]
  ) {
    self.name = name
    self.kind = kind
    self.code = code
    self.areas = areas
    self.practices = practices
    self.hospitals = hospitals
    self.districts = districts
    nearest = areas.map { area in
      Array(
        areas.indices.map { (areas[$0].position.distance(to: area.position), $0) }
          .sorted { $0 < $1 }.prefix(20).map(\.1))
    }
    for index in areas.indices {
      let here = areas[index].position
      // People go to a practice near them; a large one draws from further away.
      self.areas[index].practices = practices.indices
        .map { (practices[$0].position.distance(to: here), $0) }
        .sorted { $0 < $1 }.prefix(4)
        .map { ($0.1, practices[$0.1].size.squareRoot() / ($0.0 + 0.6) / ($0.0 + 0.6)) }
      self.areas[index].hospital =
        hospitals.indices.min {
          hospitals[$0].position.distance(to: here) < hospitals[$1].position.distance(to: here)
        } ?? 0
    }
  }
}

extension PlaceFrame {
  /// The fictional place as ground to put people on.
  init(_ place: FictionalPlace) {
    let positions = place.land.areas.map { Position.degrees($0.site) }
    let areas = place.land.areas.indices.map { index in
      let (area, counts) = (place.land.areas[index], place.people.counts[index])
      return Area(
        code: place.areaCode(index), district: area.district, decile: counts.deciles[0],
        position: area.site,
        longitude: positions[index].longitude, latitude: positions[index].latitude,
        ages: [counts.female.map(Double.init), counts.male.map(Double.init)],
        ethnicGroups: counts.ethnicGroups.map(Double.init),
        tenure: counts.tenure.map(Double.init), dimensions: counts.dimensions.map(Double.init),
        occupancy: counts.occupancy.map(Double.init),
        disabledShare: Double(counts.disabled) / Double(max(1, counts.residents)))
    }
    let hospitals = place.services.places.filter { $0.type == "hospital" }
    self.init(
      name: FictionalPlace.name, kind: FictionalPlace.kind, code: FictionalPlace.code,
      areas: areas,
      practices: place.services.practices.map {
        Practice(
          code: $0.code, name: $0.name, position: $0.position, postcode: $0.postcode,
          size: Double($0.patients))
      },
      hospitals: hospitals.enumerated().map {
        Hospital(
          code: "ZH\($0.offset + 1)", name: $0.element.name, position: $0.element.position)
      },
      districts: place.land.towns.indices.map {
        District(code: place.districtCode($0), name: place.land.towns[$0].name)
      })
  }
}
