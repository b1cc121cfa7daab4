import Columns
import Definitions
public import Engine
import Foundation
import Intake
public import Places

extension Atlas {
  /// Reads the snapshot in use of the place in `store`.
  public static func current(
    of store: PlaceStore, search: DriverSearch = DriverSearch()
  ) async throws -> Atlas {
    let manifest = try store.currentManifest()
    return try await read(manifest, in: store, search: search)
  }

  /// Reads a snapshot.
  ///
  /// - Throws: ``Definitions/StoreError`` where it is damaged.
  public static func read(
    _ manifest: Manifest, in store: PlaceStore, search: DriverSearch = DriverSearch()
  ) async throws -> Atlas {
    let folder = store.folder(of: manifest.id)
    do {
      let engine = try Engine.duckDB(memoryLimit: "500MB", connections: 1, search: search)
      return try await engine.withConnection { connection in
        try Reader(folder: folder, connection: connection).atlas(manifest)
      }
    } catch let error as EngineError where error.kind == .query {
      throw unreadable(manifest, folder, error.message)
    } catch is DecodingError {
      throw unreadable(manifest, folder, "A definition in it is not one of this version of Kith.")
    }
  }

  /// What keeps a snapshot from being read: its damage, else the reason given.
  private static func unreadable(
    _ manifest: Manifest, _ folder: URL, _ reason: String
  ) -> StoreError {
    StoreError(
      folder.path,
      manifest.damage(in: folder).map { "The snapshot is damaged: \($0)" }
        ?? "The snapshot cannot be read: \(reason)",
      hint: "Run `kith run`: it makes a new one where this one is damaged.")
  }

  private struct Reader {
    let folder: URL
    let connection: Connection
    let dialect = Dialect(.duckdb)

    func table(_ name: String) -> String {
      dialect.parquet(name, in: folder)
    }

    func atlas(_ manifest: Manifest) throws -> Atlas {
      let kinds = try kinds()
      let units = try units()
      let series = try series()
      let measures = try measures()
      var ranges: [String: Range<Int>] = [:]
      for unit in units {
        ranges[unit.kind] = (ranges[unit.kind]?.lowerBound ?? unit.id)..<unit.id + 1
      }
      let edges = try edges()
      return Atlas(
        manifest: manifest, kinds: kinds, units: units, measures: measures,
        sources: try sources(), points: try points(),
        quality: try DataQuality.read(manifest, folder: folder, connection),
        linkage: try LinkageQuality.read(manifest, folder: folder, connection),
        indicators: try IndicatorAtlas.read(manifest, folder: folder, connection), series: series,
        figures: try figures(seriesCount: series.count), outlines: try outlines(),
        unitsByCode: Dictionary(grouping: units.indices, by: { units[$0].code }),
        measuresByID: Dictionary(
          uniqueKeysWithValues: measures.enumerated().map { ($0.element.id, $0.offset) }),
        seriesByMeasure: Dictionary(grouping: series, by: \.measure),
        parents: Adjacency(count: units.count, pairs: edges.up),
        children: Adjacency(count: units.count, pairs: edges.down), overlaps: try overlaps(),
        kindRanges: ranges)
    }

    // MARK: Small tables

    /// The rows of a query whose columns are all text; an empty text for null.
    private func texts(_ sql: String) throws -> [[String]] {
      var rows: [[String]] = []
      _ = try connection.stream(sql) { batch in
        for row in 0..<batch.rowCount { rows.append(batch.columns.map { $0.string(row) ?? "" }) }
      }
      return rows
    }

    private func kinds() throws -> [UnitKind] {
      try texts(
        """
        select kind, title, plural, nature, vintage, note from \(table("kind"))
        order by rank::integer
        """
      ).map {
        UnitKind(
          id: $0[0], title: $0[1], plural: $0[2], isOrganisation: $0[3] == "organisation",
          vintage: $0[4], note: $0[5])
      }
    }

