#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The people of one small area, their homes, and who was born, came, moved, left or died over the
/// years: everything but health.
///
/// It follows from the seed and the area alone, so that it can be made again, on any thread, when it
/// is needed: once to count, and once to write.
struct AreaLives {
  let ground: Ground
  let area: Int
  /// How many people live here on the first day.
  let residents: Int
  var people: [Person] = []
  var households: [Household] = []
  /// Those who live here on the first day come first.
  private(set) var firstPeople = 0
  var twins: [(Int, Int)] = []
  /// Households that move within the place, and when; where to is decided for all areas together.
  var moving: [Int: [Day]] = [:]
  var random: SeededGenerator

  /// What all areas share.
  struct Ground: Sendable {
    let frame: PlaceFrame
    let parameters: Parameters
    let names: NameLists
    let timeline: Timeline
    let seed: UInt64
    /// The ethnic categories of each group, to choose from.
    let categories: [WeightedChoice]
    let categoryNumbers: [[Int]]

    init(
      frame: PlaceFrame, parameters: Parameters, names: NameLists, timeline: Timeline, seed: UInt64
    ) {
      self.frame = frame
      self.parameters = parameters
      self.names = names
      self.timeline = timeline
      self.seed = seed
      let all = parameters.life.ethnicCategories
      categoryNumbers = parameters.ethnicGroups.indices.map { group in
        all.indices.filter { all[$0].group == group }
      }
      categories = categoryNumbers.map { WeightedChoice($0.map { all[$0].percent }) }
    }

    func group(of category: Int) -> Int { parameters.life.ethnicCategories[category].group }

    /// Whether a small area has a care home.
    func hasCareHome(_ area: Int) -> Bool {
      // Every so many areas, so that a small place has its share too.
      var random = SeededGenerator(seed: seed, purpose: "care homes")
      let share = parameters.life.areasWithCareHome / 100
      let position = Double(area) * share + random.uniform()
      return (position + share).rounded(.down) > position.rounded(.down)
    }

    /// The area of the care home that people of an area go to.
    func careHome(near area: Int) -> Int {
      frame.nearest[area].first { hasCareHome($0) } ?? area
    }
  }

  var life: LifeParameters { ground.parameters.life }
  var here: PlaceFrame.Area { ground.frame.areas[area] }
  var start: Day { ground.timeline.start }

  init(_ ground: Ground, area: Int, residents: Int) {
    self.ground = ground
    self.area = area
    self.residents = residents
    random = SeededGenerator(seed: ground.seed, purpose: "lives", index: area)
    settle()
    firstPeople = people.count
    passYears()
  }

  // MARK: The first day

  private mutating func settle() {
    let weights = here.ages[0] + here.ages[1]
    let counts = apportion(residents, weights)
    var bySex: [[Int]] = [[], []]
    for (cell, count) in counts.enumerated() {
      let (sex, band) = (cell / 19, cell % 19)
      for _ in 0..<count {
        bySex[sex].append(people.count)
        people.append(
          Person(
            birth: birthday(band: band), sex: sex == 0 ? .female : .male, ethnicity: 0,
            household: -1, arrival: start, exit: ground.timeline.end))
      }
    }
    makeTwins()
    var homes = HomeMaker(
      ground: ground, area: area, people: people, twins: twins,
      residentsExpected: here.residents, random: random)
    homes.makeHomes()
    households = homes.households
    people = homes.people
    random = homes.random
    allotEthnicGroups()
    allotTenure()
    allotRooms()
    allotDimensions()
    allotDisability()
    for household in households.indices { name(household) }
    for index in people.indices {
      people[index].tendencies = drawTendencies()
      people[index].practice = choosePractice(people[index].household)
    }
  }

  private mutating func birthday(band: Int) -> Day {
    var days = random.below(1_826)
    if band == 18 {
      // Those of 90 and over thin out quickly; nobody is older than 108.
      days = min(6_570, Int(random.exponential(mean: 1_000)))
    }
    return start - (band * 1_826 + band / 2 + days + 1)
  }

