import ArgumentParser
import Definitions
import FileTools
import Foundation
import Linkage
import Population
import TableFiles

struct LinkReview: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Write the pairs that people should look at, because they teach the model most.",
    discussion: """
      The file has a row a pair, with the values of both records, the level of each comparison and what it \
      adds to the match weight. A reviewer writes same, different or unsure under 'decision' and leaves \
      the rest. Give each reviewer a copy; `kith link decide` puts what they said together. The file says \
      who people are: keep it where the records are kept, and remove it when the review is over. Examples:

        kith link review model.yaml patients.csv tenants.csv --output pairs.csv
        kith link review linked/model.json a.csv b.csv --output pairs.csv --pairs 300
        kith link review model.yaml a.csv b.csv --output more.csv --decisions decisions.csv
      """)

  @Argument(
    help: "The model (.yaml, or .json as written before), and the files to link.",
    completion: .file())
  var paths: [String]

  @Option(name: .shortAndLong, help: "The file to write (CSV).", completion: .file())
  var output: String

  @Option(help: "How many pairs.")
  var pairs = 100

  @OptionGroup var work: LinkWork

  func validate() throws {
    guard paths.count >= 2 else {
      throw ValidationError("Name a model, and the files to link after it.")
    }
    guard (1...100_000).contains(pairs) else {
      throw ValidationError("Say how many pairs: 1 to 100000.")
    }
  }

  func run() throws {
    let model = try LinkModelFile(URL(fileURLWithPath: paths[0])).model
    let inputs = paths.dropFirst().map { TableFile(URL(fileURLWithPath: $0)) }
    let (result, _) = try work.link(model, paths[0], inputs)
    let sample = result.reviewSample(pairs, seed: work.seed)
    guard !sample.isEmpty else {
      throw Problem(
        file: paths[0], "There is no pair to review: none is likely enough to be of one person.")
    }
    try ReviewFile.write(sample, of: result, to: URL(fileURLWithPath: output))
    print(
      "Wrote \(sample.count) pairs to \(output). It says who people are: only you may read it now.")
  }
}