    private func sources() throws -> [AtlasSource] {
      try texts("select source, title, publisher, licence, url, note from \(table("source"))").map {
        AtlasSource(
          id: $0[0], title: $0[1], publisher: $0[2], licence: $0[3], url: $0[4], note: $0[5])
      }
    }

    private func measures() throws -> [Measure] {
      try texts(
        """
        select measure, title, description, topic, unit, decimals::varchar, polarity, caveat,
          interval, method, per::varchar, kinds, file, columns, source
        from \(table("measure")) order by measure_ix
        """
      ).map {
        Measure(
          id: $0[0], title: $0[1], description: $0[2], topic: $0[3], unit: $0[4],
          decimals: Int($0[5]) ?? 0, polarity: OpenDataPack.Polarity(rawValue: $0[6]) ?? .neutral,
          caveat: $0[7], interval: OpenDataPack.Interval(rawValue: $0[8]) ?? .none, method: $0[9],
          per: Double($0[10]) ?? 1, kinds: $0[11].split(separator: " ").map(String.init),
          file: $0[12], columns: $0[13], source: $0[14])
      }
    }

    private func series() throws -> [Series] {
      try texts(
        """
        select measure, "group", group_title, period from \(table("series")) order by series_id
        """
      ).enumerated().map {
        Series(
          id: $0.offset, measure: $0.element[0], group: $0.element[1], groupTitle: $0.element[2],
          period: $0.element[3])
      }
    }

    private func points() throws -> [AtlasPoint] {
      var points: [AtlasPoint] = []
      _ = try connection.stream(
        """
        select type, id, name, postcode, latitude, longitude, unit_id, source, collected
        from \(table("point"))
        """
      ) { batch in
        let columns = batch.columns
        for row in 0..<batch.rowCount {
          points.append(
            AtlasPoint(
              type: columns[0].string(row) ?? "", id: columns[1].string(row) ?? "",
              name: columns[2].string(row) ?? "", postcode: columns[3].string(row),
              latitude: columns[4].double(row), longitude: columns[5].double(row),
              unit: columns[6].int64(row).map(Int.init), source: columns[7].string(row) ?? "",
              collected: columns[8].string(row) ?? ""))
        }
      }
      return points
    }

    // MARK: Large tables

    private func units() throws -> [AtlasUnit] {
      var units: [AtlasUnit] = []
      _ = try connection.stream(
        """
        select unit_id, kind, code, name, alternative_code, postcode, rural_urban, latitude,
          longitude, parts, parts_in_place, in_place, is_place, is_whole
        from (from \(table("area")) union all from \(table("organisation"))) order by unit_id
        """
      ) { batch in
        let columns = batch.columns
        for row in 0..<batch.rowCount {
          units.append(
            AtlasUnit(
              id: units.count, kind: columns[1].string(row) ?? "",
              code: columns[2].string(row) ?? "", name: columns[3].string(row) ?? "",
              alternativeCode: columns[4].string(row), postcode: columns[5].string(row),
              ruralUrban: columns[6].string(row), latitude: columns[7].double(row),
              longitude: columns[8].double(row), parts: Int(columns[9].int64(row) ?? 0),
              partsInPlace: Int(columns[10].int64(row) ?? 0),
              isInPlace: columns[11].int64(row) == 1, isPlace: columns[12].int64(row) == 1,
              isWhole: columns[13].int64(row) == 1))
        }
      }
      return units
    }

    private func pairs(_ sql: String) throws -> [(from: Int32, to: Int32)] {
      var pairs: [(from: Int32, to: Int32)] = []
      _ = try connection.stream(sql) { batch in
        try batch.columns[0].withValues(of: Int32.self) { from in
          try batch.columns[1].withValues(of: Int32.self) { to in
            for row in from.indices { pairs.append((from[row], to[row])) }
          }
        }
      }
      return pairs
    }

