import Foundation
import Places
import Population
import TestPlaces
import Testing

/// The program run as a person runs it.
@Suite("The command line does what its help says, with the exit codes of the design")
struct CommandLineTests {
  /// Runs `kith` with `arguments` in `folder`.
  private func kith(_ arguments: [String], in folder: URL? = nil) throws -> Program.Outcome {
    try Program(in: folder ?? URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
      .run(arguments)
  }

  @Test("Every command has help with an example of its own, or in the help of the command above it")
  func help() throws {
    /// A command, and how it is called in examples: a default subcommand by the name above it too.
    struct Named {
      let words: [String]
      let names: [String]
      let above: String
    }
    var waiting = [Named(words: [], names: ["kith"], above: "")]
    var found = 0
    while let command = waiting.popLast() {
      let result = try kith(command.words + ["--help"])
      let name = command.names[0]
      #expect(result.code == 0, "\(name)")
      let parts = result.output.components(separatedBy: "\nUSAGE: ")
      guard parts.count == 2, parts[0].hasPrefix("OVERVIEW: ") else {
        Issue.record("\(name) --help has no overview and usage: \(result.output)")
        continue
      }
      found += 1
      #expect(parts[1].hasPrefix(name), "\(name): \(parts[1].prefix(60))")
      let lines = (parts[0] + "\n" + command.above).split(separator: "\n")
        .map { $0.trimmingCharacters(in: .whitespaces) + " " }
      #expect(
        lines.contains { line in command.names.contains { line.hasPrefix($0 + " ") } },
        "\(name) --help has no line with an example")
      let subcommands = parts[1].components(separatedBy: "\nSUBCOMMANDS:\n").dropFirst().first ?? ""
      for line in subcommands.split(separator: "\n", omittingEmptySubsequences: false) {
        // An empty line ends the list; lines that go on are further in.
        guard line.hasPrefix("  ") else { break }
        guard !line.hasPrefix("   "), let word = line.split(separator: " ").first else { continue }
        let own = String(word).replacing(",", with: "")
        let below = "\(name) \(own)"
        waiting.append(
          Named(
            words: command.words + [own],
            names: line.contains("(default)") ? [below, name] : [below], above: parts[0]))
      }
    }
    #expect(found > 55, "the subcommands were found: \(found)")
  }

  @Test(
    "Wrong usage ends with 2",
    arguments: [
      ["nonsense"], ["run", "--nonsense"], ["serve", "--host", "0.0.0.0"],
      ["serve", "--port", "x"],
      ["synth"], ["synth", "x", "--areas-only", "--small-areas", "7"],
      ["synth", "x", "--people", "0"], ["synth", "x", "--people", "-5"],
      ["synth", "x", "--people", "many"], ["synth", "x", "--years", "-1"],
      ["synth", "x", "--years", "0"], ["synth", "x", "--threads", "0"],
      ["synth", "x", "--area", "Nowhere"], ["synth", "x", "--open-data", "."],
      ["synth", "x", "--areas-only", "--report"],
      ["view"], ["view", "a.json"], ["view", "a.json", "b.ndjson"],
      ["view", "a.json", "b.ndjson", "--output", "c.xlsx"],
      ["view", "a.json", "b.ndjson", "--output", "c.csv", "--report", "r.json"],
      ["view", "--conformance", ".", "a.json"], ["view", "--conformance", "nowhere"],
      ["view", "a.json", "b.ndjson", "--output", "c.csv", "--threads", "0"],
      ["assets", "import", ".", "feed.json", "--name", "A\u{1B}[31m directory"],
      ["assets", "import", ".", "feed.json", "--name", "A\u{200B}directory"],
      ["snapshots", "--keep", "0"], ["snapshots", "--compare", "one"], ["new", "x"],
    ])
  func usage(arguments: [String]) throws {
    let result = try kith(arguments)
    #expect(result.code == 2, "\(result.errors)")
    #expect(!result.errors.isEmpty)
  }

