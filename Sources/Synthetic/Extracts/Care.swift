#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The care that people use over the years: what happens, which the extracts then write down.
extension AreaExtract {
  func writeCare(of person: Int, _ registrations: [Registration]) {
    let one = lives.people[person]
    let residences = residences(person)
    var from = max(one.arrival, timeline.start)
    // A year of the person's life here at a time, since rates follow age.
    while from < one.exit {
      let to = min(one.exit, from + 365)
      passYear(person, registrations, residences, from: from, to: to)
      from = to
    }
    writeVaccinations(of: person, registrations)
    if one.mother >= 0 { writeBirth(person, registrations, residences) }
    if diedInHospital.contains(person) { writeLastStay(of: person, registrations) }
  }

  private func passYear(
    _ person: Int, _ registrations: [Registration], _ residences: [Residence], from: Day, to: Day
  ) {
    let one = lives.people[person]
    let age = one.age(on: from)
    let band = ageBand(person, on: from)
    let count = health.count(person, on: from)
    let years = Double(to - from) / 365.25
    out.tally.daysByAge[band] += to - from
    let parameters = parameters.health
    func times(_ use: HealthParameters.Use, _ most: Double = 1) -> Int {
      let rate =
        use.level * use.ages[band] / 1_000 * use.decile[decile(area) - 1]
        * (1 + use.condition * Double(count))
        * exp(use.tendency * one.tendencies[0] - use.tendency * use.tendency / 2)
      return random.poisson(rate * years * most)
    }
    func has(_ condition: Int) -> Bool { health.has(condition, person, on: from) }
    for _ in 0..<times(parameters.emergency, plan.seasons.most) {
      guard let day = seasonalDay(from, to, plan.seasons) else { continue }
      emergency(person, registrations, residences, on: day, band: band, age: age, has)
    }
    respiratory(person, registrations, residences, from: from, to: to, band: band, years, has)
    for _ in 0..<times(parameters.elective) {
      let day = from + random.below(max(1, to - from))
      elective(person, registrations, residences, on: day, age: age, has)
    }
    for _ in 0..<times(parameters.outpatient) {
      let day = from + random.below(max(1, to - from))
      let clinic = choose(parameters.clinics, person, age: age, has)
      writeAppointment(clinic, person, patient(person, registrations, residences, on: day), on: day)
    }
    for _ in 0..<times(parameters.consulting) {
      let day = from + random.below(max(1, to - from))
      writeConsultation(person, registration(registrations, on: day), on: day)
      if age >= 16, random.chance(0.3) {
        measurePressure(person, registration(registrations, on: day), on: day)
      }
    }
    review(person, registrations, from: from, to: to, age: age, count: count)
  }

  // MARK: Hospital

  private func emergency(
    _ person: Int, _ registrations: [Registration], _ residences: [Residence], on day: Day,
    band: Int, age: Int, _ has: (Int) -> Bool
  ) {
    let parameters = parameters.health
    let patient = patient(person, registrations, residences, on: day)
    guard random.chance(parameters.admitted[band] / 100) else {
      _ = writeAttendance(
        choose(parameters.attendances, person, age: age, has), person, patient, on: day,
        admitted: false)
      return
    }
    let reason = choose(parameters.otherCauses, person, age: age, has)
    let left = writeAttendance(reason, person, patient, on: day, admitted: true)
    admit(person, reason, patient, on: day, from: left, method: 21)
  }

  /// Emergency stays for respiratory causes: what warm homes are to prevent.
  private func respiratory(
    _ person: Int, _ registrations: [Registration], _ residences: [Residence], from: Day, to: Day,
    band: Int, _ years: Double, _ has: (Int) -> Bool
  ) {
    let parameters = parameters.health
    let use = parameters.respiratory
    var rate = use.level * use.ages[band] / 1_000 * use.decile[decile(area) - 1]
    for (condition, factor) in parameters.respiratoryWith where has(condition) { rate *= factor }
    if health.smoking[person] == .current { rate *= parameters.respiratoryHome["smoker"] ?? 1 }
    let place = home(residences, on: from)
    if place.dwelling < Home.careHome {
      let building = book.building(place, sector(lives.people[person].household))
      if building.energy == 2 { rate *= parameters.respiratoryHome["epc_e"] ?? 1 }
      if building.energy >= 3 { rate *= parameters.respiratoryHome["epc_fg"] ?? 1 }
      if building.isDamp { rate *= parameters.respiratoryHome["damp"] ?? 1 }
    }
    for _ in 0..<random.poisson(rate * years * plan.respiratorySeasons.most) {
      guard let day = seasonalDay(from, to, plan.respiratorySeasons) else { continue }
      let age = lives.people[person].age(on: day)
      let reason = choose(parameters.respiratoryCauses, person, age: age, has)
      let throughEmergency = random.chance(0.85)
      if isAverted(person, on: day, reason) { continue }
      let patient = patient(person, registrations, residences, on: day)
      let left =
        throughEmergency
        ? writeAttendance(reason, person, patient, on: day, admitted: true) : day
      out.tally[.respiratoryAdmissions] += 1
      admit(person, reason, patient, on: day, from: left, method: throughEmergency ? 21 : 22)
    }
  }

