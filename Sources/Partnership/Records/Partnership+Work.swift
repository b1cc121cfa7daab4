import Foundation
import GRDB

/// What waits for somebody.
public struct WaitingWork: Sendable {
  /// Records of their organisations that should be looked at again, the longest due first.
  public let due: [RecordSummary]
  public let dueCount: Int
  /// Edits that clash with somebody else's, on records that they may change.
  public let edits: [(record: RecordSummary, edit: Int64, name: String)]
  public let corrections: [Correction]
}

extension Partnership {
  /// What waits for somebody: of their organisations, and, where they look after the whole, of all.
  public func work(for actor: Actor, limit: Int = 20) throws -> WaitingWork {
    let today = Day.today.description
    let organisations = actor.organisations.map { "\($0)" }.sorted().joined(separator: ",")
    let own = "(r.organisation in (\(organisations)) or r.number in (\(organisations)))"
    let (due, count, edits) = try read { db in
      let condition = """
        r.state = 'active' and r.review_due <= ? and r.audience <= ? and \(own)
        """
      let count =
        try Int.fetchOne(
          db, sql: "select count(*) from record r where \(condition)",
          arguments: [today, actor.circle.rawValue]) ?? 0
      let due = try Row.fetchAll(
        db,
        sql: """
          select r.*, null as organisation_title, null as latitude, null as longitude, 0 as is_rough
          from record r where \(condition) order by r.assured_at is not null, r.review_due, r.number limit ?
          """, arguments: [today, actor.circle.rawValue, limit]
      ).map { RecordSummary(row: $0, distance: nil) }
      let edits = try Row.fetchAll(
        db,
        sql: """
          select r.*, w.number as edit, w.name as editor, null as organisation_title, null as latitude,
            null as longitude, 0 as is_rough
          from waiting_edit w join record r on r.number = w.record where w.settled is null order by w.number limit 200
          """
      ).filter { try Record(row: $0, for: actor)?.allows(actor, .edit) ?? false }
        .map {
          (RecordSummary(row: $0, distance: nil), $0["edit"] as Int64, $0["editor"] as String)
        }
      return (due, count, edits)
    }
    return WaitingWork(
      due: due, dueCount: count,
      edits: edits.map { (record: $0.0, edit: $0.1, name: $0.2) },
      corrections: try corrections(for: actor))
  }
}
