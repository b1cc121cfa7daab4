import Engine

/// Measures what takes people rather than records: whether sources agree about them, whether a register
/// has each once, and whether it has as many as live in each small area.
struct PersonQuality {
  private let tables: [LandedTable]
  private let same: SameCodes
  private let connection: Connection
  private let dialect = Dialect(.duckdb)

  init(_ quality: QualityTables) {
    tables = quality.tables.filter { $0.quality.about[.person] != nil }
    same = quality.same
    connection = quality.connection
  }

  /// What two sources can agree about.
  private static let compared: [PersonField] = [
    .sex, .birthYear, .ethnicGroup, .smallArea, .practice,
  ]

  func make() throws {
    for (number, table) in tables.enumerated() { try makePeople(table, number) }
    for (number, table) in tables.enumerated() {
      for (other, second) in tables.enumerated() where other != number {
        try agreement(table, number, second, other)
      }
      if table.quality.isRegister {
        try oneRecord(table, number)
        try coverage(table, number)
      }
    }
  }

  /// Makes the table `people_N` of what a source said last of each person.
  private func makePeople(_ table: LandedTable, _ number: Int) throws {
    let fields = PersonField.allCases.filter { table.quality.about[$0] != nil }
    let rows = table.holding(fields.compactMap { table.quality.about[$0] })
    let person = table.column(.person) ?? ""
    let values = PersonField.allCases.filter { $0 != .person }.map { field -> String in
      guard let column = table.column(field) else { return "null::varchar as \(field.rawValue)" }
      let value = field == .death ? "(\(column)::date)::varchar" : same.group(field, of: column)
      return "any_value(\(value)) as \(field.rawValue)"
    }
    try connection.execute(
      """
      create or replace temp table people_\(number) as
      with r as (\(rows)),
      newest as (
        select \(person) as person, max(\(LandedPart.place)) as place, count(*) as rows
        from r where \(person) is not null group by 1)
      select newest.person, any_value(newest.rows) as rows, \(values.joined(separator: ", "))
      from r join newest on newest.person = r.\(person) and newest.place = \(LandedPart.place)
      group by newest.person
      """)
  }

  private func agreement(
    _ one: LandedTable, _ number: Int, _ two: LandedTable, _ other: Int
  ) throws {
    let shared = Self.compared.filter {
      one.quality.about[$0] != nil && two.quality.about[$0] != nil
    }
    for field in shared {
      try connection.execute(
        """
        insert into quality
        select \(dialect.literal(one.source)), \(dialect.literal(one.name)),
          \(dialect.literal(one.field(of: one.quality.about[field] ?? ""))), '', 'agreement', 'source',
          \(dialect.literal("\(two.source).\(two.name)")),
          count_if(a.\(field.rawValue) = b.\(field.rawValue))::bigint, count(*)::bigint,
          count_if(a.\(field.rawValue) = b.\(field.rawValue)) / nullif(count(*), 0)
        from people_\(number) a join people_\(other) b using (person)
        where a.\(field.rawValue) is not null and b.\(field.rawValue) is not null
        having count(*) > 0
        """)
    }
    // Whom the one says to be dead, the other should not think alive.
    guard let death = one.quality.about[.death], two.quality.about[.death] != nil else { return }
    try connection.execute(
      """
      insert into quality
      select \(dialect.literal(one.source)), \(dialect.literal(one.name)), \(dialect.literal(death)),
        '', 'agreement', 'source', \(dialect.literal("\(two.source).\(two.name)")),
        count(b.death)::bigint, count(*)::bigint, count(b.death) / nullif(count(*), 0)
      from people_\(number) a join people_\(other) b using (person) where a.death is not null
      having count(*) > 0
      """)
  }

  /// How many people have one record among those that hold.
  private func oneRecord(_ table: LandedTable, _ number: Int) throws {
    let person = table.quality.about[.person] ?? ""
    let name = dialect.identifier(person)
    let active = table.quality.about[.active]
    let isActive = active.map {
      "and coalesce(\(dialect.identifier($0))::varchar, 'true') <> 'false'"
    }
    try connection.execute(
      """
      insert into quality
      with holding as (
        select \(name) as person from (\(table.holding([person] + (active.map { [$0] } ?? []))))
        where \(name) is not null \(isActive ?? "")),
      counted as (select person, count(*) as n from holding group by 1)
      select \(dialect.literal(table.source)), \(dialect.literal(table.name)),
        \(dialect.literal(person)), '', 'one_record', '', '',
        count_if(n = 1)::bigint, count(*)::bigint, count_if(n = 1) / nullif(count(*), 0)
      from counted
      """)
  }

  /// The people of a register set against the residents of each small area.
  private func coverage(_ table: LandedTable, _ number: Int) throws {
    guard table.quality.about[.smallArea] != nil else { return }
    let start = """
      select \(dialect.literal(table.source)), \(dialect.literal(table.name)),
        \(dialect.literal(table.field(of: table.quality.about[.smallArea] ?? ""))), '', 'coverage'
      """
    try connection.execute(
      """
      create or replace temp table covered as
      select small_area.code, any_value(residents)::bigint as residents, any_value(quintile) as quintile,
        count(p.person)::bigint as people
      from small_area left join people_\(number) p
        on p.small_area = small_area.code and p.death is null
          and coalesce(p.active, 'true') <> 'false'
      where small_area.residents > 0 group by small_area.code
      """)
    try connection.execute(
      """
      insert into quality
      \(start), 'small_area', code, people, residents, people / residents from covered
      union all
      \(start), 'deprivation', quintile::varchar, sum(people)::bigint, sum(residents)::bigint,
        sum(people) / sum(residents) from covered where quintile is not null group by quintile
      union all
      \(start), '', '', sum(people)::bigint, sum(residents)::bigint,
        sum(people) / nullif(sum(residents), 0) from covered
      """)
  }
}
