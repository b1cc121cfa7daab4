import Definitions
import Foundation

/// The files of a fictional place: tables as CSV, outlines as GeoJSON, and their description.
struct AreaFiles {
  private let place: FictionalPlace
  private var land: Land { place.land }
  private var counts: [AreaPeople.Counts] { place.people.counts }

  init(_ place: FictionalPlace) { self.place = place }

  /// Every file by name.
  func all() throws -> [(name: String, text: String)] {
    let series = MonthlySeries(place)
    return [
      ("small_areas.csv", smallAreas()), ("ages.csv", ages()),
      ("deaths.csv", AreaDeaths(place).csv()),
      ("practices.csv", practices()),
      ("places.csv", places()), ("conditions.csv", series.conditions()),
      ("conditions_by_decile.csv", series.conditionsByDecile()),
      ("hospital.csv", series.hospital()), ("health_index.csv", series.healthIndex()),
      ("small_areas.geojson", smallAreaOutlines()),
      (
        "wards.geojson",
        outlines(
          "ward",
          place.wardNames.indices.map { ward in
            (place.wardCode(ward), place.wardNames[ward], land.areas.filter { $0.ward == ward })
          })
      ),
      (
        "districts.geojson",
        outlines(
          "district",
          land.towns.indices.map { district in
            (
              place.districtCode(district), land.towns[district].name,
              land.areas.filter { $0.district == district }
            )
          })
      ),
      ("open-data.yaml", try description()),
    ]
  }

  // MARK: Tables

  private func smallAreas() -> String {
    let parameters = place.parameters
    var header = [
      "area_code", "area_name", "ward_code", "ward_name", "district_code", "district_name",
      "ics_code", "ics_name", "rural_urban", "residents",
    ]
    header += parameters.ethnicGroups.map { "eth_\($0.id)" }
    header += parameters.tenure.map { "ten_\($0.id)" }
    header += parameters.dimensions.indices.map { "dim_\($0)" }
    header += parameters.occupancy.map { "occ_\($0.id)" }
    header += [
      "disabled", "imd_score", "imd_decile", "income_decile", "employment_decile",
      "education_decile", "health_decile", "crime_decile", "housing_decile", "environment_decile",
    ]
    let names = place.areaNames()
    let rows = land.areas.indices.map { index in
      let (area, count) = (land.areas[index], counts[index])
      var row = [
        place.areaCode(index), names[index], place.wardCode(area.ward),
        place.wardNames[area.ward], place.districtCode(area.district),
        land.towns[area.district].name, FictionalPlace.code, FictionalPlace.name,
        area.remoteness > 2.2 ? "Rural" : "Urban", "\(count.residents)",
      ]
      for group in [count.ethnicGroups, count.tenure, count.dimensions, count.occupancy] {
        row += group.map(String.init)
      }
      row += ["\(count.disabled)", "\(count.score)"] + count.deciles.map(String.init)
      return row
    }
    return csv(header, rows)
  }

  private func ages() -> String {
    let bands = place.parameters.bands
    return csv(
      ["area_code"] + bands.map { "female_\($0)" } + bands.map { "male_\($0)" },
      counts.enumerated().map { index, count in
        [place.areaCode(index)] + count.female.map(String.init) + count.male.map(String.init)
      })
  }

  private func practices() -> String {
    csv(
      [
        "practice_code", "practice_name", "network_code", "network_name", "ics_code", "postcode",
        "latitude", "longitude", "patients", "patients_18_plus", "patients_65_plus",
      ],
      place.services.practices.map { practice in
        let position = Position.degrees(practice.position)
        return [
          practice.code, practice.name, "U9\(Services.digits(practice.network + 1, 4))",
          place.services.networkNames[practice.network], FictionalPlace.code, practice.postcode,
          "\(position.latitude)", "\(position.longitude)", "\(practice.patients)",
          "\(practice.patientsOver18)", "\(practice.patientsOver65)",
        ]
      })
  }

