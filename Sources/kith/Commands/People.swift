import ArgumentParser
import Definitions
import Foundation
import Governance
import Places
import Population

struct People: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Say how a place's records were linked to people, review pairs in doubt, undo what was wrong.",
    discussion: """
      `kith run` finds the people whom the records of all sources are about. People keep their ids from run \
      to run; where records went from one person to another, an event says so, and can be undone. \
      docs/linkage.md explains the method. Examples:

        kith people status my-place
        kith people events my-place --limit 50
        kith people undo my-place --event 17
        kith people review my-place --output pairs.csv --pairs 200
        kith people decide my-place --review anna.csv --review bert.csv
        kith people decisions my-place
        kith people retract my-place --one k1f --other k2e
      """,
    subcommands: [
      Status.self, Events.self, Undo.self, Review.self, Decide.self, Decisions.self, Retract.self,
    ],
    defaultSubcommand: Status.self)

  /// The store of a place whose records were linked.
  fileprivate static func store(_ place: PlaceArgument) throws -> PlaceStore {
    _ = try PlaceFile(inPlace: place.url)
    let store = PlaceStore(place: place.url)
    guard store.hasVault else {
      throw Problem(
        file: place.url.path, "The place has no people yet.",
        hint: "`kith run` finds them once a source has delivered.")
    }
    return store
  }
}

extension People {
  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say what the last linkage came to.")

    @OptionGroup var place: PlaceArgument

    @Option(help: "How to print: table, csv or json.")
    var format: OutputFormat = .table

    func run() throws {
      let store = try People.store(place)
      let manifest = try store.currentManifest()
      guard let linkage = manifest.linkage else {
        throw Problem(
          file: place.url.path,
          "The snapshot in use has no people: it was made before there were any.",
          hint: "Run `kith run`.")
      }
      func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "" }
      func count(_ value: Int?) -> String { value.map(String.init) ?? "" }
      let decisions = try store.openVault().linkDecisions().count
      let values: [(what: String, value: String)] = [
        ("identities of all sources", count(linkage.identities)),
        ("identities that say nothing of anybody", count(linkage.silent)),
        ("records, those that say the same taken together", count(linkage.records)),
        ("links between records", count(linkage.links)),
        ("people", count(linkage.people)),
        ("match weight from which pairs are links", number(linkage.threshold)),
        ("best F1 to be expected", number(linkage.expectedF1)),
        ("records that the model was learnt from", count(linkage.learntFrom)),
        ("records that were new or changed", count(linkage.new)),
        ("decisions of people", count(decisions)),
      ]
      var rows = values.map { [$0.what, $0.value] }
      for (kind, count) in (linkage.events.sorted { $0.key < $1.key }) {
        rows.append(["people \(kind)", "\(count)"])
      }
      print(try TextTable(columns: ["what", "value"], rows: rows).text(format))
      for note in linkage.notes { print(error: "Note: \(note)") }
    }
  }

  struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the records that went from one person to another, the newest first.")

    @OptionGroup var place: PlaceArgument

    @Option(help: "At most so many.")
    var limit = 20

    @Option(help: "How to print: table, csv or json.")
    var format: OutputFormat = .table

    func validate() throws {
      if limit < 1 { throw ValidationError("At least one event is shown: --limit 1.") }
    }

    func run() throws {
      let events = try People.store(place).openVault().personEvents(limit: limit)
      guard !events.isEmpty || format != .table else {
        print("No record has gone from one person to another.")
        return
      }
      let rows = events.map { event in
        [
          "\(event.number)", event.made, event.kind, "\(event.from)", "\(event.to)",
          "\(event.identities)", event.undone ?? "",
        ]
      }
      print(
        try TextTable(
          columns: ["event", "made", "kind", "from", "to", "identities", "undone"], rows: rows
        ).text(format))
    }
  }

  struct Undo: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Undo an event: the records are the first person's again, and stay so.",
      discussion: """
        It is decided for good that the records belong apart, or together; the next run brings it about. \
        Example:

          kith people undo my-place --event 17
        """)

    @OptionGroup var place: PlaceArgument

    @Option(help: "The number of the event, as `kith people events` lists it.")
    var event: Int

    func run() throws {
      try People.store(place).undo(event: event)
      print("Event \(event) is undone. Run `kith run` to bring it about.")
    }
  }

  struct Decisions: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List what was decided of pairs of records, the newest last.",
      discussion: """
        Records go by names that say nothing of whom they are about. Example:

          kith people decisions my-place --format csv
        """)

    @OptionGroup var place: PlaceArgument

    @Option(help: "How to print: table, csv or json.")
    var format: OutputFormat = .table

    func run() throws {
      let decisions = try People.store(place).openVault().linkDecisions()
      guard !decisions.isEmpty || format != .table else {
        print("Nothing has been decided.")
        return
      }
      let rows = decisions.map { decision in
        let (one, other) = decision.names
        return [
          one, other, decision.isSame ? "same" : "different", decision.because,
          decision.made ?? "",
        ]
      }
      print(
        try TextTable(columns: ["one", "other", "decision", "because", "made"], rows: rows).text(
          format))
    }
  }

  struct Retract: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take back what was decided of two records.",
      discussion: """
        The next run decides of them by what they say. Example:

          kith people retract my-place --one k1f --other k2e
        """)

    @OptionGroup var place: PlaceArgument

    @Option(help: "The one record, as `kith people decisions` names it.")
    var one: String

    @Option(help: "The other.")
    var other: String

    func run() throws {
      try People.store(place).retract(one, other)
      print("It is taken back. Run `kith run` to bring it about.")
    }
  }

  struct Review: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the pairs that people should look at, because they teach the model most.",
      discussion: """
        The file has a row a pair, with what the vault has of both records. A reviewer writes same, \
        different or unsure under 'decision'. The file says who people are: keep it where names may be, and \
        remove it when the review is over. Example:

          kith people review my-place --output pairs.csv --pairs 200
        """)

    @OptionGroup var place: PlaceArgument

    @Option(name: .shortAndLong, help: "The file to write (CSV).", completion: .file())
    var output: String

    @Option(help: "How many pairs.")
    var pairs = 100

    @Option(help: "The seed of what is drawn by chance.")
    var seed: UInt64 = 1

    func validate() throws {
      guard (1...100_000).contains(pairs) else {
        throw ValidationError("Say how many pairs: 1 to 100000.")
      }
    }

    func run() async throws {
      _ = try People.store(place)
      let count = try await SpineReview(place: place.url).write(
        pairs, seed: seed, to: URL(fileURLWithPath: output)
      ) { print(error: $0) }
      print(
        "Wrote \(count) pairs to \(output). It says who people are: only you may read it now.")
    }
  }

  struct Decide: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep what one or two reviewers decided, and say how well they agree.",
      discussion: """
        A pair is decided where all said the same of it. Decisions stay in the vault, and every later run \
        respects them. Example:

          kith people decide my-place --review anna.csv --review bert.csv
        """)

    @OptionGroup var place: PlaceArgument

    @Option(help: "The file of a reviewer; once or twice.", completion: .file())
    var review: [String]

    func validate() throws {
      guard (1...2).contains(review.count) else {
        throw ValidationError("Name the files of one or two reviewers with --review.")
      }
    }

    func run() throws {
      _ = try People.store(place)
      let (round, total) = try SpineReview(place: place.url).decide(
        review.map { URL(fileURLWithPath: $0) })
      print(round.summary(file: review[0]))
      print("There are \(total) decisions now. Run `kith run` to bring them about.")
    }
  }
}
