public import Intake
import Statistics

/// Whether the data of a place are good enough for a use, and what is wanting.
public struct Fitness: Sendable {
  public enum Verdict: Int, Comparable, Sendable {
    case fit, withCare, notKnown, notFit

    public static func < (one: Verdict, other: Verdict) -> Bool { one.rawValue < other.rawValue }

    public var title: String {
      switch self {
      case .fit: "Fit"
      case .withCare: "With care"
      case .notFit: "Not fit"
      case .notKnown: "Not known"
      }
    }
  }

  public let use: DataUse
  public let findings: [Finding]

  /// The worst of what was found; not known where a source that it reads is not there and nothing else
  /// is unfit.
  public var verdict: Verdict { findings.map(\.verdict).max() ?? .notKnown }

  /// What was found of one need.
  public struct Finding: Sendable {
    public let source: String
    public let table: String
    /// The field, or empty for the whole table.
    public let field: String
    public let verdict: Verdict
    /// What is needed and what there is, in plain English.
    public let sentence: String
    public let why: String
  }

  /// A shortfall of more than so much makes data unfit; a smaller one asks for care.
  public static let tolerance = 0.05

  /// Judges a use by what is measured.
  public init(_ use: DataUse, _ quality: DataQuality) {
    self.use = use
    var findings: [Finding] = []
    for reading in use.reads {
      let sources = quality.sources.filter { source in
        source.mapping == reading.mapping && source.tables.contains { $0.name == reading.table }
      }
      if sources.isEmpty {
        findings.append(
          Finding(
            source: "", table: reading.table, field: "", verdict: .notKnown,
            sentence: "No source with the mapping \(reading.mapping) has landed.", why: ""))
      }
      for source in sources {
        findings += Judge(source: source.id, table: reading.table, quality: quality)
          .findings(reading)
      }
    }
    self.findings = findings
  }

  private struct Judge {
    let source: String
    let table: String
    let quality: DataQuality

    func findings(_ reading: DataUse.Reading) -> [Finding] {
      var findings = reading.fields.flatMap { need -> [Finding] in
        let measure = quality.measureOfValues(source: source, table: table, field: need.field)
        let complete = atLeast(
          need.completeness, measure, need.field,
          measure == .known
            ? "of records say it, not counting “not known” and “not stated”"
            : "of records have it", need.why)
        // Where there is no value at all, there is none to check and no group that has it more.
        let share = quality.share(.completeness, source: source, table: table, field: need.field)
        guard let value = share?.value, value > 0 else { return [complete] }
        let valid = atLeast(
          need.validity, .validity, need.field, "of its values pass their checks", need.why)
        return [complete, valid] + (need.gap.map { [gap($0, need)] } ?? [])
      }
      if let most = reading.late, let late = late(most) { findings.append(late) }
      if let least = reading.coverage { findings.append(coverage(least)) }
      return findings
    }

    private func atLeast(
      _ least: Double, _ measure: DataQuality.Measure, _ field: String, _ words: String,
      _ why: String
    ) -> Finding {
      let share = quality.share(measure, source: source, table: table, field: field)
      guard let value = share?.value else {
        return finding(field, .notKnown, "How many \(words) is not known.", why)
      }
      return finding(
        field, value == 0 && least > 0 ? .notFit : verdict(shortBy: least - value),
        "\(value.percent) \(words); \(least.percent) are needed.", why)
    }

    private func gap(_ most: Double, _ need: DataUse.Need) -> Finding {
      guard let gap = quality.gap(source: source, table: table, field: need.field),
        let low = gap.least.value, let high = gap.most.value
      else {
        return finding(
          need.field, .notKnown, "Whether some groups have it less often is not known.", need.why)
      }
      guard gap.size >= 0.0005 else {
        return finding(need.field, .fit, "No group has it less often than another.", need.why)
      }
      return finding(
        // What chance may have done is no shortfall.
        need.field, gap.size <= most ? .fit : verdict(shortBy: gap.sureSize - most),
        "By \(gap.group.title), \(low.percent) (\(gap.group.title(of: gap.least.id))) to "
          + "\(high.percent) (\(gap.group.title(of: gap.most.id))) have it; a difference of "
          + "\(most.points) is let pass.", need.why)
    }

    /// Nil where too few new records have come to tell.
    private func late(_ most: Double) -> Finding? {
      let date = quality.measuredField(.late, source: source, table: table)
      let share = date.flatMap { quality.share(.late, source: source, table: table, field: $0) }
      guard let value = share?.value, (share?.denominator ?? 0) >= 50 else { return nil }
      return finding(
        "", verdict(shortBy: value - most),
        "\(value.percent) of new records should have come in an earlier delivery; "
          + "\(most.percent) are let pass.", "")
    }

    private func coverage(_ least: Double) -> Finding {
      let area = quality.measuredField(.coverage, source: source, table: table)
      let covered = area.flatMap {
        quality.share(.coverage, source: source, table: table, field: $0)?.value
      }
      guard let covered else {
        return finding("", .notKnown, "How many of the residents it has is not known.", "")
      }
      return finding(
        "", verdict(shortBy: least - covered),
        "It has \(covered.percent) as many people as there are residents; \(least.percent) are "
          + "needed.", "")
    }

    private func finding(
      _ field: String, _ verdict: Verdict, _ sentence: String, _ why: String
    ) -> Finding {
      Finding(
        source: source, table: table, field: field, verdict: verdict, sentence: sentence, why: why)
    }

    private func verdict(shortBy: Double) -> Verdict {
      // A hair's breadth is rounding.
      shortBy <= 1e-9 ? .fit : shortBy <= Fitness.tolerance + 1e-9 ? .withCare : .notFit
    }
  }
}

extension Double {
  /// A share as a person reads it: all and none only where it is so.
  public var percent: String {
    // Whole tenths of a percent.
    let rounded = (self.rounded(toDecimals: 3, ties: .toNearestOrAwayFromZero) * 1_000).rounded()
    // 99.97 percent is not all, and 0.02 percent is not none.
    let shown = self < 1 && rounded >= 1_000 ? 999.0 : self > 0 && rounded <= 0 ? 1.0 : rounded
    let text = shown.remainder(dividingBy: 10) == 0 ? "\(Int(shown / 10))" : "\(shown / 10)"
    return (self > 0 && rounded <= 0 ? "under " : self < 1 && rounded >= 1_000 ? "over " : "")
      + text + "%"
  }

  /// A difference of shares in percentage points.
  var points: String {
    let number =
      (self.rounded(toDecimals: 3, ties: .toNearestOrAwayFromZero) * 1_000).rounded() / 10
    return (number == number.rounded() ? "\(Int(number))" : "\(number)") + " points"
  }
}
