import Governance
import Partnership

/// Somebody's own account: who they are here, their password, signing out.
struct AccountPage {
  let desk: Desk
  let request: PageRequest
  var problem = ""

  func page() throws -> Page {
    guard let account = desk.visitor.account else { throw PageError.signIn(desk.visitor, request) }
    let person = try account.person.flatMap { number in
      try desk.partnership.titles([RecordNumber(number)], for: desk.actor)[RecordNumber(number)]
    }
    let organisations = try desk.partnership.titles(desk.actor.organisations, for: desk.actor)
    let values: [String: any Sendable] = [
      "token": desk.visitor.formToken, "name": account.name, "email": account.id,
      "role": account.role.rawValue, "roleText": Self.text(account.role),
      "isPersona": account.isPersona, "problem": problem,
      "person": person?.title ?? "", "personPath": account.person.map { "/people/\($0)" } ?? "",
      "organisations": organisations.values.map(\.title).sorted().joined(separator: ", "),
      "done": request["done"] == "password"
        ? "Your password was changed. Other machines are signed out." : "",
    ]
    return Page(
      title: problem.isEmpty ? "My account" : "Error: My account", template: "account",
      section: .account, values: values)
  }

  static func text(_ role: Role) -> String {
    switch role {
    case .reader: "You can read what partners may see."
    case .partner: "You can add records, and keep those of your own organisations."
    case .steward: "You look after the whole: any record, duplicates, imports, corrections."
    case .administrator: "You look after the whole, and after accounts."
    }
  }
}
