import Charts
import Definitions
import Indicators
import Statistics

/// A finding as a headline and an explanation that anybody can read.
struct FindingWords {
  let finding: Finding

  init(_ finding: Finding) { self.finding = finding }

  private var words: IndicatorWords { IndicatorWords(finding.indicator) }

  /// What kind of finding it is.
  var kind: String {
    switch finding.what {
    case .change: "Change"
    case .outliers: "Outlier"
    case .gap: "Gap"
    }
  }

  /// "Worse", "Better" or "Different".
  var reading: String {
    switch finding.isConcern {
    case true?: "for the worse"
    case false?: "for the better"
    case nil: "neither way is better"
    }
  }

  /// Where to read on.
  var path: String {
    switch finding.what {
    case .change(let change):
      "\(finding.indicator.path)?area=\(change.unit.kind):\(change.unit.code)#trend"
    case .outliers(let outliers): "\(finding.indicator.path)?kind=\(outliers.kind.id)#areas"
    case .gap(let gap):
      "/inequalities?indicator=\(finding.indicator.id)&area=\(gap.unit.kind):\(gap.unit.code)#over-time"
    }
  }

  var headline: String {
    switch finding.what {
    case .change(let change):
      let way = change.signals.isHigh.map { $0 ? "up" : "down" } ?? "changed"
      return "\(finding.indicator.title): \(way) in \(change.unit.shortName)"
    case .outliers(let outliers):
      let names = outliers.units.prefix(3).map(\.name)
      let more = outliers.units.count > 3 ? " and \(outliers.units.count - 3) more" : ""
      let isOne = outliers.units.count == 1
      return "\(finding.indicator.title): \(names.joined(separator: ", "))\(more) "
        + "\(isOne ? "stands" : "stand") out"
    case .gap(let gap):
      return
        "\(finding.indicator.title): the gap by deprivation has \(gap.isWider ? "widened" : "narrowed") "
        + "in \(gap.unit.shortName)"
    }
  }

  /// The other indicators that say the same.
  var also: String {
    guard !finding.also.isEmpty else { return "" }
    let names = finding.also.prefix(5).map(\.title).joined(separator: "; ")
    let more = finding.also.count > 5 ? "; and \(finding.also.count - 5) more" : ""
    return "The same in: \(names)\(more)."
  }

  var explanation: String {
    switch finding.what {
    case .change(let change):
      let rules = change.signals.texts().joined(separator: ", ")
      return "In \(finding.period) it was \(words.value(change.value)), beside a mean of "
        + "\(words.value(change.mean)). The control chart signals: \(rules). That is more than the "
        + "usual variation from one to the next, so look for a cause."
    case .outliers(let outliers):
      let each = outliers.units.prefix(5).map {
        "\($0.name) \(words.value($0.value))"
      }
      let others =
        outliers.units.count > 5 ? " and \(outliers.units.count - 5) more" : ""
      return
        "Of \(outliers.compared) \(outliers.kind.plural), \(each.joined(separator: ", "))\(others) "
        + "\(outliers.units.count == 1 ? "lies" : "lie") \(outliers.isHigh ? "above" : "below") the 99.8% limits of the funnel, "
        + (outliers.dispersion > 1
          ? "which already allow for places' being different (over-dispersion "
            + "\(numberText(outliers.dispersion, decimals: 1)))."
          : "where chance alone would put hardly any.")
    case .gap(let gap):
      let before = gap.before.value.map { words.number(abs($0)) } ?? ""
      let after = gap.after.value.map { words.number(abs($0)) } ?? ""
      let unit = words.differenceUnit.isEmpty ? "" : " \(words.differenceUnit)"
      let turned = ((gap.before.value ?? 0) < 0) != ((gap.after.value ?? 0) < 0)
      return "The slope from the most to the least deprived was \(before)\(unit) in "
        + "\(gap.before.period) and is \(after) in \(gap.after.period): \(gap.isWider ? "wider" : "narrower") "
        + "by \(words.number(abs(gap.change))), 95% interval \(words.number(min(abs(gap.lower), abs(gap.upper)))) "
        + "to \(words.number(max(abs(gap.lower), abs(gap.upper))))."
        + (turned ? " It goes the other way now." : "")
    }
  }
}
