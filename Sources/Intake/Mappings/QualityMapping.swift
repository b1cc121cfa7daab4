import Definitions

/// What a file's columns say that its quality is measured by: when, about whom, and what they point at.
public struct QualityMapping: Sendable {
  /// The landed column that says when what is recorded happened.
  public var date: String?
  /// Whether the records are a register: one a person, of everybody who lives in the place.
  public var isRegister = false
  /// What columns say about the person.
  public var about: [PersonField: String] = [:]
  /// Where the person is described, if not here: a table of the source, and the column that has the
  /// same pseudonym in both.
  public var via: (table: String, column: String)?
  /// Columns that point at records of tables of the source.
  public var references: [Reference] = []

  /// A column that points at another table's.
  public struct Reference: Hashable, Sendable {
    public let column: String
    public let table: String
    public let target: String
  }

  init() {}

  /// - Parameter columns: the names of what lands.
  init(reading value: YAMLValue, columns: Set<String>) {
    guard
      let section = value.section(["date", "register", "about", "via", "references"])
    else { return }
    func known(_ value: YAMLValue) -> String? {
      guard let name = value.name() else { return nil }
      guard columns.contains(name) else {
        value.report(
          "No column lands as '\(name)'.",
          hint: nearestName(to: name, among: Array(columns)).map { "Did you mean '\($0)'?" })
        return nil
      }
      return name
    }
    date = section["date"].flatMap(known)
    isRegister = section["register"]?.flag() ?? false
    for (name, value) in section["about"]?.entries() ?? [] {
      guard let field = PersonField(rawValue: name) else {
        let names = PersonField.allCases.map(\.rawValue)
        value.report(
          "'\(name)' is nothing that sources are compared by.",
          hint: "There are: \(names.joined(separator: ", ")).")
        continue
      }
      about[field] = known(value)
    }
    if let link = section["via"]?.section(["table", "by"]),
      let table = link.required("table")?.name(), let column = link.required("by").flatMap(known)
    {
      via = (table, column)
    }
    references = (section["references"]?.entries() ?? []).compactMap { name, value in
      let parts = (value.name() ?? "").split(separator: ".").map(String.init)
      guard columns.contains(name), parts.count == 2 else {
        value.report(
          "A reference is a landed column and what it points at, as table.column.",
          hint: "Such as {patient_id: patient.patient_id}.")
        return nil
      }
      return Reference(column: name, table: parts[0], target: parts[1])
    }
  }
}

/// What records of several sources say about a person, so that they can be grouped and compared.
public enum PersonField: String, CaseIterable, Sendable {
  /// The pseudonym that is the same in all sources: of the NHS number.
  case person
  case sex
  case birthYear = "birth_year"
  case ethnicGroup = "ethnic_group"
  /// LSOA of 2021.
  case smallArea = "small_area"
  case practice
  /// The day of death.
  case death
  /// Whether the person is still one of those whom the source keeps.
  case active
}
