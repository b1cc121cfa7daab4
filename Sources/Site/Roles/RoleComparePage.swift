import Partnership

/// Two organisations side by side: ours and theirs.
struct RoleComparePage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let names = try RoleNames(desk)
    let all = names.organisations
    let own = all.first { desk.actor.organisations.contains($0.number) }
    let ours = try organisation("ours") ?? own?.number ?? all.first?.number
    let theirs =
      try organisation("theirs") ?? ours.flatMap { closest(to: $0, names) }
      ?? all.first { $0.number != ours }?.number
    if let ours, ours == theirs {
      throw PageError.badRequest("Choose two different organisations to set side by side.")
    }
    let isAll = request["show"] == "all"
    var rows: [[DataTable.Cell]] = []
    var both: Set<RecordNumber> = []
    if let ours, let theirs {
      for function in names.map.functions {
        for scale in Scale.allCases {
          let mine = names.parts(of: ours, function, at: scale)
          let other = names.parts(of: theirs, function, at: scale)
          guard !mine.isEmpty || !other.isEmpty else { continue }
          let isShared = !mine.isEmpty && !other.isEmpty
          if isShared { both.insert(function.number) }
          guard isAll || isShared else { continue }
          rows.append([
            .link(function.title, to: "/functions/\(function.number)"), .text(scale.title),
            .text(mine.isEmpty ? "no part" : mine), .text(other.isEmpty ? "no part" : other),
            .text(remark(function, scale, ours, theirs)),
          ])
        }
      }
    }
    var table = DataTable(
      id: "side-by-side", caption: "Side by side",
      columns: [
        "Function", "Scale", ours.map { names.title($0) } ?? "Ours",
        theirs.map { names.title($0) } ?? "Theirs", "To settle",
      ].map { DataTable.Column($0) }, rows: rows)
    table.stacks = true
    func choices(_ chosen: RecordNumber?) -> [[String: any Sendable]] {
      all.map { ["id": "\($0.number)", "title": $0.title, "isChosen": $0.number == chosen] }
    }
    let values: [String: any Sendable] = [
      "ours": choices(ours), "theirs": choices(theirs), "isAll": isAll,
      "isTooFew": all.count < 2, "both": both.count == 1 ? "1 function" : "\(both.count) functions",
      "tableHTML": table.html(csv: request.csv(table)),
    ]
    return Page(
      title: "Ours and theirs", template: "role_compare", section: .roles, values: values,
      tables: [table])
  }

  private func organisation(_ name: String) throws -> RecordNumber? {
    guard let text = request[name] else { return nil }
    guard let number = RecordNumber(text) else {
      throw PageError.badRequest("'\(text.prefix(40))' is not the number of an organisation.")
    }
    return number
  }

  /// The organisation that has a part in most of the functions in which another has one.
  private func closest(to ours: RecordNumber, _ names: RoleNames) -> RecordNumber? {
    var shared: [RecordNumber: Int] = [:]
    for function in names.map.functions {
      let parts = Set(function.responsibilities.map(\.organisation))
      guard parts.contains(ours) else { continue }
      for other in parts where other != ours { shared[other, default: 0] += 1 }
    }
    return shared.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  /// What is left to settle between the two.
  private func remark(
    _ function: RoleMap.Function, _ scale: Scale, _ ours: RecordNumber, _ theirs: RecordNumber
  ) -> String {
    let accountable = function.organisations(.accountable, at: scale)
    if accountable.contains(ours), accountable.contains(theirs) { return "Both accountable" }
    let waiting = [ours, theirs].filter {
      function.parties.contains($0) && !function.agreedBy.contains($0)
    }
    return switch (waiting.count, waiting.first) {
    case (0, _):
      function.parties.contains(ours) || function.parties.contains(theirs) ? "Agreed" : ""
    case (1, ours?): "Ours has not agreed yet"
    case (1, _): "Theirs has not agreed yet"
    default: "Neither has agreed yet"
    }
  }
}
