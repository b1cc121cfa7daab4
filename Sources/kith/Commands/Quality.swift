import ArgumentParser
import Definitions
import Foundation
import Indicators
import Intake
import Places
import Statistics

struct Quality: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Say how good a place's data are, what they are fit for, and what a sender is to mend.",
    discussion: """
      Without a subcommand it lists the uses of the data with a verdict each. The figures are those of
      the snapshot in use; `kith serve` shows them as pages under Data quality.

      Examples:

        kith quality my-place
        kith quality fields my-place --source gp --format csv
        kith quality summary my-place --source apc > email.txt
        kith quality lines my-place --source apc --format csv
      """,
    subcommands: [Uses.self, Fields.self, Summary.self, Lines.self], defaultSubcommand: Uses.self)

  /// The quality of the snapshot in use.
  fileprivate static func read(_ place: PlaceArgument) async throws -> (Atlas, PlaceStore) {
    _ = try PlaceFile(inPlace: place.url)
    let store = PlaceStore(place: place.url)
    let atlas = try await Atlas.current(of: store)
    guard !atlas.quality.sources.isEmpty else {
      throw Problem(
        file: place.url.appendingPathComponent(PlaceFile.fileName).path,
        "The snapshot has no sources, so there is no quality to measure.",
        hint: "Name sources in kith.yaml and run `kith run`.")
    }
    return (atlas, store)
  }

  fileprivate static func source(
    _ id: String, _ atlas: Atlas, _ place: PlaceArgument
  ) throws -> DataQuality.Source {
    if let source = atlas.quality.source(id) { return source }
    let ids = atlas.quality.sources.map(\.id)
    throw Problem(
      file: place.url.appendingPathComponent(PlaceFile.fileName).path,
      "The snapshot has no source '\(id)'.",
      hint: nearestName(to: id, among: ids).map { "Did you mean '\($0)'?" }
        ?? "The sources are: \(ids.joined(separator: ", ")).")
  }
}

extension Quality {
  /// Throws for a delivery that the source has not got.
  fileprivate static func check(
    _ delivery: String?, of source: DataQuality.Source, _ place: PlaceArgument
  ) throws {
    guard let delivery, !source.deliveries.contains(where: { $0.delivery == delivery }) else {
      return
    }
    throw Problem(
      file: place.url.appendingPathComponent(PlaceFile.fileName).path,
      "The source \(source.id) has no delivery '\(delivery)'.",
      hint: "There are: \(source.deliveries.map(\.delivery).joined(separator: ", ")).")
  }

  struct Uses: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the uses of the data, each with a verdict and what is wanting.")

    @OptionGroup var place: PlaceArgument

    @Option(help: "How to print: table, csv or json.")
    var format: OutputFormat = .table

