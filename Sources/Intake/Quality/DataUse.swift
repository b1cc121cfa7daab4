import Definitions
public import Foundation

/// A cohort or indicator that reads landed fields, and how good it needs them to be.
public struct DataUse: Sendable {
  public enum Kind: String, CaseIterable, Sendable { case indicator, cohort }

  public let id: String
  public let title: String
  public let kind: Kind
  public let owner: String
  public let reads: [Reading]

  /// What the use reads of one table.
  public struct Reading: Sendable {
    /// The mapping of the sources that it reads, and the table.
    public let mapping: String
    public let table: String
    public let fields: [Need]
    /// The largest share of new records that should have come in an earlier delivery; nil for any.
    public let late: Double?
    /// The smallest ratio of people in the source to residents; nil for any.
    public let coverage: Double?
  }

  /// How good a field has to be.
  public struct Need: Sendable {
    /// What the field lands as.
    public let field: String
    /// The smallest share of records with a value, and of values that pass their checks.
    public let completeness: Double
    public let validity: Double
    /// The largest difference in completeness between groups; nil for any.
    public let gap: Double?
    /// Why the use needs the field, in plain English.
    public let why: String
  }

  /// The uses that ship, with those of a place over and beside them.
  ///
  /// - Throws: ``Definitions/Problems`` for what is wrong in a file.
  public static func all(definitions: URL?) throws -> [DataUse] {
    var uses: [DataUse] = []
    var texts = [try MappingCatalogue.resource("uses.yaml")]
    if let own = definitions?.appendingPathComponent("uses.yaml"),
      try FileManager.default.isThere(own)
    {
      texts.append((try TextFile(reading: own).text(), own.path))
    }
    for (text, path) in texts {
      let diagnostics = Diagnostics()
      if let root = YAMLValue.parse(text, file: path, diagnostics: diagnostics),
        let list = root.section(["uses"])?.required("uses")
      {
        for (id, value) in list.entries() {
          guard let use = DataUse(id: id, reading: value) else { continue }
          if let place = uses.firstIndex(where: { $0.id == id }) {
            uses[place] = use
          } else {
            uses.append(use)
          }
        }
      }
      try diagnostics.throwIfAny()
    }
    return uses
  }

  private init?(id: String, reading value: YAMLValue) {
    guard let section = value.section(["title", "kind", "owner", "reads"]),
      let title = section.required("title")?.name(),
      let kind = section.required("kind")?.choice(Kind.self),
      let owner = section.required("owner")?.name(), let reads = section.required("reads")
    else { return nil }
    self.id = id
    self.title = title
    self.kind = kind
    self.owner = owner
    self.reads = reads.items().compactMap { Reading(reading: $0) }
  }
}

extension DataUse.Reading {
  fileprivate init?(reading value: YAMLValue) {
    guard let section = value.section(["mapping", "table", "fields", "late", "coverage"]),
      let mapping = section.required("mapping")?.name(),
      let table = section.required("table")?.name(), let fields = section.required("fields")
    else { return nil }
    self.mapping = mapping
    self.table = table
    self.fields = fields.entries().compactMap { DataUse.Need(field: $0.key, reading: $0.value) }
    late = section["late"]?.share()
    coverage = section["coverage"]?.share()
  }
}

extension DataUse.Need {
  fileprivate init?(field: String, reading value: YAMLValue) {
    guard let section = value.section(["completeness", "validity", "gap", "why"]),
      let completeness = section.required("completeness")?.share(),
      let why = section.required("why")?.name()
    else { return nil }
    self.field = field
    self.completeness = completeness
    validity = section["validity"]?.share() ?? 0.98
    gap = section["gap"]?.share()
    self.why = why
  }
}

extension YAMLValue {
  /// A number from 0 to 1.
  fileprivate func share() -> Double? {
    guard let number = number() else { return nil }
    guard (0...1).contains(number) else {
      report("\(number) is not a share.", hint: "Write 0.95 for 95 percent.")
      return nil
    }
    return number
  }
}
