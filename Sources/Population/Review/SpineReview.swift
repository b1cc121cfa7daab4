import Definitions
public import Engine
public import Foundation
public import Governance
import Intake
import Linkage
import Places

/// The review of a place's linkage by people: pairs in doubt go out, decisions come back for good.
public struct SpineReview: Sendable {
  private let store: PlaceStore
  private let search: DriverSearch

  public init(place: URL, search: DriverSearch = DriverSearch()) {
    store = PlaceStore(place: place)
    self.search = search
  }

  /// Writes the pairs that would teach the model most, with what the vault has of both records.
  ///
  /// - Returns: how many there are.
  /// - Throws: ``Definitions/Problem`` for a place whose records are not linked yet.
  public func write(
    _ count: Int, seed: UInt64, to url: URL,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> Int {
    let file = try PlaceFile(inPlace: store.place)
    let manifest = try store.currentManifest()
    guard let intake = manifest.intake, manifest.linkage?.learntFrom != nil else {
      throw Problem(
        file: store.place.path, "The place has no linkage to review.",
        hint: "`kith run` links the records of its sources, where they have enough in common.")
    }
    let store = store
    let engine = try Engine.duckDB(
      memoryLimit: file.engine.memoryLimit, threads: file.engine.threads, connections: 1,
      search: search)
    return try await engine.withConnection { connection in
      let superseded = Dialect(.duckdb).parquet("superseded", in: store.folder(of: manifest.id))
      try connection.execute(
        "create temp table superseded as from \(superseded)")
      // Nobody is grouped here.
      try connection.execute(
        "create temp table small_area (code varchar, quintile integer, area varchar)")
      let sources = try SourceIntake(
        file, definitions: store.definitions, landing: store.deliveries)
      let identities = try sources.identities(intake.deliveries, connection)
      let spine = SpineLinkage(
        vault: try store.openVault(), folder: store.spine,
        threads: file.engine.threads ?? ProcessInfo.processInfo.activeProcessorCount,
        isAnew: false, progress: progress)
      let model = SpineRecords.model(identities)
      let records = try SpineRecords(identities, spine.vault, model, threads: spine.threads)
      let (result, _, _, _) = try spine.result(records, model, EarlierSpine(spine.vault))
      guard let result, case let sample = result.reviewSample(count, seed: seed), !sample.isEmpty
      else {
        throw Problem(file: store.place.path, "There is no pair to review.")
      }
      try ReviewFile.write(sample, of: result, to: url)
      return sample.count
    }
  }

  /// Keeps what reviewers decided.
  ///
  /// - Returns: the round, and how many decisions there are now.
  /// - Throws: ``Definitions/Problem`` for what is wrong with the files.
  public func decide(_ files: [URL]) throws -> (ReviewRound, total: Int) {
    let round = ReviewRound(try files.map { try ReviewFile.read($0) })
    let name = files.first?.path ?? ""
    let decisions = try round.decided.map { pair in
      guard let one = SpineRecords.identity(named: pair.one.id),
        let other = SpineRecords.identity(named: pair.other.id),
        [pair.one.source, pair.other.source].allSatisfy({ $0 == SpineRecords.source }),
        let decision = pair.decision
      else {
        throw Problem(
          file: name, line: pair.line, "The pair is not one of this place's review.",
          hint: "Give the files that `kith people review` wrote.")
      }
      return VaultDecision(one, other, isSame: decision.verdict == .same, because: "review")
    }
    let lock = try StoreLock(store)
    defer { withExtendedLifetime(lock) {} }
    let vault = try store.openVault()
    let all = try round.added(to: vault.linkDecisions().map(\.aboutRecords), file: name)
    try vault.keep(decisions)
    return (round, all.count)
  }
}

extension VaultDecision {
  /// What the two records are called, in reviews and lists.
  public var names: (one: String, other: String) {
    (SpineRecords.name(of: one), SpineRecords.name(of: other))
  }

  /// The decision as linkages take it.
  var aboutRecords: PairDecision {
    func record(_ identity: Int64) -> PairDecision.Record {
      PairDecision.Record(source: SpineRecords.source, id: SpineRecords.name(of: identity))
    }
    return PairDecision(record(one), record(other), isSame ? .same : .different)
  }
}
