import Definitions
import Foundation
import GRDB
import Governance
import Intake
import Population
import Synchronization
import Synthetic
import TestPlaces
import Testing

@testable import Places

/// What is damaged in a store between two runs: it is told and put right, or the run ends and says what helps.
@Suite("Damaged stores", .serialized)
struct DamageTests {
  /// A place with some housing, that has been run.
  private final class RunPlace: Sendable {
    let folder: URL
    var store: PlaceStore { PlaceStore(place: folder) }

    init() async throws {
      folder = try TestPlaces.emptyFolder()
      _ = try await SyntheticPlace(.fictional, .init(people: 300, seed: 21)).write(to: folder)
      try NewPlace(
        folder: folder, name: FictionalPlace.name, kind: FictionalPlace.kind,
        code: FictionalPlace.code, pack: nil,
        openData: folder.appendingPathComponent("extracts/open-data"),
        sources: SyntheticPlace.sources.filter { ["housing", "gp"].contains($0.id) },
        postcodes: SyntheticPlace.postcodes
      ).write()
      _ = try await PlaceRun(place: folder).run()
    }

    private init(copyOf other: RunPlace) throws {
      folder = try TestPlaces.emptyFolder()
      try FileManager.default.removeItem(at: folder)
      try FileManager.default.copyItem(at: other.folder, to: folder)
    }

    func copy() throws -> RunPlace { try RunPlace(copyOf: self) }

    deinit {
      do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
    }

    /// Runs the place.
    ///
    /// - Returns: whether a snapshot was made, and the notes.
    func run(isForced: Bool = false) async throws -> (isPublished: Bool, notes: [String]) {
      let notes = Mutex<[String]>([])
      let run = PlaceRun(place: folder, isForced: isForced) { event in
        if case .note(let note) = event { notes.withLock { $0.append(note) } }
      }
      guard case .published = try await run.run() else { return (false, notes.withLock { $0 }) }
      return (true, notes.withLock { $0 })
    }

    func change(_ sql: String) throws {
      try DatabaseQueue(path: store.vault.path).writeWithoutTransaction {
        try $0.execute(sql: "pragma foreign_keys = off; \(sql)")
      }
    }

    /// How many rows each table of the vault has.
    func vaultRows() throws -> [String: Int] {
      try DatabaseQueue(path: store.vault.path).read { db in
        var rows: [String: Int] = [:]
        for table in ["identity", "layout", "held", "note", "person", "landed"] {
          rows[table] = try Int.fetchOne(db, sql: "select count(*) from \(table)")
        }
        return rows
      }
    }

    /// The delivery with most in it.
    func delivery() throws -> URL {
      let source = store.deliveries.appendingPathComponent("gp")
      let names = try FileManager.default.contentsOfDirectory(atPath: source.path).sorted()
      return source.appendingPathComponent(try #require(names.first { $0.hasSuffix("full") }))
    }

    /// The landed files that are of sources, with their sums.
    func landed() throws -> [String: WrittenFile] {
      var files: [String: WrittenFile] = [:]
      for path in try FileManager.default.subpathsOfDirectory(atPath: store.deliveries.path)
      where path.hasSuffix(".parquet") {
        files[path] = try WrittenFile(store.deliveries.appendingPathComponent(path))
      }
      return files
    }
  }

  private static let whole = Task { try await RunPlace() }

  @Test(
    "What landed is as it was written, or lands again",
    arguments: [
      "bits", "emptied", "cut", "gone", "quarantine", "left-out", "account", "counts", "files",
      "folder",
    ])
  func landing(how: String) async throws {
    let whole = try await Self.whole.value
    let place = try whole.copy()
    let delivery = try place.delivery()
    let table = delivery.appendingPathComponent("patient.parquet")
    var bytes = try Data(contentsOf: table)
    switch how {
    case "bits":
      for place in 200..<240 { bytes[place] ^= 0x55 }
      try bytes.write(to: table)
    case "emptied": try Data().write(to: table)
    case "cut": try bytes.dropLast(bytes.count / 2).write(to: table)
    case "gone": try FileManager.default.removeItem(at: table)
    case "quarantine", "left-out":
      try FileManager.default.removeItem(at: delivery.appendingPathComponent("\(how).parquet"))
    case "account", "counts":
      let url = delivery.appendingPathComponent("account.json")
      let text = try String(contentsOf: url, encoding: .utf8)
      let changed =
        how == "account" ? "{" : text.replacingOccurrences(of: "\"rows\" : ", with: "\"rows\" : 1")
      #expect(changed != text)
      try Data(changed.utf8).write(to: url)
    case "folder": try FileManager.default.removeItem(at: delivery)
    default: try FileManager.default.removeItem(at: delivery.appendingPathComponent("files.json"))
    }
    let (isPublished, notes) = try await place.run()
    #expect(!isPublished)
    #expect(notes.count == 1 && notes[0].contains("lands again"), "\(notes)")
    #expect(notes.first?.contains("gp \(delivery.lastPathComponent)") == true)
    #expect(try place.landed() == whole.landed())
    #expect(try place.vaultRows() == whole.vaultRows())
    #expect(try await place.run().notes.isEmpty)
  }

