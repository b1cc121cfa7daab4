import Engine
package import Foundation
package import Places

/// Works out the figures of every measure: those that the files give, and those of larger areas that follow from them.
package struct FigureStage: Stage {
  package let name = "figures"
  package let needs = ["open-data", "areas"]
  package let tables = [
    "source", "kind", "measure", "measure_group", "measure_dimension", "series", "figure",
  ]

  package init() {}

  package func title(_ run: RunContext) -> String? { "Work out the figures of every area" }

  package func inputs(_ run: RunContext) throws -> [String] { [] }

  package func make(_ run: RunContext, in folder: URL) throws -> Manifest.Accounts {
    let progress = run.progress
    try FigureTables(pack: run.pack, connection: run.connection).make { progress(.step($0)) }
    for table in tables { try run.write(table, "from \(table)", in: folder) }
    return Manifest.Accounts()
  }

  /// How deprived a small area is follows from the figures; linkage and quality are measured by it.
  package func addHelpers(_ run: RunContext) throws {
    guard run.sources != nil else { return }
    try run.connection.execute(Self.smallAreas)
  }

  /// The small areas, with their residents where they are the place's, their fifth of deprivation (1 the most),
  /// and the larger area that they are in: of the kind of which the place has most, up to forty.
  private static let smallAreas = """
    create or replace temp table small_area as
    with parent as (
      select c.code, p.kind, p.code as area
      from edge e join unit c on c.unit_id = e.child_id join unit p on p.unit_id = e.parent_id
      where c.kind in ('lsoa', 'lsoa21') and c.in_place and not p.is_organisation
        and not p.is_whole and not p.is_place),
    kind as (
      select kind from parent group by kind having count(distinct area) between 2 and 40
      order by count(distinct area) desc, kind limit 1)
    select unit.code, ((decile.value + 1)::integer // 2)::integer as quintile,
      case when unit.in_place then unit.population end as residents, parent.area
    from unit left join (
      select unit_id, value from figure join series using (series_id)
      where measure = 'imd_decile' and value is not null
    ) as decile using (unit_id)
    left join (
      select code, min(area) as area from parent where kind in (from kind) group by code
    ) as parent on parent.code = unit.code
    where unit.kind in ('lsoa', 'lsoa21')
    """
}
