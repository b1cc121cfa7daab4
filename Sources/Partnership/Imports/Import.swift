import Foundation
import GRDB

/// A record as a source has it.
public struct ImportItem: Sendable {
  public let kind: RecordKind
  /// Its id in the source.
  public let id: String
  public var fields: Fields
  /// The day, month or year of what the source says; nil where it does not say.
  public var day: String?
  /// The source's own text of it, so that nothing that Kith has no field for is lost.
  public var original: String?
  /// The id, in the same source, of the organisation that it belongs to.
  public var organisation: String?
  /// Whether it says only a part, so that what is missing is not gone.
  public var isPartial = false

  public init(
    kind: RecordKind, id: String, fields: Fields, day: String? = nil, original: String? = nil,
    organisation: String? = nil
  ) {
    self.kind = kind
    self.id = id
    self.fields = fields
    self.day = day
    self.original = original
    self.organisation = organisation
  }
}

/// What became of what was imported.
public struct ImportResult: Sendable {
  public var added = 0
  public var updated = 0
  public var same = 0
  /// Records that were not taken in, because what they must have is missing or wrong.
  public var refused = 0
  /// Records whose fields were changed both here and there; what stands here stood.
  public var kept: [String] = []
  /// What was not taken in, or not wholly.
  public var faults: [FeedFault] = []
  /// Records of the source that were here and are no longer in it.
  public var missing: [RecordSummary] = []
  /// The number of the change, by which all of it can be undone; nil where nothing changed.
  public var change: Int64?

  public init() {}
}

extension Partnership {
  /// Takes in what a source has, in one change that can be undone: adds what is new, and changes what the source changed
  /// where nobody here did.
  ///
  /// - Parameters:
  ///   - source: what the source is called; its records are known again by this name and their ids.
  ///   - isWhole: whether the items are all that the source has, so that what is not among them is gone there.
  ///   - progress: is told how many of how many are done.
  public func take(
    _ items: [ImportItem], from source: String, isWhole: Bool = true, by actor: Actor,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> ImportResult {
    guard Access.allows(actor, .importing) else {
      throw PartnershipError.notAllowed("import records")
    }
    return try write { db in
      var result = ImportResult()
      var writer = Importer(db: db, actor: actor, source: source, locator: locator)
      // What others point at comes first.
      let ordered =
        items.filter { $0.kind.id == RecordKind.organisation.id }
        + items.filter { $0.kind.id != RecordKind.organisation.id }
      for (index, item) in ordered.enumerated() {
        try writer.take(item, &result)
        if index % 100 == 99 { progress(index + 1, ordered.count) }
      }
      result.change = writer.batch?.number
      if isWhole { result.missing = try Self.missing(source, items, actor, db) }
      return result
    }
  }

  /// Whether a directory can have a name: it has letters, and none that nobody sees, by which two names would look the
  /// same.
  public static func isSourceName(_ name: String) -> Bool {
    !name.isInvisible
      && name.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control && !$0.properties.isDefaultIgnorableCodePoint
      }
  }

  /// The directories and other sources that records came from, by name.
  public func sources() throws -> [String] {
    try read {
      try String.fetchAll(
        $0, sql: "select distinct source from record where source is not null order by source")
    }
  }

  private static func missing(
    _ source: String, _ items: [ImportItem], _ actor: Actor, _ db: Database
  ) throws -> [RecordSummary] {
    let ids = Set(items.map { "\($0.kind.id) \($0.id)" })
    return try Row.fetchAll(
      db,
      sql: """
        select r.*, null as organisation_title, null as latitude, null as longitude, 0 as is_rough
        from record r where r.source = ? and r.state = 'active' order by r.title
        """, arguments: [source]
    ).filter { !ids.contains("\($0["kind"] as String) \($0["source_id"] as String)") }.map {
      RecordSummary(row: $0, distance: nil)
    }
  }

  /// The text of a record in the source that it came from; nil where it came from none.
  public func original(of number: RecordNumber, for actor: Actor) throws -> String? {
    _ = try record(number, for: actor)
    return try read { db in
      try String.fetchOne(
        db, sql: "select original from imported where record = ?", arguments: [number.value])
    }
  }
}

/// Takes in one item after the other.
private struct Importer {
  let db: Database
  let actor: Actor
  let source: String
  let locator: any PostcodeLocator
  /// Made with the first thing that changes.
  var batch: BatchWriter?

