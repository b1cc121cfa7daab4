import GRDB

extension Partnership {
  /// The places of the records that a query asks for, those in a cell of a grid together.
  ///
  /// - Parameters:
  ///   - box: south-west and north-east corner of what is shown.
  ///   - cells: how many cells the grid has across.
  public func spots(
    _ query: RecordQuery, from southWest: Position, to northEast: Position, cells: Int,
    for actor: Actor
  ) throws -> [RecordSpot] {
    let selection = Selection(query, actor)
    let step = max(1e-9, (northEast.longitude - southWest.longitude) / Double(cells))
    // A degree of latitude is longer; cells should look square.
    let rise = step * 0.6
    return try read { db in
      try Row.fetchAll(
        db,
        sql: """
          select count(*) as n, avg(p.latitude) as latitude, avg(p.longitude) as longitude,
            min(r.title || char(31) || r.number) as first, max(r.kind) as kind, max(p.is_rough) as is_rough
          from (select r.number, r.title, r.kind \(selection.from)) r join place p on p.record = r.number
          where p.latitude between ? and ? and p.longitude between ? and ?
          group by cast((p.longitude - ?) / ? as integer), cast((p.latitude - ?) / ? as integer)
          """,
        arguments: selection.arguments + [
          southWest.latitude, northEast.latitude, southWest.longitude, northEast.longitude,
          southWest.longitude, step, southWest.latitude, rise,
        ]
      ).map { row in
        let first = (row["first"] as String).split(
          separator: "\u{1F}", omittingEmptySubsequences: false)
        return RecordSpot(
          position: Position(
            latitude: row["latitude"], longitude: row["longitude"], isRough: row["is_rough"]),
          count: row["n"],
          record: RecordNumber(first.last.map(String.init) ?? "") ?? RecordNumber(0),
          title: first.first.map(String.init) ?? "", kind: row["kind"])
      }
    }
  }

  /// How many of the records that a query asks for have no place on a map.
  public func withoutPlace(_ query: RecordQuery, for actor: Actor) throws -> Int {
    let selection = Selection(query, actor)
    return try read { db in
      try Int.fetchOne(
        db,
        sql: """
          select count(*) from (select r.number \(selection.from)) r
          where not exists (select 1 from place p where p.record = r.number and p.latitude is not null)
          """, arguments: selection.arguments) ?? 0
    }
  }
}
