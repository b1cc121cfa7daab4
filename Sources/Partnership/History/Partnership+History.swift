public import Foundation
import GRDB

/// One thing that somebody did.
public struct Batch: Sendable {
  public let number: Int64
  public let at: Date
  /// Who did it.
  public let name: String
  public let account: String
  /// What it was: added, changed, archived, merged, imported, undone.
  public let action: String
  public let reason: String?
  /// The batch that this one undid.
  public let undoes: Int64?
  /// The batch that undid this one.
  public let undoneBy: Int64?
  /// How many records it changed.
  public let records: Int
  /// One of them, to name it by.
  public let record: RecordNumber?
  public let title: String?
  public let kind: RecordKind.ID?

  /// What is done for good: with it a file is deleted.
  static let finalAction = "took a photograph out"

  /// Whether it is there to be undone.
  public var isOpen: Bool { undoneBy == nil && action != Self.finalAction }
}

/// A change of a record: what each field held before and holds after.
public struct Revision: Sendable {
  public let version: Int
  public let batch: Batch
  public let state: Record.State
  public let changes: [Change]

  /// A field that holds something else than before.
  public struct Change: Sendable {
    public let field: Field
    public let before: FieldValue?
    public let after: FieldValue?
  }
}

extension Partnership {
  /// What was done last, the newest first, to records that somebody may see.
  ///
  /// - Parameter before: only what was done before the batch of this number, for further pages.
  public func changes(
    for actor: Actor, account: String? = nil, before: Int64? = nil, limit: Int = 50
  ) throws -> [Batch] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          select b.*, c.records, c.record,
            case when t.state <> 'removed' then t.title end as title, t.kind
          from (
              select v.batch, count(*) as records, min(r.number) as record
              from revision v join record r on r.number = v.record and r.audience <= ?
                join batch b on b.number = v.batch and b.number < ? and (? is null or b.account = ?)
              group by v.batch order by v.batch desc limit ?) c
            join batch b on b.number = c.batch join record t on t.number = c.record
          order by b.number desc
          """,
        arguments: [actor.circle.rawValue, before ?? .max, account, account, limit]
      ).map { try Batch(row: $0).listed(for: actor) }
    }
  }

  /// The account that made a change; nil where there is no such change.
  public func account(ofChange change: Int64) throws -> String? {
    try read { db in
      try String.fetchOne(
        db, sql: "select account from batch where number = ?", arguments: [change])
    }
  }

  /// The records that a batch changed, as they are now, of those that somebody may see.
  public func records(of batch: Int64, for actor: Actor) throws -> [Record] {
    let numbers = try read { db in
      try Int64.fetchAll(
        db, sql: "select distinct record from revision where batch = ? order by record",
        arguments: [batch])
    }
    return try records(numbers.map(RecordNumber.init), for: actor)
  }

  /// What became of a record over time, the newest first: what somebody may see of it.
  public func history(of number: RecordNumber, for actor: Actor) throws -> [Revision] {
    try read { db in
      guard let row = try Self.row(number, db), let record = try Record(row: row, for: actor) else {
        throw PartnershipError.missing(number)
      }
      let circle = Access.circle(of: actor, for: record.subject)
      let rows = try Row.fetchAll(
        db,
        sql: """
          select v.version, v.state, v.merged_into, v.fields, v.consents, b.number, b.at, b.account, b.name, b.action,
            b.reason, b.undoes, b.undone_by, 1 as records, v.record as record, null as title, null as kind
          from revision v join batch b on b.number = v.batch where v.record = ? order by v.version
          """, arguments: [number.value])
      var before = Fields()
      var revisions: [Revision] = []
      let now = try Content(row: row)
      for row in rows {
        let content = try Content(row: row)
        // What is hidden now was hidden before, whatever was chosen then.
        // And what was hidden then stays so, whatever was chosen since for what came later.
        let seen = now.masked(
          content.seen(by: circle, record.kind).fields, for: circle, record.kind)
        // Of a change that is not for them, not even that it was made.
        guard seen != before || circle == .person || record.kind.id != RecordKind.person.id else {
          continue
        }
        revisions.append(
          Revision(
            version: row["version"], batch: try Batch(row: row).seen(by: actor),
            state: content.state,
            changes: record.kind.fields.compactMap { field in
              before[field.name] == seen[field.name]
                ? nil
                : Revision.Change(field: field, before: before[field.name], after: seen[field.name])
            }))
        before = seen
      }
      return revisions.reversed()
    }
  }

  /// Undoes what a batch did, where nobody has changed the same records since.
  ///
  /// - Returns: the number of the batch that undid it; undoing that one does it again.
  /// - Throws: ``PartnershipError`` naming the records that were changed since.
  @discardableResult
  public func undo(_ batch: Int64, by actor: Actor) throws -> Int64 {
    try write { db in
      guard
        let done = try Row.fetchOne(
          db, sql: "select * from batch where number = ?", arguments: [batch])
      else { throw PartnershipError(.missing, "There is no change \(batch).") }
      guard done["action"] != Batch.finalAction else {
        throw PartnershipError(
          .overtaken, "A photograph that was taken out stays out.",
          hint: "Add it again, where you still have it.")
      }
      if let undone: Int64 = done["undone_by"] {
        throw PartnershipError(.overtaken, "That was undone already, by change \(undone).")
      }
      let revisions = try Row.fetchAll(
        db,
        sql: "select record, version from revision where batch = ? order by record, version desc",
        arguments: [batch])
      var changed: [String] = []
      var steps: [(record: Record, content: Content)] = []
      var seen: Set<Int64> = []
      for revision in revisions {
        let number: Int64 = revision["record"]
        let version: Int = revision["version"]
        guard seen.insert(number).inserted else { continue }
        guard let row = try Self.row(RecordNumber(number), db),
          let record = try Record(row: row, for: actor)
        else { throw PartnershipError.missing(RecordNumber(number)) }
        // What is nobody's own, such as who does what, is undone by whoever did it, and by stewards.
        let isShared =
          record.organisation == nil && record.kind.id != RecordKind.organisation.id
          && record.number != actor.person
        guard
          record.allows(actor, .undo) && (!isShared || actor.isSteward)
            || done["account"] == actor.account && Access.allows(actor, .undo)
        else { throw PartnershipError.notAllowed("undo a change of \(record.title)") }
        // What was undone since, back to this, is no obstacle.
        guard try Content(row: row) == Self.revision(record.number, version, db) else {
          changed.append(record.title)
          continue
        }
        let first =
          try Int.fetchOne(
            db, sql: "select min(version) from revision where batch = ? and record = ?",
            arguments: [batch, number]) ?? version
        var content: Content
        if first > 1 {
          content = try Self.revision(RecordNumber(number), first - 1, db)
          // Who may see what is not for others to open again.
          if Access.circle(of: actor, for: record.subject) < .person {
            let now = try Content(row: row)
            content.consents = now.consents
            content.fields = content.fields.adding(now.fields, only: record.kind.ownWords)
          }
        } else {
          content = try Content(row: row)
          content.state = .removed
          let others = try Int64.fetchAll(
            db, sql: "select distinct source from link where target = ?", arguments: [number])
          let own = Set(revisions.map { $0["record"] as Int64 })
          guard others.allSatisfy(own.contains) else {
            throw PartnershipError(
              .overtaken, "\(record.title) cannot go: other records point at it.",
              hint: "Change those first, or archive it.")
          }
        }
        // Whose two records are one is for stewards to say, also by undoing.
        guard
          record.state == content.state || actor.isSteward
            || (record.state != .merged && content.state != .merged)
        else { throw PartnershipError.notAllowed("undo a merge, or merge again, \(record.title)") }
        steps.append((record, content))
      }
      guard changed.isEmpty else {
        let names = changed.prefix(5).joined(separator: ", ")
        throw PartnershipError(
          .overtaken,
          "It cannot be undone as a whole, because this was changed since: \(names)"
            + (changed.count > 5 ? " and \(changed.count - 5) more." : "."),
          hint: "Undo the later changes first, or change the records themselves.")
      }
      let writer = try BatchWriter(
        db, actor, action: "undid a change", undoes: batch, locator: locator)
      for (record, content) in steps {
        if content.state != .removed { try writer.check(content, record.kind, record.number.value) }
        try writer.revise(record.number.value, record.kind, from: record.version, to: content)
      }
      try db.execute(
        sql: "update batch set undone_by = ? where number = ?", arguments: [writer.number, batch])
      return writer.number
    }
  }

  /// Whether nobody but an account has written or checked a record.
  public func isOnly(by account: String, _ number: RecordNumber) throws -> Bool {
    try read { db in
      try Bool.fetchOne(
        db,
        sql: """
          select not exists (select 1 from revision v join batch b on b.number = v.batch
              where v.record = :record and b.account <> :account)
            and not exists (select 1 from assurance where record = :record and account <> :account)
          """, arguments: ["record": number.value, "account": account]) ?? false
    }
  }
}

extension Content {
  /// Fields of another time, without those that somebody may not see now.
  func masked(_ fields: Fields, for circle: Audience, _ kind: RecordKind) -> Fields {
    var seen = fields
    for field in kind.fields where audience(of: field) > circle { seen[field.name] = nil }
    return seen
  }
}

extension Batch {
  /// The batch as somebody may see it: who partners are is for partners.
  func seen(by actor: Actor) -> Batch {
    guard actor.role == nil else { return self }
    return Batch(
      number: number, at: at, name: "A partner", account: "", action: plainAction, reason: nil,
      undoes: undoes, undoneBy: undoneBy, records: records, record: record, title: title, kind: kind
    )
  }

  /// The batch as a list of all changes shows it to somebody. Why it was done may tell of fields that are not for them, so
  /// it is for whoever did it, and for stewards; others read it in the history of what they may see.
  func listed(for actor: Actor) -> Batch {
    let batch = seen(by: actor)
    guard actor.role != nil, !actor.isSteward, account != actor.account else { return batch }
    return Batch(
      number: number, at: at, name: name, account: account, action: plainAction, reason: nil,
      undoes: undoes, undoneBy: undoneBy, records: records, record: record, title: title, kind: kind
    )
  }

  /// What it was, without the name of a record that may not be for whoever reads.
  private var plainAction: String {
    action.hasPrefix("merged ") ? "merged a record into" : action
  }

  init(row: Row) throws {
    number = row["number"]
    at = try Moment.date(row["at"])
    name = row["name"]
    account = row["account"]
    action = row["action"]
    reason = row["reason"]
    undoes = row["undoes"]
    undoneBy = row["undone_by"]
    records = row["records"]
    record = (row["record"] as Int64?).map(RecordNumber.init)
    title = row["title"]
    kind = row["kind"]
  }
}
