public import ArgumentParser
import FileTools
import Foundation
public import Statistics

/// What a funnel is of.
struct FunnelOptions: ParsableArguments {
  enum Statistic: String, ExpressibleByArgument, CaseIterable { case proportion, ratio, rate }
  enum RatioType: String, ExpressibleByArgument, CaseIterable { case count, isr }
  enum RateType: String, ExpressibleByArgument, CaseIterable { case dsr, crude }

  @Option(help: "What the groups' values are: proportion, ratio or rate.")
  var statistic: Statistic

  @Option(
    name: [.customLong("events"), .customLong("numerator")],
    help: ArgumentHelp("The column with the events.", valueName: "column"))
  var events: String

  @Option(
    name: [.customLong("population"), .customLong("denominator")],
    help: ArgumentHelp(
      "The column with the population, or the expected events of a ratio.", valueName: "column"))
  var population: String

  @Option(help: ArgumentHelp("The column with the rate, for rates.", valueName: "column"))
  var rate: String?

  @Option(help: "For ratios: count (less 1) or isr (times 100).")
  var ratioType = RatioType.count

  @Option(help: "For rates: dsr or crude.")
  var rateType = RateType.crude

  @Option(help: "What values are multiplied by: 100 for percentages, 100000 for rates.")
  var multiplier: Double?

  @Option(help: "For rates: over how many years their events were counted.")
  var years = 1.0

  func validate() throws {
    guard (statistic == .rate) == (rate != nil) else {
      throw ValidationError("--rate names the column of rates, and goes with --statistic rate.")
    }
    guard years > 0, multiplier ?? 1 > 0 else {
      throw ValidationError("Years and multiplier are above zero.")
    }
  }

  var columns: FileStatistics.FunnelColumns {
    FileStatistics.FunnelColumns(events: events, population: population, rate: rate)
  }

  var value: Funnel.Statistic {
    switch statistic {
    case .proportion: .proportion(per: multiplier ?? 100)
    case .ratio: .ratio(isDifference: ratioType == .count)
    case .rate:
      .rate(isStandardised: rateType == .dsr, per: multiplier ?? 100_000, years: years)
    }
  }
}

struct FunnelLimitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "funnel-limits", abstract: "The lines of a funnel plot, at 100 places.",
    discussion: """
      Example:

        kith stats funnel-limits practices.csv --statistic proportion \\
          --events x --population n
      """,
    aliases: ["funnel_limits"])

  @OptionGroup var options: StatsOptions
  @OptionGroup var funnel: FunnelOptions

  func run() throws {
    try options.write(
      FileStatistics.funnelLimits(options.settings(), funnel.columns, funnel.value))
  }
}

struct FunnelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "funnel",
    abstract: "Where each row lies in a funnel: within the limits, or beyond 2 or 3 of them.",
    discussion: """
      Example:

        kith stats funnel practices.csv --statistic proportion --events x \\
          --population n --area practice
      """)

  @OptionGroup var options: StatsOptions
  @OptionGroup var funnel: FunnelOptions

  @Option(help: ArgumentHelp("The column that names the rows.", valueName: "column"))
  var area: String?

  func run() throws {
    try options.write(
      FileStatistics.funnelPoints(options.settings(), funnel.columns, funnel.value, area: area))
  }
}

struct FunnelOD: ParsableCommand {
  enum DataType: String, ExpressibleByArgument, CaseIterable {
    case sr = "SR", pr = "PR", rc = "RC"
  }
  enum Method: String, ExpressibleByArgument, CaseIterable { case shmi = "SHMI", cqc = "CQC" }

  static let configuration = CommandConfiguration(
    commandName: "funnel-od",
    abstract: "Funnel limits that allow for over-dispersion, and who lies outside of them.",
    discussion: """
      Data are standardised ratios (SR, with the method SHMI or CQC), proportions (PR) or ratios of counts (RC). \
      Example:

        kith stats funnel-od trusts.csv --numerator deaths \\
          --denominator expected --area trust --sr-method SHMI
      """,
    aliases: ["funnel_od"])

  @OptionGroup var options: StatsOptions

  @Option(
    name: [.customLong("numerator"), .customLong("events")],
    help: ArgumentHelp("The column with the events.", valueName: "column"))
  var numerator = "numerator"

  @Option(
    name: [.customLong("denominator"), .customLong("population")],
    help: ArgumentHelp(
      "The column with the expected events or the population.", valueName: "column"))
  var denominator = "denominator"

  @Option(help: ArgumentHelp("The column that names the rows.", valueName: "column"))
  var area: String?

  @Option(help: "SR, PR or RC.")
  var dataType = DataType.sr

  @Option(help: "For SR: SHMI or CQC.")
  var srMethod = Method.shmi

  @Option(help: "How much of each end is left out or drawn in.")
  var trim = 0.1

  @Option(help: "What ratios are multiplied by.")
  var multiplier = 1.0

  @Option(
    help:
      "reference: limits as FunnelPlotR draws them, which for CQC and RC are not those of the z-scores; scores: those of the z-scores."
  )
  var limits = OverDispersion.LimitScale.reference

  func run() throws {
    guard (0..<0.5).contains(trim), trim > 0, multiplier > 0 else {
      throw ValidationError("The share that is trimmed is above 0 and below 0.5.")
    }
    let transformation: OverDispersion.Transformation =
      switch dataType {
      case .sr: srMethod == .shmi ? .shmi : .cqc
      case .pr: .proportion
      case .rc: .counts
      }
    try options.write(
      FileStatistics.overDispersion(
        options.settings(), numerator: numerator, denominator: denominator, area: area,
        transformation: transformation, trimmedShare: trim, per: multiplier, scale: limits))
  }
}

extension OverDispersion.LimitScale: ExpressibleByArgument {}
