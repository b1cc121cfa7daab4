import Charts
import Decisions
import Definitions
import Foundation
import Partnership

/// The list of the records of a kind: found by words, narrowed by filters, in an order of one's choice.
struct RecordListPage {
  let kind: RecordKind
  private let desk: Desk
  private let request: PageRequest

  init(_ kind: RecordKind, _ desk: Desk, _ request: PageRequest) {
    self.kind = kind
    self.desk = desk
    self.request = request
  }

  func page() throws -> Page {
    let query = try self.query
    let (found, counts) = try desk.partnership.list(
      query, counting: kind.fields.filter(\.isFilter).map(\.name), for: desk.actor)
    let isFiltered =
      !query.facets.isEmpty || !query.text.isEmpty || query.trust != nil
      || query.organisation != nil || query.near != nil || query.age != nil || query.day != nil
    let kept = request.query.isEmpty ? "" : "?\(request.query)"
    let values: [String: any Sendable] = [
      "done": Done(request, desk).values,
      "title": kind.plural.capitalisedFirst, "purpose": kind.purpose, "path": "/\(kind.path)",
      "singular": kind.singular, "plural": kind.plural,
      "article": "aeiou".contains(kind.singular.first ?? " ") ? "an" : "a",
      "query": query.text, "near": request["near"] ?? "", "hasPlaces": hasPlaces,
      "distances": Self.distances.map { one -> [String: any Sendable] in
        ["id": one, "title": "\(one) km", "isChosen": request["km"] == one]
      },
      "sorts": sorts.map { one -> [String: any Sendable] in
        ["id": one.0.rawValue, "title": one.1, "isChosen": query.order == one.0]
      },
      "trusts": Trust.allCases.map { one -> [String: any Sendable] in
        ["id": one.rawValue, "title": one.title, "isChosen": query.trust == one]
      },
      "hasHours": kind.fields["hours"] != nil, "age": request["age"] ?? "",
      "days": RecordKind.weekdays.map { day -> [String: any Sendable] in
        ["id": day.id, "title": day.title, "isChosen": day.id == query.day]
      },
      "filters": filters(query, counts), "isFiltered": isFiltered,
      "isNarrowed": isFiltered && query.text.isEmpty,
      "chosen": chosen(query),
      "count": isClosed && found.total == 0 ? kind.plural.capitalisedFirst : count(found.total),
      "records": found.records.map { card($0) }, "isEmpty": found.records.isEmpty,
      "emptyText": emptyText(found, isFiltered: isFiltered),
      "csv": "/\(kind.path).csv\(kept)",
      "map": hasPlaces ? "/\(kind.path)/map\(kept)" : "",
      "mayAdd": Access.allows(desk.actor, .add) && !kind.isManaged,
      "signIn": desk.visitor.account == nil ? "/sign-in?next=/\(kind.path)" : "",
      "pagesHTML": pagesHTML(found), "hasTrust": true, "links": Self.links[kind.id] ?? [],
    ]
    return Page(
      title: kind.plural.capitalisedFirst, template: "records", section: kind.section,
      values: values)
  }

  /// Whether no record of the kind is open to whoever asks, unless it is of them.
  private var isClosed: Bool {
    kind.isClosed(to: desk.actor)
  }

  /// What is said instead of a list.
  private func emptyText(_ found: RecordList, isFiltered: Bool) -> String {
    if isClosed, found.total == 0, !isFiltered {
      return desk.visitor.account == nil
        ? "What there is, is for partners: sign in to see it."
        : "They are between those whom they concern: yours stand in My work."
    }
    if found.total > 0 {
      return "There is no page \(found.query.page): the last is page \(found.pages)."
    }
    return isFiltered
      ? "Nothing answers to that. Take a filter away, or try fewer words." : "There are none yet."
  }

  /// Pages about all records of a kind, by the kind.
  private static let links: [RecordKind.ID: [[String: any Sendable]]] = [
    "voice": [
      ["title": "Who has been heard, and who has not", "path": "/voices/heard"],
      ["title": "You said, we did", "path": "/voices/you-said"],
      ["title": "Pathways and their co-design", "path": "/pathways"],
    ],
    "priority": [
      ["title": "Rounds of choosing together", "path": "/rounds"],
      ["title": "The joint strategy", "path": "/strategy"],
      ["title": "The four pillars and their overlaps", "path": "/framework"],
    ],
  ]

  static let distances = ["1", "2", "5", "10", "25"]

