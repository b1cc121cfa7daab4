public import Foundation
import GRDB

/// Which person the identities of a vault are of.
public struct VaultPerson: Sendable, Hashable {
  public let identity: Int64
  /// The identity that it is one record with: itself, or one that says the same.
  public let record: Int64
  /// Changes where what landed beside the record does.
  public let mark: Int64
  public let person: Int64
  /// Whether the last linkage did not find it, and it is of this person by an earlier one.
  public let isGone: Bool

  public init(identity: Int64, record: Int64, mark: Int64, person: Int64, isGone: Bool = false) {
    self.identity = identity
    self.record = record
    self.mark = mark
    self.person = person
    self.isGone = isGone
  }
}

/// Records that went from one person to another.
public struct VaultEvent: Sendable, Hashable {
  public let kind: String
  public let from: Int64
  public let to: Int64
  public let identities: [Int64]

  public init(kind: String, from: Int64, to: Int64, identities: [Int64]) {
    self.kind = kind
    self.from = from
    self.to = to
    self.identities = identities
  }
}

/// What was decided of two records, for good.
public struct VaultDecision: Sendable, Hashable {
  public let one: Int64
  public let other: Int64
  /// Whether they are of one person.
  public let isSame: Bool
  /// Who or what decided it.
  public let because: String
  /// When it was kept; nil for one that is not kept yet.
  public let made: String?

  public init(_ one: Int64, _ other: Int64, isSame: Bool, because: String, made: String? = nil) {
    self.one = min(one, other)
    self.other = max(one, other)
    self.isSame = isSame
    self.because = because
    self.made = made
  }
}

/// A linkage as the vault remembers it.
public struct VaultLinkage: Sendable, Hashable {
  public let number: Int
  public let made: String
  /// The hash of what it was made from.
  public let key: String
  /// The file with the pairs that it kept.
  public let pairs: String
  /// The number of the model that it used.
  public let model: Int
  /// What it was like, as JSON.
  public let summary: String
}

extension Vault {
  /// The last linkage; nil before the first.
  public func lastLinkage() throws -> VaultLinkage? {
    try read { db in
      try Row.fetchOne(db, sql: "select * from linkage order by number desc limit 1").map {
        VaultLinkage(
          number: $0["number"], made: $0["made"], key: $0["key"], pairs: $0["pairs"],
          model: $0["model"], summary: $0["summary"])
      }
    }
  }

  /// Hands each identity with its person to `body`, by identity.
  public func forEachPerson(_ body: (VaultPerson) throws -> Void) throws {
    try read { db in
      let cursor = try Row.fetchCursor(
        db,
        sql: "select identity, record, mark, person, gone is not null from person order by identity"
      )
      while let row = try cursor.next() {
        try body(
          VaultPerson(
            identity: row[0], record: row[1], mark: row[2], person: row[3], isGone: row[4]))
      }
    }
  }

  /// A model that linkages learnt, for some fields; nil where there is none.
  public func linkModel(fields: String) throws -> (number: Int, model: Data)? {
    let sealers = try sealers()
    return try read { db in
      guard
        let row = try Row.fetchOne(
          db, sql: "select * from link_model where fields = ? order by number desc limit 1",
          arguments: [fields])
      else { return nil }
      let number: Int = row["number"]
      let key: Int = row["key"]
      guard let sealer = sealers[key] else {
        throw GovernanceError(file.path, "The key \(key) of a sealed value is missing.")
      }
      return (number, try sealer.open(row["sealed"], for: SealedPlace.linkModel(number)))
    }
  }

  /// What a linkage came to, to be kept.
  public struct Linked {
    /// The hash of what it was made from, the file with its pairs, and what it was like as JSON.
    public var key: String
    public var pairs: String
    public var summary: String
    /// The fields that it compares, and what it learnt; nil where it used the newest model of the vault.
    public var fields: String
    public var model: Data?
    /// The identities that were in the linkage before and are not in this one.
    public var gone: [Int64]
    public var events: [VaultEvent]

