public import Foundation

extension OpenDataPack {
  /// Reads a description from a YAML file.
  ///
  /// - Throws: ``Problems`` with every error in the file.
  public init(reading url: URL) throws {
    let text = try TextFile(reading: url).text()
    try self.init(text: text, file: url.path)
  }

  /// Reads a description from YAML text; `file` is its name in errors.
  public init(text: String, file: String) throws {
    let diagnostics = Diagnostics()
    let root = YAMLValue.parse(text, file: file, diagnostics: diagnostics)
    self.init()
    self.file = file
    if let root { read(root) }
    try diagnostics.throwIfAny()
  }

  /// Adds the tables of another description: a partner's aggregates of the pack's areas and organisations.
  ///
  /// It has `sources` and `measures` as a pack has them; its files lie beside it.
  ///
  /// - Throws: ``Problems`` with every error in it, such as a source, a measure or a file of a name that is there already.
  public mutating func add(_ url: URL) throws {
    let diagnostics = Diagnostics()
    let text = try TextFile(reading: url).text()
    if let root = YAMLValue.parse(text, file: url.path, diagnostics: diagnostics),
      let section = root.section(["sources", "measures"])
    {
      let known = sources.map(\.id)
      for entry in section.required("sources")?.entries() ?? [] {
        if known.contains(entry.key) {
          entry.value.report("There is a source '\(entry.key)' in the pack already.")
        } else if let source = Source(reading: entry) {
          sources.append(source)
        }
      }
      let names = Names(sources: sources.map(\.id), kinds: kinds.map(\.id))
      let files = Set(self.files)
      for value in section.required("measures")?.items() ?? [] {
        guard let table = MeasureTable(value, names) else { continue }
        if files.contains(table.file) {
          value.report(
            "The pack has a file '\(table.file)' already.", hint: "Give this one another name.")
        }
        foldersOfAdditions[table.file] = url.deletingLastPathComponent().path
        measures.append(table)
      }
      reportRepeatedMeasures(root)
      reportSubfolders(root)
    }
    try diagnostics.throwIfAny()
    additions.append(url.path)
  }

  private mutating func read(_ root: YAMLValue) {
    guard
      let section = root.section([
        "pack", "version", "title", "description", "sources", "kinds", "whole", "units", "links",
        "boundaries", "points", "measures",
      ])
    else { return }
    id = section.required("pack")?.name() ?? ""
    version = section.required("version")?.integer() ?? 1
    title = section.required("title")?.name() ?? ""
    description = section["description"]?.text() ?? ""
    sources = (section.required("sources")?.entries() ?? []).compactMap(Source.init(reading:))
    kinds = (section.required("kinds")?.entries() ?? []).compactMap(Kind.init(reading:))
    let names = Names(sources: sources.map(\.id), kinds: kinds.map(\.id))
    whole = section["whole"].flatMap { OpenDataPack.Whole($0, names) }
    units = section.required("units")?.items().compactMap { UnitTable($0, names) } ?? []
    links = section["links"]?.items().compactMap { LinkTable($0, names) } ?? []
    boundaries = section["boundaries"]?.items().compactMap { BoundaryFile($0, names) } ?? []
    points = section["points"]?.items().compactMap { PointTable($0, names) } ?? []
    measures = section["measures"]?.items().compactMap { MeasureTable($0, names) } ?? []
    reportRepeatedMeasures(root)
    reportSubfolders(root)
  }

  /// Files lie in the folder itself, so that a name is enough to say which is meant.
  private func reportSubfolders(_ root: YAMLValue) {
    for file in files where file.contains("/") || file.hasPrefix(".") {
      root.report(
        "The file '\(file)' is not in the folder itself.", hint: "Put it beside the others.")
    }
  }

  private func reportRepeatedMeasures(_ root: YAMLValue) {
    var lines: [String: Int] = [:]
    for measure in measures.flatMap(\.measures) {
      if let first = lines[measure.id], first != measure.line {
        root.diagnostics.report(
          Problem(
            file: root.file, line: measure.line,
            "The measure '\(measure.id)' is already defined on line \(first).",
            hint: "Give it another id."))
      }
      lines[measure.id] = lines[measure.id] ?? measure.line
    }
  }
}

/// The ids that other parts of a description refer to.
private struct Names {
  let sources: [String]
  let kinds: [String]

  func kind(_ value: YAMLValue?) -> String? { reference(value, among: kinds, what: "kind") }
  func source(_ value: YAMLValue?) -> String? { reference(value, among: sources, what: "source") }

  func kind(named name: String, at value: YAMLValue) -> String? {
    guard kinds.contains(name) else {
      report(name, at: value, among: kinds, what: "kind")
      return nil
    }
    return name
  }

  private func reference(_ value: YAMLValue?, among names: [String], what: String) -> String? {
    guard let value, let name = value.name() else { return nil }
    guard names.contains(name) else {
      report(name, at: value, among: names, what: what)
      return nil
    }
    return name
  }

