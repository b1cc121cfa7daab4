import Definitions
import Foundation
import NIOCore

/// The style sheets and scripts that pages link to, held in memory.
///
/// The NHS.UK style sheet and htmx are fetched by `make setup`; Kith's own sheet is in the module.
struct Assets: Sendable {
  struct Asset: Sendable {
    let bytes: ByteBuffer
    let type: String
  }

  private let assets: [String: Asset]

  init() throws {
    var assets: [String: Asset] = [:]
    let fetched = try Self.fetchedFolder()
    for (name, type) in [
      ("nhsuk.css", "text/css; charset=utf-8"), ("htmx.js", "text/javascript; charset=utf-8"),
    ] {
      let data = try Data(contentsOf: fetched.appendingPathComponent(name))
      assets[name] = Asset(bytes: ByteBuffer(bytes: data), type: type)
    }
    let styles = try ShippedFiles.url("Styles/kith.css", of: "Site")
    assets["kith.css"] = Asset(
      bytes: ByteBuffer(bytes: try Data(contentsOf: styles)), type: "text/css; charset=utf-8")
    self.assets = assets
  }

  subscript(name: String) -> Asset? { assets[name] }

  /// `KITH_ASSETS`, else `.assets` beside the program, above it, or in the current folder.
  private static func fetchedFolder() throws -> URL {
    var candidates: [URL] = []
    if let path = ProcessInfo.processInfo.environment["KITH_ASSETS"] {
      candidates.append(URL(fileURLWithPath: path))
    } else {
      var folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
      for _ in 0..<5 {
        if let here = folder { candidates.append(here.appendingPathComponent(".assets")) }
        folder = folder?.deletingLastPathComponent()
      }
      candidates.append(
        URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
          .appendingPathComponent(".assets"))
    }
    for folder in candidates
    where FileManager.default.fileExists(atPath: folder.appendingPathComponent("nhsuk.css").path) {
      return folder
    }
    let places = candidates.map { "\n    \($0.path)" }.joined()
    throw SiteError(
      "The style sheets of the pages were not found. Looked in:\(places)\n ",
      hint: "Run `make setup` in Kith's folder, or set KITH_ASSETS to their folder.")
  }
}
