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
    let own = Set(actor.organisations.map(\.value))
    let (due, count, edits) = try readIndexed { db, index in
      let all = index.due(of: own, circle: actor.circle.rawValue)
      let due = try Self.summaries(Array(all.prefix(limit)), for: actor, [:], db)
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
      return (due, all.count, edits)
    }
    return WaitingWork(
      due: due, dueCount: count,
      edits: edits.map { (record: $0.0, edit: $0.1, name: $0.2) },
      corrections: try corrections(for: actor))
  }
}