  @Test(
    "What the vault has lost is there again after the next run",
    arguments: [
      "delete from identity where number % 7 = 0", "delete from identity where number > 50",
      "delete from identity", "delete from layout", "delete from held where line % 2 = 0",
      "delete from held",
    ])
  func vault(sql: String) async throws {
    let whole = try await Self.whole.value
    #expect(try #require(try whole.vaultRows()["held"]) > 0)
    let place = try whole.copy()
    try place.change(sql)
    guard try place.vaultRows() != whole.vaultRows() else {
      Issue.record("nothing was taken away")
      return
    }
    let (_, notes) = try await place.run()
    #expect(notes.contains { $0.contains("damaged") && $0.contains("again") }, "\(notes)")
    #expect(try place.vaultRows() == whole.vaultRows())
    #expect(try place.landed() == whole.landed())
    #expect(try await place.run().notes.isEmpty)
  }

  @Test(
    "Where only a copy of the vault helps, the run ends and touches nothing",
    arguments: ["people", "pages", "gone", "gone with its key"])
  func lostVault(how: String) async throws {
    let whole = try await Self.whole.value
    let place = try whole.copy()
    let vault = place.store.vault
    switch how {
    case "people": try place.change("delete from person where identity % 5 = 0")
    case "pages":
      try place.change("pragma wal_checkpoint(truncate)")
      var bytes = try Data(contentsOf: vault)
      for place in 8 * 4096..<30 * 4096 where place < bytes.count { bytes[place] ^= 0x3c }
      try bytes.write(to: vault)
    default:
      for end in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: vault.path + end)
      {
        try FileManager.default.removeItem(atPath: vault.path + end)
      }
      if how != "gone" { try FileManager.default.removeItem(at: place.store.vaultKey) }
    }
    do {
      _ = try await place.run()
      Issue.record("the run did not end")
    } catch let error as GovernanceError {
      #expect(error.message.contains("damaged") && error.hint?.contains("copy") == true)
      #expect(!"\(error)".contains("select") && !"\(error)".contains("SQLite error"))
    } catch let error as StoreError {
      #expect(error.message.contains("missing") && error.hint?.contains("--force") == true)
    }
    #expect(try place.landed() == whole.landed())
    // Pages that cannot be read are not made good by landing again; everything else is, with --force.
    if how == "pages" {
      await #expect(throws: GovernanceError.self) { try await place.run(isForced: true) }
      #expect(try place.landed() == whole.landed())
    } else {
      #expect(try await place.run(isForced: true).isPublished)
      #expect(try await place.run().notes.isEmpty)
    }
  }

