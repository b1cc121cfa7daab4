import Partnership

/// Where a steward says that another record is of the same thing as this one.
struct MergePage {
  let kind: RecordKind
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let record = try desk.record(kind, request.part("number"))
    guard record.allows(desk.actor, .merge) else { throw PageError.signIn(desk.visitor, request) }
    // What has the first words of the name is looked for, until somebody looks for something else.
    let text = request["q"] ?? record.title.split(separator: " ").prefix(2).joined(separator: " ")
    var query = RecordQuery([kind.id])
    query.text = text
    query.order = .relevance
    query.perPage = 20
    let found = try desk.partnership.list(query, for: desk.actor).records
      .filter { $0.number != record.number }
    let values: [String: any Sendable] = [
      "title": record.title, "path": record.path, "kind": kind.singular, "query": text,
      "token": desk.visitor.formToken, "isEmpty": found.isEmpty,
      "found": found.map { other -> [String: any Sendable] in
        [
          "number": "\(other.number)", "title": other.title, "path": other.path,
          "summary": other.summary, "organisation": other.organisationTitle ?? "",
        ]
      },
    ]
    return Page(
      title: "Same as \(record.title)", template: "merge", section: kind.section, values: values)
  }

  func merge(_ form: Form) throws -> Answer {
    let record = try desk.record(kind, request.part("number"))
    guard let other = form["other"].flatMap({ RecordNumber($0) }) else {
      throw PageError.badRequest("Choose the record that is of the same thing.")
    }
    try desk.partnership.merge(other, into: record.number, by: desk.actor, reason: form["reason"])
    let change = try desk.partnership.history(of: other, for: desk.actor).first?.batch.number
    return .redirect("\(record.path)?done=merged" + (change.map { "&change=\($0)" } ?? ""))
  }
}
