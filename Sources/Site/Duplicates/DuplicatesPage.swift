import Charts
import Definitions
import Partnership

/// Records that may be of the same thing, for stewards to make one of, or to keep apart.
struct DuplicatesPage {
  let desk: Desk
  let request: PageRequest

  static let path = "/duplicates"

  func page() throws -> Page {
    guard Access.allows(desk.actor, .merge) else { throw PageError.signIn(desk.visitor, request) }
    let kind = try Self.kind(request["kind"])
    let pairs = try desk.partnership.duplicates(among: kind, for: desk.actor)
    let looked = try desk.partnership.lookedForDuplicates(among: kind)
    let table = DataTable(
      id: "duplicates", caption: "Pairs that may be the same",
      columns: [
        DataTable.Column("One"), DataTable.Column("Other"),
        DataTable.Column("Likely, %", isNumeric: true),
      ],
      rows: pairs.map { pair in
        [
          .link(pair.one.title, to: "/\(kind.path)/\(pair.one.number)"),
          .link(pair.other.title, to: "/\(kind.path)/\(pair.other.number)"),
          .number(pair.probability * 100, decimals: 0),
        ]
      })
    let apart = try desk.partnership.keptApart(among: kind, for: desk.actor)
    let values: [String: any Sendable] = [
      "hasApart": !apart.isEmpty,
      "apart": apart.map { pair -> [String: any Sendable] in
        [
          "one": card(pair.one, kind), "other": card(pair.other, kind),
          "oneNumber": "\(pair.one.number)", "otherNumber": "\(pair.other.number)",
          "oneTitle": pair.one.title, "otherTitle": pair.other.title,
          "day": pair.day?.inWords ?? "",
        ]
      },
      "kinds": Partnership.duplicateKinds.map { one -> [String: any Sendable] in
        [
          "id": one.id, "title": one.plural.capitalisedFirst, "isChosen": one.id == kind.id,
        ]
      },
      "kind": kind.id, "plural": kind.plural, "token": desk.visitor.formToken,
      "done": Done(request, desk).values,
      "looked": looked.map(\.inWords) ?? "", "isEmpty": pairs.isEmpty,
      "pairs": pairs.map { pair -> [String: any Sendable] in
        [
          "one": card(pair.one, kind), "other": card(pair.other, kind),
          "likely": numberText(pair.probability * 100, decimals: 0),
          "merge": "/\(kind.path)/\(pair.one.number)/merge",
          "oneNumber": "\(pair.one.number)", "otherNumber": "\(pair.other.number)",
          "oneTitle": pair.one.title, "otherTitle": pair.other.title,
        ]
      },
      "tableHTML": table.disclosed(csv: request.csv(table), summary: "As a table"),
    ]
    return Page(
      title: "The same twice?", template: "duplicates", section: .agree, values: values,
      tables: [table])
  }

  private func card(_ record: RecordSummary, _ kind: RecordKind) -> [String: any Sendable] {
    [
      "title": record.title, "path": "/\(kind.path)/\(record.number)", "summary": record.summary,
      "organisation": record.organisationTitle ?? "",
      "changed": Day(String(record.changed.prefix(10)))?.inWords ?? "",
    ]
  }

  static func kind(_ id: String?) throws -> RecordKind {
    guard let id else { return .organisation }
    guard let kind = Partnership.duplicateKinds.first(where: { $0.id == id }) else {
      throw PageError.badRequest("Duplicates of '\(id.prefix(40))' are not looked for.")
    }
    return kind
  }
}