  private func report(_ name: String, at value: YAMLValue, among names: [String], what: String) {
    let near = nearestName(to: name, among: names).map { "Did you mean '\($0)'?" }
    value.report(
      "There is no \(what) '\(name)' in this pack.",
      hint: near ?? "The \(what)s are: \(names.joined(separator: ", ")).")
  }
}

extension OpenDataPack.Source {
  fileprivate init?(reading entry: (key: String, value: YAMLValue)) {
    guard
      let section = entry.value.section(["title", "publisher", "licence", "url", "note"]),
      let title = section.required("title")?.name(),
      let publisher = section.required("publisher")?.name(),
      let licence = section.required("licence")?.name()
    else { return nil }
    self.init(
      id: entry.key, title: title, publisher: publisher, licence: licence,
      url: section["url"]?.text() ?? "", note: section["note"]?.text() ?? "")
  }
}

extension OpenDataPack.Kind {
  fileprivate init?(reading entry: (key: String, value: YAMLValue)) {
    guard
      let section = entry.value.section([
        "title", "plural", "nature", "vintage", "code", "note", "partial",
      ]),
      let title = section.required("title")?.name(),
      let nature = section.required("nature")?.choice(Nature.self),
      let pattern = section.required("code")?.name()
    else { return nil }
    if (try? NSRegularExpression(pattern: pattern)) == nil {
      section["code"]?.report("'\(pattern)' is not a regular expression.")
      return nil
    }
    self.init(
      id: entry.key, title: title, plural: section["plural"]?.name() ?? title + "s",
      nature: nature, vintage: section["vintage"]?.text() ?? "", pattern: pattern,
      note: section["note"]?.text() ?? "", isPartial: section["partial"]?.flag() ?? false)
  }
}

extension OpenDataPack.Whole {
  fileprivate init?(_ value: YAMLValue, _ names: Names) {
    guard let section = value.section(["kind", "code", "name"]),
      let kind = names.kind(section.required("kind")),
      let code = section.required("code")?.name(), let name = section.required("name")?.name()
    else { return nil }
    self.init(kind: kind, code: code, name: name)
  }
}

extension OpenDataPack.SetAside {
  fileprivate init?(_ value: YAMLValue) {
    guard let section = value.section(["codes", "reason"]),
      let pattern = section.required("codes")?.name(),
      let reason = section.required("reason")?.name()
    else { return nil }
    self.init(pattern: pattern, reason: reason)
  }
}

extension OpenDataPack.UnitTable {
  fileprivate init?(_ value: YAMLValue, _ names: Names) {
    guard
      let section = value.section([
        "kind", "file", "encoding", "code", "name", "alternative_code", "repeated", "parents",
        "population", "postcode", "latitude", "longitude", "rural_urban", "only", "blanks",
        "optional",
        "set_aside",
      ]),
      let kind = names.kind(section.required("kind")),
      let file = section.required("file")?.name(),
      let code = section.required("code")?.name()
    else { return nil }
    let parents = (section["parents"]?.entries() ?? []).compactMap { entry in
      names.kind(named: entry.key, at: entry.value).flatMap { kind in
        entry.value.name().map { (kind: kind, column: $0) }
      }
    }
    self.init(
      line: value.line, file: file, encoding: section["encoding"]?.name(), kind: kind, code: code,
      name: section["name"]?.name(), alternativeCode: section["alternative_code"]?.name(),
      isRepeated: section["repeated"]?.flag() ?? false, parents: parents,
      optionalParents: section["optional"]?.items().compactMap { names.kind($0) } ?? [],
      population: section["population"]?.name(), postcode: section["postcode"]?.name(),
      latitude: section["latitude"]?.name(), longitude: section["longitude"]?.name(),
      ruralUrban: section["rural_urban"]?.name(), only: section["only"].flatMap(condition),
      blanks: section["blanks"]?.texts() ?? [],
      setAside: section["set_aside"].flatMap(OpenDataPack.SetAside.init))
  }
}

extension OpenDataPack.LinkTable {
  fileprivate init?(_ value: YAMLValue, _ names: Names) {
    guard
      let section = value.section([
        "file", "encoding", "child", "parent", "child_column", "parent_column", "only", "pairs",
      ]),
      let child = names.kind(section.required("child")),
      let parent = names.kind(section.required("parent"))
    else { return nil }
    let pairs = (section["pairs"]?.entries() ?? []).flatMap { entry in
      entry.value.texts().map { (child: $0, parent: entry.key) }
    }
    let file = section["file"]?.name()
    if (file == nil) == pairs.isEmpty {
      value.report("Give either a file of links or pairs.")
      return nil
    }
    self.init(
      line: value.line, file: file, encoding: section["encoding"]?.name(), child: child,
      parent: parent,
      childColumn: file == nil ? "" : section.required("child_column")?.name() ?? "",
      parentColumn: file == nil ? "" : section.required("parent_column")?.name() ?? "",
      only: section["only"].flatMap(condition), pairs: pairs)
  }
}

