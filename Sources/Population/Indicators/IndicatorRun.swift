import Crypto
import Definitions
import Engine
import Foundation
import Intake

/// The part of a run that works the indicators out: which of them are to be made anew, and what of them a snapshot keeps.
struct IndicatorRun {
  /// The folders of a snapshot with a file an indicator, and its table of definitions.
  static let figures = "indicator"
  static let inequality = "inequality"
  static let definitions = "indicator_definition"

  let catalogue: IndicatorCatalogue
  /// The hash of the data.
  let dataKey: String
  /// The hash of the data and of every definition.
  let key: String
  let store: PlaceStore
  let search: DriverSearch
  /// For each indicator the hash of its definition, and that of its figures.
  private let keys: [String: (definition: String, figures: String)]

  init(
    _ catalogue: IndicatorCatalogue, dataKey: String, store: PlaceStore, search: DriverSearch
  ) {
    self.search = search
    self.catalogue = catalogue
    self.dataKey = dataKey
    self.store = store
    func hash(_ texts: [String]) -> String {
      SHA256.hash(data: Data(texts.joined(separator: "\n").utf8)).hex
    }
    var keys: [String: (definition: String, figures: String)] = [:]
    for indicator in catalogue.indicators {
      var texts = [Self.json(indicator, isForHash: true)]
      if let fingerprint = catalogue.fingerprints[indicator.id] { texts.append(fingerprint) }
      let definition = hash(texts)
      keys[indicator.id] = (
        definition, hash(["\(IndicatorTables.version)", dataKey, definition])
      )
    }
    self.keys = keys
    key = hash(
      ["\(IndicatorTables.version)", dataKey]
        + catalogue.indicators.map { "\($0.id) \(keys[$0.id]?.figures ?? "")" })
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

  /// What was made.
  struct Result {
    /// The files of the snapshot, by their names in it without the ending.
    var files: [(name: String, file: URL)] = []
    /// What data indicators wait for.
    var waits: [String: String] = [:]
  }

  /// Makes the files of every indicator: those that the snapshot in use has just so are taken from it.
  func make(
    _ tables: SnapshotTables, current: Manifest?, _ connection: Connection,
    progress: @escaping @Sendable (RunEvent) -> Void
  ) throws -> Result {
    let stage = store.indicatorStage
    try FileManager.default.createDirectory(at: stage, withIntermediateDirectories: true)
    var result = Result()
    var notes = catalogue.leftOut
    var missing: [Indicator] = []
    var found: [String: (figures: URL, inequality: URL)] = [:]
    let kept = Dictionary((current?.indicators ?? []).map { ($0.id, $0) }) { first, _ in first }
    for indicator in catalogue.indicators {
      let own = kept[indicator.id]
      if let own, own.key == keys[indicator.id]?.figures, let current {
        if let waits = own.waits {
          result.waits[indicator.id] = waits
          continue
        }
        let folder = store.folder(of: current.id)
        let files = (
          figures: folder.appendingPathComponent("\(Self.figures)/\(indicator.id).parquet"),
          inequality: folder.appendingPathComponent("\(Self.inequality)/\(indicator.id).parquet")
        )
        if [files.figures, files.inequality].allSatisfy({
          FileManager.default.fileExists(atPath: $0.path)
        }) {
          found[indicator.id] = files
          continue
        }
      }
      if let own, own.definition != keys[indicator.id]?.definition,
        own.version == indicator.version,
        catalogue.own.contains(indicator.id)
      {
        notes.append(
          "\(indicator.id) has changed and is version \(own.version) still: raise it where its "
            + "figures mean something else")
      }
      let files = stageFiles(indicator.id, stage)
      if [files.figures, files.inequality].allSatisfy({
        FileManager.default.fileExists(atPath: $0.path)
      }) {
        found[indicator.id] = files
      } else {
        missing.append(indicator)
      }
    }
    progress(.stage(.indicators, isResumed: missing.isEmpty))
    for note in notes { progress(.note(note)) }
    let outcome = try IndicatorTables(
      tables: tables, files: { stageFiles($0, stage) }, own: catalogue.own, search: search
    )
    .make(missing, imported: catalogue.imported, connection) { progress(.step($0)) }
    for note in outcome.notes { progress(.note(note)) }
    result.waits.merge(outcome.waits) { $1 }
    for indicator in catalogue.indicators where result.waits[indicator.id] == nil {
      let files = found[indicator.id] ?? stageFiles(indicator.id, stage)
      result.files.append(("\(Self.figures)/\(indicator.id)", files.figures))
      result.files.append(("\(Self.inequality)/\(indicator.id)", files.inequality))
    }
    return result
  }

  /// The files of an indicator in the stage, named for what they rest on: another definition does not take them away.
  private func stageFiles(_ id: String, _ stage: URL) -> (figures: URL, inequality: URL) {
    let name = "\(id)-\(keys[id]?.figures.prefix(16) ?? "")"
    return (
      stage.appendingPathComponent("\(name).parquet"),
      stage.appendingPathComponent("\(name).inequality.parquet")
    )
  }

  /// What the manifest says of the indicators.
  func entries(_ result: Result) -> [Manifest.IndicatorEntry] {
    catalogue.indicators.map { indicator in
      Manifest.IndicatorEntry(
        id: indicator.id, version: indicator.version, key: keys[indicator.id]?.figures ?? "",
        definition: keys[indicator.id]?.definition ?? "", waits: result.waits[indicator.id])
    }
  }

  /// Writes the table of definitions, so that a snapshot says by itself what its figures mean.
  func writeDefinitions(_ result: Result, to folder: URL) throws {
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
      ("waits_for", texts { result.waits[$0.id] }),
      (
        "definition",
        texts { indicator in
          // Where the place lies on this machine is nobody's business.
          var indicator = indicator
          indicator.file = indicator.file.replacing(store.place.path + "/", with: "")
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
