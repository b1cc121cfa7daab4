/// Hospital records: admitted patient care (a row a consultant episode), emergency care, outpatients.
extension AreaExtract {
  /// A stay in hospital.
  struct Stay {
    let person: Int
    let reason: HealthParameters.Reason
    let admitted: Day
    let discharged: Day
    /// The admission method: 21 through A&E, 22 from a GP, 11 from a list, 31 maternity, 82 birth.
    let method: Int
    let isDayCase: Bool
    let endedInDeath: Bool
  }

  /// What the rows of a person at a hospital have in common.
  struct Patient {
    let identity: Identity
    let hospital: Int
    let practice: Int
    let home: Home
  }

  func patient(
    _ person: Int, _ registrations: [Registration], _ residences: [Residence], on day: Day
  ) -> Patient {
    let truth = home(residences, on: day)
    let hospital = ground.frame.areas[truth.area].hospital
    let identity = identity(person, .hospital, holder: hospital)
    return Patient(
      identity: identity, hospital: hospital,
      practice: registration(registrations, on: day).practice,
      home: identity.oldHome ?? truth)
  }

  // MARK: Admitted patient care

  func writeStay(_ stay: Stay, _ patient: Patient) {
    let record = nextRecord()
    noteSlips(patient.identity, stay.person)
    writeOwner(.apcRecords, record, stay.person)
    // A birth and a delivery have types of their own, and the first days of life ages of their own.
    let isBaby = stay.method == 82
    let type = isBaby ? 3 : stay.method == 31 ? 2 : 1
    let secondary = secondaryDiagnoses(stay.person, on: stay.admitted, except: stay.reason.icd10)
    let one = lives.people[stay.person]
    emit(.apc, on: stay.discharged, record: String(record), person: stay.person) {
      w, version, flaw in
      let year = stay.discharged.month >= 4 ? stay.discharged.year : stay.discharged.year - 1
      w.padded(year % 100, 2)
      w.padded((year + 1) % 100, 2)
      w.comma()
      w.number(record)
      w.comma()
      w.hex(pseudonym(patient.identity))
      w.text(",S")
      w.number(record)
      w.comma()
      identified(w, patient, version, flaw)
      described(w, patient, flaw)
      w.number(isBaby ? 7001 : max(0, one.age(on: stay.admitted)))
      w.comma()
      if flaw == .impossibleDate { w.day(stay.discharged + 9) } else { w.day(stay.admitted) }
      w.comma()
      w.number(stay.method)
      w.text(isBaby ? ",79," : ",19,")
      w.number(stay.isDayCase ? 2 : 1)
      w.comma()
      w.day(stay.admitted)
      w.comma()
      w.day(stay.discharged)
      w.text(",1,3,")
      w.number(type)
      w.text(",2,Y,")
      w.number(stay.discharged - stay.admitted)
      w.comma()
      w.day(stay.discharged)
      w.text(stay.endedInDeath ? ",4,79," : ",1,19,")
      w.text(flaw == .unknownCode ? "Q9Z" : stay.reason.icd10)
      for position in 0..<19 {
        w.comma()
        if position < secondary.count {
          w.text(secondary[position])
        } else if position == secondary.count, version == .corrected {
          // Coders add what they had missed: a personal history of disease.
          w.text("Z867")
        }
      }
      w.comma()
      w.text(stay.reason.opcs4)
      w.text(",,,,")
      let isInjury = stay.reason.icd10.hasPrefix("S") || stay.reason.icd10.hasPrefix("T")
      w.text(isInjury ? "W19X," : ",")
      let specialty =
        stay.reason.specialty > 0 ? stay.reason.specialty : [300, 501, 424][type - 1]
      w.number(specialty)
      w.comma()
      w.number(specialty)
      w.comma()
      place(w, patient)
      w.comma()
      w.text(ground.frame.areas[patient.home.area].code)
      w.comma()
      w.text(stay.reason.hrg)
    }
  }

