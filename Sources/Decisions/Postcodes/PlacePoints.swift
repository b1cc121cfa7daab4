import Definitions
public import Indicators
public import Partnership

/// The surgeries, libraries and hospitals of a place's open data, as assets: a place has some on its first day.
public struct PlacePoints {
  /// What they are known by as a source.
  public static let source = "open data"

  public let items: [ImportItem]

  public init(_ atlas: Atlas) {
    items = atlas.points.map { point in
      let topics = Self.topics[point.type] ?? []
      var fields = Fields()
      fields["name"] = .text(point.name)
      fields["type"] = .text(
        (Self.spaces.contains(point.type) ? AssetType.space : .service).rawValue)
      fields["topics"] = .texts(topics.map(\.rawValue))
      if topics.isEmpty {
        // Of the health and care system, whatever it is about.
        fields["pillars"] = .texts([Pillar.healthAndCare.rawValue])
      }
      fields["labels"] = .texts([point.type.replacing("_", with: " ").capitalisedFirst])
      var place = Fields()
      place["postcode"] = point.postcode.flatMap { Field.postcode($0) }.map { .text($0) }
      if let latitude = point.latitude, let longitude = point.longitude {
        place["latitude"] = .number(latitude)
        place["longitude"] = .number(longitude)
      }
      fields["places"] = .rows(place.isEmpty ? [] : [place])
      return ImportItem(
        kind: .asset, id: "\(point.type) \(point.id)", fields: fields,
        // Some packs say in words that it is of no time.
        day: point.collected.contains(where: \.isNumber) ? point.collected : nil)
    }
  }

  /// What points of a type are about, by the types that packs have; those of care are about all of it.
  private static let topics: [String: [Topic]] = [
    "library": [.learning, .community, .digital], "community_centre": [.community, .loneliness],
    "food_bank": [.food, .money], "leisure_centre": [.activity], "park": [.nature, .activity],
  ]
  private static let spaces: Set<String> = [
    "library", "community_centre", "leisure_centre", "park",
  ]

  /// Takes them in where the snapshot is another than the last time.
  package func refresh(in partnership: Partnership, snapshot: String) throws {
    guard try partnership.remark("points") != snapshot else { return }
    _ = try partnership.take(items, from: Self.source, by: .program("Kith"))
    try partnership.setRemark("points", to: snapshot)
  }
}
