import Definitions
import Engine
public import Foundation
public import Linkage
public import TableFiles

/// Links files by a model.
public struct FileLinkage: Sendable {
  let model: LinkModel
  let inputs: [TableFile]
  let settings: LinkRun.Settings
  let truth: String?
  let groups: [String]
  let decisions: [PairDecision]
  let postcodes: URL?

  /// - Parameters:
  ///   - postcodes: a file that says where postcodes lie, for distances between them.
  ///   - truth: the column that says who a record is of, where that is known.
  ///   - groups: the columns that say which groups a record is of; not every file needs to have them.
  ///   - decisions: what people decided of pairs.
  public init(
    _ model: LinkModel, _ inputs: [TableFile], _ settings: LinkRun.Settings, truth: String? = nil,
    groups: [String] = [], decisions: [PairDecision] = [], postcodes: URL? = nil
  ) {
    self.postcodes = postcodes
    self.groups = groups
    self.decisions = decisions
    self.model = model
    self.inputs = inputs
    self.settings = settings
    self.truth = truth
  }

  /// More groups than this nobody reads, and they may say who people are.
  private static let mostGroups = 200

  /// Reads the files and links their records.
  ///
  /// - Throws: ``Definitions/Problem`` for what is wrong with a file, ``Linkage/LinkageError`` for what is
  ///   wrong with its records or the model.
  public func run(
    progress: @escaping @Sendable (LinkRun.Event) -> Void
  ) throws -> LinkResult {
    for (index, input) in inputs.enumerated()
    where inputs[..<index].contains(where: { $0.source == input.source }) {
      throw Problem(
        file: input.url.path, "There are two files called '\(input.source)'.",
        hint: "Give one another name: records are told apart by the names of their files.")
    }
    let builder = try RecordSetBuilder(
      model, threads: settings.threads, truth: truth, groups: groups)
    let optional = Set(groups).subtracting([model.id, truth].compactMap { $0 })
      .subtracting(model.fields.flatMap(\.columns))
    var missing = optional
    // Opening DuckDB takes longer than reading a small file.
    let reader = try StreamReader()
    try reader.limitMemory(to: "400MB")
    if let postcodes {
      builder.gazetteer = try TableFile(postcodes).gazetteer(reader)
      progress(.step("read where \(builder.gazetteer?.count ?? 0) postcodes lie"))
    }
    for input in inputs {
      builder.begin(input.source)
      missing.subtract(
        try input.read(builder.columns, optional: optional, reader) { builder.append($0) })
      progress(.step("read \(input.source)"))
    }
    for (name, count) in builder.groupCounts() where count > Self.mostGroups {
      throw Problem(
        file: inputs.first?.url.path ?? "",
        "The column '\(name)' has \(count) different values, too many for groups.",
        hint: "Group by a column with \(Self.mostGroups) values at most, such as a band of ages.")
    }
    if let column = missing.min() {
      throw Problem(
        file: inputs.first?.url.path ?? "", line: nil, "No file has a column '\(column)'.",
        hint: "Records are grouped by a column that at least one of the files has.")
    }
    do throws(LinkageError) {
      return try LinkRun(model, builder, settings, decisions: decisions, progress: progress).run()
    } catch {
      guard let record = error.record,
        let input = inputs.first(where: { $0.source == record.source })
      else { throw error }
      throw Problem(
        file: input.url.path, line: input.line(ofRow: record.number - 1),
        error.message.capitalisedFirst, hint: error.hint)
    }
  }
}
