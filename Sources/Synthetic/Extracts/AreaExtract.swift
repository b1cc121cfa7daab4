/// Writes the records of the people of one small area: the state that all extracts share.
///
/// The extracts are extensions of it, a file each: GP, hospital, council, deaths, voluntary sector,
/// programmes, and the truth.
final class AreaExtract {
  let plan: WritingPlan
  let ground: AreaLives.Ground
  let parameters: Parameters
  let timeline: Timeline
  let area: Int
  let lives: AreaLives
  let health: AreaHealth
  let out: Outbox
  let book: AddressBook
  /// What happens in people's lives.
  var random: SeededGenerator
  /// What goes wrong in records: a stream of its own, so that errors do not change lives.
  var errors: SeededGenerator
  /// Numbers records within the area.
  var counter = 0
  /// Each person's start in a programme that works, `.never` for none.
  var warm: [Day]
  var identities: [IdentityKey: [Identity]] = [:]
  /// Errors of an identity that are noted with the line that is written next.
  var pending: [(slip: Identity.Slip, key: Int, person: Int)] = []
  var memberships: [Membership] = []
  /// What those who died died of, as ICD-10.
  var causes: [Int: String] = [:]
  var diedInHospital: Set<Int> = []
  /// Records of social care whose owner is in the truth: a service has several lines.
  var supportRecords: Set<Int> = []

  struct IdentityKey: Hashable {
    let source: ErrorSource
    /// The holder: a hospital, a council, an organisation.
    let holder: Int
    let person: Int
  }

  init(plan: WritingPlan, area: Int, out: Outbox) {
    self.plan = plan
    ground = plan.ground
    parameters = plan.ground.parameters
    timeline = plan.ground.timeline
    self.area = area
    self.out = out
    book = AddressBook(ground: plan.ground)
    var lives = AreaLives(plan.ground, area: area, residents: plan.residents[area])
    for (household, moves) in plan.moves.moves[area] { lives.move(household, moves) }
    self.lives = lives
    health = AreaHealth(lives, plan.prevalence)
    random = SeededGenerator(seed: plan.ground.seed, purpose: "records", index: area)
    errors = SeededGenerator(seed: plan.ground.seed, purpose: "errors", index: area)
    warm = Array(repeating: .never, count: lives.people.count)
  }

  func write() {
    count()
    chooseForProgrammes()
    // In an order that says nothing about who lives with whom.
    var order = SeededGenerator(seed: ground.seed, purpose: "order", index: area)
    for person in lives.people.indices.shuffled(using: &order) {
      writeTruth(of: person)
      let registrations = writePatient(person)
      writeConditions(of: person, registrations)
      writeCare(of: person, registrations)
      writeSupport(of: person, registrations)
      writeContacts(of: person)
      if lives.people[person].reason == .died { writeDeath(of: person, registrations) }
    }
    writeHousing()
    writeMembers()
  }

  // MARK: What is true of a person

  /// Where a person lives from when on, in order.
  struct Residence {
    let from: Day
    var to: Day
    let home: Home
  }

  func residences(_ person: Int) -> [Residence] {
    let one = lives.people[person]
    let household = lives.households[one.household]
    var residences = [
      Residence(
        from: one.arrival, to: one.exit,
        home: Home(area: area, dwelling: household.dwelling))
    ]
    func move(_ day: Day, _ home: Home) {
      guard day < one.exit else { return }
      if day <= one.arrival {
        residences = [Residence(from: one.arrival, to: one.exit, home: home)]
      } else {
        residences[residences.count - 1].to = day
        residences.append(Residence(from: day, to: one.exit, home: home))
      }
    }
    for step in household.moves where step.day < one.careHome { move(step.day, step.home) }
    if one.careHome < one.exit {
      move(
        one.careHome, Home(area: ground.careHome(near: area), dwelling: Home.careHome))
    }
    return residences
  }

  func home(_ residences: [Residence], on day: Day) -> Home {
    (residences.last { $0.from <= day } ?? residences[0]).home
  }

  func sector(_ household: Int) -> SocialParameters.Sector {
    SocialParameters.Sector(tenure: parameters.tenure[lives.households[household].tenure].id)
  }

  func decile(_ area: Int) -> Int { ground.frame.areas[area].decile }

  /// The number of a person in the truth.
  func truth(_ person: Int) -> Int { plan.firstNumber[area] + person }

  func nhsNumber(_ person: Int) -> UInt64 { plan.numbers[truth(person)] }

  /// A record's number, unique in the place: the area, and a count within it.
  func nextRecord() -> Int {
    counter += 1
    return (area + 1) * 10_000_000 + counter
  }

  // MARK: Writing a record

  /// Which copy of a record a line is.
  enum Version {
    case original
    case corrected
    case deleted
  }

  /// What is wrong with a line on purpose.
  enum Flaw {
    case none
    case badCheckDigit
    case impossibleDate
    case unknownCode
  }

  /// Writes a record to the delivery of its day: once as a rule, and sometimes late, again, corrected
  /// later, deleted later, or broken.
  ///
  /// - Parameters:
  ///   - day: when the record was made.
  ///   - write: writes the line without its end; called once for each line.
  @inline(__always)
  func emit(
    _ stream: Stream, on day: Day, record: @autoclosure () -> String, person: Int,
    _ write: (ByteWriter, Version, Flaw) -> Void
  ) {
    out.tally[.records] += 1
    let chance = errors.uniform()
    guard chance < plan.flaws.total else {
      let delivery = deliver(stream, day)
      if !pending.isEmpty { notePending(stream, delivery, record: record()) }
      let writer = out.writer(stream, delivery)
      write(writer, .original, .none)
      writer.endLine()
      return
    }
    emitOddly(stream, on: day, record(), person, plan.flaws.kind(chance), write)
  }

