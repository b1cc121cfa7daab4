/// Patients of GP records, as FHIR R4 with UK Core identifiers and extensions.
extension AreaExtract {
  /// A person's time with a practice, and the patient record that the practice keeps.
  struct Registration {
    let from: Day
    var to: Day
    let practice: Int
    let patient: UInt64
  }

  /// The registration on a day: the last before it, or the first.
  func registration(_ registrations: [Registration], on day: Day) -> Registration {
    registrations.last { $0.from <= day } ?? registrations[0]
  }

  // MARK: Patients

  /// Writes the patient records of a person: one a practice, again whenever something changes.
  func writePatient(_ person: Int) -> [Registration] {
    let one = lives.people[person]
    let places = residences(person)
    var registrations = [
      Registration(
        from: one.arrival, to: one.exit, practice: one.practice - 1, patient: resourceID(person))
    ]
    for place in places.dropFirst() {
      let near = ground.frame.areas[place.home.area].practices
      let current = registrations[registrations.count - 1].practice
      guard !near.contains(where: { $0.index == current }), place.from < one.exit else { continue }
      registrations[registrations.count - 1].to = place.from
      registrations.append(
        Registration(
          from: place.from, to: one.exit,
          practice: near[random.pick(near.map(\.weight))].index, patient: resourceID(person)))
    }
    for registration in registrations {
      let identity = makeIdentity(person, .gp, key: 0)
      writePatient(person, identity, registration, places, id: registration.patient)
      if isDuplicated(person, .gp) {
        // The same person twice at the same practice, written down anew.
        let other = makeIdentity(person, .gp, key: 0)
        let id = resourceID(person)
        other.slips.append(
          .init(kind: .duplicate, field: "", truth: Self.hex(registration.patient)))
        writePatient(person, other, registration, places, id: id)
      }
    }
    return registrations
  }

  private func writePatient(
    _ person: Int, _ identity: Identity, _ registration: Registration,
    _ places: [Residence], id: UInt64
  ) {
    let one = lives.people[person]
    let records = out.writer(.gpRecords)
    records.text(Self.hex(id))
    records.comma()
    records.text(ground.frame.practices[registration.practice].code)
    records.comma()
    records.number(truth(person))
    records.endLine()
    let leaves = registration.to < timeline.end
    var changes = places.map(\.from).filter { $0 > registration.from && $0 < registration.to }
    if leaves { changes.append(registration.to) }
    var written = -1
    for (delivery, cut) in timeline.cuts.enumerated() where registration.from < cut {
      let version = changes.filter { $0 < cut }.count
      guard version > written else { continue }
      written = version
      if !identity.isNoted {
        identity.isNoted = true
        for slip in identity.slips {
          out.note(
            slip.kind, .patient, delivery, record: Self.hex(id), person: truth(person),
            field: slip.field, detail: slip.truth)
        }
      }
      let asOf = cut - 1
      let changed = changes.last { $0 < cut } ?? registration.from
      let isActive = !(leaves && registration.to < cut)
      let writer = out.writer(.patient, delivery)
      out.tally[.records] += 1
      patientLine(
        writer, id: id, identity, practice: registration.practice,
        address: book.address(
          believed(identity, places, on: min(asOf, registration.to - 1))),
        version: version + 1, updated: max(changed, timeline.start),
        isActive: isActive,
        died: one.reason == .died && one.exit < cut && registration.to == one.exit
          ? one.exit : nil)
      writer.endLine()
    }
  }

  private func patientLine(
    _ w: ByteWriter, id: UInt64, _ identity: Identity, practice: Int, address: AddressBook.Address,
    version: Int, updated: Day, isActive: Bool, died: Day?
  ) {
    w.text(#"{"resourceType":"Patient","id":""#)
    w.hex(id)
    w.text(#"","meta":{"versionId":""#)
    w.number(version)
    w.text(#"","lastUpdated":""#)
    w.day(updated)
    w.text(
      #"T00:00:00+00:00","profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"]},"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory","valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland","code":""#
    )
    w.text(identity.ethnicCategory)
    w.text(#""}]}}],"identifier":["#)
    if identity.nhsNumber != 0 {
      w.text(
        #"{"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus","valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland","code":"01","display":"Number present and verified"}]}}],"system":"https://fhir.nhs.uk/Id/nhs-number","value":""#
      )
      w.number(Int(identity.nhsNumber))
      w.text(#""},"#)
    }
    w.text(#"{"system":"https://example.org/kith-synthetic/patient","value":""#)
    w.hex(id)
    w.text(isActive ? #""}],"active":true"# : #""}],"active":false"#)
    w.text(#","name":[{"use":"official","family":""#)
    w.text(identity.surname)
    w.text(#"","given":[""#)
    w.text(identity.forename)
    w.text(identity.sex == .female ? #""]}],"gender":"female""# : #""]}],"gender":"male""#)
    w.text(#","birthDate":""#)
    w.day(identity.birth)
    if let died {
      w.text(#"","deceasedDateTime":""#)
      w.day(died)
    }
    w.text(#"","address":[{"use":"home","line":[""#)
    street(w, address)
    w.text(#""],"postalCode":""#)
    w.text(address.postcode)
    w.text(#""}],"managingOrganization":{"reference":"Organization/"#)
    w.text(ground.frame.practices[practice].code)
    w.text(#""}}"#)
  }
}
