import ArgumentParser
import Definitions
import FHIRViews
import Foundation
import Intake
import Synchronization

struct View: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a table of FHIR resources with a view of SQL on FHIR.",
    discussion: """
      VIEW is a ViewDefinition as JSON. Inputs are files of resources, one a line (.ndjson) or one a \
      file (.json), plain, .gz or .zst, or folders: of a bulk export with its manifest.json, or of files \
      named for their type. The resources in a Bundle or Parameters are read too. Resources of other \
      types are passed over; where no resource is of the view's type, nothing is written.

      A record that cannot be read ends the command without an output, unless --rejected names a file \
      for the list of such records. Examples:

        kith view patient.json Patient.ndjson.gz --output patients.parquet
        kith view condition.json export/ --output conditions.csv --rejected rejected.csv
        kith view --conformance tests/ --report report.json
      """)

  @Argument(help: "The view, and the files or folders to read.", completion: .file())
  var paths: [String] = []

  @Option(name: .shortAndLong, help: "The file to write: .parquet, .csv or .ndjson.")
  var output: String?

  @Option(help: "Write the rest, and a list of the records that cannot be read to this CSV file.")
  var rejected: String?

  @Option(help: "How many threads work; one a core if left out. The rows are the same.")
  var threads: Int?

  @Option(
    help: "Run a folder of tests of SQL on FHIR instead, and print what fails.",
    completion: .directory)
  var conformance: String?

  @Option(help: "With --conformance: write how each test ended, as JSON, to this file.")
  var report: String?

  func validate() throws {
    guard threads.map({ (1...256).contains($0) }) ?? true else {
      throw ValidationError("Say how many threads: 1 to 256.")
    }
    if conformance != nil {
      guard paths.isEmpty, output == nil, rejected == nil else {
        throw ValidationError("--conformance runs tests; it takes no view, inputs or output.")
      }
      return
    }
    guard report == nil else { throw ValidationError("--report goes with --conformance.") }
    guard paths.count >= 2 else {
      throw ValidationError(
        paths.isEmpty ? "Name a view, and files to read." : "Name the files or folders to read.")
    }
    guard let output else {
      throw ValidationError("Name the file to write with --output, such as rows.parquet.")
    }
    guard ViewExport.format(forFileName: output) != nil else {
      throw ValidationError(
        "'\(output)' has no ending that says its form: .parquet, .csv or .ndjson.")
    }
  }

  func run() async throws {
    if let conformance {
      try runConformance(URL(fileURLWithPath: conformance))
      return
    }
    guard let output, let format = ViewExport.format(forFileName: output) else { return }
    let plan = try readView(URL(fileURLWithPath: paths[0]))
    let inputs = try FHIRInputs(
      paths.dropFirst().map { URL(fileURLWithPath: $0) }, resource: plan.definition.resource)
    let meter = ByteMeter(files: inputs.files)
    let result = try await ViewExport(plan, files: inputs.files, threads: threads).run(
      to: URL(fileURLWithPath: output), format,
      rejects: rejected.map { URL(fileURLWithPath: $0) },
      expectedRecords: inputs.expectedRecords, progress: { meter.show($0) })
    meter.end()
    try say(result, inputs, plan.definition.resource, output)
  }

  private func readView(_ url: URL) throws -> ViewPlan {
    let file = try TextFile(reading: url)
    do throws(ViewProblem) {
      return try ViewPlan(try ViewDefinition(json: [UInt8](file.bytes)))
    } catch {
      throw Problem(file: url.path, error.description)
    }
  }

  private func say(
    _ result: ViewExport.Result, _ inputs: FHIRInputs, _ resource: String, _ output: String
  ) throws {
    let account = result.account
    for record in result.firstRejected where rejected == nil {
      print(error: "\(inputs.files[record.file].path):\(record.line): \(record.failure.message)")
    }
    var parts = ["\(account.read) read"]
    if account.filtered > 0 { parts.append("\(account.filtered) not meant by the view's where") }
    if account.ofOtherTypes > 0 { parts.append("\(account.ofOtherTypes) of other types") }
    if account.rejected > 0 { parts.append("\(account.rejected) rejected") }
    let records = "\(account.records) records: \(parts.joined(separator: ", "))."
    guard account.rejected == 0 || rejected != nil else {
      print(error: records)
      print(
        error: "Nothing was written. Have the records mended, or give --rejected FILE to write the "
          + "rest and a list of these.")
      throw ExitCode(2)
    }
    guard inputs.expectedRecords == 0 || !account.hasNothing else {
      print(error: records)
      print(
        error: account.records == 0
          ? "Nothing was written: the files have no records."
          : "Nothing was written: no record that could be read is of type \(resource), which the view "
            + "reads. Check that these are the right files.")
      throw ExitCode(2)
    }
    if !result.emptyColumns.isEmpty {
      print(
        error:
          "No row has a value in \(result.emptyColumns.map { "'\($0)'" }.joined(separator: ", ")). "
          + "Where the records have one, check the paths in the view.")
    }
    print("Wrote \(result.rows) rows to \(output). \(records)")
  }

  // MARK: Conformance

  private func runConformance(_ folder: URL) throws {
    let names = try FileManager.default.names(in: folder)
    let files = names.filter { $0.hasSuffix(".json") }
    guard !files.isEmpty else {
      throw Problem(
        file: folder.path, "The folder has no tests.",
        hint: "Name a folder of .json files, such as the tests of SQL on FHIR.")
    }
    var outcomes: [ConformanceSuite.Outcome] = []
    for name in files {
      let bytes = try TextFile(reading: folder.appendingPathComponent(name)).bytes
      outcomes += try ConformanceSuite.run([UInt8](bytes), file: name)
    }
    for outcome in outcomes {
      guard let difference = outcome.difference else { continue }
      print("\(outcome.file): \(outcome.title): \(difference)")
    }
    if let report {
      try ConformanceReport(outcomes).write(to: URL(fileURLWithPath: report))
    }
    let passed = outcomes.filter(\.isPassed).count
    print("\(passed) passed, \(outcomes.count - passed) failed")
    if passed < outcomes.count { throw ExitCode(1) }
  }
}

