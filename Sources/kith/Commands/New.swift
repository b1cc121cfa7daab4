import ArgumentParser
import Definitions
import Engine
import Foundation
import Intake
import Places

struct New: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a place folder from a folder of open data.",
    discussion: """
      Finds the area by its name or code, and writes a commented kith.yaml. The data stays where it \
      is. Examples:

        kith new my-place --open-data ../data/england --area "Lancashire and South Cumbria"
        kith new blackpool --open-data ../data/england --area E06000009
      """)

  @Argument(help: "The folder to make.", completion: .directory)
  var folder: String

  @Option(help: "The folder of open-data files.", completion: .directory)
  var openData: String

  @Option(help: "The name or code of the area that the place is.")
  var area: String

  @Option(help: "The kind of that area, where several have the name, such as lad24.")
  var kind: String?

  @Option(help: "The pack that describes the files; found by their names if left out.")
  var pack: String?

  @Option(help: "What the place is called; the name of the area if left out.")
  var name: String?

  func run() async throws {
    let data = URL(fileURLWithPath: openData).standardizedFileURL
    let pack = try pack ?? PackCatalogue.recognise(data)
    let description = try PackCatalogue.pack(id: pack, folder: data)
    let kind = kind
    let area = area
    let engine = try Engine.duckDB(connections: 1)
    let found = try await engine.withConnection { connection in
      try AreaFinder(pack: description, folder: data, connection: connection).find(area, kind: kind)
    }
    let place = NewPlace(
      folder: URL(fileURLWithPath: folder), name: name ?? found.name.shortAreaName,
      kind: found.kind, code: found.code, pack: pack, openData: data)
    try place.write()
    print("Made \(place.folder.path) for \(found.name) (\(found.kindTitle), \(found.code)).")
    print("Next: kith run \(folder)")
  }
}

extension String {
  /// The name without what official names add around it.
  var shortAreaName: String {
    var name = self
    if name.hasPrefix("NHS ") { name.removeFirst(4) }
    for suffix in [" Integrated Care Board", " ICB"] where name.hasSuffix(suffix) {
      name.removeLast(suffix.count)
    }
    return name
  }
}
