import ArgumentParser
import Definitions
import Foundation
import Places
import Population
import Synthetic

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a fictional place if there is none, run it, and show it in the browser.",
    discussion: """
      Examples:

        kith demo
        kith demo my-demo --port 8090 --no-browser
      """)

  @Argument(help: "The folder of the demo place.", completion: .directory)
  var folder = "demo"

  @Option(help: "The port to listen on; 0 for any that is free.")
  var port = 8080

  @Flag(inversion: .prefixedNo, help: "Open the browser.")
  var browser = true

  func run() async throws {
    let url = URL(fileURLWithPath: folder).standardizedFileURL
    let file = url.appendingPathComponent(PlaceFile.fileName)
    if !FileManager.default.fileExists(atPath: file.path) {
      let printer = SynthProgressPrinter()
      _ = try await NewSyntheticPlace(
        folder: url, contents: .people(.fictional, SyntheticPlace.Options(people: 100_000))
      ).make { printer.show($0) }
      printer.end()
      print(error: "Made the fictional place in \(folder): nobody in it is real.")
    }
    let printer = ProgressPrinter()
    _ = try await PlaceRun(place: url) { printer.show($0) }.run()
    printer.end()
    try await DemoPartnership.fill(PlaceStore(place: url))
    try await PlaceServer.serve(url, port: port, opensBrowser: browser, offersPersonas: true)
  }
}
