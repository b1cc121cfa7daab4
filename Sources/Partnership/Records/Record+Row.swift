import GRDB

extension Record {
  /// A record of the table as somebody may see it.
  init?(row: Row, for actor: Actor) throws {
    guard let kind = RecordKind.named(row["kind"]) else { return nil }
    let content = try Content(row: row)
    let number = RecordNumber(row["number"])
    let organisation = (row["organisation"] as Int64?).map(RecordNumber.init)
    let parties = Set(kind.parties.flatMap { content.fields.records($0) })
    let subject = Access.Subject(
      kind: kind.id, number: number, organisation: organisation, createdBy: row["created_by"],
      parties: parties)
    let circle = Access.circle(of: actor, for: subject)
    let (fields, hidden) = content.seen(by: circle, kind)
    // Whoever may not see its name may not see that it is there.
    guard !hidden.contains(kind.titleField) else { return nil }
    self.number = number
    id = row["id"]
    self.kind = kind
    self.fields = fields
    self.hidden = hidden
    consents = content.consents
    version = row["version"]
    state = content.state
    mergedInto = content.mergedInto.map(RecordNumber.init)
    title = row["title"]
    self.organisation = organisation
    created = try Moment.date(row["created_at"])
    createdBy = row["created_by"]
    self.parties = parties
    changed = try Moment.date(row["changed_at"])
    assurance = try (row["assured_at"] as String?).map { text in
      guard let day = Day(text) else { throw Moment.damaged(text) }
      return Assurance(
        day: day, name: actor.role == nil ? "A partner" : row["assured_by"] ?? "",
        version: row["assured_version"] ?? 0)
    }
    guard let due = Day(row["review_due"] as String) else {
      throw Moment.damaged(row["review_due"])
    }
    reviewDue = due
    source = (row["source"] as String?).map {
      RecordSource(name: $0, id: row["source_id"] ?? "", day: row["source_day"])
    }
  }
}