  /// A stay that begins when the person leaves A&E.
  private func admit(
    _ person: Int, _ reason: HealthParameters.Reason, _ patient: Patient, on day: Day,
    from admitted: Day, method: Int
  ) {
    tallyAdmission(person, on: day)
    let nights = Int(random.exponential(mean: reason.days))
    writeStay(person, reason, patient, from: admitted, nights: nights, method: method)
  }

  /// Writes a stay that has ended: those that last beyond the records are not in them yet.
  private func writeStay(
    _ person: Int, _ reason: HealthParameters.Reason, _ patient: Patient, from admitted: Day,
    nights: Int, method: Int, isDayCase: Bool = false
  ) {
    let one = lives.people[person]
    // Whoever dies or leaves is discharged before.
    let discharged = one.reason == .none ? admitted + nights : min(one.exit - 1, admitted + nights)
    guard admitted < one.exit, discharged >= admitted, discharged < timeline.end else { return }
    writeStay(
      Stay(
        person: person, reason: reason, admitted: admitted, discharged: discharged, method: method,
        isDayCase: isDayCase, endedInDeath: false), patient)
  }

  /// The last stay of those who die in hospital.
  func writeLastStay(of person: Int, _ registrations: [Registration]) {
    let one = lives.people[person]
    let age = one.age(on: one.exit)
    let has = { (condition: Int) in self.health.has(condition, person, on: one.exit) }
    var reason = choose(parameters.health.otherCauses, person, age: age, has)
    reason.icd10 = causes[person] ?? reason.icd10
    let nights = Int(random.exponential(mean: reason.days))
    let admitted = max(one.arrival, one.exit - nights)
    tallyAdmission(person, on: admitted)
    writeStay(
      Stay(
        person: person, reason: reason, admitted: admitted, discharged: one.exit, method: 21,
        isDayCase: false, endedInDeath: true),
      patient(person, registrations, residences(person), on: admitted))
  }

  private func elective(
    _ person: Int, _ registrations: [Registration], _ residences: [Residence], on day: Day,
    age: Int, _ has: (Int) -> Bool
  ) {
    let reason = choose(parameters.health.electiveReasons, person, age: age, has)
    let isDayCase = random.chance(reason.dayCase / 100)
    let nights = isDayCase ? 0 : 1 + Int(random.exponential(mean: reason.days))
    out.tally[.electiveAdmissions] += 1
    writeStay(
      person, reason, patient(person, registrations, residences, on: day), from: day,
      nights: nights, method: 11, isDayCase: isDayCase)
  }

  private func writeBirth(
    _ baby: Int, _ registrations: [Registration], _ residences: [Residence]
  ) {
    let born = lives.people[baby].birth
    let mother = lives.people[baby].mother
    out.tally[.births] += 1
    for (person, reason, method) in [
      (baby, parameters.health.baby, 82), (mother, parameters.health.mother, 31),
    ] {
      writeStay(
        person, reason, patient(person, registrations, residences, on: born), from: born,
        nights: random.below(Int(reason.days) + 2), method: method)
    }
  }

  // MARK: General practice

  /// The yearly review of people with long-term conditions, and their repeat prescriptions.
  private func review(
    _ person: Int, _ registrations: [Registration], from: Day, to: Day, age: Int, count: Int
  ) {
    guard count > 0 else {
      // A day of a whole year, so that part of a year has part of the reviews.
      let day = from + random.below(365)
      if age >= 18, day < to, random.chance(0.12) {
        let registration = registration(registrations, on: day)
        measureBody(person, registration, on: day)
        writeObservation(.smoking(health.smoking[person]), person, registration, on: day)
      }
      return
    }
    let day = from + random.below(365)
    guard day < to else { return }
    let registration = registration(registrations, on: day)
    if age >= 16 {
      if random.chance(0.75) { measurePressure(person, registration, on: day) }
      if random.chance(0.55) { measureBody(person, registration, on: day) }
      if random.chance(0.55) {
        writeObservation(.smoking(health.smoking[person]), person, registration, on: day)
      }
    }
    func has(_ id: String) -> Bool {
      plan.condition(id).map { health.has($0, person, on: day) } ?? false
    }
    let tests = parameters.health
    let isDiabetic = has("DM")
    if isDiabetic && random.chance(0.9) || age >= 40 && random.chance(0.15) {
      // Skewed to the right, as the results of people with diabetes are.
      let value =
        isDiabetic
        ? tests.hba1c.with
          * exp(tests.hba1c.spreadWith / tests.hba1c.with * random.normal() - 0.03)
        : tests.hba1c.without + tests.hba1c.spread * random.normal()
      writeObservation(
        .hba1c(Int(min(150, max(20, value)).rounded())), person, registration, on: day)
    }
    if isDiabetic || has("CKD") || has("HYP") && random.chance(0.7) {
      var value =
        tests.egfr.at20 - tests.egfr.perYear * Double(max(0, age - 20))
        + tests.egfr.spread * random.normal()
      if has("CKD") { value = min(value * 0.68, 58 + 3 * random.normal()) }
      writeObservation(.egfr(Int(min(120, max(8, value)).rounded())), person, registration, on: day)
    }
    prescribe(person, registrations, on: day)
  }