  /// The other conditions that the person has, as ICD-10.
  private func secondaryDiagnoses(_ person: Int, on day: Day, except main: String) -> [String] {
    var codes: [String] = []
    for condition in 0..<health.conditions where health.has(condition, person, on: day) {
      let code = parameters.health.clinical[condition].icd10
      // Some of what is known is not coded in hospital.
      if code != main, !codes.contains(code), random.chance(0.8) { codes.append(code) }
    }
    if health.smoking[person] == .current, random.chance(0.7) { codes.append("F171") }
    return codes
  }

  // MARK: Emergency care

  /// Writes an attendance in A&E.
  ///
  /// - Returns: the day the person left the department.
  func writeAttendance(
    _ reason: HealthParameters.Reason, _ person: Int, _ patient: Patient, on day: Day,
    admitted: Bool
  ) -> Day {
    let record = nextRecord()
    noteSlips(patient.identity, person)
    writeOwner(.ecdsRecords, record, person)
    let hospital = parameters
    let month = day.monthNumber
    let isOutlier = month == plan.outlierMonth
    let chance = hospital.overFourHours / 100 * (isOutlier ? hospital.outlier.factor : 1)
    let isLate = random.chance(min(0.95, chance * (admitted ? 1.7 : 0.75)))
    let minutes = isLate ? 241 + random.below(400) : 35 + random.below(205)
    let arrival = random.below(1_440)
    let byAmbulance = random.chance(admitted ? 0.5 : 0.15)
    let acuity = admitted ? random.below(3) : 1 + random.below(4)
    tallyAttendance(person, on: day, isLate: isLate)
    emit(.ecds, on: day, record: String(record), person: person) { w, version, flaw in
      w.number(record)
      w.text(",G")
      w.number(record)
      w.text(",U")
      w.number(record)
      w.text(version == .deleted ? ",1," : ",9,")
      w.text(ground.frame.hospitals[patient.hospital].code)
      w.comma()
      w.text(ground.frame.hospitals[patient.hospital].code)
      w.text("01,01,1,")
      if flaw == .impossibleDate { w.text("2023-02-30") } else { w.day(day) }
      w.comma()
      clock(w, arrival)
      w.text(byAmbulance ? ",1048031000000100," : ",1048071000000103,")
      w.text(byAmbulance ? "198261000000104," : "1991000124105,")
      w.text(
        [
          "1064891000000107", "1064911000000105", "1064901000000108", "1077241000000103",
          "1077251000000100",
        ][acuity])
      w.comma()
      w.text(flaw == .unknownCode ? "999999991" : reason.complaint)
      w.text(reason.diagnosis == "295124009" ? ",276853009," : ",,")
      w.text(admitted ? "182992009,306706006," : "182992009,306689006,")
      let departure = arrival + minutes + (version == .corrected ? 7 : 0)
      w.day(departure >= 1_440 ? day + 1 : day)
      w.comma()
      clock(w, departure % 1_440)
      w.comma()
      w.text(reason.diagnosis)
      w.comma()
      w.text(reason.diagnosis)
      w.comma()
      w.text(patient.identity.nhsNumber == 0 ? "03," : "01,")
      sex(w, patient.identity, flaw)
      w.comma()
      w.text(patient.identity.ethnicCategory)
      w.comma()
      w.text(ground.frame.practices[patient.practice].code)
      w.comma()
      w.hex(pseudonym(patient.identity))
      w.comma()
      w.text(ground.frame.areas[patient.home.area].code)
      w.text(",0,")
      w.text(version == .deleted ? "1," : "0,")
      number(w, patient.identity, flaw)
      w.comma()
      w.day(patient.identity.birth)
      w.comma()
      w.text(book.postcode(patient.home))
      w.comma()
      w.number(patient.identity.key)
      w.comma()
      w.text(admitted ? "VB03Z" : reason.hrg)
    }
    return arrival + minutes >= 1_440 ? day + 1 : day
  }

