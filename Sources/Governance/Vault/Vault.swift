import Crypto
public import Foundation
import GRDB

/// Where everything that identifies people lies, and nothing else does: names, addresses and numbers of
/// the landed records, the text of records that were set aside, and free text under an agreement.
///
/// A file of SQLite, whose values are sealed by keys that are themselves sealed by the place's
/// ``VaultKey``: whoever has the file alone has nothing.
public final class Vault: Sendable {
  /// The secret that the place's pseudonyms follow from.
  public let pseudonyms: PseudonymKey
  let queue: DatabaseQueue
  let key: VaultKey
  let file: URL

  /// Opens a vault, which is made where it is missing.
  ///
  /// - Parameter pseudonyms: the secret of a vault that is made.
  /// - Throws: ``GovernanceError`` where the key does not open it, or the file cannot be used.
  public convenience init(
    at file: URL, key: VaultKey, pseudonyms: @autoclosure () -> PseudonymKey = PseudonymKey()
  ) throws {
    try self.init(
      at: file, key: key, pseudonyms: pseudonyms(),
      turn: FolderTurn(file.deletingLastPathComponent()))
  }

  private init(
    at file: URL, key: VaultKey, pseudonyms: @autoclosure () -> PseudonymKey = PseudonymKey(),
    turn: FolderTurn
  ) throws {
    self.key = key
    self.file = file
    do {
      queue = try StoreDatabase(at: file, Self.configuration, Self.migrator)
        .open(DatabaseQueue.init(path:configuration:), turn: turn) { db in
          try Self.add("pseudonyms", 1, pseudonyms().key, sealedBy: key, db)
          try Self.add("values", 1, SymmetricKey(size: .bits256), sealedBy: key, db)
        }
      guard let found = try Self.secret("pseudonyms", in: queue, key, file) else {
        throw GovernanceError(
          file.path, "The vault is damaged: its keys are gone.", hint: Self.damagedHint)
      }
      self.pseudonyms = PseudonymKey(found.key)
    } catch let error as DatabaseError {
      throw Self.unusable(file, error)
    }
  }

  private static func unusable(_ file: URL, _ error: DatabaseError) -> GovernanceError {
    GovernanceError(
      file.path, "The vault cannot be used: \(error.message ?? "SQLite \(error.resultCode)").",
      hint: error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
        ? damagedHint : "Check that it is a vault of Kith's and that the disk is not full.")
  }

  static let damagedHint =
    "Bring it back from its copy. Only where there is none, move it away and run with --force: \(withoutCopy)"
  /// What is lost where there is no copy.
  package static let withoutCopy =
    "everything is landed again then, under other pseudonyms, and what was decided of people is gone."

  func read<T>(_ body: (Database) throws -> T) throws -> T {
    do { return try queue.read(body) } catch let error as DatabaseError {
      throw Self.unusable(file, error)
    }
  }

  func write<T>(_ body: (Database) throws -> T) throws -> T {
    do { return try queue.write(body) } catch let error as DatabaseError {
      throw Self.unusable(file, error)
    }
  }

  func writeWithoutTransaction<T>(_ body: (Database) throws -> T) throws -> T {
    do { return try queue.writeWithoutTransaction(body) } catch let error as DatabaseError {
      throw Self.unusable(file, error)
    }
  }