  @Test(
    "A folder that is no place ends with 2 and says how to make one",
    arguments: [
      "check", "run", "snapshots", "serve",
    ])
  func noPlace(command: String) throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try kith([command, folder.path])
    #expect(result.code == 2)
    #expect(result.errors.contains("kith new"))
    #expect(result.output.isEmpty)
  }

  @Test("From synth to snapshots, in the current folder")
  func wholeWay() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try kith(["synth", "p", "--areas-only", "--small-areas", "120"], in: folder)
    #expect(made.code == 0, "\(made.errors)")
    let place = folder.appendingPathComponent("p")
    let again = try kith(["synth", "p", "--areas-only"], in: folder)
    #expect(again.code == 2)
    #expect(again.errors.contains("There is a place here already"))
    #expect(try kith(["check"], in: place).code == 0)
    let none = try kith(["snapshots"], in: place)
    #expect(none.output.contains("No snapshots yet"))
    let run = try kith(["run"], in: place)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("0 set aside"))
    // One line a stage where there is no terminal.
    #expect(run.errors.split(separator: "\n").count == 5, "\(run.errors)")
    #expect(try kith(["run"], in: place).output.contains("nothing has changed"))
    #expect(try kith(["run", "--force"], in: place).code == 0)
    let list = try kith(["snapshots", "--format", "json"], in: place)
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: String]])
    #expect(rows.count == 2)
    #expect(rows.count { $0["state"] == "in use" } == 1)
    let ids = rows.compactMap { $0["snapshot"] }
    let compared = try kith(["snapshots", "--compare", ids[0], ids[1]], in: place)
    #expect(compared.output.contains("Nothing differs"))
    #expect(try kith(["snapshots", "--remove", ids[1]], in: place).code == 2)
    #expect(try kith(["snapshots", "--keep", "1"], in: place).output.contains("Removed \(ids[0])"))
  }

  @Test("A place with people: extracts, the truth, a report; nothing else where it is refused")
  func people() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try kith(
      ["synth", "p", "--people", "400", "--years", "1", "--report", "--format", "csv"], in: folder)
    #expect(made.code == 0, "\(made.errors)")
    #expect(made.output.hasPrefix("target,part,group,expected,observed,lower,upper,met\n"))
    #expect(made.errors.contains("Nobody in it is real"))
    let place = folder.appendingPathComponent("p")
    for name in ["kith.yaml", "extracts/gp", "extracts/open-data", "truth/people.csv.zst"] {
      let path = place.appendingPathComponent(name).path
      #expect(FileManager.default.fileExists(atPath: path))
    }
    #expect(try kith(["run", "p"], in: folder).code == 0)
    // A folder with something in it is left as it is; an empty one is filled.
    let full = folder.appendingPathComponent("full")
    let empty = folder.appendingPathComponent("empty")
    for folder in [full, empty] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try Data("mine".utf8).write(to: full.appendingPathComponent("note.txt"))
    let refused = try kith(["synth", "full", "--people", "400"], in: folder)
    #expect(refused.code == 2)
    #expect(refused.errors.contains("The folder is not empty"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: full.path) == ["note.txt"])
    #expect(try kith(["synth", "empty", "--people", "400", "--years", "1"], in: folder).code == 0)
    // Nothing half-made lies beside.
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["empty", "full", "p"])
  }

  @Test("What is wrong in kith.yaml is told with its line, and the run ends with 2")
  func wrongConfiguration() throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let file = place.appendingPathComponent("kith.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    try text.replacingOccurrences(of: "memory_limit:", with: "memory_limt:")
      .write(to: file, atomically: true, encoding: .utf8)
    let result = try kith(["run", place.path])
    #expect(result.code == 2)
    #expect(result.errors.contains("Did you mean 'memory_limit'?"))
    #expect(result.errors.contains("kith.yaml:"))
  }

  @Test(
    "What a terminal would obey is refused in kith.yaml, and never printed",
    arguments: [#"  name: "A\e[31mB""#, "  \"na\\e]0;x\\ame\": A place"])
  func terminalCodes(line: String) throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let file = place.appendingPathComponent("kith.yaml")
    let lines = try String(contentsOf: file, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    let changed = lines.map { $0.hasPrefix("  name:") ? line : String($0) }
    try Data(changed.joined(separator: "\n").utf8).write(to: file)
    for command in ["check", "run", "serve"] {
      let result = try kith([command, place.path])
      #expect(result.code == 2, "\(result.errors)")
      #expect(result.errors.contains("kith.yaml:"))
      #expect(!(result.output + result.errors).utf8.contains { $0 == 0x1B || $0 == 7 })
    }
  }

  @Test("Tables printed as CSV have nothing that a spreadsheet runs")
  func formulas() throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let added = try kith([
      "user", "add", place.path, "gp@example.org", "--name", "=1+\"1\"", "--role", "reader",
      "--generate",
    ])
    #expect(added.code == 0, "\(added.errors)")
    let list = try kith(["user", "list", place.path, "--format", "csv"])
    #expect(list.output.contains("gp@example.org,\"'=1+\"\"1\"\"\",reader"), "\(list.output)")
  }

  @Test("A missing driver ends with 1 and says where it was looked for")
  func missingDriver() throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: ".build/debug/kith")
    process.arguments = ["run", place.path]
    var environment = ProcessInfo.processInfo.environment
    environment["KITH_DUCKDB_LIBRARY"] = "/no/such/library.so"
    process.environment = environment
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(text.contains("/no/such/library.so (KITH_DUCKDB_LIBRARY)"))
  }

  @Test("engine lists DuckDB with its version and path")
  func engine() throws {
    let result = try kith(["engine", "--format", "csv"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("DuckDB,v2."))
  }

  @Test(
    "new finds the area by name or code, and says which when a name is not enough",
    .enabled(if: TestPlaces.england != nil, Comment(rawValue: TestPlaces.skipped)))
  func newPlace() throws {
    let data = try #require(TestPlaces.england).path
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (index, (area, expected)) in [
      ("Lancashire and South Cumbria", "E54000048"), ("E06000009", "Blackpool"),
      ("blackburn with darwen", "Blackburn"),
    ].enumerated() {
      let result = try kith(
        [
          "new", folder.appendingPathComponent("\(index)").path, "--open-data", data, "--area",
          area,
        ])
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.output.contains(expected))
    }
    let unknown = try kith(
      ["new", folder.appendingPathComponent("u").path, "--open-data", data, "--area", "Blackpol"])
    #expect(unknown.code == 2)
    #expect(unknown.errors.contains("Blackpool"))
    #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("u").path))
    let vague = try kith(
      ["new", folder.appendingPathComponent("v").path, "--open-data", data, "--area", "Lanc"])
    #expect(vague.code == 2)
    #expect(vague.errors.contains("could be any of"))
    let wrong = try kith(
      ["new", folder.appendingPathComponent("w").path, "--open-data", folder.path, "--area", "x"])
    #expect(wrong.code == 2)
    #expect(wrong.errors.contains("No open-data pack describes this folder"))
  }

  @Test("Whatever the umask, the store is its owner's alone; check says where it is not")
  func permissions() throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "umask 0; .build/debug/kith run \"$1\" && .build/debug/kith user list \"$1\"", "sh",
      place.path,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let store = PlaceStore(place: place)
    #expect(try store.openToOthers() == [])
    #expect(try kith(["check", place.path]).code == 0)
    #expect(chmod(store.root.appendingPathComponent("current").path, 0o644) == 0)
    let told = try kith(["check", place.path])
    #expect(told.code == 2 && told.errors.contains("store/current"), "\(told.errors)")
    // A store that an earlier version left open is closed by the next run.
    #expect(chmod(store.root.path, 0o755) == 0)
    _ = try kith(["run", place.path])
    #expect(try !store.openToOthers().contains(""))
  }

  @Test("A delivery that was stopped, or of which nothing landed, ends a run with 2, each time")
  func stopped() throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let file = place.appendingPathComponent("kith.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data((text + "\nsources:\n  - {id: fhir, mapping: fhir-export}\n").utf8).write(to: file)
    let delivery = place.appendingPathComponent("extracts/fhir/2025-01-31")
    try FileManager.default.createDirectory(at: delivery, withIntermediateDirectories: true)
    try Data(#"{"resourceType": "Condition", "id": "c"}"#.utf8)
      .write(to: delivery.appendingPathComponent("Patient.ndjson"))
    for _ in 0..<2 {
      let run = try kith(["run", place.path])
      #expect(run.code == 2, "\(run.errors)")
      #expect(run.errors.contains("fhir 2025-01-31 was stopped"), "\(run.errors)")
    }
    try Data(
      (text + "\nsources:\n  - {id: fhir, mapping: fhir-export, withdrawn: [2025-01-31]}\n").utf8
    ).write(to: file)
    #expect(try kith(["run", place.path]).code == 0)
  }
}
