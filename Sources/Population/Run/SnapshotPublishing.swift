import Columns
import Crypto
import Definitions
import Engine
import Foundation
import Intake

/// The tables that rest on the data alone, and what is told of how they came about.
struct SnapshotBase {
  /// The names of the tables, in their order, and their files.
  let names: [String]
  let tables: [String: URL]
  let accounts: [FileAccount]
  let intake: SourceIntake.Result?
  let linkage: SpineAccount?
}

/// The last part of a run: gathers the files of the stages in a folder of their own, and switches to it in one step.
struct SnapshotPublishing {
  let store: PlaceStore
  let file: PlaceFile
  let pack: OpenDataPack
  let connection: Connection
  /// The snapshot in use; nil where there is none, or nothing is to be taken from it.
  let current: Manifest?
  let progress: @Sendable (RunEvent) -> Void
  private var dialect: Dialect { Dialect(.duckdb) }

  init(
    store: PlaceStore, file: PlaceFile, pack: OpenDataPack, connection: Connection,
    current: Manifest?, progress: @escaping @Sendable (RunEvent) -> Void
  ) {
    (self.store, self.file, self.pack) = (store, file, pack)
    (self.connection, self.current, self.progress) = (connection, current, progress)
  }

  /// Makes a snapshot of the tables that rest on the data and of the indicators, and switches to it.
  ///
  /// - Returns: what it is made of.
  func publish(
    _ base: SnapshotBase, _ result: IndicatorRun.Result, _ indicators: IndicatorRun
  ) throws -> Manifest {
    let now = Date()
    let key = indicators.key
    let id = freeID("\(now.utc.filter { $0 != "-" && $0 != ":" })-\(key.prefix(8))")
    let partial = store.snapshots.appendingPathComponent(".partial-\(id)")
    var tables: [Manifest.TableEntry] = []
    for folder in ["", IndicatorRun.figures, IndicatorRun.inequality] {
      try FileManager.default.createDirectory(
        at: partial.appendingPathComponent(folder), withIntermediateDirectories: true)
    }
    for name in base.names {
      guard let source = base.tables[name] else { continue }
      tables.append(try keep(source, as: name, in: partial))
    }
    for (name, source) in result.files {
      tables.append(try keep(source, as: name, in: partial))
    }
    try indicators.writeDefinitions(result, to: partial)
    tables.append(
      try entry(
        IndicatorRun.definitions,
        partial.appendingPathComponent("\(IndicatorRun.definitions).parquet")))
    let manifest = Manifest(
      id: id, key: key, dataKey: indicators.dataKey, created: now.utc,
      place: .init(name: file.name, kind: file.area.kind, code: file.area.code),
      pack: .init(id: pack.id, version: pack.version, title: pack.title),
      engine: try connection.query("select 'DuckDB ' || version()").scalar.text,
      inputs: base.accounts, tables: tables, intake: base.intake, linkage: base.linkage,
      indicators: indicators.entries(result))
    try manifest.write(to: partial)
    for folder in [IndicatorRun.figures, IndicatorRun.inequality, ""] {
      try partial.appendingPathComponent(folder).syncToDisk()
    }
    try FileManager.default.replace(store.folder(of: id), with: partial)
    try store.snapshots.syncToDisk()
    try store.switchTo(id)
    // The snapshot is in use now; what cannot be tidied up is told, and is no failure of the run.
    do {
      try store.removeStages()
      try removeOldLandings()
    } catch {
      progress(.step("old files in the store could not be removed: \(error)"))
    }
    return manifest
  }

  /// A second name for a table's file, because the stage goes once the snapshot is there; a copy on file systems that
  /// have no second names.
  private func keep(
    _ source: URL, as name: String, in folder: URL
  ) throws -> Manifest.TableEntry {
    let target = folder.appendingPathComponent("\(name).parquet")
    if Foundation.link(source.path, target.path) != 0 {
      try FileManager.default.copyItem(at: source, to: target)
    }
    try target.syncToDisk()
    // What comes from the snapshot in use has been counted and hashed there.
    if let current, source.path.hasPrefix(store.folder(of: current.id).path),
      let known = current.tables.first(where: { $0.name == name })
    {
      return known
    }
    return try entry(name, target)
  }

  /// The id, with a number where the same second gave it to another snapshot.
  private func freeID(_ id: String) -> String {
    var free = id
    var number = 2
    while FileManager.default.fileExists(atPath: store.folder(of: free).path) {
      free = "\(id)-\(number)"
      number += 1
    }
    return free
  }

  private func entry(_ name: String, _ url: URL) throws -> Manifest.TableEntry {
    let rows = try connection.query(
      "select num_rows from parquet_file_metadata(\(dialect.literal(url.path)))")
    guard case .int(let count) = rows.scalar else {
      throw Problem(file: url.path, "The table was not written.")
    }
    let written = try WrittenFile(url)
    return Manifest.TableEntry(
      name: name, rows: Int(count), bytes: written.bytes, sha256: written.sha256)
  }

  /// Landings of files as they no longer are; each is kept under a name of its own.
  private func removeOldLandings() throws {
    let names = try FileManager.default.names(in: store.landing)
    let dates = try names.map { name -> (name: String, file: String, date: Date) in
      let url = store.landing.appendingPathComponent(name)
      let values = try url.resourceValues(forKeys: [.contentModificationDateKey])
      let file = name.lastIndex(of: "-").map { String(name[..<$0]) } ?? name
      return (name, file, values.contentModificationDate ?? .distantPast)
    }
    for (_, versions) in Dictionary(grouping: dates, by: \.file) {
      for old in versions.sorted(by: { $0.date > $1.date }).dropFirst() {
        try FileManager.default.removeItem(at: store.landing.appendingPathComponent(old.name))
      }
    }
  }
}
