/// Surgeries, networks, hospitals, libraries and community places of the fictional place.
struct Services {
  struct Practice {
    let code: String
    let name: String
    let network: Int
    let area: Int
    let position: PlanePoint
    let postcode: String
    var patients: Int
    var patientsOver65: Int
    var patientsOver18: Int
  }

  struct Place {
    let type: String
    let id: String
    let name: String
    let area: Int
    let position: PlanePoint
    let postcode: String
  }

  var practices: [Practice] = []
  private(set) var places: [Place] = []
  let networkNames: [String]

  init(_ land: Land, _ people: AreaPeople, wards: [String], seed: UInt64) {
    var random = SeededGenerator(seed: seed, purpose: "services")
    // One practice for about five small areas, near the middle of towns.
    let wanted = max(6, land.areas.count / 5)
    // Sorted by a key drawn once: comparing with new random numbers each time is no order at all.
    let keys = land.areas.map { $0.remoteness + 0.9 * random.uniform() }
    let sites = land.areas.indices.sorted { keys[$0] < keys[$1] }
    let step = max(1, land.areas.count / wanted)
    let chosen = sites.enumerated().filter { $0.offset % step == 0 }.map(\.element).prefix(wanted)
    let members = chosen.sorted()
    let numbers = Self.networks(land, members)
    let names = numbers.names
    networkNames = names.indices.map { "\(names[$0]) Network" }
    let lists = Self.lists(land, people, members)
    for (index, area) in members.enumerated() {
      let ward = wards[land.areas[area].ward]
      let kinds = ["Surgery", "Medical Centre", "Practice", "Health Centre"]
      practices.append(
        Practice(
          code: "Z\(Self.digits(index + 1, 5))", name: "\(ward) \(kinds[index % 4])",
          network: numbers.members[index], area: area,
          position: Self.near(land.areas[area].site, &random),
          postcode: Self.postcode(land.areas[area], &random), patients: lists[index].all,
          patientsOver65: lists[index].over65, patientsOver18: lists[index].over18))
    }
    places = practices.map {
      Place(
        type: "gp_practice", id: $0.code, name: $0.name, area: $0.area, position: $0.position,
        postcode: $0.postcode)
    }
    addPlaces(land, wards, &random)
  }

  private mutating func addPlaces(
    _ land: Land, _ wards: [String], _ random: inout SeededGenerator
  ) {
    for (district, town) in land.towns.enumerated() {
      let members = land.areas.indices.filter { land.areas[$0].district == district }
        .sorted { land.areas[$0].remoteness < land.areas[$1].remoteness }
      func add(_ type: String, _ title: String, at share: Double) {
        guard !members.isEmpty else { return }
        let area = members[min(members.count - 1, Int(share * Double(members.count)))]
        places.append(
          Place(
            type: type, id: "\(type)-\(places.count)", name: title, area: area,
            position: Self.near(land.areas[area].site, &random),
            postcode: Self.postcode(land.areas[area], &random)))
      }
      func ward(_ share: Double) -> String {
        guard !members.isEmpty else { return town.name }
        return wards[land.areas[members[Int(share * Double(members.count - 1))]].ward]
      }
      if town.reach > 3 { add("hospital", "\(town.name) General Hospital", at: 0.25) }
      add("library", "\(town.name) Library", at: 0.05)
      add("library", "\(ward(0.6)) Library", at: 0.6)
      add("community_centre", "\(ward(0.3)) Community Centre", at: 0.3)
      add("community_centre", "\(ward(0.75)) Village Hall", at: 0.75)
      add("food_bank", "\(town.name) Pantry", at: 0.12)
      add("leisure_centre", "\(town.name) Baths and Gym", at: 0.2)
      add("park", "\(ward(0.45)) Park", at: 0.45)
    }
  }

  /// Networks of about five practices that lie together within a district.
  private static func networks(
    _ land: Land, _ members: [Int]
  ) -> (members: [Int], names: [String]) {
    var numbers = Array(repeating: 0, count: members.count)
    var names: [String] = []
    for district in land.towns.indices {
      let own = members.indices.filter { land.areas[members[$0]].district == district }
        .sorted { land.areas[members[$0]].site.y < land.areas[members[$1]].site.y }
      let count = max(1, (own.count + 2) / 5)
      for part in 0..<count where !own.isEmpty {
        let from = own.count * part / count
        let to = own.count * (part + 1) / count
        for index in own[from..<to] { numbers[index] = names.count }
        let sides = count == 1 ? [""] : ["South ", "Central ", "North ", "Upper ", "Far "]
        names.append("\(sides[min(part, sides.count - 1)])\(land.towns[district].name)")
      }
    }
    return (numbers, names)
  }

  /// The residents of each small area on the lists of the two nearest practices, a little more than
  /// there are, as lists have it.
  private static func lists(
    _ land: Land, _ people: AreaPeople, _ members: [Int]
  ) -> [(all: Int, over65: Int, over18: Int)] {
    var lists = members.map { _ in (all: 0, over65: 0, over18: 0) }
    for (index, area) in land.areas.enumerated() {
      let nearest = members.indices.sorted {
        area.site.distance(to: land.areas[members[$0]].site)
          < area.site.distance(to: land.areas[members[$1]].site)
      }.prefix(2)
      let counts = people.counts[index]
      let ages = zip(counts.female, counts.male).map { Double($0 + $1) * 1.013 }
      for (practice, share) in zip(nearest, nearest.count == 1 ? [1.0] : [0.68, 0.32]) {
        lists[practice].all += Int((ages.reduce(0, +) * share).rounded())
        lists[practice].over65 += Int((ages.suffix(6).reduce(0, +) * share).rounded())
        // Two fifths of those aged 15 to 19 are 18 or 19.
        lists[practice].over18 += Int(
          ((ages.dropFirst(4).reduce(0, +) + 0.4 * ages[3]) * share).rounded())
      }
    }
    return lists
  }

  private static func near(_ point: PlanePoint, _ random: inout SeededGenerator) -> PlanePoint {
    PlanePoint(x: point.x + 0.05 * random.normal(), y: point.y + 0.05 * random.normal())
  }

  /// Postcodes of an area that Royal Mail does not use: ZZ.
  private static func postcode(_ area: Land.SmallArea, _ random: inout SeededGenerator) -> String {
    let letters = Array("ABDEFGHJLNPQRSTUWXYZ")
    let pair = (0..<2).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
    return "ZZ\(area.district + 1) \(1 + area.ward % 9)\(String(pair))"
  }

  static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