  private func tallyAttendance(_ person: Int, on day: Day, isLate: Bool) {
    out.tally[.attendances] += 1
    if isLate { out.tally[.lateAttendances] += 1 }
    let month = timeline.month(day)
    guard (0..<timeline.months).contains(month) else { return }
    let district = ground.frame.areas[area].district
    out.tally.attendancesByMonth[district * timeline.months + month] += 1
    if isLate { out.tally.lateByMonth[district * timeline.months + month] += 1 }
    out.tally.attendancesByAge[ageBand(person, on: day)] += 1
  }

  func tallyAdmission(_ person: Int, on day: Day) {
    out.tally[.emergencyAdmissions] += 1
    let month = timeline.month(day)
    guard (0..<timeline.months).contains(month) else { return }
    let district = ground.frame.areas[area].district
    out.tally.admissionsByMonth[district * timeline.months + month] += 1
  }

  func ageBand(_ person: Int, on day: Day) -> Int {
    LifeParameters.band(lives.people[person].age(on: day), from: HealthParameters.useAges) ?? 0
  }

  // MARK: Outpatients

  func writeAppointment(
    _ clinic: HealthParameters.Reason, _ person: Int, _ patient: Patient, on day: Day
  ) {
    let record = nextRecord()
    noteSlips(patient.identity, person)
    writeOwner(.outpatientRecords, record, person)
    out.tally[.outpatients] += 1
    let tilt = 1 + 0.06 * (5.5 - Double(decile(area)))
    let isMissed = random.chance(parameters.health.notAttended / 100 * tilt)
    let isFirst = random.chance(parameters.health.firstAttendance / 100)
    let one = lives.people[person]
    emit(.outpatient, on: day, record: String(record), person: person) { w, version, flaw in
      w.number(record)
      w.comma()
      identified(w, patient, version, flaw)
      if flaw == .impossibleDate { w.text("2023-02-30") } else { w.day(day) }
      w.comma()
      w.number(max(0, one.age(on: day)))
      w.comma()
      w.number(isMissed != (version == .corrected) ? 3 : 5)
      w.text(isFirst ? ",1," : ",2,")
      w.text("1,03,")
      w.number(clinic.specialty)
      w.comma()
      if flaw == .unknownCode { w.text("999Q") } else { w.number(clinic.specialty) }
      w.comma()
      place(w, patient)
      w.comma()
      described(w, patient, .none)
      w.text(ground.frame.areas[patient.home.area].code)
      w.comma()
      w.text(isMissed ? "" : isFirst ? "WF01B" : "WF01A")
    }
  }

  // MARK: Parts

  /// The hospital's number of the patient, the update type, NHS number, date of birth, postcode.
  private func identified(_ w: ByteWriter, _ patient: Patient, _ version: Version, _ flaw: Flaw) {
    w.number(patient.identity.key)
    w.text(version == .deleted ? ",1," : ",9,")
    number(w, patient.identity, flaw)
    w.comma()
    w.day(patient.identity.birth)
    w.comma()
    w.text(book.postcode(patient.home))
    w.comma()
  }

  /// Sex, ethnic category, month and year of birth.
  private func described(_ w: ByteWriter, _ patient: Patient, _ flaw: Flaw) {
    sex(w, patient.identity, flaw)
    w.comma()
    w.text(patient.identity.ethnicCategory)
    w.comma()
    w.padded(patient.identity.birth.month, 2)
    w.padded(patient.identity.birth.year, 4)
    w.comma()
  }

  /// Provider, site and practice.
  private func place(_ w: ByteWriter, _ patient: Patient) {
    let code = ground.frame.hospitals[patient.hospital].code
    w.text(code)
    w.comma()
    w.text(code)
    w.text("00,")
    w.text(code)
    w.text("01,")
    w.text(ground.frame.practices[patient.practice].code)
  }

