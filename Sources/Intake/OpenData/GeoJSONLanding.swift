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
          generate_subscripts(part_rings, 1) as ring, len(part_rings) > 1 as has_holes
        from parts
      ), turned as (
        -- Twice the area, with the sign of the turn; from the first point, to keep its digits.
        select *, list_sum(list_transform(range(1, len(points)), lambda i:
          (points[i][1] - points[1][1]) * (points[i + 1][2] - points[1][2])
            - (points[i + 1][1] - points[1][1]) * (points[i][2] - points[1][2]))) as turn
        from rings where has_holes
      ), wound as (
        -- A hole turns against its outline (RFC 7946, 3.1.6), or it would be filled.
        select number, code, part, ring,
          case when ring > 1
              and turn * first_value(turn) over (partition by number, part order by ring) > 0
            then list_reverse(points) else points end as points
        from turned
        union all
        select number, code, part, ring, points from rings where not has_holes
      ), landed as (
        select number, code, part, ring, list_transform(points, lambda p: p[1]) as x,
          list_transform(points, lambda p: p[2]) as y
        from wound
        union all
        -- What is set aside may have no outline, and is counted all the same.
        select number, code, 0, 0, []::double[], []::double[] from geojson_features
        where coalesce(len(flatten(parts)), 0) = 0
      )
      select code, part::integer as part, ring::integer as ring, x, y
      from landed order by number, part, ring
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
    let isAside =
      boundary.setAside.map {
        "coalesce(regexp_full_match(code, \(dialect.literal($0.pattern))), false)"
      } ?? "false"
    let wrong = try connection.query(
      """
      with shaped as (
        select number, code, type, flatten(parts) as rings from geojson_features
      ), bounded as (
        select *, list_min(longitudes) as west, list_max(longitudes) as east,
          list_min(latitudes) as south, list_max(latitudes) as north
        from (
          select *, list_transform(flatten(rings), lambda p: p[1]) as longitudes,
            list_transform(flatten(rings), lambda p: p[2]) as latitudes
          from shaped
        )
      ), checked as (
        select *, case when code is null then 'code'
          when count(*) over (partition by code) > 1 then 'repeated'
          when \(isAside) then null
          when type is null or type not in ('Polygon', 'MultiPolygon') then 'type'
          when coalesce(len(rings), 0) = 0 or list_bool_or(list_transform(rings,
            lambda r: r is null or len(r) < 4 or list_bool_or(list_transform(r, lambda p:
              (p[1] between -180 and 180) is not true or (p[2] between -90 and 90) is not true))))
            then 'shape'
          when west >= 49 and east <= 61.5 and south >= -30 and north <= 10 then 'swapped'
          when regexp_full_match(code, '[EWSN][0-9]{8}')
            and (west < -9 or east > 3 or south < 49 or north > 61.5) then 'elsewhere'
          end as what
        from bounded
      )
      select number, code, coalesce(type, 'none'), what from checked
      where what is not null order by number limit \(CSVLanding.mostProblems)
      """)
    let problems = wrong.rows.compactMap { row -> Problem? in
      guard case .int(let number) = row[0], case .string(let type) = row[2],
        case .string(let what) = row[3]
      else { return nil }
      let code = if case .string(let code) = row[1] { code } else { "no code" }
      let aside =
        "Give its outline, or set its code aside in the pack with a reason (set_aside)."
      let (message, hint): (String, String?) =
        switch what {
        case "code": ("Feature \(number) has no property '\(boundary.code)'.", nil)
        case "type":
          ("Feature \(number) (\(code)) has no polygon; its geometry is \(type).", aside)
        case "repeated": ("Feature \(number) has the code \(code), which another has too.", nil)
        case "swapped":
          (
            "Feature \(number) (\(code)) seems to have latitude first; GeoJSON has longitude first.",
            "Swap the two, or export the file again (RFC 7946, 3.1.1)."
          )
        case "elsewhere":
          (
            "Feature \(number) (\(code)) is outside the United Kingdom.",
            "Check that its points are longitude and latitude in degrees (WGS 84)."
          )
        default:
          (
            "Feature \(number) (\(code)) has an outline with fewer than four points, or points "
              + "that are not longitude and latitude.", aside
          )
        }
      return Problem(
        file: path, line: line(ofFeature: Int(number), in: text), message, hint: hint)
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
