import Foundation
import GRDB
import Testing

@testable import Governance

@Suite("Accounts let in whoever knows the password, and nobody else")
struct AccountTests {
  private static let password = "correct horse battery"

  /// Accounts whose passwords cost little to check.
  private func store() throws -> AccountStore {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "kith-accounts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let store = try AccountStore(
      at: folder.appendingPathComponent("accounts.sqlite"), cost: .little)
    try store.add("GP@example.org", name: "A GP", role: .partner, password: Self.password)
    return store
  }

  private func cookie(_ store: AccountStore, _ password: String = password) async throws -> String?
  {
    if case .signedIn(let cookie) = try await store.signIn("gp@example.org ", password: password) {
      cookie
    } else {
      nil
    }
  }

  @Test("The right password signs in, and the cookie says who it is until it is ended")
  func signIn() async throws {
    let store = try store()
    let cookie = try #require(try await cookie(store))
    #expect(try store.account(cookie: cookie)?.id == "gp@example.org")
    try store.signOut(cookie: cookie)
    #expect(try store.account(cookie: cookie) == nil)
    #expect(try await self.cookie(store, "wrong horse battery") == nil)
    let unknown = try await store.signIn("nobody@example.org", password: Self.password)
    guard case .refused = unknown else {
      Issue.record("\(unknown)")
      return
    }
  }

  @Test("A cookie that was forged, changed, or is too old says nothing")
  func forged() async throws {
    let store = try store()
    let cookie = try #require(try await cookie(store))
    for index in cookie.indices.dropLast() where cookie[index] != "." {
      // The last letter before the point and of the whole has bits that mean nothing.
      let next = cookie.index(after: index)
      guard next < cookie.endIndex, cookie[next] != "." else { continue }
      var changed = cookie
      changed.replaceSubrange(index...index, with: cookie[index] == "A" ? "B" : "A")
      #expect(try store.account(cookie: changed) == nil)
    }
    for odd in ["", ".", "a.b", "é.é", String(repeating: "A", count: 10_000)] {
      #expect(try store.account(cookie: odd) == nil)
    }
    #expect(try store.account(cookie: cookie, now: Date().addingTimeInterval(13 * 3600)) == nil)
    #expect(try store.account(cookie: cookie, now: Date().addingTimeInterval(11 * 3600)) != nil)
    // Used all the time, it ends after a week all the same.
    for hours in stride(from: 22.0, to: 168, by: 11) {
      #expect(
        try store.account(cookie: cookie, now: Date().addingTimeInterval(hours * 3600)) != nil)
    }
    #expect(try store.account(cookie: cookie, now: Date().addingTimeInterval(169 * 3600)) == nil)
    // Another place's cookie is none of this place's.
    let other = try self.store()
    #expect(try other.account(cookie: cookie) == nil)
  }

  @Test("Wrong passwords lock an account for longer and longer; the right one in time counts anew")
  func lockOut() async throws {
    let store = try store()
    var now = Date()
    for _ in 0..<4 {
      guard case .refused = try await store.signIn("gp@example.org", password: "wrong", now: now)
      else {
        Issue.record("not refused")
        return
      }
    }
    for minutes in [1.0, 2, 4, 8, 16, 32, 60, 60] {
      guard
        case .locked(let until) = try await store.signIn(
          "gp@example.org", password: "wrong", now: now)
      else {
        Issue.record("not locked")
        return
      }
      #expect(abs(until.timeIntervalSince(now) - minutes * 60) < 0.001)
      // Not even the right one is looked at.
      guard
        case .locked = try await store.signIn(
          "gp@example.org", password: Self.password, now: now.addingTimeInterval(30))
      else {
        Issue.record("not locked")
        return
      }
      now = until.addingTimeInterval(1)
    }
    guard
      case .signedIn = try await store.signIn("gp@example.org", password: Self.password, now: now)
    else {
      Issue.record("not signed in")
      return
    }
    guard case .refused = try await store.signIn("gp@example.org", password: "wrong", now: now)
    else {
      Issue.record("counted on")
      return
    }
  }

  @Test(
    "An address that is nobody's is locked like one that is, so that being locked tells nothing")
  func lockOutOfNobody() async throws {
    let store = try store()
    func outcomes(_ id: String) async throws -> [String] {
      var outcomes: [String] = []
      var now = Date()
      for _ in 0..<8 {
        switch try await store.signIn(id, password: "wrong horse battery", now: now) {
        case .refused: outcomes.append("refused")
        case .locked(let until):
          outcomes.append("locked for \(Int(until.timeIntervalSince(now).rounded()))")
          now = until.addingTimeInterval(1)
        default: outcomes.append("something else")
        }
      }
      return outcomes
    }
    let real = try await outcomes("gp@example.org")
    #expect(
      real == Array(repeating: "refused", count: 4)
        + [60, 120, 240, 480].map { "locked for \($0)" })
    #expect(try await outcomes("nobody@example.org") == real)
    // What is kept of a stranger's address is not the address, and is gone a day later.
    let later = Date().addingTimeInterval(2 * 86_400)
    _ = try await store.signIn("somebody@example.org", password: "wrong", now: later)
    let kept = try store.read { try Data.fetchAll($0, sql: "select address from attempt") }
    #expect(kept.count == 1 && kept.allSatisfy { $0.count == 32 })
  }

  @Test("A new password lets somebody in who was locked out")
  func unlocking() async throws {
    let store = try store()
    // At one moment, however long a busy machine takes over it.
    let now = Date()
    for _ in 0..<5 {
      _ = try await store.signIn("gp@example.org", password: "wrong horse battery", now: now)
    }
    #expect(try store.lockedUntil("GP@example.org", now: now) != nil)
    try store.setPassword("another horse battery", of: "gp@example.org")
    #expect(try store.lockedUntil("gp@example.org", now: now) == nil)
    #expect(try await cookie(store, "another horse battery") != nil)
  }

  @Test("A new password or being disabled ends every session")
  func endings() async throws {
    let store = try store()
    let one = try #require(try await cookie(store))
    let two = try #require(try await cookie(store))
    try store.setPassword("another horse battery", of: "gp@example.org")
    #expect(try store.account(cookie: one) == nil)
    #expect(try store.account(cookie: two) == nil)
    #expect(try await cookie(store) == nil)
    let three = try #require(try await cookie(store, "another horse battery"))
    try store.setDisabled(true, "gp@example.org")
    #expect(try store.account(cookie: three) == nil)
    #expect(try await cookie(store, "another horse battery") == nil)
    try store.setDisabled(false, "gp@example.org")
    #expect(try await cookie(store, "another horse battery") != nil)
  }

  @Test(
    "Weak passwords are refused with what to do",
    arguments: ["short", "", "aaaaaaaaaaaaaaaa", "mygp-is-great-x", "Password12345678"])
  func weak(password: String) throws {
    let store = try store()
    #expect(throws: GovernanceError.self) {
      try store.setPassword(password, of: "mygp@example.org")
    }
    #expect(Password.refusal(password, for: "mygp@example.org") != nil)
  }

  @Test("Generated passwords are accepted and never the same")
  func generated() {
    let made = (0..<200).map { _ in Password.generated() }
    #expect(Set(made).count == 200)
    #expect(made.allSatisfy { Password.refusal($0, for: "a@example.org") == nil })
  }

  @Test("The file holds neither passwords nor what a cookie could be made of")
  func atRest() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "kith-accounts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("accounts.sqlite")
    let cookie = try await {
      let store = try AccountStore(at: file, cost: .little)
      try store.add("gp@example.org", name: "A GP", role: .partner, password: Self.password)
      return try #require(try await self.cookie(store))
    }()
    let token = try #require(Data(base64URL: cookie.split(separator: ".")[0]))
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let data = try Data(contentsOf: folder.appendingPathComponent(name))
      #expect(data.range(of: Data(Self.password.utf8)) == nil)
      #expect(data.range(of: token) == nil)
    }
    let mode =
      try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test("Form tokens are of one cookie only")
  func formTokens() throws {
    let store = try store()
    let (one, two) = (store.browserCookie(), store.browserCookie())
    #expect(store.isFormToken(store.formToken(for: one), for: one))
    #expect(!store.isFormToken(store.formToken(for: one), for: two))
    #expect(!store.isFormToken("", for: one))
  }

  @Test("A persona has no password, so it can only be taken")
  func persona() async throws {
    let store = try store()
    try store.add("analyst@example.org", name: "Analyst", role: .steward, password: nil)
    guard case .refused = try await store.signIn("analyst@example.org", password: "") else {
      Issue.record("signed in")
      return
    }
    let cookie = try #require(try store.take(persona: "analyst@example.org"))
    #expect(try store.account(cookie: cookie)?.isPersona == true)
    #expect(try store.take(persona: "gp@example.org") == nil)
    #expect(throws: GovernanceError.self) {
      try store.setPassword(Self.password, of: "analyst@example.org")
    }
  }

  @Test("Accounts are added once, with an address and a name")
  func adding() throws {
    let store = try store()
    for (id, name) in [("gp@Example.org", "Again"), ("no address", "A"), ("a@b.example", " ")] {
      #expect(throws: GovernanceError.self) {
        try store.add(id, name: name, role: .reader, password: Self.password)
      }
    }
    #expect(throws: GovernanceError.self) { try store.setRole(.steward, of: "none@example.org") }
    try store.setRole(.steward, of: "GP@example.org")
    #expect(try store.accounts().map(\.role) == [.steward])
  }

  @Test("A record of a person is one account's own; an account of an unknown role is an error")
  func onePerson() throws {
    let store = try store()
    try store.add("other@example.org", name: "Another", role: .reader, password: Self.password)
    try store.setPerson(7, of: "gp@example.org")
    try store.setPerson(7, of: "gp@example.org")
    #expect(throws: GovernanceError.self) { try store.setPerson(7, of: "other@example.org") }
    try store.setPerson(nil, of: "gp@example.org")
    try store.setPerson(7, of: "other@example.org")
    try store.queue.write { try $0.execute(sql: "update account set role = 'abbot'") }
    #expect(throws: GovernanceError.self) { try store.accounts() }
    #expect(throws: GovernanceError.self) { try store.account("gp@example.org") }
    try store.setRole(.partner, of: "gp@example.org")
    #expect(try store.account("gp@example.org")?.role == .partner)
  }

  @Test(
    "A name with characters that nobody sees is nobody's, and is not counted beside the real one",
    arguments: [
      "gp@example.org\0", "gp@example.org\01", "gp@example.org\u{200B}", "g\u{AD}p@example.org",
      "\u{FEFF}gp@example.org", "gp@example.org\u{202E}", "gp @example.org", "gp@a@example.org",
      "@",
      "", String(repeating: "a", count: 100_000) + "@x",
    ])
  func unseen(name: String) async throws {
    let store = try store()
    guard case .refused = try await store.signIn(name, password: Self.password) else {
      Issue.record("let in")
      return
    }
    #expect(try store.account(name) == nil)
    #expect(throws: GovernanceError.self) { try store.setRole(.steward, of: name) }
    let error = #expect(throws: GovernanceError.self) {
      try store.add(name, name: "X", role: .reader, password: Self.password)
    }
    // What a terminal would obey is not said back.
    #expect(error?.description.utf8.contains(0) == false)
    #expect(try store.read { try Int.fetchOne($0, sql: "select count(*) from attempt") } == 0)
  }

  @Test("One name has one form, however it is typed")
  func oneForm() async throws {
    let store = try store()
    try store.add("jos\u{E9}@example.org", name: "José", role: .reader, password: Self.password)
    for same in ["jose\u{301}@example.org", " JOS\u{C9}@Example.org\n", "ｊｏｓé@example.org"] {
      #expect(throws: GovernanceError.self) {
        try store.add(same, name: "X", role: .reader, password: Self.password)
      }
      guard case .signedIn = try await store.signIn(same, password: Self.password) else {
        Issue.record("not let in: \(same)")
        return
      }
    }
    for _ in 0..<5 { _ = try await store.signIn("JOSE\u{301}@example.org", password: "wrong") }
    #expect(try store.lockedUntil("jos\u{E9}@example.org") != nil)
  }

  @Test(
    "Names that were kept before they had one form are given it; of two that are one, the later is shut out"
  )
  func oldNames() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "kith-accounts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("accounts.sqlite")
    let (lone, first, later) = (
      "jose\u{301}@example.org", "zo\u{EB}@example.org", "zoe\u{308}@example.org"
    )
    let old = [lone, first, later]
    var cookies: [String] = []
    do {
      let store = try AccountStore(at: file, cost: .little)
      for (index, name) in ["a@example.org", "b@example.org", "c@example.org"].enumerated() {
        try store.add(name, name: "X", role: .reader, password: Self.password)
        guard case .signedIn(let cookie) = try await store.signIn(name, password: Self.password)
        else {
          Issue.record("not signed in")
          return
        }
        cookies.append(cookie)
        try store.write { db in
          try db.execute(sql: "pragma defer_foreign_keys = on")
          try db.execute(
            sql: "update account set id = ?, created = ? where id = ?",
            arguments: [old[index], Double(index), name])
          try db.execute(
            sql: "update session set account = ? where account = ?", arguments: [old[index], name])
        }
      }
      try store.write { try $0.execute(sql: "delete from grdb_migrations where identifier = '3'") }
    }
    let store = try AccountStore(at: file, cost: .little)
    let ids = try store.read { try Data.fetchAll($0, sql: "select cast(id as blob) from account") }
    let expected = ["jos\u{E9}@example.org", first, later].map { Data($0.utf8) }
    #expect(Set(ids) == Set(expected))
    for (cookie, isKept) in zip(cookies, [true, true, false]) {
      #expect(try (store.account(cookie: cookie) != nil) == isKept)
    }
    for name in [lone, first] {
      guard case .signedIn = try await store.signIn(name, password: Self.password) else {
        Issue.record("not let in: \(name)")
        return
      }
    }
  }

  @Test(
    "Wrong guesses of strangers do not stop somebody who is signed in from changing their password")
  func guessesOfStrangers() async throws {
    let store = try store()
    let before = try #require(try await cookie(store))
    for _ in 0..<6 { _ = try await cookie(store, "wrong horse battery") }
    guard
      case .signedIn(let after) = try await store.changePassword(
        of: "gp@example.org", from: Self.password, to: "another horse battery")
    else {
      Issue.record("not changed")
      return
    }
    #expect(try store.account(cookie: before) == nil)
    #expect(try store.account(cookie: after)?.id == "gp@example.org")
    // Who has only the session may not guess on and on either.
    for _ in 0..<5 {
      _ = try await store.changePassword(
        of: "gp@example.org", from: "wrong", to: "another horse battery")
    }
    guard
      case .locked = try await store.changePassword(
        of: "gp@example.org", from: "another horse battery", to: "a third horse battery")
    else {
      Issue.record("not locked")
      return
    }
    #expect(try await cookie(store, "another horse battery") != nil)
  }

  @Test("Sessions and locks of a clock that was ahead do not last", arguments: [1.0, 20.0])
  func clockAhead(years: Double) async throws {
    let store = try store()
    let ahead = Date().addingTimeInterval(years * 365 * 86_400)
    guard
      case .signedIn(let cookie) = try await store.signIn(
        "gp@example.org", password: Self.password, now: ahead)
    else {
      Issue.record("not signed in")
      return
    }
    #expect(try store.account(cookie: cookie, now: ahead) != nil)
    #expect(try store.account(cookie: cookie) == nil)
    for _ in 0..<6 { _ = try await store.signIn("gp@example.org", password: "wrong", now: ahead) }
    #expect(try store.lockedUntil("gp@example.org", now: ahead) != nil)
    #expect(try store.lockedUntil("gp@example.org") == nil)
    #expect(try await self.cookie(store) != nil)
  }
}
