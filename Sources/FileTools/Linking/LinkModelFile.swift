import Definitions
public import Foundation
public import Linkage

/// A model of linkage as a person writes it: YAML whose fields are enough, and whose other parts override what
/// follows from them.
public struct LinkModelFile: Sendable {
  public let model: LinkModel
  public let file: String

  /// Reads a model.
  ///
  /// - Throws: ``Definitions/Problems`` with everything that is wrong in it.
  public init(_ url: URL) throws {
    let file = try TextFile(reading: url)
    if url.pathExtension == "json" {
      try self.init(json: Data(file.bytes), file: url.path)
    } else {
      try self.init(file.text(), file: url.path)
    }
  }

  /// Reads a model as ``LinkOutput`` writes it.
  private init(json: Data, file: String) throws {
    do {
      model = try JSONDecoder().decode(LinkModel.self, from: json)
    } catch let error as LinkageError {
      throw Problem(file: file, error.message, hint: error.hint)
    } catch {
      throw Problem(
        file: file, "This is no model as `kith link` writes it.",
        hint: "Give model.json as it was written, or a model in YAML.")
    }
    self.file = file
  }

  init(_ text: String, file: String) throws {
    let diagnostics = Diagnostics()
    self.file = file
    var model: LinkModel?
    if let root = YAMLValue.parse(text, file: file, diagnostics: diagnostics) {
      model = Self.model(root)
    }
    try diagnostics.throwIfAny()
    guard let model else { throw Problem(file: file, "This is no model.") }
    self.model = model
  }

  private static func model(_ root: YAMLValue) -> LinkModel? {
    let keys = [
      "id", "link", "fields", "comparisons", "blocking", "prior", "train", "clusters",
      "not_understood",
    ]
    guard let section = root.section(keys),
      let id = section.required("id")?.name(),
      let entries = section.required("fields")?.entries()
    else { return nil }
    let fields = entries.compactMap { field($0.key, $0.value) }
    guard !fields.isEmpty else {
      root.report("A model needs fields.", hint: "Give at least one, such as 'surname: surname'.")
      return nil
    }
    var model = LinkModel(id: id, fields: fields)
    if let link = section["link"]?.section(["within", "between", "one_to_one"]) {
      model.scope = LinkScope(
        within: link["within"]?.flag() ?? true, between: link["between"]?.flag() ?? true,
        isOneToOne: link["one_to_one"]?.flag() ?? false)
      if !model.scope.within, !model.scope.between {
        link.at.report(
          "Neither pairs within a source nor between sources are looked for.",
          hint: "Leave out 'within: false' or 'between: false'.")
      }
    }
    if let comparisons = section["comparisons"] {
      for (name, value) in comparisons.entries() { override(&model, name, value) }
    }
    if let blocking = section["blocking"] { override(&model, blocking: blocking) }
    if let prior = section["prior"] {
      guard let number = prior.number(), number > 0, number < 1 else {
        prior.report("The prior is a probability between 0 and 1.")
        return nil
      }
      model.prior = Prior(probability: number)
    }
    if let share = section["not_understood"] {
      guard let number = share.number(), (0...1).contains(number) else {
        share.report("The share of values that may not be understood is between 0 and 1.")
        return nil
      }
      model.notUnderstood = number
    }
    if let train = section["train"] { override(&model, train: train) }
    if let clusters = section["clusters"] { override(&model, clusters: clusters) }
    return model
  }

  private static func field(_ name: String, _ value: YAMLValue) -> LinkField? {
    guard value.isSection else {
      guard let kind = value.choice(FieldKind.self) else { return nil }
      guard kind != .address else {
        value.report(
          "An address needs its columns.",
          hint: "Write \(name): {kind: address, columns: [STREET, POSTCODE]}.")
        return nil
      }
      return LinkField(name, kind)
    }
    guard let section = value.section(["kind", "column", "columns", "format", "separator"]),
      let kind = section.required("kind")?.choice(FieldKind.self)
    else { return nil }
    let columns = section["columns"]?.texts() ?? section["column"].map { $0.texts() } ?? [name]
    if kind == .address, columns.count != 2 {
      value.report(
        "An address has two columns: that of the street with its number, and that of the postcode.")
    }
    let separator = section["separator"]?.text(allowsControls: true)
    if let separator, separator.isEmpty || kind == .address || kind == .encoding {
      section["separator"]?.report(
        separator.isEmpty
          ? "The separator is empty."
          : "A field of the kind \(kind.rawValue) has one value in each record.",
        hint: "Write what parts the values, such as ';'.")
    }
    return LinkField(
      name, kind, columns: columns, dates: section["format"]?.choice(DateForm.self),
      separator: separator)
  }

