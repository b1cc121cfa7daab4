import Partnership

/// What was done last in the partnership, by everybody or by me.
struct ChangesPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let isMine = request["who"] == "me" && desk.visitor.account != nil
    let batches = try desk.partnership.changes(
      for: desk.actor, account: isMine ? desk.actor.account : nil,
      before: request["before"].flatMap { Int64($0) }, limit: 50)
    let values: [String: any Sendable] = [
      "isSignedIn": desk.visitor.account != nil, "isMine": isMine,
      "token": desk.visitor.formToken, "isEmpty": batches.isEmpty,
      "done": Done(request, desk).values,
      "changes": batches.map { batch -> [String: any Sendable] in
        let kind = batch.kind.flatMap { RecordKind.named($0) }
        return [
          "who": batch.name, "action": batch.action, "at": batch.at.inWords,
          "gone": "\((kind?.singular ?? "record").withArticle) that is no longer there",
          "title": batch.title ?? "", "kind": kind?.singular ?? "",
          "path": kind.flatMap { kind in batch.record.map { "/\(kind.path)/\($0)" } } ?? "",
          "more": batch.records > 1 ? "and \(batch.records - 1) more" : "",
          "reason": batch.reason ?? "", "isUndone": batch.undoneBy != nil,
          "undo": batch.isOpen && desk.visitor.account != nil
            && (batch.account == desk.actor.account || Access.allows(desk.actor, .moderate))
            ? "/changes/\(batch.number)/undo" : "",
        ]
      },
      "older": batches.count == 50
        ? "/changes?\(isMine ? "who=me&" : "")before=\(batches.last?.number ?? 0)" : "",
    ]
    return Page(title: "Changes", template: "changes", section: .changes, values: values)
  }
}
