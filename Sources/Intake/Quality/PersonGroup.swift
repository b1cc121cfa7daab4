import Engine

/// What people are grouped by, to see whether something is as good for everybody.
public enum PersonGroup: String, CaseIterable, Sendable {
  /// The fifth of deprivation of the small area that they live in, 1 for the most deprived.
  case deprivation
  case ethnicGroup = "ethnic_group"
  /// The age when what is known of them was delivered.
  case age
  case sex
  /// The larger area that they live in: a district or a ward, as `small_area` has it.
  case area

  /// SQL for the group that a row is in, null where it is not known; nil where the table never says.
  ///
  /// - Parameters:
  ///   - table: what the columns are of.
  ///   - row: what the table is called in the query, which has `small_area` beside it where the table has one.
  ///   - day: the day of the row's delivery.
  func sql(_ table: LandedTable, row: String, day: String, same: SameCodes) -> String? {
    func column(_ field: PersonField) -> String? { table.column(field).map { "\(row).\($0)" } }
    return switch self {
    case .deprivation: column(.smallArea).map { _ in "small_area.quintile::varchar" }
    case .area: column(.smallArea).map { _ in "small_area.area" }
    case .ethnicGroup: column(.ethnicGroup).map { same.group(.ethnicGroup, of: $0) }
    case .sex: column(.sex).map { same.group(.sex, of: $0) }
    case .age: column(.birthYear).map { Self.age($0, on: day) }
    }
  }

  /// The groups that there are, in the order of their numbers from 1.
  ///
  /// - Parameter areas: the areas of `small_area`, in the order of the alphabet.
  func groups(_ same: SameCodes, areas: [String]) -> [String] {
    switch self {
    case .deprivation: (1...5).map(String.init)
    case .ethnicGroup: same.groups(.ethnicGroup)
    case .sex: same.groups(.sex)
    case .age: ["0–17", "18–39", "40–64", "65–79", "80+"]
    case .area: areas
    }
  }

  /// SQL for the number of the group that a row is in, 0 where it is not known.
  ///
  /// Numbers take little room where there is one for each of millions.
  func number(
    _ table: LandedTable, row: String, day: String, same: SameCodes, groups: [String]
  ) -> String {
    guard let sql = sql(table, row: row, day: day, same: same), !groups.isEmpty else { return "0" }
    let cases = groups.enumerated().map {
      "when \(Dialect(.duckdb).literal($0.element)) then \($0.offset + 1)"
    }
    return "case \(sql) \(cases.joined(separator: " ")) else 0 end"
  }

  private static func age(_ birth: String, on day: String) -> String {
    """
    case when year(\(day)) - \(birth) < 18 then '0–17'
      when year(\(day)) - \(birth) < 40 then '18–39'
      when year(\(day)) - \(birth) < 65 then '40–64'
      when year(\(day)) - \(birth) < 80 then '65–79'
      when \(birth) is not null then '80+' end
    """
  }
}
