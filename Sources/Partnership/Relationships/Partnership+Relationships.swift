import Foundation
import GRDB
import Governance
import Synchronization

extension Partnership {
  /// Who is connected with whom, as partners may see it. What it is made from is private only in the introductions:
  /// that somebody was introduced counts, what about stays between them.
  ///
  /// - Throws: ``PartnershipError`` for somebody who has not signed in.
  public func relationships(for actor: Actor) throws -> Relationships {
    guard actor.role != nil else { throw PartnershipError.notAllowed("see who knows whom") }
    return try heldRelationships().relationships
  }

  /// What was worked out last, brought up to date where people, meetings or introductions have changed.
  func heldRelationships() throws -> HeldRelationships {
    try held.withLock { held in
      let today = Day.today
      let pulse = try read { try Int64.fetchOne($0, sql: "select number from pulse") ?? 0 }
      if let held, held.pulse == pulse, held.day == today { return held }
      // Most writes are of something else.
      let latest = try read { db in
        try Int64.fetchOne(
          db,
          sql: """
            select max(t.at) from touched t join record r on r.number = t.record
            where r.kind in ('person', 'organisation', 'meeting', 'introduction')
            """) ?? 0
      }
      let made: HeldRelationships
      if let held, held.latest == latest, held.day == today {
        made = HeldRelationships(
          pulse: pulse, latest: latest, day: today, relationships: held.relationships,
          withLeavers: held.withLeavers, leaving: held.leaving)
      } else {
        let leaving = try self.leaving()
        made = HeldRelationships(
          pulse: pulse, latest: latest, day: today,
          relationships: try workOutRelationships(without: leaving, today),
          withLeavers: leaving.values.contains { $0 < today }
            ? try workOutRelationships(without: [:], today) : nil, leaving: leaving)
      }
      held = made
      return made
    }
  }

  /// The last days of those of whom one is known.
  private func leaving() throws -> [RecordNumber: Day] {
    let rows = try read { db in
      try Row.fetchAll(
        db,
        sql: """
          select number, json_extract(fields, '$.until') as day from record
          where kind = 'person' and state = 'active' and json_extract(fields, '$.until') is not null
          """)
    }
    let days = rows.compactMap { row in
      Day(row["day"] as String).map { (RecordNumber(row["number"]), $0) }
    }
    return Dictionary(uniqueKeysWithValues: days)
  }

  /// Those who would rather not be asked now, whoever may see that.
  private func refusing() throws -> Set<RecordNumber> {
    Set(
      try read { db in
        try Int64.fetchAll(
          db,
          sql: """
            select number from record where kind = 'person' and state = 'active'
              and json_extract(fields, '$.contact') = 'not'
            """)
      }.map(RecordNumber.init))
  }

  /// Whose last day is over is no longer among us; the day itself is for few, and is told to nobody here.
  private func workOutRelationships(
    without leaving: [RecordNumber: Day], _ today: Day
  ) throws -> Relationships {
    let partner = Actor(account: "", name: "", role: .reader)
    let sectors = try records(of: .organisation, for: partner).compactMap { record in
      record.fields.text("sector").flatMap(Sector.init).map { (record.number, $0) }
    }
    return Relationships(
      people: try records(of: .person, for: partner).filter {
        leaving[$0.number].map { $0 >= today } ?? true
      },
      sectors: Dictionary(uniqueKeysWithValues: sectors),
      meetings: try records(of: .meeting, for: partner),
      introductions: try records(of: .introduction, for: .program("Kith")),
      refusing: try refusing(), today: today)
  }

