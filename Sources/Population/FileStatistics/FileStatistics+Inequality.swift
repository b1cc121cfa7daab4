import Definitions
import Foundation
public import Statistics

extension FileStatistics {
  /// The quantile of each row's value in its group, in the order of the file.
  ///
  /// - Parameters:
  ///   - columns: other columns to carry along, such as the area's code.
  ///   - name: what the column of quantiles is called.
  public static func quantiles(
    _ settings: Settings, value: String, columns: [String], count: Int, isHighestFirst: Bool
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups + columns, numbers: [value])
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    let values = table.number(value)
    let result = Quantiles(
      values, by: groups.grouping, count: count, isHighestFirst: isHighestFirst
    ).quantile
    var sizes = [Int](repeating: 0, count: groups.keys.count)
    for (row, group) in groups.grouping.group.enumerated() where !values[row].isNaN {
      sizes[Int(group)] += 1
    }
    let status = result.indices.map { row -> String? in
      if result[row] != nil { return "known" }
      let reason: Unknown = values[row].isNaN ? .missing : .tooFewValues
      return "unknown: \(reason.text)"
    }
    return ResultTable(
      groups.columns(groups: groups.grouping.group.map(Int.init))
        + columns.map { ($0, .text(table.text($0).map(Optional.some))) }
        + [(value, .number(values)), ("quantile", .integer(result)), ("status", .text(status))])
  }

  /// What the standard errors of a slope index's values come of.
  public enum ValueErrors: Sendable {
    /// The columns with the values' 95% limits.
    case limits(lower: String, upper: String)
    case standardError(String)
  }

  /// How slope indices are worked out.
  public struct SlopeSettings: Sendable {
    public var kind = SlopeIndex.Kind.other
    public var isTransformed = false
    public var multiplier = 1.0
    /// How many draws the limits rest on: 1,000 or more.
    public var draws = SlopeIndexSimulation.usualDraws
    public var seed: UInt64 = 1

    public init() {}
  }

  /// The slope and relative index of inequality of each group, with simulated limits.
  public static func slopeIndex(
    _ settings: Settings, quantile: String, population: String, value: String,
    errors: ValueErrors, _ slope: SlopeSettings
  ) throws -> ResultTable {
    var numbers = [quantile, population, value]
    switch errors {
    case .limits(let lower, let upper): numbers += [lower, upper]
    case .standardError(let name): numbers.append(name)
    }
    let table = try NumberTable(settings.file, texts: settings.groups, numbers: numbers)
    try table.refuseNegative(population)
    let (order, people, values) = (
      table.number(quantile), table.number(population), table.number(value)
    )
    try table.refuse(
      "The quantile is missing.", hint: "1 is the most deprived."
    ) { order[$0].isNaN }
    if slope.kind == .proportion {
      try table.refuse(
        "The value is no proportion from 0 to 1.", hint: "Divide percentages by 100."
      ) { !(0...1).contains(values[$0]) && !values[$0].isNaN }
    }
    switch errors {
    case .standardError(let name): try table.refuseNegative(name)
    case .limits(let lower, let upper):
      let (low, high) = (table.number(lower), table.number(upper))
      try table.refuse(
        "The lower limit is above the upper one.",
        hint: "'\(lower)' is the lower limit of '\(value)', '\(upper)' the upper."
      ) { low[$0] > high[$0] }
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    try requireOnce(table, groups, order, what: quantile)
    var columns = SlopeColumns(settings, groups.keys.count)
    for (group, rows) in groups.grouping.rows.enumerated() {
      let rows = rows.sorted { order[$0] < order[$1] }
      let pick = { (column: [Double]) in rows.map { column[$0] } }
      do throws(NoEstimate) {
        guard rows.count >= 5 else { throw NoEstimate(.tooFewValues) }
        let quantiles: SlopeIndex.Quantiles
        switch errors {
        case .limits(let lower, let upper):
          quantiles = try SlopeIndex.Quantiles(
            populations: pick(people), values: pick(values), lower: pick(table.number(lower)),
            upper: pick(table.number(upper)), kind: slope.kind)
        case .standardError(let name):
          guard slope.kind == .other else { throw NoEstimate(.impossible) }
          quantiles = try SlopeIndex.Quantiles(
            populations: pick(people), values: pick(values),
            standardErrors: pick(table.number(name)))
        }
        columns.set(group, groups.keys[group], rows.count, quantiles, slope)
      } catch {
        columns.unknown[group] = error.reason
      }
    }
    let most = columns.counts.compactMap { $0 }.max() ?? 0
    let fewer = columns.counts.count { $0.map { $0 < most } ?? false }
    return ResultTable(
      columns.columns(groups, slope, isErrorGiven: errors.isStandardError),
      notes: fewer == 0
        ? []
        : [
          "\(fewer) of \(columns.counts.count) groups have fewer than \(most) quantiles: their slopes are of the people of those alone."
        ])
  }

  /// The columns of slope indices while they are filled.
  private struct SlopeColumns {
    let settings: Settings
    var counts: [Int?]
    var slope: Estimates
    var ratio: Estimates
    var intercept: [Double]
    var regression: Estimates
    var unknown: [Unknown?]

    init(_ settings: Settings, _ count: Int) {
      self.settings = settings
      counts = Array(repeating: nil, count: count)
      slope = Estimates(unknown: .missing, count: count, confidences: settings.confidences)
      (ratio, regression) = (slope, slope)
      intercept = Array(repeating: .nan, count: count)
      unknown = Array(repeating: nil, count: count)
    }

    mutating func set(
      _ group: Int, _ name: [String], _ count: Int, _ quantiles: SlopeIndex.Quantiles,
      _ given: SlopeSettings
    ) {
      let line = SlopeIndex(
        quantiles, isTransformed: given.isTransformed, multiplier: given.multiplier,
        confidences: settings.confidences)
      // Each group draws by its name, so that its limits do not depend on which others are there.
      let draws = SlopeIndexSimulation(
        quantiles, isTransformed: given.isTransformed, multiplier: given.multiplier,
        confidences: settings.confidences, draws: given.draws,
        seed: given.seed ^ Self.hash(name))
      counts[group] = count
      intercept[group] = line.intercept
      slope.set(group, line.slopeIndex, draws.slopeIndex)
      ratio.set(group, line.relativeIndex, draws.relativeIndex)
      if let limits = line.regressionLimits { regression.set(group, line.slopeIndex, limits) }
    }

    /// The same number for the same name, now and later: FNV-1a.
    private static func hash(_ name: [String]) -> UInt64 {
      name.joined(separator: "\u{1F}").utf8.reduce(0xCBF2_9CE4_8422_2325) {
        ($0 ^ UInt64($1)) &* 0x100_0000_01B3
      }
    }

    func columns(
      _ groups: RowGroups, _ slope: SlopeSettings, isErrorGiven: Bool
    ) -> [(name: String, values: ResultTable.Values)] {
      let count = groups.keys.count
      func all<Value>(_ value: Value) -> [Value] { Array(repeating: value, count: count) }
      var columns = groups.columns()
      columns += [
        ("n_quantiles", .integer(counts)), ("value_type", .integer(all(slope.kind.rawValue))),
        ("transform", .flag(all(slope.isTransformed))),
        ("multiplier", .number(all(slope.multiplier))), ("se_supplied", .flag(all(isErrorGiven))),
        ("sii", .number(self.slope.values)), ("rii", .number(ratio.values)),
        ("intercept", .number(intercept)),
      ]
      columns += self.slope.columns(.wide, prefix: "sii", hasStatus: false).dropFirst()
      columns += ratio.columns(.wide, prefix: "rii", hasStatus: false).dropFirst()
      columns += regression.columns(.wide, prefix: "sii_regression", hasStatus: false).dropFirst()
      columns.append(
        (
          "status",
          .text(unknown.map { $0.map { "unknown: \($0.text)" } ?? "known" })
        ))
      return columns
    }
  }

  /// The concentration index, Gini's and Theil's of each group's rows.
  ///
  /// - Parameter parts: the column whose values the indices are decomposed by.
  public static func dispersion(
    _ settings: Settings, value: String, population: String, rank: String?, parts: String?,
    isShare: Bool
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups + [parts].compactMap { $0 },
      numbers: [value, population] + [rank].compactMap { $0 })
    try table.refuseNegative(value)
    try table.refuseNegative(population)
    if let rank {
      let ranks = table.number(rank)
      try table.refuse("The rank is missing.", hint: "Every unit has its place in the order.") {
        ranks[$0].isNaN
      }
    }
    if isShare {
      let shares = table.number(value)
      try table.refuse(
        "The value is no share from 0 to 1.",
        hint: "Divide percentages by 100, or leave --shares out."
      ) { shares[$0] > 1 }
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    var numbers: [String: [Double]] = [:]
    let names = [
      "concentration_index", "concentration_index_wagstaff", "concentration_index_erreygers",
      "gini", "gini_between", "gini_within", "gini_overlap", "theil", "theil_between",
      "theil_within", "mean_log_deviation",
    ]
    for name in names { numbers[name] = Array(repeating: .nan, count: groups.keys.count) }
    var unknown = [Unknown?](repeating: nil, count: groups.keys.count)
    for (group, rows) in groups.grouping.rows.enumerated() {
      let pick = { (name: String) in rows.map { table.number(name)[$0] } }
      do throws(NoEstimate) {
        let spread = try Dispersion(
          values: pick(value), populations: pick(population),
          groups: parts.map { name in Grouping(rows.map { table.text(name)[$0] }) })
        numbers["gini"]?[group] = spread.gini
        numbers["theil"]?[group] = spread.theil
        numbers["mean_log_deviation"]?[group] = spread.meanLogDeviation ?? .nan
        if let parts = spread.parts {
          numbers["gini_between"]?[group] = parts.giniBetween
          numbers["gini_within"]?[group] = parts.giniWithin
          numbers["gini_overlap"]?[group] = parts.giniOverlap
          numbers["theil_between"]?[group] = parts.theilBetween
          numbers["theil_within"]?[group] = parts.theilWithin
        }
        guard let rank else { continue }
        let index = try ConcentrationIndex(
          values: pick(value), populations: pick(population), ranks: pick(rank), isShare: isShare)
        numbers["concentration_index"]?[group] = index.value
        numbers["concentration_index_wagstaff"]?[group] = index.wagstaff ?? .nan
        numbers["concentration_index_erreygers"]?[group] = index.erreygers ?? .nan
      } catch {
        unknown[group] = error.reason
      }
    }
    let kept = names.filter { name in
      (rank != nil || !name.hasPrefix("concentration"))
        && (isShare || !name.contains("index_"))
        && (parts != nil || !["between", "within", "overlap"].contains { name.hasSuffix($0) })
    }
    return ResultTable(
      groups.columns() + kept.map { ($0, .number(numbers[$0] ?? [])) } + [
        ("status", .text(unknown.map { $0.map { "unknown: \($0.text)" } ?? "known" }))
      ])
  }

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
    try requireOnce(
      table, RowGroups(table, by: settings.groups, isEachRow: false), parts, what: part)
    func known(_ row: Int) -> Estimate.Known? {
      guard !(values[row] + low[row] + high[row]).isNaN else { return nil }
      return Estimate.Known(
        value: values[row],
        intervals: [Interval(lower: low[row], upper: high[row], confidence: confidence)])
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    var differences = [Estimate.Known?](repeating: nil, count: table.rowCount)
    var ratios = differences
    var status = [String?](repeating: "known", count: table.rowCount)
    for (group, rows) in groups.grouping.rows.enumerated() {
      guard let base = rows.first(where: { parts[$0] == reference }) else {
        throw noReference(groups, group, part, reference, settings.file, rows[0])
      }
      for row in rows {
        guard let one = known(row), let other = known(base) else {
          status[row] = "unknown: \(Unknown.missing.text)"
          continue
        }
        guard row != base else { continue }
        differences[row] = RateComparison.difference(one, other)
        ratios[row] = RateComparison.ratio(one, other)
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

extension FileStatistics.ValueErrors {
  fileprivate var isStandardError: Bool {
    if case .standardError = self { true } else { false }
  }
}
