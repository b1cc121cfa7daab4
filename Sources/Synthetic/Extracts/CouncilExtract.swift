/// The council's records: homes and tenancies, and adult social care.
extension AreaExtract {
  // MARK: Housing

  /// Writes the housing register: every delivery is the whole register as it stood on its last day.
  ///
  /// On it are the council's tenants, and others who were assessed as homeless.
  func writeHousing() {
    let council = parameters.tenure.firstIndex { $0.id == "council" } ?? 0
    for (number, household) in lives.households.enumerated() where household.kind == .family {
      let arrivals = household.members.map { lives.people[$0].arrival }
      let exits = household.members.map { lives.people[$0].exit }
      guard let arrival = arrivals.min(), let exit = exits.max() else { continue }
      let factor = household.hasLowIncome ? parameters.social.homelessLowIncome : 1
      let rate = parameters.social.homeless[sector(number).rawValue] * factor
      let assessed = arrival + Int(min(30_000, random.exponential(mean: 365_250 / max(0.01, rate))))
      let entry = RegisterEntry(
        household: number, sector: sector(number), isTenant: household.tenure == council,
        began: tenancyBegan(household, arrival), assessed: assessed < exit ? assessed : .never,
        arrears: drawArrears(household))
      guard entry.isTenant || entry.assessed < timeline.end else { continue }
      for member in household.members where lives.people[member].age(on: timeline.end) >= 16 {
        writeTenant(member, entry)
      }
    }
  }

  /// What a household has on the register.
  private struct RegisterEntry {
    let household: Int
    let sector: SocialParameters.Sector
    let isTenant: Bool
    let began: Day
    /// The day of a homelessness assessment, or never.
    let assessed: Day
    /// In pence.
    let arrears: Int
  }

  /// Tenancies of those here on the first day began some time before, when somebody was old enough.
  private func tenancyBegan(_ household: Household, _ arrival: Day) -> Day {
    guard arrival == timeline.start else { return arrival }
    let births = household.members.map { lives.people[$0].birth }
    let longest = births.min().map { arrival - ($0 + 18 * 365) } ?? 0
    return arrival - random.below(max(1, min(7_000, longest)))
  }

  private func drawArrears(_ household: Household) -> Int {
    let arrears = parameters.social.arrears
    let factor = household.hasLowIncome ? arrears.lowIncome : 0.8
    guard random.chance(min(0.9, arrears.percent / 100 * factor)) else { return 0 }
    return 2_000 + Int(random.exponential(mean: 45_000))
  }

  private func writeTenant(_ person: Int, _ entry: RegisterEntry) {
    let one = lives.people[person]
    let household = lives.households[entry.household]
    // The register is of homes: who has gone to a care home is on it where they lived before.
    let places = residences(person).filter { $0.home.dwelling < Home.careHome }
    guard !places.isEmpty else { return }
    let council = ground.frame.areas[area].district
    let isAdapted = one.isDisabled && random.chance(parameters.social.adapted / 100)
    for identity in identitiesOf(person, .council, holder: council) {
      writeOwner(.housingRecords, identity.key, person)
      for (delivery, cut) in timeline.cuts.enumerated() {
        let asOf = cut - 1
        // A register forgets those who died or left more than a year ago.
        let isKnown = one.arrival <= asOf && one.exit > asOf - 365 && one.age(on: asOf) >= 16
        guard isKnown, entry.isTenant || entry.assessed <= asOf else { continue }
        let here = household.members.filter { lives.people[$0].isHere(on: asOf) }.count
        let place = home(places, on: min(asOf, one.exit - 1))
        noteSlips(identity, person)
        housingLine(
          delivery, identity, person, entry, place: identity.oldHome ?? place,
          building: book.building(place, entry.sector),
          began: places.last { $0.from <= asOf && $0.from > one.arrival }?.from ?? entry.began,
          ended: one.exit <= asOf ? one.exit : nil, occupants: here, bedrooms: household.bedrooms,
          isAdapted: isAdapted, assessed: entry.assessed <= asOf ? entry.assessed : nil)
      }
    }
  }

