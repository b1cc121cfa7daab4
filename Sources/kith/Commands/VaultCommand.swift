import ArgumentParser
import Definitions
import Foundation
import Governance
import Places

struct VaultCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vault",
    abstract:
      "Say what a place's vault holds, change its keys, or show records that were set aside.",
    discussion: """
      The vault is the only place with names, addresses and numbers of people. It opens with the key in
      store/vault.key, or in the variable KITH_KEY.

      Examples:

        kith vault status my-place
        kith vault lines my-place --source apc --delivery 2025-01-31
        kith vault rotate my-place
      """,
    subcommands: [Status.self, Lines.self, Rotate.self], defaultSubcommand: Status.self)

  /// The store of a place that has a vault.
  fileprivate static func store(_ place: PlaceArgument) throws -> PlaceStore {
    _ = try PlaceFile(inPlace: place.url)
    let store = PlaceStore(place: place.url)
    guard store.hasVault else {
      throw Problem(
        file: place.url.path, "The place has no vault yet.",
        hint: "`kith run` makes one when it lands the first delivery of a source.")
    }
    return store
  }
}

extension VaultCommand {
  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say how much the vault holds, without showing any of it.")

    @OptionGroup var place: PlaceArgument

    @Option(help: "How to print: table, csv or json.")
    var format: OutputFormat = .table

    func run() throws {
      let contents = try VaultCommand.store(place).openVault().contents()
      let rows = [
        ["identities", "\(contents.identities)"],
        ["records set aside", "\(contents.heldRecords)"],
        ["free text under agreements", "\(contents.notes)"],
      ]
      print(try TextTable(columns: ["what", "count"], rows: rows).text(format))
      if contents.toBeSealedAnew > 0 {
        print(
          error:
            "\(contents.toBeSealedAnew) values are still sealed with an older key: a change of "
            + "keys was broken off. Run `kith vault rotate` again.")
      }
    }
  }

  struct Lines: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the text of records that were set aside, as it came.",
      discussion: """
        The text identifies people: show it only to whoever may see it, and keep no copy longer than it
        takes to mend the record. With --output it goes to a file that only you may read.
        """)

    @OptionGroup var place: PlaceArgument

    @Option(help: "The source.")
    var source: String

    @Option(help: "Only this delivery.")
    var delivery: String?

    @Option(help: "Only this file.")
    var file: String?

    @Option(help: "Only this line.")
    var line: Int?

    @Option(help: "At most so many; with --output all, if left out.")
    var limit: Int?

    @Option(help: "How to print: table, csv or json; csv for --output, if left out.")
    var format: OutputFormat?

    @Option(help: "Write to this file, which must not be there yet.", completion: .file())
    var output: String?

    func validate() throws {
      if let limit, limit < 1 { throw ValidationError("At least one line is shown: --limit 1.") }
    }

    func run() throws {
      let store = try VaultCommand.store(place)
      let sources = try PlaceFile(inPlace: place.url).sources.map(\.id)
      guard sources.contains(source) else {
        throw Problem(
          file: place.url.appendingPathComponent(PlaceFile.fileName).path,
          "There is no source '\(source)'.",
          hint: nearestName(to: source, among: sources).map { "Did you mean '\($0)'?" }
            ?? "The sources are: \(sources.joined(separator: ", ")).")
      }
      let limit = limit ?? (output == nil ? 100 : Int(Int32.max))
      let format = format ?? (output == nil ? .table : .csv)
      let landed = store.deliveries.appendingPathComponent(source)
      let deliveries = try FileManager.default.contentsOfDirectory(atPath: landed.path).sorted()
      if let delivery, !deliveries.contains(delivery) {
        throw Problem(
          file: landed.path, "The source \(source) has no delivery '\(delivery)'.",
          hint: "There are: \(deliveries.filter { !$0.hasPrefix(".") }.joined(separator: ", ")).")
      }
      let held = try store.openVault().held(
        source: source, delivery: delivery, file: file, line: line, limit: limit + 1)
      let rows = held.prefix(limit).map { record in
        [
          record.delivery, record.file, "\(record.line)",
          record.text + (record.isCut ? " … (cut)" : ""),
        ]
      }
      let text = try TextTable(columns: ["delivery", "file", "line", "text"], rows: Array(rows))
        .text(format)
      if let output {
        try write(text + "\n", to: output)
        print("Wrote \(rows.count) records to \(output).")
      } else if rows.isEmpty, format == .table {
        print("No record was set aside there.")
      } else {
        print(text)
      }
      if held.count > limit {
        print(error: "There are more: raise --limit above \(limit), or name a delivery or a file.")
      }
    }

    private func write(_ text: String, to path: String) throws {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw Problem(
          file: path, "The file cannot be made: \(String(cString: strerror(errno))).",
          hint: "Choose a name that is not taken, where you may write.")
      }
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      try handle.write(contentsOf: Data(text.utf8))
    }
  }

  struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change the keys: a new one opens the vault, and everything in it is sealed anew.",
      discussion: """
        Pseudonyms stay as they are, so nothing has to be landed or linked again. Where the key is in
        KITH_KEY, put the new one (64 hexadecimal digits, as `openssl rand -hex 32` makes) in
        KITH_NEW_KEY, and in KITH_KEY once this is done. Otherwise store/vault.key is replaced: copy the
        new one to where you keep the old. A change that was broken off is finished by running it again.
        """)

    @OptionGroup var place: PlaceArgument

    func run() throws {
      let store = try VaultCommand.store(place)
      var next = 0
      let count = try store.rotateVault { done, total in
        guard done >= next else { return }
        next = done + 100_000
        print(error: "sealed anew: \(done) of \(total)")
      }
      print("The keys are changed; \(count) values are sealed anew. Keep a copy of the new key.")
    }
  }
}
