/// A value to be drawn, with an interval where it has one; nil values are drawn as gaps and say so.
public struct ChartValue: Sendable, Equatable {
  public let value: Double?
  public let lower: Double?
  public let upper: Double?
  /// Why there is no value.
  public let reason: String?
  /// Whether there is a value that is held back, rather than none.
  public let isSuppressed: Bool

  public init(
    _ value: Double?, lower: Double? = nil, upper: Double? = nil, reason: String? = nil,
    isSuppressed: Bool = false
  ) {
    self.isSuppressed = isSuppressed
    self.value = value
    self.lower = lower
    self.upper = upper
    self.reason = reason
  }
}

extension ChartValue {
  /// What stands where there is no value.
  var absence: String { isSuppressed ? "suppressed" : "not known" }
}

/// How numbers of a chart are written.
public struct ChartUnit: Sendable, Equatable {
  /// What stands after a number, such as "%" or "per 1,000".
  public let name: String
  public let decimals: Int

  public init(_ name: String, decimals: Int) {
    self.name = name
    self.decimals = decimals
  }

  /// A value with its unit; one that says what a number stands for, such as "100 = as expected", in brackets.
  public func text(_ value: Double) -> String {
    let number = numberText(value, decimals: decimals)
    if name.isEmpty { return number }
    if name == "%" { return "\(number)%" }
    return name.contains("=") ? "\(number) (\(name))" : "\(number) \(name)"
  }
}
