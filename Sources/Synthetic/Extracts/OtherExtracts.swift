/// Deaths, contacts with the voluntary sector, the rosters of programmes, and the truth about people.
extension AreaExtract {
  // MARK: Deaths

  /// Civil registration: a row each time the registration is made or amended.
  func writeDeath(of person: Int, _ registrations: [Registration]) {
    let one = lives.people[person]
    let died = one.exit
    let identity = identity(person, .deaths, holder: 0)
    let places = residences(person)
    let home = believed(identity, places, on: died - 1)
    let cause = causes[person] ?? ""
    let age = died.age(bornOn: one.birth)
    out.tally[.deaths] += 1
    // Registered within days; after an inquest, months later.
    let wait = random.chance(0.93) ? 2 + random.below(12) : 60 + random.below(200)
    let rows = random.chance(0.12) ? 2 : 1
    let isInHospital = diedInHospital.contains(person)
    let practice = registration(registrations, on: died - 1).practice
    let others = (0..<health.conditions).filter { health.has($0, person, on: died) }
      .map { parameters.health.clinical[$0].icd10 }.filter { $0 != cause }
    for row in 0..<rows {
      let registered = died + wait + row * (20 + random.below(40))
      guard registered < timeline.end else { continue }
      let record = nextRecord()
      noteSlips(identity, person)
      writeOwner(.deathRecords, record, person)
      emit(.deaths, on: registered, record: String(record), person: person) { w, version, flaw in
        w.number(record)
        w.comma()
        number(w, identity, flaw)
        w.text(one.sex == .male ? ",1," : ",2,")
        // Under a year the age is in days.
        w.number(age == 0 ? died - one.birth : age)
        w.text(age == 0 ? ",4,9,0," : ",1,9,0,")
        w.compactDay(registered)
        w.comma()
        if flaw == .impossibleDate { w.text("20230230") } else { w.compactDay(died) }
        w.comma()
        w.text(flaw == .unknownCode ? "Q9Z" : version == .corrected ? "R99X" : cause)
        w.comma()
        w.text(cause)
        for position in 0..<14 {
          w.comma()
          if position < others.count { w.text(others[position]) }
        }
        w.comma()
        let hospital = ground.frame.hospitals[ground.frame.areas[home.area].hospital].code
        w.text(isInHospital ? "H" : home.dwelling >= Home.careHome ? "N" : "E")
        w.comma()
        if isInHospital { w.text(hospital) }
        w.text(isInHospital ? ",H," : ",,")
        w.text(ground.frame.areas[home.area].code)
        w.comma()
        w.text(ground.frame.districts[ground.frame.areas[home.area].district].code)
        w.comma()
        w.text(ground.frame.practices[practice].code)
        w.text(version == .deleted ? ",Y" : ",N")
      }
    }
  }

  /// Draws what a person died of, by age and by what the person had.
  func drawCause(of person: Int) -> String {
    let one = lives.people[person]
    let age = one.age(on: one.exit)
    // Here the three bands are under 65, to 79, and beyond.
    let band = age < 65 ? 0 : age < 80 ? 16 : 65
    let reasons = parameters.health.causesOfDeath
    let weights = reasons.map { reason -> Double in
      guard reason.sex == nil || reason.sex == one.sex, (reason.from...reason.to).contains(age)
      else { return 0 }
      var any = reason
      (any.sex, any.from, any.to) = (nil, 0, 120)
      return any.weight(age: band, sex: one.sex) { health.has($0, person, on: one.exit) }
    }
    return reasons[random.pick(weights)].icd10
  }

  // MARK: Voluntary sector

