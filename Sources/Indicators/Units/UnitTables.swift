import Columns
import Definitions
import Engine

/// Makes the tables of areas and organisations, and how they lie in one another, from the files of
/// a pack that have been landed.
struct UnitTables {
  let pack: OpenDataPack
  let place: PlaceFile.AreaReference
  let placeFile: String
  let connection: Connection
  let dialect = Dialect(.duckdb)

  /// Makes `unit`, `edge`, `overlap`, `boundary` and `point`.
  ///
  /// - Throws: ``Definitions/Problem`` where the place itself is not among the units.
  func make() throws {
    try makeUnits()
    try makeEdges()
    try requirePlace()
    try makeShares()
    try makeOverlaps()
    try makeBoundaries()
    try makePoints()
  }

  // MARK: Units

  private func makeUnits() throws {
    var selects = pack.units.map(select)
    if let whole = pack.whole {
      selects.append(
        """
        select \(dialect.literal(whole.kind)) as kind, \(dialect.literal(whole.code)) as code,
          \(dialect.literal(whole.name)) as name, null as alternative_code,
          null::double as population, null as postcode, null::double as latitude,
          null::double as longitude, null as rural_urban
        """)
    }
    let order = pack.kinds.enumerated().map {
      "when \(dialect.literal($0.element.id)) then \($0.offset)"
    }
    let organisations = pack.kinds.filter { $0.nature == .organisation }.map {
      dialect.literal($0.id)
    }
    try connection.execute(
      """
      create or replace table unit as
      select (row_number() over (order by kind_order, code) - 1)::integer as unit_id, *
      from (
        select kind, case kind \(order.joined(separator: " ")) end as kind_order,
          kind in (\(organisations.isEmpty ? "''" : organisations.joined(separator: ", ")))
            as is_organisation,
          kind = \(dialect.literal(pack.whole?.kind ?? "")) as is_whole,
          code, name, alternative_code, population, postcode, latitude, longitude, rural_urban
        from (\(selects.joined(separator: "\nunion all by name\n")))
      )
      """)
  }

  private func select(_ table: OpenDataPack.UnitTable) -> String {
    func column(_ name: String?, _ type: String) -> String {
      let value = name.map(dialect.identifier) ?? "null::\(type)"
      return table.isRepeated ? "any_value(\(value))" : value
    }
    let code = dialect.identifier(table.code)
    // A population in a table that repeats its units is of its rows, not of the units.
    let population = table.isRepeated ? nil : table.population
    return """
      select \(dialect.literal(table.kind)) as kind, \(code) as code,
        coalesce(\(column(table.name, "varchar")), \(code)) as name,
        \(column(table.alternativeCode, "varchar")) as alternative_code,
        \(column(population, "double")) as population,
        \(column(table.postcode, "varchar")) as postcode,
        \(column(table.latitude, "double")) as latitude,
        \(column(table.longitude, "double")) as longitude,
        \(column(table.ruralUrban, "varchar")) as rural_urban
      from \(dialect.identifier(table.file)) where \(code) is not null
        \(table.only.map { "and \(dialect.condition($0))" } ?? "") \(exceptSetAside(table))
      \(table.isRepeated ? "group by \(code)" : "")
      """
  }

  /// Codes that a measure of the same file sets aside are no units.
  private func exceptSetAside(_ table: OpenDataPack.UnitTable) -> String {
    pack.measures.filter { $0.file == table.file && $0.code == table.code }.compactMap { measures in
      measures.setAside.map {
        "and not regexp_full_match(\(dialect.identifier(table.code)), "
          + "\(dialect.literal($0.pattern)))"
      }
    }.joined(separator: " ")
  }

  // MARK: Edges