extension OpenDataPack.BoundaryFile {
  fileprivate init?(_ value: YAMLValue, _ names: Names) {
    guard
      let section = value.section(["kind", "file", "code", "source", "set_aside"]),
      let kind = names.kind(section.required("kind")),
      let file = section.required("file")?.name(),
      let code = section.required("code")?.name(),
      let source = names.source(section.required("source"))
    else { return nil }
    self.init(
      line: value.line, file: file, kind: kind, code: code, source: source,
      setAside: section["set_aside"].flatMap(OpenDataPack.SetAside.init))
  }
}

extension OpenDataPack.PointTable {
  fileprivate init?(_ value: YAMLValue, _ names: Names) {
    guard
      let section = value.section([
        "file", "encoding", "type", "id", "name", "postcode", "latitude", "longitude", "area",
        "source", "date",
      ]),
      let file = section.required("file")?.name(), let type = section.required("type")?.name(),
      let id = section.required("id")?.name(), let name = section.required("name")?.name(),
      let latitude = section.required("latitude")?.name(),
      let longitude = section.required("longitude")?.name(),
      let area = section.required("area").flatMap(singleEntry),
      let kind = names.kind(named: area.key, at: area.value), let column = area.value.name(),
      let source = names.source(section.required("source"))
    else { return nil }
    var dates: [String: String] = [:]
    if let date = section["date"], date.isMapping {
      for (type, value) in date.entries() { dates[type] = value.text() }
    }
    self.init(
      line: value.line, file: file, encoding: section["encoding"]?.name(), type: type, id: id,
      name: name, postcode: section["postcode"]?.name(), latitude: latitude, longitude: longitude,
      area: (kind, column), source: source,
      date: dates.isEmpty ? section["date"]?.text() ?? "" : "",
      datesByType: dates)
  }
}

extension OpenDataPack.MeasureTable {
  fileprivate init?(_ value: YAMLValue, _ names: Names) {
    guard
      let section = value.section([
        "file", "encoding", "kind", "code", "period", "source", "topic", "set_aside", "only",
        "measures", "spread",
      ]),
      let file = section.required("file")?.name(),
      let kindValue = section.required("kind"),
      let code = section.required("code")?.name(),
      let period = section.required("period").flatMap(OpenDataPack.Period.init(reading:)),
      let source = names.source(section.required("source"))
    else { return nil }
    let kinds = kindValue.items().compactMap { names.kind($0) }
    let topic = section["topic"]?.name() ?? "Other"
    let setAside = section["set_aside"].flatMap(OpenDataPack.SetAside.init)
    var spread: OpenDataPack.Spread?
    if let part = section["spread"]?.section(["name", "prefix", "titles", "measure"]),
      let name = part.required("name")?.name(), let prefix = part.required("prefix")?.name(),
      let template = part.required("measure").flatMap({
        OpenDataPack.Measure(id: prefix, $0, topic: topic, isTemplate: true)
      })
    {
      let titles = (part["titles"]?.entries() ?? []).compactMap { entry in
        entry.value.name().map { (entry.key, $0) }
      }
      spread = OpenDataPack.Spread(
        name: name, prefix: prefix, titles: Dictionary(titles) { first, _ in first },
        template: template)
    }
    let measures = (section["measures"]?.entries() ?? []).compactMap {
      OpenDataPack.Measure(id: $0.key, $0.value, topic: topic)
    }
    if measures.isEmpty, spread == nil, section["measures"] == nil, section["spread"] == nil {
      value.report("Give 'measures', or 'spread' for a file with one row a value.")
    }
    self.init(
      line: value.line, file: file, encoding: section["encoding"]?.name(), kinds: kinds,
      code: code, period: period, source: source, setAside: setAside,
      only: section["only"].flatMap(condition), measures: measures, spread: spread)
  }
}

extension OpenDataPack.Period {
  fileprivate init?(reading value: YAMLValue) {
    guard value.isSection else {
      guard let text = value.name() else { return nil }
      self = .fixed(text)
      return
    }
    guard let section = value.section(["column", "month_name"]) else { return nil }
    if let column = section["column"]?.name() {
      self = .column(column)
    } else if let column = section["month_name"]?.name() {
      self = .monthName(column)
    } else {
      value.report("Give the period as a text, as {column: …} or as {month_name: …}.")
      return nil
    }
  }
}

/// Reads `{key: value}` with one key.
private func singleEntry(_ value: YAMLValue) -> (key: String, value: YAMLValue)? {
  let entries = value.entries()
  guard entries.count == 1 else {
    value.report("Expected one kind with its column, as {kind: column}.")
    return nil
  }
  return entries[0]
}

/// Reads `{column: [values]}`: one column, and at least one value.
func condition(_ value: YAMLValue) -> (column: String, values: [String])? {
  let entries = value.entries()
  guard let entry = entries.first, entries.count == 1 else {
    value.report("Expected one column with its values, as {column: [value, value]}.")
    return nil
  }
  let values = entry.value.texts()
  guard !values.isEmpty else {
    entry.value.report("Give at least one value.")
    return nil
  }
  return (entry.key, values)
}