  func writeContacts(of person: Int) {
    let one = lives.people[person]
    let social = parameters.social
    let from = max(one.arrival, timeline.start)
    guard one.age(on: from) >= 18, from < one.exit else { return }
    let household = lives.households[one.household]
    guard household.kind != .careHome else { return }
    var factor = 1 + social.contactsDecile * (5.5 - Double(decile(area)))
    factor *= household.hasLowIncome ? social.contactsLowIncome : 0.6
    if let depression = plan.condition("DEP"), health.has(depression, person, on: one.exit) {
      factor *= social.contactsDepression
    }
    let years = Double(one.exit - from) / 365.25
    let places = residences(person)
    for (service, rate) in social.contacts {
      for _ in 0..<random.poisson(max(0.05, factor) * rate / 1_000 * years * 0.85) {
        let day = from + random.below(max(1, one.exit - from))
        writeContact(person, service, places, on: day)
      }
    }
  }

  private func writeContact(_ person: Int, _ service: String, _ places: [Residence], on day: Day) {
    let record = nextRecord()
    // Each organisation keeps its own books.
    let holder = service == "food_bank" ? 0 : service == "befriending" ? 1 : 2
    let organisation = ["Pantry", "Good Neighbours", "Advice Centre"][holder]
    let identity = identity(person, .voluntary, holder: holder)
    noteSlips(identity, person)
    writeOwner(.voluntaryRecords, record, person)
    let home = believed(identity, places, on: day)
    let address = book.address(home)
    let hasAddress = errors.chance(0.9)
    emit(.voluntary, on: day, record: String(record), person: person) { w, version, flaw in
      w.number(record)
      w.comma()
      w.text(organisation)
      w.comma()
      w.number(identity.key)
      w.comma()
      name(w, identity)
      if flaw == .impossibleDate { w.text("1985-02-31") } else { w.day(identity.birth) }
      w.comma()
      number(w, identity, flaw)
      w.comma()
      if hasAddress {
        street(w, address)
      }
      w.comma()
      if hasAddress { w.text(address.postcode) }
      w.comma()
      w.day(day)
      w.comma()
      w.text(flaw == .unknownCode ? "unknown_service" : service)
      w.text(version == .corrected ? ",Referred on," : ",Helped,")
      w.text(version == .deleted ? "Y" : "N")
    }
  }

  // MARK: Programmes

  func writeMembers() {
    for member in memberships {
      let writer = out.writer(.members)
      writer.text(member.programme.id)
      writer.comma()
      writer.number(truth(member.person))
      writer.comma()
      writer.number(
        AddressBook.propertyNumber(home(residences(member.person), on: member.start)))
      writer.comma()
      writer.day(member.start)
      writer.endLine()
      writeRoster(member)
    }
  }

  /// The programme's own list of those who took part.
  private func writeRoster(_ member: Membership) {
    // A roster is one list: nobody is on it twice, and it has no number for a person.
    let identity = makeIdentity(member.person, .voluntary, key: 0)
    let record = nextRecord()
    noteSlips(identity, member.person)
    writeOwner(.programmeRecords, record, member.person)
    let places = residences(member.person)
    let home = believed(identity, places, on: member.start)
    let address = book.address(home)
    emit(.programmes, on: member.start, record: String(record), person: member.person) {
      w, version, flaw in
      w.number(record)
      w.comma()
      w.text(flaw == .unknownCode ? "unknown_programme" : member.programme.id)
      w.comma()
      name(w, identity)
      if flaw == .impossibleDate { w.text("1985-02-31") } else { w.day(identity.birth) }
      w.comma()
      number(w, identity, flaw)
      w.comma()
      w.number(AddressBook.propertyNumber(home))
      w.comma()
      street(w, address)
      w.comma()
      w.text(address.postcode)
      w.comma()
      w.day(version == .corrected ? member.start - 7 : member.start)
      w.text(version == .deleted ? ",Y" : ",N")
    }
  }

  // MARK: The truth

