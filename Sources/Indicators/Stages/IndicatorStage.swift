import Definitions
import Engine
package import Foundation
import Intake
package import Places
import TableFiles

/// Works out the indicators: those whose definition or data have changed; the others are those of the snapshot in use.
package struct IndicatorStage: Stage {
  /// The folders of a snapshot with a file an indicator, and its table of definitions.
  static let figures = "indicator"
  static let inequality = "inequality"
  static let definitions = "indicator_definition"

  package let name = "indicators"
  package let needs = ["areas", "figures"]
  package let loads: [String] = []
  package let tables = [Self.definitions]
  private let catalogue: IndicatorCatalogue
  /// For each indicator the hash of its definition.
  private let hashes: [String: String]

  /// - Throws: ``Definitions/Problems`` for what is wrong in definitions.
  package init(_ run: RunContext) throws {
    let catalogue = try IndicatorCatalogue(
      definitions: run.store.definitions, fingertips: run.file.fingertips)
    self.catalogue = catalogue
    hashes = Dictionary(
      uniqueKeysWithValues: catalogue.indicators.map { indicator in
        (
          indicator.id,
          RunContext.hash(
            [Self.json(indicator, isForHash: true)]
              + [catalogue.fingerprints[indicator.id]].compactMap { $0 })
        )
      })
  }

  package func title(_ run: RunContext) -> String? { "Work out the indicators" }

  package func makes(_ table: String) -> Bool {
    table == Self.definitions || table.hasPrefix("\(Self.figures)/")
      || table.hasPrefix("\(Self.inequality)/")
  }

  package func inputs(_ run: RunContext) throws -> [String] {
    ["\(IndicatorTables.version)"] + catalogue.indicators.map { "\($0.id) \(hashes[$0.id] ?? "")" }
  }

  /// A definition as text; for its hash without where it stands.
  static func json(_ indicator: Indicator, isForHash: Bool = false) -> String {
    var indicator = indicator
    if isForHash {
      indicator.file = ""
      indicator.line = 0
      indicator.numerator.line = 0
      indicator.denominator?.line = 0
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A definition is texts, numbers and lists of them, which always have a form in JSON.
    guard let data = try? encoder.encode(indicator) else {
      preconditionFailure("a definition is encoded")
    }
    return String(decoding: data, as: UTF8.self)
  }

  package func own(_ accounts: Manifest.Accounts) -> Manifest.Accounts {
    Manifest.Accounts(indicators: accounts.indicators, notes: accounts.notes)
  }

  package func make(_ run: RunContext, in folder: URL) throws -> Manifest.Accounts {
    let cache = run.store.indicatorStage
    for url in [
      cache, folder.appendingPathComponent(Self.figures),
      folder.appendingPathComponent(Self.inequality),
    ] {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }
    // What the figures of an indicator depend on: its definition, and the data.
    let data = needs.map { run.keys[$0] ?? "" }
    let keys = hashes.mapValues { RunContext.hash(["\(IndicatorTables.version)", $0] + data) }
    @Sendable func cached(_ id: String) -> Files {
      let name = "\(id)-\(keys[id]?.prefix(16) ?? "")"
      return Files(
        figures: cache.appendingPathComponent("\(name).parquet"),
        inequality: cache.appendingPathComponent("\(name).inequality.parquet"))
    }
    var waits: [String: String] = [:]
    var missing: [Indicator] = []
    var found: [String: Files] = [:]
    let kept = Dictionary((run.current?.indicators ?? []).map { ($0.id, $0) }) { first, _ in first }
    for indicator in catalogue.indicators {
      let own = kept[indicator.id]
      if let own, own.key == keys[indicator.id], let current = run.current {
        if let reason = own.waits {
          waits[indicator.id] = reason
          continue
        }
        let files = Files(indicator.id, in: run.store.folder(of: current.id))
        if files.areThere {
          found[indicator.id] = files
          continue
        }
      }
      if let own, own.definition != hashes[indicator.id], own.version == indicator.version,
        catalogue.own.contains(indicator.id)
      {
        run.progress(
          .note(
            "\(indicator.id) has changed and is version \(own.version) still: raise it where its "
              + "figures mean something else"))
      }
      // Of an earlier run that was stopped: another definition does not take them away.
      if cached(indicator.id).areThere {
        found[indicator.id] = cached(indicator.id)
      } else {
        missing.append(indicator)
      }
    }
    let progress = run.progress
    let outcome = try IndicatorTables(
      tables: SnapshotTables(files: run.tables), files: { cached($0) }, own: catalogue.own,
      search: run.search
    )
    .make(missing, imported: catalogue.imported, run.connection) { progress(.step($0)) }
    waits.merge(outcome.waits) { $1 }
    for indicator in catalogue.indicators where waits[indicator.id] == nil {
      let files = found[indicator.id] ?? cached(indicator.id)
      let own = Files(indicator.id, in: folder)
      try FileManager.default.linkOrCopy(files.figures, to: own.figures)
      try FileManager.default.linkOrCopy(files.inequality, to: own.inequality)
    }
    try writeDefinitions(waits, of: run.store.place, to: folder)
    return Manifest.Accounts(
      indicators: catalogue.indicators.map { indicator in
        Manifest.IndicatorEntry(
          id: indicator.id, version: indicator.version, key: keys[indicator.id] ?? "",
          definition: hashes[indicator.id] ?? "", waits: waits[indicator.id])
      }, notes: catalogue.leftOut + outcome.notes)
  }

  /// The two files of an indicator.
  struct Files {
    let figures: URL
    let inequality: URL

    init(figures: URL, inequality: URL) {
      self.figures = figures
      self.inequality = inequality
    }

    /// Those of a snapshot, or of the stage's folder.
    init(_ id: String, in folder: URL) {
      figures = folder.appendingPathComponent("\(IndicatorStage.figures)/\(id).parquet")
      inequality = folder.appendingPathComponent("\(IndicatorStage.inequality)/\(id).parquet")
    }

    var areThere: Bool {
      [figures, inequality].allSatisfy { FileManager.default.fileExists(atPath: $0.path) }
    }
  }

  /// Writes the table of definitions, so that a snapshot says by itself what its figures mean.
  private func writeDefinitions(
    _ waits: [String: String], of place: URL, to folder: URL
  ) throws {
    let all = catalogue.indicators
    func texts(_ value: (Indicator) -> String?) -> ResultTable.Values { .text(all.map(value)) }
    try ResultTable([
      ("indicator", texts(\.id)),
      ("version", .integer(all.map(\.version))),
      ("title", texts(\.title)),
      ("description", texts(\.description)),
      ("topic", texts(\.topic)),
      ("pillar", texts { $0.pillar?.rawValue }),
      ("method", texts(\.method.rawValue)),
      ("per", .number(all.map(\.per))),
      ("unit", texts(\.unit)),
      ("polarity", texts(\.polarity.rawValue)),
      ("waits_for", texts { waits[$0.id] }),
      (
        "definition",
        texts { indicator in
          // Where the place lies on this machine is nobody's business.
          var indicator = indicator
          indicator.file = indicator.file.replacing(place.path + "/", with: "")
          return Self.json(indicator)
        }
      ),
    ]).write(to: folder.appendingPathComponent("\(Self.definitions).parquet"))
  }
}

extension Indicator.Term {
  /// The line of a measure's term; others have none.
  fileprivate var line: Int {
    get { measure?.line ?? 0 }
    set {
      guard case .measure(var term) = self else { return }
      term.line = newValue
      self = .measure(term)
    }
  }
}
