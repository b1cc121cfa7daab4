import Charts
import Definitions
import Indicators
import Partnership
import Places

/// The first page of Agree: what there is, and a search over all of it.
struct AgreePage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let text = request["q"] ?? ""
    let totals = try desk.partnership.totals(for: desk.actor)
    var found: RecordList?
    if !text.isEmpty {
      var query = RecordQuery([])
      query.text = text
      query.order = .relevance
      query.perPage = 50
      found = try desk.partnership.list(query, for: desk.actor)
    }
    let values: [String: any Sendable] = [
      "place": desk.edition.atlas.manifest.place.name, "query": text,
      "kinds": RecordKind.all.map { kind -> [String: any Sendable] in
        let count = totals[kind.id] ?? 0
        return [
          "title": kind.plural.capitalisedFirst, "path": "/\(kind.path)", "purpose": kind.purpose,
          "count": kind.isClosed(to: desk.actor)
            ? "" : numberText(Double(count), decimals: 0),
          "add": Access.allows(desk.actor, .add) && !kind.isManaged ? "/\(kind.path)/add" : "",
          "singular": kind.singular.withArticle,
        ]
      },
      "hasFound": found != nil, "foundCount": "\(found?.total ?? 0)",
      "records": (found?.records ?? []).map { RecordCard($0, RecordKind.named($0.kind)).values },
      "nothing": found?.total == 0, "isSignedIn": desk.visitor.account != nil,
    ]
    return Page(title: "Agree", template: "agree", section: .agree, values: values)
  }

  /// Names of records that begin so, for fields in which one is typed.
  func names() throws -> String {
    let text = request.first(withPrefix: "f.") ?? ""
    guard !text.isEmpty else { return "" }
    var query = RecordQuery((request["kinds"] ?? "").split(separator: ",").map(String.init))
    query.text = text
    query.order = .relevance
    query.perPage = 10
    return try desk.partnership.list(query, for: desk.actor).records.map {
      "<option value=\"\($0.title.xmlEscaped)\">\($0.summary.xmlEscaped)</option>"
    }.joined()
  }
}
