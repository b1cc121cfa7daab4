import Columns
import Definitions
public import Engine
import Foundation
import Intake

/// What changed from one snapshot of a place to another: files, tables and figures.
public struct SnapshotComparison {
  public struct Change: Sendable, Equatable {
    /// "file", "pack", "measure" or "indicator".
    public let what: String
    public let name: String
    public let change: String
  }

  let store: PlaceStore
  let old: Manifest
  let new: Manifest

  /// - Throws: ``Definitions/Problem`` where one of the snapshots is not there.
  public init(store: PlaceStore, old: String, new: String) throws {
    self.store = store
    func manifest(_ id: String) throws -> Manifest {
      guard FileManager.default.fileExists(atPath: store.folder(of: id).path), !id.contains("/")
      else {
        throw Problem(
          file: store.snapshots.path, "There is no snapshot '\(id)'.",
          hint: "`kith snapshots` lists them.")
      }
      return try Manifest(reading: store.folder(of: id))
    }
    self.old = try manifest(old)
    self.new = try manifest(new)
  }

  /// Every change, files first.
  public func changes(_ connection: Connection) throws -> [Change] {
    var changes: [Change] = []
    if old.pack != new.pack {
      changes.append(
        Change(
          what: "pack", name: new.pack.id,
          change: "\(old.pack.id) \(old.pack.version) became \(new.pack.id) \(new.pack.version)"))
    }
    let before = Dictionary(old.inputs.map { ($0.file, $0) }) { first, _ in first }
    let after = Dictionary(new.inputs.map { ($0.file, $0) }) { first, _ in first }
    for name in Set(before.keys).union(after.keys).sorted() {
      switch (before[name], after[name]) {
      case (nil, let file?):
        changes.append(Change(what: "file", name: name, change: "new, \(file.read) rows"))
      case (_?, nil): changes.append(Change(what: "file", name: name, change: "no longer read"))
      case (let a?, let b?) where a.sha256 != b.sha256:
        changes.append(
          Change(what: "file", name: name, change: "changed, \(a.read) rows became \(b.read)"))
      default: break
      }
    }
    return try changes + figureChanges(connection) + indicatorChanges
  }

  /// Which indicators are new, gone, defined otherwise, or rest on other data.
  private var indicatorChanges: [Change] {
    func entries(_ manifest: Manifest) -> [String: Manifest.IndicatorEntry] {
      Dictionary((manifest.indicators ?? []).map { ($0.id, $0) }) { first, _ in first }
    }
    let (before, after) = (entries(old), entries(new))
    return Set(before.keys).union(after.keys).sorted().compactMap { id in
      let change: String? =
        switch (before[id], after[id]) {
        case (nil, let one?): "new, version \(one.version)"
        case (_?, nil): "gone"
        case (let a?, let b?) where a.version != b.version:
          "version \(a.version) became \(b.version)"
        case (let a?, let b?) where a.definition != b.definition:
          "defined otherwise, still version \(b.version)"
        case (let a?, let b?) where a.waits != b.waits:
          b.waits.map { "waits for \($0)" } ?? "has figures now"
        default: nil
        }
      return change.map { Change(what: "indicator", name: id, change: $0) }
    }
  }

  /// How many figures of each measure are new, gone or of another value.
  private func figureChanges(_ connection: Connection) throws -> [Change] {
    let dialect = Dialect(.duckdb)
    func figures(_ manifest: Manifest) -> String {
      func table(_ name: String) -> String {
        dialect.parquet(name, in: store.folder(of: manifest.id))
      }
      return """
        select s.measure, s."group", s.period, u.kind, u.code, f.value, f.status
        from \(table("figure")) f join \(table("series")) s using (series_id)
        join (from \(table("area")) union all from \(table("organisation"))) u using (unit_id)
        """
    }
    let rows = try connection.query(
      """
      with a as (\(figures(old))), b as (\(figures(new)))
      select coalesce(a.measure, b.measure) as measure,
        count(*) filter (a.measure is null) as added,
        count(*) filter (b.measure is null) as removed,
        count(*) filter (a.measure is not null and b.measure is not null) as changed
      from a full join b using (measure, "group", period, kind, code)
      where a.measure is null or b.measure is null
        or a.value is distinct from b.value or a.status <> b.status
      group by 1 order by 1
      """)
    return rows.rows.compactMap { row in
      guard case .string(let measure) = row[0] else { return nil }
      let counts = zip(["new", "gone", "of another value"], row[1...]).compactMap {
        name, value -> String? in
        guard case .int(let count) = value, count > 0 else { return nil }
        return "\(count) \(name)"
      }
      return Change(what: "measure", name: measure, change: counts.joined(separator: ", "))
    }
  }
}
