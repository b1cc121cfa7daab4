/// A kind of file in the extracts or in the truth.
enum Stream: Int, CaseIterable, Sendable {
  case patient, condition, observation, medicationRequest, encounter, immunization, deletedGP
  case apc, ecds, outpatient
  case housing, socialCare, deaths, voluntary, programmes
  case people, residences, conditions
  case gpRecords, apcRecords, ecdsRecords, outpatientRecords, housingRecords, socialCareRecords
  case deathRecords, voluntaryRecords, programmeRecords
  case members, averted

  /// The folder of the source, and the file's name in a delivery; the truth has no deliveries.
  var place: (source: String, name: String) {
    switch self {
    case .patient: ("gp", "Patient.ndjson.zst")
    case .condition: ("gp", "Condition.ndjson.zst")
    case .observation: ("gp", "Observation.ndjson.zst")
    case .medicationRequest: ("gp", "MedicationRequest.ndjson.zst")
    case .encounter: ("gp", "Encounter.ndjson.zst")
    case .immunization: ("gp", "Immunization.ndjson.zst")
    case .deletedGP: ("gp", "deleted.ndjson.zst")
    case .apc: ("apc", "apc.csv.zst")
    case .ecds: ("ecds", "ecds.csv.zst")
    case .outpatient: ("outpatients", "outpatients.csv.zst")
    case .housing: ("housing", "housing.csv.zst")
    case .socialCare: ("social-care", "client-level-data.csv.zst")
    case .deaths: ("deaths", "deaths.csv.zst")
    case .voluntary: ("voluntary", "contacts.csv.zst")
    case .programmes: ("programmes", "roster.csv.zst")
    case .people: ("", "people.csv.zst")
    case .residences: ("", "residences.csv.zst")
    case .conditions: ("", "conditions.csv.zst")
    case .gpRecords: ("", "records/gp.csv.zst")
    case .apcRecords: ("", "records/apc.csv.zst")
    case .ecdsRecords: ("", "records/ecds.csv.zst")
    case .outpatientRecords: ("", "records/outpatients.csv.zst")
    case .housingRecords: ("", "records/housing.csv.zst")
    case .socialCareRecords: ("", "records/social-care.csv.zst")
    case .deathRecords: ("", "records/deaths.csv.zst")
    case .voluntaryRecords: ("", "records/voluntary.csv.zst")
    case .programmeRecords: ("", "records/programmes.csv.zst")
    case .members: ("", "programme-members.csv.zst")
    case .averted: ("", "averted-admissions.csv.zst")
    }
  }

  var isTruth: Bool { rawValue >= Stream.people.rawValue }
  var isFHIR: Bool { rawValue <= Stream.deletedGP.rawValue }

  /// The first line of a CSV file.
  var header: String? {
    switch self {
    case .apc: APCRecord.header
    case .ecds: ECDSRecord.header
    case .outpatient: OutpatientRecord.header
    case .housing: HousingRecord.header
    case .socialCare: SocialCareRecord.header
    case .deaths: DeathRecord.header
    case .voluntary: VoluntaryRecord.header
    case .programmes: RosterRecord.header
    case .people:
      "person,nhs_number,given,family,family_at_birth,birth_date,sex,ethnic_category,household,"
        + "arrival,exit,exit_reason,underlying_cause"
    case .residences: "person,from,to,uprn,small_area,postcode,tenure,epc_band,damp"
    case .conditions: "person,condition,onset"
    case .gpRecords: "patient,practice,person"
    case .apcRecords, .ecdsRecords, .outpatientRecords, .socialCareRecords, .deathRecords,
      .voluntaryRecords, .programmeRecords:
      "record,person"
    case .housingRecords: "person_reference,person"
    case .members: "programme,person,uprn,start"
    case .averted: "programme,person,date,diagnosis"
    default: nil
    }
  }
}

/// Every file that people's records are written to.
struct FileCatalogue: Sendable {
  struct File: Sendable {
    let path: String
    let header: String?
    let stream: Stream
    let delivery: Int
  }

  let timeline: Timeline
  let deliveryNames: [String]
  private(set) var files: [File] = []
  private var slots: [Int]

  init(_ timeline: Timeline) {
    self.timeline = timeline
    // A delivery is called after its last day.
    deliveryNames = timeline.cuts.enumerated().map {
      ($0.element - 1).iso + ($0.offset == 0 ? "-full" : "")
    }
    slots = Array(repeating: -1, count: Stream.allCases.count * timeline.cuts.count)
    for stream in Stream.allCases {
      let (source, name) = stream.place
      for delivery in 0..<(stream.isTruth ? 1 : timeline.cuts.count) {
        if stream == .socialCare, !isQuarterly(delivery) { continue }
        slots[stream.rawValue * timeline.cuts.count + delivery] = files.count
        files.append(
          File(
            path: stream.isTruth
              ? "truth/\(name)" : "extracts/\(source)/\(deliveryNames[delivery])/\(name)",
            header: stream.header, stream: stream, delivery: delivery))
      }
    }
  }

  /// Client-level data come by the quarter: with the full delivery and every third month, the last
  /// month always.
  func isQuarterly(_ delivery: Int) -> Bool {
    delivery == 0 || (timeline.cuts.count - 1 - delivery) % 3 == 0
  }

  /// The delivery of client-level data that the records of another come with.
  func quarterly(_ delivery: Int) -> Int {
    (delivery..<timeline.cuts.count).first { isQuarterly($0) } ?? timeline.cuts.count - 1
  }

  func slot(_ stream: Stream, _ delivery: Int) -> Int {
    slots[stream.rawValue * timeline.cuts.count + delivery]
  }
}
