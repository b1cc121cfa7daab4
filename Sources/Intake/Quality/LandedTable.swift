import Columns
import Engine

/// A landed table of a source, for queries over all its deliveries.
struct LandedTable {
  let source: String
  let file: FileMapping
  let parts: [LandedPart]
  /// The FHIR element that each column comes from, by what the mapping calls the column; none for CSV.
  var elements: [String: String] = [:]

  var name: String { file.table }
  var quality: QualityMapping { file.quality }
  private var dialect: Dialect { Dialect(.duckdb) }

  /// All records, with their lines, `columns`, kith_rank and kith_part.
  func rows(_ columns: [String]) -> String {
    LandedPart.rows(parts, ["line"] + columns, where: "not is_deletion")
  }

  /// The records that hold: no later one repeats, corrects, replaces or takes them back.
  func holding(_ columns: [String]) -> String {
    """
    select * from (\(rows(columns))) join \(partList) using (kith_rank, kith_part)
    anti join (\(gone)) using (kith_delivery, kith_file, line)
    """
  }

  /// The records that were not taken back: those that hold, and those that later ones correct or replace.
  func standing(_ columns: [String]) -> String {
    """
    select * from (\(rows(columns))) join \(partList) using (kith_rank, kith_part)
    anti join (\(gone) and reason = 'deleted') using (kith_delivery, kith_file, line)
    """
  }

  /// The places of the records that no longer hold.
  var gone: String {
    """
    select distinct delivery as kith_delivery, file as kith_file, line from superseded
    where source = \(dialect.literal(source)) and table_name = \(dialect.literal(name))
    """
  }

  /// The parts as a table in SQL: kith_rank, kith_part, kith_delivery, kith_day, kith_file.
  var partList: String { LandedPart.list(parts) }

  /// The field that a landed column is of: of a postcode's small area, the postcode.
  func field(of column: String) -> String {
    file.columns.first { $0.landedFields.contains { $0.name == column } }?.landed ?? column
  }

  func column(_ field: PersonField) -> String? {
    quality.about[field].map(dialect.identifier)
  }
}
