import Foundation
import Places
import Population
import TestPlaces
import Testing

/// `kith assets` run as a person runs it.
@Suite("kith assets")
struct AssetsCommandTests {
  @Test(
    "A feed without a service, or of another version, does not end with 0",
    arguments: [
      #"{"contents": [], "total_items": 0, "total_pages": 0, "page_number": 1, "size": 0}"#, "[]",
      #"{"data": []}"#, #"{"content": [{"id": "a"}]}"#, "[{},]", "<html></html>",
    ])
  func nothing(feed: String) throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = Program(in: folder)
    try program.write("feed.json", feed)
    let result = try program.run(["assets", "check", "feed.json"])
    #expect(result.code == 2, "\(result.errors)")
    // One message, rather than one for every name that is missing.
    #expect(result.errors.split(separator: "\n").count <= 3, "\(result.errors)")
  }

  @Test("An import that takes nothing in ends with 2")
  func emptyImport() async throws {
    let place = try await TestPlaces.ownFictional().place
    defer { try? FileManager.default.removeItem(at: place.deletingLastPathComponent()) }
    let program = Program(in: place)
    try program.write("feed.json", "[]")
    let result = try program.run(["assets", "import", ".", "feed.json", "--name", "A directory"])
    #expect(result.code == 2, "\(result.errors)")
    #expect(result.errors.contains("the feed has no service"))
  }

  private static func page(_ contents: String, _ more: String) -> String {
    #"{"contents": [\#(contents)], "page_number": 1, "size": 1, "first_page": true, "empty": false, \#(more)}"#
  }

  private static let service =
    #"{"id": "6f1f3d66-6f6b-4d8c-9c58-2f0f7b7f8a01", "name": "Walks (made for a test)", "status": "active"}"#

  @Test(
    "A part of a feed is not taken for the whole",
    arguments: [
      #""total_items": 10, "total_pages": 10, "last_page": false"#,
      #""total_items": 10, "total_pages": 1, "last_page": true"#,
      #""total_items": 1, "total_pages": 2, "last_page": true"#,
      #""total_items": 1, "total_pages": 1, "last_page": false"#,
    ])
  func pageOfSeveral(says: String) async throws {
    let place = try await TestPlaces.ownFictional().place
    defer { try? FileManager.default.removeItem(at: place.deletingLastPathComponent()) }
    let program = Program(in: place)
    let other = Self.service.replacingOccurrences(of: "8a01", with: "8a02")
    let whole = #""total_items": 2, "total_pages": 1, "last_page": true"#
    try program.write("whole.json", Self.page("\(Self.service), \(other)", whole))
    let first = try program.run(["assets", "import", ".", "whole.json", "--name", "A directory"])
    #expect(first.code == 0 && first.output.contains("added      2"), "\(first.errors)")
    try program.write("page.json", Self.page(Self.service, says))
    let checked = try program.run(["assets", "check", "page.json"])
    #expect(checked.code == 2 && checked.output.contains("not the whole feed"), "\(checked.output)")
    let result = try program.run(["assets", "import", ".", "page.json", "--name", "A directory"])
    #expect(result.code == 2 && result.output.contains("unchanged  1"), "\(result.output)")
    #expect(result.errors.contains("The feed is not whole"))
    #expect(!result.errors.contains("No longer in the feed"))
  }

  @Test("A service that is there twice, or has no id, makes no part of a feed")
  func wholeWithFaults() async throws {
    let place = try await TestPlaces.ownFictional().place
    defer { try? FileManager.default.removeItem(at: place.deletingLastPathComponent()) }
    let program = Program(in: place)
    let nameless = #"{"name": "No id (made for a test)", "status": "active"}"#
    let whole = #""total_items": 3, "total_pages": 1, "last_page": true"#
    try program.write(
      "feed.json", Self.page("\(Self.service), \(Self.service), \(nameless)", whole))
    let result = try program.run(["assets", "import", ".", "feed.json", "--name", "A directory"])
    #expect(result.code == 0 && result.output.contains("added      1"), "\(result.errors)")
    #expect(!result.errors.contains("not whole"))
  }

  @Test("What cannot be read as services is refused by name, and nothing is taken in")
  func noServices() async throws {
    let place = try await TestPlaces.ownFictional().place
    defer { try? FileManager.default.removeItem(at: place.deletingLastPathComponent()) }
    let program = Program(in: place)
    let organisation =
      #"{"id": "6f1f3d66-6f6b-4d8c-9c58-2f0f7b7f8a03", "name": "Walkers (made for a test)", "description": "Walks", "website": "https://walks.example"}"#
    let whole = #""total_items": 1, "total_pages": 1, "last_page": true"#
    try program.write("organisations.json", Self.page(organisation, whole))
    for command in [["check"], ["import", "."]] {
      let end = command == ["check"] ? [] : ["--name", "A directory"]
      let result = try program.run(["assets"] + command + ["organisations.json"] + end)
      #expect(result.code == 2 && result.errors.contains("something other than services"))
    }
    #expect(mkfifo(place.appendingPathComponent("pipe.json").path, 0o600) == 0)
    let pipe = try program.run(["assets", "check", "pipe.json"])
    #expect(pipe.code == 2 && pipe.errors.contains("no regular file"), "\(pipe.errors)")
    #expect(!pipe.errors.contains("NSCocoa"))
  }
}
