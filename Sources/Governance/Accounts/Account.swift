public import Foundation

/// Somebody who can sign in.
public struct Account: Sendable, Hashable, Identifiable {
  /// The email address that they sign in with, in small letters.
  public let id: String
  /// What history calls them.
  public let name: String
  public let role: Role
  /// The number of their record among the people of the partnership, where they have one.
  public let person: Int64?
  /// The numbers of the organisations whose records they keep. An administrator says which; what people write about
  /// themselves in the directory gives no rights.
  public let organisations: [Int64]
  /// Whether it is a role of a fictional place that anybody at this machine may take.
  public let isPersona: Bool
  /// What the role is for, of a persona.
  public let about: String
  public let isDisabled: Bool
  public let created: Date
  public let lastSignIn: Date?
}
