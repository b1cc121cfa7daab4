import Crypto
public import Foundation
import GRDB
import Synchronization

extension AccountStore {
  /// How long somebody stays signed in without doing anything, and at most, in seconds.
  public static let idleSeconds = 12 * 3600.0
  public static let longestSeconds = 7 * 86_400.0
  /// How long an address is locked at most, in seconds.
  static let longestLockSeconds = 3_600.0
  /// By how much a clock may be put back while what it said before still counts, in seconds. What is further ahead comes
  /// from a clock that was wrong, and counts as over.
  static let clockSeconds = 300.0

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
    // What can be nobody's name is not counted under any.
    guard let id = AccountName.normal(id) else { return .refused }
    return try await whenFree {
      try self.attempt(id, password, now, countedAs: self.code(of: id)) { id in
        .signedIn(cookie: try self.begin(id, now))
      }
    } ?? .busy
  }

  /// Gives somebody who has signed in another password, which ends their other sessions.
  ///
  /// Wrong guesses are counted by themselves: those of strangers, who have no session, keep nobody from it.
  ///
  /// - Throws: ``GovernanceError`` where the new password is not accepted.
  public func changePassword(
    of id: String, from old: String, to new: String, now: Date = Date()
  ) async throws -> SignIn {
    let id = try Self.named(id)
    return try await whenFree(isSignedIn: true) {
      try self.attempt(id, old, now, countedAs: self.code(of: id, "change of password")) { id in
        try self.setPassword(new, of: id)
        return .signedIn(cookie: try self.begin(id, now))
      }
    } ?? .busy
  }

  /// Does something with a password, one after the other; nil where too many wait.
  ///
  /// - Parameter isSignedIn: whether it is for somebody who has a session: strangers who wait keep nobody of these from it.
  private func whenFree(
    isSignedIn: Bool = false, _ body: @escaping @Sendable () throws -> SignIn
  ) async throws -> SignIn? {
    let counts = !isSignedIn
    guard
      waiting.withLock({ count -> Bool in
        guard !counts || count < Self.mostWaiting else { return false }
        if counts { count += 1 }
        return true
      })
    else { return nil }
    defer { if counts { waiting.withLock { $0 -= 1 } } }
    return try await withCheckedThrowingContinuation { continuation in
      hashing.async { continuation.resume(with: Result { try body() }) }
    }
  }

  private func attempt(
    _ id: String, _ password: String, _ now: Date, countedAs code: Data,
    then succeed: (String) throws -> SignIn
  ) throws -> SignIn {
    if let until = try lockedUntil(code, now) { return .locked(until: until) }
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
    guard isRight else { return try refuse(code, now) }
    return try succeed(id)
  }

  /// Until when nobody is let in with an address, after wrong passwords; nil where it is not locked.
  public func lockedUntil(_ id: String, now: Date = Date()) throws -> Date? {
    guard let id = AccountName.normal(id) else { return nil }
    return try lockedUntil(code(of: id), now)
  }

  private func lockedUntil(_ code: Data, _ now: Date) throws -> Date? {
    let time = now.timeIntervalSince1970
    // No lock is longer: one that is was set by a clock that stood ahead.
    return try read { db in
      try Double.fetchOne(
        db,
        sql: """
          select locked_until from attempt
          where address = ? and locked_until > ? and locked_until <= ?
          """, arguments: [code, time, time + Self.longestLockSeconds + Self.clockSeconds])
    }.map { Date(timeIntervalSince1970: $0) }
  }

  /// Counts a wrong password, and locks the address where there were too many.
  private func refuse(_ code: Data, _ now: Date) throws -> SignIn {
    let time = now.timeIntervalSince1970
    return try write { db in
      // Those of a day ago, and those of a clock that stood ahead.
      try db.execute(
        sql: "delete from attempt where last < ? or last > ?",
        arguments: [time - 86_400, time + Self.clockSeconds])
      let failures =
        try Int.fetchOne(
          db,
          sql: """
            insert into attempt (address, failures, last) values (?, 1, ?)
            on conflict do update set failures = failures + 1, last = excluded.last returning failures
            """, arguments: [code, time]) ?? 0
      guard failures >= 5 else { return .refused }
      let seconds = min(Self.longestLockSeconds, Double(1 << min(6, failures - 5)) * 60)
      let until = now.addingTimeInterval(seconds)
      try db.execute(
        sql: "update attempt set locked_until = ? where address = ?",
        arguments: [until.timeIntervalSince1970, code])
      return .locked(until: until)
    }
  }

  func forgetFailures(_ id: String, _ db: Database) throws {
    for purpose in ["address", "change of password"] {
      try db.execute(
        sql: "delete from attempt where address = ?", arguments: [code(of: id, purpose)])
    }
  }

  /// What the wrong passwords of an account are counted under.
  private func code(of id: String, _ purpose: String = "address") -> Data {
    signature(purpose, Data(id.utf8))
  }

  /// Takes the role of a persona of a fictional place; nil where there is none.
  public func take(persona id: String, now: Date = Date()) throws -> String? {
    guard let account = try account(id), account.isPersona, !account.isDisabled else { return nil }
    return try begin(account.id, now)
  }

  private func begin(_ id: String, _ now: Date) throws -> String {
    let token = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
    try write { db in
      try db.execute(
        sql: "delete from session where seen < :idle or created < :longest or created > :ahead",
        arguments: Self.limits(now))
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
          where s.token = :token and s.seen > :idle and s.created > :longest
            and s.seen <= :ahead and s.created <= :ahead and a.is_disabled = 0
          """, arguments: Self.limits(now) + ["token": Self.digest(token)])
    }
    guard let row else { return nil }
    // Not at every request: a page is mostly several.
    if now.timeIntervalSince1970 - (row["seen"] as Double) > 300 {
      do {
        try write { db in
          try db.execute(
            sql: "update session set seen = ? where token = ?",
            arguments: [now.timeIntervalSince1970, Self.digest(token)])
        }
      } catch is GovernanceError {
        // Where the disk is full, a session is not prolonged, and holds until it would have ended: pages can be read.
      }
    }
    return try Account(row: row)
  }

  /// Between which moments a session that holds was begun and seen.
  private static func limits(_ now: Date) -> StatementArguments {
    let time = now.timeIntervalSince1970
    return [
      "idle": time - idleSeconds, "longest": time - longestSeconds, "ahead": time + clockSeconds,
    ]
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
    let id = try Self.named(id)
    try write { db in
      try db.execute(sql: "delete from session where account = ?", arguments: [id])
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