  private var hasPlaces: Bool { kind.fields.contains { $0.name == "postcode" } }

  private var sorts: [(RecordQuery.Order, String)] {
    var sorts: [(RecordQuery.Order, String)] = [
      (.title, "Name"), (.relevance, "Best match"), (.changed, "Changed last"),
      (.due, "Due to be checked"),
    ]
    if hasPlaces { sorts.append((.distance, "Nearest")) }
    return sorts
  }

  /// What the address asks for.
  var query: RecordQuery {
    get throws {
      var query = RecordQuery([kind.id])
      query.text = request["q"] ?? ""
      for field in kind.fields where field.isFilter {
        let values = request.all(field.name)
        if !values.isEmpty { query.facets[field.name] = values }
      }
      if let text = request["organisation"] {
        guard let number = RecordNumber(text) else {
          throw PageError.badRequest("'\(text.prefix(40))' is not the number of an organisation.")
        }
        query.organisation = number
      }
      if let text = request["age"] {
        guard let age = Double(text), (0...130).contains(age) else {
          throw PageError.badRequest("'\(text.prefix(20))' is not an age.")
        }
        query.age = age
      }
      query.day = request["day"].flatMap { day in
        RecordKind.weekdays.first { $0.id == day }?.id
      }
      query.trust = request["trust"].flatMap(Trust.init)
      query.order =
        request["sort"].flatMap(RecordQuery.Order.init)
        ?? (query.text.isEmpty ? .title : .relevance)
      if let near = request["near"] {
        guard
          let position = Self.point(near)
            ?? desk.edition.postcodes.position(of: Field.postcode(near) ?? near)
        else {
          throw PageError.badRequest(
            "'\(near.prefix(20))' is not a postcode that this place knows. Check it, or leave it out."
          )
        }
        query.near = position
        query.withinKilometres = request["km"].flatMap(Double.init)
      } else if query.order == .distance {
        query.order = .title
      }
      guard let page = Int(request["page"] ?? "1"), (1...100_000).contains(page) else {
        throw PageError.badRequest(
          "'\((request["page"] ?? "").prefix(20))' is not the number of a page.")
      }
      query.page = page
      return query
    }
  }

  /// A point written as its latitude and longitude, as the map's links have it.
  private static func point(_ text: String) -> Position? {
    let parts = text.split(separator: ",").compactMap { Double($0) }
    guard parts.count == 2, abs(parts[0]) <= 90, abs(parts[1]) <= 180 else { return nil }
    return Position(latitude: parts[0], longitude: parts[1])
  }

  private func count(_ total: Int) -> String {
    total == 1 ? "1 \(kind.singular)" : "\(numberText(Double(total), decimals: 0)) \(kind.plural)"
  }

  private func card(_ record: RecordSummary) -> [String: any Sendable] {
    RecordCard(record, kind).values
  }

  /// The choices of each filter, with how many records each would leave.
  private func filters(
    _ query: RecordQuery, _ all: [String: [String: Int]]
  ) -> [[String: any Sendable]] {
    kind.fields.filter(\.isFilter).compactMap { field -> [String: any Sendable]? in
      let counts = all[field.name] ?? [:]
      let chosen = query.facets[field.name] ?? []
      var options: [(id: String, title: String)] =
        switch field.type {
        case .choice(let choices), .choices(let choices): choices.map { ($0.id, $0.title) }
        // Words of people's own: the most frequent.
        default:
          counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(20).map {
            ($0.key, $0.key)
          }
        }
      options = options.filter { counts[$0.id] != nil || chosen.contains($0.id) }
      guard options.count > 1 || !chosen.isEmpty else { return nil }
      return [
        "name": field.name, "title": field.label, "isOpen": !chosen.isEmpty,
        "options": options.map { option -> [String: any Sendable] in
          [
            "id": option.id, "title": option.title, "count": "\(counts[option.id] ?? 0)",
            "key": "\(field.name)-\(option.id)".replacing(" ", with: "_"),
            "isChosen": chosen.contains(option.id),
          ]
        },
      ]
    }
  }

  /// What the list is narrowed by, in words.
  private func chosen(_ query: RecordQuery) -> String {
    query.facets.sorted { $0.key < $1.key }.map { name, values in
      let field = kind.fields[name]
      let titles = values.map { field?.type.title(of: $0) ?? $0 }
      return "\(field?.label ?? name): \(titles.joined(separator: " or "))"
    }.joined(separator: "; ")
  }

