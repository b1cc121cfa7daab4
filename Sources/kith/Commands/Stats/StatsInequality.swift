public import ArgumentParser
import FileTools
import Foundation
public import Statistics

struct QuantileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantile", abstract: "Put values into tenths, fifths or other quantiles.",
    discussion: """
      Equal values share a quantile. Quantile 1 has the highest values, unless --lowest-first. Example:

        kith stats quantile imd.csv --value score --columns lsoa \\
          --quantiles 10
      """)

  @OptionGroup var options: StatsOptions

  @Option(help: ArgumentHelp("The column with the values.", valueName: "column"))
  var value: String

  @Option(help: ArgumentHelp("Columns to carry along, parted by commas.", valueName: "columns"))
  var columns: String?

  @Option(help: "How many quantiles.")
  var quantiles = 10

  @Flag(help: "Quantile 1 has the lowest values.")
  var lowestFirst = false

  func run() throws {
    guard (2...1_000).contains(quantiles) else {
      throw ValidationError("Say how many quantiles: 2 to 1000.")
    }
    try options.write(
      FileStatistics.quantiles(
        options.settings(), value: value, columns: columns?.list ?? [], count: quantiles,
        isHighestFirst: !lowestFirst))
  }
}

extension SlopeIndex.Kind: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "0", "other": self = .other
    case "1", "rate": self = .rate
    case "2", "proportion": self = .proportion
    default: return nil
    }
  }

  public var defaultValueDescription: String { Self.allValueStrings[rawValue] }

  public static var allValueStrings: [String] { ["other", "rate", "proportion"] }
}

struct SII: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sii", abstract: "Slope and relative index of inequality, with simulated limits.",
    discussion: """
      A row is a quantile of a group, 1 the most deprived; 5 to 100 of them. Limits come of drawing the values \
      anew from their errors, and, beside them, of how far the values lie from the line. The same seed gives \
      the same limits. Examples:

        kith stats sii le.csv --by area --quantile decile --population n \\
          --value le --se se
        kith stats sii rates.csv --by area --quantile decile --population n \\
          --value dsr --lower lo --upper hi --value-type rate --transform
      """)

  @OptionGroup var options: StatsOptions

  @Option(help: ArgumentHelp("The column with the quantile's number.", valueName: "column"))
  var quantile: String

  @Option(help: ArgumentHelp("The column with the population.", valueName: "column"))
  var population: String

  @Option(help: ArgumentHelp("The column with the value.", valueName: "column"))
  var value: String

  @Option(help: ArgumentHelp("The column with its lower 95% limit.", valueName: "column"))
  var lower: String?

  @Option(help: ArgumentHelp("The column with its upper 95% limit.", valueName: "column"))
  var upper: String?

  @Option(help: ArgumentHelp("The column with its standard error, instead.", valueName: "column"))
  var se: String?

  @Option(
    help:
      "What the values are: other (0), rate (1), proportion (2). Their errors are even on the scale of logarithms for rates and of logits for proportions."
  )
  var valueType = SlopeIndex.Kind.other

  @Flag(help: "Draw the line through the transformed values.")
  var transform = false

  @Option(
    help: "What the index is multiplied by; below zero the relative index is turned about.")
  var multiplier = 1.0

  @Option(help: "How many times the values are drawn.")
  var repetitions = SlopeIndexSimulation.usualDraws

  @Option(help: "Where the draws begin.")
  var seed: UInt64 = 1

  func validate() throws {
    guard (1_000...10_000_000).contains(repetitions) else {
      throw ValidationError("The number of repetitions is 1000 to 10000000.")
    }
    guard multiplier != 0, multiplier.isFinite else {
      throw ValidationError("The multiplier is not zero.")
    }
    guard (se != nil) != (lower != nil && upper != nil) else {
      throw ValidationError("Name --lower and --upper, or --se.")
    }
    guard !transform || valueType != .other else {
      throw ValidationError("--transform goes with --value-type rate or proportion.")
    }
    guard se == nil || valueType == .other else {
      throw ValidationError(
        "--se goes with --value-type other: give the limits of rates and proportions.")
    }
  }

  func run() throws {
    var slope = FileStatistics.SlopeSettings()
    slope.kind = valueType
    slope.isTransformed = transform
    slope.multiplier = multiplier
    slope.draws = repetitions
    slope.seed = seed
    let errors: FileStatistics.ValueErrors
    if let se {
      errors = .standardError(se)
    } else {
      errors = .limits(lower: lower ?? "", upper: upper ?? "")
    }
    try options.write(
      FileStatistics.slopeIndex(
        options.settings(.wide), quantile: quantile, population: population, value: value,
        errors: errors, slope))
  }
}

