import Partnership

/// What the page of a request shows beside its fields: whose it is, and an answer to send.
struct RequestSection {
  let values: [String: any Sendable]

  /// Nil where there is nothing to say.
  init?(_ record: Record, _ desk: Desk) throws {
    let names = try RoleNames(
      desk,
      naming: ["organisation", "function"].compactMap { record.fields.record($0) })
    guard let standing = RequestStanding(record, names.map) else { return nil }
    let isOpen = (record.fields.text("state") ?? "asked") == "asked"
    values = [
      "path": record.path, "token": desk.visitor.formToken, "words": standing.words(names),
      "mayAnswer": isOpen && record.state == .active
        && Access.speaks(desk.actor, for: standing.asked),
      "suggestion": standing.suggestion(record, names),
    ]
  }
}
