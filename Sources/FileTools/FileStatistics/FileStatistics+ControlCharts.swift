import Definitions
import Foundation
public import Statistics
public import TableFiles

extension FileStatistics {
  /// How control charts are drawn.
  public struct ChartSettings: Sendable {
    public var kind = ControlChart.Kind.xmr
    public var options = ControlChart.Options()
    public var improvement = ImprovementDirection.neutral
    public var target: Double?
    /// The dates at which the process began anew.
    public var rebases: [String] = []

    public init() {}
  }

  /// The control chart of one group.
  public struct SeriesChart: Sendable {
    /// The group's values, joined; empty without groups.
    public let name: String
    public let dates: [String]
    public let chart: ControlChart
    public let cause: ControlCause
    public let assurance: ControlAssurance?
  }

  /// What comes of control charts: a row a point, a row a part of a series with limits of its own, and the charts.
  public struct ChartResult: Sendable {
    public let points: ResultTable
    public let summary: ResultTable
    public let charts: [SeriesChart]
    /// What somebody who looks at the charts should know, in sentences.
    public let notes: [String]
  }

  /// Control charts of each group's values in order of time.
  ///
  /// - Parameters:
  ///   - value: values, or the events of a P or U chart.
  ///   - population: the denominators of a P or U chart.
  public static func controlCharts(
    _ settings: Settings, date: String, value: String, population: String?, _ given: ChartSettings
  ) throws -> ChartResult {
    let table = try NumberTable(
      settings.file, texts: settings.groups + [date],
      numbers: [value] + [population].compactMap { $0 })
    let texts = table.text(date)
    let dates = ChartDates(texts)
    try table.refuse(
      "The column '\(date)' is no date.",
      hint:
        "Write days as 2024-04-01 or 01/04/2024, months as 2024-04 or Apr-24, and periods as 2024 Q2, 2024/25 or 2024."
    ) { dates.days[$0] == nil }
    guard !dates.ordersConflict else {
      throw Problem(
        file: settings.file.url.path,
        "The column '\(date)' has dates with the day first and others with the month first.",
        hint: "Write all of them as 2024-04-01.")
    }
    let order = dates.days.map { $0 ?? 0 }
    if given.kind != .xmr && given.kind != .run {
      try table.refuseNegative(value)
    }
    if let population { try table.refuseNegative(population) }
    if let population, given.kind == .p {
      let (events, people) = (table.number(value), table.number(population))
      try table.refuse(
        "There are more '\(value)' than '\(population)'.",
        hint: "A P chart is of shares; for events that can come twice take --chart u."
      ) { events[$0] > people[$0] }
    }
    let rebases = try given.rebases.map { text in
      guard let day = dates.day(text) else {
        throw Problem(
          file: settings.file.url.path, "'\(text)' is no date to begin anew at.",
          hint: "Write it as 2024-04-01.")
      }
      return day
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    try requireOnce(table, groups, order, what: date)
    guard (population != nil) == (given.kind == .p || given.kind == .u) else {
      throw Problem(
        file: settings.file.url.path, "P and U charts have a population, and no others have.",
        hint: "Name it for those alone.")
    }
    var points = PointColumns(table.rowCount)
    var summary = SummaryColumns()
    var charts: [SeriesChart] = []
    var wasSorted = false
    var sortedRows: [Int] = []
    for (group, unsorted) in groups.grouping.rows.enumerated() {
      let rows = unsorted.sorted { order[$0] < order[$1] }
      if rows != unsorted { wasSorted = true }
      var options = given.options
      // A date that no point has begins nothing anew, as in the reference.
      options.rebases = rebases.compactMap { day in rows.firstIndex { order[$0] == day } }
      let values = rows.map { table.number(value)[$0] }
      let chart =
        population.map { name in
          ControlChart(
            events: values, denominators: rows.map { table.number(name)[$0] }, kind: given.kind,
            options: options)
        } ?? ControlChart(values, kind: given.kind, options: options)
      points.set(rows, chart, given.improvement)
      let series = SeriesChart(
        name: groups.keys[group].map { $0.isEmpty ? "(empty)" : $0 }.joined(separator: ", "),
        dates: rows.map { texts[$0] },
        chart: chart, cause: chart.cause(improvement: given.improvement),
        assurance: given.target.flatMap {
          chart.assurance(target: $0, improvement: given.improvement)
        })
      charts.append(series)
      summary.add(group, series, given)
      sortedRows += rows
    }
    var notes = dates.notes
    if let gap = Gap(groups.grouping.rows.map { $0.map { order[$0] } }) { notes.append(gap.words) }
    if wasSorted {
      notes.append("The rows were not in order of their dates, and were put in order.")
    }
    let known = Set(order)
    for (text, day) in zip(given.rebases, rebases) where !known.contains(day) {
      notes.append("No row has the date \(text), so nothing begins anew there.")
    }
    if let first = given.options.fixAfter {
      let shorter = charts.count { $0.dates.count <= first }
      if shorter > 0 {
        notes.append(
          "\(shorter) of \(charts.count) series have no more than \(first) points: their limits are of all of them."
        )
      }
    }
    let numbers = groups.grouping.group.map(Int.init)
    let pointTable = ResultTable(
      groups.columns(groups: sortedRows.map { numbers[$0] })
        + [
          (date, .text(sortedRows.map { texts[$0] })),
          ("value", .number(sortedRows.map { points.value[$0] })),
        ] + points.columns(sortedRows))
    return ChartResult(
      points: pointTable,
      summary: ResultTable(groups.columns(groups: summary.groups) + summary.columns),
      charts: charts, notes: notes)
  }

  /// The columns of points, by the rows of the file.
  private struct PointColumns {
    var value: [Double]
    var part: [Int?]
    var centre: [Double]
    var lower: [Double]
    var upper: [Double]
    var isOutside: [Bool?]
    var side: [Int?]
    var isNear: [Bool?]
    var rule: [String?]
    var cause: [String?]
    var isShort: [Bool?]

    init(_ count: Int) {
      value = Array(repeating: .nan, count: count)
      (centre, lower, upper) = (value, value, value)
      part = Array(repeating: nil, count: count)
      side = part
      isOutside = Array(repeating: nil, count: count)
      (isNear, isShort) = (isOutside, isOutside)
      rule = Array(repeating: nil, count: count)
      cause = rule
    }

    mutating func set(_ rows: [Int], _ chart: ControlChart, _ improvement: ImprovementDirection) {
      for (number, part) in chart.parts.enumerated() {
        for point in part.rows {
          let row = rows[point]
          self.part[row] = number
          isShort[row] = part.isShort
          value[row] = chart.values[point]
          centre[row] = chart.centre[point]
          lower[row] = chart.lower[point]
          upper[row] = chart.upper[point]
          guard !chart.values[point].isNaN else { continue }
          side[row] = chart.sides[point]
          if !chart.lower[point].isNaN {
            isOutside[row] = !chart.signals[point].isDisjoint(with: .outsideLimits)
            isNear[row] = chart.isNearLimit[point]
          }
          rule[row] = chart.signals[point].title(chart)
          cause[row] = ControlCause(chart.signals[point], improvement: improvement).rawValue
        }
      }
    }

    func columns(_ rows: [Int]) -> [(name: String, values: ResultTable.Values)] {
      func pick<Value>(_ values: [Value]) -> [Value] { rows.map { values[$0] } }
      return [
        ("rebase_group", .integer(pick(part))), ("mean", .number(pick(centre))),
        ("lpl", .number(pick(lower))), ("upl", .number(pick(upper))),
        ("outside_limits", .flag(pick(isOutside))), ("relative_to_mean", .integer(pick(side))),
        ("close_to_limits", .flag(pick(isNear))), ("special_cause_type", .text(pick(rule))),
        ("point_type", .text(pick(cause))), ("short_group_warning", .flag(pick(isShort))),
      ]
    }
  }

  /// The columns of the summary: a row a part of a series.
  private struct SummaryColumns {
    var groups: [Int] = []
    var rows: [(part: Int, mean: Double, lower: Double, upper: Double, count: Int)] = []
    var counts: [[Int]] = []
    var words: [[String?]] = []

    mutating func add(_ group: Int, _ series: SeriesChart, _ given: ChartSettings) {
      let chart = series.chart
      for (number, part) in chart.parts.enumerated() {
        let known = part.rows.filter { !chart.values[$0].isNaN }
        let last = part.rows.upperBound - 1
        let causes = known.map { ControlCause(chart.signals[$0], improvement: given.improvement) }
        groups.append(group)
        rows.append(
          (number, chart.centre[last], chart.lower[last], chart.upper[last], known.count))
        counts.append(
          [ControlCause.common, .improvement, .concern].map { cause in causes.count { $0 == cause }
          })
        let cause = chart.cause(improvement: given.improvement, part: part)
        let assurance = given.target.flatMap {
          chart.assurance(target: $0, improvement: given.improvement, part: part)
        }
        words.append([
          cause.rawValue, assurance?.rawValue, cause.icon(given.improvement), assurance?.icon,
          number == chart.parts.count - 1
            ? chart.unknown.map { "no limits: \($0.text)" } ?? "known"
            : chart.lower[last].isNaN && chart.kind != .run ? "no limits" : "known",
        ])
      }
    }

    var columns: [(name: String, values: ResultTable.Values)] {
      func count(_ place: Int) -> ResultTable.Values { .integer(counts.map { $0[place] }) }
      func word(_ place: Int) -> ResultTable.Values { .text(words.map { $0[place] }) }
      return [
        ("rebase_group", .integer(rows.map(\.part))), ("mean", .number(rows.map(\.mean))),
        ("lpl", .number(rows.map(\.lower))), ("upl", .number(rows.map(\.upper))),
        ("n", .integer(rows.map(\.count))), ("common_cause", count(0)),
        ("special_cause_improvement", count(1)), ("special_cause_concern", count(2)),
        ("variation_type", word(0)), ("assurance_type", word(1)), ("variation_icon", word(2)),
        ("assurance_icon", word(3)), ("status", word(4)),
      ]
    }
  }
}

extension ControlSignals {
  /// The rule that leads, in the words of the field's package.
  fileprivate func title(_ chart: ControlChart) -> String {
    let (shift, trend) = (chart.options.shiftLength, chart.options.trendLength)
    switch leading {
    case .aboveLimit: return "Above UCL"
    case .belowLimit: return "Below LCL"
    case .shiftUp: return "\(shift) Points Above CL"
    case .shiftDown: return "\(shift) Points Below CL"
    case .trendUp: return "\(trend) Point Trend (Increasing)"
    case .trendDown: return "\(trend) Point Trend (Decreasing)"
    case .nearUpper: return "2 in 3 Above CL"
    case .nearLower: return "2 in 3 Below CL"
    default: return "Common Cause"
    }
  }
}

extension ControlCause {
  /// The file of NHS England's icon for it.
  fileprivate func icon(_ improvement: ImprovementDirection) -> String {
    switch self {
    case .common: "common_cause.svg"
    case .improvement: improvement == .increase ? "improvement_high.svg" : "improvement_low.svg"
    case .concern: improvement == .increase ? "concern_low.svg" : "concern_high.svg"
    case .neutralHigh: "neutral_high.svg"
    case .neutralLow: "neutral_low.svg"
    }
  }
}

extension ControlAssurance {
  fileprivate var icon: String {
    switch self {
    case .consistentPass: "pass.svg"
    case .consistentFail: "fail.svg"
    case .inconsistent: "inconsistent.svg"
    }
  }
}
