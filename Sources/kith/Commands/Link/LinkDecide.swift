import ArgumentParser
import Foundation
import Population

struct LinkDecide: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide",
    abstract: "Put together what reviewers said of pairs, and say how well they agree.",
    discussion: """
      Takes the files of one or two reviewers, as `kith link review` wrote them and the reviewers filled \
      them in. A pair is decided where all said the same of it; the others are listed, to be talked about. \
      The decisions are added to those that the file has: they are permanent, and every linkage that is \
      given them with --decisions respects them. Examples:

        kith link decide anna.csv bert.csv --output decisions.csv
        kith link decide anna.csv --output decisions.csv
        kith link decide anna.csv bert.csv --output decisions.csv --open to-discuss.csv
      """)

  @Argument(help: "The files of one or two reviewers.", completion: .file())
  var reviews: [String]

  @Option(
    name: .shortAndLong, help: "The file of decisions (CSV); added to where it is there.",
    completion: .file())
  var output: String

  @Option(help: "A file to write the pairs to that are not decided (CSV).", completion: .file())
  var open: String?

  func validate() throws {
    guard (1...2).contains(reviews.count) else {
      throw ValidationError("Name the files of one or two reviewers.")
    }
  }

  func run() throws {
    let round = ReviewRound(try reviews.map { try ReviewFile.read(URL(fileURLWithPath: $0)) })
    let file = URL(fileURLWithPath: output)
    let earlier =
      FileManager.default.fileExists(atPath: output) ? try ReviewFile.decisions(file) : []
    let all = try round.added(to: earlier, file: reviews[0])
    try ReviewFile.write(all, to: file)
    if let open { try ReviewFile.write(open: round.open, to: URL(fileURLWithPath: open)) }
    print(round.summary(file: reviews[0]))
    print("\(output) has \(all.count) decisions now.")
  }
}
