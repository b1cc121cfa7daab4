import Foundation
import GRDB

/// The text of a record that was set aside.
public struct HeldRecord: Hashable, Sendable {
  public let source: String
  public let delivery: String
  public let file: String
  public let line: Int
  /// The bytes as they came, as far as they are UTF-8.
  public let text: String
  /// Whether the line was longer than what is kept of it.
  public let isCut: Bool
}

/// How much there is in a vault.
public struct VaultContents: Hashable, Codable, Sendable {
  public let identities: Int
  public let heldRecords: Int
  public let notes: Int
  /// How many values are sealed with keys older than the newest: a change of keys was broken off.
  public let toBeSealedAnew: Int
}

extension Vault {
  /// The identifying values of identities, by id; those that the vault has not got are left out.
  ///
  /// - Throws: ``GovernanceError`` where one does not open.
  public func identities(_ ids: some Sequence<Int64>) throws -> [Int64: [String: String]] {
    let sealers = try sealers()
    return try read { db in
      var layouts: [Int: [String]] = [:]
      for row in try Row.fetchAll(db, sql: "select number, fields from layout") {
        let fields: String = row["fields"]
        layouts[row["number"]] = try JSONDecoder().decode([String].self, from: Data(fields.utf8))
      }
      var found: [Int64: [String: String]] = [:]
      let statement = try db.cachedStatement(
        sql: "select layout, key, sealed from identity where id = ?")
      for id in ids {
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { continue }
        let bytes = try open(row, sealers, for: SealedPlace.identity(id))
        let values = IdentityText.values(bytes) ?? []
        var identity: [String: String] = [:]
        for (name, value) in zip(layouts[row["layout"]] ?? [], values) { identity[name] = value }
        found[id] = identity
      }
      return found
    }
  }

  /// The records of a source that were set aside, by delivery, file and line.
  ///
  /// - Throws: ``GovernanceError`` where one does not open.
  public func held(
    source: String, delivery: String? = nil, file: String? = nil, line: Int? = nil, limit: Int
  ) throws -> [HeldRecord] {
    let sealers = try sealers()
    return try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          select delivery, file, line, is_cut, key, sealed from held
          where source = :source and (:delivery is null or delivery = :delivery)
            and (:file is null or file = :file) and (:line is null or line = :line)
          order by delivery, file, line limit :limit
          """,
        arguments: [
          "source": source, "delivery": delivery, "file": file, "line": line, "limit": limit,
        ])
      return try rows.map { row in
        let (delivery, file, line): (String, String, Int) = (
          row["delivery"], row["file"], row["line"]
        )
        let bytes = try open(
          row, sealers, for: SealedPlace.held(source, delivery, file, line: line))
        return HeldRecord(
          source: source, delivery: delivery, file: file, line: line,
          text: String(decoding: bytes, as: UTF8.self), isCut: row["is_cut"])
      }
    }
  }

  /// The free text of a record, by field.
  ///
  /// - Throws: ``GovernanceError`` where it does not open.
  public func notes(source: String, table: String, record: Int64) throws -> [String: String] {
    let sealers = try sealers()
    return try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          select field, key, sealed from note where source = ? and table_name = ? and record = ?
          order by delivery, number
          """, arguments: [source, table, record])
      var notes: [String: String] = [:]
      for row in rows {
        let field: String = row["field"]
        let bytes = try open(
          row, sealers, for: SealedPlace.note(source, table, record: record, field: field))
        notes[field] = String(decoding: bytes, as: UTF8.self)
      }
      return notes
    }
  }

  public func contents() throws -> VaultContents {
    let newest = try sealer().keyNumber
    return try read { db in
      func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
      return VaultContents(
        identities: try count("select count(*) from identity"),
        heldRecords: try count("select count(*) from held"),
        notes: try count("select count(*) from note"),
        toBeSealedAnew: try ["identity", "held", "note", "link_model"].reduce(0) {
          try $0 + count("select count(*) from \($1) where key <> \(newest)")
        })
    }
  }

  private func open(
    _ row: Row, _ sealers: [Int: Sealer], for place: [UInt8]
  ) throws -> Data {
    let number: Int = row["key"]
    guard let sealer = sealers[number] else {
      throw GovernanceError(file.path, "The key \(number) of a sealed value is missing.")
    }
    return try sealer.open(row["sealed"], for: place)
  }
}
