import GRDB

@testable import Partnership

/// A query as SQL: the plain way to the same answers as the index in memory, and its oracle.
struct PlainSelection {
  let circle: Int
  let arguments: StatementArguments
  let order: String
  private let joins: String
  private let condition: String

  init(_ query: RecordQuery, _ actor: Actor) {
    let circle = actor.circle.rawValue
    self.circle = circle
    var joins = ""
    var arguments: StatementArguments = []
    let own = actor.organisations.map { "\($0)" }.sorted().joined(separator: ",")
    let seen =
      actor.isSteward
      ? "1" : "(r.audience <= \(circle) or r.audience = 2 and r.organisation in (\(own)))"
    var conditions = ["r.state = ?", seen]
    let words = SearchWords(query.text)
    if !words.isEmpty {
      joins += " join search s on s.rowid = r.number"
      conditions.insert("search match ?", at: 0)
      arguments += [words.match(isPartner: circle > 0)]
    }
    arguments += [query.state.rawValue]
    if !query.kinds.isEmpty {
      conditions.append("r.kind in (\(query.kinds.map { _ in "?" }.joined(separator: ",")))")
      arguments += StatementArguments(query.kinds)
    }
    for (name, values) in query.facets.sorted(by: { $0.key < $1.key }) where !values.isEmpty {
      conditions.append(
        """
        exists (select 1 from facet f where f.record = r.number and f.name = ? and f.audience <= \(circle)
          and f.value in (\(values.map { _ in "?" }.joined(separator: ","))))
        """)
      arguments += [name]
      arguments += StatementArguments(values)
    }
    if let organisation = query.organisation {
      conditions.append("r.shown_organisation = ?")
      arguments += [organisation.value]
    }
    if let trust = query.trust {
      let today = Day.today.description
      switch trust {
      case .fresh: conditions.append("r.assured_at is not null and r.review_due > '\(today)'")
      case .due, .stale:
        let months = query.kinds.first.flatMap { RecordKind.named($0) }?.reviewMonths ?? 12
        let long = Day.today.adding(months: -2 * months).description
        conditions.append(
          trust == .stale
            ? "r.assured_at <= '\(long)'"
            : "r.assured_at > '\(long)' and r.review_due <= '\(today)'")
      case .never: conditions.append("r.assured_at is null")
      }
    }
    for (condition, values) in Self.conditionsOnFields(query) {
      conditions.append(condition)
      arguments += StatementArguments(values)
    }
    order =
      switch query.order {
      case .relevance: words.isEmpty ? "r.title collate nocase, r.number" : "s.rank, r.number"
      case .title, .distance: "r.title collate nocase, r.number"
      case .changed: "r.changed_at desc, r.number desc"
      case .due: "r.assured_at is not null, r.review_due, r.number"
      }
    self.joins = joins
    condition = conditions.joined(separator: " and ")
    self.arguments = arguments
  }

  /// Conditions on what is inside of records rather than beside them, each with its value.
  private static func conditionsOnFields(
    _ query: RecordQuery
  ) -> [(String, [(any DatabaseValueConvertible)?])] {
    var conditions: [(String, [(any DatabaseValueConvertible)?])] = []
    if let age = query.age {
      conditions.append(("coalesce(json_extract(r.fields, '$.minimum_age'), 0) <= ?", [age]))
      conditions.append(("coalesce(json_extract(r.fields, '$.maximum_age'), 1000) >= ?", [age]))
    }
    if let age = query.minimumAge {
      conditions.append(("json_extract(r.fields, '$.minimum_age') >= ?", [age]))
    }
    if let age = query.maximumAge {
      conditions.append(("json_extract(r.fields, '$.maximum_age') <= ?", [age]))
    }
    // All of it by one and the same opening time.
    var times: [String] = []
    var values: [(any DatabaseValueConvertible)?] = []
    if let day = query.day {
      times.append("exists (select 1 from json_each(h.value, '$.days') d where d.value = ?)")
      values.append(day)
    }
    for (time, name, comparison) in [
      (query.opensFrom, "opens", ">="), (query.closesBy, "closes", "<="),
    ] {
      guard let time else { continue }
      times.append("json_extract(h.value, '$.\(name)') \(comparison) ?")
      // 00:00 is the end of the day.
      if name == "closes" { times.append("json_extract(h.value, '$.closes') <> '00:00'") }
      values.append(time)
    }
    if !times.isEmpty {
      conditions.append(
        (
          "exists (select 1 from json_each(r.fields, '$.hours') h where \(times.joined(separator: " and ")))",
          values
        ))
    }
    return conditions
  }

  /// `from record r … where …`.
  var from: String { "from record r\(joins) where \(condition)" }

  /// All that answers to it, in its order.
  func numbers(_ db: Database) throws -> [Int64] {
    try Int64.fetchAll(
      db, sql: "select r.number \(from) order by \(order)", arguments: arguments)
  }

  /// How many have each value of a field.
  func counts(of field: String, _ db: Database) throws -> [String: Int] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        select f.value, count(*) as n from facet f join (select r.number \(from)) r on r.number = f.record
        where f.name = ? and f.audience <= ? group by f.value
        """, arguments: arguments + [field, circle])
    return Dictionary(rows.map { ($0["value"], $0["n"]) }, uniquingKeysWith: +)
  }
}