  private func housingLine(
    _ delivery: Int, _ identity: Identity, _ person: Int, _ entry: RegisterEntry, place: Home,
    building: AddressBook.Building, began: Day, ended: Day?, occupants: Int, bedrooms: Int,
    isAdapted: Bool, assessed: Day?
  ) {
    let isTenant = entry.isTenant
    let address = book.address(place)
    let day = delivery == 0 ? timeline.start : timeline.cuts[delivery - 1]
    emit(.housing, on: day, record: String(identity.key), person: person) { w, version, flaw in
      w.text("P")
      w.number(place.area * 10_000 + place.dwelling)
      w.comma()
      w.number(AddressBook.propertyNumber(place))
      w.comma()
      if isTenant {
        w.text("T")
        w.number((area + 1) * 10_000 + entry.household)
      }
      w.comma()
      w.number(identity.key)
      w.comma()
      name(w, identity)
      // Day first, as councils' systems export it.
      if flaw == .impossibleDate {
        w.text("31/02/1980")
      } else {
        slashed(w, identity.birth)
      }
      w.comma()
      // A shape that no real number has: it is never to be landed.
      w.text("QQ")
      w.padded(identity.key % 1_000_000, 6)
      w.text("C,")
      number(w, identity, .none)
      w.comma()
      street(w, address)
      w.comma()
      w.text(address.postcode)
      w.comma()
      w.text(isTenant ? "Secure" : "")
      w.comma()
      if isTenant { slashed(w, began) }
      w.comma()
      if isTenant, let ended { slashed(w, ended) }
      w.comma()
      w.number(bedrooms)
      w.comma()
      w.number(occupants)
      w.comma()
      w.text(flaw == .unknownCode ? "X" : building.band)
      w.text(building.isDamp ? ",Y," : ",N,")
      if isTenant { w.pounds(pence: entry.arrears) }
      w.text(isAdapted ? ",Level access shower," : ",,")
      if let assessed {
        slashed(w, assessed)
        w.text(isTenant ? ",Housed" : ",Relief duty")
      } else {
        w.comma()
      }
    }
  }

  private func slashed(_ w: ByteWriter, _ day: Day) {
    let (year, month, number) = day.civil
    w.padded(number, 2)
    w.text("/")
    w.padded(month, 2)
    w.text("/")
    w.padded(year, 4)
  }

  // MARK: Social care

  func writeSupport(of person: Int, _ registrations: [Registration]) {
    let one = lives.people[person]
    let age = one.age(on: max(one.arrival, timeline.start))
    guard age >= 18, one.arrival < one.exit else { return }
    let social = parameters.social
    let band = age >= 85 ? 3 : age >= 75 ? 2 : age >= 65 ? 1 : 0
    var chance = social.support[band] / 1_000 * social.supportLevel
    for (condition, factor) in social.supportWith
    where health.has(condition, person, on: timeline.end) {
      chance *= factor
    }
    if one.isDisabled { chance *= social.supportDisabled }
    if lives.households[one.household].kind == .careHome { chance = 0.55 }
    let years = Double(one.exit - one.arrival) / 365.25
    let asksOnly = random.chance(min(0.5, chance * social.requestsWithout * years / 3))
    guard random.chance(min(0.95, chance)) || asksOnly else { return }
    let from = max(one.arrival, timeline.start)
    writeSupport(
      SupportEvent(
        person: person,
        identity: identity(person, .council, holder: ground.frame.areas[area].district),
        age: age, residences: residences(person), registrations: registrations,
        asked: from + random.below(max(1, (one.exit - from) * 2 / 3)), isSupported: !asksOnly,
        reason: primaryReason(person, age: age)))
  }

