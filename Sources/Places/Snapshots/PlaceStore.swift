import Definitions
public import Foundation
import Intake

/// The store of a place: where stages, snapshots and the pointer to the current one lie.
public struct PlaceStore: Sendable {
  /// The place folder, as an absolute path.
  public let place: URL

  public init(place: URL) { self.place = place.standardizedFileURL.absoluteURL }

  public var root: URL { place.appendingPathComponent("store", isDirectory: true) }
  public var landing: URL { root.appendingPathComponent("landing/open-data", isDirectory: true) }
  /// Where the sources' deliveries land, a folder each.
  public var deliveries: URL { root.appendingPathComponent("landing/sources", isDirectory: true) }
  /// The place's own definitions.
  public var definitions: URL { place.appendingPathComponent("definitions", isDirectory: true) }
  /// The only place with what identifies people, and the key that opens it.
  var vault: URL { root.appendingPathComponent("vault.sqlite") }
  var vaultKey: URL { root.appendingPathComponent("vault.key") }
  /// The pairs that the last linkage kept, by the keyed hashes of identities.
  package var spine: URL { root.appendingPathComponent("spine", isDirectory: true) }
  var stages: URL { root.appendingPathComponent("stages", isDirectory: true) }
  /// The indicators that a run has worked out before it was stopped.
  package var indicatorStage: URL { stages.appendingPathComponent("indicators", isDirectory: true) }
  /// What partners know of each other and do together.
  public var partnership: URL { root.appendingPathComponent("partnership.sqlite") }
  /// Who can sign in.
  public var accounts: URL { root.appendingPathComponent("accounts.sqlite") }
  public var snapshots: URL { root.appendingPathComponent("snapshots", isDirectory: true) }
  var current: URL { root.appendingPathComponent("current") }
  var lock: URL { root.appendingPathComponent("lock") }

  public func folder(of id: String) -> URL {
    snapshots.appendingPathComponent(id, isDirectory: true)
  }

  /// Makes the store's folder where it is missing. It is its owner's alone; where it was not, it is from now on.
  ///
  /// - Throws: ``Definitions/StoreError``.
  public func makeRoot() throws {
    if mkdir(root.path, 0o700) == 0 { return }
    let code = errno
    var found = stat()
    guard code == EEXIST, stat(root.path, &found) == 0, (found.st_mode & S_IFMT) == S_IFDIR else {
      throw StoreError(
        root.path, "The store cannot be made here.",
        hint: "Check that you may write in the place folder, and that the disk is not full.")
    }
    guard found.st_mode & 0o077 == 0 || chmod(root.path, 0o700) == 0 else {
      throw StoreError(
        root.path, "Others than its owner may open the store.",
        hint: "Run Kith as its owner, or: chmod 700 \(root.path)")
    }
  }

  /// What in the store others than its owner may open, as paths within it; nothing where there is no store.
  ///
  /// - Throws: ``Definitions/StoreError`` where a folder cannot be read.
  public func openToOthers() throws -> [String] {
    guard FileManager.default.fileExists(atPath: root.path) else { return [] }
    let inside: [String]
    do {
      inside = try FileManager.default.subpathsOfDirectory(atPath: root.path)
    } catch {
      throw StoreError(
        root.path, "The store cannot be read.", hint: "Run Kith as the owner of the store.")
    }
    return ([""] + inside.sorted()).filter { path in
      var found = stat()
      // What is gone meanwhile is open to nobody; a link's own mode says nothing.
      guard lstat(root.path + "/" + path, &found) == 0, (found.st_mode & S_IFMT) != S_IFLNK else {
        return false
      }
      return found.st_mode & 0o077 != 0
    }
  }

  /// The id of the snapshot in use; nil before the first run.
  ///
  /// - Throws: ``Definitions/Problem`` where it is there and cannot be read.
  public func currentID() throws -> String? {
    guard try FileManager.default.isThere(current) else { return nil }
    let text: String
    do {
      text = try String(contentsOf: current, encoding: .utf8)
    } catch {
      throw Problem(
        file: current.path, "Which snapshot is in use cannot be read.",
        hint: "Check that you own the store.")
    }
    let id = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !id.isEmpty else {
      throw Problem(
        file: current.path, "The file is empty, so which snapshot is in use is not known.",
        hint: "Run `kith run --force` to make a new snapshot.")
    }
    return id
  }

  /// The manifest of the snapshot in use.
  ///
  /// - Throws: ``Definitions/Problem`` where the place has none yet.
  public func currentManifest() throws -> Manifest {
    guard let id = try currentID() else {
      throw Problem(
        file: place.path, "The place has no snapshot yet.", hint: "Run `kith run` first.")
    }
    return try Manifest(reading: folder(of: id))
  }

  /// Every complete snapshot, the oldest first.
  public func manifests() throws -> [Manifest] {
    let names = try FileManager.default.names(in: snapshots)
    return try names.filter { !$0.hasPrefix(".") }.map {
      try Manifest(reading: folder(of: $0))
    }
  }

  /// Removes a snapshot.
  ///
  /// - Throws: ``Definitions/Problem`` for the one in use, for one that is not there, and while a run
  ///   is at work.
  public func remove(_ id: String) throws {
    let lock = try StoreLock(self)
    defer { withExtendedLifetime(lock) {} }
    guard try id != currentID() else {
      throw Problem(file: folder(of: id).path, "The snapshot \(id) is in use, so it stays.")
    }
    guard !id.isEmpty, !id.contains("/"), !id.hasPrefix("."),
      FileManager.default.fileExists(atPath: folder(of: id).path)
    else {
      throw Problem(
        file: snapshots.path, "There is no snapshot '\(id)'.", hint: "`kith snapshots` lists them.")
    }
    // Hidden first, so that nobody opens a folder that is being emptied.
    let hidden = snapshots.appendingPathComponent(".removed-\(id)")
    try FileManager.default.replace(hidden, with: folder(of: id))
    try FileManager.default.removeItem(at: hidden)
  }

  /// Makes `id` the snapshot in use, in one step.
  func switchTo(_ id: String) throws {
    let partial = root.appendingPathComponent(
      ".current-\(ProcessInfo.processInfo.processIdentifier)")
    try Data((id + "\n").utf8).write(to: partial)
    try partial.syncToDisk()
    try FileManager.default.replace(current, with: partial)
    try root.syncToDisk()
  }

  /// Takes the stages away in one step, so that a kill cannot leave half of them.
  func removeStages() throws {
    guard FileManager.default.fileExists(atPath: stages.path) else { return }
    let hidden = root.appendingPathComponent(".removed-stages")
    if FileManager.default.fileExists(atPath: hidden.path) {
      try FileManager.default.removeItem(at: hidden)
    }
    try FileManager.default.replace(hidden, with: stages)
    try FileManager.default.removeItem(at: hidden)
  }

  /// Where the engine may put what does not fit in memory during a run.
  var spill: URL { root.appendingPathComponent(".partial-spill", isDirectory: true) }

  /// Removes what runs that were killed left behind. Only to be called with the lock held.
  func removeLeftovers() throws {
    for folder in [root, stages, indicatorStage, snapshots, landing, deliveries, spine] {
      for name in try FileManager.default.names(in: folder)
      where name.hasPrefix(".partial-") || name.hasPrefix(".removed-")
        || name.hasPrefix(".current-")
        || name.hasSuffix(".partial")
      {
        try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
      }
    }
    // Only where nothing is in them.
    for folder in [indicatorStage, stages] { _ = rmdir(folder.path) }
  }
}
