import Definitions
import Engine

/// How the codes of different sources say the same: `same-codes.yaml`.
struct SameCodes {
  /// For each field, its groups with the codes that mean them.
  private let groups: [PersonField: [(id: String, codes: [String])]]

  /// - Throws: ``Definitions/Problems`` for what is wrong in the file.
  init() throws {
    let shipped = try MappingCatalogue.resource("same-codes.yaml")
    let diagnostics = Diagnostics()
    var groups: [PersonField: [(id: String, codes: [String])]] = [:]
    if let root = YAMLValue.parse(shipped.text, file: shipped.path, diagnostics: diagnostics) {
      for (name, value) in root.entries() {
        guard let field = PersonField(rawValue: name) else {
          value.report("'\(name)' is nothing that sources are compared by.")
          continue
        }
        groups[field] = value.entries().map { (id: $0.key, codes: $0.value.texts()) }
      }
    }
    try diagnostics.throwIfAny()
    self.groups = groups
  }

  /// The groups of a field.
  func groups(_ field: PersonField) -> [String] { groups[field]?.map(\.id) ?? [] }

  /// SQL for the group that a column's code means; null for none.
  func group(_ field: PersonField, of column: String) -> String {
    guard let groups = groups[field] else { return "\(column)::varchar" }
    let dialect = Dialect(.duckdb)
    let cases = groups.map { group in
      let codes = group.codes.map(dialect.literal).joined(separator: ", ")
      return "when \(column) in (\(codes)) then \(dialect.literal(group.id))"
    }
    return "case \(cases.joined(separator: " ")) end"
  }
}
