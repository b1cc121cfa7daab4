import Foundation
import GRDB

extension Partnership {
  /// Makes one record of two that are of the same thing: the first stays, with what only the second said added; the
  /// second leads to it; whatever pointed at the second points at the first. One change, which can be undone.
  ///
  /// - Throws: ``PartnershipError`` where the two are not of one kind, or either is merged already.
  public func merge(
    _ duplicate: RecordNumber, into kept: RecordNumber, by actor: Actor, reason: String? = nil
  ) throws {
    guard Access.allows(actor, .merge) else { throw PartnershipError.notAllowed("merge records") }
    try write { db in
      let (stays, stayingRow) = try Self.changeable(kept, .merge, by: actor, db)
      let (goes, goingRow) = try Self.changeable(duplicate, .merge, by: actor, db)
      guard stays.number != goes.number, stays.kind.id == goes.kind.id else {
        throw PartnershipError(
          .notAllowed, "\(goes.title) and \(stays.title) are not two \(stays.kind.plural).",
          hint: "Choose two records of one kind.")
      }
      for record in [stays, goes] where record.state == .merged {
        throw PartnershipError(
          .overtaken, "\(record.title) is merged into another record already.",
          hint: "Look at its page: it leads to the one that stands.")
      }
      let kind = stays.kind
      var standing = try Content(row: stayingRow)
      var leaving = try Content(row: goingRow)
      standing.fields = kind.fields.pointing(
        kind.fields.united(standing.fields, with: leaving.fields), from: duplicate, to: kept,
        not: kept)
      // Nobody has agreed to more for it either: what only one says was perhaps taken back in the other.
      for name in kind.ownWords {
        standing.fields[name] = .texts(
          try Content(row: stayingRow).fields.texts(name).filter(
            leaving.fields.texts(name).contains))
      }
      if kind.id == RecordKind.person.id, leaving.fields.text("contact") == "not" {
        standing.fields["contact"] = .text("not")
      }
      standing.fields = standing.fields.withoutRepeatedTies
      // Nobody sees more for two records' being one.
      for (name, audience) in leaving.consents {
        standing.consents[name] = max(audience, standing.consents[name] ?? audience)
      }
      leaving.state = .merged
      leaving.mergedInto = kept.value
      let writer = try BatchWriter(
        db, actor, action: "merged \(goes.title) into", reason: reason, locator: locator)
      try writer.revise(kept.value, kind, from: stays.version, to: standing)
      let pointing = try Int64.fetchAll(
        db, sql: "select distinct source from link where target = ? order by source",
        arguments: [duplicate.value])
      for number in pointing {
        guard let row = try Self.row(RecordNumber(number), db),
          let pointingKind = RecordKind.named(row["kind"])
        else { continue }
        var content = try Content(row: row)
        let before = content.fields
        content.fields = pointingKind.fields.pointing(
          before, from: duplicate, to: kept, not: RecordNumber(number))
        content.fields = content.fields.withoutRepeatedTies
        if pointingKind.id == RecordKind.function.id {
          content.fields = FunctionSplit.fields(
            before, pointing: content.fields, from: duplicate, to: kept)
        }
        try writer.revise(number, pointingKind, from: row["version"], to: content)
      }
      let version =
        try Int.fetchOne(
          db, sql: "select version from record where number = ?", arguments: [duplicate.value])
        ?? goes.version
      try writer.revise(duplicate.value, kind, from: version, to: leaving)
    }
  }
}

extension Fields {
  /// With each person once among those whom somebody knows.
  fileprivate var withoutRepeatedTies: Fields {
    var seen: Set<RecordNumber> = []
    var fields = self
    fields["ties"] = .rows(
      rows("ties").filter { row in row.record("person").map { seen.insert($0).inserted } ?? true })
    return fields
  }
}

extension [Field] {
  /// What two records say, the first where both do: of lists, what is in either.
  func united(_ one: Fields, with other: Fields) -> Fields {
    var united = one
    for field in self {
      guard let more = other[field.name] else { continue }
      switch (one[field.name], more) {
      case (nil, _): united[field.name] = more
      case (.texts(let texts)?, .texts(let others)):
        united[field.name] = .texts((texts + others).withoutRepeats)
      case (.numbers(let numbers)?, .numbers(let others)):
        united[field.name] = .numbers(numbers + others.filter { !numbers.contains($0) })
      case (.rows(let rows)?, .rows(let others)):
        united[field.name] = .rows(rows + others.filter { !rows.contains($0) })
      default: break
      }
    }
    return united
  }

  /// Fields that point at another record where they pointed at one; nothing points at itself.
  func pointing(
    _ fields: Fields, from old: RecordNumber, to new: RecordNumber, not own: RecordNumber
  ) -> Fields {
    var changed = fields
    func moved(_ numbers: [Double]) -> [Double] {
      var seen: Set<Double> = []
      return numbers.map { $0 == Double(old.value) ? Double(new.value) : $0 }
        .filter { $0 != Double(own.value) && seen.insert($0).inserted }
    }
    for field in self {
      switch (field.type, fields[field.name]) {
      case (.record, .number(let number)?):
        changed[field.name] = moved([number]).first.map { .number($0) }
      case (.records, .numbers(let numbers)?): changed[field.name] = .numbers(moved(numbers))
      case (.rows(let inner, _), .rows(let rows)?):
        changed[field.name] = .rows(
          rows.map { inner.pointing($0, from: old, to: new, not: own) }.filter { !$0.isEmpty })
      default: break
      }
    }
    return changed
  }
}