    private func edges() throws -> (
      up: [(from: Int32, to: Int32)], down: [(from: Int32, to: Int32)]
    ) {
      // The whole is left out: everything is part of it, which helps nobody.
      let edges = """
        (select child_id, parent_id from \(table("edge"))
        where parent_id not in (select unit_id from \(table("area")) where is_whole))
        """
      return (
        try pairs("select child_id, parent_id from \(edges) order by all"),
        try pairs("select parent_id, child_id from \(edges) order by all")
      )
    }

    private func overlaps() throws -> [Int: [(other: Int, parts: Int)]] {
      var overlaps: [Int: [(other: Int, parts: Int)]] = [:]
      _ = try connection.stream(
        "select unit_id, other_id, parts from \(table("overlap"))"
      ) { batch in
        try batch.columns[0].withValues(of: Int32.self) { unit in
          try batch.columns[1].withValues(of: Int32.self) { other in
            try batch.columns[2].withValues(of: Int32.self) { parts in
              for row in unit.indices {
                overlaps[Int(unit[row]), default: []].append((Int(other[row]), Int(parts[row])))
              }
            }
          }
        }
      }
      return overlaps
    }

    private func outlines() throws -> [Int: Outline] {
      var rings: [Int: [[GeoPoint]]] = [:]
      _ = try connection.stream(
        "select unit_id, x, y from \(table("boundary")) order by unit_id, part, ring"
      ) { batch in
        for row in 0..<batch.rowCount {
          guard let unit = batch.columns[0].int64(row), let x = batch.columns[1].items(row),
            let y = batch.columns[2].items(row)
          else { continue }
          let ring = try x.withValues(of: Double.self) { x in
            try y.withValues(of: Double.self) { y in
              x.indices.map { GeoPoint(longitude: x[$0], latitude: y[$0]) }
            }
          }
          rings[Int(unit), default: []].append(ring)
        }
      }
      return rings.mapValues(Outline.init)
    }

    private func figures(seriesCount: Int) throws -> FigureColumns {
      let count = try connection.query("select count(*) from \(table("figure"))").scalar
      let rows = if case .int(let count) = count { Int(count) } else { 0 }
      var figures = FigureColumns(
        starts: Array(repeating: 0, count: seriesCount + 1), unit: [], value: [], numerator: [],
        denominator: [], status: [], present: [], expected: [])
      figures.unit.reserveCapacity(rows)
      figures.value.reserveCapacity(rows)
      figures.numerator.reserveCapacity(rows)
      figures.denominator.reserveCapacity(rows)
      figures.status.reserveCapacity(rows)
      figures.present.reserveCapacity(rows)
      figures.expected.reserveCapacity(rows)
      // The table is written in order of series and unit, and read in the order of the file.
      _ = try connection.stream(
        """
        select series_id, unit_id, coalesce(value, 'nan') as value,
          coalesce(numerator, 'nan') as numerator, coalesce(denominator, 'nan') as denominator,
          \(UnitStatus.sql) as status,
          coalesce(present, -1) as present, coalesce(expected, -1) as expected
        from \(table("figure"))
        """
      ) { batch in
        let columns = batch.columns
        try columns[0].withValues(of: Int32.self) { series in
          for row in series.indices { figures.starts[Int(series[row]) + 1] += 1 }
        }
        try columns[1].append(to: &figures.unit)
        try columns[2].append(to: &figures.value)
        try columns[3].append(to: &figures.numerator)
        try columns[4].append(to: &figures.denominator)
        try columns[5].append(to: &figures.status)
        try columns[6].append(to: &figures.present)
        try columns[7].append(to: &figures.expected)
      }
      for index in 1..<figures.starts.count { figures.starts[index] += figures.starts[index - 1] }
      return figures
    }
  }
}

extension Column {
  /// Adds all values to the end of `array`.
  func append<Element: ColumnElement>(to array: inout [Element]) throws {
    try withValues(of: Element.self) { values in
      values.withUnsafeBufferPointer { array.append(contentsOf: $0) }
    }
  }
}
