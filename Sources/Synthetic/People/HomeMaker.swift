#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Puts the people of one small area into homes: couples, parents and children, people on their own,
/// sharers, student houses and care homes, as many homes as the area has.
struct HomeMaker {
  let ground: AreaLives.Ground
  let area: Int
  var people: [Person]
  /// The other of each twin.
  private let otherTwin: [Int: Int]
  let residentsExpected: Double
  var random: SeededGenerator
  private(set) var households: [Household] = []

  private var life: LifeParameters { ground.parameters.life }
  private var here: PlaceFrame.Area { ground.frame.areas[area] }
  private var start: Day { ground.timeline.start }

  init(
    ground: AreaLives.Ground, area: Int, people: [Person], twins: [(Int, Int)],
    residentsExpected: Double, random: SeededGenerator
  ) {
    otherTwin = Dictionary(
      twins.flatMap { [($0.0, $0.1), ($0.1, $0.0)] }, uniquingKeysWith: { first, _ in first })
    self.ground = ground
    self.area = area
    self.people = people
    self.residentsExpected = residentsExpected
    self.random = random
  }

  mutating func makeHomes() {
    let ages = people.map { $0.age(on: start) }
    var free = Set(people.indices)
    makeCareHome(ages, &free)
    makeStudentHouses(ages, &free)
    let adults = free.filter { ages[$0] >= 16 }.sorted()
    var children = free.filter { ages[$0] < 16 }.sorted()
    let couples = makeCouples(adults, ages)
    let coupled = Set(couples.flatMap { [$0.0, $0.1] })
    var single = adults.filter { !coupled.contains($0) }
    // Grown children who live with their parents.
    var withParents: [Int] = []
    single.removeAll { person in
      guard let band = LifeParameters.band(ages[person], from: LifeParameters.parentAges),
        ages[person] < 35
      else { return false }
      let single = 1 - life.couple[people[person].sex.index][min(3, band)] / 100
      let share = life.withParents[people[person].sex.index][band] / 100 / max(0.2, single)
      guard random.chance(min(0.98, share)) else { return false }
      withParents.append(person)
      return true
    }
    for (first, second) in couples { add([first, second], isCouple: true) }
    children += withParents
    single = findParents(children, single, ages)
    houseSingles(single, ages)
    number()
  }

  private mutating func add(
    _ members: [Int], _ kind: Household.Kind = .family, loneParent: Bool = false,
    isCouple: Bool = false
  ) {
    for member in members { people[member].household = households.count }
    households.append(
      Household(
        kind: kind, members: members, dwelling: 0, isLoneParent: loneParent,
        isCouple: isCouple))
  }

  private mutating func makeCareHome(_ ages: [Int], _ free: inout Set<Int>) {
    guard ground.hasCareHome(area) else { return }
    // The few areas with a home have the residents of all.
    let factor = 100 / life.areasWithCareHome
    let members = people.indices.filter { person in
      guard ages[person] >= 65 else { return false }
      let share = life.careHome[ages[person] >= 85 ? 2 : ages[person] >= 75 ? 1 : 0] / 100
      return random.chance(min(0.8, share * factor))
    }
    guard members.count > 1 else { return }
    add(members, .careHome)
    free.subtract(members)
  }

  private mutating func makeStudentHouses(_ ages: [Int], _ free: inout Set<Int>) {
    let young = here.ages[0][3] + here.ages[0][4] + here.ages[1][3] + here.ages[1][4]
    let usual = (ground.parameters.agePercent[3] + ground.parameters.agePercent[4]) / 100
    guard young / max(1, here.residents) > 2 * usual else { return }
    var students = free.filter { (18...21).contains(ages[$0]) }.sorted()
    students.removeAll { _ in !random.chance(life.studentHouses / 100) }
    students.shuffle(using: &random)
    while students.count >= 3 {
      let size = Int(life.studentHouseSize[random.below(life.studentHouseSize.count)])
      let members = Array(students.prefix(size))
      students.removeFirst(members.count)
      add(members, .students)
      free.subtract(members)
    }
  }

  /// Pairs of about the same age: people who live as a couple, sorted by age with some disorder.
  private mutating func makeCouples(_ adults: [Int], _ ages: [Int]) -> [(Int, Int)] {
    var willing: [[(key: Double, person: Int)]] = [[], []]
    var same: [[(key: Double, person: Int)]] = [[], []]
    for person in adults {
      let sex = people[person].sex.index
      guard let band = LifeParameters.band(ages[person], from: LifeParameters.coupleAges),
        random.chance(life.couple[sex][band] / 100)
      else { continue }
      let years = people[person].years(on: start)
      // Men are some two years older than their wives (ONS, marriages).
      let key = years - (sex == 1 ? 2.2 : 0) + 2.5 * random.normal()
      if random.chance(life.sameSex / 100) {
        same[sex].append((years, person))
      } else {
        willing[sex].append((key, person))
      }
    }
    for sex in 0...1 {
      willing[sex].sort { ($0.key, $0.person) < ($1.key, $1.person) }
      same[sex].sort { ($0.key, $0.person) < ($1.key, $1.person) }
    }
    var couples: [(Int, Int)] = []
    for sex in 0...1 {
      for index in stride(from: 0, to: same[sex].count - 1, by: 2) {
        couples.append((same[sex][index].person, same[sex][index + 1].person))
      }
    }
    var (woman, man) = (0, 0)
    while woman < willing[0].count, man < willing[1].count {
      let gap = willing[0][woman].key - willing[1][man].key
      if abs(gap) < 9 {
        couples.append((willing[1][man].person, willing[0][woman].person))
        woman += 1
        man += 1
      } else if gap > 0 {
        man += 1
      } else {
        woman += 1
      }
    }
    return couples
  }

