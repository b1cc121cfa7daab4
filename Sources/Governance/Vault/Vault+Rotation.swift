import Crypto
public import Foundation
import GRDB

extension Vault {
  /// Changes the keys of a place's vault: a new key opens it, and everything in it is sealed anew.
  ///
  /// The pseudonyms stay, so landed tables and links do. The new key is in `KITH_NEW_KEY` where the old
  /// one is in `KITH_KEY`; otherwise one is made, and takes the place of `keyFile`. A change that was
  /// broken off is gone on with by the next.
  ///
  /// - Parameter progress: gets how many values were sealed anew, and of how many.
  /// - Returns: how many values were sealed anew.
  public static func rotate(
    at file: URL, keyFile: URL,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> Int {
    guard environment[VaultKey.variable] == nil else {
      return try rotateInEnvironment(at: file, environment, progress)
    }
    let next = nextKeyFile(keyFile)
    let old = try ofPlace(at: file, keyFile: keyFile, environment: environment)
    if let left = try VaultKey.inFile(next), left.fingerprint == old.key.fingerprint {
      // The last change was broken off between the vault and the file.
      try replace(keyFile, with: next)
    }
    let newKey = VaultKey()
    try newKey.write(to: next)
    try old.change(to: newKey)
    try replace(keyFile, with: next)
    return try Vault(at: file, key: newKey).sealAnew(progress)
  }

  private static func rotateInEnvironment(
    at file: URL, _ environment: [String: String], _ progress: (Int, Int) -> Void
  ) throws -> Int {
    guard let oldKey = try VaultKey.inEnvironment(VaultKey.variable, environment),
      let newKey = try VaultKey.inEnvironment(VaultKey.newVariable, environment)
    else {
      throw GovernanceError(
        VaultKey.newVariable, "The new key is missing.",
        hint: "Set it to 64 hexadecimal digits, as `openssl rand -hex 32` makes; once the keys are "
          + "changed, set \(VaultKey.variable) to it.")
    }
    do {
      try Vault(at: file, key: oldKey).change(to: newKey)
    } catch let error as GovernanceError where error.isWrongKey {
      // Broken off after the change of the key: the new one opens it already, or neither does.
    }
    return try Vault(at: file, key: newKey).sealAnew(progress)
  }

  /// Seals all keys by the new one and adds a new key for values.
  private func change(to newKey: VaultKey) throws {
    let sealers = try rawKeys()
    try write { db in
      try db.execute(sql: "delete from secret")
      try Self.add("pseudonyms", 1, pseudonyms.key, sealedBy: newKey, db)
      for (number, key) in sealers { try Self.add("values", number, key, sealedBy: newKey, db) }
      let next = (sealers.keys.max() ?? 0) + 1
      try Self.add("values", next, SymmetricKey(size: .bits256), sealedBy: newKey, db)
    }
  }

  /// Seals every value that an older key sealed, some at a time, and forgets the older keys.
  private func sealAnew(_ progress: (Int, Int) -> Void) throws -> Int {
    let sealers = try sealers()
    let sealer = try sealer()
    let total = try contents().toBeSealedAnew
    var done = 0
    func each(
      _ table: String, _ columns: String, _ place: (Row) -> [UInt8]
    ) throws {
      var last: Int64 = .min
      while true {
        let count = try write { db in
          let rows = try Row.fetchAll(
            db,
            sql: """
              select rowid as row, key, sealed, \(columns) from \(table)
              where rowid > ? and key <> ? order by rowid limit \(table == "identity" ? 10_000 : 200)
              """, arguments: [last, sealer.keyNumber])
          let update = try db.cachedStatement(
            sql: "update \(table) set key = ?, sealed = ? where rowid = ?")
          for row in rows {
            let number: Int = row["key"]
            guard let old = sealers[number] else {
              throw GovernanceError(file.path, "The key \(number) of a sealed value is missing.")
            }
            let bytes = try old.open(row["sealed"], for: place(row))
            let rowID: Int64 = row["row"]
            try update.execute(
              arguments: [sealer.keyNumber, sealer.seal(bytes, for: place(row)), rowID])
            last = rowID
          }
          return rows.count
        }
        guard count > 0 else { return }
        done += count
        progress(done, total)
      }
    }
    try each("identity", "id") { SealedPlace.identity($0["id"]) }
    try each("held", "source, delivery, file, line") {
      SealedPlace.held($0["source"], $0["delivery"], $0["file"], line: $0["line"])
    }
    try each("note", "source, table_name, record, field") {
      SealedPlace.note($0["source"], $0["table_name"], record: $0["record"], field: $0["field"])
    }
    try each("link_model", "number") { SealedPlace.linkModel($0["number"]) }
    try write { db in
      try db.execute(
        sql: "delete from secret where name = 'values' and number < ?",
        arguments: [sealer.keyNumber])
    }
    // What was sealed with the old keys is not to be found in free pages or the log either.
    try writeWithoutTransaction { db in
      try db.execute(sql: "vacuum")
      _ = try db.checkpoint(.truncate)
    }
    return done
  }

  private func rawKeys() throws -> [Int: SymmetricKey] {
    try sealers().mapValues(\.key)
  }
}
