/// A control chart: values over time, the limits of their usual variation, and the points that signal a special cause.
///
/// The rules are those of NHS England's Making Data Count: a point outside of the limits; seven points on one side of the
/// mean (of a G chart, the median); seven points rising or falling (six by option); two of three points near a limit, all
/// three on one side of it. The limits are those of the chart's kind: Wheeler's XmR chart for most measures; P, U and C charts for counts
/// with a Poisson or binomial chance; G and T charts for rare events; a run chart has a median and no limits
/// (Provost and Murray, The Health Care Data Guide, 2nd edition, 2022).
///
/// A missing value has no point: no moving range and no run goes over it.
public struct ControlChart: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Single values: the mean, and 2.66 mean moving ranges about it.
    case xmr
    /// Events in so many people or opportunities, as shares: 3 binomial standard deviations about the mean share.
    case p
    /// Events in so much time or activity, as rates: 3 Poisson standard deviations about the mean rate.
    case u
    /// Counts of events: 3 Poisson standard deviations about the mean.
    case c
    /// Cases between rare events: the geometric distribution's √(m (m + 1)), 3 times.
    case g
    /// Time between rare events: an XmR chart of the 3.6th roots (Nelson 1994), brought back.
    case t
    /// Values about their median, without limits.
    case run
  }

  /// How limits are worked out, and which runs count.
  public struct Options: Sendable {
    /// Leaves moving ranges that are 3.267 times their mean or more out of it, once, so that one jump does not widen the
    /// limits.
    public var screensOutliers: Bool
    /// How many points a shift and a trend need: 7 each, for run charts 6 and 5.
    public var shiftLength: Int
    public var trendLength: Int
    /// The mean and limits are those of so many first points, of each part; nil for all.
    public var fixAfter: Int?
    /// The positions at which a process began anew, with limits of its own.
    public var rebases: [Int]

    public init(
      screensOutliers: Bool = true, shiftLength: Int = 7, trendLength: Int = 7,
      fixAfter: Int? = nil, rebases: [Int] = []
    ) {
      precondition(shiftLength >= 3 && trendLength >= 3, "a run has three points at least")
      self.screensOutliers = screensOutliers
      self.shiftLength = shiftLength
      self.trendLength = trendLength
      self.fixAfter = fixAfter
      self.rebases = rebases
    }

    /// Six points make a shift and five a trend, as run charts have it (Perla and others 2011, BMJ Qual Saf 20: 46).
    public static let runChart = Options(shiftLength: 6, trendLength: 5)
  }

  /// A part of the series with limits of its own.
  public struct Part: Sendable {
    public let rows: Range<Int>
    /// Twelve points or fewer: limits that may still move much.
    public let isShort: Bool
  }

  /// So many points are needed for limits that mean something (Making Data Count).
  public static let enoughPoints = 12

  public let kind: Kind
  public let options: Options
  /// The value at each point; not a number where it is missing.
  public let values: [Double]
  /// The centre line and the limits at each point; limits are not a number where there are none.
  public let centre: [Double]
  public let lower: [Double]
  public let upper: [Double]
  public let signals: [ControlSignals]
  public let parts: [Part]
  /// Why the last part has no limits; nil where it has.
  public let unknown: Unknown?
  /// Whether each point lies beyond two of the three standard deviations that a limit is away, and within the limit.
  public let isNearLimit: [Bool]
  /// Where each point lies: 1 above the centre line, -1 below it, 0 on it (but for the 15th digit) or where it is missing.
  public let sides: [Int]

  /// An XmR or run chart of values, or a C, G or T chart of counts and gaps.
  ///
  /// - Parameter values: in order of time; not a number where missing.
  public init(_ values: [Double], kind: Kind = .xmr, options: Options = Options()) {
    precondition(kind != .p && kind != .u, "P and U charts have denominators")
    self.init(values, denominators: nil, kind: kind, options: options)
  }

  /// A P or U chart of events over denominators; its values are shares or rates of 1.
  public init(events: [Double], denominators: [Double], kind: Kind, options: Options = Options()) {
    precondition(kind == .p || kind == .u, "P and U charts have denominators")
    self.init(
      zip(events, denominators).map { $1 > 0 ? $0 / $1 : .nan }, denominators: denominators,
      kind: kind, options: options)
  }

  private init(_ values: [Double], denominators: [Double]?, kind: Kind, options: Options) {
    let count = values.count
    self.kind = kind
    self.options = options
    self.values = values
    var lines = ControlLines(count)
    var parts: [Part] = []
    var unknown: Unknown? = .tooFewValues
    let starts = [0] + options.rebases.filter { $0 > 0 && $0 < count }.sorted()
    for (index, start) in starts.enumerated() {
      let rows = start..<(index + 1 < starts.count ? starts[index + 1] : count)
      guard !rows.isEmpty else { continue }
      parts.append(Part(rows: rows, isShort: rows.count <= Self.enoughPoints))
      unknown = lines.set(rows, values, denominators, kind, options)
    }
    var signals = [ControlSignals](repeating: [], count: count)
    var near = [Bool](repeating: false, count: count)
    var sides = [Int](repeating: 0, count: count)
    for part in parts {
      lines.mark(part.rows, values, kind, options, &signals, &near, &sides)
    }
    centre = lines.centre
    lower = lines.lower
    upper = lines.upper
    self.signals = signals
    isNearLimit = near
    self.sides = sides
    self.parts = parts
    self.unknown = unknown
  }

  /// Whether the process as it is will meet a target; nil where neither way is better, or there are no limits.
  ///
  /// - Parameter part: by the limits of whose last point; of the last part if left out.
  public func assurance(
    target: Double, improvement: ImprovementDirection, part: Part? = nil
  ) -> ControlAssurance? {
    guard improvement != .neutral, let last = (part?.rows ?? values.indices).last,
      !lower[last].isNaN
    else { return nil }
    let (low, high) = (lower[last], upper[last])
    if target > high { return improvement == .increase ? .consistentFail : .consistentPass }
    if target < low { return improvement == .increase ? .consistentPass : .consistentFail }
    return .inconsistent
  }

  /// What the last point of a part says; of the last part if left out.
  public func cause(improvement: ImprovementDirection, part: Part? = nil) -> ControlCause {
    let last = (part?.rows ?? values.indices).last
    return ControlCause(last.map { signals[$0] } ?? [], improvement: improvement)
  }
}