  /// The primary support reason, by what the person has.
  private func primaryReason(_ person: Int, age: Int) -> String {
    func has(_ id: String) -> Bool {
      plan.condition(id).map { health.has($0, person, on: timeline.end) } ?? false
    }
    if has("LD") { return "Learning Disability Support" }
    if has("DEM") { return "Support with Memory and Cognition" }
    if has("MH") { return "Mental Health Support" }
    return age < 65 && random.chance(0.3)
      ? "Physical Support: Access and Mobility Only" : "Physical Support: Personal Care Support"
  }

  private struct SupportEvent {
    let person: Int
    let identity: Identity
    let age: Int
    let residences: [Residence]
    let registrations: [Registration]
    let asked: Day
    let isSupported: Bool
    let reason: String
  }

  private struct Service {
    let type: String
    let component: String
    let mechanism: String
    let cost: Double
    let unit: String
    let units: Double
  }

  /// A request, an assessment, a service and its yearly review, as they follow each other.
  private func writeSupport(_ event: SupportEvent) {
    let exit = min(lives.people[event.person].exit, timeline.end)
    supportLine(
      event, "Request", nextRecord(), from: event.asked, to: event.asked + 3,
      outcome: event.isSupported
        ? "Progress to assessment" : "NFA - signposted to other services")
    guard event.isSupported else { return }
    out.tally[.supported] += 1
    let assessed = event.asked + 10 + random.below(30)
    guard assessed < exit else { return }
    supportLine(
      event, "Assessment", nextRecord(), from: assessed, to: assessed + 7,
      outcome: "Progress to support planning")
    let began = assessed + 14 + random.below(30)
    guard began < exit else { return }
    let lasting = random.chance(0.6) ? 30_000 : 60 + random.below(700)
    let until = min(began + lasting, exit)
    let service = service(event, on: began)
    // One service, reported while it goes on: again with each year it lasts.
    let record = nextRecord()
    var from = began
    while from < until {
      let review = from + 360 + random.below(20)
      let hasEnded = review >= until && (began + lasting < timeline.end || exit < timeline.end)
      supportLine(
        event, "Service", record, from: began, to: hasEnded ? until : nil, outcome: "",
        service: service, reported: hasEnded ? until : from)
      if review < until {
        supportLine(
          event, "Review", nextRecord(), from: review, to: review + 2,
          outcome: "No change in package", review: "Planned")
      }
      from = review
    }
  }

  private func service(_ event: SupportEvent, on day: Day) -> Service {
    let pounds = parameters.social.pounds
    func service(
      _ type: String, _ component: String, _ mechanism: String, _ cost: String, _ unit: String,
      _ units: Double = 1
    ) -> Service {
      Service(
        type: type, component: component, mechanism: mechanism, cost: pounds[cost] ?? 0, unit: unit,
        units: units)
    }
    if home(event.residences, on: day).dwelling >= Home.careHome {
      return random.chance(0.4)
        ? service(
          "Long Term Support: Nursing Care", "Long Term Nursing Care", "NULL", "nursing_home_week",
          "Per week")
        : service(
          "Long Term Support: Residential Care", "Long Term Residential Care", "NULL",
          "care_home_week", "Per week")
    }
    return random.chance(0.25)
      ? service(
        "Long Term Support: Community", "Direct Payment", "Direct Payment", "direct_payment_week",
        "Per week")
      : service(
        "Long Term Support: Community", "Home Support", "CASSR Managed Personal Budget",
        "home_care_hour", "Per hour", parameters.social.hoursAWeek)
  }