  @Test("A delivery with a file missing is left out by name, and lands once the file is there")
  func missingFile() async throws {
    let whole = try await Self.whole.value
    let place = try whole.copy()
    let name = try place.delivery().lastPathComponent
    let delivery = place.folder.appendingPathComponent("extracts/gp/\(name)")
    let aside = place.folder.appendingPathComponent("aside")
    let files = try FileManager.default.contentsOfDirectory(atPath: delivery.path)
    let file = try #require(files.first { $0.hasPrefix("Patient") })
    try FileManager.default.moveItem(at: delivery.appendingPathComponent(file), to: aside)
    let run = try await place.run()
    #expect(run.isPublished)
    let stopped = try #require(
      try place.store.currentManifest().intake?.deliveries.filter(\.isStopped))
    #expect(stopped.map(\.delivery) == [name])
    #expect(stopped.first?.stops.first?.contains("no file Patient") == true)
    try FileManager.default.moveItem(at: aside, to: delivery.appendingPathComponent(file))
    #expect(try await place.run().isPublished)
    #expect(try place.landed() == whole.landed())
  }

  @Test(
    "Where the sources are taken out, nothing is said of a linkage, and --force forgets the people")
  func noSources() async throws {
    let place = try await Self.whole.value.copy()
    let file = place.folder.appendingPathComponent("kith.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    let without = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("sources:") && !$0.hasPrefix("  - {id:") }
    #expect(without.count < text.split(separator: "\n", omittingEmptySubsequences: false).count)
    try Data(without.joined(separator: "\n").utf8).write(to: file)
    #expect(try await place.run().isPublished)
    let manifest = try place.store.currentManifest()
    #expect(manifest.linkage == nil)
    #expect(manifest.intake?.deliveries.isEmpty == true)
    #expect(manifest.tables.first { $0.name == "person" }?.rows == 0)
    let made = manifest.tables
    #expect(try #require(try place.vaultRows()["person"]) > 0)
    #expect(try await place.run(isForced: true).isPublished)
    #expect(try place.store.currentManifest().tables == made)
    for table in ["person", "identity", "landed"] {
      #expect(try place.vaultRows()[table] == 0, "\(table)")
    }
    for folder in [place.store.deliveries, place.store.spine] {
      #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
    // The sources come back: nothing is taken for lost.
    try Data(text.utf8).write(to: file)
    #expect(try await place.run().isPublished)
    #expect(try place.store.currentManifest().linkage != nil)
  }

  @Test("With --force nothing is remembered of people whose source was taken out")
  func forgotten() async throws {
    let place = try await Self.whole.value.copy()
    let file = place.folder.appendingPathComponent("kith.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    let without = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("  - {id: gp,") }
    try Data(without.joined(separator: "\n").utf8).write(to: file)
    #expect(try await place.run().isPublished)
    func gone() throws -> Int {
      try DatabaseQueue(path: place.store.vault.path).read {
        try Int.fetchOne($0, sql: "select count(*) from person where gone is not null") ?? 0
      }
    }
    #expect(try gone() > 100)
    #expect(try await place.run(isForced: true).isPublished)
    #expect(try gone() == 0)
    #expect(try #require(try place.vaultRows()["person"]) > 0)
  }

  @Test("Open data that landed is read from its files where the landing is damaged")
  func openData() async throws {
    let place = try await Self.whole.value.copy()
    let names = try FileManager.default.contentsOfDirectory(atPath: place.store.landing.path)
    for name in names where name.hasSuffix(".parquet") {
      let url = place.store.landing.appendingPathComponent(name)
      var bytes = try Data(contentsOf: url)
      bytes[bytes.count / 2] ^= 0xff
      try bytes.write(to: url)
    }
    let first = try place.store.currentManifest()
    // So that the landing is asked for again.
    let title = place.folder.appendingPathComponent("kith.yaml")
    let text = try String(contentsOf: title, encoding: .utf8)
    try Data(text.replacingOccurrences(of: FictionalPlace.name, with: "Elsewhere").utf8)
      .write(to: title)
    guard case .published(let second) = try await PlaceRun(place: place.folder).run() else {
      Issue.record("nothing was made")
      return
    }
    #expect(
      second.tables.first { $0.name == "figure" } == first.tables.first { $0.name == "figure" })
  }

  @Test("Pairs of the last linkage that were damaged are compared again")
  func pairs() async throws {
    let whole = try await Self.whole.value
    let place = try whole.copy()
    let names = try FileManager.default.contentsOfDirectory(atPath: place.store.spine.path)
    let pairs = place.store.spine.appendingPathComponent(try #require(names.first))
    var bytes = try Data(contentsOf: pairs)
    bytes[bytes.count / 2] ^= 0xff
    try bytes.write(to: pairs)
    let deliveries = try FileManager.default.contentsOfDirectory(
      atPath: place.folder.appendingPathComponent("extracts/housing").path
    ).sorted()
    try FileManager.default.removeItem(
      at: place.folder.appendingPathComponent("extracts/housing/\(try #require(deliveries.last))"))
    let steps = Mutex<[String]>([])
    _ = try await PlaceRun(place: place.folder) { event in
      if case .step(let step) = event { steps.withLock { $0.append(step) } }
    }.run()
    #expect(steps.withLock { $0.contains { $0.hasPrefix("all pairs again") } })
  }
}
