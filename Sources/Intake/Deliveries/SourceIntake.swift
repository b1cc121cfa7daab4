public import Definitions
public import Engine
public import Foundation
public import Governance

/// Lands all sources of a place, delivery by delivery, and works out which records hold.
public struct SourceIntake: Sendable {
  /// What was done, for whoever watches.
  public enum Event: Sendable {
    /// A delivery begins; `isDone` where it landed before.
    case delivery(source: String, delivery: String, isDone: Bool)
    /// Bytes read of the delivery, unpacked.
    case bytes(Int)
    case landed(DeliveryAccount)
  }

  /// The accounts of all deliveries, and of the tables that they make.
  public struct Result: Codable, Hashable, Sendable {
    public let deliveries: [DeliveryAccount]
    public let tables: [Succession.Outcome]

    public init(deliveries: [DeliveryAccount], tables: [Succession.Outcome]) {
      self.deliveries = deliveries
      self.tables = tables
    }
  }

  private let sources: [(file: PlaceFile.Source, landing: DeliveryLanding, deliveries: [Delivery])]
  private let landing: URL

  /// Finds the deliveries of every source.
  ///
  /// - Parameters:
  ///   - definitions: the place's own definitions.
  ///   - landing: the folder `landing` of its store.
  /// - Throws: ``Definitions/Problem`` or `Problems` for what is wrong in mappings and folders.
  public init(
    _ file: PlaceFile, definitions: URL, landing: URL, key: PseudonymKey, threads: Int
  ) throws {
    let catalogue = MappingCatalogue(definitions: definitions)
    self.landing = landing
    sources = try file.sources.map { source in
      let mapping = try catalogue.mapping(source.mapping)
      let lander = try DeliveryLanding(
        source: source.id, mapping, catalogue, key: key, threads: threads)
      let all = try Delivery.all(of: source.id, in: source.folder, mapping)
      for name in source.withdrawn where !all.contains(where: { $0.name == name }) {
        throw Problem(
          file: source.folder.path, "There is no delivery '\(name)' to withdraw.",
          hint: "The deliveries are: \(all.map(\.name).joined(separator: ", ")).")
      }
      return (source, lander, all.filter { !source.withdrawn.contains($0.name) })
    }
  }

  /// How many deliveries there are, those that were withdrawn left out.
  public var deliveryCount: Int { sources.reduce(0) { $0 + $1.deliveries.count } }

  /// Lands what is not landed yet.
  ///
  /// - Throws: ``StoreError`` where the account of a delivery does not come out.
  public func land(_ tell: @escaping @Sendable (Event) -> Void) throws -> [DeliveryAccount] {
    var accounts: [DeliveryAccount] = []
    let writer = try StreamWriter()
    for source in sources {
      for delivery in source.deliveries {
        let done = try source.landing.landed(delivery, in: landing)
        tell(
          .delivery(source: source.file.id, delivery: delivery.name, isDone: done != nil))
        let account =
          try done
          ?? source.landing.land(delivery, in: landing, writer: writer) { tell(.bytes($0)) }
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

  /// Works out which landed records hold, and fills the table `superseded`.
  ///
  /// - Throws: ``StoreError`` where the account of a table does not come out.
  public func succeed(
    _ accounts: [DeliveryAccount], _ connection: Connection
  ) throws -> [Succession.Outcome] {
    var outcomes: [Succession.Outcome] = []
    for source in sources {
      let folders = accounts.filter { $0.source == source.file.id && !$0.isStopped }.map {
        ($0.delivery, landing.appendingPathComponent($0.source).appendingPathComponent($0.delivery))
      }
      let made = try Succession(
        source: source.file.id, source.landing.mapping, folders: folders, connection: connection
      ).make()
      for outcome in made where !outcome.isReconciled {
        throw StoreError(
          landing.appendingPathComponent(outcome.source).path,
          "The rows of the table '\(outcome.table)' do not come out.",
          hint: "This is a fault of Kith: please report it.")
      }
      outcomes += made
    }
    return outcomes
  }
}