  /// `edge` says which units are part of which: counts of the child add into the parent.
  private func makeEdges() throws {
    var selects: [String] = []
    for table in pack.units {
      for parent in table.parents {
        selects.append(
          link(
            file: table.file, child: (table.kind, table.code), parent: (parent.kind, parent.column))
        )
      }
    }
    for table in pack.links {
      if let file = table.file {
        let filter = table.only.map { "where \(dialect.condition($0))" }
        selects.append(
          link(
            file: file, child: (table.child, table.childColumn),
            parent: (table.parent, table.parentColumn), filter: filter ?? ""))
      } else {
        let values = table.pairs.map {
          "(\(dialect.literal($0.child)), \(dialect.literal($0.parent)))"
        }
        selects.append(
          """
          select c.unit_id as child_id, p.unit_id as parent_id
          from (values \(values.joined(separator: ", "))) as pair(child, parent)
          join unit c on c.kind = \(dialect.literal(table.child)) and c.code = pair.child
          join unit p on p.kind = \(dialect.literal(table.parent)) and p.code = pair.parent
          """)
      }
    }
    if let whole = pack.whole {
      // Kinds that the pack has in part do not make up the whole.
      let partial = (pack.kinds.filter(\.isPartial).map(\.id) + [whole.kind]).map(dialect.literal)
        .joined(separator: ", ")
      selects.append(
        """
        select c.unit_id as child_id, p.unit_id as parent_id from unit c, unit p
        where p.kind = \(dialect.literal(whole.kind)) and c.kind not in (\(partial))
        """)
    }
    try connection.execute(
      "create or replace table edge as \(selects.joined(separator: "\nunion\n"))")
  }

  private func link(
    file: String, child: (kind: String, column: String), parent: (kind: String, column: String),
    filter: String = ""
  ) -> String {
    """
    select c.unit_id as child_id, p.unit_id as parent_id
    from (select distinct \(dialect.identifier(child.column)) as child,
      \(dialect.identifier(parent.column)) as parent from \(dialect.identifier(file)) \(filter)) l
    join unit c on c.kind = \(dialect.literal(child.kind)) and c.code = l.child
    join unit p on p.kind = \(dialect.literal(parent.kind)) and p.code = l.parent
    """
  }

  // MARK: The place

  private func requirePlace() throws {
    let found = try connection.query(
      "select unit_id from unit where kind = ? and code = ?",
      [.string(place.kind), .string(place.code)])
    guard found.rowCount == 1 else {
      throw Problem(
        file: placeFile, line: place.line,
        "The place \(place.kind) \(place.code) is not in the open data.",
        hint: "Make the place again with `kith new`, which finds areas by name.")
    }
  }

  /// Adds to each unit the number of its parts, how many of them lie in the place, and the
  /// residents of units that had no number of their own.
  private func makeShares() throws {
    try connection.execute(
      """
      create or replace table unit as
      with place as (select unit_id from unit where kind = ? and code = ?),
      inside as (
        select child_id as unit_id from edge where parent_id in (from place)
        union from place
        -- What those are made of in turn: areas of an older vintage, former districts.
        union
        select e.child_id from edge e join edge p on p.child_id = e.parent_id
        where p.parent_id in (from place)
        union
        -- An organisation that belongs to no area is in the place when its surgery is.
        select u.unit_id from unit u \(surgeries)
      ), parts as (
        select e.parent_id as unit_id, count(*) as parts,
          count(i.unit_id) as parts_in_place, sum(c.population) as population
        from edge e join unit c on c.unit_id = e.child_id join unit p on p.unit_id = e.parent_id
        left join inside i on i.unit_id = e.child_id
        -- Small areas for areas, practices for organisations that are no areas.
        where c.kind in (\(leafKinds)) and (not c.is_organisation or p.is_organisation)
        group by e.parent_id
      )
      select u.* replace (coalesce(u.population, p.population) as population),
        coalesce(p.parts, 0)::integer as parts,
        coalesce(p.parts_in_place, 0)::integer as parts_in_place,
        i.unit_id is not null or coalesce(p.parts_in_place, 0) > 0 as in_place,
        u.unit_id in (from place) as is_place
      from unit u left join parts p using (unit_id) left join inside i using (unit_id)
      order by unit_id
      """, [.string(place.kind), .string(place.code)])
  }

