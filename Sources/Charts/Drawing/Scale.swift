#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A linear scale from values to pixels, with round ticks.
struct Scale {
  let low: Double
  let high: Double
  let from: Double
  let to: Double
  let step: Double

  /// - Parameters:
  ///   - values: what has to fit; the scale is widened to round numbers.
  ///   - includesZero: whether the scale begins at 0, as lengths of bars must.
  init(_ values: [Double], includesZero: Bool, from: Double, to: Double, ticks: Int = 5) {
    let finite = values.filter(\.isFinite)
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if includesZero {
      low = min(0, low)
      high = max(0, high)
    }
    if low == high {
      high += abs(high) > 0 ? abs(high) * 0.1 : 1
      if !includesZero { low -= abs(low) > 0 ? abs(low) * 0.1 : 1 }
    }
    step = Self.roundStep((high - low) / Double(max(1, ticks)))
    self.low = (low / step).rounded(.down) * step
    self.high = (high / step).rounded(.up) * step
    self.from = from
    self.to = to
  }

  func callAsFunction(_ value: Double) -> Double {
    from + (value - low) / (high - low) * (to - from)
  }

  /// The values of the ticks.
  var ticks: [Double] {
    let count = Int(((high - low) / step).rounded())
    return (0...max(1, count)).map { low + Double($0) * step }
  }

  /// The decimals that the ticks need.
  var decimals: Int { max(0, Int((-log10(step)).rounded(.up))) }

  /// 1, 2 or 5 times a power of ten, at least `rough`.
  private static func roundStep(_ rough: Double) -> Double {
    let power = pow(10, log10(rough).rounded(.down))
    let ratio = rough / power
    return (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10) * power
  }
}
