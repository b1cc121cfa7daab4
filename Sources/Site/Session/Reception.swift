import Foundation
import Governance
import HTTPTypes
import Hummingbird
import Partnership

/// Finds out who asks, and gives and takes the cookies that say so.
struct Reception: Sendable {
  let accounts: AccountStore
  let partnership: Partnership
  let offersPersonas: Bool

  static let sessionCookie = "kith_session"
  static let browserCookie = "kith_browser"

  /// Who sent a request.
  func visitor(of request: Request) throws -> Visitor {
    let isLocal = offersPersonas && Self.isLocal(request)
    if let cookie = request.cookies[Self.sessionCookie]?.value,
      let account = try accounts.account(cookie: cookie)
    {
      return Visitor(
        account: account, actor: try actor(account), cookie: cookie,
        formToken: accounts.formToken(for: cookie), isLocal: isLocal)
    }
    let cookie = request.cookies[Self.browserCookie]?.value
    return Visitor(
      account: nil, actor: .anybody, cookie: cookie,
      formToken: cookie.map { accounts.formToken(for: $0) } ?? "", isLocal: isLocal)
  }

  /// The holder of an account, with the organisations whose records they keep.
  private func actor(_ account: Account) throws -> Actor {
    Actor(
      account: account.id, name: account.name, role: account.role,
      person: try account.person.flatMap { try partnership.standing([RecordNumber($0)]).first },
      organisations: try partnership.standing(account.organisations.map(RecordNumber.init)))
  }

  /// Whether a request was sent on this machine to its own address. A proxy says for whom it asks, or names another host.
  private static func isLocal(_ request: Request) -> Bool {
    for name in ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"] {
      if let name = HTTPField.Name(name), request.headers[name] != nil { return false }
    }
    let host = request.head.authority ?? ""
    let name = host.split(separator: ":").first.map(String.init) ?? ""
    return ["127.0.0.1", "localhost"].contains(name)
  }

  /// Whether a form was sent from a page of ours: the browser says from where, or says nothing.
  static func isOwnForm(_ request: Request) -> Bool {
    guard let origin = request.headers[.origin] else { return true }
    guard let url = URL(string: origin), let host = url.host() else { return false }
    let from = url.port.map { "\(host):\($0)" } ?? host
    return from == request.head.authority
  }

  /// The page of ours that a request came from, where the browser says so.
  static func cameFrom(_ request: Request) -> String? {
    guard let referrer = HTTPField.Name("Referer").flatMap({ request.headers[$0] }),
      let url = URLComponents(string: referrer), let host = url.host,
      url.port.map({ "\(host):\($0)" }) ?? host == request.head.authority
    else { return nil }
    let query = url.percentEncodedQuery.map { "?\($0)" } ?? ""
    let path = url.percentEncodedPath + query
    return SignInPage.safe(path) == path ? path : nil
  }

  /// A cookie that no script can read and no other site sends along.
  static func cookie(_ name: String, _ value: String, isSecure: Bool, maxAge: Int? = nil) -> Cookie
  {
    Cookie(
      name: name, value: value, maxAge: maxAge, path: "/", secure: isSecure, httpOnly: true,
      sameSite: .lax)
  }

  /// Whether the browser came by an encrypted way, as the proxy before us says.
  static func isSecure(_ request: Request) -> Bool {
    HTTPField.Name("X-Forwarded-Proto").flatMap { request.headers[$0] } == "https"
  }
}