  /// Links to the other pages of the list.
  private func pagesHTML(_ found: RecordList) -> String {
    guard found.pages > 1 else { return "" }
    let page = found.query.page
    func link(_ number: Int, _ text: String) -> String {
      let kept = request.query.split(separator: "&").filter { !$0.hasPrefix("page=") }
        .joined(separator: "&")
      let query = kept.isEmpty ? "page=\(number)" : "\(kept)&page=\(number)"
      return "<a href=\"/\(kind.path)?\(query.xmlEscaped)\">\(text)</a>"
    }
    var html = "<nav class=\"pages no-print\" aria-label=\"Pages\">"
    if page > 1 { html += link(page - 1, "Previous page") }
    html += "<span>Page \(page) of \(found.pages)</span>"
    if page < found.pages { html += link(page + 1, "Next page") }
    return html + "</nav>"
  }

  // MARK: CSV

  /// All that was found as CSV, with every field that whoever asks may see.
  func csv() throws -> String {
    var query = try self.query
    query.page = 1
    query.perPage = 100_000
    let found = try desk.partnership.list(query, for: desk.actor)
    let columns = kind.fields
    let records = try desk.partnership.records(found.records.map(\.number), for: desk.actor)
    let pointed = try desk.partnership.titles(
      records.flatMap { record in columns.flatMap { $0.records(in: record.fields) } },
      for: desk.actor)
    let table = DataTable(
      id: kind.path, caption: kind.plural,
      columns: (["number"] + columns.map(\.label) + ["last checked", "checked by", "as of"]).map {
        DataTable.Column($0)
      },
      rows: records.map { record in
        let words = ValueWords(titles: pointed, lists: desk.listTitles)
        return [.text("\(record.number)")]
          + columns.map { field in
            if case .number(let number)? = record.fields[field.name], case .number = field.type {
              return .number(number, decimals: 0)
            }
            return .text(record.fields[field.name].map { words.line($0, field) } ?? "")
          }
          + [
            .text(record.assurance?.day.description ?? ""), .text(record.assurance?.name ?? ""),
            .text(record.source?.day ?? ""),
          ]
      })
    return table.csv
  }
}

/// A record as a card of a list.
struct RecordCard {
  let values: [String: any Sendable]

  init(_ record: RecordSummary, _ kind: RecordKind?) {
    let trust = Trust(assured: record.assured, reviewMonths: kind?.reviewMonths ?? 12)
    values = [
      "title": record.title, "path": record.path, "summary": record.summary,
      "organisation": record.organisationTitle ?? "",
      "trust": kind?.isChecked ?? true ? trust.title : "", "trustClass": trust.rawValue,
      "assured": record.assured.map { "\($0.inWords)" } ?? "",
      "asOf": record.sourceDay.map { "as of \($0)" } ?? "",
      "distance": record.distance.map { kilometres in
        (kilometres < 0.95
          ? "\(Int((kilometres * 1_000 / 50).rounded()) * 50) m"
          : numberText(kilometres, decimals: 1) + " km")
          + (record.position?.isRough ?? false ? " or so" : "") + " away"
      } ?? "",
      "kind": kind?.singular ?? "",
    ]
  }
}

extension FieldType {
  /// The title of a choice; the text itself of what is none.
  func title(of id: String) -> String {
    switch self {
    case .choice(let choices), .choices(let choices): choices.first { $0.id == id }?.title ?? id
    default: id
    }
  }
}

extension Field {
  /// The records that this field of a record points at.
  func records(in fields: Fields) -> [RecordNumber] {
    switch type {
    case .record, .records: fields.records(name)
    case .rows(let inner, _):
      fields.rows(name).flatMap { row in inner.flatMap { $0.records(in: row) } }
    default: []
    }
  }
}

extension RecordKind {
  /// Whether nobody like somebody sees any record of the kind, unless it is of them.
  func isClosed(to actor: Actor) -> Bool {
    guard let title = fields[titleField], !title.isConsented else { return false }
    return title.audience > actor.circle
  }

  /// The part of the site where its pages are.
  var section: Page.Section {
    switch id {
    case RecordKind.function.id, RecordKind.request.id, RecordKind.term.id: .roles
    case RecordKind.pathway.id: .voices
    case RecordKind.referral.id: .signpost
    case RecordKind.round.id, RecordKind.assessment.id: .priorities
    case RecordKind.meeting.id: .network
    case RecordKind.introduction.id: .experts
    default: Page.Section(rawValue: plural) ?? .agree
    }
  }
}
