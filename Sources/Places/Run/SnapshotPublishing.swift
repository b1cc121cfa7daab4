import Columns
import Definitions
import Engine
import Foundation
import Intake

/// The last part of a run: gathers the files of the stages in a folder of their own, and switches to it in one step.
struct SnapshotPublishing {
  private let run: RunContext
  private var store: PlaceStore { run.store }

  init(_ run: RunContext) { self.run = run }

  /// Makes a snapshot of what the stages made, and switches to it.
  ///
  /// - Parameters:
  ///   - stages: the names of the stages.
  ///   - key: the hash of everything that it depends on.
  /// - Returns: what it is made of.
  func publish(_ parts: SnapshotParts, _ stages: [String], key: String) throws -> Manifest {
    let now = Date()
    let id = freeID("\(now.utc.filter { $0 != "-" && $0 != ":" })-\(key.prefix(8))")
    let partial = store.snapshots.appendingPathComponent(".partial-\(id)")
    let folders = Set(parts.tables.map { ($0.name as NSString).deletingLastPathComponent })
      .union([""]).sorted()
    for folder in folders {
      try FileManager.default.createDirectory(
        at: partial.appendingPathComponent(folder), withIntermediateDirectories: true)
    }
    for table in parts.tables { try link(table.file, as: table.name, in: partial) }
    let rows = try rows(ofTables: parts.tables.filter { $0.known == nil }.map(\.name), in: partial)
    let tables = try parts.tables.map { table in
      if let known = table.known { return known }
      guard let count = rows[table.name] else {
        throw Problem(file: table.file.path, "The table was not written.")
      }
      return Manifest.TableEntry(
        name: table.name, rows: count, bytes: table.sum.bytes, sha256: table.sum.sha256)
    }
    let manifest = Manifest(
      id: id, key: key,
      stages: stages.map { Manifest.StageEntry(name: $0, key: run.keys[$0] ?? "") },
      created: now.utc,
      place: .init(name: run.file.name, kind: run.file.area.kind, code: run.file.area.code),
      pack: .init(id: run.pack.id, version: run.pack.version, title: run.pack.title),
      engine: try run.connection.query("select 'DuckDB ' || version()").scalar.text,
      tables: tables, accounts: parts.accounts)
    try manifest.write(to: partial)
    for folder in folders.reversed() { try partial.appendingPathComponent(folder).syncToDisk() }
    try FileManager.default.replace(store.folder(of: id), with: partial)
    try store.snapshots.syncToDisk()
    try store.switchTo(id)
    // The snapshot is in use now; what cannot be tidied up is told, and is no failure of the run.
    do {
      try store.removeStages()
      try removeOldLandings()
    } catch {
      run.step("old files in the store could not be removed: \(error)")
    }
    return manifest
  }

  /// A second name for a table's file, because the stage goes once the snapshot is there; a copy on file systems that
  /// have no second names.
  private func link(_ source: URL, as name: String, in folder: URL) throws {
    let target = folder.appendingPathComponent("\(name).parquet")
    try FileManager.default.linkOrCopy(source, to: target)
    try target.syncToDisk()
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

  /// How many rows tables have, by name: asked of all their files at once.
  private func rows(ofTables names: [String], in folder: URL) throws -> [String: Int] {
    guard !names.isEmpty else { return [:] }
    let files = names.map { folder.appendingPathComponent("\($0).parquet").path }
    let dialect = run.dialect
    let found = try run.connection.query(
      "select file_name, num_rows from parquet_file_metadata([\(files.map(dialect.path).joined(separator: ", "))])"
    )
    var rows: [String: Int] = [:]
    let byFile = Dictionary(zip(files, names)) { first, _ in first }
    for row in found.rows {
      if case .string(let file) = row[0], case .int(let count) = row[1], let name = byFile[file] {
        rows[name] = Int(count)
      }
    }
    return rows
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
