/// The long-term conditions, habits and measures of the people of one small area.
///
/// Each condition is a threshold on a normal variable that is made of the person's hidden tendencies
/// and chance (a Gaussian copula), so that each is as common as published while they go together.
struct AreaHealth {
  enum Smoking: UInt8, Sendable {
    case never
    case former
    case current
  }

  /// The first day of each condition, condition by condition: condition × people + person.
  private(set) var onset: [Day]
  private(set) var smoking: [Smoking] = []
  /// The body mass index at any time, in kg/m².
  private(set) var bodyMass: [Double] = []
  private let people: Int
  let conditions: Int

  init(_ lives: AreaLives, _ prevalence: Prevalence) {
    let ground = lives.ground
    let parameters = ground.parameters
    people = lives.people.count
    conditions = parameters.conditions.count
    onset = Array(repeating: .never, count: conditions * people)
    var random = SeededGenerator(seed: ground.seed, purpose: "health", index: lives.area)
    let decile = ground.frame.areas[lives.area].decile
    let obesity = parameters.conditions.firstIndex { $0.id == "OB" }
    for (index, condition) in parameters.conditions.enumerated() {
      let part = condition.within.flatMap { id in
        parameters.conditions.firstIndex { $0.id == id }
      }
      draw(index, condition, within: part, lives, prevalence, decile, &random)
    }
    for (index, person) in lives.people.enumerated() {
      drawSmoking(person, parameters.health, decile, &random)
      let health = parameters.health
      let age = person.years(on: person.arrival)
      let mean =
        interpolate(health.bodyMass.mean, at: (age - 20) / 10)
        + health.bodyMass.decile * (5.5 - Double(decile))
      let deviation =
        0.15 * person.tendencies[0] + 0.7 * person.tendencies[1] + 0.69 * random.normal()
      var bodyMass = mean + health.bodyMass.spread * deviation
      if age < 18 { bodyMass = 15.5 + age / 18 * 7 + 2 * deviation }
      if let obesity, onset[obesity * people + index] < ground.timeline.end {
        bodyMass = 30 + abs(bodyMass - 30) * 0.6 + 0.5
      }
      self.bodyMass.append(min(62, max(13, bodyMass)))
    }
  }

  func onset(_ condition: Int, _ person: Int) -> Day { onset[condition * people + person] }

  func has(_ condition: Int, _ person: Int, on day: Day) -> Bool {
    onset[condition * people + person] <= day
  }

  /// How many conditions a person has on a day.
  func count(_ person: Int, on day: Day) -> Int {
    var count = 0
    for condition in 0..<conditions where onset[condition * people + person] <= day { count += 1 }
    return count
  }

  private mutating func draw(
    _ index: Int, _ condition: ConditionParameters, within part: Int?, _ lives: AreaLives,
    _ prevalence: Prevalence, _ decile: Int, _ random: inout SeededGenerator
  ) {
    let loads = condition.loads
    let rest = (1 - (loads * loads).sum()).squareRoot()
    // Systematic sampling: one draw for the area, then every whole step of the summed shares. The
    // number of people with the condition is then the expected one, give or take one.
    var sum = random.uniform()
    let end = lives.ground.timeline.end
    for (number, person) in lives.people.enumerated() {
      let group = lives.ground.group(of: person.ethnicity)
      let sex = person.sex.index
      let reference = person.arrival
      let age = person.age(on: reference)
      func share(_ age: Int) -> Double {
        prevalence.share(index, age: age, sex: sex, group: group, decile: decile)
      }
      let now = share(age)
      var chance = now
      if let part {
        guard onset[part * people + number] <= reference else { continue }
        let whole = prevalence.share(part, age: age, sex: sex, group: group, decile: decile)
        chance = whole > 0 ? min(1, now / whole) : 0
      } else if now > 0 {
        let lean = (loads * person.tendencies).sum()
        chance = NormalCurve.below((NormalCurve.quantile(now) + lean) / rest)
      }
      let before = sum
      sum += chance
      let present = sum.rounded(.down) > before.rounded(.down)
      // Where the person stands among those like them: below `now` is ill already.
      let standing = random.uniform()
      if present {
        let rank = standing * now
        var began = 0
        while began < age, share(began) < rank { began += 1 }
        let span = max(1, min(366, reference - (person.birth + began * 365)))
        let day = person.birth + (began * 1_461 / 4) + random.below(span)
        let latest = max(person.birth, reference - 1)
        let whole = part.map { onset[$0 * people + number] } ?? person.birth
        onset[index * people + number] = min(max(day, whole), latest)
      } else if part == nil {
        let rank = now + standing * (1 - now)
        let years = (end - reference) / 365 + 1
        guard share(age + years) >= rank else { continue }
        var later = 1
        while later < years, share(age + later) < rank { later += 1 }
        let day = reference + (later - 1) * 365 + random.below(365) + 1
        if day < person.exit { onset[index * people + number] = day }
      }
    }
  }

  private mutating func drawSmoking(
    _ person: Person, _ health: HealthParameters, _ decile: Int, _ random: inout SeededGenerator
  ) {
    let age = person.age(on: person.arrival)
    let lean = (health.smokingLoads * person.tendencies).sum()
    let rest = (1 - (health.smokingLoads * health.smokingLoads).sum()).squareRoot()
    let standing = NormalCurve.below(-(lean + rest * random.normal()))
    guard let band = LifeParameters.band(age, from: HealthParameters.smokingAges) else {
      smoking.append(.never)
      return
    }
    let sex = person.sex.index
    let current = health.smokers[sex][band] / 100 * health.smokingByDecile[decile - 1]
    let former = health.formerSmokers[sex][band] / 100
    smoking.append(
      standing < current ? .current : standing < current + former ? .former : .never)
  }
}
