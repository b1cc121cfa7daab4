import Crypto
package import Definitions
package import Engine
package import Foundation
package import Governance
package import Intake

/// What the stages of a run work with.
package final class RunContext {
  package let store: PlaceStore
  package let file: PlaceFile
  package let pack: OpenDataPack
  /// To the engine in which all stages work.
  package let connection: Connection
  package let search: DriverSearch
  /// Whether nothing that was made before is to be used.
  package let isForced: Bool
  /// The sources of the place; nil where it has none.
  package let sources: SourceIntake?
  package let progress: @Sendable (RunEvent) -> Void
  /// What the place's deliveries came to.
  package internal(set) var deliveries: [DeliveryAccount] = []
  /// The snapshot in use, of which what has not changed is taken; nil where nothing is.
  package internal(set) var current: Manifest?
  /// The Parquet files of the tables of all stages that have been made.
  package internal(set) var tables: [String: URL] = [:]
  /// What a stage depends on, as a hash, by its name.
  package internal(set) var keys: [String: String] = [:]
  let openData: PackLanding
  /// The files of open data, as they were read.
  var read: [String: PackLanding.ReadFile] = [:]
  private var openedVault: Vault?

  init(_ run: PlaceRun, _ file: PlaceFile, _ pack: OpenDataPack, _ connection: Connection) throws {
    store = run.store
    self.file = file
    self.pack = pack
    self.connection = connection
    search = run.search
    isForced = run.isForced
    progress = run.progress
    sources =
      try file.sources.isEmpty
      ? nil
      : SourceIntake(file, definitions: store.definitions, landing: store.deliveries)
    openData = PackLanding(
      pack: pack, folder: file.openData.folder, connection: connection, landing: store.landing)
  }

  package var dialect: Dialect { Dialect(.duckdb) }

  /// A hash of texts, in their order: where it is another, what was made of them is made again.
  package static func hash(_ texts: [String]) -> String {
    SHA256.hash(data: Data(texts.joined(separator: "\n").utf8)).hex
  }

  /// How many threads the work may use.
  package var threads: Int {
    file.engine.threads ?? ProcessInfo.processInfo.activeProcessorCount
  }

  /// The place's vault, opened once in a run.
  package func vault() throws -> Vault {
    if let openedVault { return openedVault }
    let vault = try store.openVault()
    openedVault = vault
    return vault
  }

  /// Says what a stage is at.
  package func step(_ text: String) { progress(.step(text)) }

  /// Writes the rows of a query as a table of a stage.
  ///
  /// - Parameter isSorted: for rows that the engine's threads make in no order of their own.
  package func write(
    _ table: String, _ query: String, in folder: URL, isSorted: Bool = false
  ) throws {
    try connection.writeParquet(
      query + (isSorted ? " order by all" : ""),
      to: folder.appendingPathComponent("\(table).parquet"))
  }

  /// Brings a table from a folder into the engine.
  package func load(_ table: String, from folder: URL) throws {
    let file = dialect.parquet(table, in: folder)
    try connection.execute(
      "create or replace table \(dialect.identifier(table)) as from \(file)")
  }
}
