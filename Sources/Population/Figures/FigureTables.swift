import Columns
import Definitions
import Engine

/// Makes the tables of measures and figures: every figure that the files give, and every figure of
/// a larger area that follows from them.
///
/// How a figure adds up depends on its method. Counts add; proportions and rates are recomputed
/// from added numerators and denominators; scores are means weighted by residents; deciles are
/// ranked anew; ranks and values whose parts were not published stay at their own level. A larger
/// area gets a figure only where all of its parts have one: otherwise the figure is unknown, and
/// says how many parts were there.
struct FigureTables {
  let pack: OpenDataPack
  let connection: Connection
  let dialect = Dialect(.duckdb)

  /// Makes `source`, `measure`, `series` and `figure`.
  func make(progress: (String) -> Void) throws {
    try connection.execute(
      """
      create or replace table raw_figure (
        measure_ix integer, group_ix integer, period varchar, unit_id integer,
        is_sum boolean, numerator double, denominator double, value double, mean double,
        present integer, expected integer)
      """)
    var entries: [MeasureEntry] = []
    for table in pack.measures {
      progress(table.file)
      entries += try add(table, from: entries.count)
    }
    try makeCatalogue(entries)
    try makeFigures(entries)
  }

  /// A measure as it stands in the catalogue; spread measures have one entry a name.
  struct MeasureEntry {
    let measure: OpenDataPack.Measure
    let table: OpenDataPack.MeasureTable
    /// The group ids and titles; one entry without a name where there are no groups.
    let groups: [(id: String, title: String)]
  }

  // MARK: One table

  private func add(_ table: OpenDataPack.MeasureTable, from first: Int) throws -> [MeasureEntry] {
    var entries: [MeasureEntry] = []
    for measure in table.measures {
      let groups: [(id: String, title: String)] =
        if case .groups(let groups) = measure.method {
          groups.map { ($0.id, $0.title) }
        } else {
          [("", "")]
        }
      entries.append(MeasureEntry(measure: measure, table: table, groups: groups))
    }
    if !entries.isEmpty {
      let slots = entries.enumerated().flatMap { index, entry in
        Slot.slots(of: entry.measure, measureIndex: "\(first + index)", dialect: dialect)
      }
      try insert(table, slots: slots, nameColumn: nil)
    }
    if let spread = table.spread {
      entries += try addSpread(table, spread, from: first + entries.count)
    }
    return entries
  }

  private func addSpread(
    _ table: OpenDataPack.MeasureTable, _ spread: OpenDataPack.Spread, from first: Int
  ) throws -> [MeasureEntry] {
    let column = dialect.identifier(spread.name)
    let names = try connection.query(
      "select distinct \(column) from \(dialect.identifier(table.file)) \(filter(table)) order by 1"
    ).rows.compactMap { row -> String? in
      if case .string(let name) = row[0] { name } else { nil }
    }
    let entries = names.map { name in
      var measure = spread.template
      measure.id = "\(spread.prefix).\(name.identifier)"
      measure.title = spread.titles[name] ?? name.readable
      return MeasureEntry(measure: measure, table: table, groups: [("", "")])
    }
    let values = names.enumerated().map { "(\(dialect.literal($0.element)), \(first + $0.offset))" }
    try connection.execute(
      """
      create or replace temp table spread_name as
      from (values \(values.joined(separator: ", "))) as n(name, measure_ix)
      """)
    let slots = Slot.slots(of: spread.template, measureIndex: "measure_ix", dialect: dialect)
    try insert(table, slots: slots, nameColumn: spread.name)
    return entries
  }

