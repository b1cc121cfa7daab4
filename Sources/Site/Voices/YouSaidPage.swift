import Partnership

/// You said, we did: what became of what was heard.
struct YouSaidPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let voices = try desk.partnership.records(of: .voice, for: desk.actor)
    let titles = try desk.partnership.titles(
      voices.flatMap { $0.fields.records("priorities") }, for: desk.actor)
    let answered = voices.filter { $0.fields.text("did") != nil }
    let taken = voices.filter {
      $0.fields.text("did") == nil && !$0.fields.records("priorities").isEmpty
    }
    let waiting = voices.count - answered.count - taken.count
    let untold = answered.count { $0.fields.text("told_on") == nil }
    let table = DataTable(
      id: "you-said", caption: "You said, we did",
      columns: ["You said", "Heard on", "Taken up in", "We did", "Done on", "You were told on"]
        .map { DataTable.Column($0) },
      rows: voices.map { record in
        [
          .link(record.title, to: record.path), .text(record.fields.text("heard_on") ?? ""),
          .text(
            record.fields.records("priorities").compactMap { titles[$0]?.title }
              .joined(separator: "; ")),
          .text(record.fields.text("did") ?? ""), .text(record.fields.text("did_on") ?? ""),
          .text(record.fields.text("told_on") ?? ""),
        ]
      })
    func card(_ record: Record) -> [String: any Sendable] {
      [
        "title": record.title, "path": record.path, "did": record.fields.text("did") ?? "",
        "told": record.fields.text("told_on").flatMap { Day($0) }?.inWords ?? "",
        "isUntold": record.fields.text("did") != nil && record.fields.text("told_on") == nil,
        "priorities": record.fields.records("priorities").compactMap { number in
          titles[number].map {
            ["title": $0.title, "path": "/priorities/\(number)"] as [String: any Sendable]
          }
        },
      ]
    }
    let values: [String: any Sendable] = [
      "answered": answered.map(card), "taken": taken.map(card),
      "hasAnswered": !answered.isEmpty, "hasTaken": !taken.isEmpty,
      "isEmpty": voices.isEmpty && desk.visitor.account != nil,
      "signIn": desk.visitor.account == nil ? "/sign-in?next=/voices/you-said" : "",
      "waiting": waiting > 0 ? "\(waiting)" : "",
      "untold": untold > 0 ? "\(untold)" : "",
      "tableHTML": table.disclosed(csv: request.csv(table)),
    ]
    return Page(
      title: "You said, we did", template: "you_said", section: .voices, values: values,
      tables: [table])
  }
}
