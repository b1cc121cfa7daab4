import Definitions
import Foundation
public import Statistics
public import TableFiles

extension FileStatistics {
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
    try requireEachQuantile(table, order, quantile)
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
    // Quintiles, deciles, vigintiles and centiles: with another number one may have been left out at the end.
    let isUnusual = most > 0 && ![5, 10, 20, 100].contains(most)
    let fewer = columns.counts.count { $0.map { $0 < most } ?? false }
    return ResultTable(
      columns.columns(groups, slope, isErrorGiven: errors.isStandardError),
      notes: (isUnusual
        ? ["Slopes are of \(most) quantiles: if there are more, give the rows that are missing."]
        : [])
        + (fewer == 0
          ? []
          : [
            "\(fewer) of \(columns.counts.count) groups have fewer than \(most) quantiles: their slopes are of the people of those alone."
          ]))
  }

  /// Refuses quantiles numbered from 1 of which one has no row in any group.
  private static func requireEachQuantile(
    _ table: NumberTable, _ order: [Double], _ column: String
  ) throws {
    let known = Set(order)
    // Other numbers, such as the means of ranks, only put the quantiles in order.
    guard let last = known.max(), last <= 100, known.allSatisfy({ $0 >= 1 && $0 == $0.rounded() }),
      2 * known.count > Int(last)
    else { return }
    guard let missing = (1...Int(last)).first(where: { !known.contains(Double($0)) }) else {
      return
    }
    throw Problem(
      file: table.file.url.path,
      "No row has \(missing) in '\(column)'; its numbers go up to \(Int(last)).",
      hint: "Give every quantile a row, with an empty value where it is not known.")
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
}

extension FileStatistics.ValueErrors {
  fileprivate var isStandardError: Bool {
    if case .standardError = self { true } else { false }
  }
}
