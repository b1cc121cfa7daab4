import Columns
import Definitions
import Engine
import Foundation

/// Reads GeoJSON outlines with the engine: one row a ring, in the order of the file.
struct GeoJSONLanding {
  let connection: Connection
  let dialect = Dialect(.duckdb)

  /// Reads `boundary` into the table `table`: code, part, ring, and the lists x and y in degrees.
  ///
  /// - Throws: ``Problems`` for a file that is no FeatureCollection of polygons with codes.
  func land(_ boundary: OpenDataPack.BoundaryFile, at text: TextFile, table: String) throws {
    try text.requireUTF8()
    let path = text.url.path
    do {
      try connection.execute(
        """
        create or replace temp table geojson_features as
        with document as (
          select json(ltrim(content, '\u{FEFF}')) as document from read_text(\(dialect.literal(path)))
        ), listed as (
          select unnest(from_json(document->'features', '["JSON"]')) as feature from document
        )
        select row_number() over () as number,
          feature->'properties'->>\(dialect.literal(boundary.code)) as code,
          feature->'geometry'->>'type' as type,
          case feature->'geometry'->>'type'
            when 'MultiPolygon'
              then try_cast(feature->'geometry'->'coordinates' as double[][][][])
            when 'Polygon'
              then [try_cast(feature->'geometry'->'coordinates' as double[][][])]
          end as parts
        from listed
        """)
    } catch let error as EngineError {
      throw Problem(
        file: path, line: line(of: error, in: text), "The file is not valid JSON.",
        hint: "Export it again as a GeoJSON FeatureCollection.")
    }
    try check(boundary, text)
    try connection.execute(
      """
      create or replace table \(table) as
      with parts as (
        select number, code, unnest(parts) as part_rings, generate_subscripts(parts, 1) as part
        from geojson_features
      ), rings as (
        select number, code, part, unnest(part_rings) as points,
          generate_subscripts(part_rings, 1) as ring
        from parts
      )
      select code, part::integer as part, ring::integer as ring,
        list_transform(points, lambda p: p[1]) as x, list_transform(points, lambda p: p[2]) as y
      from rings order by number, part, ring
      """)
  }

  private func check(_ boundary: OpenDataPack.BoundaryFile, _ text: TextFile) throws {
    let path = text.url.path
    let count = try connection.query("select count(*) from geojson_features").scalar
    guard count != .int(0) else {
      throw Problem(
        file: path, line: 1, "The file has no features, so there is no polygon.",
        hint: "Export it as a GeoJSON FeatureCollection of polygons.")
    }
    let wrong = try connection.query(
      """
      with shaped as (
        select number, code, type, flatten(parts) as rings from geojson_features
      ), checked as (
        select *, case when code is null then 'code'
          when type is null or type not in ('Polygon', 'MultiPolygon') then 'type'
          when coalesce(len(rings), 0) = 0 or list_bool_or(list_transform(rings,
            lambda r: r is null or len(r) < 4 or list_bool_or(list_transform(r, lambda p:
              (p[1] between -180 and 180) is not true or (p[2] between -90 and 90) is not true))))
            then 'shape'
          when count(*) over (partition by code) > 1 then 'repeated' end as what
        from shaped
      )
      select number, code, coalesce(type, 'none'), what from checked
      where what is not null order by number limit \(CSVLanding.mostProblems)
      """)
    let problems = wrong.rows.compactMap { row -> Problem? in
      guard case .int(let number) = row[0], case .string(let type) = row[2],
        case .string(let what) = row[3]
      else { return nil }
      let code = if case .string(let code) = row[1] { code } else { "no code" }
      let message =
        switch what {
        case "code": "Feature \(number) has no property '\(boundary.code)'."
        case "type": "Feature \(number) (\(code)) has no polygon; its geometry is \(type)."
        case "repeated": "Feature \(number) has the code \(code), which another has too."
        default:
          "Feature \(number) (\(code)) has an outline with fewer than four points, or points "
            + "that are not longitude and latitude."
        }
      return Problem(file: path, line: line(ofFeature: Int(number), in: text), message)
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// The line on which feature `number` begins: where its "type": "Feature" stands.
  private func line(ofFeature number: Int, in text: TextFile) -> Int? {
    guard let all = try? text.text(),
      let pattern = try? NSRegularExpression(pattern: #""type"\s*:\s*"Feature""#)
    else { return nil }
    let range = NSRange(all.startIndex..., in: all)
    let matches = pattern.matches(in: all, range: range)
    guard matches.indices.contains(number - 1),
      let found = Range(matches[number - 1].range, in: all)
    else { return nil }
    return 1 + all[..<found.lowerBound].utf8.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
  }

  /// DuckDB says "at byte N" where it knows.
  private func line(of error: EngineError, in text: TextFile) -> Int {
    guard let range = error.message.range(of: "at byte "),
      let offset = Int(error.message[range.upperBound...].prefix { $0.isNumber })
    else { return 1 }
    return text.line(atByte: offset)
  }
}
