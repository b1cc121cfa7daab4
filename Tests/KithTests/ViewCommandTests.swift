import Foundation
import TestPlaces
import Testing

/// `kith view` run as a person runs it, on good and bad files.
@Suite("kith view")
struct ViewCommandTests {
  private static let view = """
    {"resource":"Patient","select":[{"column":[
      {"name":"id","path":"getResourceKey()","type":"id"},
      {"name":"gender","path":"gender","type":"code"}]}]}
    """
  private static let good = #"{"resourceType":"Patient","id":"a","gender":"female"}"#

  /// Runs `kith view` in `folder`, where the view is `v.json` and the records are `p.ndjson`.
  private func run(
    _ records: String, _ arguments: [String], view: String = view, in folder: URL
  ) throws -> Program.Outcome {
    let program = Program(in: folder)
    try program.write("v.json", view)
    try program.write("p.ndjson", records)
    return try program.run(["view"] + arguments)
  }

  private func text(_ name: String, _ folder: URL) -> String? { Program(in: folder).text(name) }

  @Test("Good records become a file in the form that its name asks for")
  func good() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, expected) in [
      ("o.csv", "id,gender\na,female\n"), ("o.ndjson", #"{"id":"a","gender":"female"}"# + "\n"),
    ] {
      let result = try run(Self.good + "\n", ["v.json", "p.ndjson", "-o", name], in: folder)
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.output == "Wrote 1 rows to \(name). 1 records: 1 read.\n")
      #expect(text(name, folder) == expected)
    }
  }

  @Test("A column without a value in any row is named")
  func emptyColumn() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let misspelt = Self.view.replacing("\"path\":\"gender\"", with: "\"path\":\"gendre\"")
    for (records, view, isSaid) in [
      (Self.good + "\n", misspelt, true), (Self.good + "\n", Self.view, false),
      (#"{"resourceType":"Patient","id":"b"}"# + "\n" + Self.good + "\n", Self.view, false),
    ] {
      let result = try run(records, ["v.json", "p.ndjson", "-o", "o.csv"], view: view, in: folder)
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.errors.contains("No row has a value in 'gender'.") == isSaid)
    }
  }

  @Test("A bad record means no output, a line of the file, and 2")
  func bad() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let records = Self.good + "\n{\"broken\n"
    let result = try run(records, ["v.json", "p.ndjson", "-o", "o.csv"], in: folder)
    #expect(result.code == 2)
    #expect(result.errors.contains("p.ndjson:2: "))
    #expect(!result.errors.contains("broken"))
    #expect(text("o.csv", folder) == nil)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["p.ndjson", "v.json"])
  }

  @Test("With --rejected the rest is written, and the list of bad records")
  func rejected() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let records = "{\"broken\n" + Self.good + "\n"
    let result = try run(
      records, ["v.json", "p.ndjson", "-o", "o.csv", "--rejected", "r.csv"], in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(text("o.csv", folder) == "id,gender\na,female\n")
    let list = try #require(text("r.csv", folder)).split(separator: "\n")
    #expect(list.first == "file,line,rule,field,message")
    #expect(list.count == 2 && list[1].contains(",1,invalid_json,"))
  }

  @Test("A mistake in the view is told where it stands, with 2")
  func badView() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let view = #"{"resource":"Patient","select":[{"column":[{"name":"x","path":"name.frist()"}]}]}"#
    let result = try run(Self.good, ["v.json", "p.ndjson", "-o", "o.csv"], view: view, in: folder)
    #expect(result.code == 2)
    #expect(
      result.errors.contains("v.json: select[0].column[0].path: There is no function 'frist'."))
  }

  @Test("A file that is missing, and a folder that cannot be written, are told by name")
  func unreadable() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let missing = try run(Self.good, ["v.json", "none.ndjson", "-o", "o.csv"], in: folder)
    #expect(missing.code == 2)
    #expect(missing.errors.contains("none.ndjson"))
    let nowhere = try run(Self.good, ["v.json", "p.ndjson", "-o", "no/where/o.csv"], in: folder)
    #expect(nowhere.code == 1)
    #expect(nowhere.errors.contains("no/where"))
  }

  @Test(
    "A view that reads no resource of its type writes nothing, says so, and ends with 2",
    arguments: [
      (#"{"resourceType":"Condition","id":"c"}"#, 2), ("\n", 2), ("", 2),
      (#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Group","id":"g"}}]}"#, 2),
      // An answer of none is an answer.
      (#"{"resourceType":"Bundle","type":"searchset","total":0}"#, 0),
      (#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"a"}}]}"#, 0),
    ] as [(String, Int32)])
  func none(records: String, code: Int32) throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(records, ["v.json", "p.ndjson", "-o", "o.csv"], in: folder)
    #expect(result.code == code, "\(result.errors)")
    #expect((text("o.csv", folder) == nil) == (code == 2))
    if code == 2 { #expect(result.errors.contains("Nothing was written")) }
  }
}
