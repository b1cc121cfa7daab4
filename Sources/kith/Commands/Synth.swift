import ArgumentParser
import Definitions
import Engine
import Foundation
import Intake
import Synchronization
import Synthetic

struct Synth: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a synthetic place: people, their records as extracts, and the truth.",
    discussion: """
      Puts made-up people on a fictional place, or on a real one so that they match its published \
      statistics, and writes what GPs, hospitals, councils and others would hold about them, with the \
      errors such records have. truth/ says who is who and what is wrong where. The same seed gives \
      the same bytes. Nobody is real; docs/synthetic.md says what it must not be used for. Examples:

        kith synth my-demo
        kith synth my-demo --people 50000 --seed 7 --report
        kith synth my-place --people 1700000 --open-data ../data/england \\
          --area "Lancashire and South Cumbria"
        kith synth my-areas --areas-only --small-areas 800
      """)

  @Argument(
    help: "The place folder to make; it must not exist, or be empty.", completion: .directory)
  var folder: String

  // Unconditional, so that -1 is refused as a number and not as an unknown option.
  @Option(
    parsing: .unconditional,
    help: "How many people live there on the first day; 100 to 5,000,000.")
  var people = 100_000

  @Option(help: "What everything follows from.")
  var seed: UInt64 = 1

  @Option(parsing: .unconditional, help: "How many years of records; 1 to 15.")
  var years = 5

  @Option(help: "A folder of open data, for people of a real place.", completion: .directory)
  var openData: String?

  @Option(help: "The name or code of the area in the open data.")
  var area: String?

  @Option(help: "The kind of that area, where several have the name, such as lad24.")
  var kind: String?

  @Option(help: "How many threads work; one a core if left out. The bytes are the same.")
  var threads: Int?

  @Flag(help: "Print what the place was to be like against what it is like.")
  var report = false

  @Option(help: "How the report is printed: table, csv or json.")
  var format = OutputFormat.table

  @Flag(help: "Make area tables only, without people.")
  var areasOnly = false

  @Option(help: "With --areas-only: about how many small areas; 100 to 3,000.")
  var smallAreas = 430

  func validate() throws {
    guard SyntheticPlace.people.contains(people) else {
      throw ValidationError("\(people) people are too few or too many: 100 to 5,000,000.")
    }
    guard SyntheticPlace.years.contains(years) else {
      throw ValidationError("\(years) years are too few or too many: 1 to 15.")
    }
    guard (100...3_000).contains(smallAreas) else {
      throw ValidationError("\(smallAreas) small areas are too few or too many: 100 to 3,000.")
    }
    guard threads.map({ (1...256).contains($0) }) ?? true else {
      throw ValidationError("Say how many threads: 1 to 256.")
    }
    guard (openData == nil) == (area == nil) else {
      throw ValidationError(
        openData == nil
          ? "--area needs --open-data, the folder to find it in."
          : "--open-data needs --area: which area of it the people are to live in.")
    }
    guard kind == nil || area != nil else {
      throw ValidationError("--kind says which kind of --area is meant, so it needs one.")
    }
    guard !areasOnly || (openData == nil && !report) else {
      throw ValidationError("--areas-only makes a fictional place without people or a report.")
    }
  }

  func run() async throws {
    let printer = SynthProgressPrinter()
    var place = NewSyntheticPlace(
      folder: URL(fileURLWithPath: folder),
      contents: areasOnly
        ? .areas(seed: seed, smallAreas: smallAreas)
        : .people(
          .fictional,
          SyntheticPlace.Options(people: people, seed: seed, years: years, threads: threads)))
    if let openData, let area { place = try await real(openData, area) }
    let made = try await place.make { printer.show($0) }
    printer.end()
    guard let made else {
      print("Made \(place.folder.path), a fictional place.")
      print("Next: kith run \(folder)")
      return
    }
    if report { print(try ReportTable(made).text(format)) }
    // Beside a report that is data, the rest goes to standard error.
    let say: (String) -> Void = report && format != .table ? { print(error: $0) } : { print($0) }
    say(
      "Made \(place.folder.path): \(made.people) people on the first day, \(made.everHere) in all, "
        + "\(made.records) records. Nobody in it is real.")
    if !made.isMet, made.isJudged {
      let missed = made.summaries.filter { !$0.isMet }.map(\.target).joined(separator: ", ")
      say("Not as it was to be: \(missed). truth/report.csv has every figure.")
    }
    say("Next: kith run \(folder)")
  }

  private func real(_ openData: String, _ area: String) async throws -> NewSyntheticPlace {
    let data = URL(fileURLWithPath: openData).standardizedFileURL
    let pack = try PackCatalogue.recognise(data)
    let description = try PackCatalogue.pack(id: pack, folder: data)
    let kind = kind
    let engine = try Engine.duckDB(connections: 1)
    let found = try await engine.withConnection { connection in
      try AreaFinder(pack: description, folder: data, connection: connection).find(area, kind: kind)
    }
    return NewSyntheticPlace(
      folder: URL(fileURLWithPath: folder),
      contents: .people(
        .real(
          openData: data, name: found.name.shortAreaName, kind: found.kind, code: found.code),
        SyntheticPlace.Options(people: people, seed: seed, years: years, threads: threads)),
      pack: pack)
  }
}

