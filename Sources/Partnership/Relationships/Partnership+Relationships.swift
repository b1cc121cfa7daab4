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
          leaving: held.leaving)
      } else {
        let leaving = try self.leaving()
        made = HeldRelationships(
          pulse: pulse, latest: latest, day: today,
          relationships: try workOutRelationships(without: leaving, today), leaving: leaving)
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
      introductions: try records(of: .introduction, for: .program("Kith")), today: today)
  }

  /// Asks for an introduction.
  public func ask(_ fields: Fields, by actor: Actor) throws -> RecordNumber {
    var fields = fields
    fields["from"] = actor.person?.asValue
    fields["state"] = .text(IntroductionState.asked.rawValue)
    fields["asked_on"] = .text(Day.today.description)
    if let other = fields.record("to") {
      let record = try self.record(other, for: actor)
      guard record.fields.text("contact") != "not" else {
        let words = "\(record.title) would rather not be asked now."
        throw PartnershipError(.invalid([FieldProblem("to", words)]), words)
      }
    }
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
    try revise(introduction, .introduction, action: state.rawValue, by: actor) { fields in
      guard fields.text("state") == IntroductionState.asked.rawValue else {
        throw PartnershipError(.overtaken, "That introduction is answered already.")
      }
      fields["state"] = .text(state.rawValue)
      fields["answer"] = text.map { .text($0) }
      fields["answered_on"] = .text(Day.today.description)
    }
  }

  /// The introductions that somebody is to answer, and those that they have asked for, the newest first.
  public func introductions(
    for actor: Actor
  ) throws -> (toAnswer: [Record], asked: [Record]) {
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
    let waits = records.filter {
      $0.fields.text("state") == IntroductionState.asked.rawValue && actor.person != nil
        && Self.answers($0) == actor.person
    }
    return (waits, records.filter { $0.createdBy == actor.account })
  }
}

/// What was last worked out, and from what.
struct HeldRelationships {
  let pulse: Int64
  let latest: Int64
  let day: Day
  let relationships: Relationships
  /// The last days of those of whom one is known.
  let leaving: [RecordNumber: Day]
}
