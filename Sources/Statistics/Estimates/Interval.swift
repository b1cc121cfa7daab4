/// A confidence interval.
public struct Interval: Hashable, Sendable {
  public let lower: Double
  public let upper: Double
  /// The confidence, such as 0.95.
  public let confidence: Double

  public init(lower: Double, upper: Double, confidence: Double) {
    self.lower = lower
    self.upper = upper
    self.confidence = confidence
  }
}
