import Foundation
import Governance

/// Where people sign in; in a fictional place also as one of those whom Kith is for.
struct SignInPage {
  let desk: Desk
  let request: PageRequest
  var problem = ""
  var email = ""

  func page() throws -> Page {
    let personas =
      desk.visitor.isLocal
      ? try desk.accounts.accounts().filter { $0.isPersona && !$0.isDisabled } : []
    let values: [String: any Sendable] = [
      "token": desk.visitor.formToken, "next": Self.safe(request["next"]).queryEncoded,
      "problem": problem,
      "email": email, "isSignedIn": desk.visitor.account != nil,
      "name": desk.visitor.account?.name ?? "",
      "hasPersonas": !personas.isEmpty,
      "personas": personas.map { account -> [String: any Sendable] in
        ["id": account.id, "name": account.name, "about": account.about]
      },
    ]
    return Page(
      title: problem.isEmpty ? "Sign in" : "Error: Sign in", template: "sign_in", section: .account,
      values: values)
  }

  /// An address of this site; the first page for anything else.
  static func safe(_ next: String?) -> String {
    guard let next, next.hasPrefix("/"), !next.hasPrefix("//"), !next.contains("\\"),
      // Browsers leave control characters out, and what follows them may be another site.
      next.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
    else { return "/" }
    return next
  }

  /// What is said where the password was not taken.
  static func words(for outcome: AccountStore.SignIn, now: Date = Date()) -> String? {
    switch outcome {
    case .signedIn: nil
    case .busy: "Many people are signing in just now. Try again in a minute."
    case .refused:
      "The email address or password is not right. Check both; whoever looks after Kith here can give you a new password."
    case .locked(let until):
      "Too many wrong passwords. Try again in \(max(1, Int((until.timeIntervalSince(now) / 60).rounded(.up)))) minutes, or ask whoever looks after Kith here."
    }
  }
}