  /// Gives some children of about the same age the same day of birth.
  private mutating func makeTwins() {
    let children = people.indices.filter { people[$0].age(on: start) < 18 }
      .sorted { (people[$0].birth, $0) < (people[$1].birth, $1) }
    var index = 0
    while index + 1 < children.count {
      let (first, second) = (children[index], children[index + 1])
      if (start - people[first].birth) / 1_826 == (start - people[second].birth) / 1_826,
        random.chance(life.twins / 100)
      {
        people[second].birth = people[first].birth
        twins.append((first, second))
        index += 1
      }
      index += 1
    }
  }

  mutating func drawTendencies() -> Tendencies {
    Tendencies(random.normal(), random.normal(), random.normal(), random.normal())
  }

  // MARK: What is allotted so that the area's numbers come out

  private mutating func allotEthnicGroups() {
    var left = apportion(people.count, here.ethnicGroups).map(Double.init)
    let mixedGroup = ground.parameters.ethnicGroups.firstIndex { $0.id == "mixed" } ?? 0
    let white = ground.parameters.ethnicGroups.firstIndex { $0.id == "white" } ?? 0
    for household in households.indices.shuffled(using: &random) {
      let members = households[household].members
      let ages = members.map { people[$0].age(on: start) }
      let oldest = ages.max() ?? 40
      // A household goes to a group that has room for most of it.
      var weights = left.map { $0 >= 0.6 * Double(members.count) ? $0 : 0.05 * max(0, $0) }
      for group in weights.indices where group != white {
        // Households of minority ethnic groups are younger and larger (Census 2021).
        weights[group] *= oldest >= 65 ? 0.45 : oldest < 45 ? 1.25 : 1
        weights[group] *= members.count >= 5 ? 2.2 : members.count == 1 ? 0.6 : 1
      }
      let group = random.pick(weights)
      for member in members {
        var own = group
        if members.count > 1, random.chance(life.mixed / 100) {
          own = ages[0] >= 16 && people[member].age(on: start) < 16 ? mixedGroup : random.pick(left)
          if left[own] < 1 { own = group }
        }
        left[own] -= 1
        people[member].ethnicity = category(of: own)
      }
    }
    settleEthnicGroups(left)
  }

  /// Moves people from groups that have too many to those that have too few: those on their own first,
  /// so that families stay together.
  private mutating func settleEthnicGroups(_ left: [Double]) {
    var left = left
    guard left.contains(where: { $0 < 0 }) else { return }
    let candidates = people.indices.shuffled(using: &random)
      .map { (households[people[$0].household].members.count, $0) }
      .enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
      .map(\.element.1)
    for person in candidates {
      let group = ground.group(of: people[person].ethnicity)
      guard left[group] < 0, let other = left.indices.max(by: { left[$0] < left[$1] }),
        left[other] >= 1
      else { continue }
      people[person].ethnicity = category(of: other)
      left[group] += 1
      left[other] -= 1
    }
  }

  private mutating func category(of group: Int) -> Int {
    ground.categoryNumbers[group][ground.categories[group].pick(&random)]
  }

  /// Shares whole numbers out over homes: each home takes one of what is left, as likely as it suits.
  private mutating func allot(
    _ shares: [Double], _ suits: (Household, Int) -> Double, _ take: (inout Household, Int) -> Void
  ) {
    let private_ = households.indices.filter { households[$0].kind != .careHome }
    var left = apportion(private_.count, shares).map(Double.init)
    for household in private_.shuffled(using: &random) {
      let weights = left.indices.map { left[$0] * suits(households[household], $0) }
      var choice = random.pick(weights)
      if left[choice] <= 0 { choice = left.firstIndex { $0 > 0 } ?? choice }
      left[choice] -= 1
      take(&households[household], choice)
    }
  }

