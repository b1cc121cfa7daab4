public import ArgumentParser
import FileTools
import Foundation
public import Statistics

/// Values over time.
struct TimeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The column with the time as a number, such as the year.", valueName: "column"))
  var time: String

  @Option(help: ArgumentHelp("The column with the value.", valueName: "column"))
  var value: String
}

struct Trend: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trend",
    abstract: "Whether values rise or fall: the Mann–Kendall test, with Sen's slope.",
    discussion: """
      Example:

        kith stats trend rates.csv --by area --time year --value rate
      """)

  @OptionGroup var options: StatsOptions
  @OptionGroup var columns: TimeOptions

  func run() throws {
    try options.write(
      FileStatistics.trends(options.settings(isOne: true), time: columns.time, value: columns.value)
    )
  }
}

struct SegmentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segments", abstract: "When a trend changed: straight lines that join.",
    discussion: """
      Example:

        kith stats segments rates.csv --by area --time year --value rate \\
          --joins 2 --log
      """)

  @OptionGroup var options: StatsOptions
  @OptionGroup var columns: TimeOptions

  @Option(help: "How many changes at the most: 0 to 4.")
  var joins = 2

  @Flag(help: "Lines of logarithms: slopes are changes in per cent.")
  var log = false

  func run() throws {
    guard (0...4).contains(joins) else { throw ValidationError("There are 0 to 4 changes.") }
    try options.write(
      FileStatistics.segments(
        options.settings(isOne: true), time: columns.time, value: columns.value, most: joins,
        isLogarithmic: log))
  }
}

struct TrendOfShares: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trend-of-shares",
    abstract: "Whether a share rises or falls over ordered groups: the Cochran–Armitage test.",
    discussion: """
      Example:

        kith stats trend-of-shares smoking.csv --by year --score quintile \\
          --events smokers --population asked
      """)

  @OptionGroup var options: StatsOptions
  @OptionGroup var counts: CountOptions

  @Option(help: ArgumentHelp("The column with the order, as a number.", valueName: "column"))
  var score: String

  func run() throws {
    try options.write(
      FileStatistics.trendsOfShares(
        options.settings(), score: score, events: counts.events, population: counts.population))
  }
}

struct Smooth: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smooth",
    abstract: "Rates of small areas drawn towards the mean, the more the less is known of them.",
    discussion: """
      The Gamma–Poisson model, with credible intervals; and Marshall's empirical Bayes beside it. Example:

        kith stats smooth lsoa.csv --area lsoa --events x --population n
      """)

  @OptionGroup var options: StatsOptions
  @OptionGroup var counts: CountOptions
  @OptionGroup var per: MultiplierOption

  @Option(help: ArgumentHelp("The column that names the areas.", valueName: "column"))
  var area: String

  func run() throws {
    try options.write(
      FileStatistics.smoothed(
        options.settings(), area: area, events: counts.events, population: counts.population,
        per: per.multiplier))
  }
}

extension GeneralisedLinearModel.Family: ExpressibleByArgument {}

struct Regress: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regress",
    abstract: "Poisson, negative binomial and logistic regression.",
    discussion: """
      Numbers enter as they are; the values of categories are compared with the first of them. Examples:

        kith stats regress admissions.csv --family poisson --outcome x \\
          --numbers imd --categories sex,age --exposure n --robust
        kith stats regress people.csv --family logistic --outcome smokes \\
          --categories ethnic_group --cluster practice
      """)

  @OptionGroup var options: StatsOptions

  @Option(help: "poisson, negative_binomial or logistic.")
  var family = GeneralisedLinearModel.Family.poisson

  @Option(help: ArgumentHelp("The column with the count, or 0 and 1.", valueName: "column"))
  var outcome: String

  @Option(help: ArgumentHelp("Columns of numbers, parted by commas.", valueName: "columns"))
  var numbers: String?

  @Option(help: ArgumentHelp("Columns of groups, parted by commas.", valueName: "columns"))
  var categories: String?

  @Option(
    help: ArgumentHelp("The column with people or person-years, for counts.", valueName: "column"))
  var exposure: String?

  @Flag(help: "Standard errors that hold where the variance is another than the model's (HC1).")
  var robust = false

  @Option(
    help: ArgumentHelp("The column whose rows depend on each other.", valueName: "column"))
  var cluster: String?

  func validate() throws {
    guard options.by == nil else {
      throw ValidationError("A regression is of all rows; --by is for other methods.")
    }
    guard family != .logistic || exposure == nil else {
      throw ValidationError("A logistic model has no --exposure.")
    }
    let names = [outcome] + (numbers?.list ?? []) + (categories?.list ?? [])
    guard Set(names).count == names.count else {
      throw ValidationError("A column is in the model twice: \(names.joined(separator: ", ")).")
    }
  }

  func run() throws {
    var model = FileStatistics.ModelSettings()
    model.family = family
    model.outcome = outcome
    model.numbers = numbers?.list ?? []
    model.categories = categories?.list ?? []
    model.exposure = exposure
    model.isRobust = robust
    model.cluster = cluster
    try options.write(FileStatistics.regression(options.settings(isOne: true), model))
  }
}

struct Adjust: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adjust",
    abstract: "Probabilities of many tests made good for there being many.",
    discussion: """
      Example:

        kith stats adjust tests.csv --p-value p --columns area
      """)

  @OptionGroup var options: StatsOptions

  @Option(help: ArgumentHelp("The column with the probabilities.", valueName: "column"))
  var pValue: String

  @Option(help: ArgumentHelp("Columns to carry along, parted by commas.", valueName: "columns"))
  var columns: String?

  func run() throws {
    try options.write(
      FileStatistics.adjusted(options.settings(), pValue: pValue, columns: columns?.list ?? []))
  }
}

struct ComorbidityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "comorbidity",
    abstract: "Charlson's and Elixhauser's comorbidities of diagnoses in ICD-10, and their scores.",
    discussion: """
      A row is a diagnosis of a person. Example:

        kith stats comorbidity diagnoses.csv --by person --code icd10
      """)

  @OptionGroup var options: StatsOptions

  @Option(help: ArgumentHelp("The column with the diagnosis.", valueName: "column"))
  var code: String

  func run() throws {
    guard options.by != nil else {
      throw ValidationError("Name the column that says whose the diagnoses are, with --by.")
    }
    try options.write(FileStatistics.comorbidity(options.settings(), code: code))
  }
}
