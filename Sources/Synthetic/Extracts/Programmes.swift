#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Programmes whose effect is known: who is chosen, from when on, and what that prevents.
extension AreaExtract {
  /// Somebody's place on a programme's roster.
  struct Membership {
    let programme: SocialParameters.Programme
    let person: Int
    let start: Day
  }

  /// Chooses homes and people, before any of their care is drawn.
  func chooseForProgrammes() {
    var random = SeededGenerator(seed: ground.seed, purpose: "programmes", index: area)
    for programme in parameters.social.programmes {
      let first = Day.first(
        ofMonth: timeline.start.monthNumber + programme.firstMonth * timeline.months / 60)
      let span = max(30, programme.months * timeline.months / 60 * 30)
      if programme.id == "warm_homes" {
        chooseHomes(programme, first: first, span: span, &random)
      } else {
        choosePeople(programme, first: first, span: span, &random)
      }
    }
  }

  /// The worst homes with people who are ill in them: they are chosen more often, and earlier.
  private func chooseHomes(
    _ programme: SocialParameters.Programme, first: Day, span: Int,
    _ random: inout SeededGenerator
  ) {
    let respiratory = ["COPD", "AST"].compactMap { plan.condition($0) }
    let odds = programme.odds
    for (number, household) in lives.households.enumerated() where household.kind == .family {
      let home = Home(area: area, dwelling: household.dwelling)
      let building = book.building(home, sector(number))
      var score = odds["epc_\(building.band.lowercased())"] ?? 0
      if building.isDamp { score += odds["damp"] ?? 0 }
      let isIll = household.members.contains { member in
        respiratory.contains { health.has($0, member, on: first) }
      }
      if isIll { score += odds["respiratory"] ?? 0 }
      if household.hasLowIncome { score += odds["low_income"] ?? 0 }
      if household.members.contains(where: { lives.people[$0].age(on: first) >= 65 }) {
        score += odds["over_65"] ?? 0
      }
      let chance = 1 / (1 + exp(-((odds["base"] ?? 0) + score)))
      guard random.chance(chance) else { continue }
      // The worse the home, the earlier in the programme.
      let haste = 1 / (1 + exp(score - 2.5))
      let day = first + Int(Double(span) * min(0.999, 0.5 * haste + 0.5 * random.uniform()))
      let residents = household.members.filter {
        lives.people[$0].isHere(on: day) && lives.people[$0].careHome > day
      }
      let isThere = household.moves.allSatisfy { $0.day > day }
      guard !residents.isEmpty, isThere, day < timeline.end else { continue }
      for member in residents {
        warm[member] = day
        memberships.append(
          Membership(programme: programme, person: member, start: day))
      }
    }
  }

  private func choosePeople(
    _ programme: SocialParameters.Programme, first: Day, span: Int,
    _ random: inout SeededGenerator
  ) {
    let odds = programme.odds
    let depression = plan.condition("DEP")
    for (person, one) in lives.people.enumerated() {
      let day = first + random.below(span)
      guard programme.ages.contains(one.age(on: day)), one.isHere(on: day) else { continue }
      var score = odds["base"] ?? 0
      score += (odds["per_condition"] ?? 0) * Double(health.count(person, on: day))
      score += (odds["tendency"] ?? 0) * one.tendencies[0]
      score += (odds["decile"] ?? 0) * (Double(decile(area)) - 5.5)
      if health.smoking[person] == .current { score += odds["smoker"] ?? 0 }
      if one.sex == .female { score += odds["female"] ?? 0 }
      if let depression, health.has(depression, person, on: day) {
        score += odds["depression"] ?? 0
      }
      guard random.chance(1 / (1 + exp(-score))) else { continue }
      memberships.append(
        Membership(programme: programme, person: person, start: day))
    }
  }

  /// Whether a stay does not happen because the home is warm; the truth keeps it.
  func isAverted(_ person: Int, on day: Day, _ reason: HealthParameters.Reason) -> Bool {
    guard day >= warm[person],
      let programme = parameters.social.programmes.first(where: { $0.id == "warm_homes" }),
      random.chance(1 - programme.effect)
    else { return false }
    // Whoever has moved out of the warm home has it no longer.
    let places = residences(person)
    guard home(places, on: day) == home(places, on: warm[person]) else { return false }
    let writer = out.writer(.averted)
    writer.text(programme.id)
    writer.comma()
    writer.number(truth(person))
    writer.comma()
    writer.day(day)
    writer.comma()
    writer.text(reason.icd10)
    writer.endLine()
    return true
  }
}
