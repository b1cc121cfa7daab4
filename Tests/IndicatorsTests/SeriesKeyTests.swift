import Columns
import Engine
import Population
import Testing

@testable import Indicators

@Suite("Figures of many measures, groups and periods")
struct SeriesKeyTests {
  @Test("No two series have one key, however many groups and periods there are")
  func keys() async throws {
    let parts = [
      (0, 0, 0), (0, 4_096, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1_048_576), (2, 2_097_151, 2_097_151),
      (3, 0, 0), (2_097_151, 2_097_151, 2_097_151),
    ]
    let selects = parts.map { measure, group, period in
      "select \(measure) as m, \(group) as g, \(period) as period_ix, "
        + "\(SeriesKey.sql(measure: "\(measure)", group: group)) as series_key "
        + "from (select \(period)::bigint as period_ix)"
    }
    let engine = try Engine.duckDB(connections: 1)
    let all = selects.joined(separator: " union all ")
    let keys = try await engine.query("select count(distinct series_key)::bigint from (\(all))")
    #expect(keys.scalar == .int(Int64(parts.count)))
    let wrong = try await engine.query(
      """
      select count(*)::bigint from (\(all))
      where \(SeriesKey.measure) <> m or \(SeriesKey.group) <> g or \(SeriesKey.period) <> period_ix
      """)
    #expect(wrong.scalar == .int(0))
  }
}
