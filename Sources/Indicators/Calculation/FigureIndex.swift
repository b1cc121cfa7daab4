import Columns
import Definitions
import Engine

/// What the figures of a snapshot are about, without the figures: the measures with their groups and periods, the units,
/// which unit is part of which, and the classes of small areas.
struct FigureIndex: Sendable {
  struct Group: Sendable {
    let id: String
    let dimensions: [String: String]
  }

  struct Measure: Sendable {
    let id: String
    let title: String
    let method: String
    let source: String
    var groups: [Group] = []
    /// The periods, in the order of their texts.
    var periods: [String] = []
    /// The series of each period and group.
    var series: [String: [Int32]] = [:]

    var dimensions: Set<String> { Set(groups.flatMap(\.dimensions.keys)) }

    /// The categories of a dimension, in the order of the groups.
    func categories(of dimension: String) -> [String] {
      var seen: Set<String> = []
      return groups.compactMap { $0.dimensions[dimension] }.filter { seen.insert($0).inserted }
    }
  }

  private(set) var measures: [String: Measure] = [:]
  /// How many rows each series has, by its number.
  private(set) var seriesRows: [Int] = []
  /// The kind of each unit, by the unit's number, and its residents; not a number where they are unknown.
  private(set) var kinds: [String] = []
  private(set) var residents: [Double] = []
  private(set) var codes: [String] = []
  private var unitsByCode: [String: [Int32]] = [:]
  private(set) var isInPlace: [Bool] = []
  private(set) var whole: Int?
  private(set) var place: Int?
  /// The small areas, and the larger ones that each is part of: those of small area `i` are
  /// `parents[parentStarts[i]..<parentStarts[i + 1]]`.
  private(set) var leaves: [Int32] = []
  private(set) var parents: [Int32] = []
  private(set) var parentStarts: [Int] = [0]
  /// The class of each small area: -1 where it has none.
  private(set) var classes: [AreaClass: [Int8]] = [:]

  /// The group of a class as it stands in tables.
  static func groups(of areaClass: AreaClass) -> [String] {
    switch areaClass {
    case .deprivationDecile: (1...10).map(String.init)
    case .deprivationQuintile: (1...5).map(String.init)
    case .core20: ["core20", "others"]
    case .ruralUrban: ["urban", "rural"]
    }
  }

  init(_ tables: SnapshotTables, _ connection: Connection) throws {
    try readMeasures(tables, connection)
    try readUnits(tables, connection)
    try readLeaves(tables, connection)
  }

  /// The units of a code, of whatever kind.
  func units(code: String) -> [Int32] { unitsByCode[code] ?? [] }

  private mutating func readMeasures(_ tables: SnapshotTables, _ connection: Connection) throws {
    var dimensions: [String: [String: [String: String]]] = [:]
    try connection.stream(
      """
      select m.measure, d.group_ix, d.dimension, d.category
      from \(tables.sql("measure_dimension")) d
      join \(tables.sql("measure")) m on m.measure_ix = d.measure_ix::integer
      """
    ) { batch in
      let columns = batch.columns
      for row in 0..<batch.rowCount {
        dimensions[columns[0].string(row) ?? "", default: [:]][
          columns[1].string(row) ?? "", default: [:]][columns[2].string(row) ?? ""] =
          columns[3].string(row)
      }
    }
    var order: [Int: String] = [:]
    try connection.stream(
      """
      select m.measure_ix, m.measure, m.title, m.method, m.source, g.group_ix, g.id
      from \(tables.sql("measure")) m
      join \(tables.sql("measure_group")) g on g.measure_ix::integer = m.measure_ix
      order by m.measure_ix, g.group_ix::integer
      """
    ) { batch in
      let columns = batch.columns
      for row in 0..<batch.rowCount {
        let id = columns[1].string(row) ?? ""
        order[Int(columns[0].int64(row) ?? 0)] = id
        measures[
          id,
          default: Measure(
            id: id, title: columns[2].string(row) ?? "", method: columns[3].string(row) ?? "",
            source: columns[4].string(row) ?? "")
        ].groups.append(
          Group(
            id: columns[6].string(row) ?? "",
            dimensions: dimensions[id]?[columns[5].string(row) ?? ""] ?? [:]))
      }
    }
    try connection.stream(
      """
      select s.series_id, s.measure_ix, s.group_ix, s.period, coalesce(f.n, 0) as n
      from \(tables.sql("series")) s
      left join (select series_id, count(*) as n from \(tables.sql("figure")) group by 1) f
        using (series_id)
      order by s.series_id
      """
    ) { batch in
      let columns = batch.columns
      for row in 0..<batch.rowCount {
        guard let id = columns[0].int64(row), let measure = columns[1].int64(row),
          let group = columns[2].int64(row), let period = columns[3].string(row),
          let name = order[Int(measure)], var entry = measures[name]
        else { continue }
        if entry.series[period] == nil {
          entry.periods.append(period)
          entry.series[period] = Array(repeating: -1, count: entry.groups.count)
        }
        entry.series[period]?[Int(group)] = Int32(id)
        measures[name] = entry
        seriesRows.append(Int(columns[4].int64(row) ?? 0))
      }
    }
    for name in measures.keys { measures[name]?.periods.sort() }
  }

