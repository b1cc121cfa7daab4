import Partnership

/// What the page of a request shows beside its fields: whose it is, and an answer to send.
struct RequestSection {
  let values: [String: any Sendable]

  /// Nil for a request that names nobody.
  init?(_ record: Record, _ desk: Desk) throws {
    guard let asked = record.fields.record("organisation") else { return nil }
    let names = try RoleNames(
      desk,
      naming: ["organisation", "function"].compactMap { record.fields.record($0) })
    let remit = RequestRemit(record, names.map)
    let isOpen = (record.fields.text("state") ?? "asked") == "asked"
    values = [
      "path": record.path, "token": desk.visitor.formToken,
      "words": remit?.words(names)
        ?? "It does not say which function it is part of, so Kith cannot say whose it is.",
      "mayAnswer": isOpen && record.state == .active
        && Access.speaks(desk.actor, for: asked),
      "suggestion": remit?.suggestion(record, names) ?? "",
    ]
  }
}
