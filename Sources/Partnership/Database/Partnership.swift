import Definitions
public import Foundation
import GRDB
import Governance
import Synchronization

/// What partners know of each other and do together: one file of SQLite that many people edit all day.
///
/// Every record has a kind (``RecordKind``) that says which fields it has. Every change is a revision in a batch, so
/// that history says who changed what and when, and a batch can be undone. Reading asks for whom: fields that are not
/// for them are not there.
public final class Partnership: Sendable {
  let pool: DatabasePool
  let file: URL
  let locator: any PostcodeLocator
  private let index = Mutex<RecordIndex?>(nil)
  /// The ties between people, as they were last worked out.
  let held = Mutex<HeldRelationships?>(nil)
  /// What people did, as it was last read.
  let heldWork = Mutex<HeldWork?>(nil)

  /// Opens a partnership, which is made where it is missing.
  ///
  /// - Parameter locator: says where postcodes are, for maps and distances.
  /// - Throws: ``PartnershipError`` where the file cannot be used.
  public init(at file: URL, locator: any PostcodeLocator = NoPostcodes()) throws {
    self.file = file
    self.locator = locator
    do {
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(10)
      configuration.maximumReaderCount = 4
      configuration.prepareDatabase { db in
        try db.execute(
          sql: "pragma cache_size = -32768; pragma synchronous = full; pragma secure_delete = on")
      }
      pool = try StoreDatabase(at: file, configuration, PartnershipSchema.migrator)
        .open(DatabasePool.init(path:configuration:))
      let signature = "\(Self.indexVersion) \(locator.signature)"
      try pool.write { db in
        let found = try String.fetchOne(db, sql: "select value from note where name = 'index'")
        guard found != signature else { return }
        try Self.indexAll(db, locator)
        try db.execute(
          sql: "insert or replace into note values ('index', ?)", arguments: [signature])
      }
    } catch let error as GovernanceError {
      throw PartnershipError(.file, "\(error.place): \(error.message)", hint: error.hint)
    } catch let error as DatabaseError {
      throw Self.unusable(file, error)
    }
    try sweepPhotographs()
  }

  /// Changes when records are indexed otherwise than before.
  private static let indexVersion = 4

  static func unusable(_ file: URL, _ error: DatabaseError) -> PartnershipError {
    if error.resultCode.primaryResultCode == .SQLITE_BUSY {
      return PartnershipError(
        .overtaken, "Something long is being written, such as an import.",
        hint: "Go back, where what you typed still stands, and try again in a minute.")
    }
    return PartnershipError(
      .file, "\(file.path): SQLite says: \(error.message ?? "\(error.resultCode)").",
      hint: "Check that the disk is not full and that the file is a partnership of Kith's.")
  }

  /// Something that the partnership's keeper has noted down for itself; nil where there is none.
  public func remark(_ name: String) throws -> String? {
    try read {
      try String.fetchOne($0, sql: "select value from note where name = ?", arguments: [name])
    }
  }

  public func setRemark(_ name: String, to value: String) throws {
    try write {
      try $0.execute(sql: "insert or replace into note values (?, ?)", arguments: [name, value])
    }
  }

  /// Reads in one view of the file, beside whoever writes.
  func read<T>(_ body: (Database) throws -> T) throws -> T {
    do { return try pool.read(body) } catch let error as DatabaseError {
      throw Self.unusable(file, error)
    }
  }

  /// The same with the index of the records that are there, which is brought up to date first.
  func readIndexed<T>(_ body: (Database, RecordIndex) throws -> T) throws -> T {
    try read { db in
      let pulse =
        try Int64.fetchOne(db.cachedStatement(sql: "select number from pulse")) ?? 0
      let current = try index.withLock { held in
        // One that knows of later writes than this view of the file does no harm: rows that are not there are left out.
        if let held, held.pulse >= pulse { return held }
        let made =
          try held?.updated(db, pulse: pulse) ?? RecordIndex(db, pulse: pulse)
        held = made
        return made
      }
      return try body(db, current)
    }
  }

  /// Writes all or nothing.
  func write<T>(_ body: (Database) throws -> T) throws -> T {
    do { return try pool.write(body) } catch let error as DatabaseError {
      throw Self.unusable(file, error)
    }
  }
}

/// Where postcodes are.
public protocol PostcodeLocator: Sendable {
  /// Changes where the answers do.
  var signature: String { get }
  /// Where a postcode is; nil for one that is not known.
  func position(of postcode: String) -> Position?
}

/// Knows no postcode.
public struct NoPostcodes: PostcodeLocator {
  public init() {}
  public var signature: String { "none" }
  public func position(of postcode: String) -> Position? { nil }
}

/// A point on the ground.
public struct Position: Hashable, Sendable {
  /// In degrees (WGS 84).
  public let latitude: Double
  public let longitude: Double
  /// Whether it is the middle of a small area rather than the place itself.
  public let isRough: Bool

  public init(latitude: Double, longitude: Double, isRough: Bool = false) {
    self.latitude = latitude
    self.longitude = longitude
    self.isRough = isRough
  }

  /// The distance on the sphere in kilometres (haversine; mean radius of the Earth 6,371.0088 km, IUGG).
  public func kilometres(to other: Position) -> Double {
    let radians = Double.pi / 180
    let (one, two) = (latitude * radians, other.latitude * radians)
    let across = (other.longitude - longitude) * radians
    let half = pow(sin((two - one) / 2), 2) + cos(one) * cos(two) * pow(sin(across / 2), 2)
    return 2 * 6_371.0088 * asin(min(1, half.squareRoot()))
  }
}
