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
    for _ in 0..<5 { _ = try await cookie(store, "wrong horse battery") }
    #expect(try store.lockedUntil("GP@example.org") != nil)
    try store.setPassword("another horse battery", of: "gp@example.org")
    #expect(try store.lockedUntil("gp@example.org") == nil)
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
}
