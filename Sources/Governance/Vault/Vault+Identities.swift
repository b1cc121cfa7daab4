import Foundation
import GRDB
import Synchronization

/// Which fields the identities of a table are made of.
public struct IdentityLayout: Sendable, Hashable {
  public let number: Int
  public let source: String
  public let table: String
  public let fields: [String]
}

extension Vault {
  public func identityLayouts() throws -> [IdentityLayout] {
    try read { db in
      try Row.fetchAll(db, sql: "select number, source, table_name, fields from layout").map {
        let fields: String = $0["fields"]
        return IdentityLayout(
          number: $0["number"], source: $0["source"], table: $0["table_name"],
          fields: try JSONDecoder().decode([String].self, from: Data(fields.utf8)))
      }
    }
  }

  private struct SealedIdentity: Sendable {
    let id: Int64
    let layout: Int
    let key: Int
    let bytes: Data
  }

  /// Hands all identities to `body`, opened, in the order in which they came: the id, the number of the layout,
  /// and the values as ``IdentityText`` has them.
  ///
  /// - Throws: ``GovernanceError`` where one does not open.
  public func forEachIdentity(
    threads: Int, _ body: (Int64, Int, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let sealers = try sealers()
    try read { db in
      let cursor = try Row.fetchCursor(
        db, sql: "select id, layout, key, sealed from identity order by number")
      var sealed: [SealedIdentity] = []
      func open() throws {
        for (identity, bytes) in zip(sealed, try Self.opened(sealed, sealers, threads, file.path)) {
          try bytes.withUnsafeBytes { try body(identity.id, identity.layout, $0) }
        }
        sealed.removeAll(keepingCapacity: true)
      }
      while let row = try cursor.next() {
        sealed.append(
          SealedIdentity(
            id: row[0], layout: row[1], key: row[2], bytes: row[3]))
        if sealed.count == 1 << 14 { try open() }
      }
      try open()
    }
  }

  /// Opens some identities, several at a time.
  private static func opened(
    _ sealed: [SealedIdentity], _ sealers: [Int: Sealer], _ threads: Int, _ file: String
  ) throws -> [Data] {
    let size = 1 << 9
    let pieces = (sealed.count + size - 1) / size
    let results = Mutex([Result<[Data], GovernanceError>?](repeating: nil, count: pieces))
    @Sendable func open(_ piece: Int) throws(GovernanceError) -> [Data] {
      var opened: [Data] = []
      for identity in sealed[(piece * size)..<min(sealed.count, (piece + 1) * size)] {
        guard let sealer = sealers[identity.key] else {
          throw GovernanceError(file, "The key \(identity.key) of a sealed value is missing.")
        }
        opened.append(try sealer.open(identity.bytes, for: SealedPlace.identity(identity.id)))
      }
      return opened
    }
    @Sendable func work(_ piece: Int) {
      let result = Result { () throws(GovernanceError) in try open(piece) }
      results.withLock { $0[piece] = result }
    }
    if threads > 1, pieces > 1 {
      DispatchQueue.concurrentPerform(iterations: pieces, execute: work)
    } else {
      for piece in 0..<pieces { work(piece) }
    }
    return try results.withLock { results in
      try results.flatMap { result -> [Data] in
        guard let result else { preconditionFailure("every piece was opened") }
        return try result.get()
      }
    }
  }
}
