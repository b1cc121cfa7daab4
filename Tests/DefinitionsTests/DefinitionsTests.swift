import Definitions
import Foundation
import Testing

@Suite("Errors in definitions say where, what was expected, and the nearest name")
struct DefinitionErrorTests {
  private let head = """
    pack: test
    version: 1
    title: Test
    sources:
      s: {title: S, publisher: P, licence: L}
    kinds:
      lsoa: {title: small area, nature: area, code: "E01[0-9]{6}"}
    units:
      - {kind: lsoa, file: a.csv, code: code}

    """

  private func problems(_ text: String) -> [String] {
    do {
      _ = try OpenDataPack(text: text, file: "pack.yaml")
      return []
    } catch let error as Problems {
      return error.all.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  @Test("A pack without errors is read")
  func valid() throws {
    let pack = try OpenDataPack(
      text: head + """
        measures:
          - file: a.csv
            kind: lsoa
            code: code
            period: "2021"
            source: s
            measures:
              people: {title: People, count: n}
              share: {title: Share, proportion: {numerator: [a, b], denominator: n}}
        """, file: "pack.yaml")
    #expect(pack.measures[0].measures.map(\.id) == ["people", "share"])
    #expect(pack.measures[0].measures[1].unit == "%")
    #expect(pack.files == ["a.csv"])
  }

  @Test("An unknown key is an error at its line and column, with the nearest key")
  func unknownKey() {
    let found = problems(head.replacingOccurrences(of: "title: Test", with: "titel: Test"))
    #expect(found.contains("pack.yaml:3:1: 'titel' is not a key here. Did you mean 'title'?"))
    #expect(found.contains { $0.contains("The key 'title' is missing here.") })
  }

  @Test("A character that a terminal would obey is an error at its line")
  func controlCharacters() {
    let found = problems(
      head.replacingOccurrences(of: "title: Test", with: #"title: "Te\e[31mst""#))
    #expect(
      found.contains(
        "pack.yaml:3:8: The text has the character U+1B, which no page can show. Take it out."),
      "\(found)")
  }

  @Test("A reference to nothing names what there is")
  func references() {
    let found = problems(head.replacingOccurrences(of: "kind: lsoa,", with: "kind: lsao,"))
    #expect(
      found == ["pack.yaml:9:12: There is no kind 'lsao' in this pack. Did you mean 'lsoa'?"])
  }

  @Test("A value of the wrong type says what was expected")
  func types() {
    let found = problems(head.replacingOccurrences(of: "version: 1", with: "version: one"))
    #expect(found == ["pack.yaml:2:10: Expected a whole number."])
  }

  @Test("A choice lists the choices, with the nearest")
  func choices() {
    let found = problems(head.replacingOccurrences(of: "nature: area", with: "nature: aera"))
    #expect(found.first?.contains("'aera' is not one of area, organisation.") == true)
    #expect(found.first?.contains("Did you mean 'area'?") == true)
  }

  @Test("A measure with no method, two methods or an id used twice is an error")
  func methods() {
    let table = """
      measures:
        - file: a.csv
          kind: lsoa
          code: code
          period: "2021"
          source: s
          measures:

      """
    #expect(
      problems(head + table + "      a: {title: A}\n").first?.contains("'a' has none") == true)
    #expect(
      problems(head + table + "      a: {title: A, count: x, rank: y}\n").first?
        .contains("'a' has count and rank") == true)
    let twice =
      head + table + "      a: {title: A, count: x}\n"
      + table.replacingOccurrences(of: "measures:\n  -", with: "  -")
      + "      a: {title: A, count: x}\n"
    #expect(problems(twice).first?.contains("already defined on line") == true)
  }

  @Test("A key that stands twice, and text that is no YAML, are errors with a line")
  func yaml() {
    #expect(problems("pack: a\npack: b\n").first?.contains("stands twice") == true)
    let broken = problems("pack: [a\nversion: 1\n")
    #expect(broken.first?.hasPrefix("pack.yaml:") == true)
    #expect(broken.first?.contains("not valid YAML") == true)
    #expect(problems("").first?.contains("empty") == true)
  }

  @Test("Every error of a file is told at once")
  func all() {
    let text = head.replacingOccurrences(of: "version: 1", with: "version: x\ncolour: red")
    #expect(problems(text).count == 2)
  }

