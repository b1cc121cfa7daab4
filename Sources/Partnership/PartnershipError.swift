/// Something that a partnership would not do, or could not: what, why, and what to do.
public struct PartnershipError: Error, Sendable, CustomStringConvertible {
  /// What callers tell apart.
  public enum Reason: Sendable, Equatable {
    /// The file cannot be used.
    case file
    /// What was given is not what it should be, such as a feed that is no JSON.
    case input
    /// There is no such record, or it is not for whoever asks.
    case missing
    /// Whoever asks may not do that.
    case notAllowed
    /// What was given is wrong, field by field.
    case invalid([FieldProblem])
    /// Somebody else was there first.
    case overtaken
  }

  public let reason: Reason
  public let message: String
  public let hint: String?

  public init(_ reason: Reason, _ message: String, hint: String? = nil) {
    self.reason = reason
    self.message = message
    self.hint = hint
  }

  public var description: String { message + (hint.map { " " + $0 } ?? "") }

  static func missing(_ number: RecordNumber) -> PartnershipError {
    PartnershipError(.missing, "There is no record \(number), or it is not open to you.")
  }
}
