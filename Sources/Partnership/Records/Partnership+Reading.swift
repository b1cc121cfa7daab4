import Foundation
import GRDB

extension Partnership {
  /// A record as somebody may see it.
  ///
  /// - Throws: ``PartnershipError`` where there is none that they may see.
  public func record(_ number: RecordNumber, for actor: Actor) throws -> Record {
    try read { db in
      guard let row = try Self.row(number, db), let record = try Record(row: row, for: actor),
        record.state != .removed
      else { throw PartnershipError.missing(number) }
      return record
    }
  }

  /// What became of records: those that they were merged into, or they themselves.
  public func standing(_ numbers: [RecordNumber]) throws -> Set<RecordNumber> {
    guard !numbers.isEmpty else { return [] }
    return try read { db in
      Set(
        try numbers.map { number in
          var standing = number.value
          // Merged into one that was merged in turn, a few times at most.
          for _ in 0..<20 {
            guard
              let next = try Int64.fetchOne(
                db.cachedStatement(
                  sql: "select merged_into from record where number = ? and state = 'merged'"),
                arguments: [standing])
            else { break }
            standing = next
          }
          return RecordNumber(standing)
        })
    }
  }

  /// Records as somebody may see them, in the order of their numbers as given.
  public func records(_ numbers: [RecordNumber], for actor: Actor) throws -> [Record] {
    try read { db in
      try numbers.compactMap { number in
        try Self.row(number, db).flatMap { try Record(row: $0, for: actor) }
      }
    }
  }

  /// What a record held in an earlier version, as far as somebody may see it now.
  public func fields(of number: RecordNumber, version: Int, for actor: Actor) throws -> Fields {
    try read { db in
      guard let row = try Self.row(number, db), let record = try Record(row: row, for: actor) else {
        throw PartnershipError.missing(number)
      }
      let circle = Access.circle(of: actor, for: record.subject)
      return try Content(row: row).masked(
        Self.revision(number, version, db).seen(by: circle, record.kind).fields, for: circle,
        record.kind)
    }
  }

  static func row(_ number: RecordNumber, _ db: Database) throws -> Row? {
    try Row.fetchOne(
      db.cachedStatement(sql: "select * from record where number = ?"), arguments: [number.value])
  }

  /// The titles of records, of those that somebody may see.
  public func titles(_ numbers: some Sequence<RecordNumber>, for actor: Actor) throws
    -> [RecordNumber: RecordTitle]
  {
    let numbers = Set(numbers)
    guard !numbers.isEmpty else { return [:] }
    return try read { db in
      let list = numbers.map { "\($0)" }.joined(separator: ",")
      let rows = try Row.fetchAll(
        db,
        sql:
          "select number, kind, title from record where state <> 'removed' and audience <= ? and number in (\(list))",
        arguments: [actor.circle.rawValue])
      return Dictionary(
        uniqueKeysWithValues: rows.map {
          (RecordNumber($0["number"]), RecordTitle(kind: $0["kind"], title: $0["title"]))
        })
    }
  }

  /// A page of the records that a query asks for.
  public func list(_ query: RecordQuery, for actor: Actor) throws -> RecordList {
    try read { db in try Self.list(query, actor, db) }
  }

  static func list(_ query: RecordQuery, _ actor: Actor, _ db: Database) throws -> RecordList {
    let selection = Selection(query, actor)
    guard query.near != nil else {
      let total =
        try Int.fetchOne(
          db, sql: "select count(*) \(selection.from)", arguments: selection.arguments) ?? 0
      let rows = try Row.fetchAll(
        db,
        sql: """
          select r.*, o.title as organisation_title, p.latitude, p.longitude, p.is_rough \(selection.from(joining: true))
          order by \(selection.order) limit ? offset ?
          """,
        arguments: selection.arguments + [query.perPage, max(0, query.page - 1) * query.perPage])
      return RecordList(
        records: rows.map { RecordSummary(row: $0, distance: nil) }, total: total, query: query)
    }
    return try nearest(query, selection, db)
  }

