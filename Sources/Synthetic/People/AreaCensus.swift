/// The numbers of one small area on the first day, counted from its people.
struct AreaCensus: Sendable {
  /// Residents by five-year band, female and male.
  var ages = [Array(repeating: 0, count: 19), Array(repeating: 0, count: 19)]
  var ethnicGroups: [Int]
  var tenure: [Int]
  var dimensions = Array(repeating: 0, count: 5)
  var occupancy = Array(repeating: 0, count: 5)
  var disabled = 0
  /// Private homes with 1, 2, 3, 4, 5, and 6 and more members.
  var sizes = Array(repeating: 0, count: 6)
  var twins = 0
  var inCareHomes = 0
  /// Residents by single year of age (to 110), sex and ethnic group.
  var cells: [Int32]
  /// Patients of each practice that people here are with: all, 18 and over, 65 and over.
  var practices: [Int: (all: Int, over18: Int, over65: Int)] = [:]
  /// Everybody who is ever here, and the homes there are.
  var people = 0
  var homes = 0
  /// Households that move within the place, and what kind of tenure they have.
  var moving: [(household: Int, day: Day, dwelling: Int, sector: Int)] = []

  static let oldest = 110

  init(_ lives: AreaLives) {
    let parameters = lives.ground.parameters
    let groups = parameters.ethnicGroups.count
    ethnicGroups = Array(repeating: 0, count: groups)
    tenure = Array(repeating: 0, count: parameters.tenure.count)
    cells = Array(repeating: 0, count: (Self.oldest + 1) * 2 * groups)
    let start = lives.ground.timeline.start
    for person in lives.people.prefix(lives.firstPeople) {
      let age = min(Self.oldest, person.age(on: start))
      let sex = person.sex.index
      let group = lives.ground.group(of: person.ethnicity)
      ages[sex][min(18, age / 5)] += 1
      ethnicGroups[group] += 1
      disabled += person.isDisabled ? 1 : 0
      cells[Self.cell(age: age, sex: sex, group: group, groups: groups)] += 1
      practices[person.practice - 1, default: (0, 0, 0)].all += 1
      if age >= 18 { practices[person.practice - 1]?.over18 += 1 }
      if age >= 65 { practices[person.practice - 1]?.over65 += 1 }
    }
    // Those who come later live in the same homes.
    for household in lives.households
    where household.members.contains(where: { $0 < lives.firstPeople }) {
      let size = household.members.filter { $0 < lives.firstPeople }.count
      switch household.kind {
      case .careHome: inCareHomes += size
      case .family, .students:
        sizes[min(6, size) - 1] += 1
        tenure[household.tenure] += 1
        dimensions[household.dimensions] += 1
        occupancy[2 - household.spareRooms] += 1
        homes = max(homes, household.dwelling + 1)
      }
    }
    twins = lives.twins.filter { $0.1 < lives.firstPeople }.count
    people = lives.people.count
    moving = lives.moving.sorted { $0.key < $1.key }.flatMap { index, days in
      let household = lives.households[index]
      let sector = SocialParameters.Sector(tenure: parameters.tenure[household.tenure].id)
      return days.map { (index, $0, household.dwelling, sector.rawValue) }
    }
  }

  static func cell(age: Int, sex: Int, group: Int, groups: Int) -> Int {
    (age * 2 + sex) * groups + group
  }

  var residents: Int { ages[0].reduce(0, +) + ages[1].reduce(0, +) }
}

/// Who moves where: households that move in the same month change homes with each other within their
/// tenure, mostly near, so that no home is left over and none has two households.
struct MovePlan: Sendable {
  /// The homes that households of each area move to, by household.
  let moves: [[Int: [Household.Move]]]

  init(_ censuses: [AreaCensus], _ ground: AreaLives.Ground) {
    struct Mover {
      let area: Int
      let household: Int
      let day: Day
      let key: Int
    }
    // Where each household that moves lives now.
    var homes: [[Int: Home]] = Array(repeating: [:], count: censuses.count)
    var groups: [[Mover]] = Array(repeating: [], count: (ground.timeline.months + 1) * 3)
    for (area, census) in censuses.enumerated() {
      var random = SeededGenerator(seed: ground.seed, purpose: "moves", index: area)
      let here = ground.frame.areas[area].position
      for one in census.moving {
        let key = Self.key(
          PlanePoint(x: here.x + 4 * random.normal(), y: here.y + 4 * random.normal()))
        homes[area][one.household] = Home(area: area, dwelling: one.dwelling)
        groups[ground.timeline.month(one.day) * 3 + one.sector].append(
          Mover(area: area, household: one.household, day: one.day, key: key))
      }
    }
    var moves: [[Int: [Household.Move]]] = Array(repeating: [:], count: censuses.count)
    // Months in order: each goes to the home that the next in the group leaves.
    for group in groups where group.count > 1 {
      let sorted = group.sorted {
        ($0.key, $0.area, $0.household) < ($1.key, $1.area, $1.household)
      }
      let left = sorted.compactMap { homes[$0.area][$0.household] }
      for (index, mover) in sorted.enumerated() {
        let home = left[(index + 1) % left.count]
        homes[mover.area][mover.household] = home
        moves[mover.area][mover.household, default: []].append(
          // All on one day, so that no home has two households.
          Household.Move(
            day: Day.first(ofMonth: mover.day.monthNumber) + 14, home: home))
      }
    }
    self.moves = moves
  }

  /// A position on a curve that keeps what is near together (Morton order, in kilometres).
  private static func key(_ point: PlanePoint) -> Int {
    func spread(_ value: Double) -> Int {
      var bits = Int(max(0, min(32_767, value + 16_384)))
      bits = (bits | (bits << 8)) & 0x00FF_00FF
      bits = (bits | (bits << 4)) & 0x0F0F_0F0F
      bits = (bits | (bits << 2)) & 0x3333_3333
      return (bits | (bits << 1)) & 0x5555_5555
    }
    return spread(point.x) | spread(point.y) << 1
  }
}
