import GRDB

extension Partnership {
  /// The places of the records that a query asks for, those in a cell of a grid together.
  public struct Spots: Sendable {
    public let spots: [RecordSpot]
    /// How many of the records have no place on a map.
    public let withoutPlace: Int
    /// How many have places, and none of them in what is shown.
    public let elsewhere: Int
  }

  /// Where the records of a query are.
  ///
  /// - Parameters:
  ///   - southWest: a corner of what is shown, as is `northEast`.
  ///   - cells: how many cells the grid has across.
  public func spots(
    _ query: RecordQuery, from southWest: Position, to northEast: Position, cells: Int,
    for actor: Actor
  ) throws -> Spots {
    try readIndexed { db, index in
      let hits = try Self.hits(SearchWords(query.text), for: actor, db)
      let set = index.select(query, for: actor, hits: hits)
      var (withoutPlace, elsewhere) = (0, 0)
      set.forEach { ordinal in
        let positions = index.entries[ordinal].places.compactMap(\.position)
        let isShown = positions.contains {
          $0.latitude >= southWest.latitude && $0.latitude <= northEast.latitude
            && $0.longitude >= southWest.longitude && $0.longitude <= northEast.longitude
        }
        if positions.isEmpty { withoutPlace += 1 } else if !isShown { elsewhere += 1 }
      }
      return Spots(
        spots: index.spots(set, from: southWest, to: northEast, cells: cells),
        withoutPlace: withoutPlace, elsewhere: elsewhere)
    }
  }

  /// A record with its places and topics, for reckoning who can reach it.
  public struct Site: Sendable {
    public let record: RecordNumber
    public let title: String
    public let topics: [String]
    public let positions: [Position]
    /// Whether people need not go there: it is online, by telephone, or comes to them.
    public let comesToPeople: Bool
  }

  /// All records of a query as sites, but for those that do not run now.
  public func sites(_ query: RecordQuery, for actor: Actor) throws -> [Site] {
    try readIndexed { db, index in
      let hits = try Self.hits(SearchWords(query.text), for: actor, db)
      let circle = actor.circle.rawValue
      var sites: [Site] = []
      index.select(query, for: actor, hits: hits).forEach { ordinal in
        let entry = index.entries[ordinal]
        guard
          !entry.facets.contains(where: {
            $0.name == "status" && RecordKind.notRunning.contains($0.value)
          })
        else { return }
        sites.append(
          Site(
            record: RecordNumber(entry.number), title: entry.title,
            topics: entry.facets.filter { $0.name == "topics" && $0.audience <= circle }
              .map(\.value), positions: entry.places.compactMap(\.position),
            comesToPeople: entry.facets.contains {
              $0.name == "access" && ["online", "home_visits"].contains($0.value)
            }))
      }
      return sites
    }
  }
}
