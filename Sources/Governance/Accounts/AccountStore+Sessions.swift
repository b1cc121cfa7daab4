import Crypto
public import Foundation
import GRDB
import Synchronization

extension AccountStore {
  /// How long somebody stays signed in without doing anything, and at most, in seconds.
  public static let idleSeconds = 12 * 3600.0
  public static let longestSeconds = 7 * 86_400.0

  /// What became of an attempt to sign in.
  public enum SignIn: Sendable {
    /// The value of the cookie that says who it is.
    case signedIn(cookie: String)
    /// The address or password is wrong, or the account is disabled: which one is not told.
    case refused
    /// Too many wrong passwords, until then.
    case locked(until: Date)
    /// Too many others wait for their passwords to be looked at.
    case busy
  }

  /// How many may wait: each takes some tenths of a second.
  private static let mostWaiting = 20

  /// Signs somebody in with a password.
  ///
  /// Whether there is such an account is told neither by the words of a refusal nor by the time that it takes. Five
  /// wrong passwords lock an address for a minute, whether or not it is an account's, each further one for twice as
  /// long, to an hour; after a day without any they count anew.
  public func signIn(_ id: String, password: String, now: Date = Date()) async throws -> SignIn {
    guard
      waiting.withLock({ count -> Bool in
        guard count < Self.mostWaiting else { return false }
        count += 1
        return true
      })
    else { return .busy }
    defer { waiting.withLock { $0 -= 1 } }
    return try await withCheckedThrowingContinuation { continuation in
      hashing.async {
        continuation.resume(with: Result { try self.attempt(id, password, now) })
      }
    }
  }

  private func attempt(_ id: String, _ password: String, _ now: Date) throws -> SignIn {
    let id = Self.normal(id)
    if let until = try lockedUntil(id, now: now) { return .locked(until: until) }
    let row = try read { db in
      try Row.fetchOne(
        db, sql: "select password, is_disabled from account where id = ?", arguments: [id])
    }
    let kept: String? = row?["password"]
    let isRight: Bool
    if let kept {
      isRight = try Password.matches(password, kept) && row?["is_disabled"] == false
    } else {
      // As long as a real one takes.
      _ = try Password.hash(password, cost: cost)
      isRight = false
    }
    guard isRight else { return try refuse(id, now) }
    return .signedIn(cookie: try begin(id, now))
  }

  /// Until when nobody is let in with an address, after wrong passwords; nil where it is not locked.
  public func lockedUntil(_ id: String, now: Date = Date()) throws -> Date? {
    try read { db in
      try Double.fetchOne(
        db, sql: "select locked_until from attempt where address = ? and locked_until > ?",
        arguments: [code(of: Self.normal(id)), now.timeIntervalSince1970])
    }.map { Date(timeIntervalSince1970: $0) }
  }

  /// Counts a wrong password, and locks the address where there were too many.
  private func refuse(_ id: String, _ now: Date) throws -> SignIn {
    let time = now.timeIntervalSince1970
    return try write { db in
      try db.execute(sql: "delete from attempt where last < ?", arguments: [time - 86_400])
      let failures =
        try Int.fetchOne(
          db,
          sql: """
            insert into attempt (address, failures, last) values (?, 1, ?)
            on conflict do update set failures = failures + 1, last = excluded.last returning failures
            """, arguments: [code(of: id), time]) ?? 0
      guard failures >= 5 else { return .refused }
      let minutes = min(60, 1 << min(6, failures - 5))
      let until = now.addingTimeInterval(Double(minutes) * 60)
      try db.execute(
        sql: "update attempt set locked_until = ? where address = ?",
        arguments: [until.timeIntervalSince1970, code(of: id)])
      return .locked(until: until)
    }
  }

  func forgetFailures(_ id: String, _ db: Database) throws {
    try db.execute(sql: "delete from attempt where address = ?", arguments: [code(of: id)])
  }

  /// What an address is counted under.
  private func code(of id: String) -> Data { signature("address", Data(id.utf8)) }

  /// Takes the role of a persona of a fictional place; nil where there is none.
  public func take(persona id: String, now: Date = Date()) throws -> String? {
    guard let account = try account(id), account.isPersona, !account.isDisabled else { return nil }
    return try begin(account.id, now)
  }

