public import ArgumentParser
import Charts
import Definitions
import FileTools
import Foundation
public import Statistics
import TableFiles

struct SPC: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spc",
    abstract: "Control charts: which points of a series signal a change with a cause of its own.",
    discussion: """
      The rules are those of NHS England's Making Data Count: a point outside of the limits, seven on one side of \
      the mean, seven rising or falling (--trend 6 for six), two of three near a limit. A row is a point; dates \
      are 2024-04-01, 2024-04, 2024 or 01/04/2024. Examples:

        kith spc waits.csv --date month --value over_4_hours \\
          --improvement decrease --target 5 --svg chart.svg
        kith spc waits.csv --date month --value waits --by trust \\
          --rebase 2023-04-01 --summary summary.csv --output points.csv
        kith spc falls.csv --date month --value falls --population bed_days \\
          --chart u
      """)

  @Argument(help: "The table: .csv or .parquet.", completion: .file())
  var input: String

  @Flag(
    help:
      "Full stops in numbers are decimal points, also in a file of semicolons whose numbers all have three digits behind them."
  )
  var decimalPoints = false

  @Option(help: ArgumentHelp("The column with the date.", valueName: "column"))
  var date: String

  @Option(
    help: ArgumentHelp("The column with the value, or the events.", valueName: "column"))
  var value: String

  @Option(
    help: ArgumentHelp(
      "The columns that tell series apart, parted by commas.", valueName: "columns"))
  var by: String?

  @Option(
    help: ArgumentHelp("The column with the denominators of a P or U chart.", valueName: "column"))
  var population: String?

  @Option(
    help:
      "xmr (values), p (shares), u (rates), c (counts), g (cases between), t (time between) or run (median)."
  )
  var chart = ControlChart.Kind.xmr

  @Option(help: "Which way is better: increase, decrease or neutral.")
  var improvement = ImprovementDirection.neutral

  @Option(help: "The target, to see whether the process will meet it.")
  var target: Double?

  @Option(
    help: ArgumentHelp(
      "The dates at which the process began anew, parted by commas.", valueName: "dates"))
  var rebase: String?

  @Option(help: "Take the limits of so many first points (12 or more) of each part.")
  var fixAfter: Int?

  @Option(help: "How many points rising or falling are a trend: 7, or 6; 5 for run charts.")
  var trend: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Leave moving ranges out of the limits that are outliers themselves.")
  var screen = true

  @Option(
    name: .shortAndLong,
    help: "The file to write the points to, .csv or .parquet; the terminal if left out.",
    completion: .file())
  var output: String?

  @Option(help: "Write the limits and what they say to this file too.", completion: .file())
  var summary: String?

  @Option(help: "Draw the chart into this file; for one series.", completion: .file())
  var svg: String?

  @Option(help: "Where there is no output file, how the table is printed: table, csv or json.")
  var format = OutputFormat.table

  func validate() throws {
    guard (population != nil) == (chart == .p || chart == .u) else {
      throw ValidationError("--population goes with --chart p or u.")
    }
    guard fixAfter.map({ $0 >= 12 }) ?? true else {
      throw ValidationError("--fix-after is 12 or more: fewer points give no limits to rely on.")
    }
    guard trend.map({ (5...9).contains($0) }) ?? true else {
      throw ValidationError("A trend is 5 to 9 points.")
    }
    guard target?.isFinite ?? true else { throw ValidationError("The target is a number.") }
    if let svg, !svg.lowercased().hasSuffix(".svg") {
      throw ValidationError("'\(svg)' does not end in .svg.")
    }
  }

  func run() throws {
    let tables = [output, summary].compactMap { $0 }
    try OutputFiles.check(
      tables + [svg].compactMap { $0 }, inputs: [input], tables: tables.count)
    var settings = FileStatistics.ChartSettings()
    settings.kind = chart
    settings.options = chart == .run ? .runChart : ControlChart.Options()
    settings.options.screensOutliers = screen
    settings.options.fixAfter = fixAfter
    if let trend { settings.options.trendLength = trend }
    settings.improvement = improvement
    settings.target = target
    settings.rebases = rebase?.list ?? []
    let result = try FileStatistics.controlCharts(
      FileStatistics.Settings(
        TableFile(URL(fileURLWithPath: input), hasDecimalPoints: decimalPoints),
        groups: by?.list ?? []),
      date: date, value: value, population: population, settings)
    for note in result.notes { print(error: note) }
    try OutputFiles.requireNames(result.points, input: input)
    try OutputFiles.requireNames(result.summary, input: input)
    if svg != nil, result.charts.count != 1 {
      throw ValidationError(
        "There are \(result.charts.count) series; --svg draws one. Leave --by out, or one series in the file."
      )
    }
    if let summary { try result.summary.write(to: URL(fileURLWithPath: summary)) }
    if let output {
      try result.points.write(to: URL(fileURLWithPath: output))
      print(error: "Wrote \(result.points.rowCount) rows to \(output).")
    } else {
      print(try result.points.text(format))
    }
    if let svg, let series = result.charts.first {
      try draw(series, to: URL(fileURLWithPath: svg))
    }
    for series in result.charts.prefix(20) { print(error: sentence(series)) }
  }

  /// What a series says, in a sentence.
  private func sentence(_ series: FileStatistics.SeriesChart) -> String {
    let signals = series.chart.signals.count { !$0.isEmpty }
    let points = series.chart.values.count { !$0.isNaN }
    let name = series.name.isEmpty ? "" : "\(series.name): "
    if let reason = series.chart.unknown {
      return "\(name)no limits, as \(reason.text)."
    }
    let without =
      series.chart.kind == .run
      ? 0 : series.chart.parts.count { $0.rows.allSatisfy { series.chart.lower[$0].isNaN } }
    let few = series.chart.parts.contains { $0.isShort } && series.chart.kind != .run
    var text =
      signals == 0
      ? "all \(points) points are within the usual variation"
      : "\(signals) of \(points) points signal a change with a cause of its own"
    switch series.cause {
    case .common: text += signals == 0 ? "" : "; the last is within the usual variation"
    case .improvement: text += "; the last is one of them, for the better"
    case .concern: text += "; the last is one of them, for the worse"
    case .neutralHigh: text += "; the last is one of them, and high"
    case .neutralLow: text += "; the last is one of them, and low"
    }
    switch series.assurance {
    case .consistentPass: text += ". As it is, the process meets its target"
    case .consistentFail: text += ". As it is, the process will not meet its target"
    case .inconsistent: text += ". Whether it meets its target is left to chance"
    case nil: break
    }
    if without > 0 { text += ". \(without) of its parts have no limits" }
    if few { text += ". Limits of twelve points or fewer may still move much" }
    return "\(name)\(text)."
  }

  private func draw(_ series: FileStatistics.SeriesChart, to url: URL) throws {
    let chart = series.chart
    let options = chart.options
    let picture = ControlChartPicture(
      points: chart.values.indices.map { point in
        let cause = ControlCause(chart.signals[point], improvement: improvement)
        return ControlChartPicture.Point(
          period: series.dates[point],
          value: chart.values[point].isNaN ? nil : chart.values[point],
          signals: chart.signals[point].texts(
            shift: options.shiftLength, trend: options.trendLength,
            centre: chart.kind == .g || chart.kind == .run ? "median" : "mean"),
          isImprovement: cause == .improvement ? true : cause == .concern ? false : nil,
          mean: chart.centre[point].isNaN ? nil : chart.centre[point],
          lower: chart.lower[point].isNaN ? nil : chart.lower[point],
          upper: chart.upper[point].isNaN ? nil : chart.upper[point])
      }, target: target, unit: ChartUnit("", decimals: decimals(chart)))
    let heading = series.name.isEmpty ? value : "\(value), \(series.name)"
    let text = picture.svg(id: "chart", title: heading)
    do {
      try Data(standingAlone(text, heading: heading).utf8).write(to: url, options: .atomic)
    } catch {
      throw Problem(file: url.path, "The chart cannot be written.", hint: "Check the folder.")
    }
  }
}

/// As many decimals as tell the limits apart.
private func decimals(_ chart: ControlChart) -> Int {
  let known = chart.values.filter { !$0.isNaN }
  let spread = (known.max() ?? 0) - (known.min() ?? 0)
  return spread >= 100 ? 0 : spread >= 1 ? 1 : spread >= 0.1 ? 2 : 3
}

extension ControlChart.Kind: ExpressibleByArgument {}
extension ImprovementDirection: ExpressibleByArgument {}
