import Charts
import Governance
import Partnership

/// What waits for whoever has signed in.
struct WorkPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    guard let account = desk.visitor.account else { throw PageError.signIn(desk.visitor, request) }
    let work = try desk.partnership.work(for: desk.actor)
    let organisations = try desk.partnership.titles(desk.actor.organisations, for: desk.actor)
    let values: [String: any Sendable] = [
      "name": account.name, "token": desk.visitor.formToken, "done": Done(request, desk).values,
      "isSteward": account.role >= .steward,
      "organisations": organisations.values.map(\.title).sorted().joined(separator: ", "),
      "hasNone": organisations.isEmpty,
      "isClear": work.due.isEmpty && work.edits.isEmpty && work.corrections.isEmpty,
      "dueCount": numberText(Double(work.dueCount), decimals: 0), "hasDue": !work.due.isEmpty,
      "due": work.due.map { record -> [String: any Sendable] in
        var values = RecordCard(record, RecordKind.named(record.kind)).values
        values["assure"] = "\(record.path)/assure"
        return values
      },
      "hasEdits": !work.edits.isEmpty,
      "edits": work.edits.map { item -> [String: any Sendable] in
        [
          "title": item.record.title, "name": item.name,
          "path": "\(item.record.path)/waiting/\(item.edit)",
        ]
      },
      "hasCorrections": !work.corrections.isEmpty,
      "corrections": work.corrections.map { one -> [String: any Sendable] in
        let path = "/\(RecordKind.named(one.recordKind)?.path ?? "")/\(one.record)"
        return [
          "title": one.recordTitle, "path": path, "text": one.text, "contact": one.contact ?? "",
          "at": one.at.inWords, "settle": "/corrections/\(one.number)", "edit": "\(path)/edit",
        ]
      },
    ]
    return Page(title: "My work", template: "work", section: .work, values: values)
  }
}