  /// Asks for an introduction.
  ///
  /// - Throws: ``PartnershipError`` where whoever asks has no record among the people, or somebody would not be asked.
  public func ask(_ fields: Fields, by actor: Actor) throws -> RecordNumber {
    guard let own = actor.person else {
      throw PartnershipError(
        .notAllowed, "Nobody can be introduced to an account that is nobody among the people.",
        hint: "Add yourself on the page People, and say there that this is you.")
    }
    var problems: [FieldProblem] = []
    for name in ["to", "through"] {
      guard let number = fields.record(name) else { continue }
      let title = try record(number, for: actor).title
      // What they have chosen holds, whoever may see that they have.
      let record = try self.record(number, for: .program("Kith"))
      let hasLeft = record.fields.text("until").flatMap { Day($0) }.map { $0 < .today } ?? false
      if record.kind.id != RecordKind.person.id || record.state != .active || hasLeft {
        problems.append(FieldProblem(name, "\(title) is not here any more."))
      } else if record.fields.text("contact") == "not" {
        problems.append(FieldProblem(name, "\(title) would rather not be asked now."))
      } else if name == "to", !record.fields.texts("open_to").contains("found") {
        problems.append(
          FieldProblem(
            name,
            "\(title) has not agreed to be asked for here. Look on their page for how to reach them."
          ))
      } else if name == "through", !record.fields.texts("open_to").contains("introduce") {
        problems.append(
          FieldProblem(name, "\(title) has not agreed to be asked to introduce people."))
      }
    }
    try Self.refuse(problems)
    var fields = fields
    fields["from"] = own.asValue
    fields["state"] = .text(IntroductionState.asked.rawValue)
    fields["asked_on"] = .text(Day.today.description)
    for name in ["answer", "answered_on", "for_handover"] { fields[name] = nil }
    return try add(.introduction, fields, by: actor)
  }

  /// Who is to answer an introduction: whoever can introduce, or, without one, whoever is asked for.
  public static func answers(_ introduction: Record) -> RecordNumber? {
    introduction.fields.record("through") ?? introduction.fields.record("to")
  }

  /// Says that two were introduced, or why not.
  ///
  /// - Throws: ``PartnershipError`` where it is not for them to say, or was said already.
  public func answer(
    introduction: RecordNumber, _ state: IntroductionState, saying text: String?, by actor: Actor
  ) throws {
    let record = try self.record(introduction, for: actor)
    guard record.kind.id == RecordKind.introduction.id else {
      throw PartnershipError.missing(introduction)
    }
    guard Self.answers(record) == actor.person || Access.allows(actor, .moderate) else {
      throw PartnershipError.notAllowed("answer for somebody else")
    }
    guard state != .asked else { return }
    try revise(introduction, .introduction, action: state.rawValue, .assure, by: actor) { fields in
      guard fields.text("state") == IntroductionState.asked.rawValue else {
        throw PartnershipError(.overtaken, "That introduction is answered already.")
      }
      fields["state"] = .text(state.rawValue)
      fields["answer"] = text.map { .text($0) }
      fields["answered_on"] = .text(Day.today.description)
    }
  }

  /// The introductions that somebody is to answer, and all others that they are part of, the newest first.
  public func introductions(
    for actor: Actor
  ) throws -> (toAnswer: [Record], others: [Record]) {
    guard actor.role != nil else { return ([], []) }
    // The link table knows whom each is between, so that only theirs are read.
    let records = try read { db in
      try Row.fetchAll(
        db,
        sql: """
          select * from record where kind = 'introduction' and state = 'active'
            and (created_by = ? or number in (select source from link where target = ?))
          order by number desc limit 200
          """, arguments: [actor.account, actor.person?.value]
      ).compactMap { try Record(row: $0, for: actor) }
    }
    func waits(_ record: Record) -> Bool {
      record.fields.text("state") == IntroductionState.asked.rawValue && actor.person != nil
        && Self.answers(record) == actor.person
    }
    return (
      records.filter(waits), records.filter { !waits($0) && !$0.fields.flag("for_handover") }
    )
  }
}

/// What was last worked out, and from what.
struct HeldRelationships {
  let pulse: Int64
  let latest: Int64
  let day: Day
  let relationships: Relationships
  /// The same with those who have left, for what they have not handed over; nil where nobody has left.
  let withLeavers: Relationships?
  /// The last days of those of whom one is known.
  let leaving: [RecordNumber: Day]
}
