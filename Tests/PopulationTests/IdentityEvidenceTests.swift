import Definitions
import Foundation
import Places
import Statistics
import TestPlaces
import Testing

@testable import Population

@Suite("Records join only on evidence that identifies")
struct IdentityEvidenceTests {
  private static let place = """
    place: {name: A place, area: {kind: icb, code: E54000001}}
    open_data: {folder: open}
    sources:
      - {id: list, mapping: list}
    """
  private static let mapping = """
    mapping: list
    version: 1
    title: A list
    source: made for a test
    owner: nobody
    files:
      - name: list.csv
        table: row
        format: csv
        key: [id]
        identity: {
          nhs_number: nhs_number, date_of_birth: birth_year, postcode: postcode, forename: forename,
          surname: surname, sex: sex}
        columns:
          ID: {to: id, required: true}
          NHS: {to: nhs_number, type: nhs_number, keep: hash}
          FN: {to: forename, keep: vault}
          SN: {to: surname, keep: vault}
          DOB: {to: birth_year, type: date, format: yyyy-MM-dd, keep: vault}
          SEX: {to: sex, values: ["1", "2", "9"]}
          PC: {to: postcode, type: postcode, keep: vault}
    """
  private static let openData = """
    pack: my-place
    version: 1
    title: Open data for my place
    sources:
      census-2021: {title: Census 2021, publisher: Office for National Statistics, licence: Open Government Licence v3.0}
    kinds:
      icb: {title: integrated care board, nature: area, vintage: "2024", code: "E54[0-9]{6}"}
      lad: {title: district, nature: area, vintage: "2024", code: "E0[6-9][0-9]{6}"}
      lsoa21: {title: LSOA (2021), plural: LSOAs (2021), nature: area, vintage: "2021", code: "E01[0-9]{6}"}
    units:
      - {kind: icb, file: small_areas.csv, code: ICB24CD, name: ICB24NM, repeated: true}
      - {kind: lad, file: small_areas.csv, code: LAD24CD, name: LAD24NM, repeated: true}
      - {kind: lsoa21, file: small_areas.csv, code: LSOA21CD, name: LSOA21NM, population: residents, parents: {lad: LAD24CD, icb: ICB24CD}}
    boundaries:
      - {kind: lsoa21, file: small_areas.geojson, code: LSOA21CD, source: census-2021}
    measures:
      - file: small_areas.csv
        kind: lsoa21
        code: LSOA21CD
        period: "2021"
        source: census-2021
        topic: People
        measures:
          residents: {title: Usual residents, count: residents}
    """

  /// Squares side by side.
  private static func boundaries(_ count: Int) -> String {
    let features = (0..<count).map { number in
      let (west, east) = (-2.5 + Double(number) / 100, -2.49 + Double(number) / 100)
      let corners = [(west, 53.8), (east, 53.8), (east, 53.81), (west, 53.81), (west, 53.8)]
      let ring = corners.map { "[\($0.0), \($0.1)]" }.joined(separator: ", ")
      return #"{"type": "Feature", "properties": {"LSOA21CD": "E0100000\#(number)"}, "#
        + #""geometry": {"type": "Polygon", "coordinates": [[\#(ring)]]}}"#
    }
    return #"{"type": "FeatureCollection", "features": [\#(features.joined(separator: ", "))]}"#
  }

  private static let header = "ID,NHS,FN,SN,DOB,SEX,PC"

  /// A place with one source, whose records are given without their ids.
  private func people(_ rows: [String]) async throws -> (
    identities: Int, people: Int, notes: [String]
  ) {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ path: String, _ text: String) throws {
      let url = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    try write("kith.yaml", Self.place)
    try write("definitions/mappings/list.yaml", Self.mapping)
    try write("open/open-data.yaml", Self.openData)
    let areas = (0..<8).map {
      "E0100000\($0),Area \($0),E07000001,District 1,E54000001,The Board,1500"
    }
    try write(
      "open/small_areas.csv",
      (["LSOA21CD,LSOA21NM,LAD24CD,LAD24NM,ICB24CD,ICB24NM,residents"] + areas)
        .joined(separator: "\n") + "\n")
    try write("open/small_areas.geojson", Self.boundaries(8))
    let lines = rows.enumerated().map { "r\($0),\($1)" }
    try write(
      "extracts/list/2025-01-31/list.csv",
      ([Self.header] + lines).joined(separator: "\n") + "\n")
    let manifest: Manifest =
      switch try await PlaceRun(place: folder).run() {
      case .published(let manifest), .unchanged(let manifest): manifest
      }
    let account = try #require(manifest.linkage)
    return (account.identities, account.people, account.notes)
  }

