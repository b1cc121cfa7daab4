import Definitions
import Foundation

/// The functions that a place begins with: what the law demands, and what population health takes besides.
public struct FunctionCatalogue: Sendable {
  /// What they are known by as a source.
  public static let source = "Kith’s catalogue of functions"

  public let items: [ImportItem]
  /// Names the text that they were read from.
  let signature: String

  /// The catalogue that ships.
  public init() throws {
    let url = try ShippedFiles.url("functions.yaml", of: "Partnership")
    try self.init(String(contentsOf: url, encoding: .utf8), file: url.lastPathComponent)
  }

  /// - Throws: ``Definitions/Problems`` that say what is wrong in which line.
  public init(_ text: String, file: String) throws {
    let diagnostics = Diagnostics()
    let root = YAMLValue.parse(text, file: file, diagnostics: diagnostics)
    var seen: Set<String> = []
    items = (root?.items() ?? []).compactMap { item in
      guard let section = item.section(Self.keys), let id = section.required("id")?.text() else {
        return nil
      }
      if !seen.insert(id).inserted {
        item.report("The id '\(id)' stands here twice; give one of them another.")
      }
      var fields = Fields()
      for field in RecordKind.function.fields where !field.isManaged {
        guard let value = section[field.name] else { continue }
        switch field.type {
        case .choices, .words: fields[field.name] = .texts(value.texts())
        default: fields[field.name] = value.text().map { .text($0) }
        }
      }
      for problem in RecordKind.function.allProblems(with: fields) {
        item.report("\(id): \(problem.message)")
      }
      return ImportItem(kind: .function, id: id, fields: fields)
    }
    try diagnostics.throwIfAny()
    signature = NameUUID.of(text, in: "b0f0a3a4-5be9-4d2b-9a1f-6a6f3d6c0f1e")
  }

  private static let keys =
    ["id"]
    + RecordKind.function.fields.filter { !$0.isManaged }.map(\.name)

  /// Puts the functions into a partnership that has not had them in this form: what partners have changed stays.
  public func refresh(in partnership: Partnership) throws {
    guard try partnership.remark("functions") != signature else { return }
    _ = try partnership.take(items, from: Self.source, isWhole: false, by: .program("Kith"))
    try partnership.setRemark("functions", to: signature)
  }
}
