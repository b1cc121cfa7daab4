public import Foundation
import GRDB
import Linkage

/// Two records that may be of the same thing.
public struct DuplicatePair: Sendable {
  public let one: RecordSummary
  public let other: RecordSummary
  /// How likely they are; learnt from the records, so a guide to what to look at first and no more.
  public let probability: Double
}

extension Partnership {
  /// The kinds in which duplicates are looked for.
  public static let duplicateKinds: [RecordKind] = [.organisation, .asset, .person]

  /// Looks through all records of a kind for pairs that may be of the same thing, and keeps what it finds.
  ///
  /// - Returns: how many pairs it found.
  /// - Throws: ``PartnershipError`` where whoever asks may not merge records.
  @discardableResult
  public func findDuplicates(among kind: RecordKind, by actor: Actor) throws -> Int {
    guard Access.allows(actor, .merge) else {
      throw PartnershipError.notAllowed("look for duplicates")
    }
    let records = try records(of: kind, for: actor)
    let apart = try read { db in
      try Row.fetchAll(db, sql: "select one, other from apart").map {
        (RecordNumber($0["one"]), RecordNumber($0["other"]))
      }
    }
    let found: [DuplicateFinder.Pair]
    do {
      found = try DuplicateFinder(kind: kind).pairs(of: records, apart: apart)
    } catch let error as LinkageError {
      throw PartnershipError(.invalid([]), error.message, hint: error.hint ?? "")
    }
    try write { db in
      try db.execute(sql: "delete from duplicate where kind = ?", arguments: [kind.id])
      for pair in found.prefix(1_000) {
        try db.cachedStatement(sql: "insert into duplicate values (?, ?, ?, ?)").execute(
          arguments: [kind.id, pair.one.value, pair.other.value, pair.probability])
      }
      try db.execute(
        sql: "insert or replace into note values (?, ?)",
        arguments: ["duplicates \(kind.id)", Moment.text(Date())])
    }
    return found.count
  }

  /// When duplicates of a kind were looked for last; nil where never.
  public func lookedForDuplicates(among kind: RecordKind) throws -> Date? {
    try remark("duplicates \(kind.id)").map { try Moment.date($0) }
  }

  /// What was found and is not settled, the likeliest first.
  public func duplicates(
    among kind: RecordKind, for actor: Actor, limit: Int = 100
  ) throws -> [DuplicatePair] {
    guard Access.allows(actor, .merge) else { return [] }
    return try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          select d.one, d.other, d.probability from duplicate d
            join record a on a.number = d.one and a.state = 'active'
            join record b on b.number = d.other and b.state = 'active'
          where d.kind = ? and not exists (select 1 from apart where apart.one = d.one and apart.other = d.other)
          order by d.probability desc, d.one, d.other limit ?
          """, arguments: [kind.id, limit])
      return try Self.pairs(rows, for: actor, db).map { one, other, row in
        DuplicatePair(one: one, other: other, probability: row["probability"])
      }
    }
  }

  /// The pairs that somebody has kept apart, the latest first.
  public func keptApart(
    among kind: RecordKind, for actor: Actor, limit: Int = 100
  ) throws -> [(one: RecordSummary, other: RecordSummary, day: Day?)] {
    guard Access.allows(actor, .merge) else { return [] }
    return try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          select p.one, p.other, p.at from apart p
            join record a on a.number = p.one and a.state = 'active' and a.kind = :kind
            join record b on b.number = p.other and b.state = 'active'
          order by p.at desc limit :limit
          """, arguments: ["kind": kind.id, "limit": limit])
      return try Self.pairs(rows, for: actor, db).map { one, other, row in
        (one, other, Day(String((row["at"] as String).prefix(10))))
      }
    }
  }

  /// The records that rows name as one and other, of those that somebody may see.
  private static func pairs(
    _ rows: [Row], for actor: Actor, _ db: Database
  ) throws -> [(one: RecordSummary, other: RecordSummary, row: Row)] {
    let numbers = Set(rows.flatMap { [$0["one"] as Int64, $0["other"] as Int64] })
    let summaries = Dictionary(
      uniqueKeysWithValues: try summaries(Array(numbers), for: actor, [:], db).map {
        ($0.number.value, $0)
      })
    return rows.compactMap { row in
      guard let one = summaries[row["one"]], let other = summaries[row["other"]] else { return nil }
      return (one, other, row)
    }
  }

  /// Takes back that two records are of two things.
  public func keepApartNoMore(
    _ one: RecordNumber, _ other: RecordNumber, by actor: Actor
  ) throws {
    guard Access.allows(actor, .merge) else {
      throw PartnershipError.notAllowed("say that two records may be of one thing")
    }
    try write { db in
      try db.execute(
        sql: "delete from apart where one = ? and other = ?",
        arguments: [min(one, other).value, max(one, other).value])
    }
  }

  /// Says that two records are of two things, whatever they are called; they are not shown as a pair again.
  public func keepApart(_ one: RecordNumber, _ other: RecordNumber, by actor: Actor) throws {
    guard Access.allows(actor, .merge) else {
      throw PartnershipError.notAllowed("say that two records are of two things")
    }
    try write { db in
      try db.execute(
        sql: "insert or ignore into apart values (?, ?, ?, ?)",
        arguments: [
          min(one, other).value, max(one, other).value, actor.account, Moment.text(Date()),
        ])
    }
  }
}