/// The report of a synthetic place as a table: a line a target, or with CSV and JSON a line a figure.
struct ReportTable {
  let report: SyntheticReport

  init(_ report: SyntheticReport) { self.report = report }

  func text(_ format: OutputFormat) throws -> String {
    switch format {
    case .csv: report.csv
    case .json:
      try TextTable(
        columns: ["target", "part", "group", "expected", "observed", "lower", "upper", "met"],
        rows: report.rows.map {
          [
            $0.target, $0.part, $0.group, "\($0.expected)", "\($0.observed)", "\($0.lower)",
            "\($0.upper)", $0.isMet ? "yes" : "no",
          ]
        }
      ).text(.json)
    case .table: try summary.text(.table) + "\n\n" + errors.text(.table) + "\n"
    }
  }

  private var summary: TextTable {
    TextTable(
      columns: ["target", "met", "", "furthest out", "it is", "to be", "source"],
      rows: report.summaries.map { summary in
        let worst = summary.worst
        let part = [worst.part, worst.group].filter { !$0.isEmpty }.joined(separator: " ")
        return [
          summary.title, "\(summary.met) of \(summary.rows)",
          summary.isMet ? "ok" : report.isJudged ? "NOT MET" : "too few people to say",
          part, number(worst.observed), "\(number(worst.lower)) to \(number(worst.upper))",
          summary.source,
        ]
      })
  }

  private var errors: TextTable {
    TextTable(
      columns: ["error put in", "times"], rows: report.defects.map { [$0.kind, "\($0.count)"] })
  }

  private func number(_ value: Double) -> String {
    String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value)
  }
}

/// Shows how far making people is on standard error, with a rate and the time left on a terminal.
final class SynthProgressPrinter: Sendable {
  private struct State {
    var step: SyntheticPlace.Progress.Step?
    var began = ContinuousClock.now
    var shown = ContinuousClock.now
  }

  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let state = Mutex(State())

  func show(_ progress: SyntheticPlace.Progress) {
    state.withLock { state in
      let now = ContinuousClock.now
      if state.step != progress.step {
        if isTerminal, state.step != nil { write("\n") }
        state = State(step: progress.step, began: now, shown: now)
        if !isTerminal { write("\(title(progress.step))\n") }
      }
      let isLast = progress.done == progress.of
      guard isTerminal, isLast || now - state.shown > .milliseconds(200) else { return }
      state.shown = now
      let seconds = Double((now - state.began).components.seconds) + 0.5
      let left = Int(seconds * Double(progress.of - progress.done) / Double(max(1, progress.done)))
      let rate = String(format: "%.1f", Double(progress.done) / seconds)
      write(
        "\r\u{1B}[K\(title(progress.step)): \(progress.done) of \(progress.of) small areas, "
          + "\(rate) a second, \(isLast ? "done" : "\(left) s left")")
    }
  }

  func end() {
    if isTerminal, state.withLock({ $0.step != nil }) { write("\n") }
  }

  private func title(_ step: SyntheticPlace.Progress.Step) -> String {
    switch step {
    case .people: "1/2 People and homes"
    case .records: "2/2 Lives and records"
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