  func deliver(_ stream: Stream, _ day: Day) -> Int {
    let delivery = plan.delivery(day)
    return stream == .socialCare ? out.catalogue.quarterly(delivery) : delivery
  }

  private func emitOddly(
    _ stream: Stream, on day: Day, _ record: String, _ person: Int, _ kind: Defect.Kind,
    _ write: (ByteWriter, Version, Flaw) -> Void
  ) {
    let delivery = deliver(stream, day)
    func line(
      _ delivery: Int, _ version: Version = .original, _ flaw: Flaw = .none,
      note kind: Defect.Kind? = nil
    ) {
      notePending(stream, delivery, record: record)
      if let kind { out.note(kind, stream, delivery, record: record, person: truth(person)) }
      let writer = out.writer(stream, delivery)
      write(writer, version, flaw)
      writer.endLine()
    }
    let (next, isRecent) = later(stream, than: delivery, day)
    let hasNext = next > delivery
    switch kind {
    case .late where hasNext && isRecent: line(next, note: .late)
    case .repeated:
      line(delivery)
      line(hasNext && errors.chance(0.7) ? next : delivery, note: .repeated)
    case .corrected where hasNext:
      line(delivery)
      line(next, .corrected, note: .corrected)
    case .deleted where hasNext:
      line(delivery)
      delete(stream, next, record, person, write)
    case .badCheckDigit where stream.hasNumber:
      line(delivery, .original, .badCheckDigit, note: kind)
    case .impossibleDate: line(delivery, .original, .impossibleDate, note: kind)
    case .unknownCode: line(delivery, .original, .unknownCode, note: kind)
    case .truncatedLine: breakLine(stream, delivery, record, person, kind, write)
    case .wrongEncoding: breakLine(stream, delivery, record, person, kind, write)
    case .wrongResourceType where stream.isFHIR:
      // The record is in another type's file.
      let other: Stream = stream == .observation ? .condition : .observation
      notePending(other, delivery, record: record)
      out.note(kind, other, delivery, record: record, person: truth(person))
      let writer = out.writer(other, delivery)
      write(writer, .original, .none)
      writer.endLine()
    default: line(delivery)
    }
  }

  /// A later delivery that what has become of a record comes with, or the same where there is none.
  ///
  /// Of the years in the full delivery, the last two are still being put right, in any of the months
  /// that follow; what is late comes in the month after.
  private func later(
    _ stream: Stream, than delivery: Int, _ day: Day
  ) -> (delivery: Int, isRecent: Bool) {
    let last = timeline.cuts.count - 1
    // The housing register is whole each time: nothing of it can be late or come again.
    guard stream != .housing, delivery < last, timeline.cuts[delivery] - day < 730 else {
      return (delivery, false)
    }
    let isRecent = timeline.cuts[delivery] - day < 62
    let steps = isRecent ? 1 : 1 + errors.below(last - delivery)
    let next = delivery + steps
    return (stream == .socialCare ? out.catalogue.quarterly(next) : next, isRecent)
  }

  private func delete(
    _ stream: Stream, _ delivery: Int, _ record: String, _ person: Int,
    _ write: (ByteWriter, Version, Flaw) -> Void
  ) {
    // The bulk export of FHIR has deletions in a file of their own.
    let file: Stream = stream.isFHIR ? .deletedGP : stream
    out.note(.deleted, file, delivery, record: record, person: truth(person))
    let writer = out.writer(file, delivery)
    if stream.isFHIR {
      writer.text(
        #"{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":""#
      )
      writer.text(stream.resourceType)
      writer.text("/")
      writer.text(record)
      writer.text(#""}}]}"#)
    } else {
      write(writer, .deleted, .none)
    }
    writer.endLine()
  }

  private func breakLine(
    _ stream: Stream, _ delivery: Int, _ record: String, _ person: Int, _ kind: Defect.Kind,
    _ write: (ByteWriter, Version, Flaw) -> Void
  ) {
    notePending(stream, delivery, record: record)
    out.note(kind, stream, delivery, record: record, person: truth(person))
    let writer = out.writer(stream, delivery)
    let start = writer.count
    write(writer, .original, .none)
    let length = writer.count - start
    if kind == .truncatedLine {
      writer.truncate(to: start + length * 3 / 5)
    } else {
      // é as Latin-1 has it, which no UTF-8 has.
      var position = start + length / 2
      while position < writer.count - 1,
        !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(writer.bytes[position])
      {
        position += 1
      }
      writer.set(position, to: 0xE9)
    }
    writer.endLine()
  }
}

extension Stream {
  /// Whether its records carry an NHS number each.
  var hasNumber: Bool {
    switch self {
    case .apc, .ecds, .outpatient, .socialCare, .deaths, .voluntary, .programmes: true
    default: false
    }
  }

  var resourceType: StaticString {
    switch self {
    case .patient: "Patient"
    case .condition: "Condition"
    case .observation: "Observation"
    case .medicationRequest: "MedicationRequest"
    case .encounter: "Encounter"
    default: "Immunization"
    }
  }
}