  mutating func take(_ item: ImportItem, _ result: inout ImportResult) throws {
    var fields = item.kind.fields.tidied(item.fields)
    if let id = item.organisation, let organisation = try number(of: id, .organisation) {
      fields["organisation"] = try standing(organisation)?.asValue
      if fields["organisation"] == nil {
        result.faults.append(
          FeedFault(
            severity: .warning, page: "", record: item.id, path: "organisation",
            message: "Left out: its organisation was taken in before, and that was undone."))
      }
    }
    guard var fields = clean(fields, item, &result) else {
      result.refused += 1
      return
    }
    let day = item.day
    guard let record = try number(of: item.id, item.kind) else {
      let added = try writer().add(
        item.kind, fields, id: try freeID(item.id),
        source: RecordSource(name: source, id: item.id, day: day))
      try keep(added.value, fields, item)
      result.added += 1
      return
    }
    let (content, version) = try writer(onlyReading: true).current(record)
    let base = try base(of: record) ?? content.fields
    if item.isPartial {
      for (name, value) in base.values where fields[name] == nil { fields[name] = value }
    }
    // What Kith suggested where the source was silent is nobody's change.
    let suggested = item.kind.kept(content.fields.without("pillars", where: true))["pillars"]
    let merge = ThreeWay(
      base: base, mine: fields,
      theirs: content.fields.without(
        "pillars", where: base["pillars"] == nil && content.fields["pillars"] == suggested))
    try keep(record, fields, item)
    try db.execute(
      sql: "update record set source_day = ? where number = ?", arguments: [day, record])
    if !merge.clashes.isEmpty {
      result.kept.append(content.fields.text(item.kind.titleField) ?? item.id)
    }
    var next = content
    next.fields = item.kind.kept(merge.merged)
    // What was undone comes back with the next import; what somebody archived or merged stays so.
    let isBack = next.state == .removed
    if isBack {
      next.state = .active
      next.fields = item.kind.kept(fields)
    }
    guard next != content else {
      result.same += 1
      return
    }
    try writer().revise(record, item.kind, from: version, to: next)
    if isBack { result.added += 1 } else { result.updated += 1 }
  }

  /// The fields that can be kept: what is wrong is left out and told; nil where too much is.
  private func clean(_ fields: Fields, _ item: ImportItem, _ result: inout ImportResult) -> Fields?
  {
    var fields = fields
    for _ in 0..<50 {
      let problems = item.kind.allProblems(with: fields)
      guard let problem = problems.first else { return fields }
      let parts = problem.field.split(separator: ".").map(String.init)
      let isVital = parts.count == 1 && item.kind.fields[parts[0]]?.isRequired == true
      result.faults.append(
        FeedFault(
          severity: isVital ? .error : .warning, page: "", record: item.id, path: problem.field,
          message: (isVital ? "Not taken in: " : "Left out: ") + problem.message))
      guard !isVital else { return nil }
      if parts.count == 3, let index = Int(parts[1]) {
        var rows = fields.rows(parts[0])
        let before = rows[index]
        // Half of a position is of no use.
        for name in ["latitude", "longitude"].contains(parts[2])
          ? ["latitude", "longitude"] : [parts[2]]
        { rows[index][name] = nil }
        // What is wrong may be that something is missing.
        if rows[index] == before { rows[index] = Fields() }
        fields[parts[0]] = .rows(rows.filter { !$0.isEmpty })
      } else {
        fields[parts[0]] = nil
      }
    }
    result.faults.append(
      FeedFault(
        severity: .error, page: "", record: item.id, path: "",
        message: "Not taken in: more is wrong with it than can be left out."))
    return nil
  }

  private mutating func writer(onlyReading: Bool = false) throws -> BatchWriter {
    if let batch { return batch }
    if onlyReading {
      return BatchWriter(reading: db, actor, locator: locator)
    }
    let made = try BatchWriter(db, actor, action: "imported from \(source)", locator: locator)
    batch = made
    return made
  }

  private func number(of id: String, _ kind: RecordKind) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: "select number from record where source = ? and kind = ? and source_id = ?"),
      arguments: [source, kind.id, id])
  }

  /// The record that a number leads to: what it was merged into; nil where that was removed.
  private func standing(_ number: Int64) throws -> RecordNumber? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          with recursive standing (number) as (
            select ? union select r.merged_into from record r join standing s on s.number = r.number
            where r.state = 'merged')
          select number from standing join record using (number)
          where state not in ('merged', 'removed')
          """), arguments: [number]
    ).map(RecordNumber.init)
  }

  private func base(of record: Int64) throws -> Fields? {
    let text = try String.fetchOne(
      db.cachedStatement(sql: "select fields from imported where record = ?"), arguments: [record])
    return try text.map { try JSONDecoder().decode(Fields.self, from: Data($0.utf8)) }
  }

  private func keep(_ record: Int64, _ fields: Fields, _ item: ImportItem) throws {
    let content = Content(fields: fields, consents: [:], state: .active, mergedInto: nil)
    try db.cachedStatement(sql: "insert or replace into imported values (?, ?, ?)").execute(
      arguments: [record, try content.fieldsText, item.original])
  }

  /// The source's id where it is a UUID that nothing here has, so that it stays the same from feed to feed.
  private func freeID(_ id: String) throws -> String? {
    guard UUID(uuidString: id) != nil else { return nil }
    let taken = try Bool.fetchOne(
      db.cachedStatement(sql: "select exists (select 1 from record where id = ?)"),
      arguments: [id.lowercased()])
    return taken == true ? nil : id.lowercased()
  }
}

extension Fields {
  /// The fields without one of them, where that is said.
  fileprivate func without(_ name: String, where isLeft: Bool) -> Fields {
    guard isLeft else { return self }
    var fields = self
    fields[name] = nil
    return fields
  }
}
