import Foundation
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
    // A file that is not a feed of version 3 is an error (1); a feed without a service has nothing to check (2).
    let isFeed = feed.contains("contents") || feed == "[]"
    #expect(result.code == (isFeed ? 2 : 1), "\(result.errors)")
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
}