  private static func override(_ model: inout LinkModel, _ name: String, _ value: YAMLValue) {
    guard
      let section = value.section([
        "field", "levels", "frequency", "unless", "missing", "leave_out",
      ])
    else { return }
    if section["leave_out"]?.flag() == true {
      model.comparisons.removeAll { $0.name == name }
      return
    }
    let field = section["field"]?.name() ?? name
    let known = model.comparisons.first { $0.name == name }
    guard known != nil || model.fields.contains(where: { $0.name == field }) else {
      value.report(
        "There is no field '\(field)'.",
        hint: "The fields are \(model.fields.map(\.name).joined(separator: ", ")).")
      return
    }
    var levels = known?.levels ?? []
    if let given = section["levels"] {
      let frequency = section["frequency"]?.integer() ?? 0
      levels = given.items().enumerated().compactMap { place, level in
        condition(level).map { Comparison.Level($0, usesFrequency: place < frequency) }
      }
    }
    let missing = section["missing"]?.text()
    if let missing, missing != "level", missing != "ignore" {
      section["missing"]?.report("Write 'level' or 'ignore'.")
    }
    let comparison = Comparison(
      name, field: field, levels: levels,
      unless: section["unless"].flatMap(condition) ?? known?.unless,
      countsMissing: missing.map { $0 == "level" } ?? known?.countsMissing ?? false)
    if let place = model.comparisons.firstIndex(where: { $0.name == name }) {
      model.comparisons[place] = comparison
    } else {
      model.comparisons.append(comparison)
    }
  }

  private static func condition(_ value: YAMLValue) -> Condition? {
    guard let text = value.text() else { return nil }
    do throws(LinkageError) {
      return try Condition(text)
    } catch {
      value.report(error.message, hint: error.hint)
      return nil
    }
  }

  private static func override(_ model: inout LinkModel, blocking value: YAMLValue) {
    guard value.isSection else {
      model.blocking.rules = value.items().compactMap(rule)
      return
    }
    guard
      let section = value.section([
        "rules", "candidates", "recall", "pairs_per_record", "pairs_per_match", "largest_block",
      ])
    else { return }
    if let rules = section["rules"] { model.blocking.rules = rules.items().compactMap(rule) }
    if let rules = section["candidates"] {
      model.blocking.candidates = rules.items().compactMap(rule)
    }
    if let recall = section["recall"]?.number() { model.blocking.recall = recall }
    if let pairs = section["pairs_per_record"]?.number() { model.blocking.pairsPerRecord = pairs }
    if let pairs = section["pairs_per_match"]?.number() { model.blocking.pairsPerMatch = pairs }
    if let largest = section["largest_block"]?.integer() { model.blocking.largestBlock = largest }
  }

  private static func override(_ model: inout LinkModel, train value: YAMLValue) {
    guard let section = value.section(["iterations", "tolerance", "dependence"]) else { return }
    var training = TrainingRules()
    if let iterations = section["iterations"] {
      guard let number = iterations.integer(), number > 0 else {
        iterations.report("The estimates are improved once at least.")
        return
      }
      training.iterations = number
    }
    if let tolerance = section["tolerance"] {
      guard let number = tolerance.number(), number > 0, number < 1 else {
        tolerance.report("The tolerance is a change of a probability, between 0 and 1.")
        return
      }
      training.tolerance = number
    }
    training.allowsForDependence = section["dependence"]?.flag() ?? true
    model.training = training
  }

  private static func override(_ model: inout LinkModel, clusters value: YAMLValue) {
    guard
      let section = value.section(["one_nhs_number", "one_value", "one_record", "separate_twins"])
    else { return }
    model.clusters.oneNHSNumber = section["one_nhs_number"]?.flag() ?? true
    model.clusters.separateTwins = section["separate_twins"]?.flag()
    model.clusters.single = section["one_value"]?.texts() ?? []
    model.clusters.onePerPerson = section["one_record"]?.texts() ?? []
    for name in model.clusters.single where !model.fields.contains(where: { $0.name == name }) {
      section["one_value"]?.report("There is no field '\(name)'.")
    }
  }

  private static func rule(_ value: YAMLValue) -> BlockingRule? {
    guard let text = value.text() else { return nil }
    do throws(LinkageError) {
      return try BlockingRule(text)
    } catch {
      value.report(error.message, hint: error.hint)
      return nil
    }
  }
}
