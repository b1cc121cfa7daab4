public import Foundation

/// A record as somebody may see it.
public struct Record: Sendable {
  public let number: RecordNumber
  /// Its id for other systems, a UUID.
  public let id: String
  public let kind: RecordKind
  /// What it holds, without the fields that are not for whoever reads.
  public let fields: Fields
  /// The fields that hold something and are not for whoever reads.
  public let hidden: Set<String>
  /// Who may see a field, where the person whom it is about has chosen.
  public let consents: [String: Audience]
  /// How often it was changed, from 1.
  public let version: Int
  public let state: State
  /// The record that it was found to be the same as.
  public let mergedInto: RecordNumber?
  public let title: String
  public let organisation: RecordNumber?
  public let created: Date
  public let createdBy: String
  /// The people whom it is between, where it is between some.
  let parties: Set<RecordNumber>
  public let changed: Date
  public let assurance: Assurance?
  /// From when on somebody should look whether it still holds.
  public let reviewDue: Day
  public let source: RecordSource?

  public enum State: String, Codable, Sendable {
    case active, archived, merged
    /// Added, and the adding undone.
    case removed
  }

  var subject: Access.Subject {
    Access.Subject(
      kind: kind.id, number: number, organisation: organisation, createdBy: createdBy,
      parties: parties)
  }

  /// Whether somebody is whom it is about or between, or looks after the whole.
  public func isInnermost(_ actor: Actor) -> Bool {
    Access.circle(of: actor, for: subject) == .person
  }

  /// Whether somebody may do something to it.
  public func allows(_ actor: Actor, _ action: Access.Action) -> Bool {
    Access.allows(actor, action, subject)
  }
}

/// Somebody looked whether a record holds, and found that it does.
public struct Assurance: Sendable, Hashable {
  public let day: Day
  /// Who looked.
  public let name: String
  /// The version that they found to hold.
  public let version: Int

  public init(day: Day, name: String, version: Int) {
    self.day = day
    self.name = name
    self.version = version
  }
}

/// How far a record can be trusted, which decays from the day when somebody last looked.
public enum Trust: String, Sendable, CaseIterable {
  /// Somebody looked within the time that the kind allows.
  case fresh
  /// Somebody looked, longer ago than that.
  case due
  /// Somebody looked, more than twice as long ago.
  case stale
  /// Nobody has looked.
  case never

  public init(assured: Day?, reviewMonths: Int, on today: Day = .today) {
    guard let assured else {
      self = .never
      return
    }
    self =
      today < assured.adding(months: reviewMonths)
      ? .fresh : today < assured.adding(months: 2 * reviewMonths) ? .due : .stale
  }

  public var title: String {
    switch self {
    case .fresh: "Checked"
    case .due: "Check again"
    case .stale: "Not checked for long"
    case .never: "Never checked"
    }
  }
}

/// Where a record came from, if nobody here wrote it.
public struct RecordSource: Sendable, Hashable {
  /// What the source is called.
  public let name: String
  /// The record's id there.
  public let id: String
  /// The day, month or year of what the source says; nil where it does not say.
  public let day: String?

  public init(name: String, id: String, day: String? = nil) {
    self.name = name
    self.id = id
    self.day = day
  }
}