  func writeTruth(of person: Int) {
    let one = lives.people[person]
    let household = lives.households[one.household]
    if one.reason == .died {
      causes[person] = drawCause(of: person)
      // Four in ten die in hospital (OHID, Palliative and end of life care profile 2021: 44 percent).
      if random.chance(0.44) { diedInHospital.insert(person) }
    }
    let w = out.writer(.people)
    w.number(truth(person))
    w.comma()
    w.number(Int(nhsNumber(person)))
    w.comma()
    w.text(ground.names.forenames[Int(one.forename)])
    w.comma()
    w.text(ground.names.surnames[Int(one.surname)])
    w.comma()
    w.text(ground.names.surnames[Int(one.birthSurname)])
    w.comma()
    w.day(one.birth)
    w.text(one.sex == .male ? ",male," : ",female,")
    w.text(parameters.life.ethnicCategories[one.ethnicity].code)
    w.comma()
    w.number(plan.firstNumber[area] + one.household)
    w.comma()
    w.day(one.arrival)
    w.comma()
    if one.reason != .none { w.day(one.exit) }
    w.text(one.reason == .died ? ",died," : one.reason == .left ? ",left," : ",,")
    w.text(causes[person] ?? "")
    w.endLine()
    let sector = sector(one.household)
    for place in residences(person) {
      let r = out.writer(.residences)
      let isCareHome = place.home.dwelling >= Home.careHome
      r.number(truth(person))
      r.comma()
      r.day(place.from)
      r.comma()
      if place.to < timeline.end { r.day(place.to) }
      r.comma()
      r.number(AddressBook.propertyNumber(place.home))
      r.comma()
      r.text(ground.frame.areas[place.home.area].code)
      r.comma()
      r.text(book.postcode(place.home))
      r.comma()
      r.text(isCareHome ? "care_home" : parameters.tenure[household.tenure].id)
      r.comma()
      if isCareHome {
        r.comma()
      } else {
        let building = book.building(place.home, sector)
        r.text(building.band)
        r.text(building.isDamp ? ",Y" : ",N")
      }
      r.endLine()
    }
  }

  /// Counts what the report compares, on the first day.
  func count() {
    let start = timeline.start
    let decile = decile(area) - 1
    let district = ground.frame.areas[area].district
    let counted = parameters.conditions.indices.filter {
      !["CVDPP", "PC"].contains(parameters.conditions[$0].id)
    }
    for (number, person) in lives.people.prefix(lives.firstPeople).enumerated() {
      let age = person.age(on: start)
      for (index, condition) in parameters.conditions.enumerated()
      where health.onset(index, number) < start && condition.ages.contains(age) {
        out.tally.cases[index * 10 + decile] += 1
        out.tally.registers[index * ground.frame.districts.count + district] += 1
      }
      guard age >= 18 else { continue }
      out.tally[.adults] += 1
      if health.smoking[number] == .current { out.tally.smokersByDecile[decile] += 1 }
      if counted.filter({ health.onset($0, number) < start }).count >= 2 {
        out.tally[.adultsWithTwo] += 1
      }
    }
    out.tally[.moves] += lives.households.reduce(0) { $0 + $1.moves.count }
  }
}

enum DeathRecord {
  static let header: String = {
    let causes = (1...15).map { "S_COD_CODE_\($0)" }
    return
      ([
        "REG_ID", "DEC_CONF_NHS_NUMBER", "DEC_SEX", "DEC_AGEC", "DEC_AGECUNIT",
        "DEC_MARITAL_STATUS", "DEC_OCC_TYPE", "REG_DATE", "REG_DATE_OF_DEATH",
        "S_UNDERLYING_COD_ICD10",
      ] + causes + [
        "POD_CODE", "POD_NHS_ESTABLISHMENT", "POD_ESTABLISHMENT_TYPE",
        "LSOA_OF_RESIDENCE_CODE", "ULA_OF_RESIDENCE_CODE", "GP_PRACTICE_CODE", "CANCELLED_FLAG",
      ]).joined(separator: ",")
  }()
}

enum VoluntaryRecord {
  static let header =
    "contact_id,organisation,client_reference,first_name,last_name,date_of_birth,nhs_number,"
    + "address,postcode,contact_date,service,outcome,deleted"
}

enum RosterRecord {
  static let header =
    "entry_id,programme,first_name,last_name,date_of_birth,nhs_number,uprn,address,postcode,"
    + "start_date,withdrawn"
}
