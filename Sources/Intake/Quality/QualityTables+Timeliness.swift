import Engine

extension QualityTables {
  /// Makes the table `again` of the rows that no longer hold: only their records can be there twice, so what
  /// asks for these need not gather all there are.
  func makeAgain(_ table: LandedTable) throws {
    try connection.execute(
      """
      create or replace temp table again as
      select kith_rank, record from (\(table.rows(["record"])))
      join \(table.partList) using (kith_rank, kith_part)
      semi join (\(table.gone)) using (kith_delivery, kith_file, line)
      """)
  }

  func timeliness(_ table: LandedTable) throws {
    guard let date = table.quality.date, !table.file.isWhole else { return }
    let day = "\(dialect.identifier(date))::date"
    let start = """
      select \(dialect.literal(table.source)), \(dialect.literal(table.name)),
        \(dialect.literal(date)), kith_delivery
      """
    try connection.execute(
      """
      insert into quality
      \(start), 'freshness', '', '', null, count(*)::bigint, 
        date_diff('day', max(\(day)), any_value(kith_day))
      from (\(table.rows([date]))) join \(table.partList) using (kith_rank, kith_part)
      where \(day) is not null and \(day) <= kith_day group by kith_delivery
      """)
    // A record is new where no earlier delivery had it; the first delivery is all history.
    let rows = table.rows(["record", date])
    try connection.execute(
      """
      create or replace temp table later as
      select record, min(kith_rank) as kith_rank, arg_min(\(day), kith_rank) as happened from (\(rows))
      where kith_rank > 0 group by record
      """)
    try connection.execute(
      """
      insert into quality
      with seen as (select distinct record from again where kith_rank = 0),
      days as (
        select kith_rank, any_value(kith_delivery) as kith_delivery, any_value(kith_day) as day
        from \(table.partList) group by kith_rank),
      fresh as (
        select days.kith_delivery, date_diff('day', later.happened, days.day) as lag,
          later.happened <= earlier.day as is_late
        from later anti join seen using (record)
        join days on days.kith_rank = later.kith_rank
        join days as earlier on earlier.kith_rank = later.kith_rank - 1
        where later.happened is not null
          -- What was set aside before and mended is not late.
          and later.record not in (
            select record from found where record is not null
              and source = \(dialect.literal(table.source))
              and table_name = \(dialect.literal(table.name)))),
      spread as (
        select kith_delivery, is_late, lag from fresh union all select '', is_late, lag from fresh)
      \(start), unnest(['late', 'lag']), '', '',
        unnest([count_if(is_late), null])::bigint, unnest([count(*), count(*)])::bigint,
        unnest([count_if(is_late) / count(*), median(lag)])
      from spread group by kith_delivery
      """)
  }
}