  /// A page of records by how near they are. Distances of all that are asked for are worked out: some ten thousand.
  private static func nearest(
    _ query: RecordQuery, _ selection: Selection, _ db: Database
  ) throws -> RecordList {
    guard let near = query.near else { return RecordList(records: [], total: 0, query: query) }
    var box = ""
    var arguments = selection.arguments
    if let limit = query.withinKilometres {
      // A degree of latitude has 110.57 km at the equator and more elsewhere.
      let rise = limit / 110.5
      let spread = rise / max(0.01, cos(min(89, abs(near.latitude) + rise) * .pi / 180))
      box = "and l.latitude between ? and ? and l.longitude between ? and ?"
      arguments += [
        near.latitude - rise, near.latitude + rise, near.longitude - spread,
        near.longitude + spread,
      ]
    }
    let points = try Row.fetchCursor(
      db,
      sql: """
        select r.number, l.latitude, l.longitude
        from (select r.number \(selection.from)) r join place l on l.record = r.number
        where l.latitude is not null \(box)
        """, arguments: arguments)
    var nearest: [Int64: Double] = [:]
    while let row = try points.next() {
      let distance = near.kilometres(
        to: Position(latitude: row["latitude"], longitude: row["longitude"]))
      if let limit = query.withinKilometres, distance > limit { continue }
      let number: Int64 = row["number"]
      nearest[number] = min(nearest[number] ?? .infinity, distance)
    }
    let sorted = nearest.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    let wanted = sorted.dropFirst(max(0, query.page - 1) * query.perPage).prefix(query.perPage)
    let list = wanted.map { "\($0.key)" }.joined(separator: ",")
    let rows = try Row.fetchAll(
      db,
      sql: """
        select r.*, o.title as organisation_title, p.latitude, p.longitude, p.is_rough
        from record r left join record o on o.number = r.shown_organisation and o.audience <= \(selection.circle)
          left join place p on p.record = r.number and p.line = 0
        where r.number in (\(list))
        """)
    let records = Dictionary(uniqueKeysWithValues: rows.map { ($0["number"] as Int64, $0) })
    return RecordList(
      records: wanted.compactMap { number, distance in
        records[number].map { RecordSummary(row: $0, distance: distance) }
      }, total: sorted.count, query: query)
  }

  /// How many records of a query have each value of a field.
  public func counts(
    of field: String, in query: RecordQuery, for actor: Actor
  ) throws -> [String: Int] {
    var query = query
    // What one could choose instead, not what is chosen.
    query.facets[field] = nil
    let selection = Selection(query, actor)
    return try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          select f.value, count(*) as n from facet f join (select r.number \(selection.from)) r on r.number = f.record
          where f.name = ? and f.audience <= ? group by f.value
          """, arguments: selection.arguments + [field, selection.circle])
      // Two spellings may be one text to Swift.
      return Dictionary(rows.map { ($0["value"], $0["n"]) }, uniquingKeysWith: +)
    }
  }

  /// The records that point at one, and by which field.
  public func references(
    to number: RecordNumber, for actor: Actor, limit: Int = 500
  ) throws -> [(role: String, record: RecordSummary)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          select r.*, l.role, o.title as organisation_title, p.latitude, p.longitude, p.is_rough
          from link l join record r on r.number = l.source
            left join record o on o.number = r.shown_organisation and o.audience <= ?
            left join place p on p.record = r.number and p.line = 0
          where l.target = ? and l.audience <= ? and r.state = 'active' and r.audience <= ?
          order by l.role, r.kind, r.title collate nocase limit ?
          """,
        arguments: [
          actor.circle.rawValue, number.value, actor.circle.rawValue, actor.circle.rawValue, limit,
        ]
      ).map { ($0["role"], RecordSummary(row: $0, distance: nil)) }
    }
  }

  /// How many records of each kind there are.
  public func totals(for actor: Actor) throws -> [RecordKind.ID: Int] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql:
          "select kind, count(*) as n from record where state = 'active' and audience <= ? group by kind",
        arguments: [actor.circle.rawValue])
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["kind"], $0["n"]) })
    }
  }
}

/// What a record is called, and its kind.
public struct RecordTitle: Sendable, Hashable {
  public let kind: RecordKind.ID
  public let title: String
}

/// A query as SQL.
struct Selection {
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
  var from: String { from(joining: false) }

  /// The same, with the organisation as `o` and the first place as `p`.
  func from(joining: Bool) -> String {
    """
    from record r\(joins)\(joining ? """
       left join record o on o.number = r.shown_organisation and o.audience <= \(circle)
       left join place p on p.record = r.number and p.line = 0
      """ : "")
    where \(condition)
    """
  }
}

/// The words of a search, as people type them.
struct SearchWords {
  private let words: [String]

  init(_ text: String) {
    words = text.split { !($0.isLetter || $0.isNumber) }.prefix(20).map { String($0.prefix(60)) }
  }

  var isEmpty: Bool { words.isEmpty }

  /// The search in FTS5's syntax: every word must be there, the last may be a beginning.
  func match(isPartner: Bool) -> String {
    var terms = words.map { "\"\($0)\"" }
    if let last = terms.popLast() { terms.append(last + "*") }
    return
      "\(isPartner ? "{title open partners}" : "{title open}") : (\(terms.joined(separator: " AND ")))"
  }
}

extension RecordSummary {
  init(row: Row, distance: Double?) {
    number = RecordNumber(row["number"])
    kind = row["kind"]
    title = row["title"]
    summary = row["summary"]
    organisation = (row["shown_organisation"] as Int64?).map(RecordNumber.init)
    organisationTitle = row["organisation_title"]
    pillars = (row["pillars"] as String).split(separator: " ").map(String.init)
    assured = (row["assured_at"] as String?).flatMap(Day.init)
    assuredBy = row["assured_by"]
    changed = row["changed_at"]
    reviewDue = row["review_due"]
    sourceDay = row["source_day"]
    if let latitude: Double = row["latitude"], let longitude: Double = row["longitude"] {
      position = Position(
        latitude: latitude, longitude: longitude, isRough: row["is_rough"] ?? false)
    } else {
      position = nil
    }
    self.distance = distance
  }
}
