public import Foundation
import GRDB

extension Partnership {
  /// Does one thing that may take many revisions, all of them or none.
  ///
  /// - Parameters:
  ///   - action: what it is, in history's words: "imported from a feed".
  ///   - reason: why, as whoever does it says.
  public func batch<T>(
    by actor: Actor, action: String, reason: String? = nil, _ body: (BatchWriter) throws -> T
  ) throws -> T {
    try write { db in
      try body(BatchWriter(db, actor, action: action, reason: reason, locator: locator))
    }
  }

  /// Adds a record.
  ///
  /// - Throws: ``PartnershipError`` with what is wrong, field by field, or where whoever asks may not add any.
  public func add(
    _ kind: RecordKind, _ fields: Fields, consents: [String: Audience] = [:], by actor: Actor,
    reason: String? = nil
  ) throws -> RecordNumber {
    guard Access.allows(actor, .add) else { throw PartnershipError.notAllowed("add records") }
    var fields = fields
    if !actor.isSteward { for name in kind.ownWords { fields[name] = nil } }
    // Looked through before others have to wait for what is written.
    try Self.refuse(kind.fields.oversize(in: fields))
    let kept = kind.kept(fields)
    try Self.refuse(kind.allProblems(with: kept))
    let chosen = kind.consents(consents, chosenBy: actor, for: kept)
    return try batch(by: actor, action: "added", reason: reason) {
      try $0.add(kind, kept, consents: chosen)
    }
  }

  /// What became of an edit.
  public enum EditOutcome: Sendable {
    /// It is saved. The names are of the fields that somebody else changed meanwhile and that were kept beside it.
    case saved(keptBeside: [String])
    /// Nothing was different.
    case unchanged
    /// Somebody else changed the same fields meanwhile. Theirs stands; mine waits beside it.
    case conflict(EditConflict)
  }