  private mutating func readUnits(_ tables: SnapshotTables, _ connection: Connection) throws {
    try connection.stream(
      """
      select unit_id, kind, code, coalesce(population, 'nan')::double as residents, in_place,
        is_place, is_whole
      from (from \(tables.sql("area")) union all by name from \(tables.sql("organisation")))
      order by unit_id
      """
    ) { batch in
      let columns = batch.columns
      for row in 0..<batch.rowCount {
        if columns[5].int64(row) == 1 { place = kinds.count }
        if columns[6].int64(row) == 1 { whole = kinds.count }
        kinds.append(columns[1].string(row) ?? "")
        let code = columns[2].string(row) ?? ""
        unitsByCode[code, default: []].append(Int32(codes.count))
        codes.append(code)
        residents.append(columns[3].double(row) ?? .nan)
        isInPlace.append(columns[4].int64(row) == 1)
      }
    }
  }

  /// The small areas are those that have a decile of deprivation of their own; there are none where no measure says it.
  private mutating func readLeaves(_ tables: SnapshotTables, _ connection: Connection) throws {
    let deciles = measures["imd_decile"].flatMap { measure in
      measure.periods.last.flatMap { measure.series[$0]?.first }
    }
    let leaf =
      deciles.map {
        """
        select unit_id, value from \(tables.sql("figure"))
        where series_id = \($0) and not is_sum
        """
      } ?? "select null::integer as unit_id, null::double as value where false"
    let units = "(from \(tables.sql("area")))"
    var decile: [Int8] = []
    var rural: [Int8] = []
    try connection.stream(
      """
      with leaf as (\(leaf))
      select u.unit_id, coalesce(l.value, 0)::integer as decile,
        case lower(u.rural_urban) when 'urban' then 0 when 'rural' then 1 else -1 end::integer as rural
      from \(units) u join leaf l using (unit_id) order by u.unit_id
      """
    ) { batch in
      for row in 0..<batch.rowCount {
        leaves.append(Int32(batch.columns[0].int64(row) ?? 0))
        decile.append(Int8(clamping: (batch.columns[1].int64(row) ?? 0) - 1))
        rural.append(Int8(clamping: batch.columns[2].int64(row) ?? -1))
      }
    }
    var place = Array(repeating: -1, count: kinds.count)
    for (index, leaf) in leaves.enumerated() { place[Int(leaf)] = index }
    var lists: [[Int32]] = Array(repeating: [], count: leaves.count)
    try connection.stream(
      """
      select e.child_id, e.parent_id from \(tables.sql("edge")) e
      join (\(leaf)) l on l.unit_id = e.child_id order by 1, 2
      """
    ) { batch in
      for row in 0..<batch.rowCount {
        guard let child = batch.columns[0].int64(row), let parent = batch.columns[1].int64(row)
        else { continue }
        lists[place[Int(child)]].append(Int32(parent))
      }
    }
    for list in lists {
      parents.append(contentsOf: list)
      parentStarts.append(parents.count)
    }
    if decile.contains(where: { $0 >= 0 }) {
      classes[.deprivationDecile] = decile
      classes[.deprivationQuintile] = decile.map { $0 < 0 ? -1 : $0 / 2 }
      classes[.core20] = decile.map { $0 < 0 ? -1 : $0 < 2 ? 0 : 1 }
    }
    if rural.contains(where: { $0 >= 0 }) { classes[.ruralUrban] = rural }
  }
}
