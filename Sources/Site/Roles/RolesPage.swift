import Charts
import Partnership

/// Who does what: functions with who is accountable, responsible, supporting, consulted and informed at each scale.
struct RolesPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let names = try RoleNames(desk)
    let functions = try wanted(names)
    let findings = names.map.findings()
    let unmapped = findings.filter { $0.kind == .unmapped }.count
    let organisation = request["organisation"].flatMap { RecordNumber($0) }
    let table = table(functions, names)
    let values: [String: any Sendable] = [
      "done": Done(request, desk).values, "query": request["q"] ?? "",
      "domains": FunctionDomain.allCases.map { one -> [String: any Sendable] in
        [
          "id": one.rawValue, "title": one.title, "isChosen": request["domain"] == one.rawValue,
        ]
      },
      "organisations": names.organisations.map { one -> [String: any Sendable] in
        ["id": "\(one.number)", "title": one.title, "isChosen": organisation == one.number]
      },
      "onlyStatutory": request["statutory"] == "yes",
      "total": "\(names.map.functions.count)", "unmapped": "\(unmapped)",
      "count": functions.count == 1 ? "1 function" : "\(functions.count) functions",
      "findings": "\(findings.count - unmapped)", "hasFindings": findings.count > unmapped,
      "isEmpty": functions.isEmpty,
      "functions": functions.map { card($0, names) },
      "mayAdd": Access.allows(desk.actor, .add),
      "tableHTML": table.disclosed(csv: request.csv(table)),
    ]
    return Page(
      title: "Who does what", template: "roles", section: .roles, values: values, tables: [table])
  }

  /// The functions that the address asks for.
  private func wanted(_ names: RoleNames) throws -> [RoleMap.Function] {
    var found: Set<RecordNumber>?
    if let text = request["q"] {
      var query = RecordQuery([RecordKind.function.id])
      query.text = text
      query.perPage = 1_000
      found = Set(try desk.partnership.list(query, for: desk.actor).records.map(\.number))
    }
    let organisation = request["organisation"].flatMap { RecordNumber($0) }
    let domain = request["domain"].flatMap(FunctionDomain.init)
    let functions = names.map.functions.filter { function in
      (found?.contains(function.number) ?? true)
        && (domain == nil || function.domain == domain)
        && (request["statutory"] != "yes" || function.law != nil)
        && (organisation == nil
          || function.responsibilities.contains { $0.organisation == organisation })
    }
    // What somebody has said something about comes first.
    return functions.filter { !$0.responsibilities.isEmpty }
      + functions.filter(\.responsibilities.isEmpty)
  }

  private func card(_ function: RoleMap.Function, _ names: RoleNames) -> [String: any Sendable] {
    [
      "title": function.title, "path": "/functions/\(function.number)",
      "domain": function.domain?.title ?? "", "law": function.law ?? "",
      "scales": Scale.allCases.compactMap { scale -> [String: any Sendable]? in
        let line = names.line(function, at: scale)
        return line.isEmpty ? nil : ["scale": scale.title, "line": line]
      },
      "isUnmapped": function.responsibilities.isEmpty,
      "agreement": function.parties.isEmpty
        ? "" : function.isAgreed ? "Agreed" : "Not agreed by all yet",
    ]
  }

  private func table(_ functions: [RoleMap.Function], _ names: RoleNames) -> DataTable {
    let columns = ["Function", "Part of", "Statutory", "Scale", "Organisation", "What it is"]
    return DataTable(
      id: "who-does-what", caption: "Who does what",
      columns: columns.map { DataTable.Column($0) }
        + [
          DataTable.Column("Lead"), DataTable.Column("Capability"),
          DataTable.Column("Posts", isNumeric: true), DataTable.Column("Vacant", isNumeric: true),
        ],
      rows: functions.flatMap { function in
        function.responsibilities.map { row($0, function, names) }
      })
  }

  private func row(
    _ one: Responsibility, _ function: RoleMap.Function, _ names: RoleNames
  ) -> [DataTable.Cell] {
    func number(_ value: Double?) -> DataTable.Cell {
      value.map { DataTable.Cell.number($0, decimals: 1) } ?? .none
    }
    return [
      .link(function.title, to: "/functions/\(function.number)"),
      .text(function.domain?.title ?? ""), .text(function.law ?? ""), .text(one.scale.title),
      .link(names.title(one.organisation), to: "/partners/\(one.organisation)"),
      .text(one.involvement.title), .text(one.person.map { names.title($0) } ?? ""),
      .text(one.capability?.title ?? ""), number(one.posts), number(one.vacancies),
    ]
  }
}

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
        let standing = RequestStanding(record, names.map), case .outside = standing.remit
      else { return nil }
      return ["title": record.title, "path": record.path]
    }
  }
}

/// Two organisations side by side: ours and theirs.
struct RoleComparePage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let names = try RoleNames(desk)
    let all = names.organisations
    let own = all.first { desk.actor.organisations.contains($0.number) }
    let ours = try organisation("ours") ?? own?.number ?? all.first?.number
    let theirs = try organisation("theirs") ?? all.first { $0.number != ours }?.number
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