/// How each test ended, in the form of SQL on FHIR's test reports.
private struct ConformanceReport: Encodable {
  struct Test: Encodable {
    struct Result: Encodable {
      let passed: Bool
      let reason: String?
    }
    let name: String
    let result: Result
  }
  struct File: Encodable { let tests: [Test] }
  private let files: [String: File]

  init(_ outcomes: [ConformanceSuite.Outcome]) {
    files = Dictionary(grouping: outcomes, by: \.file).mapValues { outcomes in
      File(
        tests: outcomes.map {
          Test(name: $0.title, result: .init(passed: $0.isPassed, reason: $0.difference))
        })
    }
  }

  func encode(to encoder: any Encoder) throws { try files.encode(to: encoder) }

  func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    do {
      try encoder.encode(self).write(to: url, options: .atomic)
    } catch {
      throw StoreError.unwritable(url.path, errno)
    }
  }
}

/// Shows how many bytes were read on a terminal's standard error, with the rate and the time left.
private final class ByteMeter: Sendable {
  private let total: Int?
  private let start = ContinuousClock.now
  private let shown = Mutex(ContinuousClock.now)
  private let isTerminal = isatty(2) == 1

  init(files: [URL]) {
    // What packed files unpack to is not known beforehand.
    let isPacked = files.contains { ["gz", "zst"].contains($0.pathExtension) }
    total =
      isPacked
      ? nil
      : files.reduce(0) { sum, file in
        let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
        return sum + (size ?? 0)
      }
  }

  func show(_ bytes: Int) {
    guard isTerminal else { return }
    shown.withLock { last in
      guard last.duration(to: .now) > .milliseconds(200) else { return }
      last = .now
      let seconds = max(0.001, start.duration(to: .now) / .seconds(1))
      let rate = Double(bytes) / seconds
      var text = "\(bytes / 1_000_000) MB read, \(Int(rate / 1e6)) MB/s"
      if let total, total > bytes {
        text += ", about \(Int(Double(total - bytes) / rate) + 1) s left"
      }
      FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }
  }

  func end() {
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
