import ArgumentParser
import AsyncHTTPClient
import Decisions
import Definitions
import Foundation
import Indicators
import NIOCore
import NIOHTTP1
import Partnership
import Places
import Site

struct Assets: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Take in services from other directories (Open Referral UK 3.0), or check their feeds.",
    discussion: """
      A feed is the address of an API, a JSON file, or a folder of JSON files. `check` says what its \
      publisher should mend. `import` takes its services in as assets: one change, which can be undone on \
      the page Changes; what partners have changed here is not overwritten.

      The place publishes its own assets in the same form at /api/oruk/v3. Examples:

        kith assets check https://directory.example.org/api/v3
        kith assets check feed/ --format csv > fix-list.csv
        kith assets import my-place feed.json --name "Example Council's directory"
        kith assets points my-place
      """,
    subcommands: [Check.self, Import.self, Points.self])

  /// Reads a feed, telling how far it is.
  fileprivate static func read(_ source: String) async throws -> OpenReferralFeed {
    guard let url = URL(string: source), ["http", "https"].contains(url.scheme?.lowercased() ?? "")
    else { return try OpenReferralFeed(files: URL(fileURLWithPath: source)) }
    let printer = CountPrinter("services read")
    defer { printer.end() }
    return try await OpenReferralFeed(api: url, fetch: { try await fetch($0) }) { count, all in
      printer.show(count, of: all)
    }
  }

  /// The largest answer that is read, in bytes.
  private static let largestAnswer = 64 << 20

  private static func fetch(_ url: URL) async throws -> Data {
    var failure: (any Error)?
    // Servers falter now and then.
    for attempt in 0..<3 {
      if attempt > 0 { try await Task.sleep(for: .seconds(attempt)) }
      do {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "Kith/\(Kith.version)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        guard response.status == .ok else {
          let error = PartnershipError(
            .file,
            "\(url.absoluteString): The server answers \(response.status.code) \(response.status.reasonPhrase)."
          )
          // What is not there, or not for us, is not there at the next attempt either.
          if (400..<500).contains(response.status.code) { throw Final(error: error) }
          throw error
        }
        return Data(try await response.body.collect(upTo: largestAnswer).readableBytesView)
      } catch let error as Final {
        throw error.error
      } catch is NIOTooManyBytesError {
        throw PartnershipError(
          .file, "\(url.absoluteString): The answer is larger than \(largestAnswer >> 20) MB.",
          hint: "Ask its publisher for smaller pages, or for a file.")
      } catch {
        failure = error
      }
    }
    throw failure as? PartnershipError
      ?? PartnershipError(
        .file, "\(url.absoluteString): There is no answer: \(failure.map { "\($0)" } ?? "").",
        hint: "Check the address, and that this machine may reach it.")
  }

  private struct Final: Error { let error: PartnershipError }

  fileprivate static func table(_ faults: [FeedFault]) -> TextTable {
    TextTable(
      columns: ["severity", "page", "record", "path", "message"],
      rows: faults.map { [$0.severity.rawValue, $0.page, $0.record, $0.path, $0.message] })
  }
}

