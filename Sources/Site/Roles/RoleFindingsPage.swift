import Partnership

/// What should be settled about who does what.
struct RoleFindingsPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let names = try RoleNames(desk)
    let most = try self.most()
    let all = names.map.findings(mostPerPerson: most)
    let chosen = request["kind"].flatMap(RoleFinding.Kind.init)
    let shown = all.filter { chosen == nil ? $0.kind != .unmapped : $0.kind == chosen }
    let unmapped = all.count { $0.kind == .unmapped }
    let table = DataTable(
      id: "to-settle", caption: "What should be settled about who does what",
      columns: ["What", "Found", "Statutory", "Why it matters"].map { DataTable.Column($0) },
      rows: all.map { finding in
        [
          .text(finding.kind.title), .text(finding.headline(names)),
          .text(finding.isStatutory ? "yes" : "no"), .text(finding.explanation(names)),
        ]
      })
    let requests = try OutsideRequests(desk, names)
    let values: [String: any Sendable] = [
      "kinds": RoleFinding.Kind.allCases.map { kind -> [String: any Sendable] in
        let count = all.filter { $0.kind == kind }.count
        return [
          "id": kind.rawValue, "title": "\(kind.title) (\(count))", "isChosen": kind == chosen,
        ]
      },
      "most": "\(most)", "isEmpty": shown.isEmpty,
      "unmapped": chosen == nil && unmapped > 0 ? "\(unmapped)" : "",
      "findings": shown.map { finding -> [String: any Sendable] in
        [
          "headline": finding.headline(names), "kind": finding.kind.title,
          "isStatutory": finding.isStatutory, "explanation": finding.explanation(names),
          "path": finding.function.map { "/functions/\($0)" }
            ?? finding.person.flatMap { names.isKnown($0) ? "/people/\($0)" : nil } ?? "/roles",
        ]
      },
      "requests": requests.values, "hasRequests": !requests.values.isEmpty,
      "clashes": try clashes(), "tableHTML": table.disclosed(csv: request.csv(table)),
    ]
    return Page(
      title: "To be settled", template: "role_findings", section: .roles, values: values,
      tables: [table])
  }

  private func most() throws -> Int {
    guard let text = request["most"] else { return RoleMap.mostPerPerson }
    guard let most = Int(text), (1...1_000).contains(most) else {
      throw PageError.badRequest("'\(text.prefix(20))' is not a number of functions from 1 on.")
    }
    return most
  }

  /// Terms of which partners mean different things.
  private func clashes() throws -> [[String: any Sendable]] {
    try desk.partnership.records(of: .term, for: desk.actor).compactMap { record in
      guard case .clash = Glossary.Standing(record.fields) else { return nil }
      return [
        "title": record.title, "path": record.path,
        "standing": Glossary.Standing(record.fields).words,
      ]
    }
  }
}

/// Requests that wait at an organisation whose they are not.
struct OutsideRequests {
  let values: [[String: any Sendable]]

  init(_ desk: Desk, _ names: RoleNames) throws {
    values = try desk.partnership.records(of: .request, for: desk.actor).compactMap { record in
      guard (record.fields.text("state") ?? "asked") == "asked",
        let remit = RequestRemit(record, names.map), case .outside = remit.remit
      else { return nil }
      return ["title": record.title, "path": record.path]
    }
  }
}
