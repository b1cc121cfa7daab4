import Definitions
import Foundation
import Statistics
public import TableFiles

extension FileStatistics {
  /// Each row beside the reference row of its group: ratio and difference of rates, and the share of events that there
  /// would not be at the reference's rate.
  ///
  /// - Parameters:
  ///   - part: the column that tells the rows of a group apart, such as the fifth of deprivation.
  ///   - reference: its value in the reference row.
  public static func gaps(
    _ settings: Settings, part: String, reference: String, events: String, population: String,
    per: Double, isProportion: Bool
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups + [part], numbers: [events, population])
    try table.refuseNegative(events)
    try table.refuseNegative(population)
    let (x, n, parts) = (table.number(events), table.number(population), table.text(part))
    if isProportion {
      try table.refuse(
        "There are more '\(events)' than '\(population)'.",
        hint: "A proportion is of people who are among all."
      ) { x[$0] > n[$0] }
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    try requireOnce(table, groups, parts, what: part)
    let each =
      isProportion
      ? Estimates.proportions(
        events: x, populations: n, per: per, confidences: settings.confidences)
      : Estimates.crudeRates(
        events: x, populations: n, per: per, confidences: settings.confidences)
    let (totalEvents, totalPeople) = (groups.grouping.sums(x), groups.grouping.sums(n))
    var results: [String: [Estimate]] = [:]
    let unknown = Estimate.unknown(.missing)
    var status = each.unknown.map { $0.map { "unknown: \($0.text)" } ?? "known" as String? }
    for name in ["difference", "ratio", "paf"] {
      results[name] = Array(repeating: unknown, count: table.rowCount)
    }
    for (group, rows) in groups.grouping.rows.enumerated() {
      guard let base = rows.first(where: { parts[$0] == reference }) else {
        throw noReference(groups, group, part, reference, settings.file, rows[0])
      }
      for row in rows {
        if each.unknown[row] == nil, row != base {
          if let reason = each.unknown[base] {
            status[row] = "no comparison: of the reference, \(reason.text)"
          } else if x[base] == 0 {
            status[row] = "no ratio: the reference has no events"
          } else if isProportion, x[row] == 0 {
            status[row] = "no limits of the ratio: there are no events"
          }
        }
        if case .known(let one) = each[row], case .known(let other) = each[base], row != base {
          results["difference"]?[row] =
            RateComparison.difference(one, other).map(Estimate.known) ?? unknown
          if isProportion {
            results["ratio"]?[row] =
              RateComparison.ratio(one, other).map(Estimate.known) ?? .unknown(.tooFewEvents)
          } else {
            results["ratio"]?[row] = RateComparison.rateRatio(
              events: x[row], population: n[row], referenceEvents: x[base],
              referencePopulation: n[base], confidences: settings.confidences)
          }
        }
      }
      if each.unknown[base] == nil, x[base] == 0 {
        status[base] = "no limits of paf: the reference has no events"
      }
      results["paf"]?[base] = RateComparison.attributableFraction(
        events: totalEvents[group], population: totalPeople[group], referenceEvents: x[base],
        referencePopulation: n[base], isBinomial: isProportion,
        confidences: settings.confidences)
    }
    var columns = groups.columns(groups: groups.grouping.group.map(Int.init))
    columns.append((part, .text(parts.map(Optional.some))))
    columns += each.columns(.wide, hasStatus: false).map { ($0.name, $0.values) }
    for name in ["difference", "ratio", "paf"] {
      let estimates = results[name] ?? []
      columns += [
        (name, .number(estimates.map { $0.value ?? .nan })),
        ("\(name)_lowercl", .number(estimates.map { $0.interval?.lower ?? .nan })),
        ("\(name)_uppercl", .number(estimates.map { $0.interval?.upper ?? .nan })),
      ]
    }
    columns.append(("status", .text(status)))
    return ResultTable(columns)
  }
}

extension FileStatistics {
  /// Each row's figure beside that of the reference row of its group, whatever the figures are: from their limits alone.
  ///
  /// - Parameters:
  ///   - value, lower, upper: the columns with figures and their limits, of one confidence.
  ///   - part: the column that tells the rows of a group apart.
  ///   - reference: its value in the reference row.
  public static func compared(
    _ settings: Settings, value: String, lower: String, upper: String, part: String,
    reference: String
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups + [part], numbers: [value, lower, upper])
    let (values, low, high) = (table.number(value), table.number(lower), table.number(upper))
    try table.refuse(
      "The value does not lie between its limits.",
      hint: "'\(lower)' is the lower limit of '\(value)', '\(upper)' the upper."
    ) { low[$0] > values[$0] || high[$0] < values[$0] }
    let parts = table.text(part)
    let confidence = settings.confidences[0]
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    try requireOnce(table, groups, parts, what: part)
    func known(_ row: Int) -> Estimate.Known? {
      guard !(values[row] + low[row] + high[row]).isNaN else { return nil }
      return Estimate.Known(
        value: values[row],
        intervals: [Interval(lower: low[row], upper: high[row], confidence: confidence)])
    }
    var differences = [Estimate.Known?](repeating: nil, count: table.rowCount)
    var ratios = differences
    var status = [String?](repeating: "known", count: table.rowCount)
    for (group, rows) in groups.grouping.rows.enumerated() {
      guard let base = rows.first(where: { parts[$0] == reference }) else {
        throw noReference(groups, group, part, reference, settings.file, rows[0])
      }
      for row in rows {
        guard let one = known(row) else {
          status[row] = "unknown: \(Unknown.missing.text)"
          continue
        }
        guard row != base else { continue }
        guard let other = known(base) else {
          status[row] = "no comparison: of the reference, \(Unknown.missing.text)"
          continue
        }
        differences[row] = RateComparison.difference(one, other)
        ratios[row] = RateComparison.ratio(one, other)
        if ratios[row] == nil {
          status[row] = "no ratio: the reference is zero"
        } else if ratios[row]?.intervals == [nil] {
          status[row] = "no limits of the ratio: a figure or limit is zero"
        }
      }
    }
    var columns = groups.columns(groups: groups.grouping.group.map(Int.init))
    columns += [
      (part, .text(parts.map(Optional.some))), (value, .number(values)), (lower, .number(low)),
      (upper, .number(high)),
    ]
    for (name, estimates) in [("difference", differences), ("ratio", ratios)] {
      columns += [
        (name, .number(estimates.map { $0?.value ?? .nan })),
        ("\(name)_lowercl", .number(estimates.map { $0?.intervals[0]?.lower ?? .nan })),
        ("\(name)_uppercl", .number(estimates.map { $0?.intervals[0]?.upper ?? .nan })),
      ]
    }
    columns.append(("status", .text(status)))
    return ResultTable(columns)
  }

  /// What is wrong where a group has no row to compare with.
  private static func noReference(
    _ groups: RowGroups, _ group: Int, _ part: String, _ reference: String, _ file: TableFile,
    _ row: Int
  ) -> Problem {
    let key = groups.keys[group].joined(separator: ", ")
    return Problem(
      file: file.url.path, line: file.line(ofRow: row),
      "\(key.isEmpty ? "The file" : "The group '\(key)'") has no row whose '\(part)' is '\(reference)'.",
      hint: "Name the group that others are compared with by --reference.")
  }
}
