import Engine
import Foundation

extension QualityTables {
  /// Fills `fault` with where rules were broken: source, delivery, file, table_name, line, field, rule,
  /// other (the field that it does not go with), outcome, and whether what came later has mended it.
  func makeFaults() throws {
    try connection.execute(Self.fault)
    try connection.execute(
      """
      create or replace temp table found (
        source varchar, delivery varchar, file varchar, table_name varchar, line bigint,
        field varchar, rule varchar, other varchar, outcome varchar, record bigint)
      """)
    let keeping = IntakeRule.keeping.map { dialect.literal($0.rawValue) }.joined(separator: ", ")
    for account in accounts {
      let names = account.files.map {
        "(\(dialect.literal($0.file)), \(dialect.literal($0.table)))"
      }
      guard !names.isEmpty else { continue }
      let folder = landing.appendingPathComponent(account.source)
        .appendingPathComponent(account.delivery)
      let aside = account.isStopped ? "'stopped'" : "'set_aside'"
      let left = "case when rule in (\(keeping)) then 'in_doubt' else 'left_out' end"
      for (file, outcome) in [("quarantine", aside), ("left-out", left)]
      where file == "quarantine" || !account.isStopped {
        let url = folder.appendingPathComponent("\(file).parquet")
        try connection.execute(
          """
          insert into found
          select \(dialect.literal(account.source)), \(dialect.literal(account.delivery)), file,
            table_name, line, field, rule, other, \(outcome), record
          from \(dialect.parquet(url.path))
          join (values \(names.joined(separator: ", "))) as files(file, table_name) using (file)
          """)
      }
    }
    try settleFaults()
    let aside =
      [IntakeRule.unresolvedReference, .beforeBirth, .afterDeath].filter {
        policies[$0].action == .quarantine
      }.map { dialect.literal($0.rawValue) } + ["''"]
    try connection.execute(
      """
      insert into fault
      select source, delivery, file, table_name, line, field, rule, null,
        case when rule in (\(aside.joined(separator: ", "))) then 'set_aside' else 'in_doubt' end,
        false
      from doubt
      """)
  }

  /// Says of what was found whether it has been mended: the record landed with a later delivery, or the
  /// row no longer holds.
  private func settleFaults() throws {
    for table in tables {
      let own = """
        source = \(dialect.literal(table.source)) and table_name = \(dialect.literal(table.name))
        """
      let newest = dialect.literal(table.parts.last?.delivery ?? "")
      try connection.execute(
        """
        insert into fault
        with own as (select * from found where \(own)),
        later as (
          select record, max(kith_delivery) as delivery
          from (\(table.rows(["record"]))) as r join \(table.partList) using (kith_rank, kith_part)
          semi join own using (record) group by record)
        select own.source, own.delivery, own.file, own.table_name, own.line, own.field, own.rule,
          own.other, own.outcome,
          case when \(table.file.isWhole) then own.delivery < \(newest)
            when own.outcome in ('set_aside', 'stopped')
              then coalesce(later.delivery > own.delivery, false)
            else gone.line is not null end
        from own left join later using (record)
        left join (\(table.gone)) as gone on gone.kith_delivery = own.delivery
          and gone.kith_file = own.file and gone.line = own.line
        """)
    }
    // Of tables of which nothing landed.
    try connection.execute(
      """
      insert into fault
      select source, delivery, file, table_name, line, field, rule, other, outcome, false from found
      where (source, table_name) not in (select (source, table_name) from fault)
      """)
  }
}
