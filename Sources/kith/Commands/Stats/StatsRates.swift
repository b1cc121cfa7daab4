import ArgumentParser
import FileTools
import Foundation
import TableFiles

struct CrudeRate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crude-rate",
    abstract: "Crude rates: exact Poisson limits below 10 events, Byar's from 10 on.",
    discussion: """
      Without --by every row is a rate; with it the rows of a group are added up. Examples:

        kith stats crude-rate deaths.csv --events deaths --population people
        kith stats crude-rate deaths.csv --by area --events deaths \\
          --population people --confidence 0.95,0.998
      """,
    aliases: ["crude_rate", "rate"])

  @OptionGroup var options: StatsOptions
  @OptionGroup var counts: CountOptions
  @OptionGroup var per: MultiplierOption

  func run() throws {
    try options.write(
      FileStatistics.rates(
        options.settings(), events: counts.events, population: counts.population,
        per: per.multiplier, isProportion: false))
  }
}

struct ProportionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proportion", abstract: "Proportions with Wilson's interval.",
    discussion: """
      Example:

        kith stats proportion vaccinated.csv --by practice \\
          --events vaccinated --population eligible
      """)

  @OptionGroup var options: StatsOptions
  @OptionGroup var counts: CountOptions

  @Option(help: "What shares are multiplied by: 100 for percentages.")
  var multiplier = 100.0

  func run() throws {
    guard multiplier > 0 else { throw ValidationError("The multiplier is above zero.") }
    try options.write(
      FileStatistics.rates(
        options.settings(), events: counts.events, population: counts.population,
        per: multiplier, isProportion: true))
  }
}

struct Mean: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mean", abstract: "Means with the interval of Student's t.",
    discussion: """
      A group with a missing value has no mean. Example:

        kith stats mean stays.csv --by ward --value days
      """)

  @OptionGroup var options: StatsOptions

  @Option(help: ArgumentHelp("The column with the values.", valueName: "column"))
  var value: String

  func run() throws {
    try options.write(FileStatistics.means(options.settings(), value: value))
  }
}

struct DSR: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dsr", abstract: "Directly standardised rates, with Dobson's limits.",
    discussion: """
      A row is an age band of a group. A group with fewer than 10 events is unknown. \
      So is a group with a missing count: leave a cell empty, or write NA, where it is held back. Where a person can have \
      several events, a row is the people of an age band who had so many, and --event-frequency says how many. \
      Examples:

        kith stats dsr deaths.csv --by area,sex --events x --population n \\
          --standard esp2013 --age age
        kith stats dsr deaths.csv --by area --events x --population n \\
          --standard stdpop
        kith stats dsr deaths.csv --by area --events x --population n \\
          --standard our-place.csv --age age
      """)

  @OptionGroup var options: StatsOptions
  @OptionGroup var counts: CountOptions
  @OptionGroup var per: MultiplierOption
  @OptionGroup var missing: MissingOptions

  @Option(
    help: ArgumentHelp(
      "The standard population: a column, esp2013, or a file with the columns 'age' and 'population'.",
      valueName: "standard"))
  var standard: String = "esp2013"

  @Option(
    help: ArgumentHelp(
      "The column with the age bands, as 0-4, 5-9, 85+, or the age at which each begins: for esp2013 and files, and to find bands that are there twice or not at all.",
      valueName: "column"))
  var age: String?

  @Option(
    help: ArgumentHelp(
      "The column that says how many events each of the counted people had.", valueName: "column"))
  var eventFrequency: String?

  func run() throws {
    let population: FileStatistics.Standard
    if standard == "esp2013" {
      guard let age else {
        throw ValidationError("Name the column of ages with --age, as esp2013 is by age.")
      }
      population = .european2013(age: age)
    } else if standard.hasSuffix(".csv") || standard.hasSuffix(".parquet") {
      guard let age else { throw ValidationError("Name the column of ages with --age.") }
      population = .file(
        TableFile(URL(fileURLWithPath: standard)), age: age, people: "population")
    } else {
      population = .column(standard, age: age)
    }
    try options.write(
      FileStatistics.directlyStandardised(
        options.settings(also: [standard]), events: counts.events, population: counts.population,
        standard: population, frequency: eventFrequency, per: per.multiplier,
        missingIsZero: missing.missingIsZero))
  }
}

