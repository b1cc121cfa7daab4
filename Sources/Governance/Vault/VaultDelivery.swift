import Foundation
import GRDB
import Synchronization

/// Which identities the vault has, so that each is sealed once. Several threads may ask.
public final class KnownIdentities: Sendable {
  private struct State {
    var ids: PseudonymSet
    /// Those that came since the last commit.
    var fresh: [Int64] = []
    /// Those that came with chunks that the vault has not taken yet, with the lowest chunk that has each.
    var open: [Int64: Int] = [:]
  }

  private let state: Mutex<State>

  public convenience init() { self.init(PseudonymSet()) }

  fileprivate init(_ ids: PseudonymSet) { state = Mutex(State(ids: ids)) }

  /// Whether an id is new to a chunk of a file: no earlier chunk is known to have it.
  ///
  /// Several threads work on chunks at the same time, and which of them is first must not matter: the vault takes chunks
  /// in order and numbers an identity at the first that has it. So the same id may be new to a later chunk and, after
  /// that, to an earlier one; the vault keeps it once.
  public func insert(_ id: Int64, chunk: Int = 0) -> Bool {
    state.withLock { state in
      if state.ids.insert(id) {
        state.fresh.append(id)
        state.open[id] = chunk
        return true
      }
      guard !state.open.isEmpty, let first = state.open[id], chunk < first else { return false }
      state.open[id] = chunk
      return true
    }
  }

  /// The vault has taken the identities of a chunk: no earlier chunk can bring them any more.
  fileprivate func took(_ ids: some Sequence<Int64>) {
    state.withLock { state in
      for id in ids { state.open[id] = nil }
    }
  }

  /// What came is in the vault, or is to be forgotten.
  fileprivate func settle(isKept: Bool) {
    state.withLock { state in
      if !isKept { state.ids.subtract(state.fresh) }
      state.fresh.removeAll()
      state.open.removeAll()
    }
  }
}

extension Vault {
  /// The ids of all identities.
  public func knownIdentities() throws -> KnownIdentities {
    let ids = try read { db in
      let cursor = try Int64.fetchCursor(db, sql: "select id from identity indexed by identity_id")
      var ids = PseudonymSet()
      while let id = try cursor.next() { _ = ids.insert(id) }
      return ids
    }
    return KnownIdentities(ids)
  }

  /// What a delivery landed from when the vault took its part; nil where it took none.
  public func landing(source: String, delivery: String) throws -> String? {
    try read { db in
      try String.fetchOne(
        db, sql: "select landing from landed where source = ? and delivery = ?",
        arguments: [source, delivery])
    }
  }

  /// Forgets everything but the keys: all deliveries are about to be landed anew.
  public func forgetLandings() throws {
    try write { db in
      for table in ["landed", "identity", "held", "note", "layout"] {
        try db.execute(sql: "delete from \(table)")
      }
    }
  }

  /// Forgets every person: no records are left.
  public func forgetPeople() throws {
    try write { db in
      try db.execute(sql: "delete from person")
      // What the check of the vault counts by.
      try db.execute(
        sql: "update linkage set people = 0 where number = (select max(number) from linkage)")
    }
  }

  /// Starts to take what a delivery seals; whatever an earlier landing of it had set aside goes.
  public func begin(
    source: String, delivery: String, known: KnownIdentities
  ) throws -> VaultDelivery {
    try VaultDelivery(self, source: source, delivery: delivery, known)
  }
}

/// What one delivery seals, written in one transaction: all of it is in the vault after ``commit()``,
/// and nothing where that is not reached.
public final class VaultDelivery {
  private let vault: Vault
  private let source: String
  private let delivery: String
  private let keyNumber: Int
  private let known: KnownIdentities
  /// The last identity from before.
  private let last: Int64
  private var isOpen = true

  fileprivate init(
    _ vault: Vault, source: String, delivery: String, _ known: KnownIdentities
  ) throws {
    self.vault = vault
    self.known = known
    self.source = source
    self.delivery = delivery
    keyNumber = try vault.sealer().keyNumber
    last = try vault.writeWithoutTransaction { db in
      try db.beginTransaction(.immediate)
      for table in ["held", "note"] {
        try db.execute(
          sql: "delete from \(table) where source = ? and delivery = ?",
          arguments: [source, delivery])
      }
      return try Int64.fetchOne(db, sql: "select max(number) from identity") ?? 0
    }
  }

  deinit {
    guard isOpen else { return }
    known.settle(isKept: false)
    // A transaction that cannot be undone ends with the connection.
    try? vault.writeWithoutTransaction { try $0.rollback() }
  }

  /// Adds what a file's records sealed.
  ///
  /// - Parameter fields: those that the identities are made of.
  public func add(
    _ values: [SealedValue], file: String, table: String, fields: [String]
  ) throws {
    guard !values.isEmpty else { return }
    try vault.writeWithoutTransaction { db in
      let layout = try layout(table, fields, db)
      let identity = try db.cachedStatement(
        sql: "insert or ignore into identity (id, layout, key, sealed) values (?, ?, ?, ?)")
      let held = try db.cachedStatement(
        sql: "insert or replace into held values (?, ?, ?, ?, ?, ?, ?)")
      let note = try db.cachedStatement(
        sql: """
          insert into note (source, delivery, table_name, record, field, key, sealed)
          values (?, ?, ?, ?, ?, ?, ?)
          """)
      for value in values {
        switch value {
        case .identity(let id, let sealed):
          try identity.execute(arguments: [id, layout, keyNumber, sealed])
        case .held(let line, let isCut, let sealed):
          try held.execute(arguments: [source, delivery, file, line, isCut, keyNumber, sealed])
        case .note(let record, let field, let sealed):
          try note.execute(
            arguments: [source, delivery, table, record, field, keyNumber, sealed])
        }
      }
    }
    known.took(
      values.lazy.compactMap { value in
        if case .identity(let id, _) = value { id } else { nil }
      })
  }

  private func layout(_ table: String, _ fields: [String], _ db: Database) throws -> Int {
    let names = String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)
    try db.execute(
      sql: "insert or ignore into layout (source, table_name, fields) values (?, ?, ?)",
      arguments: [source, table, names])
    return try Int.fetchOne(
      db, sql: "select number from layout where source = ? and table_name = ? and fields = ?",
      arguments: [source, table, names]) ?? 0
  }

  /// Keeps what was added; of a delivery that was stopped only the records that were set aside, since
  /// nothing of it landed.
  ///
  /// - Parameter landing: what the delivery landed from.
  public func commit(landing: String = "", isStopped: Bool = false) throws {
    try vault.writeWithoutTransaction { db in
      if isStopped {
        try db.execute(sql: "delete from identity where number > ?", arguments: [last])
        try db.execute(
          sql: "delete from note where source = ? and delivery = ?", arguments: [source, delivery])
      }
      try db.execute(
        sql: """
          insert or replace into landed
          select :source, :delivery, :landing, (select coalesce(max(number), 0) from identity),
            (select count(*) from held where source = :source and delivery = :delivery),
            (select count(*) from note where source = :source and delivery = :delivery)
          """, arguments: ["source": source, "delivery": delivery, "landing": landing])
      try db.commit()
    }
    isOpen = false
    known.settle(isKept: !isStopped)
  }
}
