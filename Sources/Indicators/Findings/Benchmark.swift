public import Definitions

/// What a figure is read against: the figure of the country or the place, or a value to reach.
public struct Benchmark: Sendable, Equatable {
  /// What it is called: the name of the country or place, or "the target".
  public let name: String
  public let value: Double
  /// The unit whose figure it is; nil for a target.
  public let unit: Int?

  public init(name: String, value: Double, unit: Int?) {
    self.name = name
    self.value = value
    self.unit = unit
  }
}

/// How a figure stands towards a benchmark.
public enum BenchmarkComparison: String, Sendable, CaseIterable {
  case better, worse, higher, lower, similar

  /// - Parameters:
  ///   - lower, upper: the 95% limits of the figure; without them a figure is compared with a target alone.
  /// - Returns: nil where there is nothing to compare by.
  public init?(
    value: Double, lower: Double?, upper: Double?, with benchmark: Benchmark,
    polarity: OpenDataPack.Polarity
  ) {
    let (low, high) = (lower ?? value, upper ?? value)
    guard lower != nil && upper != nil || benchmark.unit == nil else { return nil }
    let isHigher: Bool
    if benchmark.unit == nil && lower == nil {
      // A target is reached by its own value.
      guard value != benchmark.value else {
        self = polarity == .neutral ? .similar : .better
        return
      }
      isHigher = value > benchmark.value
    } else if low > benchmark.value {
      isHigher = true
    } else if high < benchmark.value {
      isHigher = false
    } else {
      self = .similar
      return
    }
    switch polarity {
    case .neutral: self = isHigher ? .higher : .lower
    case .higherIsBetter: self = isHigher ? .better : .worse
    case .lowerIsBetter: self = isHigher ? .worse : .better
    }
  }

  /// Whether it is for the worse; nil where neither way is.
  public var isConcern: Bool? {
    switch self {
    case .worse: true
    case .better, .similar: false
    case .higher, .lower: nil
    }
  }
}

extension Atlas {
  /// What the figures of a period of an indicator are read against; nil where there is nothing.
  public func benchmark(of indicator: Indicator, period: String) -> Benchmark? {
    guard let slice = indicators.slice(of: indicator.id, period: period) else { return nil }
    func figure(_ unit: AtlasUnit?) -> Benchmark? {
      guard let unit, let value = indicators.reading(slice, unit.id)?.value else { return nil }
      return Benchmark(name: unit.name, value: value, unit: unit.id)
    }
    switch indicator.benchmark {
    case .none: return nil
    case .target(let value): return Benchmark(name: "the target", value: value, unit: nil)
    case .place: return figure(place)
    case .whole: return figure(whole) ?? figure(place)
    }
  }

  /// How a reading stands towards its benchmark; nil for the benchmark's own, and where nothing can be said.
  public func comparison(
    _ reading: IndicatorAtlas.Reading, with benchmark: Benchmark?, of indicator: Indicator
  ) -> BenchmarkComparison? {
    guard let benchmark, benchmark.unit != reading.unit, let value = reading.value else {
      return nil
    }
    return BenchmarkComparison(
      value: value, lower: reading.lower, upper: reading.upper, with: benchmark,
      polarity: indicator.polarity)
  }
}
