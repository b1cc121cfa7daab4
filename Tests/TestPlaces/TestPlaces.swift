import Definitions
public import Foundation
import Intake
public import Places
import Population
import Synthetic

/// Where tests find real open data, and places made for tests.
public enum TestPlaces {
  /// The folder of real open data, or nil where it is not beside the project.
  public static let england: URL? = {
    let environment = ProcessInfo.processInfo.environment
    let shared = environment["KITH_SHARED"] ?? "../shared"
    let folder = URL(fileURLWithPath: shared).appendingPathComponent("data/england")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// What is said of tests that are skipped.
  public static let skipped =
    "skipped: the real open data is not here; set KITH_SHARED to the folder that holds data/england"

  /// An empty folder that only this call uses.
  public static func emptyFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Lancashire and South Cumbria, run once for all tests that read it.
  public static func lancashire() async throws -> PlaceStore { try await Once.lancashire.store() }

  /// A fictional place, run once for all tests that read it.
  public static func fictional() async throws -> PlaceStore { try await Once.fictional.store() }

  /// A copy of the fictional place that only this call uses, with nobody's partnership in it.
  public static func ownFictional() async throws -> PlaceStore {
    let shared = try await fictional()
    let store = PlaceStore(place: try emptyFolder().appendingPathComponent("place"))
    try FileManager.default.copyItem(at: shared.place, to: store.place)
    for file in [store.partnership, store.accounts] {
      for suffix in ["", "-wal", "-shm"] {
        let path = file.path + suffix
        if FileManager.default.fileExists(atPath: path) {
          try FileManager.default.removeItem(atPath: path)
        }
      }
    }
    return store
  }

  /// Makes a place of Lancashire and South Cumbria from `data`, which may be a changed copy.
  public static func makeLancashire(data: URL) throws -> URL {
    let folder = try emptyFolder()
    try NewPlace(
      folder: folder, name: "Lancashire and South Cumbria", kind: "icb24", code: "E54000048",
      pack: "england-lsc", openData: data
    ).write()
    return folder
  }

  /// Makes a small fictional place; its files may be changed before it is run.
  public static func makeFictional(seed: UInt64 = 1, smallAreas: Int = 120) throws -> URL {
    let folder = try emptyFolder()
    let data = folder.appendingPathComponent("extracts/open-data")
    try FictionalPlace(seed: seed, smallAreas: smallAreas).write(to: data)
    try NewPlace(
      folder: folder, name: FictionalPlace.name, kind: FictionalPlace.kind,
      code: FictionalPlace.code, pack: nil, openData: data
    ).write()
    return folder
  }

  /// The fictional place with 5,000 people, whose extracts were landed once for all tests that read
  /// them.
  public static func synthetic() async throws -> PlaceStore { try await Once.synthetic.store() }

  private actor Once {
    static let synthetic = Once {
      let folder = try emptyFolder()
      _ = try await SyntheticPlace(.fictional, .init(people: 5_000, seed: 5)).write(to: folder)
      try NewPlace(
        folder: folder, name: FictionalPlace.name, kind: FictionalPlace.kind,
        code: FictionalPlace.code, pack: nil,
        openData: folder.appendingPathComponent("extracts/open-data"),
        sources: SyntheticPlace.sources, postcodes: SyntheticPlace.postcodes
      ).write()
      return folder
    }
    static let lancashire = Once {
      guard let england else { throw Missing() }
      return try makeLancashire(data: england)
    }
    static let fictional = Once { try makeFictional() }

    struct Missing: Error {}

    private let make: @Sendable () async throws -> URL
    private var task: Task<PlaceStore, any Error>?

    init(_ make: @escaping @Sendable () async throws -> URL) { self.make = make }

    func store() async throws -> PlaceStore {
      if let task { return try await task.value }
      let make = make
      let task = Task {
        let place = try await make()
        _ = try await PlaceRun(place: place).run()
        return PlaceStore(place: place)
      }
      self.task = task
      return try await task.value
    }
  }
}
