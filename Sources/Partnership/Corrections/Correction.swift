public import Foundation
import GRDB

/// What somebody says is wrong with a record, who need not have an account.
public struct Correction: Sendable {
  public let number: Int64
  public let record: RecordNumber
  public let recordTitle: String
  public let recordKind: RecordKind.ID
  public let text: String
  /// How to reach whoever said it; gone once it is settled.
  public let contact: String?
  public let at: Date

  /// What became of it.
  public enum Outcome: String, Sendable {
    /// The record was changed.
    case taken
    /// It was not right, or was looked into and stays.
    case declined
  }
}

extension Partnership {
  /// So many corrections of one record may wait, and so many in an hour come from all: more is a machine's doing.
  static let mostWaiting = 20
  static let mostInAnHour = 60

  /// Hands in a correction, by anybody.
  ///
  /// - Throws: ``PartnershipError`` where the record is not open to them, the text is missing or too long, or too many
  ///   wait already.
  public func correct(
    _ record: RecordNumber, text: String, contact: String?, by actor: Actor, now: Date = Date()
  ) throws {
    _ = try self.record(record, for: actor)
    let field = Field("text", "What is wrong", .paragraphs(2_000), required: true)
    let reach = Field("contact", "How to reach you", .line(200))
    let fields = [field, reach]
    let given = fields.tidied([
      "text": .text(text), "contact": .text(contact ?? ""),
    ])
    let problems = fields.problems(with: given)
    try Self.refuse(problems)
    try write { db in
      let waiting =
        try Int.fetchOne(
          db, sql: "select count(*) from correction where record = ? and settled_at is null",
          arguments: [record.value]) ?? 0
      let recent =
        try Int.fetchOne(
          db, sql: "select count(*) from correction where at > ? and at <= ?",
          arguments: [Moment.text(now.addingTimeInterval(-3_600)), Moment.text(now)]) ?? 0
      guard waiting < Self.mostWaiting, recent < Self.mostInAnHour else {
        throw PartnershipError(
          .overtaken, "Many corrections wait already, so this one was not taken.",
          hint: "Please try again in an hour, or ring the organisation itself.")
      }
      try db.execute(
        sql: "insert into correction (record, text, contact, at) values (?, ?, ?, ?)",
        arguments: [record.value, given.text("text"), given.text("contact"), Moment.text(now)])
    }
  }

  /// The corrections that wait, the oldest first, of the records that somebody may change.
  public func corrections(for actor: Actor) throws -> [Correction] {
    let rows = try read { db in
      try Row.fetchAll(
        db,
        sql: """
          select c.number as correction, c.text, c.contact, c.at, r.*
          from correction c join record r on r.number = c.record
          where c.settled_at is null order by c.number
          """)
    }
    return try rows.compactMap { row in
      guard let record = try Record(row: row, for: actor), record.allows(actor, .edit),
        record.state != .removed
      else {
        return nil
      }
      return Correction(
        number: row["correction"], record: record.number, recordTitle: record.title,
        recordKind: record.kind.id, text: row["text"], contact: row["contact"],
        at: try Moment.date(row["at"]))
    }
  }

  /// Says what became of a correction, and lets go of how to reach whoever handed it in.
  public func settle(
    correction: Int64, _ outcome: Correction.Outcome, answer: String?, by actor: Actor
  ) throws {
    try write { db in
      guard
        let record = try Int64.fetchOne(
          db, sql: "select record from correction where number = ? and settled_at is null",
          arguments: [correction])
      else { throw PartnershipError(.overtaken, "Somebody has settled that correction already.") }
      _ = try Self.changeable(RecordNumber(record), .edit, by: actor, db)
      try db.execute(
        sql: """
          update correction set settled_at = ?, settled_by = ?, outcome = ?, answer = ?, contact = null where number = ?
          """,
        arguments: [
          Moment.text(Date()), actor.account, outcome.rawValue,
          answer.map { String($0.prefix(1_000)) },
          correction,
        ])
    }
  }
}
