import Columns
import Engine

extension QualityTables {
  /// The groups that records are counted by.
  private static let groupKinds = ["deprivation", "ethnic_group", "age", "practice"]

  /// Counts rows and values by delivery and group in one scan, and derives completeness and validity.
  func count(_ table: LandedTable) throws {
    let fields = Self.fields(table.file)
    guard !fields.isEmpty else { return }
    let identifying = table.file.identifying.map(\.landed)
    let present = fields.map { column -> String in
      if let landed = column.landedFields.first, column.area == nil {
        return "count(\(dialect.identifier(landed.name)))"
      }
      let place = identifying.firstIndex(of: column.landed) ?? 0
      return "count_if(identity_fields & (1::bigint << \(place)) <> 0)"
    }
    // Of fields that have words for what is not known, the values that are none of them.
    let known = zip(fields, present).map { column, present -> String in
      let unknowns = column.landedUnknowns.map(dialect.literal)
      guard !unknowns.isEmpty else { return present }
      let name = dialect.identifier(column.landed)
      return "count_if(\(name) not in (\(unknowns.joined(separator: ", "))))"
    }
    try makeGrouped(table)
    let groups = Self.groupKinds.map { "kith_\($0) as \($0)" }.joined(separator: ", ")
    try connection.execute(
      """
      create or replace temp table cube as
      select kith_rank, kith_holds as holds, \(groups), count(*)::bigint as rows,
        [\(present.joined(separator: ", "))]::bigint[] as present,
        [\(known.joined(separator: ", "))]::bigint[] as known
      from grouped group by all
      """)
    // Values that were wrong in records that landed: left out, or kept and in doubt.
    try connection.execute(
      """
      create or replace temp table wrong as
      select g.kith_rank, g.kith_holds as holds, \(groups), f.field,
        count_if(f.outcome = 'left_out')::bigint as left_out,
        count_if(f.outcome = 'in_doubt')::bigint as kept
      from found f
      join \(table.partList) on parts.kith_delivery = f.delivery and parts.kith_file = f.file
      join grouped g on g.kith_rank = parts.kith_rank and g.kith_part = parts.kith_part
        and g.line = f.line
      where f.source = \(dialect.literal(table.source)) and f.outcome in ('left_out', 'in_doubt')
        and f.table_name = \(dialect.literal(table.name)) and f.field is not null
      group by all
      """)
    let names = fields.enumerated().map {
      "(\($0 + 1), \(dialect.literal($1.landed)), \(dialect.literal($1.name)), "
        + "\(!$1.unknowns.isEmpty))"
    }.joined(separator: ", ")
    for kind in [nil] + Self.groupKinds.map(Optional.some) {
      try insertCounts(table, kind, names: names)
    }
  }

