import ArgumentParser
import Definitions
import Foundation
import Linkage
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
    let earlier = FileManager.default.fileExists(atPath: output) ? try ReviewFile.read(file) : []
    try check(round, earlier)
    let all = Array(Set(earlier.compactMap(\.decision) + round.decisions))
    try ReviewFile.write(all, to: file)
    if let open { try ReviewFile.write(open: round.open, to: URL(fileURLWithPath: open)) }
    print(text(round, all.count))
  }

  /// Makes sure that decisions go together. Pairs are named by their lines: their ids may say who people are.
  private func check(_ round: ReviewRound, _ earlier: [ReviewFile.Reviewed]) throws {
    let known = Dictionary(earlier.map { ([$0.one, $0.other], $0) }) { first, _ in first }
    for pair in round.decided {
      guard let before = known[[pair.one, pair.other]], before.verdict != pair.verdicts[0] else {
        continue
      }
      throw Problem(
        file: reviews[0], line: pair.line,
        "The pair was decided otherwise before (line \(before.line) of \(output)).",
        hint: "Take the earlier decision out of that file, if it was wrong.")
    }
    guard
      let broken = PairDecision.brokenChain(
        in: earlier.compactMap(\.decision) + round.decisions)
    else { return }
    let line = round.decided.first { $0.decision == broken }?.line
    throw Problem(
      file: line == nil ? output : reviews[0],
      line: line ?? earlier.first { $0.decision == broken }?.line,
      "The two are different people here, but other decisions make them one.",
      hint: "Look at the pairs that lead from one to the other, and change one.")
  }

  private func text(_ round: ReviewRound, _ all: Int) -> String {
    var lines: [String] = []
    if let agreement = round.agreement {
      var line =
        "Both looked at \(agreement.both) pairs and agree on \(agreement.agreed) of them"
      if let kappa = agreement.kappa, let interval = agreement.interval {
        func short(_ value: Double) -> String { String(format: "%.2f", value) }
        line +=
          ": beyond chance, kappa is \(short(kappa)) (95% interval \(short(interval.lowerBound)) to "
          + "\(short(interval.upperBound)); 1 is full agreement, 0 is chance)"
      }
      lines.append(line + ".")
    }
    let same = round.decisions.count { $0.verdict == .same }
    lines.append(
      "\(round.decisions.count) pairs are decided: \(same) the same person, "
        + "\(round.decisions.count - same) different people. \(round.open.count) are open.")
    for pair in round.open.prefix(20) {
      lines.append(
        "  \(pair.one.source) and \(pair.other.source), line \(pair.line) of \(reviews[0]): "
          + pair.verdicts.map(\.rawValue).joined(separator: ", "))
    }
    if round.open.count > 20 { lines.append("  and \(round.open.count - 20) more") }
    lines.append("\(output) has \(all) decisions now.")
    return lines.joined(separator: "\n")
  }
}