    func run() async throws {
      let (atlas, store) = try await Quality.read(place)
      var rows: [[String]] = []
      for use in try DataUse.all(definitions: store.definitions) {
        let fitness = Fitness(use, atlas.quality)
        let wanting = fitness.findings.filter { $0.verdict != .fit }
          .sorted { $0.verdict > $1.verdict }
        let texts = wanting.map { finding in
          let what = [finding.source, finding.field].filter { !$0.isEmpty }.joined(separator: " ")
          return (what.isEmpty ? "" : what + ": ") + finding.sentence
        }
        // A row a line in a table; everything in CSV and JSON.
        rows.append(
          format == .table
            ? [use.id, fitness.verdict.title, use.title]
            : [use.id, fitness.verdict.title, use.title, texts.joined(separator: " ")])
        if format == .table { rows += texts.map { ["", "", "  " + $0] } }
      }
      let columns = ["use", "verdict", "title"] + (format == .table ? [] : ["wanting"])
      print(try TextTable(columns: columns, rows: rows).text(format))
    }
  }

  struct Fields: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "List a source's fields: how complete, valid and known they are, for everybody or by group."
    )

    @OptionGroup var place: PlaceArgument

    @Option(help: "The source.")
    var source: String

    @Option(help: "By group: deprivation, ethnic_group, age or practice.")
    var by: String?

    @Option(help: "Of one delivery rather than all.")
    var delivery: String?

    @Option(help: "How to print: table, csv or json.")
    var format: OutputFormat = .table

    func validate() throws {
      if let by,
        DataQuality.Group(rawValue: by) == nil || ["", "source", "small_area"].contains(by)
      {
        throw ValidationError("--by is one of deprivation, ethnic_group, age and practice.")
      }
      if by != nil, delivery != nil {
        throw ValidationError("Groups are of all deliveries together: leave --delivery out.")
      }
    }

    func run() async throws {
      let (atlas, _) = try await Quality.read(place)
      let source = try Quality.source(source, atlas, place)
      try Quality.check(delivery, of: source, place)
      let quality = atlas.quality
      var rows: [[String]] = []
      for table in source.tables {
        for field in table.fields {
          func shares(_ measure: DataQuality.Measure) -> [DataQuality.Share] {
            guard let group = by.flatMap({ DataQuality.Group(rawValue: $0) }) else {
              return quality.share(
                measure, source: source.id, table: table.name, field: field.name,
                delivery: delivery ?? ""
              ).map { [$0] } ?? []
            }
            return quality.shares(
              measure, source: source.id, table: table.name, field: field.name, by: group)
          }
          let (valid, known) = (shares(.validity), shares(.known))
          for share in shares(.completeness) {
            rows.append(
              [table.name, field.column] + (by == nil ? [] : [share.id]) + [
                share.denominator.map(String.init) ?? text(share), text(share),
                text(valid.first { $0.id == share.id }),
                known.isEmpty ? "" : text(known.first { $0.id == share.id }),
              ])
          }
        }
      }
      if rows.isEmpty, let by {
        throw Problem(
          file: place.url.appendingPathComponent(PlaceFile.fileName).path,
          "The source \(source.id) does not say of which \(by.replacing("_", with: " ")) its records are.",
          hint: "Leave --by out, or choose another.")
      }
      print(
        try TextTable(
          columns: ["table", "field"] + (by.map { [$0] } ?? []) + [
            "records", "complete", "valid", "known",
          ], rows: rows
        ).text(format))
    }

    /// A share as a number, or why there is none.
    private func text(_ share: DataQuality.Share?) -> String {
      switch share?.figure {
      case .known(let known)?: String(known.value.rounded(toDecimals: 4))
      case .suppressed?: "suppressed"
      case .unknown?, nil: "unknown"
      }
    }
  }

  struct Summary: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what a sender is asked to mend, as plain text for an email.")

    @OptionGroup var place: PlaceArgument

    @Option(help: "The source.")
    var source: String

    func run() async throws {
      let (atlas, store) = try await Quality.read(place)
      let source = try Quality.source(source, atlas, place)
      let summary = SupplierSummary(
        source, atlas.quality, uses: try DataUse.all(definitions: store.definitions),
        rules: try MappingCatalogue(definitions: store.definitions).policies(),
        place: atlas.manifest.place.name, snapshot: atlas.manifest.id)
      print(summary.text, terminator: "")
    }
  }

  struct Lines: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "List every line of a source where a rule was broken, with nothing of what is in it.")

    @OptionGroup var place: PlaceArgument

    @Option(help: "The source.")
    var source: String

    @Option(help: "Only this delivery.")
    var delivery: String?

    @Option(help: "How to print: table, csv or json.")
    var format: OutputFormat = .table

    func run() async throws {
      let (atlas, store) = try await Quality.read(place)
      let source = try Quality.source(source, atlas, place)
      try Quality.check(delivery, of: source, place)
      let faults = try await DataQuality.faults(
        of: source.id, delivery: delivery, in: atlas.manifest, store)
      if faults.isEmpty, format == .table { return print("No record broke a rule.") }
      print(
        try TextTable(
          columns: ["delivery", "file", "line", "field", "rule", "outcome", "since"], rows: faults
        ).text(format))
    }
  }
}