  /// A place's vault, with the key in the environment or in `keyFile`; a place without either gets both.
  ///
  /// - Throws: ``GovernanceError``.
  public static func ofPlace(
    at file: URL, keyFile: URL,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Vault {
    // One turn for key and vault: of two programs that open a new place, one makes both.
    let turn = try FolderTurn(file.deletingLastPathComponent())
    if let key = try VaultKey.inEnvironment(VaultKey.variable, environment) {
      return try Vault(at: file, key: key, turn: turn)
    }
    let hasVault = FileManager.default.fileExists(atPath: file.path)
    if let key = try VaultKey.inFile(keyFile) {
      do {
        return try Vault(at: file, key: key, turn: turn)
      } catch let error as GovernanceError where error.isWrongKey && hasVault {
        // A change of keys that was broken off has left the one that opens beside the old one. It is
        // put in its place by the next change; here nothing is moved, since others may be at work.
        guard let newKey = try VaultKey.inFile(nextKeyFile(keyFile)) else { throw error }
        return try Vault(at: file, key: newKey, turn: turn)
      }
    }
    guard !hasVault else {
      throw GovernanceError(
        keyFile.path, "The key of the vault is missing.",
        hint:
          "Bring it back from its copy, or set \(VaultKey.variable). Without it the vault stays "
          + "shut; with vault.sqlite moved away, `kith run --force` lands everything again.")
    }
    let key = VaultKey()
    try key.write(to: keyFile)
    return try Vault(at: file, key: key, turn: turn)
  }

  static func nextKeyFile(_ keyFile: URL) -> URL { keyFile.appendingPathExtension("new") }

  static func replace(_ keyFile: URL, with other: URL) throws {
    guard rename(other.path, keyFile.path) == 0 else {
      throw GovernanceError(
        keyFile.path, "The key cannot be written: \(String(cString: strerror(errno))).",
        hint: "Move \(other.lastPathComponent) there yourself: it is the key now.")
    }
    try keyFile.deletingLastPathComponent().flushToDisk()
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.journalMode = .wal
    // A delivery is one transaction, written chunk by chunk as it is read.
    configuration.allowsUnsafeTransactions = true
    configuration.busyMode = .timeout(30)
    configuration.prepareDatabase { db in
      // The index of identities is searched at random: it should fit into memory.
      // What a commit promised is on disk: a key that was changed, or who landed rows are about.
      try db.execute(
        sql: """
          pragma cache_size = -131072; pragma secure_delete = on; pragma synchronous = full
          """)
    }
    return configuration
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(
        sql: """
          create table secret (
            name text not null, number integer not null, sealed blob not null,
            primary key (name, number)) strict;
          -- Which fields the identities of a table are made of, as a list in JSON.
          create table layout (
            number integer primary key, source text not null, table_name text not null,
            fields text not null, unique (source, table_name, fields)) strict;
          -- Each set of identifying values once; landed rows carry its id.
          create table identity (
            number integer primary key, id integer not null, layout integer not null references layout,
            key integer not null, sealed blob not null) strict;
          create unique index identity_id on identity (id);
          -- The text of records that were set aside.
          create table held (
            source text not null, delivery text not null, file text not null, line integer not null,
            is_cut integer not null, key integer not null, sealed blob not null,
            primary key (source, delivery, file, line)) strict;
          -- Free text that an agreement names.
          create table note (
            number integer primary key, source text not null, delivery text not null,
            table_name text not null, record integer not null, field text not null,
            key integer not null, sealed blob not null) strict;
          create index note_record on note (source, table_name, record);
          create index note_delivery on note (source, delivery);
          """)
    }
    migrator.registerMigration("2") { db in
      try db.execute(
        sql: """
          -- What each delivery landed from: a landing holds only together with its part of the vault.
          create table landed (
            source text not null, delivery text not null, landing text not null,
            primary key (source, delivery)) strict;
          """)
    }
    migrator.registerMigration("3") { db in
      try db.execute(
        sql: """
          -- Which person each identity is of, as the last linkage has it; identities that say the same of
          -- somebody with a number are one record, which goes by the first of them. The mark changes where
          -- what landed beside the record does.
          create table person (
            identity integer primary key, record integer not null, mark integer not null,
            person integer not null) strict;
          -- The linkages: when, the pairs that each kept, and what it was like.
          create table linkage (
            number integer primary key, made text not null, key text not null, pairs text not null,
            model integer not null, summary text not null) strict;
          -- What linkages learn by; it holds names that many have, so it is sealed.
          create table link_model (
            number integer primary key, fields text not null, key integer not null, sealed blob not null)
            strict;
          -- Records that went from one person to another, and whether that was undone.
          create table person_event (
            number integer primary key, linkage integer not null, kind text not null,
            from_person integer not null, to_person integer not null, undone text) strict;
          create table person_move (
            event integer not null references person_event, identity integer not null,
            primary key (event, identity)) strict, without rowid;
          -- What people decided of pairs of records, for good.
          create table link_decision (
            one integer not null, other integer not null, verdict text not null, made text not null,
            because text not null, primary key (one, other)) strict, without rowid;
          """)
    }
    migrator.registerMigration("4") { db in
      // How much there was, so that what is lost is missed; null where a landing is older than this.
      try db.execute(
        sql: """
          alter table landed add column last_identity integer;
          alter table landed add column held integer;
          alter table landed add column notes integer;
          alter table linkage add column people integer;
          """)
    }
    migrator.registerMigration("5") { db in
      // The linkage from which on an identity was in no delivery any more. Its person is remembered, so that it is
      // theirs again if it comes back.
      try db.execute(sql: "alter table person add column gone integer;")
    }
    return migrator
  }

  // MARK: Keys

  /// What a place's key seals: the keys that seal everything else.
  private static func placeOfSecret(_ name: String, _ number: Int) -> Data {
    Data("secret \(name) \(number)".utf8)
  }

  static func add(
    _ name: String, _ number: Int, _ secret: SymmetricKey, sealedBy key: VaultKey, _ db: Database
  ) throws {
    let sealed = Sealer(number: 0, key.key).seal(
      secret.withUnsafeBytes { Data($0) }, for: placeOfSecret(name, number))
    try db.execute(
      sql: "insert into secret values (?, ?, ?)", arguments: [name, number, sealed])
  }

  private static func opened(
    _ name: String, _ number: Int, _ sealed: Data, _ key: VaultKey, _ file: URL
  ) throws(GovernanceError) -> SymmetricKey {
    do {
      return SymmetricKey(
        data: try Sealer(number: 0, key.key).open(sealed, for: placeOfSecret(name, number)))
    } catch {
      var wrong = GovernanceError(
        file.path, "The key does not open the vault.",
        hint: "Bring the right one back from its copy, or set \(VaultKey.variable).")
      wrong.isWrongKey = true
      throw wrong
    }
  }

  /// The newest secret of a name; nil where there is none.
  private static func secret(
    _ name: String, in queue: DatabaseQueue, _ key: VaultKey, _ file: URL
  ) throws -> (number: Int, key: SymmetricKey)? {
    let row = try queue.read { db in
      try Row.fetchOne(
        db, sql: "select number, sealed from secret where name = ? order by number desc",
        arguments: [name])
    }
    guard let row else { return nil }
    let number: Int = row["number"]
    return (number, try opened(name, number, row["sealed"], key, file))
  }

  /// What seals from now on.
  public func sealer() throws -> Sealer {
    let found: (number: Int, key: SymmetricKey)?
    do { found = try Self.secret("values", in: queue, key, file) } catch let error as DatabaseError
    {
      throw Self.unusable(file, error)
    }
    guard let found else { throw GovernanceError(file.path, "The vault has no key for values.") }
    return Sealer(number: found.number, found.key)
  }

  /// All that values may be sealed with, by number.
  func sealers() throws -> [Int: Sealer] {
    let rows = try read { db in
      try Row.fetchAll(db, sql: "select number, sealed from secret where name = 'values'")
    }
    var sealers: [Int: Sealer] = [:]
    for row in rows {
      let number: Int = row["number"]
      sealers[number] = Sealer(
        number: number, try Self.opened("values", number, row["sealed"], key, file))
    }
    return sealers
  }
}
