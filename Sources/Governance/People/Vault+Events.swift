public import Foundation
import GRDB

/// An event of the vault's people, as it is listed.
public struct ListedEvent: Sendable, Hashable, Codable {
  public let number: Int
  /// When the linkage was made that brought it about, in UTC.
  public let made: String
  /// merged, split or moved.
  public let kind: String
  public let from: Int64
  public let to: Int64
  /// How many identities went from one to the other.
  public let identities: Int
  /// When it was undone; nil where it holds.
  public let undone: String?
}

extension Vault {
  /// The events, the newest first.
  public func personEvents(limit: Int) throws -> [ListedEvent] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          select event.number, made, kind, from_person, to_person, undone,
            (select count(*) from person_move where event = event.number) as identities
          from person_event event join linkage on linkage.number = event.linkage
          order by event.number desc limit ?
          """, arguments: [limit]
      ).map {
        ListedEvent(
          number: $0["number"], made: $0["made"], kind: $0["kind"], from: $0["from_person"],
          to: $0["to_person"], identities: $0["identities"], undone: $0["undone"])
      }
    }
  }

  /// Undoes an event: what went from one person to another is the first's again, and stays so, because it is
  /// decided that the records belong apart, or together, from now on. The next linkage brings it about.
  ///
  /// - Throws: ``GovernanceError`` where there is no such event, or where it was undone already.
  public func undo(event number: Int, at time: Date = Date()) throws {
    let made = time.formatted(.iso8601)
    try write { db in
      guard
        let event = try Row.fetchOne(
          db, sql: "select * from person_event where number = ?", arguments: [number])
      else {
        throw GovernanceError(
          file.path, "There is no event \(number).", hint: "`kith people events` lists them.")
      }
      guard event["undone"] == nil else {
        throw GovernanceError(file.path, "The event \(number) was undone before.")
      }
      let (from, to): (Int64, Int64) = (event["from_person"], event["to_person"])
      let moved = try Int64.fetchAll(
        db,
        sql: """
          select distinct record from person_move join person using (identity)
          where event = ? and person.person = ? and gone is null order by record
          """, arguments: [number, to])
      guard let first = moved.first else {
        throw GovernanceError(
          file.path, "What the event \(number) moved is not where it went any more.",
          hint: "Later linkages moved it again: undo those events first.")
      }
      func others(of person: Int64) throws -> [Int64] {
        try Int64.fetchAll(
          db,
          sql: """
            select distinct record from person where person = ? and gone is null order by record
            """, arguments: [person]
        ).filter { !moved.contains($0) }
      }
      let because = "event \(number) undone"
      // Apart from those to whom they went, and together with each other and with those from whom they came.
      for other in try others(of: to) {
        for record in moved {
          try Self.keep(
            VaultDecision(record, other, isSame: false, because: because), made, db)
        }
      }
      for record in try moved.dropFirst() + others(of: from) {
        try Self.keep(
          VaultDecision(first, record, isSame: true, because: because), made, db)
      }
      try db.execute(
        sql: """
          update person set person = ? where person = ? and identity in (
            select identity from person_move where event = ?)
          """, arguments: [from, to, number])
      try db.execute(
        sql: "update person_event set undone = ? where number = ?", arguments: [made, number])
    }
  }
}