  private func supportLine(
    _ event: SupportEvent, _ type: String, _ record: Int, from: Day, to: Day?, outcome: String,
    service: Service? = nil, review: String? = nil, reported: Day? = nil
  ) {
    let person = event.person
    let one = lives.people[person]
    // What ends after the records has not ended yet.
    let day = reported ?? to ?? from
    guard day < timeline.end else { return }
    noteSlips(event.identity, person)
    if supportRecords.insert(record).inserted { writeOwner(.socialCareRecords, record, person) }
    let truth = home(event.residences, on: from)
    let home = event.identity.oldHome ?? truth
    let begins = Day.first(ofMonth: day.monthNumber - day.monthNumber % 3)
    let ends = Day.first(ofMonth: begins.monthNumber + 3) - 1
    emit(.socialCare, on: day, record: String(record), person: person) { w, version, flaw in
      slashed(w, begins)
      w.comma()
      slashed(w, ends)
      w.comma()
      w.text(ground.frame.districts[ground.frame.areas[area].district].code)
      w.comma()
      if event.identity.nhsNumber == 0, flaw != .badCheckDigit {
        w.text("NULL")
      } else {
        number(w, event.identity, flaw)
      }
      w.text(",LA")
      w.number(event.identity.key)
      w.comma()
      let practice = registration(event.registrations, on: from).practice
      w.text(ground.frame.practices[practice].code)
      w.text(one.sex == .male ? ",Male," : ",Female,")
      w.text(flaw == .unknownCode ? "Martian" : plan.ethnicTitle(event.identity.ethnicCategory))
      w.comma()
      if flaw == .impossibleDate { w.text("30/02/1950") } else { slashed(w, event.identity.birth) }
      w.comma()
      if one.reason == .died, one.exit <= ends { slashed(w, one.exit) } else { w.text("NULL") }
      w.text(",Service User,")
      w.text(event.reason)
      w.comma()
      w.text(book.postcode(home))
      w.comma()
      w.text(
        truth.dwelling >= Home.careHome ? "Registered care home" : "Owner occupier or tenant")
      w.text(",NULL,")
      w.text(service == nil ? "NULL" : "Fully Funded Client")
      w.comma()
      w.text(type)
      w.text(",E")
      w.number(record)
      w.comma()
      slashed(w, from)
      w.comma()
      if let to { slashed(w, to) } else { w.text("NULL") }
      w.comma()
      w.text(
        version == .deleted
          ? "Entered in error"
          : version == .corrected ? "Amended" : outcome.isEmpty ? "NULL" : outcome)
      w.text(type == "Request" ? ",Community / other route," : ",NULL,")
      w.text(type == "Assessment" ? "Long Term Assessment" : "NULL")
      w.comma()
      w.text(service?.type ?? "NULL")
      w.comma()
      w.text(service?.component ?? "NULL")
      w.comma()
      w.text(service?.mechanism ?? "NULL")
      w.text(",NULL,")
      w.text(review ?? "NULL")
      w.comma()
      if let service {
        w.pounds(pence: Int((service.cost * 100).rounded()))
        w.comma()
        w.text(service.unit)
        w.comma()
        w.number(Int(service.units))
      } else {
        w.text("NULL,NULL,NULL")
      }
    }
  }
}

enum HousingRecord {
  static let header =
    "property_reference,uprn,tenancy_reference,person_reference,first_name,surname,date_of_birth,"
    + "national_insurance_number,nhs_number,address,postcode,tenancy_type,tenancy_start,"
    + "tenancy_end,bedrooms,occupants,epc_band,damp_mould_flag,arrears,adaptation,"
    + "homelessness_assessment_date,homelessness_outcome"
}

enum SocialCareRecord {
  static let header =
    "Reporting Period Start Date,Reporting Period End Date,LA Code,NHS Number,"
    + "LA Person Unique Identifier,GP Practice Code,Gender,Ethnicity,Date of Birth,Date of Death,"
    + "Client Type,Primary Support Reason,Postcode,Accommodation Status,Has Unpaid Carer,"
    + "Client Funding Status,Event Type,Event Reference,Event Start Date,Event End Date,"
    + "Event Outcome,Request: Route of Access,Assessment Type,Service Type,Service Component,"
    + "Delivery Mechanism,Provider CQC Location ID,Review Reason,Unit Cost,"
    + "Cost Frequency (Unit Type),Planned units per week"
}
