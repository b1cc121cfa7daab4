import Charts
import Definitions
import Foundation
import Indicators

/// Inequality summaries as sentences: slope, gap, and how many people.
struct InequalityWords {
  let atlas: Atlas
  let indicator: Indicator
  let unit: AtlasUnit
  let period: String

  private var words: IndicatorWords { IndicatorWords(indicator) }

  func summary(_ name: String) -> IndicatorAtlas.Summary? {
    atlas.indicators.summary(indicator.id, unit.id, name, period: period)
  }

  /// Every summary that is known, as sentences.
  var sentences: [String] { [gap, slope, people].compactMap { $0 } }

  /// "In the most deprived fifth it is 5.1 percentage points higher than in the least deprived (…)."
  var gap: String? {
    guard let gap = summary("gap"), let value = gap.value else { return nil }
    let direction = value >= 0 ? "higher" : "lower"
    var text =
      "In the most deprived fifth it is \(difference(abs(value))) \(direction) than in the least deprived"
    if let interval = interval(gap, isTurned: value < 0) { text += " (\(interval))" }
    if let ratio = summary("gap_ratio"), let times = ratio.value,
      indicator.method != .lifeExpectancy,
      indicator.method != .mean
    {
      text += ", \(numberText(times, decimals: 2)) times as high"
    }
    return text + "."
  }

  /// The slope index in words.
  var slope: String? {
    guard let slope = summary("sii"), let value = slope.value else { return nil }
    var text =
      "Across the whole range from the most to the least deprived, allowing for how many live in each part, "
    text +=
      "it is \(difference(abs(value))) \(value >= 0 ? "higher" : "lower") at the most deprived end"
    text += " (slope index of inequality"
    if let interval = interval(slope, isTurned: value < 0) { text += ", \(interval)" }
    text += ")"
    if let low = slope.lower, let high = slope.upper, low <= 0, high >= 0 {
      text += "; the interval holds zero, so there may be no gradient"
    }
    return text + "."
  }

  /// How many more were counted than at the level of the least deprived fifth.
  var people: String? {
    guard let excess = summary("excess"), let value = excess.value else { return nil }
    let count = numberText(abs(value), decimals: 0)
    let share = summary("attributable")?.value.map { numberText(abs($0) * 100, decimals: 0) }
    let rest = "if everybody's figure were that of the least deprived fifth"
    let of = share.map { ", \($0)% of those counted" } ?? ""
    return value >= 0
      ? "There would be \(count) fewer\(of), \(rest)."
      : "There would be \(count) more\(of), \(rest)."
  }

  /// A difference with its unit: percentages differ by percentage points.
  private func difference(_ value: Double) -> String {
    words.differenceUnit.isEmpty
      ? words.number(value) : "\(words.number(value)) \(words.differenceUnit)"
  }

  private func interval(_ summary: IndicatorAtlas.Summary, isTurned: Bool) -> String? {
    guard let lower = summary.lower, let upper = summary.upper else { return nil }
    let (low, high) = isTurned ? (-upper, -lower) : (lower, upper)
    return "95% interval \(words.number(low)) to \(words.number(high))"
  }
}
