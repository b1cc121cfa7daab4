import Columns
import Definitions
import Dispatch
import Engine
import Synchronization

/// Makes the tables of measures and figures: every figure that the files give, and every figure of
/// a larger area that follows from them.
///
/// How a figure adds up depends on its method. Counts add; proportions and rates are recomputed
/// from added numerators and denominators; scores are means weighted by residents; deciles are
/// ranked anew; ranks and values whose parts were not published stay at their own level. A larger
/// area gets a figure only where all of its parts have one: otherwise the figure is unknown, and
/// says how many parts were there.
struct FigureTables: Sendable {
  let pack: OpenDataPack
  let connection: Connection
  let dialect = Dialect(.duckdb)

  /// Makes `source`, `kind`, `measure`, `measure_group`, `measure_dimension`, `series` and `figure`.
  func make(progress: @Sendable (String) -> Void) throws {
    try connection.execute(
      """
      create or replace table raw_figure (
        series_key bigint, unit_id integer, is_sum boolean, numerator double, denominator double,
        value double, mean double, present integer, expected integer)
      """)
    try countParts()
    try numberPeriods()
    var plans: [Plan] = []
    for table in pack.measures {
      try plans.append(plan(table, from: plans.reduce(0) { $0 + $1.entries.count }))
    }
    let entries = plans.flatMap(\.entries)
    try requireUniqueIDs(entries)
    try requireKeys(entries)
    try insert(plans, progress: progress)
    try makeCatalogue(entries)
    try makeFigures(entries)
  }

  /// What one table gives: its measures, and where their numbers begin.
  private struct Plan: Sendable {
    let table: OpenDataPack.MeasureTable
    let first: Int
    let fixed: [MeasureEntry]
    let spread: [(name: String, entry: MeasureEntry)]
    var entries: [MeasureEntry] { fixed + spread.map(\.entry) }
  }

