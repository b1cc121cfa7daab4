/// The council's records: homes and tenancies, and adult social care.
extension AreaExtract {
  // MARK: Housing

  /// Writes the housing register: every delivery is the whole register as it stood on its last day.
  func writeHousing() {
    let council = parameters.tenure.firstIndex { $0.id == "council" } ?? 0
    let homeless = parameters.social.homeless
    for (number, household) in lives.households.enumerated() where household.kind == .family {
      let isTenant = household.tenure == council
      let factor = household.hasLowIncome ? parameters.social.homelessLowIncome : 1
      let wait = random.exponential(
        mean: 365_250 / max(0.01, homeless[sector(number).rawValue] * factor))
      let assessed = timeline.start + Int(min(30_000, wait))
      guard isTenant || assessed < timeline.end else { continue }
      let arrears = parameters.social.arrears
      let owes = random.chance(
        min(0.9, arrears.percent / 100 * (household.hasLowIncome ? arrears.lowIncome : 0.8)))
      let pence = owes ? 2_000 + Int(random.exponential(mean: 45_000)) : 0
      for member in household.members where lives.people[member].age(on: timeline.end) >= 16 {
        writeTenant(
          member, household, sector(number), isTenant: isTenant, assessed: assessed, arrears: pence)
      }
    }
  }

  private func writeTenant(
    _ person: Int, _ household: Household, _ sector: SocialParameters.Sector, isTenant: Bool,
    assessed: Day, arrears: Int
  ) {
    let one = lives.people[person]
    let places = residences(person)
    let identity = identity(person, .council, holder: ground.frame.areas[area].district)
    let chance = (parameters.social.errors[.council]?[.duplicate] ?? 0) / 100
    var entries = [identity]
    if errors.chance(chance * carelessness(person)) {
      var other = makeIdentity(person, .council, key: nextRecord())
      other.slips.append(.init(kind: .duplicate, field: "", truth: String(identity.key)))
      entries.append(other)
    }
    let isAdapted = one.isDisabled && random.chance(parameters.social.adapted / 100)
    // Tenancies of those here on the first day began some time before.
    let began = one.arrival == timeline.start ? one.arrival - random.below(7_000) : one.arrival
    for entry in entries {
      writeOwner(.housingRecords, entry.key, person)
      for (delivery, cut) in timeline.cuts.enumerated() {
        let asOf = cut - 1
        // A register forgets those who died or left before the first delivery.
        let known =
          one.arrival <= asOf
          && (delivery > 0 ? one.exit > timeline.cuts[0] - 400 : one.exit > asOf - 400)
        guard known, isTenant || assessed <= asOf else { continue }
        if delivery == 0 || one.arrival > timeline.cuts[delivery - 1] {
          note(entry, person, .housing, delivery)
        }
        let place = home(places, on: min(asOf, one.exit - 1))
        let building = book.building(place, sector)
        housingLine(
          delivery, entry, person,
          place: place.dwelling >= Home.careHome ? places[0].home : entry.oldHome ?? place,
          building: building, isTenant: isTenant,
          began: max(
            began, places.last { $0.from <= asOf && $0.from > one.arrival }?.from ?? began),
          ended: one.exit <= asOf ? one.exit : nil, occupants: household.members.count,
          bedrooms: household.bedrooms, arrears: arrears, isAdapted: isAdapted,
          assessed: assessed <= asOf ? assessed : nil)
      }
    }
  }

  private func housingLine(
    _ delivery: Int, _ identity: Identity, _ person: Int, place: Home,
    building: AddressBook.Building, isTenant: Bool, began: Day, ended: Day?, occupants: Int,
    bedrooms: Int, arrears: Int, isAdapted: Bool, assessed: Day?
  ) {
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
        w.number(place.area * 10_000 + place.dwelling)
      }
      w.comma()
      w.number(identity.key)
      w.comma()
      w.text(identity.forename)
      w.comma()
      w.text(identity.surname)
      w.comma()
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
      w.number(address.number)
      w.text(" ")
      w.text(address.street)
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
      if isTenant { w.pounds(pence: arrears) }
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

  func writeSupport(of person: Int) {
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
    let isInCareHome = lives.households[one.household].kind == .careHome
    if isInCareHome { chance = 0.55 }
    let years = Double(one.exit - one.arrival) / 365.25
    let asksOnly = random.chance(min(0.5, chance * social.requestsWithout * years / 3))
    guard random.chance(min(0.95, chance)) || asksOnly else { return }
    let identity = identity(person, .council, holder: ground.frame.areas[area].district)
    let asked =
      max(one.arrival, timeline.start)
      + random.below(max(1, (one.exit - max(one.arrival, timeline.start)) * 2 / 3))
    let residences = residences(person)
    let event = SupportEvent(
      person: person, identity: identity, age: age, residences: residences, asked: asked,
      isSupported: !asksOnly, isInCareHome: isInCareHome || one.careHome < one.exit)
    writeSupport(event)
  }

