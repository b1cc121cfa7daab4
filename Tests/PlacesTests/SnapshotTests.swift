import Definitions
import Engine
import Foundation
import Indicators
import Intake
import Population
import TestPlaces
import Testing

@testable import Places

@Suite("Snapshots are whole, switched to at once, and made only when needed")
struct SnapshotTests {
  @Test("A second run without a change does nothing; --force makes a new snapshot")
  func unchanged() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let store = PlaceStore(place: place)
    guard case .published(let first) = try await PlaceRun(place: place).run() else {
      Issue.record("the first run makes a snapshot")
      return
    }
    guard case .unchanged(let again) = try await PlaceRun(place: place).run() else {
      Issue.record("the second run has nothing to do")
      return
    }
    #expect(again.id == first.id)
    guard case .published(let forced) = try await PlaceRun(place: place, isForced: true).run()
    else {
      Issue.record("a forced run makes a snapshot")
      return
    }
    #expect(forced.id != first.id)
    #expect(try store.currentID() == forced.id)
    #expect(try store.manifests().map(\.id) == [first.id, forced.id])
    #expect(forced.tables.map(\.rows) == first.tables.map(\.rows))
  }

  @Test("The same files give the same tables, byte for byte in what they say")
  func deterministic() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    _ = try await PlaceRun(place: place).run()
    _ = try await PlaceRun(place: place, isForced: true).run()
    let store = PlaceStore(place: place)
    let ids = try store.manifests().map(\.id)
    let engine = try Engine.duckDB(connections: 1)
    let changes = try await engine.withConnection { connection in
      try SnapshotComparison(store: store, old: ids[0], new: ids[1]).changes(connection)
    }
    #expect(changes.isEmpty)
  }

  @Test("A comparison names the file and the measures that changed")
  func comparison() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    _ = try await PlaceRun(place: place).run()
    let file = place.appendingPathComponent("extracts/open-data/hospital.csv")
    var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    var cells = lines[1].components(separatedBy: ",")
    cells[4] = "\((Int(cells[4]) ?? 0) + 5)"
    lines[1] = cells.joined(separator: ",")
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
    _ = try await PlaceRun(place: place).run()
    let store = PlaceStore(place: place)
    let ids = try store.manifests().map(\.id)
    let engine = try Engine.duckDB(connections: 1)
    let changes = try await engine.withConnection { connection in
      try SnapshotComparison(store: store, old: ids[0], new: ids[1]).changes(connection)
    }
    #expect(changes.map(\.name) == ["hospital.csv", "emergency_admissions"])
    // The district's figure, and the place's that it adds into.
    #expect(changes.last?.change == "2 of another value")
  }

  @Test("A second run at the same time is refused, and says who holds the lock")
  func lock() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let error = Box<String>()
    let other = PlaceRun(place: place)
    _ = try await PlaceRun(place: place) { event in
      guard case .stage(let stage, _) = event, stage.name == "areas", error.value == nil else {
        return
      }
      // In the middle of the first run, from another task, waited for here.
      let done = DispatchSemaphore(value: 0)
      Task.detached {
        do {
          _ = try await other.run()
          error.value = "it ran"
        } catch let failure {
          error.value = "\(failure)"
        }
        done.signal()
      }
      done.wait()
    }.run()
    let text = error.value ?? ""
    #expect(text.contains("Another run is at work"), "\(text)")
    #expect(text.contains("process \(ProcessInfo.processInfo.processIdentifier)"), "\(text)")
  }

  @Test("A stage that an earlier run finished is not done again")
  func resume() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    struct Killed: Error {}
    // Snapshots cannot be written once the first stages are done, so the run fails there.
    let store = PlaceStore(place: place)
    await #expect(throws: (any Error).self) {
      try await PlaceRun(place: place) { event in
        guard case .stage(let stage, _) = event, stage.name == "areas" else { return }
        _ = FileManager.default.createFile(
          atPath: store.snapshots.path, contents: Data("a file where a folder belongs".utf8))
      }.run()
    }
    #expect(try store.currentID() == nil)
    try FileManager.default.removeItem(at: store.snapshots)
    // One stage was not finished.
    let folder = try #require(
      try FileManager.default.contentsOfDirectory(atPath: store.stages.path)
        .first { $0.hasPrefix("figures-") })
    try FileManager.default.removeItem(at: store.stages.appendingPathComponent(folder))
    let stages = Box<[String]>()
    stages.value = []
    _ = try await PlaceRun(place: place) { event in
      if case .stage(let stage, let isResumed) = event {
        stages.value?.append("\(stage.number)/\(stage.count) \(stage.name) \(isResumed)")
      }
    }.run()
    #expect(
      stages.value == [
        "1/5 open-data true", "2/5 areas true", "3/5 figures false", "4/5 indicators true",
        "5/5 publish false",
      ])
    let resumed = try store.currentManifest()
    // And as a whole.
    let whole = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: whole) }
    guard case .published(let first) = try await PlaceRun(place: whole).run() else {
      Issue.record("nothing was made")
      return
    }
    #expect(resumed.tables == first.tables)
    #expect(try store.currentID() != nil)
    #expect(
      !FileManager.default.fileExists(atPath: store.root.appendingPathComponent("stages").path))
  }

  @Test("A place in a folder that cannot be written gives a clear error")
  func readOnly() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    // A file where the store belongs: root may write anywhere, so a permission would not stop it.
    try Data().write(to: place.appendingPathComponent("store"))
    let error = await #expect(throws: StoreError.self) { try await PlaceRun(place: place).run() }
    #expect(error?.description.contains("store cannot be made here") == true)
  }

  @Test("The snapshot in use cannot be removed, others can")
  func removal() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    _ = try await PlaceRun(place: place).run()
    _ = try await PlaceRun(place: place, isForced: true).run()
    let store = PlaceStore(place: place)
    let ids = try store.manifests().map(\.id)
    #expect(throws: Problem.self) { try store.remove(ids[1]) }
    #expect(throws: Problem.self) { try store.remove("../" + ids[0]) }
    try store.remove(ids[0])
    #expect(try store.manifests().map(\.id) == [ids[1]])
  }

  @Test(
    "A damaged snapshot that is to be read is called so, with what to do",
    arguments: ["kind", "figure", "indicator_definition"])
  func damagedReading(table: String) async throws {
    let store = try await TestPlaces.ownFictional()
    defer { try? FileManager.default.removeItem(at: store.place.deletingLastPathComponent()) }
    let url = store.folder(of: try #require(try store.currentID()))
      .appendingPathComponent("\(table).parquet")
    let whole = try Data(contentsOf: url)
    for damage in [Data(), whole.prefix(whole.count / 2), Data(count: whole.count)] {
      try FileManager.default.removeItem(at: url)
      try damage.write(to: url)
      let error = await #expect(throws: StoreError.self) { try await Atlas.current(of: store) }
      #expect(error?.message.contains("is damaged") == true, "\(String(describing: error))")
      #expect(error?.description.contains("select") == false)
      #expect(error?.hint?.contains("kith run") == true)
    }
  }

  @Test(
    "A damaged snapshot is made again rather than called unchanged",
    arguments: ["cut", "gone", "bit", "other values"], [false, true])
  func damaged(how: String, hasNewIndicator: Bool) async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    _ = try await PlaceRun(place: place).run()
    let store = PlaceStore(place: place)
    let first = try store.currentManifest()
    let table = store.folder(of: first.id).appendingPathComponent("figure.parquet")
    var bytes = try Data(contentsOf: table)
    switch how {
    case "cut": bytes.removeLast(100)
    case "bit": bytes[bytes.count / 2] ^= 1
    default: break
    }
    if how == "other values" {
      let other = place.appendingPathComponent("other.parquet")
      _ = try StreamReader().query(
        "copy (select * replace (value + 1 as value) from '\(table.path)') to '\(other.path)'")
      bytes = try Data(contentsOf: other)
    }
    try FileManager.default.removeItem(at: table)
    if how != "gone" { try bytes.write(to: table) }
    if hasNewIndicator {
      // So that something would be worked out from the tables of the snapshot.
      let definitions = place.appendingPathComponent("definitions/indicators")
      try FileManager.default.createDirectory(at: definitions, withIntermediateDirectories: true)
      try Data(
        """
        indicator: our_crowding
        title: Our crowding
        measure: overcrowded
        method: proportion
        by: [imd_quintile]
        """.utf8
      ).write(to: definitions.appendingPathComponent("own.yaml"))
    }
    guard case .published(let second) = try await PlaceRun(place: place).run() else {
      Issue.record("nothing was made")
      return
    }
    #expect(second.damage(in: store.folder(of: second.id)) == nil)
    guard case .published(let third) = try await PlaceRun(place: place, isForced: true).run() else {
      Issue.record("nothing was made")
      return
    }
    #expect(second.tables == third.tables)
  }

  @Test("Where the snapshot in use cannot be told, nothing is removed")
  func unreadableCurrent() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    _ = try await PlaceRun(place: place).run()
    let store = PlaceStore(place: place)
    let id = try #require(try store.currentID())
    let current = store.root.appendingPathComponent("current")
    try FileManager.default.removeItem(at: current)
    try FileManager.default.createDirectory(at: current, withIntermediateDirectories: false)
    #expect(throws: Problem.self) { try store.remove(id) }
    #expect(FileManager.default.fileExists(atPath: store.folder(of: id).path))
  }
}
