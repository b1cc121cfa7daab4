public import ArgumentParser
import Definitions
import FileTools
import Foundation
import Intake
import TableFiles

struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Work out rates, intervals, inequalities and tests from the columns of a file.",
    discussion: """
      INPUT is a table, .csv or .parquet, with a name for each column. A figure that cannot be worked out is \
      empty, and its status says why; what cannot be, such as a count below zero, is an error with its line. \
      docs/statistics.md says for each method its formula, its source and what it does at the edges. Examples:

        kith stats crude-rate deaths.csv --events deaths \\
          --population people --multiplier 100000
        kith stats dsr admissions.csv --by area,sex --events x \\
          --population n --standard esp2013 --age age
        kith stats sii deciles.csv --by area --quantile decile \\
          --population n --value rate --lower lo --upper hi
        kith stats gaps deprived.csv --by year --group quintile \\
          --reference 5 --events x --population n
      """,
    subcommands: [
      CrudeRate.self, ProportionCommand.self, Mean.self, DSR.self, ISR.self,
      LifeExpectancyCommand.self, HealthyLifeExpectancyCommand.self, QuantileCommand.self,
      SII.self, Gaps.self, Compare.self, DispersionCommand.self, FunnelLimitsCommand.self,
      FunnelCommand.self,
      FunnelOD.self, Trend.self, SegmentsCommand.self, TrendOfShares.self, Smooth.self,
      Regress.self, Adjust.self, ComorbidityCommand.self,
    ])
}

/// What every method of statistics is told.
struct StatsOptions: ParsableArguments {
  @Argument(help: "The table: .csv or .parquet.", completion: .file())
  var input: String

  @Flag(
    help:
      "Full stops in numbers are decimal points, also in a file of semicolons whose numbers all have three digits behind them."
  )
  var decimalPoints = false

  @Option(
    help: ArgumentHelp(
      "The columns whose values make up a group, parted by commas.", valueName: "columns"))
  var by: String?

  @Option(
    help: ArgumentHelp(
      "The confidence of intervals, 0.9 to below 1: such as 0.95 (or 95), or 0.95,0.998 for two.",
      valueName: "levels"))
  var confidence = "0.95"

  @Option(
    name: .shortAndLong,
    help: "The file to write, .csv or .parquet; the terminal if left out.", completion: .file())
  var output: String?

  @Option(
    help:
      "Where there is no output file, how the table is printed: table, csv or json.")
  var format = OutputFormat.table

  @Option(
    help:
      "long: a row an estimate and confidence; wide: a column each, as lower95_0cl. Life expectancy and slopes are wide if left out, others long."
  )
  var shape: TableShape?

  /// The settings, with the shape that the method has unless another is asked for.
  ///
  /// - Parameters:
  ///   - isOne: whether the method gives limits of one confidence, whose columns do not say which.
  ///   - also: other files that are read.
  func settings(
    _ usual: TableShape = .long, isOne: Bool = false, also: [String] = []
  ) throws -> FileStatistics.Settings {
    let levels = try confidence.list.map { text -> Double in
      guard let number = Double(text) else {
        throw ValidationError("'\(text)' is no confidence: write 0.95, or 95.")
      }
      let level = number > 1 ? number / 100 : number
      guard (0.9..<1).contains(level) else {
        throw ValidationError("A confidence is from 0.9 to below 1, such as 0.95; not \(text).")
      }
      return level
    }
    guard !levels.isEmpty, Set(levels).count == levels.count else {
      throw ValidationError("Name each confidence once, such as 0.95,0.998.")
    }
    guard !isOne || levels.count == 1 else {
      throw ValidationError("This method gives limits of one confidence: name one.")
    }
    try OutputFiles.check([output].compactMap { $0 }, inputs: [input] + also)
    return FileStatistics.Settings(
      TableFile(URL(fileURLWithPath: input), hasDecimalPoints: decimalPoints),
      groups: by?.list ?? [], confidences: levels,
      shape: shape ?? usual)
  }

  /// Writes the table to the file, or prints it; what should be known of it goes to standard error.
  func write(_ table: ResultTable) throws {
    try OutputFiles.requireNames(table, input: input)
    for note in table.notes { print(error: note) }
    guard let output else {
      print(try table.text(format))
      return
    }
    try table.write(to: URL(fileURLWithPath: output))
    let unknown = table.unknownCount
    print(
      error: "Wrote \(table.rowCount) rows to \(output)."
        + (unknown > 0 ? " \(unknown) are unknown; the column 'status' says why." : ""))
  }
}

extension TableShape: ExpressibleByArgument {}

extension ResultTable {
  /// The table for the terminal, as CSV, or as JSON with its numbers as numbers.
  func text(_ format: OutputFormat) throws -> String {
    if format == .json { return try json }
    // As it is written to a file; printing adds the last line break.
    if format == .csv { return String(csv.dropLast()) }
    return try TextTable(
      columns: columns.map(\.name),
      rows: (0..<rowCount).map { row in columns.indices.map { text($0, row) } }
    ).text(format)
  }

  private var json: String {
    get throws {
      let rows = (0..<rowCount).map { row in
        Dictionary(
          uniqueKeysWithValues: columns.map { ($0.name, Cell(values: $0.values, row: row)) })
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(rows), as: UTF8.self)
    }
  }

  /// A value of the table in JSON; null where there is none.
  private struct Cell: Encodable {
    let values: Values
    let row: Int

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch values {
      case .text(let values): try container.encode(values[row])
      case .number(let values): try container.encode(values[row].isFinite ? values[row] : nil)
      case .integer(let values): try container.encode(values[row])
      case .flag(let values): try container.encode(values[row])
      }
    }
  }

  /// How many rows have a status of unknown.
  var unknownCount: Int {
    guard case .text(let values)? = columns.first(where: { $0.name == "status" })?.values else {
      return 0
    }
    return values.count { $0?.hasPrefix("unknown") ?? false }
  }
}

extension String {
  /// The parts between commas, without blanks about them.
  var list: [String] {
    split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}

/// What rates are expressed per.
struct MultiplierOption: ParsableArguments {
  @Option(help: "What rates are expressed per: 100000 if left out.")
  var multiplier = 100_000.0

  func validate() throws {
    guard multiplier > 0, multiplier.isFinite else {
      throw ValidationError("The multiplier is above zero, such as 100000.")
    }
  }
}

/// Events and the population that they are of.
struct CountOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The column with the events.", valueName: "column"))
  var events: String

  @Option(
    help: ArgumentHelp("The column with the population or person-years.", valueName: "column"))
  var population: String
}
