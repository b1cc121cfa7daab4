import Definitions
import Engine
package import Foundation
package import Places

/// Places the areas and organisations: which there are, and how they lie in one another.
package struct AreaStage: Stage {
  package let name = "areas"
  package let needs = ["open-data"]
  package let tables = ["area", "organisation", "edge", "overlap", "boundary", "point"]

  package init() {}

  package func title(_ run: RunContext) -> String? { "Place the areas and organisations" }

  package func inputs(_ run: RunContext) throws -> [String] {
    ["\(run.file.area.kind) \(run.file.area.code)"]
  }

  package func make(_ run: RunContext, in folder: URL) throws -> Manifest.Accounts {
    try UnitTables(
      pack: run.pack, place: run.file.area,
      placeFile: run.store.place.appendingPathComponent(PlaceFile.fileName).path,
      connection: run.connection
    ).make()
    try run.write("area", "from unit where not is_organisation", in: folder)
    try run.write("organisation", "from unit where is_organisation", in: folder)
    try run.write("edge", "from edge", in: folder, isSorted: true)
    for table in ["overlap", "boundary", "point"] {
      try run.write(table, "from \(table)", in: folder)
    }
    return Manifest.Accounts()
  }

  package func load(_ run: RunContext, from folder: URL) throws {
    for table in tables { try run.load(table, from: folder) }
    try run.connection.execute(
      "create or replace table unit as from area union all from organisation")
  }
}