  private var surgeries: String {
    guard let points = pack.points.first else { return "where false" }
    return """
      join \(dialect.identifier(points.file)) s on s.\(dialect.identifier(points.id)) = u.code
      join unit a on a.kind = \(dialect.literal(points.area.kind))
        and a.code = s.\(dialect.identifier(points.area.column))
      join edge e on e.child_id = a.unit_id and e.parent_id in (from place)
      where u.is_organisation
      """
  }

  /// Kinds that say what they are part of: the smallest ones, from which others are made.
  private var leafKinds: String {
    let kinds = pack.units.filter { !$0.parents.isEmpty }.map { dialect.literal($0.kind) }
    return kinds.isEmpty ? "''" : kinds.joined(separator: ", ")
  }

  /// `overlap` says how many small areas two larger ones have in common: an ICB, for one, is not
  /// made of whole districts.
  private func makeOverlaps() throws {
    let whole = pack.whole.map { "where p.kind <> \(dialect.literal($0.kind))" } ?? ""
    try connection.execute(
      """
      create or replace table overlap as
      with part as (
        select e.child_id, e.parent_id from edge e
        join unit c on c.unit_id = e.child_id and c.kind in (\(leafKinds))
        join unit p on p.unit_id = e.parent_id
          and (not c.is_organisation or p.is_organisation) \(whole)
      )
      select a.parent_id as unit_id, b.parent_id as other_id, count(*)::integer as parts
      from part a join part b on a.child_id = b.child_id and a.parent_id <> b.parent_id
      group by all order by all
      """)
  }

  // MARK: Outlines and points

  private func makeBoundaries() throws {
    let selects = pack.boundaries.map { boundary in
      let aside =
        boundary.setAside.map {
          "where not regexp_full_match(b.code, \(dialect.literal($0.pattern)))"
        } ?? ""
      return """
        select u.unit_id, b.part, b.ring, b.x, b.y, \(dialect.literal(boundary.source)) as source
        from \(dialect.identifier(boundary.file)) b
        join unit u on u.kind = \(dialect.literal(boundary.kind)) and u.code = b.code \(aside)
        """
    }
    let none = """
      select null::integer as unit_id, null::integer as part, null::integer as ring,
        []::double[] as x, []::double[] as y, null::varchar as source where false
      """
    try connection.execute(
      """
      create or replace table boundary as
      select * from (\((selects.isEmpty ? [none] : selects).joined(separator: "\nunion all\n")))
      order by unit_id, part, ring
      """)
  }

  /// When a point was collected, by its type where that says more.
  private func collected(_ table: OpenDataPack.PointTable) -> String {
    guard !table.datesByType.isEmpty else { return dialect.literal(table.date) }
    let cases = table.datesByType.sorted { $0.key < $1.key }.map {
      "when \(dialect.literal($0.key)) then \(dialect.literal($0.value))"
    }
    return "case p.\(dialect.identifier(table.type)) \(cases.joined(separator: " ")) else '' end"
  }

  private func makePoints() throws {
    let selects = pack.points.map { table in
      """
      select p.\(dialect.identifier(table.type)) as type, p.\(dialect.identifier(table.id)) as id,
        p.\(dialect.identifier(table.name)) as name,
        \(table.postcode.map { "p." + dialect.identifier($0) } ?? "null::varchar") as postcode,
        p.\(dialect.identifier(table.latitude)) as latitude,
        p.\(dialect.identifier(table.longitude)) as longitude,
        u.unit_id, \(dialect.literal(table.source)) as source,
        \(collected(table)) as collected
      from \(dialect.identifier(table.file)) p
      left join unit u on u.kind = \(dialect.literal(table.area.kind))
        and u.code = p.\(dialect.identifier(table.area.column))
      """
    }
    let none = """
      select null::varchar as type, null::varchar as id, null::varchar as name,
        null::varchar as postcode, null::double as latitude, null::double as longitude,
        null::integer as unit_id, null::varchar as source, null::varchar as collected where false
      """
    try connection.execute(
      """
      create or replace table point as
      select * from (\((selects.isEmpty ? [none] : selects).joined(separator: "\nunion all\n")))
      order by type, name, id
      """)
  }
}