  @Test(
    "The nearest name is near",
    arguments: [
      ("populaton", "population"), ("tittle", "title"), ("measure", "measures"), ("xyz", nil),
    ])
  func nearest(name: String, expected: String?) {
    #expect(
      nearestName(to: name, among: ["population", "title", "measures", "source"]) == expected)
  }
}

@Suite("kith.yaml is checked")
struct PlaceFileTests {
  private func place(_ content: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-place-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try content.write(
      to: folder.appendingPathComponent("kith.yaml"), atomically: true, encoding: .utf8)
    return folder
  }

  private let text = """
    place:
      name: "Here"
      area: {kind: lad24, code: E06000008}
    open_data:
      folder: data
    engine:
      memory_limit: 500MB
      threads: 2
    """

  @Test("A good file is read, and relative folders start at the place")
  func good() throws {
    let folder = try place(text)
    let file = try PlaceFile(inPlace: folder)
    #expect(file.name == "Here")
    #expect(file.area.code == "E06000008")
    #expect(file.openData.folder.path == folder.path + "/data")
    #expect(file.openData.pack == nil)
    #expect(file.engine.threads == 2)
  }

  @Test(
    "What is wrong is told with line and column",
    arguments: [
      ("threads: 2", "threads: none", "8:12: Expected a whole number."),
      ("threads: 2", "threads: 0", "8:12: 0 is not above 0."),
      ("500MB", "lots", "7:17: 'lots' is not a size of memory."),
      ("folder: data", "foldr: data", "5:3: 'foldr' is not a key here. Did you mean 'folder'?"),
      ("code: E06000008", "cod: E06000008", "Did you mean 'code'?"),
    ])
  func wrong(from: String, to: String, expected: String) throws {
    let folder = try place(text.replacingOccurrences(of: from, with: to))
    let error = #expect(throws: Problems.self) { try PlaceFile(inPlace: folder) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test("A folder without kith.yaml is no place, and the error says how to make one")
  func missing() throws {
    let error = #expect(throws: Problem.self) {
      try PlaceFile(inPlace: FileManager.default.temporaryDirectory.appendingPathComponent("none"))
    }
    #expect(error?.description.contains("kith new") == true)
  }
}

@Suite("Text files know their lines")
struct TextFileTests {
  private func file(_ bytes: [UInt8]) throws -> TextFile {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-text-\(UUID().uuidString).csv")
    try Data(bytes).write(to: url)
    return try TextFile(reading: url)
  }

  @Test("A byte that is no UTF-8 is told with its line and what to do")
  func latin1() throws {
    let file = try file(Array("code,name\nE1,a\nE2,caf".utf8) + [0xE9] + Array("\n".utf8))
    let problem = #expect(throws: Problem.self) { try file.requireUTF8() }
    #expect(problem?.line == 3)
    #expect(problem?.description.contains("latin-1") == true)
  }

  @Test(
    "Good UTF-8 of every length passes; overlong, cut and surrogate sequences do not",
    arguments: [
      ([0x41, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80], true), ([0xC0, 0xAF], false),
      ([0xE2, 0x82], false), ([0xED, 0xA0, 0x80], false), ([0xF5, 0x80, 0x80, 0x80], false),
      ([0x80], false),
    ] as [([UInt8], Bool)])
  func utf8(bytes: [UInt8], isValid: Bool) throws {
    let file = try file(bytes)
    if isValid {
      try file.requireUTF8()
    } else {
      #expect(throws: Problem.self) { try file.requireUTF8() }
    }
  }

  @Test("Records that hold line breaks are found at the line they begin on")
  func records() throws {
    let file = try file(Array("code,name\r\nE1,\"a\r\nb\"\r\nE2,c\r\n\r\nE3,d\r\n".utf8))
    #expect(file.lineOfCSVRecord(0) == 1)
    #expect(file.lineOfCSVRecord(1) == 2)
    #expect(file.lineOfCSVRecord(2) == 4)
    #expect(file.lineOfCSVRecord(3) == 6)
  }

  @Test("A header with a byte-order mark, quotes and CRLF is read")
  func header() throws {
    let file = try file([0xEF, 0xBB, 0xBF] + Array("\"code\",\"a, b\",c\r\n1,2,3\r\n".utf8))
    #expect(try file.csvHeader() == ["code", "a, b", "c"])
  }

  @Test("A file that is missing or blank is an error")
  func blank() throws {
    #expect(throws: Problem.self) { try file(Array(" \r\n".utf8)) }
    #expect(throws: Problem.self) {
      try TextFile(reading: URL(fileURLWithPath: "/no/such/file.csv"))
    }
  }
}
