import Columns
import Engine
import Foundation

/// Measures how good the landed data are: by source, field, group and delivery.
///
/// The result is two tables. `quality` has a row a measure: source, table_name, field (empty for the
/// whole record), delivery (empty for all), measure, group_kind and group_id (empty for everybody),
/// numerator, denominator and value; what is a share has its value as numerator ÷ denominator. `field`
/// says what the fields are.
///
/// | measure | numerator ÷ denominator |
/// | --- | --- |
/// | completeness | records with a value, right or wrong ÷ records |
/// | known | records whose value says something, not that it is not known or not stated ÷ records |
/// | validity | values that passed their checks ÷ values |
/// | landed | records that landed ÷ records read |
/// | uniqueness | rows that came once in their delivery ÷ rows |
/// | one_record | people with one record in a register ÷ people |
/// | late | new records from before the delivery before ÷ new records with a date |
/// | lag | the median of days from what happened to the delivery |
/// | freshness | days from the newest record to the delivery |
/// | agreement | people of whom two sources say the same ÷ people of whom both say something |
/// | coverage | people in a register ÷ residents |
/// | linked | references that lead somewhere ÷ references |
/// | lifetime | records within the life of the person ÷ records |
struct QualityTables {
  let tables: [LandedTable]
  let accounts: [DeliveryAccount]
  let landing: URL
  let same: SameCodes
  let policies: RulePolicies
  let connection: Connection
  let dialect = Dialect(.duckdb)

  /// - Parameters:
  ///   - accounts: those of all deliveries, the stopped ones too.
  ///   - connection: has the table `small_area` (code, quintile 1 for the most deprived, residents),
  ///     `superseded` and `doubt`.
  init(
    _ tables: [LandedTable], _ accounts: [DeliveryAccount], in landing: URL,
    _ policies: RulePolicies, _ connection: Connection
  ) throws {
    self.policies = policies
    self.tables = tables
    self.accounts = accounts
    self.landing = landing
    self.connection = connection
    same = try SameCodes()
  }

  /// The columns of the tables.
  static let quality = """
    create or replace table quality (
      source varchar, table_name varchar, field varchar, delivery varchar, measure varchar,
      group_kind varchar, group_id varchar, numerator bigint, denominator bigint, value double)
    """
  static let field = """
    create or replace table field (
      source varchar, table_name varchar, field varchar, place integer, column_name varchar,
      type varchar, keep varchar, is_required boolean, unit varchar, about varchar,
      allowed varchar, element varchar)
    """

  static let fault = """
    create or replace table fault (
      source varchar, delivery varchar, file varchar, table_name varchar, line bigint,
      field varchar, rule varchar, other varchar, outcome varchar, is_mended boolean)
    """

  func make(progress: (String) -> Void) throws {
    try connection.execute(Self.quality)
    try connection.execute(Self.field)
    try makeFaults()
    for table in tables {
      progress("quality of \(table.source): \(table.name)")
      try describe(table)
      try count(table)
      try makeAgain(table)
      try timeliness(table)
      try uniqueness(table)
    }
    progress("quality across sources")
    try wholeRecords()
    try PersonQuality(self).make()
  }

  /// The fields that are measured: those of which something is landed, or the vault has.
  static func fields(_ file: FileMapping) -> [ColumnMapping] {
    file.columns.filter { $0.handling != .drop && $0.handling != .freeText }
  }

  private func describe(_ table: LandedTable) throws {
    let rows = Self.fields(table.file).enumerated().map { place, column in
      let texts = [table.source, table.name, column.landed].map(dialect.literal)
      return "(\(texts.joined(separator: ", ")), \(place), \(dialect.literal(column.name)), "
        + "\(dialect.literal(column.type.rawValue)), \(dialect.literal("\(column.handling)")), "
        + "\(column.isRequired), \(column.unit.map(dialect.literal) ?? "null"), "
        + "\(dialect.literal(about(column, table))), \(dialect.literal(column.allowed)), "
        + "\(dialect.literal(table.elements[column.name] ?? "")))"
    }
    guard !rows.isEmpty else { return }
    try connection.execute("insert into field values \(rows.joined(separator: ", "))")
  }

  /// What a column says about the person, if anything.
  private func about(_ column: ColumnMapping, _ table: LandedTable) -> String {
    table.quality.about.first { _, name in column.landedFields.contains { $0.name == name } }?
      .key.rawValue ?? ""
  }
}
