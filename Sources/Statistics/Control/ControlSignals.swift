/// The rules of special cause that a point of a chart is part of.
public struct ControlSignals: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let aboveLimit = ControlSignals(rawValue: 1)
  public static let belowLimit = ControlSignals(rawValue: 2)
  /// One of several in a row above the mean, or below it.
  public static let shiftUp = ControlSignals(rawValue: 4)
  public static let shiftDown = ControlSignals(rawValue: 8)
  /// One of several in a row that rise, or fall.
  public static let trendUp = ControlSignals(rawValue: 16)
  public static let trendDown = ControlSignals(rawValue: 32)
  /// One of two out of three near a limit, all three on that side of the mean.
  public static let nearUpper = ControlSignals(rawValue: 64)
  public static let nearLower = ControlSignals(rawValue: 128)

  public static let outsideLimits: ControlSignals = [.aboveLimit, .belowLimit]
  public static let shift: ControlSignals = [.shiftUp, .shiftDown]
  public static let trend: ControlSignals = [.trendUp, .trendDown]
  public static let nearLimits: ControlSignals = [.nearUpper, .nearLower]

  /// The one rule that stands for the point where it is part of several: outside of the limits, then a trend, near a limit, a shift.
  public var leading: ControlSignals? {
    let order: [ControlSignals] = [
      .aboveLimit, .belowLimit, .trendUp, .trendDown, .nearUpper, .nearLower, .shiftUp, .shiftDown,
    ]
    return order.first { contains($0) }
  }

  /// The rules in plain English, such as "outside the limits".
  ///
  /// - Parameter centre: what shifts are judged by: the mean, or the median of G and run charts.
  public func texts(shift: Int = 7, trend: Int = 7, centre: String = "mean") -> [String] {
    let rules: [(ControlSignals, String)] = [
      (.outsideLimits, "outside the limits"),
      (.shift, "one of \(shift) or more on one side of the \(centre)"),
      (.trend, "one of \(trend) or more rising or falling"),
      (.nearLimits, "one of two of three near a limit"),
    ]
    return rules.filter { !isDisjoint(with: $0.0) }.map(\.1)
  }

  /// Whether the rule that leads is about values that are high or rise.
  public var isHigh: Bool? {
    leading.map { [.aboveLimit, .shiftUp, .trendUp, .nearUpper].contains($0) }
  }
}

/// Which way of a measure is better.
public enum ImprovementDirection: String, Sendable, CaseIterable {
  case increase, decrease, neutral
}

/// What a point, or a whole series by its last point, says.
public enum ControlCause: String, Sendable, CaseIterable {
  case common = "common_cause"
  case improvement = "special_cause_improvement"
  case concern = "special_cause_concern"
  case neutralHigh = "special_cause_neutral_high"
  case neutralLow = "special_cause_neutral_low"

  public init(_ signals: ControlSignals, improvement: ImprovementDirection) {
    guard let isHigh = signals.isHigh else {
      self = .common
      return
    }
    switch improvement {
    case .neutral: self = isHigh ? .neutralHigh : .neutralLow
    case .increase: self = isHigh ? .improvement : .concern
    case .decrease: self = isHigh ? .concern : .improvement
    }
  }
}

/// Whether a process as it is will meet its target.
public enum ControlAssurance: String, Sendable, CaseIterable {
  /// The target lies beyond the limits on the good side: it will be met, or it will not.
  case consistentPass = "consistent_pass"
  case consistentFail = "consistent_fail"
  /// The target lies between the limits: it is met by chance.
  case inconsistent
}
