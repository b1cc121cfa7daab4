import ArgumentParser
import Foundation
import Intake
import Places
import Population
import Synchronization

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read a place's data, check it, work out the figures and publish a snapshot.",
    discussion: """
      Nothing is changed until the new snapshot is complete; a run that was stopped is continued by \
      the next. Where nothing has changed since the last run, there is nothing to do. Ends with 2 where \
      a delivery was stopped: the snapshot is made without it, and the run says why. Examples:

        kith run my-place
        kith run my-place --force
      """)

  @OptionGroup var place: PlaceArgument

  @Flag(help: "Make a new snapshot from the files even where nothing has changed.")
  var force = false

  func run() async throws {
    let printer = ProgressPrinter()
    let outcome = try await PlaceRun(place: place.url, isForced: force) { printer.show($0) }.run()
    printer.end()
    let manifest: Manifest
    switch outcome {
    case .published(let published):
      manifest = published
      let rows = manifest.inputs.reduce(0) { $0 + $1.read }
      let aside = manifest.inputs.reduce(0) { $0 + $1.setAside }
      let figures = manifest.tables.first { $0.name == "figure" }?.rows ?? 0
      print(
        "\(manifest.place.name): snapshot \(manifest.id), \(manifest.inputs.count) files, "
          + "\(rows) rows read, \(rows - aside) landed, \(aside) set aside, \(figures) figures.")
      if let indicators = manifest.indicators {
        let waiting = indicators.count { $0.waits != nil }
        print(
          "\(indicators.count - waiting) indicators"
            + (waiting > 0 ? "; \(waiting) more wait for data." : "."))
      }
      if let intake = manifest.intake, !intake.deliveries.isEmpty { say(intake) }
      if let linkage = manifest.linkage { say(linkage) }
    case .unchanged(let unchanged):
      manifest = unchanged
      print("\(manifest.place.name): nothing has changed since the snapshot \(manifest.id).")
    }
    try endWith(manifest.intake?.deliveries.filter(\.isStopped) ?? [])
  }

  /// Tells which deliveries were stopped, and ends with 2 where any was: the snapshot is in use, without them.
  private func endWith(_ stopped: [DeliveryAccount]) throws {
    guard !stopped.isEmpty else { return }
    for delivery in stopped {
      print(error: "\(delivery.source) \(delivery.delivery) was stopped, and nothing of it landed:")
      for reason in delivery.stops { print(error: "  \(reason)") }
    }
    print(
      error: "The snapshot is in use without \(stopped.count == 1 ? "it" : "them"). Ask for "
        + "\(stopped.count == 1 ? "it" : "each") again, or withdraw it in kith.yaml: "
        + "withdrawn: [\(stopped[0].delivery)].")
    throw ExitCode(2)
  }

  private func say(_ linkage: SpineAccount) {
    print(linkage.summary)
    for note in linkage.notes { print(error: "Note on the linkage: \(note)") }
  }

  private func say(_ intake: SourceIntake.Result) {
    let files = intake.deliveries.flatMap(\.files)
    let (read, landed) = files.reduce((0, 0)) { ($0.0 + $1.read, $0.1 + $1.landed) }
    let aside = files.reduce(0) { $0 + $1.quarantined }
    let superseded = intake.tables.reduce(0) { $0 + $1.landed - $1.current }
    print(
      "\(intake.deliveries.count) deliveries: \(read) records read, \(landed) landed, "
        + "\(aside) set aside; \(superseded) rows superseded by later ones.")
    for (source, deliveries) in Dictionary(grouping: intake.deliveries, by: \.source)
      .sorted(by: { $0.key < $1.key })
    {
      let aside = deliveries.flatMap(\.files).reduce(0) { $0 + $1.quarantined }
      if aside > 0 {
        print(
          error: "\(source): \(aside) \(aside == 1 ? "record was" : "records were") set aside. "
            + "`kith quality lines --source \(source)` lists them with the reasons.")
      }
      guard let newest = deliveries.last(where: { !$0.isStopped }) else { continue }
      for file in newest.files {
        if file.read == 0 {
          print(error: "\(source) \(newest.delivery): \(file.file) has no records.")
        }
        for sentence in file.drift {
          print(error: "\(source) \(newest.delivery): \(file.file): \(sentence)")
        }
      }
    }
  }
}

/// Shows progress on standard error: one moving line on a terminal, a line a stage elsewhere.
final class ProgressPrinter: Sendable {
  private struct State {
    var stage = ""
    var began = ContinuousClock.now
  }

  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let state = Mutex(State())

  func show(_ event: RunEvent) {
    switch event {
    case .stage(let stage, let isResumed):
      end()
      let title = "\(stage.number)/\(stage.count) \(stage.title)"
      state.withLock { $0 = State(stage: title, began: .now) }
      let note = isResumed ? " (continuing)" : ""
      write(isTerminal ? "\r\u{1B}[K\(title)\(note)" : "\(title)\(note)\n")
    case .note(let text):
      end()
      write("Note: \(text)\n")
    case .step(let name):
      guard isTerminal else { return }
      write("\r\u{1B}[K\(state.withLock { $0.stage }): \(name)")
    }
  }

  /// Ends the line of the stage that was shown last.
  func end() {
    let (stage, began) = state.withLock { ($0.stage, $0.began) }
    guard isTerminal, !stage.isEmpty else { return }
    let seconds = Double((ContinuousClock.now - began).components.attoseconds) / 1e18
    let whole = Double((ContinuousClock.now - began).components.seconds)
    write("\r\u{1B}[K\(stage), \(String(format: "%.1f", whole + seconds)) s\n")
    state.withLock { $0.stage = "" }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