  /// Saves what somebody made of a record's fields, beside what others have made of other fields meanwhile.
  ///
  /// - Parameters:
  ///   - version: the one that they had before them.
  ///   - fields: all fields that they may see, as they should be.
  ///   - consents: who may see which, where the kind has such a choice; nil to leave that as it is.
  public func edit(
    _ number: RecordNumber, basedOn version: Int, _ fields: Fields,
    consents: [String: Audience]? = nil, by actor: Actor, reason: String? = nil,
    settling waiting: Int64? = nil
  ) throws -> EditOutcome {
    // Looked at before others have to wait for what is written.
    try Self.refuse(record(number, for: actor).kind.fields.oversize(in: fields))
    return try write { db in
      let (record, row) = try Self.changeable(number, .edit, by: actor, db)
      guard record.state == .active || record.state == .archived else {
        throw PartnershipError(
          .overtaken, "\(record.title) was merged into another record meanwhile.",
          hint: "Look at that one, and change it there.")
      }
      let kind = record.kind
      let circle = Access.circle(of: actor, for: record.subject)
      let now = try Content(row: row)
      let base = version == record.version ? now : try Self.revision(number, version, db)
      let others = circle == .person ? [] : kind.ownWords
      let fields = fields.adding(base.fields, only: kind.left(alone: now.fields).union(others))
      let merge = ThreeWay(
        base: base.seen(by: circle, kind).fields, mine: kind.fields.tidied(fields),
        theirs: now.seen(by: circle, kind).fields)
      // Who may see what is for the person themselves to say, and for stewards.
      let chosen = circle == .person ? consents : nil
      let narrowed = chosen.map { now.consents.merged($0, since: base.consents) } ?? now.consents
      if !merge.clashes.isEmpty {
        // What its author may not see is as it was, so that settling takes nothing away.
        let hidden = base.seen(by: circle, kind).hidden
        let wanted = kind.fields.tidied(fields).adding(base.fields, only: hidden)
        let problems = kind.allProblems(with: wanted)
        try Self.refuse(problems)
        let waitingCount =
          try Int.fetchOne(
            db, sql: "select count(*) from waiting_edit where record = ? and settled is null",
            arguments: [number.value]) ?? 0
        guard waitingCount < 50 else {
          throw PartnershipError(
            .overtaken, "Many edits of \(record.title) wait already.",
            hint: "Settle those on its page first.")
        }
        let kept = Content(
          fields: wanted, consents: narrowed, state: now.state, mergedInto: nil)
        try db.execute(
          sql: """
            insert into waiting_edit (record, base, fields, consents, at, account, name)
            values (?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            number.value, version, try kept.fieldsText, try kept.consentsText,
            Moment.text(Date()), actor.account, actor.name,
          ])
        let number64 = db.lastInsertedRowID
        if let waiting { try Self.settle(waiting, number, db) }
        var standing = record.version
        if narrowed != now.consents {
          // A choice of who may see what never waits.
          var next = now
          next.consents = narrowed
          let writer = try BatchWriter(db, actor, action: "changed", locator: locator)
          try writer.revise(number.value, kind, from: standing, to: next)
          standing += 1
        }
        return .conflict(
          EditConflict(
            waiting: number64, version: standing, fields: merge.clashes,
            theirs: merge.theirs, mine: merge.mine, merged: merge.merged,
            by: try Self.author(of: number, record.version, db)))
      }
      var next = now
      next.fields = kind.kept(merge.merged.adding(now.fields, only: record.hidden))
      next.consents = narrowed
      if let waiting { try Self.settle(waiting, number, db) }
      guard next != now else { return .unchanged }
      let writer = try BatchWriter(db, actor, action: "changed", reason: reason, locator: locator)
      try writer.check(next, kind, number.value)
      try writer.revise(number.value, kind, from: record.version, to: next)
      return .saved(keptBeside: merge.onlyTheirs)
    }
  }

  /// Changes a record as it stands now, in one step, so that two who do it at once lose nothing.
  ///
  /// - Parameters:
  ///   - action: what it is, in history's words.
  ///   - access: what whoever does it must be allowed.
  func revise(
    _ number: RecordNumber, _ kind: RecordKind, action: String, reason: String? = nil,
    _ access: Access.Action = .edit, by actor: Actor, _ body: (inout Fields) throws -> Void
  ) throws {
    try write { db in
      let (record, row) = try Self.changeable(number, access, by: actor, db)
      guard record.kind.id == kind.id, record.state == .active else {
        throw PartnershipError(
          .overtaken, "\(record.title) is no longer in use.",
          hint: "Look at its page, and bring it back first.")
      }
      var content = try Content(row: row)
      let before = content
      try body(&content.fields)
      content.fields = kind.kept(content.fields)
      guard content != before else { return }
      let writer = try BatchWriter(db, actor, action: action, reason: reason, locator: locator)
      try writer.check(content, kind, number.value)
      try writer.revise(number.value, kind, from: record.version, to: content)
    }
  }

  /// Takes a record out of lists, or brings it back.
  public func setArchived(
    _ archived: Bool, _ number: RecordNumber, by actor: Actor, reason: String? = nil
  ) throws {
    try write { db in
      let (record, row) = try Self.changeable(number, .archive, by: actor, db)
      var content = try Content(row: row)
      let state: Record.State = archived ? .archived : .active
      guard content.state == .active || content.state == .archived, content.state != state else {
        throw PartnershipError(
          .overtaken, "\(record.title) is \(content.state.rawValue) already.")
      }
      content.state = state
      let writer = try BatchWriter(
        db, actor, action: archived ? "archived" : "brought back", reason: reason, locator: locator)
      try writer.revise(number.value, record.kind, from: record.version, to: content)
    }
  }

  /// Says that somebody looked, now or at another time, and that a record holds. It changes nothing in the record.
  public func assure(
    _ number: RecordNumber, by actor: Actor, reason: String? = nil, on now: Date = Date()
  ) throws {
    let reason = try Self.tidied(reason: reason)
    try write { db in
      let (record, _) = try Self.changeable(number, .assure, by: actor, db)
      let day = Day(now)
      try db.execute(
        sql: """
          insert into assurance (record, version, at, account, name, reason) values (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          number.value, record.version, Moment.text(now), actor.account, actor.name, reason,
        ])
      try db.execute(
        sql: """
          update record set assured_at = ?, assured_by = ?, assured_version = ?, review_due = ? where number = ?
          """,
        arguments: [
          day.description, actor.name, record.version,
          day.adding(months: record.kind.reviewMonths).description, number.value,
        ])
    }
  }

  /// Takes back the last assurance of a record, for instance one that was given by mistake.
  public func withdrawAssurance(_ number: RecordNumber, by actor: Actor) throws {
    try write { db in
      let (record, _) = try Self.changeable(number, .assure, by: actor, db)
      guard
        let last = try Row.fetchOne(
          db, sql: "select number, account from assurance where record = ? order by number desc",
          arguments: [number.value])
      else {
        throw PartnershipError(.overtaken, "\(record.title) has no assurance to take back.")
      }
      guard last["account"] == actor.account || actor.isSteward else {
        throw PartnershipError.notAllowed("take back what somebody else assured")
      }
      try db.execute(
        sql: "delete from assurance where number = ?", arguments: [last["number"] as Int64])
      let before = try Row.fetchOne(
        db, sql: "select at, name, version from assurance where record = ? order by number desc",
        arguments: [number.value])
      let day = try before.map { try Day(Moment.date($0["at"])) }
      try db.execute(
        sql: """
          update record set assured_at = ?, assured_by = ?, assured_version = ?, review_due = ? where number = ?
          """,
        arguments: [
          day?.description, before?["name"] as String?, before?["version"] as Int?,
          (day?.adding(months: record.kind.reviewMonths) ?? .today).description, number.value,
        ])
    }
  }

  // MARK: Pieces

  /// Refuses what has problems.
  static func refuse(_ problems: [FieldProblem]) throws {
    guard problems.isEmpty else {
      throw PartnershipError(.invalid(problems), problems.map(\.message).joined(separator: " "))
    }
  }

  /// Why somebody does something, as it is kept: one line; nil for nothing.
  ///
  /// - Throws: ``PartnershipError`` where it is too long.
  static func tidied(reason: String?) throws -> String? {
    guard let reason else { return nil }
    let field = Field("reason", "Why", .line(500))
    try refuse([field.oversize(.text(reason), at: "reason")].compactMap { $0 })
    guard case .text(let text) = field.tidied(.text(reason)), !text.isEmpty else { return nil }
    try refuse(field.problems(with: .text(text), at: "reason"))
    return text
  }

  /// A record and its row, where somebody may do something to it.
  static func changeable(
    _ number: RecordNumber, _ action: Access.Action, by actor: Actor, _ db: Database
  ) throws -> (Record, Row) {
    guard
      let row = try Row.fetchOne(
        db, sql: "select * from record where number = ?", arguments: [number.value]),
      let record = try Record(row: row, for: actor), record.state != .removed || action == .undo
    else { throw PartnershipError.missing(number) }
    guard record.allows(actor, action) else {
      throw PartnershipError.notAllowed("change \(record.title)")
    }
    return (record, row)
  }

  /// What a record held in a version.
  static func revision(_ number: RecordNumber, _ version: Int, _ db: Database) throws -> Content {
    guard
      let row = try Row.fetchOne(
        db, sql: "select * from revision where record = ? and version = ?",
        arguments: [number.value, version])
    else {
      throw PartnershipError(
        .missing, "Record \(number) has no version \(version).", hint: "Open it anew and try again."
      )
    }
    return try Content(row: row)
  }

  private static func author(
    of number: RecordNumber, _ version: Int, _ db: Database
  ) throws -> String {
    try String.fetchOne(
      db,
      sql: """
        select b.name from revision r join batch b on b.number = r.batch where r.record = ? and r.version = ?
        """, arguments: [number.value, version]) ?? ""
  }

  private static func settle(_ waiting: Int64, _ number: RecordNumber, _ db: Database) throws {
    try db.execute(
      sql: "update waiting_edit set settled = ? where number = ? and record = ?",
      arguments: [Moment.text(Date()), waiting, number.value])
  }
}

extension PartnershipError {
  static func notAllowed(_ what: String) -> PartnershipError {
    PartnershipError(
      .notAllowed, "You may not \(what).",
      hint: "Sign in with an account that may, or suggest a correction instead.")
  }
}

extension [String: Audience] {
  /// What was chosen, beside what others have chosen since: of two choices the narrower.
  fileprivate func merged(_ mine: [String: Audience], since base: [String: Audience]) -> Self {
    var merged = self
    for (name, audience) in mine where audience != base[name] {
      merged[name] =
        self[name] == base[name] ? audience : Swift.max(audience, self[name] ?? audience)
    }
    return merged
  }
}

extension Fields {
  /// With some of the fields of others beside them.
  func adding(_ others: Fields, only names: Set<String>) -> Fields {
    var sum = self
    for name in names { sum[name] = others[name] }
    return sum
  }
}
