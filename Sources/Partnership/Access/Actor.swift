public import Governance

/// Who reads or changes something: nobody in particular, or somebody who has signed in.
public struct Actor: Sendable, Hashable {
  /// The account's id; empty for nobody in particular.
  public let account: String
  /// What history calls them.
  public let name: String
  /// Nil for nobody in particular.
  public let role: Role?
  /// Their record among the people, where they have one.
  public var person: RecordNumber?
  /// The organisations that they are of.
  public var organisations: Set<RecordNumber>

  public init(
    account: String, name: String, role: Role?, person: RecordNumber? = nil,
    organisations: Set<RecordNumber> = []
  ) {
    self.account = account
    self.name = name
    self.role = role
    self.person = person
    self.organisations = organisations
  }

  /// Whoever opens a page without signing in.
  public static let anybody = Actor(account: "", name: "anybody", role: nil)

  /// A program that does what it is told at the command line.
  public static func program(_ name: String) -> Actor {
    Actor(account: name, name: name, role: .steward)
  }

  /// The widest circle that whoever this is belongs to, whatever the record.
  public var circle: Audience { role == nil ? .everyone : .partners }

  var isSteward: Bool { role.map { $0 >= .steward } ?? false }
}