  /// Adds the figures of `table`: a wide row a unit and period, its sums for larger areas, and from
  /// both a long row a figure, in one scan of the file.
  private func insert(
    _ table: OpenDataPack.MeasureTable, slots: [Slot], nameColumn: String?
  ) throws {
    let kinds = table.kinds.map(dialect.literal).joined(separator: ", ")
    let period =
      switch table.period {
      case .fixed(let text): dialect.literal(text)
      case .column(let column): "f.\(dialect.identifier(column))::varchar"
      case .monthName(let column):
        "strftime(strptime(f.\(dialect.identifier(column)), '%B %Y'), '%Y-%m')"
      }
    let spread = nameColumn.map { "join spread_name s on s.name = f.\(dialect.identifier($0))" }
    let index = nameColumn == nil ? "" : ", s.measure_ix"
    let leaf = slots.enumerated().map { $0.element.leaf($0.offset) }
    try connection.execute(
      """
      create or replace temp table wide as
      select u.unit_id, u.population as residents, \(period) as period \(index),
        false as is_sum, null::integer as expected,
        \(leaf.joined(separator: ",\n  "))
      from (select * from \(dialect.identifier(table.file)) \(filter(table))) f
      join unit u on u.kind in (\(kinds)) and u.code = f.\(dialect.identifier(table.code))
      \(spread ?? "")
      """)
    if slots.contains(where: \.adds) {
      let sums = slots.enumerated().map { $0.element.sum($0.offset) }
      // A unit that is itself made of units of these kinds, as a district is of former ones, is
      // not counted beside them.
      try connection.execute(
        """
        create or replace temp table expected as
        select e.parent_id, count(*)::integer as parts
        from edge e join unit c on c.unit_id = e.child_id
        where c.kind in (\(kinds)) and not exists (
          select 1 from edge r join unit rc on rc.unit_id = r.child_id
          where r.parent_id = e.child_id and rc.kind in (\(kinds)))
        group by e.parent_id
        """)
      try connection.execute(
        """
        insert into wide by name
        select e.parent_id as unit_id, w.period \(nameColumn == nil ? "" : ", w.measure_ix"),
          true as is_sum, any_value(x.parts) as expected,
          \(sums.joined(separator: ",\n  "))
        from wide w join edge e on e.child_id = w.unit_id
        join expected x on x.parent_id = e.parent_id
        group by e.parent_id, w.period \(nameColumn == nil ? "" : ", w.measure_ix")
        """)
    }
    let structs = slots.enumerated().map { $0.element.long($0.offset) }
    try connection.execute(
      """
      insert into raw_figure
      select s.measure_ix, s.group_ix, period, unit_id, is_sum, s.numerator, s.denominator, s.value,
        s.mean, s.present, expected
      from (select *, unnest([\(structs.joined(separator: ",\n  "))]) as s from wide)
      where case when is_sum then s.adds else s.leaf end
      """)
  }

  private func filter(_ table: OpenDataPack.MeasureTable) -> String {
    var conditions: [String] = []
    if let only = table.only { conditions.append(dialect.condition(only)) }
    if let aside = table.setAside {
      conditions.append(
        "not regexp_full_match(\(dialect.identifier(table.code)), "
          + "\(dialect.literal(aside.pattern)))")
    }
    return conditions.isEmpty ? "" : "where \(conditions.joined(separator: " and "))"
  }

  // MARK: The catalogue

  private func makeCatalogue(_ entries: [MeasureEntry]) throws {
    try ingest(
      "source", ["source", "title", "publisher", "licence", "url", "note"],
      pack.sources.map { [$0.id, $0.title, $0.publisher, $0.licence, $0.url, $0.note] })
    let kinds = pack.kinds.enumerated().map { index, kind in
      [
        kind.id, "\(index)", kind.title, kind.plural, kind.nature.rawValue, kind.vintage, kind.note,
      ]
    }
    try ingest("kind", ["kind", "rank", "title", "plural", "nature", "vintage", "note"], kinds)
    try ingest(
      "measure_text",
      [
        "measure_ix", "measure", "title", "description", "topic", "unit", "decimals", "polarity",
        "caveat", "interval", "missing", "method", "per", "kinds", "file", "columns", "source",
      ],
      entries.enumerated().map { index, entry in
        let measure = entry.measure
        let columns = measure.method.columns
        var seen: Set<String> = []
        let unique = (columns.numbers + columns.texts).filter { seen.insert($0).inserted }
        let per: Double =
          switch measure.method {
          case .proportion, .groups: 100
          case .rate(_, _, let per): per
          default: 1
          }
        return [
          "\(index)", measure.id, measure.title, measure.description, measure.topic, measure.unit,
          "\(measure.decimals)", measure.polarity.rawValue, measure.caveat,
          measure.interval.rawValue, measure.missing.rawValue, measure.method.name, "\(per)",
          entry.table.kinds.joined(separator: " "), entry.table.file,
          unique.joined(separator: " "), entry.table.source,
        ]
      })
    try connection.execute(
      """
      create or replace table measure as
      select * replace (measure_ix::integer as measure_ix, decimals::integer as decimals,
        per::double as per)
      from measure_text order by measure_ix
      """)
    try ingest(
      "measure_group", ["measure_ix", "group_ix", "id", "title"],
      entries.enumerated().flatMap { index, entry in
        entry.groups.enumerated().map { ["\(index)", "\($0)", $1.id, $1.title] }
      })
  }

