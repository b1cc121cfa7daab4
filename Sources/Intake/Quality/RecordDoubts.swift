import Columns
import Engine

/// Finds records that are right by themselves and not beside others: they point at nothing, or happened
/// before a birth or after a death.
struct RecordDoubts {
  let tables: [LandedTable]
  let policies: RulePolicies
  let connection: Connection
  private let dialect = Dialect(.duckdb)

  init(_ tables: [LandedTable], _ policies: RulePolicies, _ connection: Connection) {
    self.tables = tables
    self.policies = policies
    self.connection = connection
  }

  /// The columns of the table `doubt`.
  static let table = """
    create table if not exists doubt (
      source varchar, delivery varchar, file varchar, table_name varchar, line bigint,
      field varchar, rule varchar)
    """

  /// Fills the table `doubt`, which has source, delivery, file, table_name, line, field and rule; and
  /// adds the records of rules that set aside to `superseded`, with the rule as the reason.
  ///
  /// - Returns: how many rows were set aside, by source and table.
  func make() throws -> [String: [String: Int]] {
    try connection.execute(Self.table)
    try makeDeaths()
    for table in tables {
      for reference in table.quality.references { try findUnresolved(reference, in: table) }
      try findOutsideLife(table)
    }
    // What no longer holds is in nobody's way.
    try connection.execute(
      """
      delete from doubt using superseded s
      where doubt.source = s.source and doubt.delivery = s.delivery and doubt.file = s.file
        and doubt.line = s.line and doubt.table_name = s.table_name
      """)
    return try setAside()
  }

  /// The day of death of everybody whom a source says to be dead.
  private func makeDeaths() throws {
    let lists = tables.compactMap { table -> String? in
      guard let person = table.quality.about[.person], let death = table.quality.about[.death]
      else { return nil }
      return """
        select \(dialect.identifier(person)) as person, \(dialect.identifier(death))::date as day
        from (\(table.holding([person, death])))
        where \(dialect.identifier(person)) is not null and \(dialect.identifier(death)) is not null
        """
    }
    let all = lists.isEmpty ? "select null::bigint as person, null::date as day limit 0" : ""
    try connection.execute(
      """
      create or replace temp table death as
      select person, max(day) as day from (\(all)\(lists.joined(separator: " union all ")))
      group by person
      """)
  }

  private func findUnresolved(
    _ reference: QualityMapping.Reference, in table: LandedTable
  ) throws {
    let column = dialect.identifier(reference.column)
    // A source that never sent the table has nothing to point at.
    guard
      let target = tables.first(where: { $0.source == table.source && $0.name == reference.table })
    else { return }
    let known = dialect.identifier(reference.target)
    try insert(
      table, column: reference.column, rule: .unresolvedReference,
      """
      select kith_rank, kith_part, line from (\(table.rows([reference.column])))
      where \(column) not in (
        select \(known) from (\(target.holding([reference.target]))) where \(known) is not null)
      """)
  }

  private func findOutsideLife(_ table: LandedTable) throws {
    guard let date = table.quality.date,
      let holder = table.quality.via == nil
        ? table : tables.first(where: { isHolder($0, of: table) }),
      let person = holder.quality.about[.person]
    else { return }
    // A register of deaths tells of them after they happened.
    guard table.quality.about[.death] == nil else { return }
    let day = "\(dialect.identifier(date))::date"
    let birth = holder.quality.about[.birthYear]
    let rows: String
    if let via = table.quality.via {
      let by = dialect.identifier(via.column)
      let wanted = [via.column, person] + (birth.map { [$0] } ?? [])
      rows = """
        select r.kith_rank, r.kith_part, r.line, r.\(day) as day, p.person, p.birth
        from (\(table.rows([date, via.column]))) as r
        join (
          select \(by), any_value(\(dialect.identifier(person))) as person,
            min(\(birth.map(dialect.identifier) ?? "null::integer")) as birth
          from (\(holder.holding(wanted))) group by \(by)) as p using (\(by))
        """
    } else {
      let wanted = [date, person] + (birth.map { [$0] } ?? [])
      rows = """
        select kith_rank, kith_part, line, \(day) as day, \(dialect.identifier(person)) as person,
          \(birth.map(dialect.identifier) ?? "null::integer") as birth
        from (\(table.rows(wanted)))
        """
    }
    // Both rules in one scan.
    try connection.execute(
      """
      create or replace temp table outside as
      select r.kith_rank, r.kith_part, r.line, year(r.day) < r.birth as is_before,
        r.day > death.day + 1 as is_after
      from (\(rows)) as r left join death using (person)
      where year(r.day) < r.birth or r.day > death.day + 1
      """)
    for (rule, condition) in [(IntakeRule.beforeBirth, "is_before"), (.afterDeath, "is_after")] {
      try insert(
        table, column: date, rule: rule,
        "select kith_rank, kith_part, line from outside where \(condition)")
    }
  }

  private func isHolder(_ other: LandedTable, of table: LandedTable) -> Bool {
    other.source == table.source && other.name == table.quality.via?.table
  }

  private func insert(
    _ table: LandedTable, column: String, rule: IntakeRule, _ query: String
  ) throws {
    // What the sender calls the column.
    let name = table.file.columns.first { $0.landedFields.contains { $0.name == column } }?.name
    try connection.execute(
      """
      insert into doubt
      select distinct \(dialect.literal(table.source)), kith_delivery, kith_file,
        \(dialect.literal(table.name)), line, \(dialect.literal(name ?? column)),
        \(dialect.literal(rule.rawValue))
      from (\(query)) join \(table.partList) using (kith_rank, kith_part)
      """)
  }

  private func setAside() throws -> [String: [String: Int]] {
    let rules = [IntakeRule.unresolvedReference, .beforeBirth, .afterDeath].filter {
      policies[$0].action == .quarantine
    }
    guard !rules.isEmpty else { return [:] }
    let names = rules.map { dialect.literal($0.rawValue) }.joined(separator: ", ")
    var counts: [String: [String: Int]] = [:]
    for table in tables {
      // A record may have several rows on its line, and break several rules.
      let rows = try connection.query(
        """
        select count(*)::bigint from (\(table.rows([])))
        join \(table.partList) using (kith_rank, kith_part)
        where (kith_delivery, kith_file, line) in (
          select (delivery, file, line) from doubt
          where source = \(dialect.literal(table.source))
            and table_name = \(dialect.literal(table.name)) and rule in (\(names)))
        """)
      guard case .int(let count) = rows.scalar, count > 0 else { continue }
      counts[table.source, default: [:]][table.name] = Int(count)
    }
    try connection.execute(
      """
      insert into superseded
      select source, delivery, file, table_name, line, min(rule) from doubt where rule in (\(names))
      group by source, delivery, file, table_name, line
      """)
    return counts
  }
}