    public init(
      key: String, pairs: String, summary: String, fields: String, model: Data?, gone: [Int64],
      events: [VaultEvent]
    ) {
      self.key = key
      self.pairs = pairs
      self.summary = summary
      self.fields = fields
      self.model = model
      self.gone = gone
      self.events = events
    }
  }

  /// Keeps what a linkage came to: all of it, or nothing.
  ///
  /// - Parameter people: the identities whose person is another now, or new.
  public func keep(
    _ linked: Linked, people: some Sequence<VaultPerson>, at time: Date = Date()
  ) throws {
    let sealer = try sealer()
    let made = time.formatted(.iso8601)
    try write { db in
      var model = try Int.fetchOne(db, sql: "select max(number) from link_model") ?? 0
      if let bytes = linked.model {
        model += 1
        try db.execute(
          sql: "insert into link_model values (?, ?, ?, ?)",
          arguments: [
            model, linked.fields, sealer.keyNumber,
            sealer.seal(bytes, for: SealedPlace.linkModel(model)),
          ])
      }
      try db.execute(
        sql: "insert into linkage (made, key, pairs, model, summary) values (?, ?, ?, ?, ?)",
        arguments: [made, linked.key, linked.pairs, model, linked.summary])
      let linkage = db.lastInsertedRowID
      let person = try db.cachedStatement(
        sql: "insert or replace into person values (?, ?, ?, ?, null)")
      for entry in people {
        try person.execute(
          arguments: [entry.identity, entry.record, entry.mark, entry.person])
      }
      let gone = try db.cachedStatement(sql: "update person set gone = ? where identity = ?")
      for identity in linked.gone { try gone.execute(arguments: [linkage, identity]) }
      // What landed anew, by --force, has the identities that are left: of others nothing is remembered.
      try db.execute(
        sql:
          "delete from person where gone is not null and identity not in (select id from identity)")
      try db.execute(
        sql:
          "update linkage set people = (select count(*) from person where gone is null) where number = ?",
        arguments: [linkage])
      let move = try db.cachedStatement(sql: "insert into person_move values (?, ?)")
      for event in linked.events {
        try db.execute(
          sql: """
            insert into person_event (linkage, kind, from_person, to_person) values (?, ?, ?, ?)
            """, arguments: [linkage, event.kind, event.from, event.to])
        let number = db.lastInsertedRowID
        for identity in event.identities { try move.execute(arguments: [number, identity]) }
      }
    }
  }

  // MARK: Decisions

  /// All decisions, the oldest first.
  public func linkDecisions() throws -> [VaultDecision] {
    try read { db in
      try Row.fetchAll(
        db,
        sql:
          "select one, other, verdict, because, made from link_decision order by made, one, other"
      ).map {
        VaultDecision(
          $0["one"], $0["other"], isSame: $0["verdict"] == "same", because: $0["because"],
          made: $0["made"])
      }
    }
  }

  /// Takes a decision back.
  ///
  /// - Throws: ``GovernanceError`` where nothing was decided of the two.
  public func retractDecision(_ one: Int64, _ other: Int64) throws {
    try write { db in
      try db.execute(
        sql: "delete from link_decision where one = ? and other = ?",
        arguments: [min(one, other), max(one, other)])
      guard db.changesCount > 0 else {
        throw GovernanceError(
          file.path, "Nothing was decided of these two.",
          hint: "`kith people decisions` lists what was.")
      }
    }
  }

  /// Keeps decisions; one about a pair that was decided before takes its place.
  public func keep(_ decisions: [VaultDecision], at time: Date = Date()) throws {
    let made = time.formatted(.iso8601)
    try write { db in
      for decision in decisions { try Self.keep(decision, made, db) }
    }
  }

  static func keep(_ decision: VaultDecision, _ made: String, _ db: Database) throws {
    try db.execute(
      sql: "insert or replace into link_decision values (?, ?, ?, ?, ?)",
      arguments: [
        decision.one, decision.other, decision.isSame ? "same" : "different", made,
        decision.because,
      ])
  }
}

extension SealedPlace {
  static func linkModel(_ number: Int) -> [UInt8] { Array("link model \(number)".utf8) }
}
