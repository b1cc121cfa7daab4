import Columns
import Crypto
import Definitions
public import Engine
public import Foundation
import Governance
import Intake
import Synchronization

/// Turns a place's files into a snapshot and switches to it.
///
/// The work is done in stages whose results are kept until the snapshot is published, each under a
/// hash of what it depends on: a run that was killed is continued from where it was. Readers see
/// the old snapshot until the new one is complete.
public struct PlaceRun: Sendable {
  /// Raised whenever the same inputs would give other tables.
  static let version = 9

  public let store: PlaceStore
  public let isForced: Bool
  let search: DriverSearch
  let progress: @Sendable (RunEvent) -> Void

  /// - Parameter isForced: makes a new snapshot even where nothing has changed, from the files.
  public init(
    place: URL, isForced: Bool = false, search: DriverSearch = DriverSearch(),
    progress: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) {
    store = PlaceStore(place: place)
    self.isForced = isForced
    self.search = search
    self.progress = progress
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
        try Work(run: self, file: file, pack: pack, connection: connection, check: check).outcome()
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

  /// One run at work, on the thread that may block.
  private struct Work {
    let run: PlaceRun
    let file: PlaceFile
    let pack: OpenDataPack
    let connection: Connection
    /// Of the snapshot in use; nil where nothing is to be taken from it.
    let check: SnapshotCheck?
    let dialect = Dialect(.duckdb)

    var store: PlaceStore { run.store }

    /// The tables that make up a snapshot, by the stage that makes them.
    static let derived = [
      ("area", "unit where not is_organisation"), ("organisation", "unit where is_organisation"),
      ("edge", "edge"), ("overlap", "overlap"), ("boundary", "boundary"), ("point", "point"),
      ("superseded", "superseded"), ("doubt", "doubt"),
    ]
    static let measured = [
      "source", "kind", "measure", "measure_group", "measure_dimension", "series", "figure",
      "quality", "field", "fault",
    ].map { ($0, $0) }

    /// The tables whose rows the engine's threads make in no order of their own.
    private static let sorted: Set = ["edge", "superseded", "doubt", "quality", "field", "fault"]

    func outcome() throws -> RunOutcome {
      let sources = try sourceIntake()
      let deliveries = try sources.map { try land($0) } ?? []
      let intake = PackLanding(
        pack: pack, folder: file.openData.folder, connection: connection, landing: store.landing)
      let read = try intake.read()
      let key = try key(
        fingerprints: read.mapValues(\.sha256), deliveries: deliveries,
        titles: sources?.titles ?? [:])
      let current = usable()
      let indicators = IndicatorRun(
        try IndicatorCatalogue(definitions: store.definitions, fingertips: file.fingertips),
        dataKey: key, store: store, search: run.search)
      if let current, current.key == indicators.key { return .unchanged(current) }
      if let current, current.dataKey == key, let base = base(of: current) {
        // Only definitions have changed: what rests on the data stays as it is.
        return .published(
          try publish(base, try make(indicators, base, current), indicators, current))
      }
      if run.isForced, FileManager.default.fileExists(atPath: store.landing.path) {
        try FileManager.default.removeItem(at: store.landing)
      }
      let short = String(key.prefix(16))
      let derive = store.stages.appendingPathComponent("derive-\(short)")
      let measure = store.stages.appendingPathComponent("measure-\(short)")
      let link = store.stages.appendingPathComponent("link-\(short)")
      if run.isForced { try store.removeStages() }
      let (isDerived, isLinked, isMeasured) = (isWhole(derive), isWhole(link), isWhole(measure))
      if !(isMeasured && isDerived && isLinked) {
        let landed = try? FileManager.default.contentsOfDirectory(atPath: store.landing.path)
        run.progress(.stage(.intake, isResumed: landed?.isEmpty == false))
        let accounts = try intake.land(read) { run.progress(.step($0)) }
        run.progress(.stage(.derive, isResumed: isDerived))
        if isDerived {
          for (table, _) in Self.derived { try load(table, from: derive) }
          try connection.execute(
            "create or replace table unit as from area union all from organisation")
        } else {
          try UnitTables(
            pack: pack, place: file.area,
            placeFile: store.place.appendingPathComponent(PlaceFile.fileName).path,
            connection: connection
          ).make()
          let tables = try sources.map { try $0.succeed(deliveries, connection) } ?? []
          if sources == nil { try SourceIntake.makeNoQuality(connection) }
          try finish(
            derive, tables: Self.derived, accounts: accounts,
            intake: SourceIntake.Result(
              deliveries: deliveries, tables: tables, titles: sources?.titles ?? [:]))
        }
        // How deprived an area is comes of the figures, and linkage is judged by it.
        try FigureTables(pack: pack, connection: connection).make { run.progress(.step($0)) }
        if let sources {
          try connection.execute(Self.smallAreas)
          run.progress(.stage(.link, isResumed: isLinked))
          if !isLinked { try findPeople(sources, deliveries, key: key, to: link) }
        } else {
          for table in SpineTables.empty { try connection.execute(table) }
          try finish(link, tables: SpineTables.names.map { ($0, $0) }, accounts: [])
        }
        run.progress(.stage(.measure, isResumed: false))
        if let sources {
          try sources.measureQuality(deliveries, connection) { run.progress(.step($0)) }
        } else {
          try SourceIntake.makeNoQuality(connection)
        }
        try finish(measure, tables: Self.measured, accounts: accounts)
      }
      let base = try base(derive: derive, link: link, measure: measure)
      return .published(try publish(base, try make(indicators, base, current), indicators, current))
    }

    /// The manifest of the snapshot in use; nil where there is none, where it is not to be used, or where it is damaged,
    /// so that everything is worked out again.
    private func usable() -> Manifest? {
      guard let check, let damage = check.damage() else { return check?.manifest }
      run.progress(.note("The snapshot in use is damaged: \(damage) A new one is made."))
      return nil
    }

    /// Works out the indicators that the snapshot in use does not have just so.
    private func make(
      _ indicators: IndicatorRun, _ base: SnapshotBase, _ current: Manifest?
    ) throws -> IndicatorRun.Result {
      try indicators.make(
        SnapshotTables(files: base.tables), current: current, connection, progress: run.progress)
    }

    /// The tables of a snapshot; nil where one is not there.
    private func base(of manifest: Manifest) -> SnapshotBase? {
      var tables: [String: URL] = [:]
      for name in Self.tableNames {
        let url = store.folder(of: manifest.id).appendingPathComponent("\(name).parquet")
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        tables[name] = url
      }
      return SnapshotBase(
        names: Self.tableNames, tables: tables, accounts: manifest.inputs, intake: manifest.intake,
        linkage: manifest.linkage)
    }

    /// The tables of the stages that have just been made, or were by an earlier run.
    private func base(derive: URL, link: URL, measure: URL) throws -> SnapshotBase {
      var tables: [String: URL] = [:]
      for (stage, names) in [
        (derive, Self.derived.map(\.0)), (link, SpineTables.names),
        (measure, Self.measured.map(\.0)),
      ] {
        for name in names { tables[name] = stage.appendingPathComponent("\(name).parquet") }
      }
      func read<Kind: Decodable>(_ name: String, _ type: Kind.Type) throws -> Kind {
        try JSONDecoder().decode(
          type, from: Data(contentsOf: derive.appendingPathComponent(name)))
      }
      return SnapshotBase(
        names: Self.tableNames, tables: tables,
        accounts: try read("accounts.json", [FileAccount].self),
        intake: try read("intake.json", SourceIntake.Result.self), linkage: try linkage(link))
    }

    static let tableNames =
      derived.map(\.0) + SpineTables.names + measured.map(\.0)

    /// The sources of the place; nil where it has none.
    private func sourceIntake() throws -> SourceIntake? {
      guard !file.sources.isEmpty else { return nil }
      return try SourceIntake(file, definitions: store.definitions, landing: store.deliveries)
    }

    /// Lands the deliveries that have not landed yet.
    private func land(_ sources: SourceIntake) throws -> [DeliveryAccount] {
      let hasLanded = FileManager.default.fileExists(atPath: store.deliveries.path)
      guard store.hasVault || !hasLanded || run.isForced else {
        throw StoreError(
          store.vault.path, "The vault is missing, and deliveries have landed with it.",
          hint:
            "Bring it back from its copy. Only where there is none, run with --force: \(Vault.withoutCopy)"
        )
      }
      let vault = try store.openVault()
      var landsAgain = run.isForced
      if !landsAgain, let loss = try vault.check() {
        run.progress(.note("The vault is damaged: \(loss) Everything lands again."))
        landsAgain = true
      }
      if landsAgain {
        // The vault first: what landed does not count without its part of the vault.
        try vault.forgetLandings()
        if hasLanded {
          // Out of sight in one step: half a landing must not be taken for a whole one.
          let hidden = store.root.appendingPathComponent(".removed-deliveries")
          try FileManager.default.replace(hidden, with: store.deliveries)
          try FileManager.default.removeItem(at: hidden)
        }
      }
      run.progress(.stage(.land, isResumed: false))
      let run = run
      let at = Mutex((name: "", megabytes: 0))
      let threads = file.engine.threads ?? ProcessInfo.processInfo.activeProcessorCount
      return try sources.land(vault: vault, threads: threads) { event in
        switch event {
        case .delivery(let source, let delivery, let isDone):
          let name = "\(source) \(delivery)"
          at.withLock { $0 = (name, 0) }
          if !isDone { run.progress(.step(name)) }
        case .bytes(let bytes):
          let megabytes = bytes / 50_000_000 * 50
          let name = at.withLock { at in
            defer { at.megabytes = megabytes }
            return megabytes > at.megabytes ? at.name : nil
          }
          if let name { run.progress(.step("\(name), \(megabytes) MB")) }
        case .damaged(let source, let delivery, let damage):
          run.progress(
            .note("What landed of \(source) \(delivery) is damaged: \(damage) It lands again."))
        case .landed: break
        }
      }
    }

    private static let linkageFile = "linkage.json"

    /// Finds the people whom the records are about.
    private func findPeople(
      _ sources: SourceIntake, _ deliveries: [DeliveryAccount], key: String, to stage: URL
    ) throws {
      let partial = store.stages.appendingPathComponent(".partial-\(stage.lastPathComponent)")
      try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
      let run = run
      let spine = SpineLinkage(
        vault: try store.openVault(), folder: store.spine,
        threads: file.engine.threads ?? ProcessInfo.processInfo.activeProcessorCount,
        isAnew: run.isForced, progress: { run.progress(.step($0)) })
      let account = try spine.run(
        try sources.identities(deliveries, connection), key: key, tables: partial)
      try JSONEncoder().encode(account).write(
        to: partial.appendingPathComponent(Self.linkageFile))
      try keep(partial, as: stage)
    }

    /// The small areas, with their residents where they are the place's, their fifth of deprivation (1 the most),
    /// and the larger area that they are in: of the kind of which the place has most, up to forty.
    static let smallAreas = """
      create or replace temp table small_area as
      with parent as (
        select c.code, p.kind, p.code as area
        from edge e join unit c on c.unit_id = e.child_id join unit p on p.unit_id = e.parent_id
        where c.kind in ('lsoa', 'lsoa21') and c.in_place and not p.is_organisation
          and not p.is_whole and not p.is_place),
      kind as (
        select kind from parent group by kind having count(distinct area) between 2 and 40
        order by count(distinct area) desc, kind limit 1)
      select unit.code, ((decile.value + 1)::integer // 2)::integer as quintile,
        case when unit.in_place then unit.population end as residents, parent.area
      from unit left join (
        select unit_id, value from figure join series using (series_id)
        where measure = 'imd_decile' and value is not null
      ) as decile using (unit_id)
      left join (
        select code, min(area) as area from parent where kind in (from kind) group by code
      ) as parent on parent.code = unit.code
      where unit.kind in ('lsoa', 'lsoa21')
      """

    /// The hash of everything that the snapshot depends on.
    private func key(
      fingerprints: [String: String], deliveries: [DeliveryAccount], titles: [String: String]
    ) throws -> String {
      var hash = SHA256()
      func add(_ text: String) { hash.update(data: Data((text + "\n").utf8)) }
      add("\(PlaceRun.version) \(Kith.version)")
      add("\(file.name) \(file.area.kind) \(file.area.code)")
      for description in [pack.file] + pack.additions {
        add(try TextFile(reading: URL(fileURLWithPath: description)).text())
      }
      for (name, fingerprint) in fingerprints.sorted(by: { $0.key < $1.key }) {
        add("\(name) \(fingerprint)")
      }
      for delivery in deliveries { add("\(delivery.source) \(delivery.delivery) \(delivery.key)") }
      if store.hasVault {
        for decision in try store.openVault().linkDecisions() {
          add("\(decision.one) \(decision.other) \(decision.isSame)")
        }
      }
      for (id, title) in (titles.sorted { $0.key < $1.key }) { add("\(id) \(title)") }
      return hash.finalize().hex
    }

    private func load(_ table: String, from stage: URL) throws {
      let path = stage.appendingPathComponent("\(table).parquet").path
      try connection.execute(
        "create or replace table \(dialect.identifier(table)) as from \(dialect.parquet(path))")
    }

    /// Whether a stage was made by an earlier run, and is as it was written.
    private func isWhole(_ stage: URL) -> Bool {
      guard FileManager.default.fileExists(atPath: stage.path) else { return false }
      guard let damage = WrittenFiles.damage(in: stage) else { return true }
      run.progress(.note("What an earlier run had made is damaged: \(damage) It is made again."))
      return false
    }

    /// Makes a stage appear as a whole, in the place of one that is damaged.
    private func keep(_ partial: URL, as stage: URL) throws {
      try WrittenFiles(of: partial).keep(in: partial)
      try FileManager.default.removeIfThere(stage)
      try FileManager.default.replace(stage, with: partial)
    }

    /// Writes the tables of a stage, and makes the stage appear as a whole.
    private func finish(
      _ stage: URL, tables: [(name: String, from: String)], accounts: [FileAccount],
      intake: SourceIntake.Result? = nil
    ) throws {
      let partial = store.stages.appendingPathComponent(".partial-\(stage.lastPathComponent)")
      try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
      for table in tables {
        let path = partial.appendingPathComponent("\(table.name).parquet").path
        let order = Self.sorted.contains(table.name) ? " order by all" : ""
        try connection.writeParquet("from \(table.from)\(order)", to: URL(fileURLWithPath: path))
      }
      try JSONEncoder().encode(accounts).write(
        to: partial.appendingPathComponent("accounts.json"))
      if let intake {
        try JSONEncoder().encode(intake).write(to: partial.appendingPathComponent("intake.json"))
      }
      try keep(partial, as: stage)
    }

    private func publish(
      _ base: SnapshotBase, _ result: IndicatorRun.Result, _ indicators: IndicatorRun,
      _ current: Manifest?
    ) throws -> Manifest {
      run.progress(.stage(.publish, isResumed: false))
      return try SnapshotPublishing(
        store: store, file: file, pack: pack, connection: connection, current: current,
        progress: run.progress
      ).publish(base, result, indicators)
    }

    private func linkage(_ stage: URL) throws -> SpineAccount? {
      guard !file.sources.isEmpty else { return nil }
      return try JSONDecoder().decode(
        SpineAccount.self, from: Data(contentsOf: stage.appendingPathComponent(Self.linkageFile)))
    }
  }
}

extension CocoaError {
  /// The file that the error is about.
  fileprivate var filePath: String? { (userInfo[NSFilePathErrorKey] as? String) ?? url?.path }
}

extension Value {
  /// The text that a query returned; empty where it returned none.
  var text: String { if case .string(let text) = self { text } else { "" } }
}
