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
  /// The pathways of somebody's organisations, and for those who look after the whole all, at which it is time to look
  /// again: those whose day has come or comes within a month, the first first.
  public func pathwaysDue(for actor: Actor) throws -> [Record] {
    guard actor.role != nil else { return [] }
    let limit = Day(number: Day.today.number + 31).description
    return try records(of: .pathway, for: actor).filter { record in
      record.allows(actor, .edit) && (record.organisation != nil || actor.isSteward)
        && (record.fields.text("review_on") ?? "9999") <= limit
    }.sorted { ($0.fields.text("review_on") ?? "") < ($1.fields.text("review_on") ?? "") }
  }

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
