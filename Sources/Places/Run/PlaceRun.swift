import Columns
import Definitions
package import Engine
package import Foundation
import Intake

/// Turns a place's files into a snapshot and switches to it.
///
/// The deliveries land, the stages make the tables, and the snapshot is published. Readers see the old snapshot until the
/// new one is complete.
public struct PlaceRun: Sendable {
  /// Raised whenever the same inputs would give other tables.
  static let version = 10

  public let store: PlaceStore
  public let isForced: Bool
  let search: DriverSearch
  let progress: @Sendable (RunEvent) -> Void
  /// The list of its stages, each after those that it needs.
  private let stages: @Sendable (RunContext) throws -> [any Stage]

  /// - Parameters:
  ///   - place: the place folder.
  ///   - isForced: makes a new snapshot even where nothing has changed, from the files.
  ///   - search: where the engine's driver is looked for.
  ///   - progress: gets what the run is at.
  ///   - stages: the list of its stages, each after those that it needs.
  package init(
    place: URL, isForced: Bool, search: DriverSearch,
    progress: @escaping @Sendable (RunEvent) -> Void,
    stages: @escaping @Sendable (RunContext) throws -> [any Stage]
  ) {
    store = PlaceStore(place: place)
    self.isForced = isForced
    self.search = search
    self.progress = progress
    self.stages = stages
  }

  /// Runs every stage that is not yet done.
  ///
  /// - Throws: ``Definitions/Problems`` for what is wrong in files, and the engine's errors; the
  ///   store is then as it was.
  public func run() async throws -> RunOutcome {
    let file = try PlaceFile(inPlace: store.place)
    let pack = try PackCatalogue.pack(of: file)
    let lock = try StoreLock(store)
    defer { withExtendedLifetime(lock) {} }
    try store.removeLeftovers()
    // Reading all of it takes a while: it is done while the engine starts and the files are read.
    let check = try currentManifest().map { SnapshotCheck($0, in: store.folder(of: $0.id)) }
    let engine = try Engine.duckDB(
      spillFolder: store.spill.path, memoryLimit: file.engine.memoryLimit,
      threads: file.engine.threads, connections: 1,
      search: search)
    do {
      return try await engine.withConnection { connection in
        try run(RunContext(self, file, pack, connection), check)
      }
    } catch {
      // What was half written goes at once: on a full disk it would be in the way of mending that.
      try store.removeLeftovers()
      guard let error = error as? CocoaError else { throw error }
      throw StoreError(
        error.filePath ?? store.root.path,
        "It cannot be written or read: \(error.localizedDescription)",
        hint: "Check the permissions of the store, and that the disk is not full.")
    }
  }

  /// The manifest of the snapshot in use; nil where there is none, or where it is not to be used.
  private func currentManifest() throws -> Manifest? {
    guard !isForced else { return nil }
    do {
      return try store.currentID() == nil ? nil : store.currentManifest()
    } catch let problem as Problem {
      progress(.note("\(problem.file): \(problem.message) A new snapshot is made."))
      return nil
    }
  }

  /// The run itself, on the thread that may block.
  ///
  /// - Parameter check: of the snapshot in use; nil where nothing is to be taken from it.
  private func run(_ context: RunContext, _ check: SnapshotCheck?) throws -> RunOutcome {
    let stages = try stages(context)
    // Before the stages deliveries land, where there are any; after them the snapshot is published.
    let first = context.sources == nil ? 1 : 2
    let count = stages.count { $0.title(context) != nil } + first
    if let sources = context.sources {
      show("deliveries", "Land the deliveries", number: 1, of: count)
      context.deliveries = try context.land(sources)
    } else if isForced {
      try context.forgetSources()
    }
    context.read = try context.openData.read()
    let plan = try StagePlan(stages, context)
    context.current = usable(check)
    if let current = context.current, current.key == plan.key { return .unchanged(current) }
    if isForced {
      try FileManager.default.removeIfThere(store.landing)
      try store.removeStages()
    }
    let parts = try plan.make(firstNumber: first, of: count)
    show("publish", "Publish the snapshot", number: count, of: count)
    return .published(
      try SnapshotPublishing(context).publish(parts, stages.map(\.name), key: plan.key))
  }

  private func show(_ name: String, _ title: String, number: Int, of count: Int) {
    progress(
      .stage(RunStage(name: name, title: title, number: number, count: count), isResumed: false))
  }

  /// The manifest of the snapshot in use; nil where it is damaged, so that everything is worked out again.
  private func usable(_ check: SnapshotCheck?) -> Manifest? {
    guard let check, let damage = check.damage() else { return check?.manifest }
    progress(.note("The snapshot in use is damaged: \(damage) A new one is made."))
    return nil
  }
}

extension CocoaError {
  /// The file that the error is about.
  fileprivate var filePath: String? { (userInfo[NSFilePathErrorKey] as? String) ?? url?.path }
}

extension Value {
  /// The text that a query returned; empty where it returned none.
  package var text: String { if case .string(let text) = self { text } else { "" } }
}
