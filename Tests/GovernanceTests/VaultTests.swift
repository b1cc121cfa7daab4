import Foundation
import GRDB
import Synchronization
import Testing

@testable import Governance

/// A folder for a vault and its key, gone with the test.
private final class VaultFolder: Sendable {
  let url: URL
  var database: URL { url.appendingPathComponent("vault.sqlite") }
  var keyFile: URL { url.appendingPathComponent("vault.key") }

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("kith-vault-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func open(_ environment: [String: String] = [:]) throws -> Vault {
    try Vault.ofPlace(at: database, keyFile: keyFile, environment: environment)
  }

  func rotate(_ environment: [String: String] = [:]) throws -> Int {
    try Vault.rotate(at: database, keyFile: keyFile, environment: environment)
  }

  /// The bytes of every file of the vault.
  func bytes() throws -> Data {
    try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
      .reduce(Data()) { try $0 + Data(contentsOf: $1) }
  }
}

@Suite("The vault")
struct VaultTests {
  private let folder: VaultFolder
  private static let hex = String(repeating: "a1", count: 32)
  private static let newHex = String(repeating: "b2", count: 32)

  init() throws { folder = try VaultFolder() }

  /// Puts an identity, a record that was set aside, and a note into the vault.
  private func fill(_ vault: Vault, name: String = "Anne Example") throws {
    let sealer = try vault.sealer()
    var text = IdentityText()
    Array(name.utf8).withUnsafeBytes { text.add($0) }
    text.add(nil)
    let delivery = try vault.begin(
      source: "gp", delivery: "2025-01-31", known: vault.knownIdentities())
    try delivery.add(
      [
        .identity(id: 7, sealer.seal(text.bytes, for: SealedPlace.identity(7))),
        .held(
          line: 3, isCut: false,
          sealer.seal(
            Data("3,\(name),broken".utf8),
            for: SealedPlace.held("gp", "2025-01-31", "a.csv", line: 3))),
        .note(
          record: 9, field: "note",
          sealer.seal(
            Data("\(name) is well".utf8),
            for: SealedPlace.note("gp", "patient", record: 9, field: "note"))),
      ], file: "a.csv", table: "patient", fields: ["name", "address"])
    try delivery.commit()
  }

