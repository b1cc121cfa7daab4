import Definitions
import Foundation
import Partnership
import Population
import Site

/// The partnership of a place, as commands open it.
enum PlacePartnership {
  /// What the open data's surgeries, libraries and hospitals are known by.
  static let pointSource = "open data"

  /// Opens it, with the postcodes of the snapshot in use where there is one.
  static func open(_ store: PlaceStore) async throws -> Partnership {
    try FileManager.default.createDirectory(at: store.root, withIntermediateDirectories: true)
    return try Partnership(
      at: store.partnership, locator: try await SitePostcodes.locator(of: store))
  }

  /// The points of a snapshot as assets.
  static func points(of atlas: Atlas) -> [ImportItem] {
    atlas.points.map { point in
      var fields = Fields()
      fields["name"] = .text(point.name)
      fields["type"] = .text((point.type == "library" ? AssetType.space : .service).rawValue)
      let topics: [Topic] = point.type == "library" ? [.learning, .community, .digital] : []
      fields["topics"] = .texts(topics.map(\.rawValue))
      // A surgery or hospital is of the health and care system whatever it is about.
      if topics.isEmpty { fields["pillars"] = .texts([Pillar.healthAndCare.rawValue]) }
      fields["labels"] = .texts([point.type.replacing("_", with: " ")])
      var place = Fields()
      place["postcode"] = point.postcode.flatMap { Field.postcode($0) }.map { .text($0) }
      if let latitude = point.latitude, let longitude = point.longitude {
        place["latitude"] = .number(latitude)
        place["longitude"] = .number(longitude)
      }
      fields["places"] = .rows([place].filter { !$0.isEmpty })
      return ImportItem(
        kind: .asset, id: "\(point.type) \(point.id)", fields: fields,
        day: point.collected.isEmpty ? nil : point.collected)
    }
  }
}
