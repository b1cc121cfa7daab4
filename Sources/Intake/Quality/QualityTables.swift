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
  let connection: Connection
  private let dialect = Dialect(.duckdb)

  /// - Parameters:
  ///   - accounts: those of the deliveries that count.
  ///   - connection: has the table `small_area` (code, quintile 1 for the most deprived, residents),
  ///     `superseded` and `doubt`.
  init(
    _ tables: [LandedTable], _ accounts: [DeliveryAccount], in landing: URL,
    _ connection: Connection
  ) throws {
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
      type varchar, keep varchar, is_required boolean, unit varchar)
    """

  static let fault = """
    create or replace table fault (
      source varchar, delivery varchar, file varchar, table_name varchar, line bigint,
      field varchar, rule varchar, outcome varchar)
    """

  func make(progress: (String) -> Void) throws {
    try connection.execute(Self.quality)
    try connection.execute(Self.field)
    try makeFaults()
    for table in tables {
      progress("quality of \(table.source): \(table.name)")
      try describe(table)
      try count(table)
      try timeliness(table)
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
        + "\(column.isRequired), \(column.unit.map(dialect.literal) ?? "null"))"
    }
    guard !rows.isEmpty else { return }
    try connection.execute("insert into field values \(rows.joined(separator: ", "))")
  }

  // MARK: Faults

  /// Fills `fault` with where records were set aside and values left out: source, delivery, file,
  /// table_name, line, field, rule and outcome.
  private func makeFaults() throws {
    try connection.execute(Self.fault)
    for account in accounts {
      let names = account.files.map {
        "(\(dialect.literal($0.file)), \(dialect.literal($0.table)))"
      }
      guard !names.isEmpty else { continue }
      let folder = landing.appendingPathComponent(account.source)
        .appendingPathComponent(account.delivery)
      for (file, outcome) in [("quarantine", "set_aside"), ("left-out", "left_out")] {
        let url = folder.appendingPathComponent("\(file).parquet")
        try connection.execute(
          """
          insert into fault
          select \(dialect.literal(account.source)), \(dialect.literal(account.delivery)), file,
            table_name, line, field, rule, '\(outcome)'
          from \(dialect.parquet(url.path))
          join (values \(names.joined(separator: ", "))) as files(file, table_name) using (file)
          """)
      }
    }
    try connection.execute("insert into fault select *, 'in_doubt' from doubt")
  }

  // MARK: Completeness and validity

  /// The groups that records are counted by.
  private static let groupKinds = ["deprivation", "ethnic_group", "age", "practice"]

  /// Counts rows and values by delivery and group in one scan, and derives completeness and validity.
  private func count(_ table: LandedTable) throws {
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
    try makeGrouped(table)
    let groups = Self.groupKinds.map { "kith_\($0) as \($0)" }.joined(separator: ", ")
    try connection.execute(
      """
      create or replace temp table cube as
      select kith_rank, \(groups), count(*)::bigint as rows,
        [\(present.joined(separator: ", "))]::bigint[] as present
      from grouped group by all
      """)
    // Values that were left out of records that landed: they were given, and wrong.
    try connection.execute(
      """
      create or replace temp table wrong as
      select g.kith_rank, \(groups), f.field,
        count(*)::bigint as wrong
      from fault f
      join \(table.partList) on parts.kith_delivery = f.delivery and parts.kith_file = f.file
      join grouped g on g.kith_rank = parts.kith_rank and g.kith_part = parts.kith_part and g.line = f.line
      where f.source = \(dialect.literal(table.source)) and f.outcome = 'left_out'
        and f.table_name = \(dialect.literal(table.name)) and f.field is not null
      group by all
      """)
    let names = fields.enumerated().map {
      "(\($0 + 1), \(dialect.literal($1.landed)), "
        + "\(dialect.literal($1.name)))"
    }.joined(separator: ", ")
    for kind in [nil] + Self.groupKinds.map(Optional.some) {
      try insertCounts(table, kind, names: names)
    }
  }

  private func insertCounts(_ table: LandedTable, _ kind: String?, names: String) throws {
    let group = kind ?? "''"
    // Records that were set aside for a field count for everybody: whose they are is not known.
    let aside =
      kind == nil
      ? """
      union all
      select parts.kith_rank, '', f.field, 0, count(*) filter (f.rule <> 'missing_value'),
        count(*) filter (f.rule = 'missing_value')
      from fault f join \(table.partList) on parts.kith_delivery = f.delivery and parts.kith_file = f.file
      where f.source = \(dialect.literal(table.source)) and f.outcome = 'set_aside'
        and f.table_name = \(dialect.literal(table.name)) and f.field is not null
      group by all
      """ : ""
    try connection.execute(
      """
      insert into quality
      with counted as (
        select kith_rank, \(group) as grp, sum(rows)::bigint as rows,
          unnest(range(1, len(any_value(present)) + 1)) as place,
          unnest(list_transform(
            range(1, len(any_value(present)) + 1),
            lambda i: list_sum(list_transform(list(present), lambda p: p[i]))))::bigint as present
        from cube where \(group) is not null group by kith_rank, grp),
      names as (from (values \(names)) as names(place, landed, name)),
      broken as (
        select kith_rank, grp, field, sum(left_out)::bigint as left_out, sum(aside)::bigint as aside,
          sum(missing)::bigint as missing
        from (
          select kith_rank, \(group) as grp, field, wrong as left_out, 0 as aside, 0 as missing from wrong
          where \(group) is not null
          \(aside))
        group by kith_rank, grp, field),
      joined as (
        select names.landed as field, counted.kith_rank, counted.grp, present,
          coalesce(left_out, 0) + coalesce(aside, 0) as bad,
          rows + coalesce(aside, 0) + coalesce(missing, 0) as rows
        from counted join names using (place)
        left join broken on broken.kith_rank = counted.kith_rank and broken.grp = counted.grp
          and broken.field = names.name),
      deliveries as (select distinct kith_rank, kith_delivery as delivery from \(table.partList)),
      added as (
        select field, delivery, grp, rows, present, bad from joined join deliveries using (kith_rank)
        union all
        select field, '', grp, sum(rows), sum(present), sum(bad) from joined group by field, grp)
      select \(dialect.literal(table.source)), \(dialect.literal(table.name)), field, delivery,
        unnest(['completeness', 'validity']), \(dialect.literal(kind ?? "")), grp,
        unnest([present + bad, present])::bigint, unnest([rows, present + bad])::bigint,
        unnest([(present + bad) / nullif(rows, 0), present / nullif(present + bad, 0)])
      from added
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
    func group(_ field: PersonField) -> String? {
      holder.quality.about[field].map { "\(prefix).\(dialect.identifier($0))" }
    }
    if let area = group(.smallArea) {
      join += " left join small_area on small_area.code = \(area)"
    }
    let age = group(.birthYear).map { birth in
      """
      case when year(parts.kith_day) - \(birth) < 18 then '0–17'
        when year(parts.kith_day) - \(birth) < 40 then '18–39'
        when year(parts.kith_day) - \(birth) < 65 then '40–64'
        when year(parts.kith_day) - \(birth) < 80 then '65–79'
        when \(birth) is not null then '80+' end
      """
    }
    try connection.execute(
      """
      create or replace temp view grouped as
      select r.*, \(group(.smallArea) == nil ? "null::varchar" : "small_area.quintile::varchar")
          as kith_deprivation,
        \(group(.ethnicGroup).map { same.group(.ethnicGroup, of: $0) } ?? "null::varchar")
          as kith_ethnic_group,
        \(age ?? "null::varchar") as kith_age,
        \(group(.practice).map { "\($0)::varchar" } ?? "null::varchar") as kith_practice
      from (\(table.rows(wanted))) as r
      join \(table.partList) on parts.kith_rank = r.kith_rank and parts.kith_part = r.kith_part
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

  // MARK: Timeliness

  private func timeliness(_ table: LandedTable) throws {
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
      with seen as (
        select distinct record from (\(rows)) as r semi join later using (record) where kith_rank = 0),
      days as (
        select kith_rank, any_value(kith_delivery) as kith_delivery, any_value(kith_day) as day
        from \(table.partList) group by kith_rank),
      fresh as (
        select days.kith_delivery, date_diff('day', later.happened, days.day) as lag,
          later.happened <= earlier.day as is_late
        from later anti join seen using (record)
        join days on days.kith_rank = later.kith_rank
        join days as earlier on earlier.kith_rank = later.kith_rank - 1
        where later.happened is not null),
      spread as (
        select kith_delivery, is_late, lag from fresh union all select '', is_late, lag from fresh)
      \(start), unnest(['late', 'lag']), '', '',
        unnest([count_if(is_late), null])::bigint, unnest([count(*), count(*)])::bigint,
        unnest([count_if(is_late) / count(*), median(lag)])
      from spread group by kith_delivery
      """)
  }

  // MARK: Whole records

  /// What became of records as a whole: landed or set aside, repeated, pointing nowhere.
  private func wholeRecords() throws {
    for account in accounts {
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
      let (source, name) = (dialect.literal(table.source), dialect.literal(table.name))
      let rows = """
        select kith_delivery as delivery, kith_file as file, line from (\(table.rows([])))
        join \(table.partList) using (kith_rank, kith_part)
        """
      try connection.execute(
        """
        insert into quality
        with r as (select delivery, count(*) as n from (\(rows)) group by 1),
        s as (
          select delivery, count(*) as n from superseded
          where source = \(source) and table_name = \(name) and reason = 'repeated' group by 1)
        select \(source), \(name), '', r.delivery, 'uniqueness', '', '',
          (r.n - coalesce(s.n, 0))::bigint, r.n::bigint, (r.n - coalesce(s.n, 0)) / r.n
        from r left join s using (delivery)
        """)
      for (rules, measure) in [
        (["unresolved_reference"], "linked"), (["before_birth", "after_death"], "lifetime"),
      ] {
        let isAsked =
          measure == "linked"
          ? !table.quality.references.isEmpty
          : table.quality.date != nil && table.quality.about[.death] == nil
        guard isAsked else { continue }
        let list = rules.map(dialect.literal).joined(separator: ", ")
        try connection.execute(
          """
          insert into quality
          with r as (select delivery, count(*) as n from (\(rows)) group by 1),
          d as (
            select delivery, count(distinct (file, line)) as n from doubt
            where source = \(source) and table_name = \(name) and rule in (\(list)) group by 1)
          select \(source), \(name), '', r.delivery, '\(measure)', '', '',
            (r.n - coalesce(d.n, 0))::bigint, r.n::bigint, (r.n - coalesce(d.n, 0)) / r.n
          from r left join d using (delivery)
          """)
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
}