  /// Inserts the figures of every table, two tables at a time: they are small, so that the engine
  /// works on each with one thread.
  private func insert(_ plans: [Plan], progress: @Sendable (String) -> Void) throws {
    let connections = [connection, try connection.sibling()]
    let next = Mutex(0)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: connections.count) { worker in
      let tables = FigureTables(pack: pack, connection: connections[worker])
      while true {
        let index = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard index < plans.count, failure.withLock({ $0 == nil }) else { return }
        progress(plans[index].table.file)
        do {
          try tables.insert(plans[index])
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Throws where two names of a long file make the same id, or an id of another table.
  private func requireUniqueIDs(_ entries: [MeasureEntry]) throws {
    let repeated = Dictionary(grouping: entries, by: \.measure.id).filter { $0.value.count > 1 }
    let problems = repeated.sorted { $0.key < $1.key }.map { id, entries in
      Problem(
        file: pack.file, line: entries[0].measure.line,
        "The measure id '\(id)' comes about twice, from \(entries.map(\.table.file).joined(separator: " and ")).",
        hint: "Give one of the tables another prefix, or measures other ids.")
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// Throws where there are more measures, groups or periods than there are numbers for.
  private func requireKeys(_ entries: [MeasureEntry]) throws {
    let most = SeriesKey.most
    var problems = entries.filter { $0.groups.count > most }.map { entry in
      Problem(
        file: pack.file, line: entry.measure.line,
        "The measure '\(entry.measure.id)' has \(entry.groups.count) groups; \(most) are the most.")
    }
    if entries.count > most {
      problems.append(
        Problem(file: pack.file, "There are \(entries.count) measures; \(most) are the most."))
    }
    if case .int(let periods) = try connection.query("select count(*)::bigint from period").scalar,
      periods > most
    {
      problems.append(
        Problem(file: pack.file, "There are \(periods) periods; \(most) are the most."))
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// Counts for each larger unit the parts that its sums need, for every choice of kinds that a table
  /// has.
  private func countParts() throws {
    var seen: Set<String> = []
    let selects = pack.measures.map(\.kinds).filter { seen.insert($0.key).inserted }.map { kinds in
      let list = kinds.map(dialect.literal).joined(separator: ", ")
      // A unit that is itself made of units of these kinds, as a district is of former ones, is
      // not counted beside them.
      let isMade =
        kinds.count == 1
        ? ""
        : """
        and not exists (
          select 1 from edge r join unit rc on rc.unit_id = r.child_id
          where r.parent_id = e.child_id and rc.kind in (\(list)))
        """
      return """
        select \(dialect.literal(kinds.key)) as kinds, e.parent_id, count(*)::integer as parts
        from edge e join unit c on c.unit_id = e.child_id
        where c.kind in (\(list)) \(isMade) group by e.parent_id
        """
    }
    let none = "select '' as kinds, 0 as parent_id, 0 as parts where false"
    try connection.execute(
      """
      create or replace table expected as
      \((selects.isEmpty ? [none] : selects).joined(separator: "\nunion all\n"))
      """)
  }

  /// A measure as it stands in the catalogue; spread measures have one entry a name.
  struct MeasureEntry: Sendable {
    let measure: OpenDataPack.Measure
    let table: OpenDataPack.MeasureTable
    /// The group ids and titles; one entry without a name where there are no groups.
    let groups: [(id: String, title: String)]
  }

  // MARK: One table

  private func plan(_ table: OpenDataPack.MeasureTable, from first: Int) throws -> Plan {
    let fixed = table.measures.map { measure in
      let groups: [(id: String, title: String)] =
        if case .groups(let groups) = measure.method {
          groups.map { ($0.id, $0.title) }
        } else {
          [("", "")]
        }
      return MeasureEntry(measure: measure, table: table, groups: groups)
    }
    guard let spread = table.spread else {
      return Plan(table: table, first: first, fixed: fixed, spread: [])
    }
    let column = dialect.identifier(spread.name)
    let names = try connection.query(
      "select distinct \(column) from \(dialect.identifier(table.file)) \(filter(table)) order by 1"
    ).rows.compactMap { row -> String? in
      if case .string(let name) = row[0] { name } else { nil }
    }
    return Plan(
      table: table, first: first, fixed: fixed,
      spread: names.map { name in
        var measure = spread.template
        measure.id = "\(spread.prefix).\(name.identifier)"
        measure.title = spread.titles[name] ?? name.readable
        return (name, MeasureEntry(measure: measure, table: table, groups: [("", "")]))
      })
  }

  private func insert(_ plan: Plan) throws {
    if !plan.fixed.isEmpty {
      let slots = plan.fixed.enumerated().flatMap { index, entry in
        Slot.slots(of: entry.measure, measureIndex: "\(plan.first + index)", dialect: dialect)
      }
      try insert(plan.table, slots: slots, nameColumn: nil)
    }
    guard let spread = plan.table.spread, !plan.spread.isEmpty else { return }
    let first = plan.first + plan.fixed.count
    let values = plan.spread.enumerated().map {
      "(\(dialect.literal($0.element.name)), \(first + $0.offset))"
    }
    try connection.execute(
      """
      create or replace temp table spread_name as
      from (values \(values.joined(separator: ", "))) as n(name, measure_ix)
      """)
    let slots = Slot.slots(of: spread.template, measureIndex: "measure_ix", dialect: dialect)
    try insert(plan.table, slots: slots, nameColumn: spread.name)
  }

  /// Adds the figures of `table`: a wide row a unit and period, its sums for larger areas, and from
  /// both a long row a figure, in one scan of the file.
  private func insert(
    _ table: OpenDataPack.MeasureTable, slots: [Slot], nameColumn: String?
  ) throws {
    let kinds = table.kinds.map(dialect.literal).joined(separator: ", ")
    let period = period(of: table)
    let spread = nameColumn.map { "join spread_name s on s.name = f.\(dialect.identifier($0))" }
    let index = nameColumn == nil ? "" : ", s.measure_ix"
    let leaf = slots.enumerated().map { $0.element.leaf($0.offset) }
    try connection.execute(
      """
      create or replace temp table wide as
      select u.unit_id, u.population as residents, p.period_ix \(index),
        false as is_sum, null::integer as expected,
        \(leaf.joined(separator: ",\n  "))
      from (select * from \(dialect.identifier(table.file)) \(filter(table))) f
      join unit u on u.kind in (\(kinds)) and u.code = f.\(dialect.identifier(table.code))
      join period p on p.period = \(period)
      \(spread ?? "")
      """)
    if slots.contains(where: \.adds) {
      let sums = slots.enumerated().map { $0.element.sum($0.offset) }
      try connection.execute(
        """
        insert into wide by name
        select e.parent_id as unit_id, w.period_ix \(nameColumn == nil ? "" : ", w.measure_ix"),
          true as is_sum, any_value(x.parts) as expected,
          \(sums.joined(separator: ",\n  "))
        from wide w join edge e on e.child_id = w.unit_id
        join expected x on x.parent_id = e.parent_id and x.kinds = \(dialect.literal(table.kinds.key))
        group by e.parent_id, w.period_ix \(nameColumn == nil ? "" : ", w.measure_ix")
        """)
    }
    let longs = slots.enumerated().map { $0.element.long($0.offset) }
    try connection.execute(
      "insert into raw_figure by name\n\(longs.joined(separator: "\nunion all\n"))")
  }

  /// The SQL of a row's period, in the file's table `f`.
  private func period(of table: OpenDataPack.MeasureTable) -> String {
    switch table.period {
    case .fixed(let text): dialect.literal(text)
    case .column(let column): "f.\(dialect.identifier(column))::varchar"
    case .monthName(let column):
      "strftime(strptime(f.\(dialect.identifier(column)), '%B %Y'), '%Y-%m')"
    }
  }

  /// Gives every period a number; they are few, where rows are many.
  private func numberPeriods() throws {
    let selects = pack.measures.map { table in
      if case .fixed = table.period { return "select \(period(of: table)) as period" }
      return "select distinct \(period(of: table)) from \(dialect.identifier(table.file)) f"
    }
    guard !selects.isEmpty else {
      return try connection.execute(
        "create or replace table period (period_ix integer, period varchar)")
    }
    try connection.execute(
      """
      create or replace table period as
      select row_number() over (order by period) - 1 as period_ix, period
      from (\(selects.joined(separator: "\nunion\n"))) where period is not null
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
    try ingest(
      "measure_dimension", ["measure_ix", "group_ix", "dimension", "category"],
      entries.enumerated().flatMap { index, entry -> [[String]] in
        guard case .groups(let groups) = entry.measure.method else { return [] }
        return groups.enumerated().flatMap { number, group in
          group.dimensions.map { ["\(index)", "\(number)", $0.dimension, $0.category] }
        }
      })
  }

  private func makeFigures(_ entries: [MeasureEntry]) throws {
    try connection.execute(
      """
      create or replace table series as
      with key as (select distinct series_key from raw_figure),
      part as (
        select series_key, \(SeriesKey.measure) as measure_ix, \(SeriesKey.group) as group_ix,
          \(SeriesKey.period) as period_ix
        from key
      )
      select (row_number() over (order by part.measure_ix, part.group_ix, period) - 1)::integer
          as series_id,
        series_key, part.measure_ix, m.measure, part.group_ix, g.id as "group",
        g.title as group_title, period
      from part join measure m on m.measure_ix = part.measure_ix
      join period on period.period_ix = part.period_ix
      join measure_group g
        on g.measure_ix::integer = part.measure_ix and g.group_ix::integer = part.group_ix
      order by series_id
      """)
    // Ranked anew only where every area of the kind has its mean, so that a tenth is a tenth.
    try connection.execute(
      """
      create or replace temp table redecile as
      with mean as (
        select r.series_key, r.unit_id, u.kind, r.mean,
          count(*) over (partition by r.series_key, u.kind) as ranked
        from raw_figure r join unit u using (unit_id)
        where r.is_sum and r.mean is not null and r.present = r.expected
      ), kind_size as (select kind, count(*) as units from unit group by kind)
      select series_key, unit_id,
        1 + floor((rank() over (partition by series_key, kind order by mean desc) - 1)
          * 10.0 / ranked) as decile
      from mean join kind_size using (kind) where ranked = units and units >= 10
      """)
    try connection.execute(
      """
      create or replace table figure as
      with method as (
        select s.series_key, s.series_id, m.per, m.missing,
          m.method = 'count' as is_count, m.method = 'decile' as is_decile,
          m.method in ('proportion', 'rate', 'groups') as is_share
        from series s join measure m using (measure_ix)
      ), valued as (
        select m.series_id, r.unit_id, r.is_sum, r.numerator, r.denominator, r.present, r.expected,
          m.missing,
          case
            when r.is_sum and r.present < r.expected then null
            when m.is_count then r.numerator
            when m.is_share
              then case when r.denominator > 0 then m.per * r.numerator / r.denominator end
            when r.is_sum and m.is_decile then d.decile
            else r.value
          end as value
        from raw_figure r join method m using (series_key)
        left join redecile d
          on r.is_sum and m.is_decile and d.series_key = r.series_key and d.unit_id = r.unit_id
      )
      -- A share of nothing has no value, and its counts are known all the same: they are zero.
      select series_id, unit_id,
        case when not is_sum or present >= expected then numerator end as numerator,
        case when not is_sum or present >= expected then denominator end as denominator, value,
        case when value is not null then 'known'
          when not is_sum and missing = 'suppressed' then 'suppressed' else 'unknown' end as status,
        is_sum, present, expected
      from valued order by series_id, unit_id
      """)
    try connection.execute("alter table series drop column series_key")
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

extension [String] {
  /// The kinds of a table as one text.
  fileprivate var key: String { joined(separator: " ") }
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
    return words.capitalisedFirst
  }
}