  private func places() -> String {
    csv(
      ["type", "id", "name", "postcode", "latitude", "longitude", "area_code"],
      place.services.places.map { one in
        let position = Position.degrees(one.position)
        return [
          one.type, one.id, one.name, one.postcode, "\(position.latitude)",
          "\(position.longitude)", place.areaCode(one.area),
        ]
      })
  }

  // MARK: Outlines

  private func smallAreaOutlines() -> String {
    let names = place.areaNames()
    return outlines(
      "area",
      land.areas.indices.map { (place.areaCode($0), names[$0], [land.areas[$0]]) })
  }

  private func outlines(
    _ kind: String, _ units: [(code: String, name: String, areas: [Land.SmallArea])]
  ) -> String {
    let features = units.map { unit in
      let parts = dissolve(unit.areas.map(\.cell)).map { rings in
        "["
          + rings.map { ring in
            "["
              + ring.map { "[\(degrees($0.longitude)),\(degrees($0.latitude))]" }
              .joined(separator: ",") + "]"
          }.joined(separator: ",") + "]"
      }
      return """
        {"type":"Feature","properties":{"\(kind)_code":"\(unit.code)","\(kind)_name":"\(unit.name)"},\
        "geometry":{"type":"MultiPolygon","coordinates":[\(parts.joined(separator: ","))]}}
        """
    }
    return "{\"type\":\"FeatureCollection\",\"features\":[\n"
      + features.joined(separator: ",\n") + "\n]}\n"
  }

  /// A grid number as degrees, exactly.
  private func degrees(_ number: Int) -> String {
    let digits = String(number.magnitude)
    let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    let point = padded.index(padded.endIndex, offsetBy: -5)
    return "\(number < 0 ? "-" : "")\(padded[..<point]).\(padded[point...])"
  }

  // MARK: The description

  private func description() throws -> String {
    let url = try ShippedFiles.url("open-data.yaml", of: "Synthetic")
    let bands = place.parameters.bands
    let conditions = place.parameters.conditions
    let groups = ["female", "male"].flatMap { sex in
      bands.map { band in
        let title = "\(sex == "female" ? "Female" : "Male") \(bandTitle(band))"
        return "          \(sex)_\(band): {title: \"\(title)\", of: \(sex)_\(band), "
          + "is: {sex: \(sex), age: \"\(band)\"}}"
      }
    }
    func both(_ bands: [String]) -> String {
      bands.flatMap { ["female_\($0)", "male_\($0)"] }.joined(separator: ", ")
    }
    return try TextFile(reading: url).text()
      .replacing("@AGE_GROUPS@", with: groups.joined(separator: "\n"))
      .replacing("@YEAR@", with: "\(place.year)")
      .replacing("@DEATH_GROUPS@", with: AreaDeaths(place).groups("deaths"))
      .replacing("@PEOPLE_GROUPS@", with: AreaDeaths(place).groups("people"))
      .replacing("@UNDER_20@", with: both(Array(bands.prefix(4))))
      .replacing("@OVER_65@", with: both(Array(bands.suffix(6))))
      .replacing("@ALL_AGES@", with: both(bands))
      .replacing(
        "@TITLES@", with: conditions.map { "\($0.id): \"\($0.title)\"" }.joined(separator: ", ")
      )
      .replacing(
        "@DECILE_TITLES@",
        with: conditions.map { "\($0.id): \"\($0.title), by deprivation\"" }.joined(separator: ", ")
      )
  }

  private func bandTitle(_ band: String) -> String {
    if band == "90_plus" { return "90 and over" }
    let ends = band.split(separator: "_").compactMap { Int($0) }
    return ends.count == 2 ? "\(ends[0])–\(ends[1])" : band
  }
}

/// A table as CSV. The values are our own and hold no commas, quotes or line breaks.
func csv(_ header: [String], _ rows: [[String]]) -> String {
  ([header] + rows).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
}
