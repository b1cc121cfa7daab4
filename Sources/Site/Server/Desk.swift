import Governance
import Partnership

/// What a page is made from: the snapshot, the partnership, and who asks.
struct Desk: Sendable {
  let edition: AtlasLibrary.Edition
  let partnership: Partnership
  let accounts: AccountStore
  let visitor: Visitor

  var actor: Actor { visitor.actor }
}

/// Who asks for a page.
struct Visitor: Sendable {
  /// Nil for somebody who has not signed in.
  let account: Account?
  let actor: Actor
  /// What the cookie of the session or browser holds; nil where there is none yet.
  let cookie: String?
  /// What forms bring along; empty where there is no cookie yet.
  let formToken: String
  /// Whether personas can be taken, and the request comes from this machine itself, past no proxy.
  let isLocal: Bool

  static let anybody = Visitor(
    account: nil, actor: .anybody, cookie: nil, formToken: "", isLocal: false)
}
