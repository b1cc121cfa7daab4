import Columns
import Definitions

extension SourceMapping {
  /// Reads a mapping.
  ///
  /// - Throws: ``Definitions/Problems`` with every error in the text.
  public init(yaml text: String, path: String) throws {
    let diagnostics = Diagnostics()
    let root = YAMLValue.parse(text, file: path, diagnostics: diagnostics)
    let parsed = root.flatMap { Self(reading: $0) }
    try diagnostics.throwIfAny()
    guard let parsed else { throw Problem(file: path, "The mapping cannot be read.") }
    self = parsed
  }

  private init?(reading root: YAMLValue) {
    guard
      let section = root.section([
        "mapping", "version", "title", "description", "source", "owner", "nulls", "files",
      ])
    else { return nil }
    // Each before any is looked at, so that all that is wrong is told at once.
    let id = section.required("mapping")?.name()
    let version = section.required("version")?.integer()
    let title = section.required("title")?.name()
    let source = section.required("source")?.name()
    let owner = section.required("owner")?.name()
    let nulls = Set(section["nulls"]?.texts() ?? []).union([""])
    let files = (section.required("files")?.items() ?? []).compactMap {
      FileMapping(reading: $0, nulls: nulls)
    }
    guard let id, let version, let title, let source, let owner, !files.isEmpty else { return nil }
    self.id = id
    self.version = version
    self.title = title
    description = section["description"]?.text()
    self.source = source
    self.owner = owner
    self.files = files
  }
}

extension FileMapping {
  fileprivate init?(reading value: YAMLValue, nulls: Set<String>) {
    guard
      let section = value.section([
        "name", "table", "format", "separator", "view", "whole", "optional", "key", "deletion",
        "columns", "orders", "quality", "identity",
      ])
    else { return nil }
    let given = (
      name: section.required("name")?.name(), table: section.required("table")?.name(),
      format: Format(reading: section)
    )
    guard let name = given.name, let table = given.table, let format = given.format else {
      return nil
    }
    self.name = name
    self.table = table
    self.format = format
    isWhole = section["whole"]?.flag() ?? false
    isOptional = section["optional"]?.flag() ?? false
    deletion = section["deletion"].flatMap { Deletion(reading: $0) }
    if format == .fhirDeletions {
      (key, columns, orders, quality, identity) = ([], [], [], QualityMapping(), nil)
      return
    }
    let keys = section.required("key")?.texts()
    guard let list = section.required("columns"), let key = keys else { return nil }
    let columns = list.entries().compactMap { name, value in
      ColumnMapping(name: name, reading: value, nulls: nulls)
    }
    self.columns = columns
    self.key = key
    let names = Set(columns.map(\.landed))
    for name in key where !names.contains(name) {
      section["key"]?.report("The key '\(name)' is not among the columns.")
    }
    var seen = RecordLander.reserved
    for (column, entry) in zip(columns, list.entries()) {
      for name in Set([column.landed] + column.landedFields.map(\.name))
      where !seen.insert(name).inserted {
        entry.value.report(
          RecordLander.reserved.contains(name)
            ? "'\(name)' is a column of Kith's own." : "A column lands as '\(name)' already.")
      }
    }
    let landed = Set(columns.flatMap(\.landedFields).map(\.name))
    quality =
      section["quality"].map { QualityMapping(reading: $0, columns: landed) } ?? QualityMapping()
    let sealed = columns.filter { $0.handling == .vault || $0.handling == .hash }
    identity = section["identity"].flatMap {
      IdentityMapping(reading: $0, known: landed.union(sealed.map(\.landed)))
    }
    orders = (section["orders"]?.items() ?? []).compactMap { item in
      let pair = item.texts()
      guard pair.count == 2, pair.allSatisfy({ names.contains($0) }) else {
        item.report(
          "An order names two date columns as they land, the earlier first.",
          hint: "Such as [start_date, end_date].")
        return nil
      }
      return DateOrder(earlier: pair[0], later: pair[1])
    }
  }
}

extension FileMapping.Format {
  fileprivate enum Name: String, CaseIterable {
    case csv, parquet, fhir
    case fhirDeletions = "fhir_deletions"
  }

