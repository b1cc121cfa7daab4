public import Definitions
public import Engine
import FHIRViews
public import Foundation
public import Governance

/// Lands all sources of a place, delivery by delivery, and works out which records hold.
public struct SourceIntake: Sendable {
  /// What was done, for whoever watches.
  public enum Event: Sendable {
    /// A delivery begins; `isDone` where it landed before.
    case delivery(source: String, delivery: String, isDone: Bool)
    /// What an earlier run landed of the delivery was damaged since, in words: it lands again.
    case damaged(source: String, delivery: String, String)
    /// Bytes read of the delivery, unpacked.
    case bytes(Int)
    case landed(DeliveryAccount)
  }

  /// The accounts of all deliveries, and of the tables that they make.
  public struct Result: Codable, Hashable, Sendable {
    public let deliveries: [DeliveryAccount]
    public let tables: [Succession.Outcome]
    /// What the sources are called, by id; nil in snapshots from before it was kept.
    public let titles: [String: String]?

    public init(
      deliveries: [DeliveryAccount], tables: [Succession.Outcome], titles: [String: String] = [:]
    ) {
      self.deliveries = deliveries
      self.tables = tables
      self.titles = titles
    }
  }

  /// What each source is called: by the place, or else by its mapping.
  public var titles: [String: String] {
    Dictionary(
      uniqueKeysWithValues: sources.map { ($0.file.id, $0.file.title ?? $0.plan.mapping.title) })
  }

  private let sources: [(file: PlaceFile.Source, plan: LandingPlan, deliveries: [Delivery])]
  private let landing: URL
  private let postcodes: PlaceFile.Postcodes?
  private let agreements: [PlaceFile.Agreement]

  /// Finds the deliveries of every source.
  ///
  /// - Parameters:
  ///   - definitions: the place's own definitions.
  ///   - landing: the folder `landing` of its store.
  /// - Throws: ``Definitions/Problem`` or `Problems` for what is wrong in mappings, folders and agreements.
  public init(_ file: PlaceFile, definitions: URL, landing: URL) throws {
    let catalogue = MappingCatalogue(definitions: definitions)
    self.landing = landing
    postcodes = file.postcodes
    agreements = file.agreements
    sources = try file.sources.map { source in
      let mapping = try catalogue.mapping(source.mapping)
      let all = try Delivery.all(of: source.id, in: source.folder, mapping)
      for name in source.withdrawn where !all.contains(where: { $0.name == name }) {
        throw Problem(
          file: source.folder.path, "There is no delivery '\(name)' to withdraw.",
          hint: "The deliveries are: \(all.map(\.name).joined(separator: ", ")).")
      }
      return (
        source, try LandingPlan(mapping, catalogue),
        all.filter { !source.withdrawn.contains($0.name) }
      )
    }
    try checkAgreements()
  }

  /// Makes sure that agreements name columns of free text.
  private func checkAgreements() throws {
    let known = sources.flatMap { source in
      source.plan.mapping.files.flatMap { file in
        file.columns.filter { $0.handling == .freeText }
          .map { "\(source.file.id).\(file.table).\($0.landed)" }
      }
    }
    for agreement in agreements {
      for name in agreement.freeText where !known.contains(name) {
        throw Problem(
          file: PlaceFile.fileName, line: agreement.line,
          "The agreement '\(agreement.id)' names '\(name)', which is no column of free text.",
          hint: known.isEmpty
            ? "No mapping of this place has free text ('keep: free_text')."
            : "There are: \(known.sorted().joined(separator: ", ")).")
      }
    }
  }

  /// What keeps deliveries from landing and can be told without reading them, such as a file that is missing.
  public var faults: [Problem] {
    sources.flatMap(\.deliveries).flatMap { delivery in
      delivery.faults.map { Problem(file: delivery.folder.path, $0) }
    }
  }

  /// How many deliveries there are, those that were withdrawn left out.
  public var deliveryCount: Int { sources.reduce(0) { $0 + $1.deliveries.count } }

