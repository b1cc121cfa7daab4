import Crypto
import Definitions
public import Foundation
public import Intake

/// What a snapshot was made from, and what is in it: `manifest.json` in its folder.
public struct Manifest: Codable, Sendable, Equatable {
  public static let fileName = "manifest.json"

  public let id: String
  /// The hash of everything the snapshot depends on: two runs with the same key are the same.
  public let key: String
  /// The stages that made it, each with the hash of what it depends on; nil in snapshots from before they were kept.
  public let stages: [StageEntry]?
  /// When the run ended, in UTC.
  public let created: String
  public let kithVersion: String
  public let place: Place
  public let pack: Pack
  public let engine: String
  /// Every input file with what became of its rows.
  public let inputs: [FileAccount]
  public let tables: [TableEntry]
  /// What became of the records of every delivery; nil in snapshots from before there were any.
  public let intake: SourceIntake.Result?
  /// What the linkage of the records came to; nil where the place has no sources.
  public let linkage: SpineAccount?
  /// The indicators, whether or not the data let them have figures; nil in snapshots from before there were any.
  public let indicators: [IndicatorEntry]?
  /// What whoever runs it should know of the indicators; nil in snapshots from before it was kept.
  public let notes: [String]?

  public struct StageEntry: Codable, Sendable, Equatable {
    public let name: String
    public let key: String
  }

  /// What stages say of how their tables came about; each field is of one stage.
  package struct Accounts: Codable {
    package var inputs: [FileAccount]?
    package var intake: SourceIntake.Result?
    package var linkage: SpineAccount?
    package var indicators: [IndicatorEntry]?
    /// What whoever runs it should know of the indicators, told each time that a snapshot is published.
    package var notes: [String]?

    package init(
      inputs: [FileAccount]? = nil, intake: SourceIntake.Result? = nil,
      linkage: SpineAccount? = nil, indicators: [IndicatorEntry]? = nil, notes: [String]? = nil
    ) {
      self.inputs = inputs
      self.intake = intake
      self.linkage = linkage
      self.indicators = indicators
      self.notes = notes
    }

    /// Takes what another says over.
    mutating func merge(_ other: Accounts) {
      inputs = other.inputs ?? inputs
      intake = other.intake ?? intake
      linkage = other.linkage ?? linkage
      indicators = other.indicators ?? indicators
      notes = other.notes ?? notes
    }
  }

  package var accounts: Accounts {
    Accounts(
      inputs: inputs, intake: intake, linkage: linkage, indicators: indicators, notes: notes)
  }

  public struct IndicatorEntry: Codable, Sendable, Equatable {
    public let id: String
    public let version: Int
    /// The hash of the definition and of the data that its figures rest on.
    public let key: String
    /// The hash of the definition alone.
    public let definition: String
    /// What data it waits for; nil where it has figures.
    public let waits: String?

    package init(id: String, version: Int, key: String, definition: String, waits: String?) {
      self.id = id
      self.version = version
      self.key = key
      self.definition = definition
      self.waits = waits
    }
  }

  public struct Place: Codable, Sendable, Equatable {
    public let name: String
    public let kind: String
    public let code: String
  }

  public struct Pack: Codable, Sendable, Equatable {
    public let id: String
    public let version: Int
    public let title: String
  }

  public struct TableEntry: Codable, Sendable, Equatable {
    public let name: String
    public let rows: Int
    public let bytes: Int
    public let sha256: String

    var sum: WrittenFile { WrittenFile(bytes: bytes, sha256: sha256) }

    /// How its file in the folder of a snapshot is not as it was written, in words; nil where it is.
    func damage(in folder: URL) -> String? {
      sum.damage(at: folder.appendingPathComponent("\(name).parquet"))
    }
  }

  /// Reads the manifest in the folder of a snapshot.
  public init(reading folder: URL) throws {
    let url = folder.appendingPathComponent(Self.fileName)
    do {
      self = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: url))
    } catch {
      throw Problem(
        file: url.path, "The manifest cannot be read, so the snapshot is not used.",
        hint: "Run `kith run --force` to make a new snapshot.")
    }
  }

  init(
    id: String, key: String, stages: [StageEntry], created: String, place: Place, pack: Pack,
    engine: String, tables: [TableEntry], accounts: Accounts
  ) {
    self.id = id
    self.key = key
    self.stages = stages
    self.created = created
    kithVersion = Kith.version
    self.place = place
    self.pack = pack
    self.engine = engine
    self.tables = tables
    inputs = accounts.inputs ?? []
    intake = accounts.intake
    linkage = accounts.linkage
    indicators = accounts.indicators
    notes = accounts.notes
  }

  /// The first table that is missing or not as it was written; nil where the snapshot is whole.
  ///
  /// - Parameter folder: that of the snapshot.
  public func damage(in folder: URL) -> String? {
    for table in tables {
      if let damage = table.damage(in: folder) { return damage }
    }
    return nil
  }

  func write(to folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let url = folder.appendingPathComponent(Self.fileName)
    try encoder.encode(self).write(to: url)
    try url.syncToDisk()
  }
}

/// The version of the program.
public enum Kith {
  public static let version = "0.1.0"
}