  /// Gives each child a mother of a fitting age, in a couple or alone, or a father alone.
  ///
  /// - Returns: the single people who did not become parents.
  private mutating func findParents(
    _ children: [Int], _ single: [Int], _ ages: [Int]
  ) -> [Int] {
    struct Parent {
      let person: Int
      /// The household of a couple, or -1.
      var household: Int
      var children: [Int] = []
      var weight: Double
    }
    var parents: [Parent] = []
    for (index, household) in households.enumerated()
    where household.kind == .family && household.members.count == 2 {
      let mother =
        household.members.first { people[$0].sex == .female } ?? household.members[0]
      let hasMother = people[mother].sex == .female
      parents.append(Parent(person: mother, household: index, weight: hasMother ? 1 : 0.1))
    }
    // Lone parents: as many among the single as make their share of families.
    let odds = life.loneParents / (100 - life.loneParents)
    let couplesOfAge = Double(parents.filter { (20...64).contains(ages[$0.person]) }.count)
    for sex in 0...1 {
      let share = sex == 0 ? 100 - life.loneFathers : life.loneFathers
      let candidates = single.filter {
        people[$0].sex.index == sex && (18...74).contains(ages[$0])
      }
      let wanted = couplesOfAge * odds * share / 100
      for person in candidates where random.chance(wanted / Double(max(1, candidates.count))) {
        parents.append(Parent(person: person, household: -1, weight: 1.2))
      }
    }
    var byAge: [[Int]] = Array(repeating: [], count: 121)
    for (index, parent) in parents.enumerated() {
      byAge[min(120, ages[parent.person])].append(index)
    }
    var orphans: [Int] = []
    var parentOf: [Int: Int] = [:]
    for child in children.sorted(by: { (people[$0].birth, $0) < (people[$1].birth, $1) }) {
      var chosen = otherTwin[child].flatMap { parentOf[$0] }
      for attempt in 0..<12 where chosen == nil {
        let gap = life.motherAge.mean + life.motherAge.spread * random.normal()
        let years = people[child].years(on: start) + min(45, max(16, gap))
        let spread = attempt / 3
        let low = max(16, min(119, Int(years) - spread))
        let candidates = (low...min(120, Int(years) + spread)).flatMap { byAge[$0] }
        guard !candidates.isEmpty else { continue }
        let weights = candidates.map { index -> Double in
          let parent = parents[index]
          guard parent.children.count < 6 else { return 0 }
          // Nine months and more between children.
          let close = parent.children.contains {
            abs(people[$0].birth - people[child].birth) < 300
          }
          if close { return 0 }
          return parent.weight * [1, 1.5, 0.45, 0.2, 0.1, 0.06][parent.children.count]
        }
        guard weights.contains(where: { $0 > 0 }) else { continue }
        chosen = candidates[random.pick(weights)]
      }
      if let chosen {
        parents[chosen].children.append(child)
        parentOf[child] = chosen
      } else {
        orphans.append(child)
      }
    }
    var became = Set<Int>()
    for parent in parents where !parent.children.isEmpty {
      if parent.household >= 0 {
        for child in parent.children {
          households[parent.household].members.append(child)
          people[child].household = parent.household
        }
      } else {
        became.insert(parent.person)
        add([parent.person] + parent.children, loneParent: true)
      }
    }
    // Children whom nobody suits live with others who have some: grandparents, carers.
    let families = households.indices.filter {
      households[$0].isCouple || households[$0].isLoneParent
    }
    for child in orphans {
      guard ages[child] < 18, !families.isEmpty else { continue }
      let home = families[random.below(families.count)]
      households[home].members.append(child)
      people[child].household = home
    }
    return single.filter { !became.contains($0) } + orphans.filter { people[$0].household < 0 }
  }

  /// People on their own and sharers, so that there are as many homes as the area has.
  private mutating func houseSingles(_ single: [Int], _ ages: [Int]) {
    let homes = here.tenure.reduce(0, +)
    let expected = Int((homes * Double(people.count) / max(1, residentsExpected)).rounded())
    let wanted = max(0, expected - households.filter { $0.kind != .careHome }.count)
    var alone = single.shuffled(using: &random)
    // The young share first.
    alone.sort { sharing(ages[$0]) > sharing(ages[$1]) }
    var sharers: [Int] = []
    var rest = alone[...]
    while rest.count + (sharers.count + 1) * 6 / 15 > max(wanted, 1), let next = rest.popFirst() {
      sharers.append(next)
    }
    while !sharers.isEmpty {
      // Two as a rule, up to four.
      let members = Array(sharers.prefix([2, 2, 2, 2, 3, 4][random.below(6)]))
      sharers.removeFirst(members.count)
      add(members)
    }
    for person in rest { add([person]) }
  }

  private func sharing(_ age: Int) -> Int { age < 35 ? 3 : age < 50 ? 2 : age < 65 ? 1 : 0 }

  /// Numbers the homes in an order that says nothing about who lives there.
  private mutating func number() {
    var next = 0
    var careHomes = 0
    for household in households.indices.shuffled(using: &random) {
      if households[household].kind == .careHome {
        households[household].dwelling = Home.careHome + careHomes
        careHomes += 1
      } else {
        households[household].dwelling = next
        next += 1
      }
    }
  }
}
