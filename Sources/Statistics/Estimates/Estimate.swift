/// A figure with its intervals, or why there is none.
public enum Estimate: Sendable, Hashable {
  case known(Known)
  case unknown(Unknown)

  public struct Known: Sendable, Hashable {
    public let value: Double
    /// One for each confidence that was asked for; nil where the figure has no interval.
    public let intervals: [Interval?]

    public init(value: Double, intervals: [Interval?]) {
      self.value = value
      self.intervals = intervals
    }
  }

  /// The value; nil where it is unknown.
  public var value: Double? { if case .known(let known) = self { known.value } else { nil } }

  /// The interval of the first confidence; nil where there is none.
  public var interval: Interval? {
    if case .known(let known) = self { known.intervals.first ?? nil } else { nil }
  }

  public var unknown: Unknown? { if case .unknown(let reason) = self { reason } else { nil } }
}
