/// What GP records hold of a patient, as FHIR R4: conditions, consultations, measures, prescriptions,
/// vaccinations.
extension AreaExtract {
  // MARK: Conditions

  func writeConditions(of person: Int, _ registrations: [Registration]) {
    let one = lives.people[person]
    for condition in 0..<health.conditions {
      let onset = health.onset(condition, person)
      guard onset < one.exit else { continue }
      let truth = out.writer(.conditions)
      truth.number(self.truth(person))
      truth.comma()
      truth.text(parameters.conditions[condition].id)
      truth.comma()
      truth.day(onset)
      truth.endLine()
      let codes = parameters.health.clinical[condition].codes
      guard !codes.isEmpty else { continue }
      // Some cancers are of one sex alone.
      let code = codes[
        random.pick(codes.map { $0.sex == nil || $0.sex == one.sex ? $0.percent : 0 })]
      // A new practice is sent the whole record of the old.
      for registration in registrations where onset < registration.to {
        writeCondition(
          code.code, code.term, person, registration, onset: onset,
          entered: max(onset, registration.from))
      }
    }
  }

  private func writeCondition(
    _ code: String, _ term: String, _ person: Int, _ registration: Registration, onset: Day,
    entered: Day
  ) {
    let id = resourceID(person)
    emit(.condition, on: entered, record: Self.hex(id), person: person) { w, version, flaw in
      w.text(#"{"resourceType":"Condition","id":""#)
      w.hex(id)
      meta(w, version)
      w.text(
        #","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":""#
      )
      w.text(version == .corrected ? "resolved" : "active")
      w.text(
        #""}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]},"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":"problem-list-item"}]}],"code":"#
      )
      concept(w, code, term, flaw)
      subject(w, registration)
      w.text(#","onsetDateTime":""#)
      date(w, onset, flaw)
      // The day it was first written down, which a new practice keeps.
      w.text(#"","recordedDate":""#)
      w.day(onset)
      w.text(#""}"#)
    }
  }

  // MARK: Consultations, measures, prescriptions, vaccinations

  /// A consultation, with what it was about and what was prescribed.
  func writeConsultation(_ person: Int, _ registration: Registration, on day: Day) {
    let consultations = parameters.health.consultations
    let age = lives.people[person].age(on: day)
    let band = age < 16 ? 0 : age < 65 ? 1 : 2
    let reason = consultations[random.pick(consultations.map { $0.ages[band] })]
    let id = resourceID(person)
    let hour = 8 + random.below(10)
    let minute = random.below(9) * 5
    let length = 4 + random.below(11)
    let isByTelephone = random.chance(0.3)
    emit(.encounter, on: day, record: Self.hex(id), person: person) { w, version, flaw in
      w.text(#"{"resourceType":"Encounter","id":""#)
      w.hex(id)
      meta(w, version)
      w.text(
        isByTelephone
          ? #","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"VR","display":"virtual"},"type":[{"coding":[{"system":"http://snomed.info/sct","code":"185317003","display":"Telephone encounter"}]}]"#
          : #","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB","display":"ambulatory"},"type":[{"coding":[{"system":"http://snomed.info/sct","code":"11429006","display":"Consultation"}]}]"#
      )
      subject(w, registration)
      w.text(#","period":{"start":""#)
      date(w, day, flaw)
      time(w, hour, minute)
      w.text(#"","end":""#)
      w.day(day)
      time(w, hour, minute + length + (version == .corrected ? 1 : 0))
      w.text(#""},"reasonCode":["#)
      concept(w, reason.code, reason.term, flaw)
      w.text(#"],"serviceProvider":{"reference":"Organization/"#)
      w.text(ground.frame.practices[registration.practice].code)
      w.text(#""}}"#)
    }
    if let drug = reason.drug, age >= 5, random.chance(reason.percent / 100) {
      writePrescription(drug, person, registration, on: day, isRepeat: false)
    }
  }

  func writePrescription(
    _ drug: Int, _ person: Int, _ registration: Registration, on day: Day, isRepeat: Bool
  ) {
    let drug = parameters.health.drugs[drug]
    let id = resourceID(person)
    emit(.medicationRequest, on: day, record: Self.hex(id), person: person) { w, version, flaw in
      w.text(#"{"resourceType":"MedicationRequest","id":""#)
      w.hex(id)
      meta(w, version)
      w.text(isRepeat ? #","status":"active""# : #","status":"completed""#)
      w.text(
        #","intent":"order","medicationCodeableConcept":{"coding":[{"system":"https://dmd.nhs.uk","code":""#
      )
      w.text(flaw == .unknownCode ? "39732011000001109" : drug.code)
      w.text(#"","display":""#)
      w.text(drug.term)
      w.text(#""}]}"#)
      subject(w, registration)
      w.text(#","authoredOn":""#)
      date(w, day, flaw)
      w.text(
        isRepeat
          ? #"","courseOfTherapyType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy","code":"continuous"}]},"dosageInstruction":[{"text":""#
          : #"","courseOfTherapyType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy","code":"acute"}]},"dosageInstruction":[{"text":""#
      )
      w.text(drug.dose)
      w.text(#""}],"dispenseRequest":{"numberOfRepeatsAllowed":"#)
      // Half a year of monthly packs.
      w.number(isRepeat ? (version == .corrected ? 11 : 5) : 0)
      w.text("}}")
    }
  }

  func writeVaccination(
    _ vaccine: HealthParameters.Vaccine, _ person: Int, _ registration: Registration, on day: Day
  ) {
    let id = resourceID(person)
    emit(.immunization, on: day, record: Self.hex(id), person: person) { w, version, flaw in
      w.text(#"{"resourceType":"Immunization","id":""#)
      w.hex(id)
      meta(w, version)
      w.text(
        #","extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure","valueCodeableConcept":"#
      )
      concept(w, vaccine.procedure, "", flaw)
      w.text(
        #"}],"status":"completed","vaccineCode":{"coding":[{"system":"https://dmd.nhs.uk","code":""#
      )
      w.text(vaccine.product)
      w.text(#"","display":""#)
      w.text(vaccine.term)
      w.text(#""}]},"patient":{"reference":"Patient/"#)
      w.hex(registration.patient)
      w.text(#""},"occurrenceDateTime":""#)
      date(w, day, flaw)
      w.text(version == .corrected ? #"","primarySource":false}"# : #"","primarySource":true}"#)
    }
  }

  enum Measure {
    case bodyMass(tenths: Int)
    case pressure(systolic: Int, diastolic: Int)
    case hba1c(Int)
    case egfr(Int)
    case smoking(AreaHealth.Smoking)
  }

  func writeObservation(
    _ measure: Measure, _ person: Int, _ registration: Registration, on day: Day
  ) {
    let id = resourceID(person)
    emit(.observation, on: day, record: Self.hex(id), person: person) { w, version, flaw in
      w.text(#"{"resourceType":"Observation","id":""#)
      w.hex(id)
      meta(w, version)
      w.text(version == .corrected ? #","status":"amended""# : #","status":"final""#)
      w.text(
        #","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":""#
      )
      switch measure {
      case .bodyMass, .pressure: w.text("vital-signs")
      case .hba1c, .egfr: w.text("laboratory")
      case .smoking: w.text("social-history")
      }
      w.text(#""}]}],"code":"#)
      switch measure {
      case .bodyMass: concept(w, "60621009", "Body mass index", flaw)
      case .pressure: concept(w, "75367002", "Blood pressure", flaw)
      case .hba1c:
        concept(
          w, "999791000000106",
          "Haemoglobin A1c level - International Federation of Clinical Chemistry and Laboratory Medicine standardised",
          flaw)
      case .egfr:
        concept(
          w, "1020291000000106",
          "Glomerular filtration rate calculated by abbreviated Modification of Diet in Renal Disease Study Group calculation",
          flaw)
      case .smoking: concept(w, "365981007", "Finding of tobacco smoking behavior", flaw)
      }
      subject(w, registration)
      w.text(#","effectiveDateTime":""#)
      date(w, day, flaw)
      w.text(#"","performer":[{"reference":"Organization/"#)
      w.text(ground.frame.practices[registration.practice].code)
      w.text(#""}]"#)
      switch measure {
      case .bodyMass(let tenths):
        w.text(#","valueQuantity":{"value":"#)
        w.tenths(tenths)
        w.text(#","unit":"kg/m2","system":"http://unitsofmeasure.org","code":"kg/m2"}}"#)
      case .hba1c(let value):
        w.text(#","valueQuantity":{"value":"#)
        w.number(version == .corrected ? value + 1 : value)
        w.text(#","unit":"mmol/mol","system":"http://unitsofmeasure.org","code":"mmol/mol"}}"#)
      case .egfr(let value):
        w.text(#","valueQuantity":{"value":"#)
        w.number(version == .corrected ? value + 1 : value)
        w.text(
          #","unit":"mL/min/1.73m2","system":"http://unitsofmeasure.org","code":"mL/min/{1.73_m2}"}}"#
        )
      case .smoking(let smoking):
        w.text(#","valueCodeableConcept":"#)
        switch smoking {
        case .never: concept(w, "266919005", "Never smoked tobacco", .none)
        case .former: concept(w, "8517006", "Ex-smoker", .none)
        case .current: concept(w, "77176002", "Smoker", .none)
        }
        w.text("}")
      case .pressure(let systolic, let diastolic):
        w.text(
          #","component":[{"code":{"coding":[{"system":"http://snomed.info/sct","code":"72313002","display":"Systolic arterial pressure"}]},"valueQuantity":{"value":"#
        )
        w.number(version == .corrected ? systolic + 2 : systolic)
        w.text(
          #","unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},{"code":{"coding":[{"system":"http://snomed.info/sct","code":"1091811000000102","display":"Diastolic arterial pressure"}]},"valueQuantity":{"value":"#
        )
        w.number(diastolic)
        w.text(#","unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"#)
      }
    }
  }

  // MARK: Parts

  @inline(__always)
  private func meta(_ w: ByteWriter, _ version: Version) {
    w.text(version == .corrected ? #"","meta":{"versionId":"2"}"# : #"","meta":{"versionId":"1"}"#)
  }

  private func concept(_ w: ByteWriter, _ code: String, _ term: String, _ flaw: Flaw) {
    w.text(#"{"coding":[{"system":"http://snomed.info/sct","code":""#)
    // A code whose check digit does not fit is nobody's.
    w.text(flaw == .unknownCode ? "999999991" : code)
    if !term.isEmpty {
      w.text(#"","display":""#)
      w.text(term)
    }
    w.text(#""}]}"#)
  }

  @inline(__always)
  private func subject(_ w: ByteWriter, _ registration: Registration) {
    w.text(#","subject":{"reference":"Patient/"#)
    w.hex(registration.patient)
    w.text(#""}"#)
  }

  /// The day, or one that no calendar has.
  private func date(_ w: ByteWriter, _ day: Day, _ flaw: Flaw) {
    if flaw == .impossibleDate { w.text("2023-02-30") } else { w.day(day) }
  }

  private func time(_ w: ByteWriter, _ hour: Int, _ minute: Int) {
    w.text("T")
    w.padded(hour, 2)
    w.text(":")
    w.padded(minute, 2)
    w.text(":00+00:00")
  }

  /// An id that is unique in the place and says nothing: a bijective mix of a count (SplitMix64's).
  func resourceID(_ person: Int) -> UInt64 {
    counter += 1
    var z = (UInt64(area + 1) << 32 | UInt64(counter)) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension ByteWriter {
  /// Sixteen hexadecimal digits.
  func hex(_ value: UInt64) {
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(value >> UInt64(shift) & 15)
      byte(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}
