import Definitions
import Foundation
public import Statistics
public import TableFiles

extension FileStatistics {
  /// The columns of a funnel.
  public struct FunnelColumns: Sendable {
    public var events: String
    /// The population, the expected events, or what a rate's events are of.
    public var population: String
    public var rate: String?

    public init(events: String, population: String, rate: String? = nil) {
      self.events = events
      self.population = population
      self.rate = rate
    }

    fileprivate var all: [String] { [events, population] + [rate].compactMap { $0 } }
  }

  /// One funnel a group, with the rows that are in it.
  private static func funnels(
    _ settings: Settings, _ columns: FunnelColumns, _ statistic: Funnel.Statistic, texts: [String]
  ) throws -> (table: NumberTable, groups: RowGroups, funnels: [Funnel]) {
    let table = try NumberTable(
      settings.file, texts: settings.groups + texts, numbers: columns.all)
    for name in columns.all { try table.refuseNegative(name) }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    let funnels = try groups.grouping.rows.map { rows in
      let pick = { (name: String) in rows.map { table.number(name)[$0] } }
      do throws(FunnelProblem) {
        return try Funnel(
          events: pick(columns.events), denominators: pick(columns.population),
          rates: columns.rate.map(pick) ?? [], statistic: statistic)
      } catch {
        throw problem(error, rows, settings.file)
      }
    }
    return (table, groups, funnels)
  }

  private static func problem(_ error: FunnelProblem, _ rows: [Int], _ file: TableFile) -> Problem {
    Problem(
      file: file.url.path, line: file.line(ofRow: rows[error.row]),
      "The row has no place in a funnel: \(error.reason.text).",
      hint: "Leave the row out, or mend it: a funnel's middle is made of all its rows.")
  }

  /// The lines of each group's funnel at 100 places.
  public static func funnelLimits(
    _ settings: Settings, _ columns: FunnelColumns, _ statistic: Funnel.Statistic
  ) throws -> ResultTable {
    let (_, groups, funnels) = try funnels(settings, columns, statistic, texts: [])
    let limits = funnels.map { $0.limits() }
    let all = limits.flatMap { $0 }
    return ResultTable(
      groups.columns(
        groups: limits.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element.count) }
      )
        + [
          ("x_axis", .number(all.map(\.x))), ("lower_2s_limit", .number(all.map(\.lower2))),
          ("upper_2s_limit", .number(all.map(\.upper2))),
          ("lower_3s_limit", .number(all.map(\.lower3))),
          ("upper_3s_limit", .number(all.map(\.upper3))),
          ("baseline", .number(all.map { $0.baseline ?? .nan })),
        ])
  }

  /// Where each row lies in its group's funnel.
  ///
  /// - Parameter area: the column that names the rows.
  public static func funnelPoints(
    _ settings: Settings, _ columns: FunnelColumns, _ statistic: Funnel.Statistic, area: String?
  ) throws -> ResultTable {
    let (table, groups, funnels) = try funnels(
      settings, columns, statistic, texts: [area].compactMap { $0 })
    var significance = [String?](repeating: nil, count: table.rowCount)
    var rates = [Double](repeating: .nan, count: table.rowCount)
    var derived = rates
    for (group, rows) in groups.grouping.rows.enumerated() {
      let funnel = funnels[group]
      for (index, place) in funnel.significance().enumerated() {
        let row = rows[index]
        significance[row] = place.rawValue
        guard case .rate(let isStandardised, _, let years) = statistic, let rate = columns.rate
        else { continue }
        // A standardised rate of fewer than ten events is not drawn.
        let isDrawn =
          !isStandardised || place != .tooFewEvents
        if isDrawn, let denominator = funnel.denominators[index] {
          rates[row] = table.number(rate)[row]
          derived[row] = denominator / years
        }
      }
    }
    var result = groups.columns(groups: groups.grouping.group.map(Int.init))
    if let area { result.append((area, .text(table.text(area).map(Optional.some)))) }
    result += columns.all.map { ($0, .number(table.number($0))) }
    result.append(("significance", .text(significance)))
    if case .rate = statistic {
      result += [("rate_chart", .number(rates)), ("denominator_derived", .number(derived))]
    }
    let alone = groups.grouping.rows.count { $0.count == 1 }
    return ResultTable(
      result,
      notes: alone == 0
        ? []
        : [
          "\(alone) of \(groups.keys.count) funnels have one row, which is its own baseline: --by names what funnels are told apart by, --area what their rows are."
        ])
  }

  /// Each row beside limits that allow for over-dispersion.
  public static func overDispersion(
    _ settings: Settings, numerator: String, denominator: String, area: String?,
    transformation: OverDispersion.Transformation, trimmedShare: Double, per: Double,
    scale: OverDispersion.LimitScale
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups + [area].compactMap { $0 },
      numbers: [numerator, denominator])
    try table.refuseNegative(numerator)
    try table.refuseNegative(denominator)
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    var found = [OverDispersion.Group?](repeating: nil, count: table.rowCount)
    var summary = [(phi: Double, tau2: Double, target: Double)](
      repeating: (.nan, .nan, .nan), count: table.rowCount)
    for rows in groups.grouping.rows {
      let pick = { (name: String) in rows.map { table.number(name)[$0] } }
      do throws(FunnelProblem) {
        let result = try OverDispersion(
          numerators: pick(numerator), denominators: pick(denominator),
          transformation: transformation, trimmedShare: trimmedShare, per: per, scale: scale)
        for (index, row) in rows.enumerated() {
          found[row] = result.groups[index]
          summary[row] = (result.dispersion, result.variance, result.target)
        }
      } catch {
        throw problem(error, rows, settings.file)
      }
    }
    func column(_ value: (OverDispersion.Group) -> Double) -> ResultTable.Values {
      .number(found.map { $0.map(value) ?? .nan })
    }
    var columns = groups.columns(groups: groups.grouping.group.map(Int.init))
    if let area { columns.append((area, .text(table.text(area).map(Optional.some)))) }
    columns += [
      (numerator, .number(table.number(numerator))),
      (denominator, .number(table.number(denominator))),
      ("rr", column(\.ratio)), ("z", column(\.z)), ("LCL95", column(\.limits95.lower)),
      ("UCL95", column(\.limits95.upper)), ("LCL99", column(\.limits998.lower)),
      ("UCL99", column(\.limits998.upper)), ("OD95LCL", column(\.adjusted95.lower)),
      ("OD95UCL", column(\.adjusted95.upper)), ("OD99LCL", column(\.adjusted998.lower)),
      ("OD99UCL", column(\.adjusted998.upper)),
      ("outlier", .integer(found.map { $0.map { $0.isOutlier ? 1 : 0 } })),
      ("phi", .number(summary.map(\.phi))), ("tau2", .number(summary.map(\.tau2))),
      ("target", .number(summary.map(\.target))),
    ]
    return ResultTable(columns)
  }
}
