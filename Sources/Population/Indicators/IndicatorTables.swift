import Columns
import Definitions
import Dispatch
import Engine
import Foundation
import Intake
import Synchronization

/// Works indicators out from the figures of a snapshot: a file of figures and one of inequality summaries for each, so
/// that a change in one definition makes anew what is its own and nothing else.
///
/// Indicators are taken a few together, so that their figures are read in one scan, and two rounds at a time.
struct IndicatorTables: Sendable {
  /// Raised whenever the same definitions and figures would give other files.
  static let version = 1
  /// How many rows of figures are read in one scan, unless one indicator alone needs more.
  static let mostRows = 4_000_000

  let tables: SnapshotTables
  /// Where the files go: `<folder>/<id>.parquet` and `<folder>/<id>.inequality.parquet`.
  let folder: URL
  /// The ids of the place's own definitions, whose measures must be there; a shipped one waits for its data.
  let own: Set<String>

  /// Why some indicators have no figures here.
  struct Outcome: Sendable {
    var waits: [String: String] = [:]
  }

  /// Works `indicators` out.
  ///
  /// - Throws: ``Definitions/Problems`` where definitions do not fit the data.
  func make(
    _ indicators: [Indicator], _ connection: Connection, progress: @escaping @Sendable (String) -> Void
  ) throws -> Outcome {
    guard !indicators.isEmpty else { return Outcome() }
    let index = try FigureIndex(tables, connection)
    var outcome = Outcome()
    var plans: [IndicatorPlan] = []
    var problems: [Problem] = []
    for indicator in indicators {
      do {
        switch try IndicatorPlan.bind(indicator, index) {
        case .plan(let plan): plans.append(plan)
        case .waits(.people): outcome.waits[indicator.id] = "linked records of people"
        case .waits(.measure(let term)):
          guard own.contains(indicator.id) else {
            outcome.waits[indicator.id] = "figures of the measure '\(term.measure)'"
            continue
          }
          problems.append(
            Problem(
              file: indicator.file, line: term.line,
              "\(indicator.id): there is no measure '\(term.measure)' in the place's data.",
              hint: nearestName(to: term.measure, among: index.measures.keys).map {
                "Did you mean '\($0)'?"
              } ?? "The page Measures lists them."))
        }
      } catch let problem as Problem {
        problems.append(problem)
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
    try connection.execute(
      """
      create or replace table indicator_unit as
      select unit_id, kind, code
      from (from \(tables.sql("area")) union all by name from \(tables.sql("organisation")))
      """)
    defer { try? connection.execute("drop table if exists indicator_unit") }
    let rounds = rounds(plans, index)
    let connections = [connection, try connection.sibling()]
    let next = Mutex(0)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: connections.count) { worker in
      while true {
        let place = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard place < rounds.count, failure.withLock({ $0 == nil }) else { return }
        do {
          let series = rounds[place].reduce(into: Set<Int32>()) { $0.formUnion($1.series) }
          let figures = try SeriesFigures(series, tables, connections[worker])
          for plan in rounds[place] {
            progress(plan.indicator.title)
            let result = IndicatorResult(plan, figures, index)
            try result.write(to: folder, connections[worker])
          }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return outcome
  }

  /// The plans in rounds, each with about as many rows as fit in memory at once; at least two, for two threads.
  private func rounds(_ plans: [IndicatorPlan], _ index: FigureIndex) -> [[IndicatorPlan]] {
    let sizes = plans.map { plan in plan.series.reduce(0) { $0 + index.seriesRows[Int($1)] } }
    let most = min(Self.mostRows, max(1, sizes.reduce(0, +) / 4))
    var rounds: [[IndicatorPlan]] = []
    var rows = Int.max / 2
    for (plan, size) in zip(plans, sizes) {
      if rows + size > most, rows > 0 {
        rounds.append([])
        rows = 0
      }
      rounds[rounds.count - 1].append(plan)
      rows += size
    }
    return rounds
  }
}

/// Every figure of an indicator, worked out.
struct IndicatorResult: Sendable {
  let indicator: Indicator
  private(set) var slices: [SliceFigures] = []
  private(set) var summaries: [InequalitySummaries.Row] = []

  init(_ plan: IndicatorPlan, _ figures: SeriesFigures, _ index: FigureIndex) {
    indicator = plan.indicator
    let isMean = indicator.method == .mean
    let canBreakDown = indicator.method != .published
    for slice in plan.slices {
      guard var own = SliceFigures(slice, plan, figures) else { continue }
      let reference = Self.reference(own, index)
      var broken: [SliceFigures] = []
      if slice.breakdown.isEmpty && canBreakDown {
        for areaClass in plan.classes {
          broken += own.byClass(areaClass, index, isMean: isMean)
        }
      }
      own.work(plan, reference: reference)
      slices.append(own)
      var worked: [SliceFigures] = []
      for var one in broken {
        one.work(plan, reference: reference)
        worked.append(one)
      }
      summaries += InequalitySummaries.rows(worked, plan, index)
      // A class that no larger area has says nothing.
      slices += worked.filter { $0.count > 0 }
    }
  }

  /// The counts by stratum of the whole country, where they are known, else of the place.
  private static func reference(
    _ slice: SliceFigures, _ index: FigureIndex
  ) -> (events: [Double], people: [Double])? {
    for unit in [index.whole, index.place].compactMap({ $0 }) {
      guard let row = slice.units.firstIndex(ofSorted: Int32(unit)), slice.status[row] == .known
      else { continue }
      return (slice.numerators.map { $0[row] }, slice.denominators.map { $0[row] })
    }
    return nil
  }

  // MARK: Writing

  private static let columns = [
    Field("cell_ix", .int32), Field("unit_id", .int32), Field("numerator", .float64),
    Field("denominator", .float64), Field("value", .float64), Field("lower", .float64),
    Field("upper", .float64), Field("status_ix", .int32), Field("reason_ix", .int32),
  ]

  /// Writes the two files, each whole or not at all.
  func write(to folder: URL, _ connection: Connection) throws {
    let dialect = Dialect(.duckdb)
    // Numbers go through a table of numbers; what is text is put beside them once a group.
    let raw = "indicator_\(indicator.id)"
    var reasons: [String: Int32] = [:]
    try connection.execute("drop table if exists \(dialect.identifier(raw))")
    let writers = try Self.columns.map { try ColumnWriter($0) }
    var place = 0
    try connection.ingestBatches(into: raw, Self.columns) {
      while place < slices.count, slices[place].count == 0 { place += 1 }
      guard place < slices.count else { return nil }
      defer { place += 1 }
      slices[place].append(to: writers, cell: Int32(place), &reasons)
      return FinishedBatch(writers)
    }
    defer { try? connection.execute("drop table if exists \(dialect.identifier(raw))") }
    let cells = slices.enumerated().map { number, slice in
      "(\(number), \(dialect.literal(slice.period)), \(dialect.literal(slice.breakdown)), "
        + "\(dialect.literal(slice.group)))"
    }
    let texts = reasons.map { "(\($0.value), \(dialect.literal($0.key)))" } + ["(-2, '')"]
    try write(
      """
      select \(dialect.literal(indicator.id)) as indicator, \(indicator.version)::integer as version,
        c.period, u.kind, u.code as area, r.unit_id, c.breakdown, c."group", r.numerator,
        r.denominator, r.value, r.lower, r.upper,
        \(dialect.literal(indicator.method.rawValue)) as method,
        case r.status_ix when 0 then 'known' when 1 then 'suppressed' else 'unknown' end as status,
        t.reason
      from \(dialect.identifier(raw)) r
      join (values \((cells.isEmpty ? ["(-1, '', '', '')"] : cells).joined(separator: ", ")))
        as c(cell_ix, period, breakdown, "group") using (cell_ix)
      join indicator_unit u using (unit_id)
      left join (values \(texts.joined(separator: ", "))) as t(reason_ix, reason) using (reason_ix)
      """, "\(indicator.id).parquet", folder, connection)
    try writeSummaries(to: folder, connection)
  }

  private func writeSummaries(to folder: URL, _ connection: Connection) throws {
    let dialect = Dialect(.duckdb)
    func number(_ value: Double) -> String { value.isFinite ? "\(value)::double" : "null::double" }
    let rows = summaries.map { row in
      "(\(dialect.literal(row.period)), \(row.unit), \(dialect.literal(row.breakdown)), "
        + "\(dialect.literal(row.summary.rawValue)), \(number(row.value)), \(number(row.lower)), "
        + "\(number(row.upper)), \(row.reason.map(dialect.literal) ?? "null::varchar"))"
    }
    let none =
      "('', -1, '', '', null::double, null::double, null::double, null::varchar)"
    try write(
      """
      select \(dialect.literal(indicator.id)) as indicator, \(indicator.version)::integer as version,
        s.period, u.kind, u.code as area, s.unit_id::integer as unit_id, s.breakdown, s.summary,
        s.value, s.lower, s.upper,
        case when s.value is null then 'unknown' else 'known' end as status, s.reason
      from (values \(([none] + rows).joined(separator: ",\n")))
        as s(period, unit_id, breakdown, summary, value, lower, upper, reason)
      join indicator_unit u on u.unit_id = s.unit_id
      """, "\(indicator.id).inequality.parquet", folder, connection)
  }

  private func write(
    _ query: String, _ name: String, _ folder: URL, _ connection: Connection
  ) throws {
    let partial = folder.appendingPathComponent(".partial-\(name)")
    try connection.writeParquet(query, to: partial)
    try FileManager.default.replace(folder.appendingPathComponent(name), with: partial)
  }
}

extension SliceFigures {
  /// Adds the rows of the slice to the columns of the table.
  fileprivate func append(
    to writers: [ColumnWriter], cell: Int32, _ reasons: inout [String: Int32]
  ) {
    func append(_ values: [Double], _ writer: ColumnWriter) {
      for value in values {
        if value.isFinite { writer.append(value) } else { writer.appendNull() }
      }
    }
    for unit in units {
      writers[0].append(cell)
      writers[1].append(unit)
    }
    for (values, writer) in zip([numerator, denominator, value, lower, upper], writers[2...6]) {
      append(values, writer)
    }
    for row in units.indices {
      writers[7].append(Int32(status[row].rawValue))
      guard let reason = reason(row) else {
        writers[8].appendNull()
        continue
      }
      let number = reasons[reason] ?? Int32(reasons.count)
      reasons[reason] = number
      writers[8].append(number)
    }
  }

  private func reason(_ row: Int) -> String? { status[row] == .known ? nil : reasons[row] }
}
