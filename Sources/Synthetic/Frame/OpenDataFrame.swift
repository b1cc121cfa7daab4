import Columns
import Definitions
import Engine
import Foundation

/// Reads a real place's published statistics from a folder of open data: the ground for people that
/// match them.
///
/// The files are those of the pack `england-lsc`; docs/synthetic.md says which columns are used.
struct OpenDataFrame {
  let folder: URL
  let parameters: Parameters

  /// The column of `england_lsoa21.csv` that has the codes of a kind of area.
  private static let columns = [
    "icb24": "icb24_code", "sicbl24": "sicbl24_code", "lad24": "lad24_code",
    "utla23": "utla23_code", "ward24": "ward24_code", "lsoa21": "lsoa21_code",
  ]

  private static let bands = [
    "age_0_4", "age_5_9", "age_10_14", "age_15_19", "age_20_24", "age_25_29", "age_30_34",
    "age_35_39", "age_40_44", "age_45_49", "age_50_54", "age_55_59", "age_60_64", "age_65_69",
    "age_70_74", "age_75_79", "age_80_84", "age_85_89", "age_90_plus",
  ]

  /// The columns of the census table, in the order of `parameters.yaml`.
  private static let census: (groups: [String], tenure: [String], occupancy: [String]) = (
    [
      "eth_white", "eth_asian_asian_british_or_asian_welsh",
      "eth_black_black_british_black_welsh_caribbean_or_african",
      "eth_mixed_or_multiple_ethnic_groups", "eth_other_ethnic_group",
    ],
    [
      "tenure_owned_owns_outright", "tenure_owned_owns_with_a_mortgage_or_loan",
      "tenure_shared_ownership_shared_ownership",
      "tenure_social_rented_rents_from_council_or_local_authority",
      "tenure_social_rented_other_social_rented",
      "tenure_private_rented_private_landlord_or_letting_agency",
      "tenure_private_rented_other_private_rented", "tenure_lives_rent_free",
    ],
    [
      "occ_plus2_or_more_under_occupied", "occ_plus1_under_occupied", "occ_0_ideal",
      "occ_minus1_overcrowded", "occ_minus2_or_less_overcrowded",
    ]
  )

  /// The frame of the area with that kind and code.
  ///
  /// - Throws: ``Definitions/Problem`` for a missing file, or an area without the statistics.
  func frame(name: String, kind: String, code: String) async throws -> PlaceFrame {
    guard let column = Self.columns[kind] else {
      throw Problem(
        file: folder.path, "People cannot be made for areas of the kind '\(kind)'.",
        hint: "Choose one of: \(Self.columns.keys.sorted().joined(separator: ", ")).")
    }
    for file in [
      "england_lsoa21.csv", "lsc_lsoa21_census2021.csv",
      "lsc_lsoa21_population_mid2020_5yr_derived.csv", "lsc_lsoa21.geojson",
      "england_gp_practices_2023_24.csv", "england_nhs_trust_points2022.csv",
    ] where !FileManager.default.fileExists(atPath: path(file)) {
      throw Problem(
        file: path(file), "This file is needed to make people for a real place.",
        hint: "docs/open-data.md says where it is from.")
    }
    let engine = try Engine.duckDB(connections: 1)
    return try await engine.withConnection { connection in
      try self.read(connection, name: name, kind: kind, code: code, column: column)
    }
  }

  private func path(_ file: String) -> String { folder.appendingPathComponent(file).path }

  private func read(
    _ connection: Connection, name: String, kind: String, code: String, column: String
  ) throws -> PlaceFrame {
    let dialect = Dialect(.duckdb)
    func source(_ file: String) -> String {
      "read_csv(\(dialect.path(path(file))), header = true, hive_partitioning = false)"
    }
    let numbers =
      Self.bands + Self.census.groups + Self.census.tenure
      + (0...4).map { $0 == 1 ? "dep_1_dimension" : "dep_\($0)_dimensions" }
      + Self.census.occupancy + ["disabled", "not_disabled"]
    let rows = try connection.query(
      """
      select e.lsoa21_code, e.lad24_code, e.lad24_name, e.imd2025_decile::integer,
        p.lsoa21_code is not null and c.lsoa21_code is not null,
        \(numbers.map { "coalesce(\(dialect.identifier($0))::double, 0)" }.joined(separator: ", "))
      from \(source("england_lsoa21.csv")) e
      left join \(source("lsc_lsoa21_population_mid2020_5yr_derived.csv")) p using (lsoa21_code)
      left join \(source("lsc_lsoa21_census2021.csv")) c using (lsoa21_code)
      where e.\(dialect.identifier(column)) = ? order by e.lsoa21_code
      """, [.string(code)]
    ).rows
    let without = rows.filter { $0[4] != .bool(true) }
    guard !rows.isEmpty, without.isEmpty else {
      throw Problem(
        file: folder.path,
        rows.isEmpty
          ? "No small area here belongs to \(code)."
          : "\(without.count) of the \(rows.count) small areas of \(name) have no ages or no census "
            + "figures here.",
        hint: "People can be made for areas that lie wholly in the files' detailed area.")
    }
    let outlines = try centres()
    var districts: [PlaceFrame.District] = []
    var areas: [PlaceFrame.Area] = []
    for row in rows {
      let lsoa = text(row[0])
      guard let centre = outlines[lsoa] else {
        throw Problem(file: path("lsc_lsoa21.geojson"), "There is no outline of \(lsoa).")
      }
      guard (1...10).contains(Int(number(row[3]))) else {
        throw Problem(
          file: path("england_lsoa21.csv"), "\(lsoa) has no deprivation decile from 1 to 10.")
      }
      let district = text(row[1])
      if !districts.contains(where: { $0.code == district }) {
        districts.append(PlaceFrame.District(code: district, name: text(row[2])))
      }
      var rest = row.dropFirst(5).map { number($0) }[...]
      func take(_ count: Int) -> [Double] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      let ages = take(19)
      let (groups, tenure) = (take(5), take(8))
      let (dimensions, occupancy) = (take(5), take(5))
      let disabled = take(2)
      let shares = parameters.female.map { $0 / 100 }
      areas.append(
        PlaceFrame.Area(
          code: lsoa, district: districts.firstIndex { $0.code == district } ?? 0,
          decile: Int(number(row[3])),
          position: Self.plane(centre), longitude: centre.x, latitude: centre.y,
          ages: [zip(ages, shares).map(*), zip(ages, shares).map { $0 * (1 - $1) }],
          ethnicGroups: groups, tenure: tenure, dimensions: dimensions, occupancy: occupancy,
          disabledShare: disabled[0] / max(1, disabled[0] + disabled[1])))
    }
    return PlaceFrame(
      name: name, kind: kind, code: code, areas: areas,
      practices: try practices(connection, near: areas, source("england_gp_practices_2023_24.csv")),
      hospitals: try hospitals(connection, source("england_nhs_trust_points2022.csv")),
      districts: districts)
  }