  fileprivate init?(reading section: YAMLSection) {
    guard let name = section.required("format")?.choice(Name.self) else { return nil }
    switch name {
    case .csv:
      let text = section["separator"]?.text(allowsControls: true) ?? ","
      guard text.utf8.count == 1, let separator = text.utf8.first else {
        section["separator"]?.report("A separator is one letter.", hint: "Such as \",\" or \"|\".")
        return nil
      }
      self = .csv(separator: separator)
    case .parquet: self = .parquet
    case .fhir:
      guard let view = section.required("view")?.name() else { return nil }
      self = .fhir(view: view)
    case .fhirDeletions: self = .fhirDeletions
    }
  }
}

extension FileMapping.Deletion {
  fileprivate init?(reading value: YAMLValue) {
    guard let section = value.section(["column", "values"]),
      let column = section.required("column")?.name(),
      let values = section.required("values")?.texts()
    else { return nil }
    self.column = column
    self.values = Set(values)
  }
}

extension ColumnMapping {
  private enum Handling: String, CaseIterable {
    case land, hash, reference, vault, drop
    case freeText = "free_text"

    var handling: FieldHandling {
      switch self {
      case .land: .land
      case .hash: .hash
      case .reference: .reference
      case .vault: .vault
      case .drop: .drop
      case .freeText: .freeText
      }
    }
  }

  fileprivate init?(name: String, reading value: YAMLValue, nulls: Set<String>) {
    guard
      let section = value.section([
        "to", "type", "keep", "required", "nulls", "format", "values", "shapes", "range", "unit",
        "area", "unknown",
      ])
    else { return nil }
    let type = section["type"]?.choice(FieldType.self) ?? .text
    self.name = name
    self.type = type
    landed = section["to"]?.name() ?? name.asColumnName
    handling = section["keep"]?.choice(Handling.self)?.handling ?? .land
    isRequired = section["required"]?.flag() ?? false
    self.nulls = nulls.union(section["nulls"]?.texts() ?? [])
    unit = section["unit"]?.name()
    area = section["area"]?.name()
    if area != nil, type != .postcode || handling != .vault {
      section["area"]?.report(
        "Only a postcode that is kept in the vault has a small area to land.",
        hint: "Write {type: postcode, keep: vault, area: lsoa21}.")
    }
    shapes = (section["shapes"]?.texts() ?? []).map { CodeShape($0) }
    values = section["values"].map { list in
      list.isSection
        ? Dictionary(
          list.entries().map { ($0.key, $0.value.text() ?? "") }, uniquingKeysWith: { $1 })
        : Dictionary(list.texts().map { ($0, $0) }, uniquingKeysWith: { $1 })
    }
    range = section["range"].flatMap { list in
      let bounds = list.items().compactMap { $0.number() }
      guard bounds.count == 2, bounds[0] <= bounds[1] else {
        list.report("A range has two numbers, the smaller first.", hint: "Such as [0, 120].")
        return nil
      }
      return bounds[0]...bounds[1]
    }
    unknowns = Set(section["unknown"]?.texts() ?? [])
    Self.check(unknowns, of: section, values, handling == .land && type.isText)
    guard type == .date else {
      date = nil
      return
    }
    let pattern = section["format"]?.name() ?? "yyyy-MM-dd"
    date = DateReader(pattern)
    if date == nil {
      (section["format"] ?? section.at).report(
        "'\(pattern)' is no form of dates.", hint: "Such as yyyy-MM-dd, dd/MM/yyyy or yyyyMMdd.")
    }
  }
}

extension ColumnMapping {
  /// Makes sure that the words for what is not known are among the values, and land as nothing else does.
  private static func check(
    _ unknowns: Set<String>, of section: YAMLSection, _ values: [String: String]?, _ isCode: Bool
  ) {
    guard let value = section["unknown"], !unknowns.isEmpty else { return }
    if !isCode {
      value.report("Only a column of codes that lands can say that something is not known.")
    }
    guard let values else { return }
    for word in unknowns.sorted() where values[word] == nil {
      value.report("'\(word)' is not among the values.")
    }
    let landed = Set(unknowns.compactMap { values[$0] })
    for (word, lands) in values.sorted(by: { $0.key < $1.key })
    where landed.contains(lands) && !unknowns.contains(word) {
      value.report(
        "'\(word)' lands as what says that it is not known.",
        hint: "Let them land as different values, or name it under unknown too.")
    }
  }
}

extension String {
  /// A name as tables have it: small letters, digits and underscores.
  var asColumnName: String {
    let parts = lowercased().split { !($0.isLetter || $0.isNumber) }
    return parts.joined(separator: "_")
  }
}