  private mutating func allotTenure() {
    let leans = ground.parameters.tenure.map { life.tenureLeans[$0.id] ?? .init() }
    let landlord = ground.parameters.tenure.firstIndex { $0.id == "landlord" } ?? 0
    let people = people
    let start = start
    allot(here.tenure) { household, tenure in
      if household.kind == .students { return tenure == landlord ? 1_000 : 0.001 }
      let oldest = household.members.map { people[$0].age(on: start) }.max() ?? 40
      let lean = leans[tenure]
      return lean.age[oldest < 35 ? 0 : oldest < 65 ? 1 : 2]
        * (household.isLoneParent ? lean.loneParent : 1)
    } _: {
      $0.tenure = $1
    }
  }

  private mutating func allotRooms() {
    let names = ground.parameters.tenure.map(\.id)
    allot(here.occupancy) { household, rating in
      let size = Double(household.members.count)
      let owned =
        names[household.tenure] == "owned_outright" || names[household.tenure] == "mortgage"
      // Ratings run from two rooms to spare to two too few; the larger the household, the fewer.
      let lean =
        (size - 2.2) * (Double(rating) - 1.5) * 0.45 + (owned ? -0.5 : 0.5) * Double(rating)
      if rating >= 3, size < 3 { return 0.02 }
      return exp(lean)
    } _: {
      $0.spareRooms = 2 - $1
      let needed = max(1, ($0.members.count + 1) / 2 + ($0.members.count > 3 ? 1 : 0))
      $0.bedrooms = max(1, needed + $0.spareRooms)
    }
  }

  private mutating func allotDimensions() {
    let tenures = ground.parameters.tenure.map(\.id)
    let people = people
    let start = start
    allot(here.dimensions) { household, dimensions in
      let tenure = tenures[household.tenure]
      var lean = tenure == "council" || tenure == "social" ? 0.8 : tenure == "mortgage" ? -0.5 : 0
      if household.isLoneParent { lean += 0.4 }
      if household.members.count == 1, people[household.members[0]].age(on: start) >= 65 {
        lean += 0.3
      }
      return exp(lean * (Double(dimensions) - 0.8))
    } _: {
      $0.dimensions = $1
    }
  }

  private mutating func allotDisability() {
    // Disabled under the Equality Act: steeply with age (Census 2021), and with deprivation.
    let weights = people.indices.map { index -> Double in
      let age = Double(people[index].age(on: start))
      let household = people[index].household
      return (0.25 + pow(age / 60, 2)) * (1 + 0.35 * Double(households[household].dimensions))
    }
    let scale = here.disabledShare * Double(people.count) / max(1e-9, weights.reduce(0, +))
    for index in people.indices {
      people[index].isDisabled = random.chance(min(0.95, weights[index] * scale))
    }
  }

  // MARK: Names

  mutating func name(_ household: Int) {
    let kind = households[household].kind
    let members = households[household].members
    guard let first = members.first else { return }
    func list(_ person: Int) -> String { life.ethnicCategories[people[person].ethnicity].names }
    func surnames(_ list: String) -> String { list == "white" ? "british" : list }
    let family = ground.names.surname(surnames(list(first)), &random)
    for (position, member) in members.enumerated() {
      let person = people[member]
      let names = list(member)
      people[member].forename = ground.names.forename(
        names, person.sex, bornIn: person.birth.year, &random)
      let isChild =
        households[household].isCouple
        ? position >= 2 : households[household].isLoneParent && position >= 1
      let own =
        kind != .family || (!isChild && position > 0)
        ? ground.names.surname(surnames(names), &random) : family
      people[member].birthSurname = own
      people[member].surname = own
      if households[household].isCouple, position == 1,
        random.chance(life.married / 100 * life.sharedSurname / 100)
      {
        // A partner who took the other's name.
        people[member].surname = family
      }
    }
  }

  // MARK: Practices

  private mutating func choosePractice(_ household: Int) -> Int {
    // Most of a household are with the practice of the first.
    if let first = households[household].members.first, people[first].household == household,
      people[first].practice > 0, random.chance(0.9)
    {
      return people[first].practice
    }
    return practice(of: area)
  }

  /// Practices are numbered from 1 here, so that 0 is nobody's.
  private mutating func practice(of area: Int) -> Int {
    let near = ground.frame.areas[area].practices
    return near[random.pick(near.map(\.weight))].index + 1
  }
}
