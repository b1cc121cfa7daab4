/// There is no such figure, and why.
public struct NoEstimate: Error, Sendable, Equatable {
  public let reason: Unknown

  public init(_ reason: Unknown) { self.reason = reason }
}