  func number(_ w: ByteWriter, _ identity: Identity, _ flaw: Flaw) {
    guard identity.nhsNumber > 0 else {
      if flaw == .badCheckDigit { w.text("9990000001") }
      return
    }
    let number = Int(identity.nhsNumber)
    let last = number % 10
    w.number(flaw == .badCheckDigit ? number - last + (last + 1) % 10 : number)
  }

  private func sex(_ w: ByteWriter, _ identity: Identity, _ flaw: Flaw) {
    w.text(flaw == .unknownCode ? "7" : identity.sex == .male ? "1" : "2")
  }

  private func clock(_ w: ByteWriter, _ minutes: Int) {
    w.padded(minutes / 60, 2)
    w.text(":")
    w.padded(minutes % 60, 2)
    w.text(":00")
  }

  /// The pseudonym that the centre gives: by NHS number where there is one, else by the local number.
  private func pseudonym(_ identity: Identity) -> UInt64 {
    var generator = SeededGenerator(
      seed: identity.nhsNumber > 0 ? identity.nhsNumber : UInt64(identity.key),
      purpose: "pseudonym")
    return generator.next()
  }

  func writeOwner(_ stream: Stream, _ record: Int, _ person: Int) {
    let writer = out.writer(stream)
    writer.number(record)
    writer.comma()
    writer.number(truth(person))
    writer.endLine()
  }
}

enum APCRecord {
  static let header: String = {
    let diagnoses = (1...20).map { "DIAG_4_\($0 < 10 ? "0" : "")\($0)" }
    let operations = (1...4).map { "OPERTN_4_0\($0)" }
    return
      ([
        "FYEAR", "EPIKEY", "PSEUDO_HESID", "SUSRECID", "LOPATID", "UPDATE_TYPE", "NHS_NUMBER",
        "DOB", "POSTCODE", "SEX", "ETHNOS", "MYDOB", "STARTAGE", "ADMIDATE", "ADMIMETH",
        "ADMISORC", "CLASSPAT", "EPISTART", "EPIEND", "EPIORDER", "EPISTAT", "EPITYPE", "SPELBGIN",
        "SPELEND", "SPELDUR", "DISDATE", "DISMETH", "DISDEST",
      ] + diagnoses + operations + [
        "CAUSE_4", "MAINSPEF", "TRETSPEF", "PROCODE3", "PROCODE5", "SITETRET", "GPPRAC", "LSOA21",
        "SUSHRG",
      ]).joined(separator: ",")
  }()
}

enum ECDSRecord {
  static let header =
    "EC_Ident,Generated_Record_ID,Unique_CDS_identifier,Update_Type,Provider_Code,"
    + "Site_Code_of_Treatment,EC_Department_Type,EC_AttendanceCategory,Arrival_Date,Arrival_Time,"
    + "EC_Arrival_Mode_SNOMED_CT,EC_Attendance_Source_SNOMED_CT,EC_Acuity_SNOMED_CT,"
    + "EC_Chief_Complaint_SNOMED_CT,EC_Injury_Intent_SNOMED_CT,EC_Discharge_Status_SNOMED_CT,"
    + "Discharge_Destination_SNOMED_CT,EC_Departure_Date,EC_Departure_Time,EC_Diagnosis_01,"
    + "Der_EC_Diagnosis_All,NHS_Number_Status_Indicator_Code,Sex,Ethnic_Category,GP_Practice_Code,"
    + "Der_Pseudo_NHS_Number,Der_Postcode_LSOA_2021_Code,Der_Dupe_Flag,Deleted,NHS_Number,"
    + "Date_Of_Birth,Postcode,Local_Patient_Identifier,HRG"
}

enum OutpatientRecord {
  static let header =
    "ATTENDKEY,LOPATID,UPDATE_TYPE,NHS_NUMBER,DOB,POSTCODE,APPTDATE,APPTAGE,ATTENDED,FIRSTATT,"
    + "PRIORITY,REFSOURC,MAINSPEF,TRETSPEF,PROCODE3,PROCODE5,SITETRET,GPPRAC,SEX,ETHNOS,MYDOB,"
    + "LSOA21,SUSHRG"
}
