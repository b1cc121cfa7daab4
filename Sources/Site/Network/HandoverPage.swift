import Partnership
import Statistics

/// What somebody who leaves hands over, to whom, and what would be lost.
struct HandoverPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    guard desk.visitor.account != nil else { throw PageError.signIn(desk.visitor, request) }
    let record = try desk.record(.person, request.part("number"))
    let handover = try desk.partnership.handover(of: record.number, for: desk.actor)
    let successor = try handover.successor.flatMap {
      try desk.partnership.titles([$0], for: desk.actor)[$0]?.title
    }
    let contacts = handover.contacts.map { contact -> [String: any Sendable] in
      [
        "id": "\(contact.person)", "name": contact.name, "path": "/people/\(contact.person)",
        "strength": NetworkPage.strength(contact.tie.strength), "last": contact.tie.last.inWords,
        "isOnly": contact.isOnlyTheirs && !contact.isHandedOver,
        "isHandedOver": contact.isHandedOver,
        "mayHandOver": successor != nil && !contact.isHandedOver,
      ]
    }
    let values: [String: any Sendable] = [
      "title": record.title, "path": record.path, "token": desk.visitor.formToken,
      "done": Done(request, desk).values,
      "leaves": handover.leaves?.inWords ?? "",
      "hasLeft": handover.leaves.map { $0 < .today } ?? false,
      "successor": successor ?? "",
      "successorPath": handover.successor.map { "/people/\($0)" } ?? "",
      "edit": "\(record.path)/edit",
      "contacts": contacts, "hasContacts": !contacts.isEmpty,
      "functions": handover.functions.map { function -> [String: any Sendable] in
        [
          "id": "\(function.number)", "title": function.title,
          "path": "/functions/\(function.number)", "mayHandOver": successor != nil,
        ]
      },
      "hasFunctions": !handover.functions.isEmpty,
      "records": handover.others.map { RecordCard($0, RecordKind.named($0.kind)).values },
      "hasRecords": !handover.others.isEmpty,
      "isWeakPoint": try isWeakPoint(record.number),
      "isComplete": handover.left == 0,
      "mayHandOver": successor != nil && (!contacts.isEmpty || !handover.functions.isEmpty),
    ]
    return Page(
      title: "Handover: \(record.title)", template: "handover", section: .network, values: values)
  }

  /// Whether the network falls apart without them.
  private func isWeakPoint(_ number: RecordNumber) throws -> Bool {
    let ties = try desk.partnership.relationships(for: desk.actor)
    return ties.index(of: number).map(ties.network.weakPoints.nodes.contains) ?? false
  }

  func hand(over form: Form) throws -> Answer {
    let record = try desk.record(.person, request.part("number"))
    let contacts = Set(form.all("contact").compactMap { RecordNumber($0) })
    let functions = Set(form.all("function").compactMap { RecordNumber($0) })
    guard !contacts.isEmpty || !functions.isEmpty else {
      throw PageError.badRequest("Tick what is handed over.")
    }
    try desk.partnership.handOver(
      record.number, contacts: contacts, functions: functions, by: desk.actor)
    return .redirect("\(record.path)/handover?done=handed")
  }
}