struct ISR: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "isr",
    abstract: "Indirectly standardised ratios and rates: events beside those expected.",
    discussion: """
      The reference is in two columns of the same file, or in a file of its own, joined by age. Examples:

        kith stats isr deaths.csv --by area --events x --population n \\
          --reference-events x_ref --reference-population n_ref
        kith stats isr deaths.csv --by area --events x --population n \\
          --age age --reference england.csv
      """)

  @OptionGroup var options: StatsOptions
  @OptionGroup var counts: CountOptions
  @OptionGroup var per: MultiplierOption
  @OptionGroup var missing: MissingOptions

  @Option(help: ArgumentHelp("A file with the reference, a row a band.", valueName: "file"))
  var reference: String?

  @Option(help: ArgumentHelp("The column with the age band, in both files.", valueName: "column"))
  var age: String?

  @Option(help: ArgumentHelp("The column with the reference's events.", valueName: "column"))
  var referenceEvents = "x_ref"

  @Option(help: ArgumentHelp("The column with the reference's population.", valueName: "column"))
  var referencePopulation = "n_ref"

  func validate() throws {
    guard (reference == nil) == (age == nil) else {
      throw ValidationError("--reference and --age go together: the file is joined by age.")
    }
  }

  func run() throws {
    try options.write(
      FileStatistics.indirectlyStandardised(
        options.settings(also: [reference].compactMap { $0 }), events: counts.events,
        population: counts.population,
        referenceEvents: referenceEvents, referencePopulation: referencePopulation,
        reference: reference.map { TableFile(URL(fileURLWithPath: $0)) }, age: age,
        per: per.multiplier, missingIsZero: missing.missingIsZero))
  }
}

/// Whether missing values are zero.
struct MissingOptions: ParsableArguments {
  @Flag(
    help:
      "Count missing events (isr: and populations) as zero, as the R package PHEindicatormethods does. If left out, a group with a missing value is unknown."
  )
  var missingIsZero = false
}

/// The columns of a life table.
struct LifeTableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The column with the age at which each band begins.", valueName: "column"))
  var age = "age_start"

  @Option(
    name: [.customLong("deaths"), .customLong("events")],
    help: ArgumentHelp("The column with the deaths.", valueName: "column"))
  var deaths = "deaths"

  @Option(help: ArgumentHelp("The column with the population.", valueName: "column"))
  var population = "population"

  @Option(
    help: ArgumentHelp(
      "The ages at which bands begin, if not 0, 1, 5, 10 … 90.", valueName: "ages"))
  var ages: String?

  func bands() throws -> [Int] {
    guard let ages else { return FileStatistics.usualAges }
    let bands = ages.list.compactMap { Int($0) }
    guard bands.count == ages.list.count, bands.count >= 2, bands[0] == 0 else {
      throw ValidationError("Name the ages as numbers from 0 on, such as 0,1,5,10.")
    }
    guard zip(bands, bands.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw ValidationError("The ages are not in ascending order: \(ages).")
    }
    return bands
  }
}

struct LifeExpectancyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "life-expectancy",
    abstract: "Life expectancy at each age: Chiang's life table, with Silcocks's limits.",
    discussion: """
      A row is an age band of a group. Example:

        kith stats life-expectancy deaths.csv --by area,sex --age age \\
          --deaths deaths --population people
      """,
    aliases: ["life_expectancy"])

  @OptionGroup var options: StatsOptions
  @OptionGroup var table: LifeTableOptions

  func run() throws {
    try options.write(
      FileStatistics.lifeExpectancy(
        options.settings(.wide), age: table.age, deaths: table.deaths,
        population: table.population, ages: table.bands()))
  }
}

struct HealthyLifeExpectancyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "healthy-life-expectancy",
    abstract: "Years lived in good health: Sullivan's method.",
    discussion: """
      Example:

        kith stats healthy-life-expectancy health.csv --by area \\
          --surveyed asked --healthy good
      """,
    aliases: ["healthy_life_expectancy"])

  @OptionGroup var options: StatsOptions
  @OptionGroup var table: LifeTableOptions

  @Option(help: ArgumentHelp("The column with how many were asked.", valueName: "column"))
  var surveyed = "survey_n"

  @Option(
    help: ArgumentHelp("The column with how many of them are in good health.", valueName: "column"))
  var healthy = "survey_good"

  func run() throws {
    try options.write(
      FileStatistics.healthyLifeExpectancy(
        options.settings(), age: table.age, deaths: table.deaths, population: table.population,
        surveyed: surveyed, healthy: healthy, ages: table.bands()))
  }
}