  private func check(_ vault: Vault, name: String = "Anne Example") throws {
    #expect(try vault.identities([7, 8]) == [7: ["name": name]])
    let held = try vault.held(source: "gp", limit: 10)
    #expect(held.map(\.text) == ["3,\(name),broken"])
    #expect(held.first?.line == 3 && held.first?.file == "a.csv")
    #expect(
      try vault.notes(source: "gp", table: "patient", record: 9) == ["note": "\(name) is well"])
  }

  @Test("What is sealed comes back, and no file shows any of it")
  func roundTrip() throws {
    let vault = try folder.open()
    try fill(vault)
    try check(vault)
    let bytes = try folder.bytes()
    #expect(bytes.count > 1_000)
    for word in ["Anne", "Example", "broken", "well"] {
      #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word) can be read")
    }
    try check(folder.open())
    #expect(try folder.open().pseudonyms.fingerprint == vault.pseudonyms.fingerprint)
  }

  @Test("Only the owner may read the vault and its key")
  func permissions() throws {
    try fill(folder.open())
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
      let path = folder.url.appendingPathComponent(name).path
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(name) has \(mode.map { String($0, radix: 8) } ?? "no mode")")
    }
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: folder.keyFile.path)
    let error = #expect(throws: GovernanceError.self) { try folder.open() }
    #expect(error?.message == "Others than its owner may read the key.")
  }

  @Test("Without its key, with another one, or with a key that is none, a vault stays shut")
  func wrongKey() throws {
    try fill(folder.open())
    let other = #expect(throws: GovernanceError.self) { try folder.open(["KITH_KEY": Self.hex]) }
    #expect(other?.message == "The key does not open the vault.")
    #expect(throws: GovernanceError.self) { try folder.open(["KITH_KEY": "secret"]) }
    try Data("not a key".utf8).write(to: folder.keyFile)
    #expect(throws: GovernanceError.self) { try folder.open() }
    try FileManager.default.removeItem(at: folder.keyFile)
    let missing = #expect(throws: GovernanceError.self) { try folder.open() }
    #expect(missing?.message == "The key of the vault is missing.")
    #expect(!FileManager.default.fileExists(atPath: folder.keyFile.path))
  }

  @Test("The key may be in the environment, and then no file holds it")
  func environment() throws {
    try fill(folder.open(["KITH_KEY": Self.hex]))
    try check(folder.open(["KITH_KEY": Self.hex]))
    #expect(!FileManager.default.fileExists(atPath: folder.keyFile.path))
  }

  @Test("A value that was moved to another row, or changed, does not open")
  func tampering() throws {
    try fill(folder.open())
    let queue = try DatabaseQueue(path: folder.database.path)
    try queue.write { try $0.execute(sql: "update identity set id = 8") }
    #expect(throws: GovernanceError.self) { try folder.open().identities([8]) }
    try queue.write { try $0.execute(sql: "update held set line = 4") }
    #expect(throws: GovernanceError.self) { try folder.open().held(source: "gp", limit: 1) }
  }

  @Test(
    "An identity is new to an earlier chunk than the one that had it first, and to no later one")
  func chunks() throws {
    let known = try folder.open().knownIdentities()
    #expect(known.insert(8, chunk: 5))
    #expect(known.insert(8, chunk: 3))
    #expect(!known.insert(8, chunk: 4))
    #expect(!known.insert(8, chunk: 3))
  }

  @Test("A delivery that was not committed leaves nothing, and one that lands again replaces")
  func transactions() throws {
    let vault = try folder.open()
    try fill(vault)
    do {
      let sealer = try vault.sealer()
      let known = try vault.knownIdentities()
      #expect(known.insert(8))
      defer { #expect(known.insert(8), "an identity that was not kept is not known") }
      let delivery = try vault.begin(source: "gp", delivery: "2025-01-31", known: known)
      try delivery.add(
        [.identity(id: 8, sealer.seal([1], for: SealedPlace.identity(8)))], file: "a.csv",
        table: "patient", fields: [])
    }
    try check(vault)
    #expect(try vault.contents().identities == 1)
    #expect(try !vault.knownIdentities().insert(7))
    #expect(try vault.knownIdentities().insert(8))
    let delivery = try vault.begin(
      source: "gp", delivery: "2025-01-31", known: vault.knownIdentities())
    try delivery.commit()
    #expect(try vault.contents().heldRecords == 0)
    #expect(try vault.contents().identities == 1)
  }

  @Test("After a change of keys the old key opens nothing, the values are there, pseudonyms stay")
  func rotation() throws {
    let before = try folder.open()
    try fill(before)
    let oldKey = try Data(contentsOf: folder.keyFile)
    #expect(try folder.rotate() == 3)
    let after = try folder.open()
    try check(after)
    #expect(after.pseudonyms.fingerprint == before.pseudonyms.fingerprint)
    #expect(try after.contents().toBeSealedAnew == 0)
    #expect(try Data(contentsOf: folder.keyFile) != oldKey)
    #expect(!FileManager.default.fileExists(atPath: folder.keyFile.path + ".new"))
    let hex = String(decoding: oldKey, as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
    #expect(throws: GovernanceError.self) { try folder.open(["KITH_KEY": hex]) }
    try fill(after, name: "Bert Example")
    #expect(try folder.rotate() == 3)
  }

  @Test("Keys in the environment are changed from one to the other")
  func rotationInEnvironment() throws {
    try fill(folder.open(["KITH_KEY": Self.hex]))
    let error = #expect(throws: GovernanceError.self) { try folder.rotate(["KITH_KEY": Self.hex]) }
    #expect(error?.place == "KITH_NEW_KEY")
    #expect(try folder.rotate(["KITH_KEY": Self.hex, "KITH_NEW_KEY": Self.newHex]) == 3)
    try check(folder.open(["KITH_KEY": Self.newHex]))
    #expect(throws: GovernanceError.self) { try folder.open(["KITH_KEY": Self.hex]) }
  }

  @Test("A change of keys that was broken off before the new key was in place goes on by itself")
  func brokenOff() throws {
    try fill(folder.open())
    let old = try Data(contentsOf: folder.keyFile)
    _ = try folder.rotate()
    // As if the machine had stopped before the new file took the old one's place.
    try FileManager.default.moveItem(
      atPath: folder.keyFile.path, toPath: folder.keyFile.path + ".new")
    _ = FileManager.default.createFile(
      atPath: folder.keyFile.path, contents: old, attributes: [.posixPermissions: 0o600])
    // Opening moves nothing: somebody else may be at work. The next change puts it in order.
    try check(folder.open())
    #expect(FileManager.default.fileExists(atPath: folder.keyFile.path + ".new"))
    #expect(try folder.rotate() == 3)
    try check(folder.open())
    #expect(!FileManager.default.fileExists(atPath: folder.keyFile.path + ".new"))
    // And as if it had stopped before the vault had the new key.
    _ = FileManager.default.createFile(
      atPath: folder.keyFile.path + ".new", contents: Data(Self.hex.utf8),
      attributes: [.posixPermissions: 0o600])
    try check(folder.open())
    #expect(try folder.rotate() == 3)
    try check(folder.open())
    #expect(!FileManager.default.fileExists(atPath: folder.keyFile.path + ".new"))
  }

  @Test("A vault that was moved away is not taken for a new one while its keys are there")
  func movedAway() throws {
    try fill(folder.open())
    let key = try Data(contentsOf: folder.keyFile)
    _ = FileManager.default.createFile(
      atPath: folder.keyFile.path + ".new", contents: Data(Self.hex.utf8),
      attributes: [.posixPermissions: 0o600])
    let away = folder.url.appendingPathComponent("away.sqlite")
    for ending in ["", "-wal", "-shm"]
    where FileManager.default.fileExists(atPath: folder.database.path + ending) {
      try FileManager.default.moveItem(
        atPath: folder.database.path + ending, toPath: away.path + ending)
    }
    _ = try folder.open()
    #expect(try Data(contentsOf: folder.keyFile) == key)
    try check(Vault.ofPlace(at: away, keyFile: folder.keyFile, environment: [:]))
  }

  @Test("Programs that open a new place at the same moment share one vault and one key")
  func openedAtOnce() throws {
    for _ in 0..<20 {
      let folder = try VaultFolder()
      let found = Mutex<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        let result: String
        do {
          let vault = try folder.open()
          result = "\(vault.pseudonyms.fingerprint) \(vault.key.fingerprint)"
        } catch {
          result = "\(error)"
        }
        found.withLock { $0.append(result) }
      }
      let vault = try folder.open()
      let expected = "\(vault.pseudonyms.fingerprint) \(vault.key.fingerprint)"
      #expect(found.withLock { $0 } == Array(repeating: expected, count: 8))
    }
  }

  @Test("A vault that was emptied or lost its tables is an error, and never taken for a new one")
  func damaged() throws {
    try fill(folder.open())
    for ending in ["-wal", "-shm"] { unlink(folder.database.path + ending) }
    try Data().write(to: folder.database)
    #expect(throws: GovernanceError.self) { try folder.open() }
    #expect(try Data(contentsOf: folder.database).isEmpty)
    try FileManager.default.removeItem(at: folder.database)
    try DatabaseQueue(path: folder.database.path).write {
      try $0.execute(sql: "create table other (a integer)")
    }
    #expect(throws: GovernanceError.self) { try folder.open() }
  }

  @Test("A vault is its owner's alone, and so is one that was not")
  func modes() throws {
    try fill(folder.open())
    #expect(chmod(folder.database.path, 0o644) == 0)
    _ = try folder.open()
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
      let path = folder.url.appendingPathComponent(name).path
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(name)")
    }
  }

  @Test("A key for encodings is never written over another")
  func encodingKeys() throws {
    let file = folder.url.appendingPathComponent("shared.key")
    let made = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      do {
        try EncodingKey.make(in: file)
        made.withLock { $0 += 1 }
      } catch {}
    }
    #expect(made.withLock { $0 } == 1)
  }
}