  /// Adds completeness and validity by group: of each delivery, of all that it had; of all deliveries
  /// together, of the records that hold, and of those set aside that have not come again.
  private func insertCounts(_ table: LandedTable, _ kind: String?, names: String) throws {
    let group = kind ?? "''"
    // Records that were set aside for a field count for everybody: whose they are is not known.
    let aside =
      kind == nil
      ? """
      union all
      select parts.kith_rank, not f.is_mended, '', f.field, 0, 0,
        count(*) filter (f.rule <> 'missing_value'), count(*) filter (f.rule = 'missing_value')
      from fault f
      join \(table.partList) on parts.kith_delivery = f.delivery and parts.kith_file = f.file
      where f.source = \(dialect.literal(table.source)) and f.outcome = 'set_aside'
        and f.table_name = \(dialect.literal(table.name)) and f.field is not null
        and f.rule not in ('unresolved_reference', 'before_birth', 'after_death')
      group by all
      """ : ""
    try connection.execute(
      """
      insert into quality
      with counted as (
        select kith_rank, holds, \(group) as grp, sum(rows)::bigint as rows,
          unnest(range(1, len(any_value(present)) + 1)) as place,
          unnest(list_transform(
            range(1, len(any_value(present)) + 1),
            lambda i: list_sum(list_transform(list(present), lambda p: p[i]))))::bigint as present,
          unnest(list_transform(
            range(1, len(any_value(known)) + 1),
            lambda i: list_sum(list_transform(list(known), lambda p: p[i]))))::bigint as known
        from cube where \(group) is not null group by kith_rank, holds, grp),
      names as (from (values \(names)) as names(place, landed, name, has_unknown)),
      broken as (
        select kith_rank, holds, \(group) as grp, field, left_out, kept, 0 as aside, 0 as missing
        from wrong where \(group) is not null
        \(aside)),
      cells as (
        select kith_rank, holds, grp, place, rows, present, known, 0 as left_out, 0 as kept, 0 as aside,
          0 as missing from counted
        union all
        select kith_rank, holds, grp, place, 0, 0, 0, left_out, kept, aside, missing
        from broken join names on names.name = broken.field),
      deliveries as (select distinct kith_rank, kith_delivery as delivery from \(table.partList)),
      added as (
        select place, delivery, grp, sum(rows) + sum(aside) + sum(missing) as rows,
          sum(present) + sum(left_out) + sum(aside) as given, sum(present) - sum(kept) as valid,
          sum(known) as known
        from (
          select * from cells join deliveries using (kith_rank)
          union all
          select *, '' from cells where holds)
        group by place, delivery, grp)
      select \(dialect.literal(table.source)), \(dialect.literal(table.name)), landed, delivery,
        unnest(['completeness', 'validity'] || if(has_unknown, ['known'], [])),
        \(dialect.literal(kind ?? "")), grp,
        unnest([given, valid] || if(has_unknown, [known], []))::bigint,
        unnest([rows, given] || if(has_unknown, [rows], []))::bigint,
        unnest([given / nullif(rows, 0), valid / nullif(given, 0)]
          || if(has_unknown, [known / nullif(rows, 0)], []))
      from added join names using (place)
      """)
  }

  /// Makes the view `grouped`: the table's rows with the group of each, null where it is not known.
  private func makeGrouped(_ table: LandedTable) throws {
    let holder: LandedTable
    var join = ""
    let prefix: String
    let measured = Self.fields(table.file).flatMap(\.landedFields).map(\.name)
    var wanted = measured + (table.file.identifying.isEmpty ? [] : ["identity_fields"])
    if let via = table.quality.via,
      let other = tables.first(where: { $0.source == table.source && $0.name == via.table })
    {
      holder = other
      try makeHolder(other, by: via.column)
      join =
        "left join holder on holder.\(dialect.identifier(via.column)) = r."
        + dialect.identifier(via.column)
      prefix = "holder"
      wanted.append(via.column)
    } else {
      holder = table
      prefix = "r"
    }
    func group(_ group: PersonGroup) -> String {
      group.sql(holder, row: prefix, day: "parts.kith_day", same: same) ?? "null::varchar"
    }
    if let area = holder.column(.smallArea) {
      join += " left join small_area on small_area.code = \(prefix).\(area)"
    }
    let practice = holder.column(.practice).map { "\(prefix).\($0)::varchar" } ?? "null::varchar"
    try connection.execute(
      """
      create or replace temp view grouped as
      select r.*, gone.line is null as kith_holds, \(group(.deprivation)) as kith_deprivation,
        \(group(.ethnicGroup)) as kith_ethnic_group, \(group(.age)) as kith_age,
        \(practice) as kith_practice
      from (\(table.rows(wanted))) as r
      join \(table.partList) on parts.kith_rank = r.kith_rank and parts.kith_part = r.kith_part
      left join (\(table.gone)) as gone on gone.kith_delivery = parts.kith_delivery
        and gone.kith_file = parts.kith_file and gone.line = r.line
      \(join)
      """)
  }

  /// Makes the table `holder`: of each person what was said of them last.
  private func makeHolder(_ table: LandedTable, by column: String) throws {
    let key = dialect.identifier(column)
    let columns = [PersonField.smallArea, .ethnicGroup, .birthYear, .practice].compactMap {
      table.quality.about[$0]
    }
    let rows = table.rows([column] + columns)
    try connection.execute(
      """
      create or replace temp table holder as
      with r as (\(rows)),
      newest as (select \(key), max(\(LandedPart.place)) as place from r group by 1)
      select \(([column] + columns).map { "any_value(r.\(dialect.identifier($0))) as \(dialect.identifier($0))" }.joined(separator: ", "))
      from r join newest on newest.\(key) = r.\(key) and newest.place = \(LandedPart.place)
      group by r.\(key)
      """)
  }
}
