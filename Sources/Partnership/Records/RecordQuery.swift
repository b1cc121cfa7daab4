public import Definitions

/// What a list of records is narrowed by, and its order.
public struct RecordQuery: Sendable, Hashable {
  public var kinds: [RecordKind.ID]
  /// Words, all of which a record must have; the last may be the beginning of one.
  public var text = ""
  /// Values that a field must have one of, by the field's name.
  public var facets: [String: [String]] = [:]
  public var organisation: RecordNumber?
  /// The pillars that a record is placed in, just these.
  public var pillars: [Pillar]?
  public var state = Record.State.active
  public var trust: Trust?
  /// An age that it is for.
  public var age: Double?
  /// A day of the week, by its code in RFC 5545, on which it is open.
  public var day: String?
  /// The earliest and latest age of those for whom it is, at least and at most.
  public var minimumAge: Double?
  public var maximumAge: Double?
  /// The time, `HH:mm`, from which on it opens, and until which it closes.
  public var opensFrom: String?
  public var closesBy: String?
  /// Where distances are measured from.
  public var near: Position?
  /// The greatest distance, in kilometres; nil for any.
  public var withinKilometres: Double?
  public var order = Order.title
  /// From 1.
  public var page = 1
  public var perPage = 25

  public enum Order: String, Sendable, CaseIterable {
    /// How well the words fit.
    case relevance
    case title
    case changed
    /// What should be looked at first.
    case due
    case distance
  }

  public init(_ kinds: [RecordKind.ID]) { self.kinds = kinds }
}

/// A record as lists show it.
public struct RecordSummary: Sendable, Hashable {
  public let number: RecordNumber
  public let kind: RecordKind.ID
  public let title: String
  public let summary: String
  public let organisation: RecordNumber?
  public let organisationTitle: String?
  public let pillars: [String]
  public let assured: Day?
  public let assuredBy: String?
  public let changed: String
  public let reviewDue: String
  public let sourceDay: String?
  /// Where it is, the nearest of its places where distances are asked for.
  public let position: Position?
  /// In kilometres, where the query measures from somewhere.
  public let distance: Double?

  public var path: String {
    "/\(RecordKind.named(kind)?.path ?? kind)/\(number)"
  }
}

/// A page of a list.
public struct RecordList: Sendable {
  public let records: [RecordSummary]
  /// Of how many in all.
  public let total: Int
  public let query: RecordQuery

  public var pages: Int { max(1, (total + query.perPage - 1) / query.perPage) }
}

/// Places of records that lie close together.
public struct RecordSpot: Sendable, Hashable {
  public let position: Position
  public let count: Int
  /// One of the records, the first by name.
  public let record: RecordNumber
  public let title: String
  public let kind: RecordKind.ID
}
