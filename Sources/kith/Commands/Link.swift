import ArgumentParser
import Definitions
import Foundation
import Linkage
import Population

struct Link: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Link the records of files that are about the same people.")

  @Argument(help: "The model, and the files to link.", completion: .file())
  var paths: [String] = []

  @Option(name: .shortAndLong, help: "The folder to write to.", completion: .directory)
  var output: String?

  @Option(help: "The seed of what is drawn by chance.")
  var seed: UInt64 = 1

  @Option(help: "How many threads work; one a core if left out. The result is the same.")
  var threads: Int?

  func run() throws {
    let file = try LinkModelFile(URL(fileURLWithPath: paths[0]))
    var settings = LinkRun.Settings()
    settings.seed = seed
    if let threads { settings.threads = threads }
    let start = ContinuousClock.now
    let result = try FileLinkage(
      file.model, paths.dropFirst().map { LinkInput(URL(fileURLWithPath: $0)) }, settings
    ).run { text in
      let cpu = clock() / (CLOCKS_PER_SEC / 1000)
      print(error: "[\(start.duration(to: .now)) cpu \(cpu) ms] \(text)")
    }
    print("links \(result.pairCount) threshold \(result.threshold)")
    if let output {
      var text = "left,right,weight\n"
      for index in 0..<result.pairCount {
        let pair = result.pair(index)
        text += "\(pair.left),\(pair.right),\(pair.weight)\n"
      }
      try text.write(toFile: output, atomically: true, encoding: .utf8)
    }
  }
}
