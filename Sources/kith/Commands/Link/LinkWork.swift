import ArgumentParser
import Definitions
import FileTools
import Foundation
import Linkage
import Population
import Synchronization
import TableFiles

/// How a linkage of files is worked out: what its commands have in common.
struct LinkWork: ParsableArguments {
  @Option(
    help:
      "What people decided of pairs, as `kith link decide` writes it. May be given several times.",
    completion: .file())
  var decisions: [String] = []

  @Option(
    help:
      "A file (CSV or Parquet) of postcodes with their latitudes and longitudes, for comparisons that measure kilometres (km).",
    completion: .file())
  var postcodes: String?

  @Option(help: "The seed of what is drawn by chance. The same seed gives the same result.")
  var seed: UInt64 = 1

  @Option(help: "How many threads work; one a core if left out. The result is the same.")
  var threads: Int?

  @Option(
    help:
      "How much memory the pairs may take, such as 500MB; with more pairs they are compared twice.")
  var memory = "2GB"

  func validate() throws {
    guard threads.map({ (1...256).contains($0) }) ?? true else {
      throw ValidationError("Say how many threads: 1 to 256.")
    }
    guard bytes(memory) != nil else {
      throw ValidationError("'\(memory)' is no amount of memory; write one such as 500MB or 2GB.")
    }
  }

  /// Links files, and tells of the steps.
  ///
  /// - Returns: the linkage, and what the reader should know of the records.
  func link(
    _ model: LinkModel, _ modelFile: String, _ inputs: [TableFile], truth: String? = nil,
    groups: [String] = []
  ) throws -> (LinkResult, notes: [String]) {
    var settings = LinkRun.Settings()
    settings.seed = seed
    if let threads { settings.threads = threads }
    if let memory = bytes(memory) { settings.memory = memory }
    let decided = try decisions.flatMap { try ReviewFile.decisions(URL(fileURLWithPath: $0)) }
    let start = ContinuousClock.now
    let notes = Mutex([String]())
    do {
      let result = try FileLinkage(
        model, inputs, settings, truth: truth, groups: groups, decisions: decided,
        postcodes: postcodes.map { URL(fileURLWithPath: $0) }
      ).run { event in
        Self.show(event, start)
        if case .note(let text) = event { notes.withLock { $0.append(text) } }
      }
      return (result, notes.withLock { $0 })
    } catch let error as LinkageError {
      throw Problem(
        file: error.record?.source ?? modelFile, line: error.record?.number, error.message,
        hint: error.hint)
    }
  }

  private static func show(_ event: LinkRun.Event, _ start: ContinuousClock.Instant) {
    switch event {
    case .note(let text): print(error: "Note: \(text)")
    case .step(let text):
      let seconds = start.duration(to: .now) / .seconds(1)
      print(error: String(format: "%.1f", seconds) + " s: \(text)")
    case .chose(let choice):
      print(error: "chose \(choice.rules.count) of \(choice.candidates.count) blocking rules")
    }
  }

  private func bytes(_ text: String) -> Int? {
    let units = ["KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000]
    for (unit, size) in units where text.uppercased().hasSuffix(unit) {
      guard let number = Double(text.dropLast(2)), number > 0 else { return nil }
      return Int(number * Double(size))
    }
    return nil
  }
}