  private func begin(_ id: String, _ now: Date) throws -> String {
    let token = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
    try write { db in
      try db.execute(
        sql: "delete from session where seen < ? or created < ?",
        arguments: [
          now.timeIntervalSince1970 - Self.idleSeconds,
          now.timeIntervalSince1970 - Self.longestSeconds,
        ])
      try db.execute(
        sql: "insert into session values (?, ?, ?, ?)",
        arguments: [
          Self.digest(token), id, now.timeIntervalSince1970, now.timeIntervalSince1970,
        ])
      try db.execute(
        sql: "update account set last_sign_in = ? where id = ?",
        arguments: [now.timeIntervalSince1970, id])
      try forgetFailures(id, db)
    }
    return "\(token.base64URL).\(signature("session", token).base64URL)"
  }

  /// Whom a cookie says it is; nil where it is forged, too old, or ended.
  public func account(cookie: String, now: Date = Date()) throws -> Account? {
    guard let token = token(of: cookie) else { return nil }
    let row = try read { db in
      try Row.fetchOne(
        db,
        sql: """
          select a.*, s.seen from session s join account a on a.id = s.account
          where s.token = ? and s.seen > ? and s.created > ? and a.is_disabled = 0
          """,
        arguments: [
          Self.digest(token), now.timeIntervalSince1970 - Self.idleSeconds,
          now.timeIntervalSince1970 - Self.longestSeconds,
        ])
    }
    guard let row else { return nil }
    // Not at every request: a page is mostly several.
    if now.timeIntervalSince1970 - (row["seen"] as Double) > 300 {
      try write { db in
        try db.execute(
          sql: "update session set seen = ? where token = ?",
          arguments: [now.timeIntervalSince1970, Self.digest(token)])
      }
    }
    return Account(row: row)
  }

  /// Ends a session.
  public func signOut(cookie: String) throws {
    guard let token = token(of: cookie) else { return }
    try write { db in
      try db.execute(sql: "delete from session where token = ?", arguments: [Self.digest(token)])
    }
  }

  /// Ends every session of an account, on all machines.
  public func signOutEverywhere(_ id: String) throws {
    try write { db in
      try db.execute(
        sql: "delete from session where account = ?", arguments: [Self.normal(id)])
    }
  }

  // MARK: Tokens of forms

  /// The token that a form of somebody's must bring along, which nobody else can know (OWASP, CSRF Prevention, "signed
  /// double-submit cookie").
  ///
  /// - Parameter cookie: the cookie of the session, or, of somebody who has not signed in, of the browser.
  public func formToken(for cookie: String) -> String {
    signature("form", Data(cookie.utf8)).base64URL
  }

  public func isFormToken(_ token: String, for cookie: String) -> Bool {
    Password.isSame(Data(token.utf8), Data(formToken(for: cookie).utf8))
  }

  /// A cookie for a browser in which nobody has signed in.
  public func browserCookie() -> String {
    SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }.base64URL
  }

  private func token(of cookie: String) -> Data? {
    let parts = cookie.split(separator: ".")
    guard parts.count == 2, let token = Data(base64URL: parts[0]),
      let signed = Data(base64URL: parts[1]), Password.isSame(signature("session", token), signed)
    else { return nil }
    return token
  }

  private func signature(_ purpose: String, _ data: Data) -> Data {
    var code = HMAC<SHA256>(key: secret)
    code.update(data: Data("\(purpose)\0".utf8))
    code.update(data: data)
    return Data(code.finalize())
  }

  private static func digest(_ token: Data) -> Data { Data(SHA256.hash(data: token)) }
}

extension Data {
  /// In the alphabet for addresses and cookies, without padding (RFC 4648, section 5).
  var base64URL: String {
    base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
      "=", with: "")
  }

  init?(base64URL text: some StringProtocol) {
    var plain = String(text).replacing("-", with: "+").replacing("_", with: "/")
    plain += String(repeating: "=", count: (4 - plain.count % 4) % 4)
    self.init(base64Encoded: plain)
  }
}
