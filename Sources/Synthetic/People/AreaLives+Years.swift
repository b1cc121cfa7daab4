#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the years bring: births, deaths, care homes, moves, departures and arrivals.
extension AreaLives {
  mutating func passYears() {
    for household in 0..<households.count { passYears(household) }
  }

  private mutating func passYears(_ household: Int) {
    let kind = households[household].kind
    let tenure = ground.parameters.tenure[households[household].tenure].id
    var leaving: Day?
    // Leaving the place, all together; others like them come into the home.
    if kind != .careHome {
      let yearly = (kind == .students ? life.leaving.students : life.leaving.percent) / 100
      let days = random.exponential(mean: 365.25 / yearly)
      let day = start + 1 + Int(min(days, 30_000))
      if day < ground.timeline.end { leaving = day }
    }
    if let leaving { replace(household, on: leaving) }
    live(household, leaving: leaving)
    // Moving within the place.
    if kind == .family, leaving == nil {
      let last = households[household].members.map { people[$0].exit }.max() ?? start
      var day = start
      while true {
        let days = random.exponential(mean: 36_525 / max(0.1, life.moves[tenure] ?? 0))
        day = day + 60 + Int(min(days, 20_000))
        guard day < last, day < ground.timeline.end - 30 else { break }
        moving[household, default: []].append(day)
      }
    }
  }

  /// Death and care homes of those who are there, then the children of those who live to have them.
  private mutating func live(_ household: Int, leaving: Day?) {
    let adults = households[household].members
    for member in adults { age(member) }
    bear(household, leaving: leaving)
    for member in households[household].members.dropFirst(adults.count) { age(member) }
  }

  mutating func move(_ household: Int, _ moves: [Household.Move]) {
    households[household].moves = moves
  }

  /// The household leaves, and one like it comes a little later.
  private mutating func replace(_ household: Int, on day: Day) {
    let old = households[household]
    for member in old.members where people[member].exit > day {
      people[member].exit = day
      people[member].reason = .left
    }
    let arrival = day + 3 + random.below(40)
    guard arrival < ground.timeline.end else { return }
    var new = old
    new.members = []
    let index = households.count
    // The whole household is a little older or younger than the one before.
    let shift = old.kind == .students ? 0 : random.below(700) - 350
    for member in old.members {
      var person = people[member]
      // As old on arrival as the one before was on the first day: students are always young.
      person.birth = person.birth + (arrival - start) + shift
      if person.birth > arrival { person.birth = arrival - 200 }
      person.exit = ground.timeline.end
      person.arrival = arrival
      person.reason = .none
      person.household = index
      person.tendencies = drawTendencies()
      new.members.append(people.count)
      people.append(person)
    }
    households.append(new)
    name(index)
    live(index, leaving: nil)
  }

  /// Children of the women of a household.
  private mutating func bear(_ household: Int, leaving: Day?) {
    guard households[household].kind == .family else { return }
    for (position, mother) in households[household].members.enumerated()
    where people[mother].sex == .female {
      var day = people[mother].arrival
      while true {
        // Thinning: at the highest rate there is, kept as often as the age has it.
        let most = (life.births.max() ?? 0) / 1_000
        day = day + max(1, Int(random.exponential(mean: 365.25 / most)))
        guard day < min(people[mother].exit, ground.timeline.end) else { break }
        let age = people[mother].age(on: day)
        guard (15...44).contains(age) else { continue }
        let isPartnered = households[household].isCouple && position < 2
        let rate = life.births[(age - 15) / 5] / 1_000 * (isPartnered ? 1.15 : 0.55)
        guard random.uniform() < rate / most else { continue }
        let babies = random.chance(life.twins / 100) ? 2 : 1
        for baby in 0..<babies {
          if baby == 1 { twins.append((people.count - 1, people.count)) }
          people.append(newborn(of: mother, in: household, on: day, leaving: leaving))
          households[household].members.append(people.count - 1)
        }
        day = day + 300
      }
    }
  }

  private mutating func newborn(
    of mother: Int, in household: Int, on day: Day, leaving: Day?
  ) -> Person {
    let sex: Sex = random.chance(life.boys / 100) ? .male : .female
    let category = people[mother].ethnicity
    var baby = Person(
      birth: day, sex: sex, ethnicity: category, household: household, arrival: day,
      exit: leaving ?? ground.timeline.end)
    baby.reason = leaving == nil ? .none : .left
    baby.mother = mother
    baby.forename = ground.names.forename(
      life.ethnicCategories[category].names, sex, bornIn: day.year, &random)
    baby.surname = people[mother].surname
    baby.birthSurname = baby.surname
    baby.tendencies = drawTendencies()
    baby.practice = people[mother].practice
    return baby
  }

  /// Care home and death.
  private mutating func age(_ member: Int) {
    let person = people[member]
    let kind = households[person.household].kind
    if kind == .family {
      // A year's chance of moving into a care home: a third of those there, who stay three years.
      let age = person.age(on: person.arrival)
      if age >= 70 {
        let share = life.careHome[age >= 85 ? 2 : age >= 75 ? 1 : 0] / 100
        let days = random.exponential(mean: 365.25 / (share / 3))
        let day = person.arrival + 1 + Int(min(days, 30_000))
        if day < person.exit { people[member].careHome = day }
      }
    }
    let isInCareHome = kind == .careHome
    let tilt =
      life.deathsByDecile[here.decile - 1]
      * exp(life.deathsByTendency * person.tendencies[0] - pow(life.deathsByTendency, 2) / 2)
      * (isInCareHome ? life.deathsInCareHome : 1)
    let rates = life.deaths[person.sex.index]
    var day = person.arrival
    while day < person.exit {
      let age = day.age(bornOn: person.birth)
      guard let band = LifeParameters.band(age, from: LifeParameters.deathAges) else { break }
      var rate = rates[band] / 1_000 * tilt
      if day >= people[member].careHome { rate *= life.deathsInCareHome }
      let wait = random.exponential(mean: 365.25 / rate)
      // The rate holds for half a year, then it is looked at again.
      if wait < 182 {
        let death = day + Int(wait)
        if death < person.exit {
          people[member].exit = death
          people[member].reason = .died
        }
        break
      }
      day = day + 182
    }
  }
}
