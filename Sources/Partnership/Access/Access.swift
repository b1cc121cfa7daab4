import Governance

/// The one place that says who may do what.
public enum Access {
  public enum Action: Sendable {
    case add, edit, archive, assure, undo, merge, importing, moderate
  }

  /// What a record is to the question: whose it is.
  public struct Subject: Sendable {
    public let kind: RecordKind.ID
    public let number: RecordNumber?
    public let organisation: RecordNumber?
    /// The account that added it.
    public let createdBy: String
    /// The people whom it is between, where it is between some.
    public let parties: Set<RecordNumber>
  }

  /// Whether somebody may do something to a record; without one, whether they may do it at all.
  public static func allows(_ actor: Actor, _ action: Action, _ subject: Subject? = nil) -> Bool {
    guard let role = actor.role else { return false }
    switch action {
    case .merge, .importing, .moderate: return role >= .steward
    case .add, .assure: return role >= .partner
    case .edit, .archive, .undo:
      guard role >= .partner, let subject else { return role >= .partner }
      return role >= .steward || isOwn(actor, subject)
    }
  }

  /// The narrowest circle of a record that somebody is in.
  public static func circle(of actor: Actor, for subject: Subject) -> Audience {
    guard actor.role != nil else { return .everyone }
    if actor.isSteward { return .person }
    if subject.kind == RecordKind.person.id {
      if subject.number != nil, subject.number == actor.person { return .person }
    } else if subject.createdBy == actor.account
      || actor.person.map(subject.parties.contains) ?? false
    {
      return .person
    }
    let organisation =
      subject.kind == RecordKind.organisation.id ? subject.number : subject.organisation
    return organisation.map(actor.organisations.contains) ?? false ? .organisation : .partners
  }

  /// Whether somebody may say something for an organisation.
  public static func speaks(_ actor: Actor, for organisation: RecordNumber) -> Bool {
    guard let role = actor.role, role >= .partner else { return false }
    return role >= .steward || actor.organisations.contains(organisation)
  }

  /// Whether a record is somebody's own: themselves, their organisation's, or added by them. People are kept by
  /// themselves, and by those who share an organisation with them.
  private static func isOwn(_ actor: Actor, _ subject: Subject) -> Bool {
    // What is between people is seen by each of them, and stays in the words of whoever wrote it.
    if !subject.parties.isEmpty { return subject.createdBy == actor.account }
    return circle(of: actor, for: subject) >= .organisation
      || (subject.kind != RecordKind.person.id && subject.organisation == nil
        && subject.kind != RecordKind.organisation.id)
      || (subject.kind != RecordKind.person.id && subject.createdBy == actor.account)
  }
}