  private struct SupportEvent {
    let person: Int
    let identity: Identity
    let age: Int
    let residences: [Residence]
    let asked: Day
    let isSupported: Bool
    let isInCareHome: Bool
  }

  /// A request, an assessment, a service and its yearly review, as they follow each other.
  private func writeSupport(_ event: SupportEvent) {
    let exit = min(lives.people[event.person].exit, timeline.end)
    supportLine(
      event, "Request", from: event.asked, to: event.asked + 3,
      outcome: event.isSupported ? "Progress to assessment" : "NFA - signposted to other services")
    guard event.isSupported else { return }
    out.tally[.supported] += 1
    let assessed = event.asked + 10 + random.below(30)
    guard assessed < exit else { return }
    supportLine(
      event, "Assessment", from: assessed, to: assessed + 7, outcome: "Progress to support planning"
    )
    let began = assessed + 14 + random.below(30)
    guard began < exit else { return }
    let isOpen = random.chance(0.6)
    let ended = isOpen ? nil : Optional(began + 60 + random.below(700))
    let last = ended.map { min($0, exit) }
    let pounds = parameters.social.pounds
    let service: (type: String, component: String, cost: Double, unit: String, units: Double) =
      event.isInCareHome
      ? random.chance(0.4)
        ? (
          "Long Term Support: Nursing Care", "Long Term Nursing Care",
          pounds["nursing_home_week"] ?? 0, "Per week", 1
        )
        : (
          "Long Term Support: Residential Care", "Long Term Residential Care",
          pounds["care_home_week"] ?? 0, "Per week", 1
        )
      : random.chance(0.25)
        ? (
          "Long Term Support: Community", "Direct Payment", pounds["direct_payment_week"] ?? 0,
          "Per week", 1
        )
        : (
          "Long Term Support: Community", "Home Support", pounds["home_care_hour"] ?? 0, "Per hour",
          parameters.social.hoursAWeek
        )
    // A service is reported while it goes on: again with each year it lasts.
    var from = began
    let until = min(last ?? exit, exit)
    while from < until {
      let review = from + 360 + random.below(20)
      let isLast = review >= until && (ended != nil || exit < timeline.end)
      supportLine(
        event, "Service", from: began, to: isLast ? until : nil, outcome: "", service: service,
        reported: from)
      if review < until {
        supportLine(
          event, "Review", from: review, to: review + 2, outcome: "No change in package",
          review: "Planned")
      }
      from = review
    }
  }

  private func supportLine(
    _ event: SupportEvent, _ type: String, from: Day, to: Day?, outcome: String,
    service: (type: String, component: String, cost: Double, unit: String, units: Double)? = nil,
    review: String? = nil, reported: Day? = nil
  ) {
    let record = nextRecord()
    let person = event.person
    let one = lives.people[person]
    let day = min(reported ?? from, timeline.end - 1)
    noteSlips(
      person, .council, holder: ground.frame.areas[area].district, .socialCare, on: day)
    writeOwner(.socialCareRecords, record, person)
    let home = event.identity.oldHome ?? home(event.residences, on: from)
    let begins = Day.first(ofMonth: day.monthNumber - day.monthNumber % 3)
    emit(.socialCare, on: day, record: String(record), person: person) { w, version, flaw in
      slashed(w, begins)
      w.comma()
      slashed(w, Day.first(ofMonth: begins.monthNumber + 3) - 1)
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
      w.text(ground.frame.practices[max(0, one.practice - 1)].code)
      w.text(one.sex == .male ? ",Male," : ",Female,")
      w.text(flaw == .unknownCode ? "Martian" : plan.ethnicTitle(event.identity.ethnicCategory))
      w.comma()
      if flaw == .impossibleDate { w.text("30/02/1950") } else { slashed(w, event.identity.birth) }
      w.comma()
      if one.reason == .died, one.exit <= day { slashed(w, one.exit) } else { w.text("NULL") }
      w.text(",Service User,")
      w.text(
        event.age < 65 ? "Learning Disability Support" : "Physical Support: Personal Care Support")
      w.comma()
      w.text(book.postcode(home))
      w.comma()
      w.text(event.isInCareHome ? "Registered care home" : "Owner occupier or tenant")
      w.text(",NULL,")
      w.text(service == nil ? "NULL" : "Fully Funded Client")
      w.comma()
      w.text(type)
      w.text(",E")
      w.number(record)
      w.comma()
      slashed(w, from)
      w.comma()
      if let to { slashed(w, version == .corrected ? to + 1 : to) } else { w.text("NULL") }
      w.comma()
      w.text(version == .deleted ? "Entered in error" : outcome.isEmpty ? "NULL" : outcome)
      w.text(type == "Request" ? ",Community / other route," : ",NULL,")
      w.text(type == "Assessment" ? "Long Term Assessment" : "NULL")
      w.comma()
      w.text(service?.type ?? "NULL")
      w.comma()
      w.text(service?.component ?? "NULL")
      w.text(service == nil ? ",NULL,NULL," : ",CASSR Managed Personal Budget,NULL,")
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