  private func makeFigures(_ entries: [MeasureEntry]) throws {
    try connection.execute(
      """
      create or replace table series as
      select (row_number() over (order by r.measure_ix, r.group_ix, r.period) - 1)::integer
          as series_id,
        r.measure_ix, m.measure, r.group_ix, g.id as "group", g.title as group_title, r.period
      from (select distinct measure_ix, group_ix, period from raw_figure) r
      join measure m using (measure_ix)
      join measure_group g
        on g.measure_ix::integer = r.measure_ix and g.group_ix::integer = r.group_ix
      order by series_id
      """)
    // Ranked anew only where every area of the kind has its mean, so that a tenth is a tenth.
    try connection.execute(
      """
      create or replace temp table redecile as
      with mean as (
        select r.measure_ix, r.period, r.unit_id, u.kind, r.mean,
          count(*) over (partition by r.measure_ix, r.period, u.kind) as ranked
        from raw_figure r join unit u using (unit_id)
        where r.is_sum and r.mean is not null and r.present = r.expected
      ), kind_size as (select kind, count(*) as units from unit group by kind)
      select measure_ix, period, unit_id,
        1 + floor((rank() over (partition by measure_ix, period, kind order by mean desc) - 1)
          * 10.0 / ranked) as decile
      from mean join kind_size using (kind) where ranked = units and units >= 10
      """)
    try connection.execute(
      """
      create or replace table figure as
      with valued as (
        select s.series_id, r.unit_id, r.is_sum, r.numerator, r.denominator, r.present, r.expected,
          m.missing,
          case
            when r.is_sum and r.present < r.expected then null
            when m.method = 'count' then r.numerator
            when m.method in ('proportion', 'rate', 'groups')
              then case when r.denominator > 0 then m.per * r.numerator / r.denominator end
            when r.is_sum and m.method = 'decile' then d.decile
            else r.value
          end as value
        from raw_figure r
        join measure m using (measure_ix)
        join series s using (measure_ix, group_ix, period)
        left join redecile d
          on r.is_sum and d.measure_ix = r.measure_ix and d.period = r.period
            and d.unit_id = r.unit_id
      )
      select series_id, unit_id,
        case when value is not null then numerator end as numerator,
        case when value is not null then denominator end as denominator, value,
        case when value is not null then 'known'
          when not is_sum and missing = 'suppressed' then 'suppressed' else 'unknown' end as status,
        is_sum, present, expected
      from valued order by series_id, unit_id
      """)
  }

  private func ingest(_ table: String, _ columns: [String], _ rows: [[String]]) throws {
    try connection.execute("drop table if exists \(dialect.identifier(table))")
    let fields = columns.map { Field($0, .utf8) }
    var batch: BatchBuilder? = try BatchBuilder(fields)
    for row in rows { try batch?.append(row.map(Value.string)) }
    let filled = batch
    batch = nil
    var pending = filled
    try connection.ingest(into: table, fields) {
      defer { pending = nil }
      return pending
    }
  }
}

extension String {
  /// The text as an identifier: lower-case letters, digits and underscores.
  var identifier: String {
    var result = ""
    for scalar in lowercased().unicodeScalars {
      if ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) {
        result.unicodeScalars.append(scalar)
      } else if !result.hasSuffix("_") {
        result.append("_")
      }
    }
    return result
  }

  /// An identifier as words: "child_poverty" and "Child poverty" alike.
  var readable: String {
    let words = replacing("_", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}
