import Engine
import Foundation

/// A file of a delivery as it landed, with its place in the order of all that a source sent.
struct LandedPart: Sendable {
  let source: String
  let table: String
  /// The delivery's place among those that count, from 0, and the file's among the delivery's.
  let rank: Int
  let part: Int
  let delivery: String
  /// What the file was called when it came.
  let file: String
  let url: URL

  /// All parts of a source, in order.
  ///
  /// - Parameter accounts: those of its deliveries that count, the oldest first.
  static func all(of source: String, _ accounts: [DeliveryAccount], in landing: URL) -> [LandedPart]
  {
    accounts.enumerated().flatMap { rank, account in
      account.files.enumerated().map { part, file in
        LandedPart(
          source: source, table: file.table, rank: rank, part: part, delivery: account.delivery,
          file: file.file,
          url: landing.appendingPathComponent(source).appendingPathComponent(account.delivery)
            .appendingPathComponent(file.landedAs))
      }
    }
  }

  /// The rows of all parts as SQL, with `columns` and, named so that no sender's column is mistaken for
  /// them, kith_rank and kith_part.
  static func rows(
    _ parts: [LandedPart], _ columns: [String], where condition: String = "true"
  ) -> String {
    let dialect = Dialect(.duckdb)
    var names: [String] = []
    for column in columns.map(dialect.identifier) where !names.contains(column) {
      names.append(column)
    }
    return parts.map { part in
      """
      select \(part.rank) as kith_rank, \(part.part) as kith_part, \(names.joined(separator: ", ")) \
      from \(dialect.parquet(part.url.path)) where \(condition)
      """
    }.joined(separator: " union all by name ")
  }

  /// The parts as a table in SQL: kith_rank, kith_part, kith_delivery, kith_day, kith_file.
  static func list(_ parts: [LandedPart]) -> String {
    let dialect = Dialect(.duckdb)
    let values = parts.map { part in
      "(\(part.rank), \(part.part), \(dialect.literal(part.delivery)), "
        + "date '\(part.delivery.prefix(10))', \(dialect.literal(part.file)))"
    }
    return "(values \(values.joined(separator: ", "))) "
      + "as parts(kith_rank, kith_part, kith_delivery, kith_day, kith_file)"
  }

  /// SQL for a row's place in the order of all rows.
  static let place = "(kith_rank::bigint << 48) + (kith_part::bigint << 32) + line"

  /// The most files that a delivery may have, so that each has its place.
  static let mostFiles = 65_000
}
