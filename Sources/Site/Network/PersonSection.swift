import Definitions
import Governance
import Partnership
import Statistics

/// What the page of a person shows beside their fields: how to be introduced, what they hand over, whether it is oneself.
struct PersonSection {
  let values: [String: any Sendable]

  init(_ record: Record, _ desk: Desk) throws {
    let isOwn = desk.actor.person == record.number
    let isOpen = record.state == .active && desk.visitor.account != nil
    var introducers: [String] = []
    var knows = false
    var isHere = false
    if isOpen, !isOwn, let own = desk.actor.person {
      let ties = try desk.partnership.relationships(for: desk.actor)
      isHere = ties.index(of: record.number) != nil
      if let one = ties.index(of: own), let other = ties.index(of: record.number) {
        knows = ties.network.steps(from: one)[other] == 1
        introducers = ties.introducers(from: one, to: other).prefix(3).map { ties.people[$0].name }
      }
    }
    let isFound = record.fields.texts("open_to").contains("found")
    let mayBeNamed = isOwn || record.fields.texts("open_to").contains("named")
    values = [
      "network": isOpen && mayBeNamed ? "/network?around=\(record.number)" : "",
      "path": record.path, "token": desk.visitor.formToken,
      "ask": isOpen && !isOwn && desk.actor.person != nil && Access.allows(desk.actor, .add)
        && record.fields.text("contact") != "not" && isFound && isHere
        ? "/introductions/add?f.to=\(record.number)" : "",
      "introducers": knows ? "" : introducers.inWords, "knows": knows,
      "isOwn": isOwn, "mayBecome": try desk.mayBecome(record),
      "handover": isOpen && record.allows(desk.actor, .edit)
        && (record.isInnermost(desk.actor) || record.fields["until"] != nil)
        ? "\(record.path)/handover" : "",
    ]
  }
}

extension Desk {
  /// Whether whoever has signed in may say that a person's record is their own: where they wrote it themselves, and
  /// neither of the two has another.
  func mayBecome(_ record: Record) throws -> Bool {
    guard let account = visitor.account, account.person == nil, record.state == .active,
      record.createdBy == account.id, try partnership.isOnly(by: account.id, record.number)
    else { return false }
    // Whoever's it is under a number that was merged into this one since is meant too.
    let others = try accounts.accounts().compactMap { $0.person.map { RecordNumber($0) } }
    return try !partnership.standing(others).contains(record.number)
  }
}
