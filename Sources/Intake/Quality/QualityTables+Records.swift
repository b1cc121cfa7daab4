import Columns
import Engine

extension QualityTables {
  /// What became of records as a whole: landed or set aside, repeated, pointing nowhere.
  func wholeRecords() throws {
    for account in accounts where !account.isStopped {
      for file in account.files {
        try connection.execute(
          """
          insert into quality values (
            \(dialect.literal(account.source)), \(dialect.literal(file.table)), '',
            \(dialect.literal(account.delivery)), 'landed', '', '', \(file.landed), \(file.read),
            \(file.landed)::double / nullif(\(file.read), 0))
          """)
      }
    }
    for table in tables {
      let references = table.quality.references.map(\.column)
      if !references.isEmpty {
        let some = references.map { "\(dialect.identifier($0)) is not null" }
        try inDoubt(
          table, ["unresolved_reference"], "linked", references,
          where: some.joined(separator: " or "))
      }
      if let date = table.quality.date, table.quality.about[.death] == nil {
        try inDoubt(
          table, ["before_birth", "after_death"], "lifetime", [date],
          where: "\(dialect.identifier(date)) is not null")
      }
    }
    // Over all deliveries.
    try connection.execute(
      """
      insert into quality
      select source, table_name, field, '', measure, '', '', sum(numerator)::bigint,
        sum(denominator)::bigint, sum(numerator) / nullif(sum(denominator), 0)
      from quality where measure in ('landed', 'uniqueness', 'linked', 'lifetime')
      group by source, table_name, field, measure
      """)
  }

  /// Counts the records of each delivery that came once: all but those of ``makeAgain(_:)`` did, and these
  /// are counted in parts, since counting distinct values takes memory for each of them.
  func uniqueness(_ table: LandedTable) throws {
    let rows = table.rows(["record"])
    guard
      case .int(let count) = try connection.query("select count(*)::bigint from again").scalar
    else { return }
    var parts: Int64 = 1
    while count / parts > Self.recordsAtOnce { parts *= 2 }
    try connection.execute(
      "create or replace temp table extra (delivery varchar, records bigint)")
    for part in 0..<parts {
      try connection.execute(
        """
        insert into extra
        select kith_delivery,
          count(distinct (kith_part::bigint << 32) + line) - count(distinct record)
        from (\(rows)) semi join again using (kith_rank, record)
        join \(table.partList) using (kith_rank, kith_part)
        where record & \(parts - 1) = \(part) group by kith_delivery
        """)
    }
    // A record may have several rows, so the records are those of the accounts, less deletions.
    let landed = accounts.filter { $0.source == table.source && !$0.isStopped }.map { account in
      let count = account.files.filter { $0.table == table.name }.reduce(0) { $0 + $1.landed }
      return "(\(dialect.literal(account.delivery)), \(count))"
    }
    let deletions = LandedPart.rows(table.parts, ["line"], where: "is_deletion")
    try connection.execute(
      """
      insert into quality
      with landed as (from (values \(landed.joined(separator: ", "))) as landed(delivery, records)),
      deleted as (
        select kith_delivery as delivery,
          count(distinct (kith_part::bigint << 32) + line) as records
        from (\(deletions)) join \(table.partList) using (kith_rank, kith_part) group by 1),
      repeated as (select delivery, sum(records)::bigint as records from extra group by delivery),
      counted as (
        select landed.delivery, (landed.records - coalesce(deleted.records, 0))::bigint as records,
          coalesce(repeated.records, 0) as repeated
        from landed left join deleted using (delivery) left join repeated using (delivery))
      select \(dialect.literal(table.source)), \(dialect.literal(table.name)), '', delivery,
        'uniqueness', '', '', records - repeated, records, (records - repeated) / records
      from counted where records > 0
      """)
  }

  private static let recordsAtOnce: Int64 = 4_000_000

  /// Measures how many of the records that hold, and that a rule can be asked of, do not break it.
  private func inDoubt(
    _ table: LandedTable, _ rules: [String], _ measure: String, _ columns: [String],
    where condition: String
  ) throws {
    let (source, name) = (dialect.literal(table.source), dialect.literal(table.name))
    try connection.execute(
      """
      insert into quality
      with r as (
        select kith_delivery as delivery, count(*) as n from (\(table.holding(columns)))
        where \(condition) group by 1),
      d as (
        select delivery, count(distinct (file, line)) as n from doubt
        where source = \(source) and table_name = \(name)
          and rule in (\(rules.map(dialect.literal).joined(separator: ", "))) group by 1)
      select \(source), \(name), '', r.delivery, '\(measure)', '', '',
        greatest(r.n - coalesce(d.n, 0), 0)::bigint, r.n::bigint,
        greatest(r.n - coalesce(d.n, 0), 0) / r.n
      from r left join d using (delivery)
      """)
  }
}