  /// People who have no more in common than chance gives.
  private func strangers(_ count: Int) -> [String] {
    var random = RandomNumbers(seed: 2_024)
    func below(_ most: Int) -> Int { Int(random.next() % UInt64(most)) }
    func name() -> String {
      let letters = (0..<7).map { _ in String(UnicodeScalar(UInt8(97 + below(26)))) }
      return letters.joined().capitalized
    }
    return (0..<count).map { _ in
      let (month, day) = (1 + below(12), 1 + below(28))
      let born = "\(1920 + below(97))-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
      let letter = String(UnicodeScalar(UInt8(65 + below(26))))
      return ",\(name()),\(name()),\(born),\(1 + below(2)),ZY\(1 + below(9)) \(below(10))A\(letter)"
    }
  }

  @Test("Nobody is there twice in a clean register, of any size", arguments: [3, 199, 200, 300])
  func clean(count: Int) async throws {
    let found = try await people(strangers(count))
    #expect(found.identities == count && found.people == count)
  }

  @Test(
    "Records that say too little are not one person",
    arguments: [
      ",,,,1,", ",,,1950-05-01,,", ",,,1950-05-01,1,", ",,,,,ZY1 1AA", ",,,,2,ZY1 1AA",
      ",UNKNOWN,MALE,,1,", ",UNKNOWN,UNKNOWN,1900-01-01,1,", ",,Lovennor,2024-03-01,1,ZY1 1AA",
      "0000000000,,,,1,", "9999999999,,,1950-05-01,1,",
    ])
  func unidentified(row: String) async throws {
    // A delivery of filler dates alone is stopped.
    for count in row.contains("1900-01-01") ? [300] : [0, 300] {
      let found = try await people(strangers(count) + Array(repeating: row, count: 40))
      #expect(found.people == found.identities, "\(row) among \(count)")
      #expect([count, count + 40].contains(found.people), "\(row) among \(count)")
      #expect(!found.notes.isEmpty)
    }
  }

  @Test("A placeholder joins nobody, in small and large places", arguments: [20, 199, 205])
  func placeholder(count: Int) async throws {
    for number in ["0000000000", "1111111111", "9999999999", "0123456789"] {
      let found = try await people(strangers(count).map { number + $0 })
      #expect(found.people == count, "\(number)")
    }
  }

  @Test("One number in three spellings is one person", arguments: [10, 250])
  func spellings(count: Int) async throws {
    let one = ["9434765919", "943 476 5919", "943-476-5919", "943\u{A0}476\u{A0}5919"].enumerated()
      .map {
        "\($1),Lotu,Lovennor,1931-02-12,2,ZY\(1 + $0) 1AA"
      }
    let found = try await people(strangers(count) + one)
    #expect(found.identities == count + 4)
    #expect(found.people == count + 1)
  }

  @Test("What records say is told apart by its values and where each ends")
  func digests() {
    func digest(_ values: String?...) -> [Int64] {
      let texts = values.map { value in
        value.map { text in
          let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: text.utf8.count, alignment: 1)
          memory.copyBytes(from: text.utf8)
          return UnsafeRawBufferPointer(memory)
        }
      }
      defer { for text in texts { text?.deallocate() } }
      let (one, other) = SpineRecords.digest(of: texts)
      return [one, other]
    }
    #expect(digest("1", "23") == digest("1", "23"))
    let different = [
      digest("1", "23"), digest("12", "3"), digest("123"), digest(nil), digest(""),
      digest(nil, ""), digest("", nil),
    ]
    #expect(Set(different).count == different.count)
  }
}
