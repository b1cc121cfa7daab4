public import Definitions
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

  /// All records of a kind that stand, as somebody may see them, by their names.
  public func records(of kind: RecordKind, for actor: Actor) throws -> [Record] {
    try read { db in
      try Row.fetchAll(
        db.cachedStatement(
          sql:
            "select * from record where kind = ? and state = 'active' order by title collate nocase, number"
        ), arguments: [kind.id]
      ).compactMap { try Record(row: $0, for: actor) }
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
    try list(query, counting: [], for: actor).list
  }

  /// A page of the records that a query asks for, and how many of them have each value of several fields, by the
  /// fields' names. Of a field that the query itself narrows, what one could choose instead is counted.
  public func list(
    _ query: RecordQuery, counting fields: [String], for actor: Actor
  ) throws -> (list: RecordList, counts: [String: [String: Int]]) {
    try readIndexed { db, index in
      let words = SearchWords(query.text)
      let hits = try Self.hits(words, for: actor, db)
      let set = index.select(query, for: actor, hits: hits)
      var counts: [String: [String: Int]] = [:]
      for field in fields {
        var counted = set
        if !(query.facets[field] ?? []).isEmpty {
          var wider = query
          wider.facets[field] = nil
          counted = index.select(wider, for: actor, hits: hits)
        }
        counts[field] = index.counts(of: field, in: counted, circle: actor.circle.rawValue)
      }
      if let near = query.near {
        let sorted = index.nearest(set, to: near, within: query.withinKilometres)
        let wanted = sorted.dropFirst(max(0, query.page - 1) * query.perPage).prefix(query.perPage)
        let distances = Dictionary(uniqueKeysWithValues: wanted.map { ($0.number, $0.kilometres) })
        let list = RecordList(
          records: try Self.summaries(wanted.map(\.number), for: actor, distances, db),
          total: sorted.count, query: query)
        return (list, counts)
      }
      var ranked: [Int64]?
      if query.order == .relevance, let hits {
        ranked = try Self.ranked(words, hits, set, index, for: actor, db)
      }
      let page = index.page(of: set, query, ranked: ranked)
      let list = RecordList(
        records: try Self.summaries(page, for: actor, [:], db), total: set.count, query: query)
      return (list, counts)
    }
  }

  /// The records that have words; nil where there are no words.
  static func hits(_ words: SearchWords, for actor: Actor, _ db: Database) throws -> [Int64]? {
    guard !words.isEmpty else { return nil }
    return try Int64.fetchAll(
      db.cachedStatement(sql: "select rowid from search where search match ?"),
      arguments: [words.match(isPartner: actor.circle > .everyone)])
  }

  /// The most hits that are put in order by how well they fit: of more, nobody reads the hundredth page.
  static let mostRanked = 2_000

  /// The records that have words, the best first (BM25, as FTS5 has it). Of very many, those that have the words in
  /// their names come first, and the others follow by name.
  private static func ranked(
    _ words: SearchWords, _ hits: [Int64], _ set: OrdinalSet, _ index: RecordIndex,
    for actor: Actor, _ db: Database
  ) throws -> [Int64] {
    guard hits.count > mostRanked else {
      return try Int64.fetchAll(
        db.cachedStatement(
          sql: "select rowid from search where search match ? order by rank, rowid"),
        arguments: [words.match(isPartner: actor.circle > .everyone)])
    }
    let named = Set(
      try Int64.fetchAll(
        db.cachedStatement(sql: "select rowid from search where search match ?"),
        arguments: [words.matchInTitle]))
    var first: [Int64] = []
    var rest: [Int64] = []
    for ordinal in index.byName where set.contains(ordinal) {
      let number = index.entries[ordinal].number
      if named.contains(number) { first.append(number) } else { rest.append(number) }
    }
    return first + rest
  }

  /// Records as lists show them, in the order of their numbers as given.
  static func summaries(
    _ numbers: [Int64], for actor: Actor, _ distances: [Int64: Double], _ db: Database
  ) throws -> [RecordSummary] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        select r.*, o.title as organisation_title, p.latitude, p.longitude, p.is_rough
        from record r left join record o on o.number = r.shown_organisation and o.audience <= ?
          left join place p on p.record = r.number and p.line = 0
        where r.number in (\(numbers.map(String.init).joined(separator: ",")))
        """, arguments: [actor.circle.rawValue])
    let found = Dictionary(uniqueKeysWithValues: rows.map { ($0["number"] as Int64, $0) })
    return numbers.compactMap { number in
      found[number].map { RecordSummary(row: $0, distance: distances[number]) }
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

  /// How many records of each kind there are, of those that somebody may see.
  public func totals(for actor: Actor) throws -> [RecordKind.ID: Int] {
    try readIndexed { _, index in
      let all = index.select(RecordQuery([]), for: actor, hits: nil)
      return index.kinds.mapValues { $0.countShared(with: all) }.filter { $0.value > 0 }
    }
  }

  /// How many records of some kinds stand in just which pillars, of those that somebody may see.
  public func placed(
    _ kinds: [RecordKind], for actor: Actor
  ) throws -> [RecordKind.ID: [[Pillar]: Int]] {
    try readIndexed { _, index in
      let all = index.select(RecordQuery(kinds.map(\.id)), for: actor, hits: nil)
      let circle = actor.circle.rawValue
      var placed: [RecordKind.ID: [[Pillar]: Int]] = [:]
      all.forEach { ordinal in
        let entry = index.entries[ordinal]
        let own = entry.facets.filter { $0.name == "pillars" && $0.audience <= circle }.map(\.value)
        let pillars = Pillar.allCases.filter { own.contains($0.rawValue) }
        placed[entry.kind, default: [:]][pillars, default: 0] += 1
      }
      return placed
    }
  }
}

/// What a record is called, and its kind.
public struct RecordTitle: Sendable, Hashable {
  public let kind: RecordKind.ID
  public let title: String
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
    match(in: isPartner ? "title open partners" : "title open")
  }

  /// The same in names only.
  var matchInTitle: String { match(in: "title") }

  private func match(in columns: String) -> String {
    var terms = words.map { "\"\($0)\"" }
    // Said twice, so that those with the whole word come before those in which it only begins one.
    if let last = terms.popLast() { terms.append("(\(last) OR \(last)*)") }
    return "{\(columns)} : (\(terms.joined(separator: " AND ")))"
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
