import Columns
import Engine
import Foundation
import Intake
public import Places

extension DataQuality {
  /// A place without sources.
  static let none = DataQuality(sources: [], shares: [:], faults: [])

  /// Reads what a snapshot has of quality; nothing for one from before there was any.
  static func read(
    _ manifest: Manifest, folder: URL, _ connection: Connection
  ) throws -> DataQuality {
    guard let intake = manifest.intake, !intake.deliveries.isEmpty,
      manifest.tables.contains(where: { $0.name == "quality" })
    else { return none }
    let reader = Reader(folder: folder, connection: connection)
    let fields = try reader.fields()
    var order: [String] = []
    for delivery in intake.deliveries where !order.contains(delivery.source) {
      order.append(delivery.source)
    }
    // Sources that have sent nothing yet.
    order += (intake.titles ?? [:]).keys.filter { !order.contains($0) }.sorted()
    let sources = order.map { id in
      let deliveries = intake.deliveries.filter { $0.source == id }
      let outcomes = intake.tables.filter { $0.source == id }
      return Source(
        id: id, title: intake.titles?[id] ?? id, mapping: deliveries.first?.mapping ?? "",
        deliveries: deliveries,
        tables: outcomes.compactMap { outcome in
          fields[id]?[outcome.table].map { Table(name: outcome.table, fields: $0) }
        }, outcomes: outcomes)
    }
    return DataQuality(sources: sources, shares: try reader.shares(), faults: try reader.faults())
  }

  /// Every line of a source where a rule was broken: delivery, file, line, field, rule, outcome, and
  /// whether it has been mended.
  ///
  /// - Parameter delivery: only that one; nil for all.
  public static func faults(
    of source: String, delivery: String?, in manifest: Manifest, _ store: PlaceStore
  ) async throws -> [[String]] {
    let table = Dialect(.duckdb).parquet("fault", in: store.folder(of: manifest.id))
    let rows = try await Engine.duckDB(connections: 1).query(
      """
      select delivery, file, line::varchar, coalesce(field, ''), rule, outcome,
        case when is_mended then 'mended' else 'open' end
      from \(table)
      where source = ? and (? is null or delivery = ?) order by delivery, file, line, field
      """,
      [.string(source)] + Array(repeating: delivery.map { .string($0) } ?? .null, count: 2)
    ).rows
    return rows.map { row in
      row.map { if case .string(let text) = $0 { text } else { "" } }
    }
  }

  private struct Reader {
    let folder: URL
    let connection: Connection
    let dialect = Dialect(.duckdb)

    func table(_ name: String) -> String {
      dialect.parquet(name, in: folder)
    }

    func fields() throws -> [String: [String: [Field]]] {
      var fields: [String: [String: [Field]]] = [:]
      _ = try connection.stream(
        """
        select source, table_name, field, column_name, type, keep, is_required::varchar, unit,
          about, allowed, element
        from \(table("field")) order by source, table_name, place
        """
      ) { batch in
        for row in 0..<batch.rowCount {
          let text = batch.columns.map { $0.string(row) ?? "" }
          fields[text[0], default: [:]][text[1], default: []].append(
            Field(
              name: text[2], column: text[3], type: text[4], keep: text[5],
              isRequired: text[6] == "true", unit: text[7], about: PersonField(rawValue: text[8]),
              allowed: text[9], element: text[10]))
        }
      }
      return fields
    }

    /// What may be shown of the measures; of groups only those of all deliveries, since no page shows others.
    func shares() throws -> [Key: [Share]] {
      var measured: [Key: [MeasuredShare]] = [:]
      _ = try connection.stream(
        """
        select source, table_name, field, delivery, measure, group_kind, group_id, numerator,
          denominator, value
        from \(table("quality"))
        where delivery = '' or group_kind in ('', 'source')
        order by all
        """
      ) { batch in
        for row in 0..<batch.rowCount {
          let text = (0..<7).map { batch.columns[$0].string(row) ?? "" }
          guard let measure = Measure(rawValue: text[4]), let group = Group(rawValue: text[5])
          else { continue }
          let key = Key(
            source: text[0], table: text[1], field: text[2], measure: measure, delivery: text[3],
            group: group)
          measured[key, default: []].append(
            MeasuredShare(
              id: text[6], numerator: batch.columns[7].integer(row),
              denominator: batch.columns[8].integer(row), value: batch.columns[9].number(row)))
        }
      }
      return DataQuality.published(measured)
    }

    func faults() throws -> [FaultGroup] {
      var faults: [FaultGroup] = []
      _ = try connection.stream(
        """
        select source, delivery, file, table_name, coalesce(field, ''), rule, coalesce(other, ''),
          outcome, is_mended::varchar, count(*)::varchar,
          array_to_string(list_slice(list_sort(list(line)), 1, \(DataQuality.shownLines)), ' ')
        from \(table("fault")) group by 1, 2, 3, 4, 5, 6, 7, 8, 9
        order by count(*) desc, 1, 2, 3, 5, 6, 7, 8, 9
        """
      ) { batch in
        for row in 0..<batch.rowCount {
          let text = batch.columns.map { $0.string(row) ?? "" }
          guard let outcome = FaultGroup.Outcome(rawValue: text[7]), let count = Int(text[9])
          else { continue }
          faults.append(
            FaultGroup(
              source: text[0], delivery: text[1], file: text[2], table: text[3], field: text[4],
              rule: text[5], other: text[6], outcome: outcome, isMended: text[8] == "true",
              count: count, lines: text[10].split(separator: " ").compactMap { Int($0) }))
        }
      }
      return faults
    }
  }
}

extension Column {
  /// A whole number; nil for null.
  fileprivate func integer(_ row: Int) -> Int? {
    if case .int(let number) = value(row) { Int(number) } else { nil }
  }

  /// A number; nil for null.
  fileprivate func number(_ row: Int) -> Double? {
    if case .double(let number) = value(row) { number } else { nil }
  }
}