extension Assets {
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what the publisher of a feed should mend.",
      discussion:
        "Ends with 2 where anything is against the specification, there is no service, or the feed is not whole; else with 0."
    )

    @Argument(help: "The address of an API, a JSON file, or a folder of them.")
    var feed: String

    @Option(help: "How to print: table, csv or json.")
    var format: OutputFormat = .table

    func run() async throws {
      let feed = try await Assets.read(feed)
      print(try Assets.table(feed.faults).text(format))
      let errors = feed.faults.count { $0.severity == .error }
      print(
        error:
          "\(feed.services.count) service\(feed.services.count == 1 ? "" : "s") on \(feed.pages) page\(feed.pages == 1 ? "" : "s"): \(errors) against the specification, \(feed.faults.count - errors) doubtful."
      )
      if feed.services.isEmpty {
        print(error: "The feed has no service, so there was nothing to check.")
      }
      if errors > 0 || feed.services.isEmpty || !feed.isWhole { throw ExitCode(2) }
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take the services of a feed in as assets of a place.",
      discussion:
        "Ends with 2 where nothing was taken in, or where the feed is not whole: what is in it is taken in then."
    )

    @Argument(help: "The place folder.", completion: .directory)
    var place: String

    @Argument(help: "The address of an API, a JSON file, or a folder of them.")
    var feed: String

    @Option(help: "What the feed is called; its services are known again by this name.")
    var name: String

    @Option(help: "Where to write the fix list for its publisher, as CSV.")
    var fixList: String?

    func validate() throws {
      guard Partnership.isSourceName(name) else {
        throw ValidationError(
          "The name of the directory is empty or has characters that nobody sees. Type it again after --name."
        )
      }
    }

    func run() async throws {
      let url = URL(fileURLWithPath: place)
      _ = try PlaceFile(inPlace: url)
      let feed = try await Assets.read(feed)
      let partnership = try await PlacePartnership.open(PlaceStore(place: url))
      let printer = CountPrinter("records taken in")
      let result = try partnership.take(
        feed.items, from: name, isWhole: feed.isWhole,
        by: .program("kith assets import")
      ) { printer.show($0, of: $1) }
      printer.end()
      let faults = feed.faults + result.faults
      if let fixList {
        try Data(try Assets.table(faults).text(.csv).utf8).write(
          to: URL(fileURLWithPath: fixList), options: .atomic)
      }
      print("added      \(result.added)\nchanged    \(result.updated)\nunchanged  \(result.same)")
      for title in result.kept.prefix(20) {
        print(error: "Changed both here and there, so what stands here stood: \(title)")
      }
      for record in result.missing.prefix(20) {
        print(
          error:
            "No longer in the feed; look whether it is still there: \(record.title) (\(record.path))"
        )
      }
      if result.missing.count > 20 { print(error: "… and \(result.missing.count - 20) more.") }
      for fault in faults.prefix(fixList == nil ? 20 : 0) { print(error: "\(fault)") }
      if faults.count > 20, fixList == nil {
        print(error: "… and \(faults.count - 20) more; --fix-list FILE has all.")
      }
      if let change = result.change {
        print(error: "This is change \(change); it can be undone as a whole on the page Changes.")
      }
      if result.added + result.updated + result.same == 0 {
        print(
          error: feed.services.isEmpty
            ? "Nothing was taken in: the feed has no service."
            : "Nothing was taken in: none of the \(feed.services.count) services could be kept.")
        throw ExitCode(2)
      }
      if !feed.isWhole {
        print(
          error:
            "The feed is not whole. What is in it was taken in, and what it lacks stays as it was here."
        )
        throw ExitCode(2)
      }
    }
  }

  struct Points: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Take in the surgeries, libraries and hospitals of the place's open data as assets.",
      discussion: "Each says how old it is. What was taken in before is brought up to date.")

    @OptionGroup var place: PlaceArgument

    func run() async throws {
      _ = try PlaceFile(inPlace: place.url)
      let store = PlaceStore(place: place.url)
      let atlas = try await Atlas.current(of: store)
      let result = try await PlacePartnership.open(store).take(
        PlacePoints(atlas).items, from: PlacePoints.source,
        by: .program("kith assets points"))
      print("added      \(result.added)\nchanged    \(result.updated)\nunchanged  \(result.same)")
      for fault in result.faults { print(error: "\(fault)") }
    }
  }
}

/// Tells how many of how many are done, on a terminal in one line that changes.
final class CountPrinter: Sendable {
  private let what: String
  private let isTerminal = isatty(STDERR_FILENO) == 1

  init(_ what: String) { self.what = what }

  func show(_ count: Int, of all: Int?) {
    guard isTerminal else { return }
    let line = "\r\(count)\(all.map { " of \($0)" } ?? "") \(what)"
    FileHandle.standardError.write(Data(line.utf8))
  }

  func end() { if isTerminal { print(error: "") } }
}
