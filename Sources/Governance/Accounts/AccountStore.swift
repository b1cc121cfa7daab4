import Crypto
public import Foundation
import GRDB
import Synchronization

/// The accounts of a place and who is signed in: one file of SQLite beside the others.
///
/// Passwords are kept as scrypt hashes, sessions as hashes of their tokens: whoever has the file can sign in as nobody.
public final class AccountStore: Sendable {
  let queue: DatabaseQueue
  private let file: URL
  let secret: SymmetricKey
  let cost: Password.Cost
  /// Where passwords are hashed, one at a time: each takes 128 MiB.
  let hashing = DispatchQueue(label: "kith.passwords")
  /// How many wait for it.
  let waiting = Mutex(0)

  /// Opens the accounts, which are made where they are missing.
  ///
  /// - Throws: ``GovernanceError``.
  public convenience init(at file: URL) throws { try self.init(at: file, cost: Password.Cost()) }

  package init(at file: URL, cost: Password.Cost) throws {
    self.file = file
    self.cost = cost
    do {
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(10)
      configuration.prepareDatabase { try $0.execute(sql: "pragma secure_delete = on") }
      queue = try StoreDatabase(at: file, configuration, Self.migrator)
        .open(DatabaseQueue.init(path:configuration:)) { db in
          try db.execute(
            sql: "insert into secret values ('cookies', ?)",
            arguments: [SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }])
        }
      let key = try queue.read {
        try Data.fetchOne($0, sql: "select key from secret where name = 'cookies'")
      }
      guard let key else {
        throw GovernanceError(
          file.path, "The accounts are damaged: their key is missing.",
          hint: "Put the file back from a copy.")
      }
      secret = SymmetricKey(data: key)
    } catch let error as DatabaseError {
      throw Self.unusable(file, error)
    }
  }

  private static func unusable(_ file: URL, _ error: DatabaseError) -> GovernanceError {
    GovernanceError(
      file.path, "The accounts cannot be used: \(error.message ?? "SQLite \(error.resultCode)").",
      hint: "Check that it is a file of Kith's accounts and that the disk is not full.")
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(
        sql: """
          create table secret (name text primary key, key blob not null) strict, without rowid;
          create table account (
            id text primary key, name text not null, role text not null, person integer,
            organisations text not null, is_persona integer not null, about text not null, is_disabled integer not null,
            password text, failures integer not null, locked_until real, created real not null,
            last_sign_in real) strict, without rowid;
          create table session (
            token blob primary key, account text not null references account on delete cascade,
            created real not null, seen real not null) strict, without rowid;
          create index session_account on session (account);
          """)
    }
    migrator.registerMigration("2") { db in
      // Of addresses that nobody has too, so that being locked tells nothing; as codes, for they may be somebody's.
      try db.execute(
        sql: """
          create table attempt (
            address blob primary key, failures integer not null, locked_until real, last real not null)
            strict, without rowid;
          create index attempt_last on attempt (last);
          alter table account drop column failures;
          alter table account drop column locked_until;
          """)
    }
    migrator.registerMigration("3") { db in
      // Names that were kept before they had one form. Of two that are one, the other is kept out.
      for row in try Row.fetchAll(db, sql: "select id from account order by created") {
        let id: String = row["id"]
        let normal = AccountName.normal(id)
        if normal == id, id.utf8.elementsEqual(normal?.utf8 ?? "".utf8) { continue }
        let isFree =
          try normal.map {
            try Int.fetchOne(db, sql: "select 1 from account where id = ?", arguments: [$0]) == nil
          } ?? false
        if let normal, isFree {
          try db.execute(
            sql: "update session set account = ? where account = ?", arguments: [normal, id])
          try db.execute(sql: "update account set id = ? where id = ?", arguments: [normal, id])
        } else {
          try db.execute(sql: "delete from session where account = ?", arguments: [id])
          try db.execute(sql: "update account set is_disabled = 1 where id = ?", arguments: [id])
        }
      }
    }
    return migrator
  }

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

  // MARK: Accounts

  /// Adds an account.
  ///
  /// - Parameters:
  ///   - id: the email address to sign in with.
  ///   - password: nil for a persona, which needs none.
  /// - Throws: ``GovernanceError`` where there is one already, or the address or password is not accepted.
  public func add(
    _ id: String, name: String, role: Role, password: String?, person: Int64? = nil,
    organisations: [Int64] = [], about: String = ""
  ) throws {
    let id = try Self.named(id)
    let name = name.precomposedStringWithCanonicalMapping
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard !name.isEmpty, name.utf8.count <= 800, name.count <= 200,
      name.unicodeScalars.allSatisfy({
        $0.properties.generalCategory != .control && !$0.properties.isBidiControl
      })
    else {
      throw GovernanceError.input(
        "account \(id)",
        "The name is missing, longer than 200 characters, or has control characters.",
        hint: "Give the name that history should show with --name.")
    }
    let kept = try password.map { try accepted($0, for: id) }
    try write { db in
      guard try account(id, db) == nil else {
        throw GovernanceError.input(
          "account \(id)", "There is one already.",
          hint: "`kith user password` gives it another password.")
      }
      try db.execute(
        sql: """
          insert into account (id, name, role, person, organisations, is_persona, about, is_disabled, password, created)
          values (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
          """,
        arguments: [
          id, name, role.rawValue, person, Self.text(organisations), password == nil, about, kept,
          Date().timeIntervalSince1970,
        ])
    }
  }

  /// Gives an account another password, unlocks it, and ends its sessions.
  public func setPassword(_ password: String, of id: String) throws {
    let id = try Self.named(id)
    let kept = try accepted(password, for: id)
    try change(id) { id, db in
      try db.execute(
        sql: "update account set password = ? where id = ? and is_persona = 0",
        arguments: [kept, id])
      guard db.changesCount == 1 else {
        throw GovernanceError.input(
          "account \(id)", "A role of a fictional place has no password.")
      }
      try db.execute(sql: "delete from session where account = ?", arguments: [id])
      try forgetFailures(id, db)
    }
  }

  /// Gives an account another role.
  public func setRole(_ role: Role, of id: String) throws {
    try change(id) { id, db in
      try db.execute(
        sql: "update account set role = ? where id = ?",
        arguments: [role.rawValue, id])
    }
  }

  /// Says which record among the people is the holder's own.
  ///
  /// - Throws: ``GovernanceError`` where it is another account's.
  public func setPerson(_ person: Int64?, of id: String) throws {
    try change(id) { id, db in
      // Looked at in the same transaction: of two accounts that take a record, one has it.
      try db.execute(
        sql: """
          update account set person = ?1
          where id = ?2 and not exists (select 1 from account where person = ?1 and id <> ?2)
          """, arguments: [person, id])
      guard db.changesCount == 1 else {
        throw GovernanceError.input(
          "account \(id)", "The record is another account's already.",
          hint: "`kith user person` without a number takes it away from that one.")
      }
    }
  }

  /// Says of which organisations the holder keeps the records.
  public func setOrganisations(_ organisations: [Int64], of id: String) throws {
    try change(id) { id, db in
      try db.execute(
        sql: "update account set organisations = ? where id = ?",
        arguments: [Self.text(organisations), id])
    }
  }

  private static func text(_ numbers: [Int64]) -> String {
    numbers.map(String.init).joined(separator: " ")
  }

  /// Keeps somebody out and ends their sessions, or lets them in again.
  public func setDisabled(_ disabled: Bool, _ id: String) throws {
    try change(id) { id, db in
      try db.execute(
        sql: "update account set is_disabled = ? where id = ?",
        arguments: [disabled, id])
      try forgetFailures(id, db)
      if disabled {
        try db.execute(sql: "delete from session where account = ?", arguments: [id])
      }
    }
  }

  /// Every account, by address.
  public func accounts() throws -> [Account] {
    try read { db in
      try Row.fetchAll(db, sql: "select * from account order by id").map {
        try Account(row: $0)
      }
    }
  }

  public func account(_ id: String) throws -> Account? { try read { try account(id, $0) } }

  private func account(_ id: String, _ db: Database) throws -> Account? {
    guard let id = AccountName.normal(id) else { return nil }
    return try Row.fetchOne(db, sql: "select * from account where id = ?", arguments: [id])
      .map { try Account(row: $0) }
  }

  private func change(_ id: String, _ body: (String, Database) throws -> Void) throws {
    let id = try Self.named(id)
    try write { db in
      // Not the whole account: what is damaged in it may be what is changed.
      let isThere = try Bool.fetchOne(
        db, sql: "select exists (select 1 from account where id = ?)", arguments: [id])
      guard isThere == true else {
        throw GovernanceError.input(
          "account \(id)", "There is none.", hint: "`kith user list` lists them.")
      }
      try body(id, db)
    }
  }

  private func accepted(_ password: String, for id: String) throws -> String {
    if let refusal = Password.refusal(password, for: id) {
      throw GovernanceError.input(
        "account \(id)", refusal)
    }
    return try Password.hash(password, cost: cost)
  }

  /// The name of an account as it is kept.
  ///
  /// - Throws: ``GovernanceError`` for what is no email address; its characters are not repeated, for a terminal may
  ///   obey some.
  static func named(_ id: String) throws -> String {
    guard let name = AccountName.normal(id) else {
      throw GovernanceError.input(
        "account", "That is not an email address, or it has characters that nobody sees.",
        hint: "People sign in with their email address, such as name@example.org. Type it again.")
    }
    return name
  }
}

extension Account {
  init(row: Row) throws {
    guard let role = Role(rawValue: row["role"]) else {
      throw GovernanceError(
        "account \(row["id"] as String)", "Its role is not one of this version's.",
        hint: "`kith user role` gives it another, or install the newer version again.")
    }
    organisations = try (row["organisations"] as String).split(separator: " ").map { text in
      guard let number = Int64(text) else {
        throw GovernanceError("account \(row["id"] as String)", "Its organisations are damaged.")
      }
      return number
    }
    func date(_ name: String) -> Date? {
      (row[name] as Double?).map { Date(timeIntervalSince1970: $0) }
    }
    id = row["id"]
    name = row["name"]
    self.role = role
    person = row["person"]
    isPersona = row["is_persona"]
    about = row["about"]
    isDisabled = row["is_disabled"]
    created = date("created") ?? Date(timeIntervalSince1970: 0)
    lastSignIn = date("last_sign_in")
  }
}
