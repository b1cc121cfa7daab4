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
  private let dialect = Dialect(.duckdb)

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

  // MARK: Faults

  /// Fills `fault` with where rules were broken: source, delivery, file, table_name, line, field, rule,
  /// other (the field that it does not go with), outcome, and whether what came later has mended it.
  private func makeFaults() throws {
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
      select r.*, gone.line is null as kith_holds, \(group(.smallArea) == nil ? "null::varchar" : "small_area.quintile::varchar")
          as kith_deprivation,
        \(group(.ethnicGroup).map { same.group(.ethnicGroup, of: $0) } ?? "null::varchar")
          as kith_ethnic_group,
        \(age ?? "null::varchar") as kith_age,
        \(group(.practice).map { "\($0)::varchar" } ?? "null::varchar") as kith_practice
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

  // MARK: Timeliness

  /// Makes the table `again` of the rows that no longer hold: only their records can be there twice, so what
  /// asks for these need not gather all there are.
  private func makeAgain(_ table: LandedTable) throws {
    try connection.execute(
      """
      create or replace temp table again as
      select kith_rank, record from (\(table.rows(["record"])))
      join \(table.partList) using (kith_rank, kith_part)
      semi join (\(table.gone)) using (kith_delivery, kith_file, line)
      """)
  }

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

  // MARK: Whole records

  /// What became of records as a whole: landed or set aside, repeated, pointing nowhere.
  private func wholeRecords() throws {
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
  private func uniqueness(_ table: LandedTable) throws {
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