  /// Repeats are written anew each half year.
  private func prescribe(_ person: Int, _ registrations: [Registration], on day: Day) {
    var given = Set<Int>()
    for condition in 0..<health.conditions where health.has(condition, person, on: day) {
      for (drug, percent) in parameters.health.clinical[condition].drugs {
        // The same person has the same drugs each year.
        let standing = plan.standing(person: truth(person), drug: drug)
        guard standing < percent / 100, given.insert(drug).inserted else { continue }
        for date in [day, day + 182] where date < min(lives.people[person].exit, timeline.end) {
          writePrescription(
            drug, person, registration(registrations, on: date), on: date, isRepeat: true)
        }
      }
    }
  }

  private func measureBody(_ person: Int, _ registration: Registration, on day: Day) {
    let value = health.bodyMass[person] + 0.5 * random.normal()
    writeObservation(
      .bodyMass(tenths: Int(min(70, max(12, value)) * 10)), person, registration, on: day)
  }

  private func measurePressure(_ person: Int, _ registration: Registration, on day: Day) {
    let one = lives.people[person]
    let tests = parameters.health.systolic
    let age = Double(one.age(on: day))
    var mean = interpolate(tests.bySex[one.sex.index], at: (age - 20) / 10)
    mean += 4 * one.tendencies[1]
    if let hypertension = plan.condition("HYP"), health.has(hypertension, person, on: day) {
      mean += 7
    }
    let systolic = mean + tests.spread * 0.8 * random.normal()
    let diastolic = 40 + systolic * 0.29 + 6 * random.normal()
    writeObservation(
      .pressure(
        systolic: Int(min(230, max(80, systolic))), diastolic: Int(min(130, max(45, diastolic)))),
      person, registration, on: day)
  }

  private func writeVaccinations(of person: Int, _ registrations: [Registration]) {
    let one = lives.people[person]
    let parameters = parameters.health
    // The most deprived have fewer, the least deprived more, than the mean.
    let tilt = parameters.vaccinesByDecile * (Double(decile(area)) - 5.5) / 9 / 100
    let keenness = 0.1 * one.tendencies[2]
    func takes(_ percent: Double) -> Bool {
      random.chance(min(0.99, max(0.02, percent / 100 + tilt - keenness * 0.3)))
    }
    for vaccine in parameters.vaccines {
      let day = one.birth + vaccine.days + random.below(30)
      guard day >= one.arrival, day < one.exit, takes(vaccine.percent) else { continue }
      writeVaccination(vaccine, person, registration(registrations, on: day), on: day)
    }
    for year in timeline.start.year...timeline.end.year {
      let day = Day(year: year, month: 9, day: 20) + random.below(70)
      guard day >= one.arrival, day < one.exit else { continue }
      let age = one.age(on: day)
      let isAtRisk = health.count(person, on: day) > 0
      let percent =
        age >= 65
        ? parameters.influenza.older
        : age == 2 || age == 3
          ? parameters.influenza.children : isAtRisk ? parameters.influenza.atRisk * 0.6 : 0
      if percent > 0, takes(percent) {
        writeVaccination(
          parameters.influenza.vaccine, person, registration(registrations, on: day), on: day)
      }
      if age >= 65, year >= 2021, takes(parameters.covid.older) {
        writeVaccination(
          parameters.covid.vaccine, person, registration(registrations, on: day), on: day)
      }
    }
  }

  // MARK: Choice

  func choose(
    _ reasons: [HealthParameters.Reason], _ person: Int, age: Int, _ has: (Int) -> Bool
  ) -> HealthParameters.Reason {
    let sex = lives.people[person].sex
    var weights: [Double] = []
    weights.reserveCapacity(reasons.count)
    for reason in reasons { weights.append(reason.weight(age: age, sex: sex, has: has)) }
    return reasons[random.pick(weights)]
  }

  /// A day of the span, or nil as often as its month has fewer than the month that has most: what is
  /// left of a rate that was raised to the highest is the rate of each month (thinning, Lewis and
  /// Shedler 1979).
  private func seasonalDay(_ from: Day, _ to: Day, _ seasons: WritingPlan.Seasons) -> Day? {
    let day = from + random.below(max(1, to - from))
    let month = min(seasons.months.count - 1, max(0, timeline.month(day)))
    return random.uniform() * seasons.most < seasons.months[month] ? day : nil
  }
}