  private func practices(
    _ connection: Connection, near areas: [PlaceFrame.Area], _ source: String
  ) throws -> [PlaceFrame.Practice] {
    let west = areas.map(\.longitude).min() ?? 0
    let east = areas.map(\.longitude).max() ?? 0
    let south = areas.map(\.latitude).min() ?? 0
    let north = areas.map(\.latitude).max() ?? 0
    let practices = try connection.query(
      """
      select practice_code, practice_name, lon::double, lat::double, postcode,
        coalesce(list_size_apr2020, 5000)::double
      from \(source)
      where lon between ? and ? and lat between ? and ?
      order by practice_code
      """,
      [
        .double(west - 0.05), .double(east + 0.05), .double(south - 0.03), .double(north + 0.03),
      ]
    ).rows.map { row in
      PlaceFrame.Practice(
        code: text(row[0]), name: text(row[1]),
        position: Self.plane(PlanePoint(x: number(row[2]), y: number(row[3]))),
        postcode: text(row[4]), size: number(row[5]))
    }
    guard !practices.isEmpty else {
      throw Problem(file: folder.path, "No practice lies in or near the area.")
    }
    return practices
  }

  private func hospitals(
    _ connection: Connection, _ source: String
  ) throws -> [PlaceFrame.Hospital] {
    // Trusts with beds for everybody: mental health and ambulance trusts are called otherwise.
    let hospitals = try connection.query(
      """
      select trust_code, trust_name, lon::double, lat::double from \(source)
      where status = 'open' and trust_name like '%Hospital%'
        and trust_name not like '%Children%' and trust_name not like '%Orthopaedic%'
      order by trust_code
      """
    ).rows.map { row in
      PlaceFrame.Hospital(
        code: text(row[0]), name: text(row[1]),
        position: Self.plane(PlanePoint(x: number(row[2]), y: number(row[3]))))
    }
    guard !hospitals.isEmpty else {
      throw Problem(
        file: path("england_nhs_trust_points2022.csv"), "No open trust here is called a hospital.")
    }
    return hospitals
  }

  /// The middle of each small area's first outline, in degrees.
  private func centres() throws -> [String: PlanePoint] {
    struct Collection: Decodable {
      struct Feature: Decodable {
        struct Properties: Decodable { let lsoa21_code: String }
        struct Geometry: Decodable { let coordinates: [[[[Double]]]] }
        let properties: Properties
        let geometry: Geometry
      }
      let features: [Feature]
    }
    let file = path("lsc_lsoa21.geojson")
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: file))
      let features = try JSONDecoder().decode(Collection.self, from: data).features
      return Dictionary(
        features.compactMap { feature in
          guard let ring = feature.geometry.coordinates.first?.first, ring.count > 1 else {
            return nil
          }
          let points = ring.dropLast().filter { $0.count == 2 }
          let sum = points.reduce(PlanePoint(x: 0, y: 0)) {
            PlanePoint(x: $0.x + $1[0], y: $0.y + $1[1])
          }
          let count = Double(max(1, points.count))
          return (feature.properties.lsoa21_code, PlanePoint(x: sum.x / count, y: sum.y / count))
        }, uniquingKeysWith: { first, _ in first })
    } catch {
      throw Problem(file: file, "The outlines cannot be read as GeoJSON.")
    }
  }

  /// Kilometres on a plane that is good enough for who is near whom in one place.
  private static func plane(_ degrees: PlanePoint) -> PlanePoint {
    PlanePoint(
      x: degrees.x * Position.kilometresPerLongitude, y: degrees.y * Position.kilometresPerLatitude)
  }

  private func text(_ value: Value) -> String {
    if case .string(let text) = value { text } else { "" }
  }

  private func number(_ value: Value) -> Double {
    switch value {
    case .double(let number): number
    case .int(let number): Double(number)
    default: 0
    }
  }
}
