public import Foundation
import GRDB

/// Two people changed the same fields of a record: both values, and what is left to decide.
public struct EditConflict: Sendable {
  /// The number under which the later edit waits.
  public let waiting: Int64
  /// The version that stands.
  public let version: Int
  /// The fields that both changed, to different values.
  public let fields: [String]
  /// What stands.
  public let theirs: Fields
  /// What the later one wanted.
  public let mine: Fields
  /// What stands, with what only the later one changed.
  public let merged: Fields
  /// Who made what stands.
  public let by: String
}

/// What two people made of the same fields.
struct ThreeWay {
  let base: Fields
  let mine: Fields
  let theirs: Fields
  /// What both changed, to different values, by name.
  let clashes: [String]
  /// What only the other one changed.
  let onlyTheirs: [String]
  /// What stands, with what only I changed.
  let merged: Fields

  init(base: Fields, mine: Fields, theirs: Fields) {
    self.base = base
    self.mine = mine
    self.theirs = theirs
    let names = Set(base.values.keys).union(mine.values.keys).union(theirs.values.keys).sorted()
    var merged = theirs
    var clashes: [String] = []
    var onlyTheirs: [String] = []
    for name in names {
      let (isMine, isTheirs) = (mine[name] != base[name], theirs[name] != base[name])
      if isMine && isTheirs && mine[name] != theirs[name] {
        clashes.append(name)
      } else if isMine {
        merged[name] = mine[name]
      } else if isTheirs {
        onlyTheirs.append(name)
      }
    }
    self.clashes = clashes
    self.onlyTheirs = onlyTheirs
    self.merged = merged
  }
}

/// An edit that waits for somebody to settle it.
public struct WaitingEdit: Sendable {
  public let number: Int64
  public let record: RecordNumber
  /// The version that it was made from.
  public let base: Int
  public let fields: Fields
  public let consents: [String: Audience]
  public let at: Date
  public let name: String
}

extension Partnership {
  /// The edits of a record that wait to be settled, for those who may change it.
  public func waitingEdits(of number: RecordNumber, for actor: Actor) throws -> [WaitingEdit] {
    try read { db in
      guard let row = try Self.row(number, db), let record = try Record(row: row, for: actor),
        record.allows(actor, .edit)
      else { return [] }
      let circle = Access.circle(of: actor, for: record.subject)
      let now = try Content(row: row)
      return try Row.fetchAll(
        db,
        sql:
          "select *, 'active' as state, null as merged_into from waiting_edit where record = ? and settled is null",
        arguments: [number.value]
      ).map { row in
        let content = try Content(row: row)
        return WaitingEdit(
          number: row["number"], record: number, base: row["base"],
          fields: now.masked(
            content.seen(by: circle, record.kind).fields, for: circle, record.kind),
          consents: content.consents,
          at: try Moment.date(row["at"]), name: row["name"])
      }
    }
  }

  /// Lets go of an edit that waits.
  public func discard(waitingEdit: Int64, of number: RecordNumber, by actor: Actor) throws {
    try write { db in
      _ = try Self.changeable(number, .edit, by: actor, db)
      try db.execute(
        sql:
          "update waiting_edit set settled = ? where number = ? and record = ? and settled is null",
        arguments: [Moment.text(Date()), waitingEdit, number.value])
      guard db.changesCount == 1 else {
        throw PartnershipError(.overtaken, "That edit no longer waits.")
      }
    }
  }
}