  /// Lands what is not landed yet.
  ///
  /// - Throws: ``StoreError`` where the account of a delivery does not come out.
  public func land(
    vault: Vault, threads: Int, _ tell: @escaping @Sendable (Event) -> Void
  ) throws -> [DeliveryAccount] {
    let postcodes = try postcodes.map { try PostcodeDirectory($0) }
    var accounts: [DeliveryAccount] = []
    let writer = try StreamWriter(spillFolder: landing)
    // Read once the first delivery needs it: most runs have nothing to land.
    var known: KnownIdentities?
    for source in sources {
      let lander = DeliveryLanding(
        source: source.file.id, source.plan, vault: vault, postcodes: postcodes,
        agreements: agreements, threads: threads)
      for delivery in source.deliveries {
        let key = try lander.key(of: delivery)
        var done: DeliveryAccount?
        switch try lander.earlier(delivery, key: key, in: landing) {
        case .landed(let account): done = account
        case .damaged(let damage):
          tell(.damaged(source: source.file.id, delivery: delivery.name, damage))
        case .none: break
        }
        tell(
          .delivery(source: source.file.id, delivery: delivery.name, isDone: done != nil))
        let account =
          try done
          ?? {
            let ids = try known ?? vault.knownIdentities()
            known = ids
            return try lander.land(
              delivery, key: key, in: landing, writer: writer, known: ids
            ) { tell(.bytes($0)) }
          }()
        for file in account.files where !account.isStopped && !file.isReconciled {
          throw StoreError(
            delivery.folder.appendingPathComponent(file.file).path,
            "Of \(file.read) records \(file.landed) landed and \(file.quarantined) were set aside.",
            hint: "This is a fault of Kith: please report it.")
        }
        if done == nil { tell(.landed(account)) }
        accounts.append(account)
      }
    }
    return accounts
  }

  /// Works out which landed records hold, and fills the tables `superseded` and `doubt`.
  ///
  /// - Throws: ``StoreError`` where the account of a table does not come out.
  public func succeed(
    _ accounts: [DeliveryAccount], _ connection: Connection
  ) throws -> [Succession.Outcome] {
    var outcomes: [Succession.Outcome] = []
    for source in sources {
      outcomes += try Succession(
        source: source.file.id, source.plan.mapping, counting(accounts, source.file.id),
        in: landing,
        connection: connection
      ).make()
    }
    if let policies = sources.first?.plan.policies {
      let doubts = RecordDoubts(tables(accounts), policies, connection)
      let aside = try doubts.make()
      for index in outcomes.indices {
        let count = aside[outcomes[index].source]?[outcomes[index].table] ?? 0
        outcomes[index].setAside = count
        outcomes[index].current -= count
      }
    }
    for outcome in outcomes where !outcome.isReconciled || outcome.current < 0 {
      throw StoreError(
        landing.appendingPathComponent(outcome.source).path,
        "The rows of the table '\(outcome.table)' do not come out.",
        hint: "This is a fault of Kith: please report it.")
    }
    return outcomes
  }

  /// Who the landed records are about.
  ///
  /// - Parameter connection: has the tables `superseded` and `small_area` (code, quintile 1 for the most deprived,
  ///   area).
  public func identities(
    _ accounts: [DeliveryAccount], _ connection: Connection
  ) throws -> SourceIdentities {
    try SourceIdentities(tables(accounts), connection)
  }

  /// Measures the quality of what landed, and fills the tables `quality`, `field` and `fault`.
  ///
  /// - Parameter connection: has `superseded`, `doubt` and `small_area` (code, quintile, residents).
  public func measureQuality(
    _ accounts: [DeliveryAccount], _ connection: Connection, progress: (String) -> Void
  ) throws {
    guard let policies = sources.first?.plan.policies else { return }
    try QualityTables(tables(accounts), accounts, in: landing, policies, connection)
      .make(progress: progress)
  }

  /// The tables that ``succeed(_:_:)`` and ``measureQuality(_:_:progress:)`` fill, empty: for a place without sources.
  public static func makeNoQuality(_ connection: Connection) throws {
    for table in [Succession.table, RecordDoubts.table, QualityTables.quality, QualityTables.field]
    {
      try connection.execute(table)
    }
    try connection.execute(QualityTables.fault)
  }

  private func counting(_ accounts: [DeliveryAccount], _ source: String) -> [DeliveryAccount] {
    accounts.filter { $0.source == source && !$0.isStopped }
  }

  /// Every table of every source of which anything landed.
  private func tables(_ accounts: [DeliveryAccount]) -> [LandedTable] {
    sources.flatMap { source -> [LandedTable] in
      let parts = LandedPart.all(
        of: source.file.id, counting(accounts, source.file.id), in: landing)
      var seen: Set<String> = []
      return source.plan.mapping.files.compactMap { file in
        let own = parts.filter { $0.table == file.table }
        guard file.format != .fhirDeletions, !own.isEmpty, seen.insert(file.table).inserted
        else { return nil }
        var elements: [String: String] = [:]
        if case .fhir(let view) = file.format {
          elements = source.plan.views[view]?.definition.elements ?? [:]
        }
        return LandedTable(source: source.file.id, file: file, parts: own, elements: elements)
      }
    }
  }
}
