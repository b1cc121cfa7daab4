import Definitions
import Foundation
import Indicators
import Intake
import Places
import Population
import TestPlaces
import Testing

/// Each kind of bad input, put into a copy of a small place's files: the error names file and line,
/// and the store stays as it was.
@Suite("Bad input gives one clear error at its file and line, and changes nothing")
struct BadInputTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let file: String
    /// Where the error has to be, after the file's name.
    let line: String
    let says: String
    let change: @Sendable ([UInt8]) -> [UInt8]?

    var testDescription: String { name }
  }

  private static func text(
    _ name: String, _ file: String, _ line: String, _ says: String,
    _ change: @escaping @Sendable (inout [String]) -> Void
  ) -> Case {
    Case(name: name, file: file, line: line, says: says) { bytes in
      var lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
      change(&lines)
      return Array(lines.joined(separator: "\n").utf8)
    }
  }

  private static func cell(_ line: inout String, _ column: Int, _ value: String) {
    var cells = line.components(separatedBy: ",")
    cells[column] = value
    line = cells.joined(separator: ",")
  }

  static let cases: [Case] = [
    Case(name: "a missing file", file: "ages.csv", line: ":", says: "does not exist") { _ in nil },
    Case(name: "an empty file", file: "ages.csv", line: ":1:", says: "empty") { _ in [] },
    text("a file of another shape", "ages.csv", ":1:", "'area_code' is missing") {
      $0 = ["name,value", "a,1"]
    },
    text("a header without rows", "conditions.csv", ":1:", "a header and no rows") {
      $0 = [$0[0]]
    },
    text("lines that end in different ways", "ages.csv", ":3:", "different ways") { $0[2] += "\r" },
    text("a month that is missing", "hospital.csv", ":5:", "The month of 'Z07000001' is missing") {
      cell(&$0[4], 1, "")
    },
    text(
      "a month as spreadsheets show it", "hospital.csv", ":3:",
      "'Sep-24' cannot be put in order of time"
    ) {
      cell(&$0[2], 1, "Sep-24")
    },
    text("a parent that is missing", "small_areas.csv", ":6:", "left out of its ward") {
      cell(&$0[5], 2, "")
    },
    text("a misspelt column", "ages.csv", ":1:", "Is it 'femal_00_04'?") {
      $0[0] = $0[0].replacingOccurrences(of: "female_00_04", with: "femal_00_04")
    },
    text("a column that stands twice", "practices.csv", ":1:", "stands twice") {
      $0[0] = $0[0].replacingOccurrences(of: "patients_18_plus", with: "patients")
    },
    text("a duplicated area", "small_areas.csv", ":4:", "stands in more than one row") {
      cell(&$0[3], 0, "Z01000001")
    },
    text("an unknown area", "ages.csv", ":3:", "'Z01999999' is no known small area") {
      cell(&$0[2], 0, "Z01999999")
    },
    text("an invalid code", "small_areas.csv", ":2:", "'E0100' is not the code of a small area") {
      cell(&$0[1], 0, "E0100")
    },
    text("a missing code", "small_areas.csv", ":5:", "The area_code is missing") {
      cell(&$0[4], 0, "")
    },
    text("a number that is text", "small_areas.csv", ":6:", "Column 'residents' should be a number")
    {
      cell(&$0[5], 9, "many")
    },
    text("a number that is not one", "small_areas.csv", ":6:", "residents") {
      cell(&$0[5], 9, "nan")
    },
    text("digits parted by underscores", "small_areas.csv", ":6:", "'residents' should be a number")
    {
      cell(&$0[5], 9, "1_500")
    },
    text("thousands that are parted", "small_areas.csv", ":6:", "'residents' should be a number") {
      cell(&$0[5], 9, "\"1,500\"")
    },
    text("an infinite number", "small_areas.csv", ":6:", "residents") { cell(&$0[5], 9, "inf") },
    text("a negative count", "small_areas.csv", ":7:", "negative") { cell(&$0[6], 12, "-3") },
    text("a row that is cut off", "ages.csv", ":8:", "too short") {
      $0[7] = $0[7].components(separatedBy: ",").prefix(3).joined(separator: ",")
    },
    text("a row that is too long", "ages.csv", ":8:", "too long") { $0[7] += ",1,2" },
    text("a quotation mark that is never closed", "places.csv", ":3:", "quotation mark") {
      cell(&$0[2], 2, "\"Open")
    },
    Case(name: "Latin-1 bytes", file: "places.csv", line: ":2:", says: "not UTF-8") { bytes in
      guard let end = bytes.firstIndex(of: 0x0A) else { return bytes }
      return Array(bytes[...end]) + Array("library,x,Caf".utf8) + [0xE9]
        + Array(",ZZ1 1AA,54.1,-19.9,Z01000001\n".utf8) + bytes[(end + 1)...]
    },
    text(
      "a numerator above its denominator", "hospital.csv", ":4:",
      "The numerator is above the denominator in the row of 'Z07"
    ) { lines in
      let names = lines[0].components(separatedBy: ",")
      let cells = lines[3].components(separatedBy: ",")
      guard let part = names.firstIndex(of: "over_4_hours"),
        let whole = names.firstIndex(of: "attendances"), let all = Double(cells[whole])
      else { return }
      cell(&lines[3], part, "\(Int(all) + 1)")
    },
    text("figures that stand twice", "hospital.csv", ":4:", "more than one row") { $0[3] = $0[2] },
    text("a position that is not on Earth", "places.csv", ":2:", "not on Earth") {
      cell(&$0[1], 4, "540")
    },
    text("a parent that does not exist", "practices.csv", ":2:", "no known") {
      cell(&$0[1], 4, "Z54000099")
    },
    text("GeoJSON with no features", "wards.geojson", ":1:", "no features") {
      $0 = ["{\"type\":\"FeatureCollection\",\"features\":[]}"]
    },
    text("GeoJSON with no polygon", "wards.geojson", ":3:", "has no polygon; its geometry is Point")
    {
      $0[2] =
        "{\"type\":\"Feature\",\"properties\":{\"ward_code\":\"Z05000002\"},"
        + "\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}},"
    },
    text("GeoJSON without codes", "wards.geojson", ":2:", "no property 'ward_code'") {
      $0[1] = $0[1].replacingOccurrences(of: "\"ward_code\"", with: "\"code\"")
    },
    text("GeoJSON with latitude first", "wards.geojson", ":2:", "seems to have latitude first") {
      // The fictional place is at 54 N, 20 W.
      $0 = $0.map { line in
        line.replacing(/\[(-?[0-9.]+), ?(-?[0-9.]+)\]/) { "[\($0.2),\($0.1)]" }
      }
    },
    text("GeoJSON without an outline", "wards.geojson", ":3:", "set its code aside") {
      $0[2] = $0[2].replacing(/"geometry":.*\}\}/) { _ in #""geometry":null}"# }
    },
    text("places with latitude and longitude swapped", "places.csv", ":2:", "each other's column") {
      var cells = $0[1].components(separatedBy: ",")
      cells.swapAt(4, 5)
      $0[1] = cells.joined(separator: ",")
    },
    text("GeoJSON that is no JSON", "wards.geojson", ":", "not valid JSON") { $0[2] = "{{{" },
    text("an outline of an unknown area", "wards.geojson", ":2:", "no known ward") {
      $0[1] = $0[1].replacingOccurrences(of: "Z05000001", with: "Z05999999")
    },
  ]

  @Test("Bad input", arguments: cases)
  func badInput(_ bad: Case) async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let file = place.appendingPathComponent("extracts/open-data/\(bad.file)")
    let original = try Data(contentsOf: file)
    _ = try await PlaceRun(place: place).run()
    let before = try contents(of: place)

    if let changed = bad.change(Array(original)) {
      try Data(changed).write(to: file)
    } else {
      try FileManager.default.removeItem(at: file)
    }
    var text = ""
    do {
      _ = try await PlaceRun(place: place).run()
      Issue.record("the run should fail")
    } catch {
      text = "\(error)"
    }
    #expect(text.contains("\(bad.file)\(bad.line)"), "\(text)")
    #expect(text.contains(bad.says), "\(text)")
    #expect(try contents(of: place) == before, "the store is as it was")
  }

  /// Every file of the store with its size, but for the lock.
  private func contents(of place: URL) throws -> [String: Int] {
    let store = place.appendingPathComponent("store")
    var files: [String: Int] = [:]
    let names = try FileManager.default.subpathsOfDirectory(atPath: store.path)
    for name in names where name != "lock" {
      let values = try store.appendingPathComponent(name).resourceValues(forKeys: [
        .fileSizeKey, .isDirectoryKey,
      ])
      files[name] = values.isDirectory == true ? -1 : values.fileSize ?? 0
    }
    return files
  }

  @Test("A byte-order mark, CRLF and quotes are read as what they are")
  func harmless() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let before = try await figures(place)
    for name in ["small_areas.csv", "ages.csv", "practices.csv"] {
      let file = place.appendingPathComponent("extracts/open-data/\(name)")
      let text = try String(contentsOf: file, encoding: .utf8)
      let lines = text.split(separator: "\n").map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).map { "\"\($0)\"" }
          .joined(separator: ",")
      }
      try Data([0xEF, 0xBB, 0xBF] + Array((lines.joined(separator: "\r\n") + "\r\n").utf8))
        .write(to: file)
    }
    #expect(try await figures(place) == before)
  }

  private func figures(_ place: URL) async throws -> [Double?] {
    _ = try await PlaceRun(place: place).run()
    let atlas = try await Atlas.current(of: PlaceStore(place: place))
    let whole = try #require(atlas.place)
    return ["residents", "registered", "over_65", "core20", "disabled"].map {
      atlas.figure($0, whole).value
    }
  }

  @Test("A proportion with a denominator of 0 is not known, and neither is that of a larger area")
  func partOfNothing() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let file = place.appendingPathComponent("extracts/open-data/hospital.csv")
    var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    let names = lines[0].components(separatedBy: ",")
    let month = try #require(names.firstIndex(of: "month"))
    let part = try #require(names.firstIndex(of: "over_4_hours"))
    let whole = try #require(names.firstIndex(of: "attendances"))
    let rows = lines.indices.dropFirst().filter { !lines[$0].isEmpty }
    func monthName(_ row: Int) -> String { lines[row].components(separatedBy: ",")[month] }
    let last = try #require(rows.map { monthName($0) }.max())
    let first = try #require(rows.first { monthName($0) == last })
    func value(_ denominator: String) async throws -> Double? {
      for row in rows {
        Self.cell(&lines[row], part, "3")
        Self.cell(&lines[row], whole, row == first ? denominator : "4")
      }
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
      _ = try await PlaceRun(place: place).run()
      let atlas = try await Atlas.current(of: PlaceStore(place: place))
      return atlas.figure("ae_over_4_hours", try #require(atlas.place)).value
    }
    #expect(try await value("4") == 75)
    #expect(try await value("0") == nil)
  }

  /// Replaces the outline of a ward, where there is one to put there.
  private func replaceOutline(of code: String, with geometry: String?, in data: URL) throws {
    guard let geometry else { return }
    let file = data.appendingPathComponent("wards.geojson")
    let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n").map {
      line -> String in
      guard line.contains(code), let start = line.range(of: "\"geometry\":") else { return line }
      return "\(line[..<start.upperBound])\(geometry)}" + (line.hasSuffix(",") ? "," : "")
    }
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
  }

  @Test(
    "An outline that is set aside may be missing, and none that is set aside is drawn",
    arguments: [
      "null", #"{"type":"GeometryCollection","geometries":[]}"#,
      #"{"type":"Polygon","coordinates":[]}"#, nil,
    ] as [String?])
  func setAsideOutline(geometry: String?) async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let data = place.appendingPathComponent("extracts/open-data")
    let pack = data.appendingPathComponent("open-data.yaml")
    let text = try String(contentsOf: pack, encoding: .utf8)
    try text.replacing(
      "file: wards.geojson, code: ward_code, source: made",
      with: "file: wards.geojson, code: ward_code, source: made, "
        + "set_aside: {codes: Z05000002, reason: none}"
    ).write(to: pack, atomically: true, encoding: .utf8)
    try replaceOutline(of: "Z05000002", with: geometry, in: data)
    let outcome = try await PlaceRun(place: place).run()
    let atlas = try await Atlas.current(of: PlaceStore(place: place))
    let wards = atlas.units.filter { $0.kind == "ward" }
    #expect(wards.filter { atlas.outline(of: $0) == nil }.map(\.code) == ["Z05000002"])
    guard case .published(let manifest) = outcome else {
      Issue.record("the run published nothing")
      return
    }
    let account = try #require(manifest.inputs.first { $0.file == "wards.geojson" })
    #expect(account.setAside == 1 && account.read == account.landed + 1)
  }

  @Test("A hole turns against its outline, however it was written", arguments: [true, false])
  func holes(isReversed: Bool) async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let square = "[[0.1,54.1],[0.2,54.1],[0.2,54.2],[0.1,54.2],[0.1,54.1]]"
    let back = "[[0.1,54.1],[0.1,54.2],[0.2,54.2],[0.2,54.1],[0.1,54.1]]"
    let outer = "[[0,54],[1,54],[1,55],[0,55],[0,54]]"
    try replaceOutline(
      of: "Z05000001",
      with: #"{"type":"Polygon","coordinates":[\#(outer),\#(isReversed ? back : square)]}"#,
      in: place.appendingPathComponent("extracts/open-data"))
    _ = try await PlaceRun(place: place).run()
    let atlas = try await Atlas.current(of: PlaceStore(place: place))
    let unit = try #require(atlas.units.first { $0.code == "Z05000001" })
    let rings = try #require(atlas.outline(of: unit)).rings
    // From the first point, so that small areas keep their digits.
    let turns = rings.map { ring -> Double in
      guard let first = ring.first else { return 0 }
      return zip(ring, ring.dropFirst()).reduce(0.0) { total, side in
        total + (side.0.longitude - first.longitude) * (side.1.latitude - first.latitude)
          - (side.1.longitude - first.longitude) * (side.0.latitude - first.latitude)
      }
    }
    #expect(turns.count == 2)
    #expect(turns.first ?? 0 > 0 && turns.last ?? 0 < 0, "\(turns)")
  }

  @Test("Every problem of every file is told in one run")
  func all() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    for name in ["ages.csv", "hospital.csv"] {
      let file = place.appendingPathComponent("extracts/open-data/\(name)")
      var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
      Self.cell(&lines[2], 2, "x")
      Self.cell(&lines[3], 2, "y")
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
    }
    let error = await #expect(throws: Problems.self) { try await PlaceRun(place: place).run() }
    #expect(error?.all.count == 4)
  }

  @Test(
    "A pack's own word for nothing is none in a column of numbers, whatever digits stand beside underscores"
  )
  func ownBlanks() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let data = place.appendingPathComponent("extracts/open-data")
    let pack = data.appendingPathComponent("open-data.yaml")
    let text = try String(contentsOf: pack, encoding: .utf8)
    let unit = "    file: small_areas.csv\n    code: area_code\n"
    try #require(text.contains(unit))
    try text.replacingOccurrences(of: unit, with: unit + "    blanks: [not_known]\n")
      .write(to: pack, atomically: true, encoding: .utf8)
    let file = data.appendingPathComponent("small_areas.csv")
    func write(_ value: String) throws {
      var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
      let names = lines[0].components(separatedBy: ",")
      let (title, number) = (
        try #require(names.firstIndex(of: "area_name")),
        try #require(names.firstIndex(of: "imd_score"))
      )
      Self.cell(&lines[3], title, "\"Area 1_2,\nthe upper\"")
      Self.cell(&lines[8], number, value)
      try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
    }
    let whole = try Data(contentsOf: file)
    try write("not_known")
    _ = try await PlaceRun(place: place).run()
    try whole.write(to: file)
    try write("1_500")
    let error = await #expect(throws: Problems.self) { _ = try await PlaceRun(place: place).run() }
    // The name above has a line break.
    #expect(error?.all.first?.line == 10, "\(String(describing: error))")
    #expect(error?.all.first?.message.contains("'imd_score' should be a number") == true)
  }

  @Test("Latin-1 is read where the pack says so")
  func latin1() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    let data = place.appendingPathComponent("extracts/open-data")
    let file = data.appendingPathComponent("places.csv")
    var bytes = Array(try Data(contentsOf: file))
    bytes += Array("library,x-1,Caf".utf8) + [0xE9] + Array(",ZZ1 1AA,54.1,-19.9,Z01000001\n".utf8)
    try Data(bytes).write(to: file)
    let pack = data.appendingPathComponent("open-data.yaml")
    let text = try String(contentsOf: pack, encoding: .utf8)
    try text.replacingOccurrences(
      of: "- file: places.csv\n", with: "- file: places.csv\n    encoding: latin-1\n"
    ).write(to: pack, atomically: true, encoding: .utf8)
    _ = try await PlaceRun(place: place).run()
    let atlas = try await Atlas.current(of: PlaceStore(place: place))
    #expect(atlas.points.contains { $0.name == "Café" })
  }
}
