import Definitions
import Foundation

/// A guided form about a priority, such as whether a place is ready to start.
public struct AssessmentForm: Sendable, Identifiable {
  public struct Part: Sendable {
    public let name: String
    public let questions: [Question]
  }

  public struct Question: Sendable, Identifiable {
    public let id: String
    public let text: String
    /// What Kith can look up for it; nil where only people know.
    public let fact: String?
  }

  public let id: String
  public let name: String
  public let purpose: String
  public let parts: [Part]

  public var questions: [Question] { parts.flatMap(\.questions) }

  /// The forms that ship, in the order in which they are used.
  public static func all() throws -> [AssessmentForm] { try shipped.get() }

  private static let shipped = Result { () throws -> [AssessmentForm] in
    let url = try ShippedFiles.url("assessments.yaml", of: "Partnership")
    return try read(String(contentsOf: url, encoding: .utf8), file: url.lastPathComponent)
  }

  /// - Throws: ``Definitions/Problems`` that say what is wrong in which line.
  static func read(_ text: String, file: String) throws -> [AssessmentForm] {
    let diagnostics = Diagnostics()
    let root = YAMLValue.parse(text, file: file, diagnostics: diagnostics)
    let forms = (root?.items() ?? []).compactMap { item -> AssessmentForm? in
      guard let section = item.section(["id", "name", "purpose", "parts"]),
        let id = section.required("id")?.text(), let name = section.required("name")?.text()
      else { return nil }
      var seen: Set<String> = []
      let parts = (section.required("parts")?.items() ?? []).compactMap { part -> Part? in
        guard let section = part.section(["name", "questions"]) else { return nil }
        let questions = (section.required("questions")?.items() ?? []).compactMap {
          question -> Question? in
          guard let section = question.section(["id", "text", "fact"]),
            let id = section.required("id")?.text(), let text = section.required("text")?.text()
          else { return nil }
          if !seen.insert(id).inserted {
            question.report("The question '\(id)' stands here twice; give one of them another id.")
          }
          return Question(id: id, text: text, fact: section["fact"]?.text())
        }
        return Part(name: section["name"]?.text() ?? "", questions: questions)
      }
      return AssessmentForm(
        id: id, name: name, purpose: section["purpose"]?.text() ?? "", parts: parts)
    }
    try diagnostics.throwIfAny()
    return forms
  }
}
