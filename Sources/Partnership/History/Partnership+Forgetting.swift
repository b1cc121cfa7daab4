import Foundation
import GRDB

extension Partnership {
  /// Removes from history what it holds of somebody: where a person wants to be forgotten. What was done, when and by
  /// whom stays; what the fields held does not.
  public func forget(_ number: RecordNumber, by actor: Actor) throws {
    try write { db in
      let (record, row) = try Self.changeable(number, .edit, by: actor, db)
      guard record.kind.id == RecordKind.person.id else {
        throw PartnershipError(.notAllowed, "Only people can be forgotten; archive it instead.")
      }
      guard Access.circle(of: actor, for: record.subject) == .person else {
        throw PartnershipError.notAllowed("have somebody else forgotten; they and the stewards may")
      }
      var content = try Content(row: row)
      content.fields = ["name": .text("A person who has left")]
      content.consents = ["name": .organisation]
      content.state = .archived
      let writer = try BatchWriter(db, actor, action: "forgot", locator: locator)
      let fields = try content.fieldsText
      let consents = try content.consentsText
      // With the records that were found to be of them too.
      let own = try Int64.fetchAll(
        db,
        sql: """
          with recursive own (number) as (
            select ? union select r.number from record r join own on r.merged_into = own.number)
          select number from own
          """, arguments: [number.value])
      for number in own {
        try db.execute(
          sql: "update revision set fields = ?, consents = ? where record = ?",
          arguments: [fields, consents, number])
        for table in ["waiting_edit", "correction", "imported"] {
          try db.execute(sql: "delete from \(table) where record = ?", arguments: [number])
        }
        try db.execute(
          sql: "update assurance set reason = null where record = ?", arguments: [number])
        try db.execute(
          sql: """
            update batch set reason = null,
              action = case when action like 'merged %' then 'merged a record into' else action end
            where number in (select batch from revision where record = ?)
            """, arguments: [number])
        var content = content
        let (now, version) = try writer.current(number)
        if number != record.number.value {
          content.state = now.state
          content.mergedInto = now.mergedInto
        }
        try writer.revise(number, record.kind, from: version, to: content)
      }
      try Self.blankIntroductions(of: own, writer, db)
      // The words of what is deleted stay in the index of words until it is put together anew.
      try db.execute(sql: "insert into search (search) values ('optimize')")
    }
    _ = try pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
  }

  /// Takes the words out of the introductions that somebody was ever part of, whoever wrote them, and out of what others
  /// say of how they know them; from history too, and whether those records stand or were taken back.
  ///
  /// - Parameter own: the numbers of the records that were of them.
  private static func blankIntroductions(
    of own: [Int64], _ writer: BatchWriter, _ db: Database
  ) throws {
    let list = own.map(String.init).joined(separator: ", ")
    let numbers = try Int64.fetchAll(
      db,
      sql: """
        select distinct v.record from revision v join record r on r.number = v.record
        where r.kind = 'introduction' and (json_extract(v.fields, '$.from') in (\(list))
            or json_extract(v.fields, '$.to') in (\(list)) or json_extract(v.fields, '$.through') in (\(list)))
          or r.kind = 'person' and r.number not in (\(list)) and exists (
            select 1 from json_each(v.fields, '$.ties') t where json_extract(t.value, '$.person') in (\(list)))
        """)
    let gone = Set(own.map { RecordNumber($0) })
    func blank(_ fields: inout Fields, _ kind: RecordKind) {
      if kind.id == RecordKind.introduction.id {
        fields["name"] = .text("With a person who has left")
        for name in ["message", "answer", "topics"] { fields[name] = nil }
      } else {
        fields["ties"] = .rows(
          fields.rows("ties").filter { row in
            row.record("person").map { !gone.contains($0) } ?? true
          })
      }
    }
    for number in numbers {
      guard let row = try row(RecordNumber(number), db), let kind = RecordKind.named(row["kind"])
      else { continue }
      for revision in try Row.fetchAll(
        db, sql: "select * from revision where record = ?", arguments: [number])
      {
        var content = try Content(row: revision)
        blank(&content.fields, kind)
        try db.execute(
          sql: "update revision set fields = ? where record = ? and version = ?",
          arguments: [try content.fieldsText, number, revision["version"] as Int])
      }
      try db.execute(sql: "delete from waiting_edit where record = ?", arguments: [number])
      if kind.id == RecordKind.introduction.id {
        try db.execute(
          sql:
            "update batch set reason = null where number in (select batch from revision where record = ?)",
          arguments: [number])
      }
      var content = try Content(row: row)
      blank(&content.fields, kind)
      try writer.revise(number, kind, from: row["version"], to: content)
    }
  }
}
