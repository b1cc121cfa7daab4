import GRDB

extension Partnership {
  /// The places of the records that a query asks for, those in a cell of a grid together.
  public struct Spots: Sendable {
    public let spots: [RecordSpot]
    /// How many of the records have no place on a map.
    public let withoutPlace: Int
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
      return Spots(
        spots: index.spots(set, from: southWest, to: northEast, cells: cells),
        withoutPlace: set.filter { ordinal in
          !index.entries[ordinal].places.contains { $0.position != nil }
        }.count)
    }
  }
}
