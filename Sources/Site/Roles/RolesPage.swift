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
