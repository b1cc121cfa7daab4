import ArgumentParser
import Definitions
import FileTools
import Foundation
import Linkage
import Site
import TableFiles

struct LinkFiles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "files",
    abstract: "Link files; `kith link` does this where no other command is named.",
    discussion: """
      Examples:

        kith link model.yaml patients.csv tenants.csv --output linked
        kith link model.yaml a.csv b.csv --output linked --decisions decisions.csv --previous last-year
        kith link model.yaml patients.csv tenants.csv --output linked --by ethnic_group --by sex --report
      """)

  @Argument(
    help: "The model (.yaml, or .json as written before), and the files to link.",
    completion: .file())
  var paths: [String] = []

  @Option(
    name: .shortAndLong, help: "The folder to write to; made where it is missing.",
    completion: .directory)
  var output: String?

  @Flag(help: "Write the tables as CSV rather than Parquet.")
  var csv = false

  @Option(help: "A column that says who each record is of: print how right the linkage is.")
  var truth: String?

  @Flag(help: "Write report.html too: what was learnt, the pairs by weight, blocking, clusters.")
  var report = false

  @Option(
    name: .customLong("by"),
    help: ArgumentHelp(
      "A column to group records by, such as ethnic_group: print how many of each group are linked, and how many are likely to be wrong or missed; written as 'quality' too. May be given several times.",
      valueName: "column"))
  var groups: [String] = []

  @Flag(help: "Print the model in full, and do nothing else.")
  var explain = false

  @Option(
    help:
      "The folder of an earlier linkage of these sources: people keep their ids, and 'events' says who became whom.",
    completion: .directory)
  var previous: String?

  @OptionGroup var work: LinkWork

  func validate() throws {
    guard !paths.isEmpty else { throw ValidationError("Name a model, and the files to link.") }
    if explain {
      guard paths.count == 1, output == nil, truth == nil, groups.isEmpty else {
        throw ValidationError("--explain takes a model and nothing else.")
      }
      return
    }
    guard paths.count >= 2 else {
      throw ValidationError("Name the files to link, after the model.")
    }
    guard output != nil || !report else {
      throw ValidationError("--report writes to a folder: name it with --output, such as linked.")
    }
    guard output != nil || truth != nil || !groups.isEmpty else {
      throw ValidationError("Name the folder to write to with --output, such as linked.")
    }
  }

  func run() throws {
    let model = try LinkModelFile(URL(fileURLWithPath: paths[0])).model
    if explain {
      print(ModelText(model).text)
      return
    }
    let inputs = paths.dropFirst().map { TableFile(URL(fileURLWithPath: $0)) }
    let (result, notes) = try work.link(model, paths[0], inputs, truth: truth, groups: groups)
    print(LinkSummary(result).text)
    let quality = groups.isEmpty && !report ? nil : FileQuality(result)
    if let quality { print("\n" + QualityText(quality).text) }
    let evaluation = TruthEvaluation(result)
    if let evaluation { print("\n" + EvaluationText(evaluation).text) }
    if let output {
      let page =
        try report ? LinkReport(result, evaluation, quality, notes: notes).html() : nil
      let (names, earlier) = try LinkOutput(
        result, to: URL(fileURLWithPath: output), csv ? .csv : .parquet, report: page,
        quality: quality, previous: previous.map { URL(fileURLWithPath: $0) }
      ).write()
      print("Wrote \(names.joined(separator: ", ")) to \(output).")
      if !earlier.isEmpty {
        print(
          error: "Note: \(earlier.joined(separator: ", ")) in \(output) "
            + "\(earlier.count == 1 ? "is" : "are") not of this linkage: nothing was written to "
            + "\(earlier.count == 1 ? "it" : "them").")
      }
    }
  }
}
