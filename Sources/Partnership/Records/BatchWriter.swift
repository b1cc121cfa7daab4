import Definitions
import Foundation
import GRDB

/// Writes the revisions of one thing that somebody does, inside a transaction.
public struct BatchWriter {
  let db: Database
  let number: Int64
  let actor: Actor
  let locator: any PostcodeLocator
  let now: Date

  init(
    _ db: Database, _ actor: Actor, action: String, reason: String? = nil, undoes: Int64? = nil,
    locator: any PostcodeLocator, now: Date = Date()
  ) throws {
    self.db = db
    self.actor = actor
    self.locator = locator
    self.now = now
    let reason = try Partnership.tidied(reason: reason)
    try db.execute(
      sql:
        "insert into batch (at, account, name, action, reason, undoes) values (?, ?, ?, ?, ?, ?)",
      arguments: [Moment.text(now), actor.account, actor.name, action, reason, undoes])
    number = db.lastInsertedRowID
  }

  /// One that only looks, before anything is to be written.
  init(reading db: Database, _ actor: Actor, locator: any PostcodeLocator) {
    self.db = db
    self.actor = actor
    self.locator = locator
    now = Date()
    number = 0
  }

  /// Adds a record.
  ///
  /// - Throws: ``PartnershipError`` with what is wrong, field by field.
  public func add(
    _ kind: RecordKind, _ fields: Fields, consents: [String: Audience] = [:],
    id: String? = nil, source: RecordSource? = nil
  ) throws -> RecordNumber {
    let content = Content(
      fields: kind.kept(fields), consents: consents, state: .active, mergedInto: nil)
    try check(content, kind, nil)
    let columns = RecordColumns(content, kind)
    let id = id ?? UUID().uuidString.lowercased()
    try db.cachedStatement(
      sql: """
        insert into record (id, kind, version, state, fields, consents, title, summary, audience, organisation,
          shown_organisation, pillars, created_at, created_by, changed_at, review_due, source, source_id, source_day)
        values (?, ?, 1, 'active', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        id, kind.id, try content.fieldsText,
        try content.consentsText, columns.title,
        columns.summary, columns.audience, columns.organisation, columns.shownOrganisation,
        columns.pillars,
        Moment.text(now), actor.account, Moment.text(now), Day(now).description, source?.name,
        source?.id, source?.day,
      ])
    let record = db.lastInsertedRowID
    try keep(record, 1, content)
    try Partnership.index(record, id, kind, content, db, locator)
    return RecordNumber(record)
  }

  /// Gives a record other content.
  func revise(_ record: Int64, _ kind: RecordKind, from version: Int, to content: Content) throws {
    let columns = RecordColumns(content, kind)
    try db.cachedStatement(
      sql: """
        update record set version = ?, state = ?, merged_into = ?, fields = ?, consents = ?, title = ?, summary = ?,
          audience = ?, organisation = ?, shown_organisation = ?, pillars = ?, changed_at = ?
        where number = ?
        """
    ).execute(
      arguments: [
        version + 1, content.state.rawValue, content.mergedInto, try content.fieldsText,
        try content.consentsText, columns.title, columns.summary, columns.audience,
        columns.organisation, columns.shownOrganisation, columns.pillars, Moment.text(now), record,
      ])
    try keep(record, version + 1, content)
    let id =
      try String.fetchOne(
        db.cachedStatement(sql: "select id from record where number = ?"), arguments: [record])
      ?? ""
    try Partnership.index(record, id, kind, content, db, locator)
  }

  /// A record's content and version now.
  func current(_ record: Int64) throws -> (content: Content, version: Int) {
    guard
      let row = try Row.fetchOne(
        db.cachedStatement(
          sql: "select version, state, merged_into, fields, consents from record where number = ?"),
        arguments: [record])
    else { throw PartnershipError.missing(RecordNumber(record)) }
    return (try Content(row: row), row["version"])
  }

  private func keep(_ record: Int64, _ version: Int, _ content: Content) throws {
    try db.cachedStatement(sql: "insert into revision values (?, ?, ?, ?, ?, ?, ?)").execute(
      arguments: [
        record, version, number, content.state.rawValue, content.mergedInto,
        try content.fieldsText, try content.consentsText,
      ])
  }

  /// Checks fields by themselves, and that what they point at is there.
  func check(_ content: Content, _ kind: RecordKind, _ record: Int64?) throws {
    var problems = kind.allProblems(with: content.fields)
    for link in kind.fields.links(in: content.fields) {
      if link.target == record {
        problems.append(FieldProblem(link.role, "A \(kind.singular) cannot point at itself."))
        continue
      }
      let found = try Row.fetchOne(
        db.cachedStatement(sql: "select kind, state, audience from record where number = ?"),
        arguments: [link.target])
      let wanted = kind.fields.kinds(at: link.role)
      guard let found, wanted.contains(found["kind"]), found["state"] != "removed",
        try (found["audience"] as Int) <= actor.circle.rawValue
          || mayPoint(at: link.target, from: record)
      else {
        problems.append(
          FieldProblem(link.role, "What it points at, record \(link.target), is not there."))
        continue
      }
    }
    try Partnership.refuse(problems)
  }

  /// Whether what is not for everybody like whoever writes may be pointed at: they may see it all the same, or it was
  /// pointed at before. Otherwise nothing tells it from what is not there.
  private func mayPoint(at target: Int64, from record: Int64?) throws -> Bool {
    if let row = try Partnership.row(RecordNumber(target), db),
      try Record(row: row, for: actor) != nil
    {
      return true
    }
    guard let record else { return false }
    return try Bool.fetchOne(
      db.cachedStatement(
        sql: "select exists (select 1 from link where source = ? and target = ?)"),
      arguments: [record, target]) ?? false
  }
}

extension [Field] {
  /// The kinds that the field at a role may point at; the role of a line's field is `lines.field`.
  func kinds(at role: String) -> [RecordKind.ID] {
    let parts = role.split(separator: ".", maxSplits: 1).map(String.init)
    guard let field = self[parts.first ?? ""] else { return [] }
    switch field.type {
    case .record(let kinds), .records(let kinds): return kinds
    case .rows(let inner, _) where parts.count > 1: return inner.kinds(at: parts[1])
    default: return []
    }
  }
}

/// The columns that lists read, made from what a record holds.
struct RecordColumns {
  let title: String
  let summary: String
  let audience: Int
  let organisation: Int64?
  /// The same, where whoever may see the name may see it.
  let shownOrganisation: Int64?
  let pillars: String

  init(_ content: Content, _ kind: RecordKind) {
    title = content.fields.text(kind.titleField) ?? ""
    // Lists are for everybody who may see the name, so a summary has what everybody may see who may see the name.
    let circle = kind.fields[kind.titleField].map(content.audience) ?? .everyone
    summary = kind.summary(content.seen(by: circle, kind).fields)
    audience = circle.rawValue
    let shown = content.seen(by: circle, kind).fields
    // Whose it is decides what its members may do, whether or not lists show it.
    organisation = kind.organisationField.flatMap { content.fields.records($0).first?.value }
    shownOrganisation = kind.organisationField.flatMap { shown.records($0).first?.value }
    pillars = shown.pillars.map(\.rawValue).joined(separator: " ")
  }
}
