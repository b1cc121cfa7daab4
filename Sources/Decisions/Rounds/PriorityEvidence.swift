package import Definitions
import Foundation
package import Indicators
package import Partnership

/// What a priority's indicators say of the place: how far from their benchmarks, and how unequal.
package struct PriorityEvidence {
  /// A number with its standard error.
  package struct Estimate: Sendable {
    package let value: Double
    /// Nil where the figures have no limits.
    package let error: Double?
  }

  package struct Line {
    package let indicator: Indicator
    package let period: String
    package let reading: IndicatorAtlas.Reading
    package let benchmark: Benchmark?
    package let comparison: BenchmarkComparison?
  }

  package let lines: [Line]
  /// How much worse than the benchmark, as a share of it, on average; nil where no indicator has both.
  package let need: Estimate?
  /// The size of the relative index of inequality, as a logarithm, on average; nil where no indicator has one.
  package let inequality: Estimate?

  package init(_ record: Record, _ atlas: Atlas) {
    var lines: [Line] = []
    var needs: [Estimate] = []
    var gaps: [Estimate] = []
    for id in record.fields.texts("indicators") {
      guard let indicator = atlas.indicators[id], let place = atlas.place,
        let slice = atlas.indicators.slice(of: id),
        let reading = atlas.indicators.reading(slice, place.id)
      else { continue }
      let found = atlas.benchmark(of: indicator, period: slice.period)
      let benchmark = found.flatMap { $0.unit == place.id ? nil : $0 }
      lines.append(
        Line(
          indicator: indicator, period: slice.period, reading: reading, benchmark: benchmark,
          comparison: atlas.comparison(reading, with: benchmark, of: indicator)))
      if let value = reading.value, let benchmark, benchmark.value != 0,
        indicator.polarity != .neutral
      {
        let sign = indicator.polarity == .lowerIsBetter ? 1.0 : -1.0
        needs.append(
          Estimate(
            value: sign * (value - benchmark.value) / abs(benchmark.value),
            error: Self.error(reading.lower, reading.upper).map { $0 / abs(benchmark.value) }))
      }
      if let rii = atlas.indicators.summary(id, place.id, "rii"), let value = rii.value, value > 0 {
        let limits = [rii.lower, rii.upper].map { limit in
          limit.flatMap { $0 > 0 ? log($0) : nil }
        }
        gaps.append(
          Estimate(value: abs(log(value)), error: Self.error(limits[0], limits[1])))
      }
    }
    self.lines = lines
    need = Self.mean(needs)
    inequality = Self.mean(gaps)
  }

  /// The standard error that a 95% interval stands for.
  private static func error(_ lower: Double?, _ upper: Double?) -> Double? {
    guard let lower, let upper else { return nil }
    return max(0, upper - lower) / (2 * 1.959_964)
  }

  private static func mean(_ all: [Estimate]) -> Estimate? {
    guard !all.isEmpty else { return nil }
    let count = Double(all.count)
    let errors = all.compactMap(\.error)
    return Estimate(
      value: all.reduce(0) { $0 + $1.value } / count,
      error: errors.count < all.count
        ? nil : errors.reduce(0) { $0 + $1 * $1 }.squareRoot() / count)
  }
}