struct Gaps: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gaps",
    abstract: "Each group beside a reference: difference, ratio, and what is due to the gap.",
    discussion: """
      paf, in the reference's row, is the share of all events that there would not be if everybody had the \
      reference's rate. Example:

        kith stats gaps admissions.csv --by year --group quintile \\
          --reference 5 --events x --population n
      """)

  @OptionGroup var options: StatsOptions
  @OptionGroup var counts: CountOptions
  @OptionGroup var per: MultiplierOption

  @Option(
    help: ArgumentHelp("The column that tells the compared groups apart.", valueName: "column"))
  var group: String

  @Option(help: ArgumentHelp("Its value in the reference's row.", valueName: "value"))
  var reference: String

  @Flag(help: "The figures are proportions in per cent, not rates per --multiplier.")
  var proportion = false

  func run() throws {
    try options.write(
      FileStatistics.gaps(
        options.settings(isOne: true), part: group, reference: reference, events: counts.events,
        population: counts.population, per: proportion ? 100 : per.multiplier,
        isProportion: proportion))
  }
}

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Figures beside a reference, from their limits: differences and ratios of any rates.",
    discussion: """
      For standardised rates and whatever else has limits; of crude rates and proportions `gaps` knows more. Limits \
      are of one confidence, 0.95 unless --confidence says another. Example:

        kith stats compare dsr.csv --by year --group area \\
          --reference England --value value --lower lowercl --upper uppercl
      """)

  @OptionGroup var options: StatsOptions

  @Option(
    help: ArgumentHelp("The column that tells the compared groups apart.", valueName: "column"))
  var group: String

  @Option(help: ArgumentHelp("Its value in the reference's row.", valueName: "value"))
  var reference: String

  @Option(help: ArgumentHelp("The column with the figure.", valueName: "column"))
  var value = "value"

  @Option(help: ArgumentHelp("The column with its lower limit.", valueName: "column"))
  var lower = "lowercl"

  @Option(help: ArgumentHelp("The column with its upper limit.", valueName: "column"))
  var upper = "uppercl"

  func run() throws {
    try options.write(
      FileStatistics.compared(
        options.settings(isOne: true), value: value, lower: lower, upper: upper, part: group,
        reference: reference))
  }
}

struct DispersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dispersion",
    abstract: "How unevenly a value is spread: concentration index, Gini, Theil, and their parts.",
    discussion: """
      Example:

        kith stats dispersion lsoa.csv --by year --value rate \\
          --population n --rank imd_rank --parts district
      """)

  @OptionGroup var options: StatsOptions

  @Option(help: ArgumentHelp("The column with each unit's value.", valueName: "column"))
  var value: String

  @Option(help: ArgumentHelp("The column with its population.", valueName: "column"))
  var population: String

  @Option(
    help: ArgumentHelp(
      "The column that ranks units from the worst off, for the concentration index.",
      valueName: "column"))
  var rank: String?

  @Option(
    help: ArgumentHelp(
      "The column whose values the indices are parted by: between, within.", valueName: "column"))
  var parts: String?

  @Flag(help: "Values are shares from 0 to 1: corrected concentration indices are given too.")
  var shares = false

  func validate() throws {
    guard !shares || rank != nil else {
      throw ValidationError("--shares is for the concentration index: name --rank too.")
    }
  }

  func run() throws {
    try options.write(
      FileStatistics.dispersion(
        options.settings(), value: value, population: population, rank: rank, parts: parts,
        isShare: shares))
  }
}
