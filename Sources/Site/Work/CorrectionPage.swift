import HTTPTypes
import Partnership

/// Where anybody can say that something about a record is wrong.
struct CorrectionPage {
  let kind: RecordKind
  let desk: Desk
  let request: PageRequest
  var problem = ""
  var text = ""
  var contact = ""

  func page(isThanks: Bool = false) throws -> Page {
    let record = try desk.record(kind, request.part("number"))
    let values: [String: any Sendable] = [
      "title": record.title, "path": record.path, "token": desk.visitor.formToken,
      "problem": problem, "text": text, "contact": contact, "isThanks": isThanks,
    ]
    return Page(
      title: problem.isEmpty ? "Say what is wrong" : "Error: Say what is wrong",
      template: "correction", section: kind.section, values: values)
  }

  func send(_ form: Form) throws -> Answer {
    let record = try desk.record(kind, request.part("number"))
    // A field that people do not see and machines fill in.
    guard form["website"] == nil else { return .page(try page(isThanks: true)) }
    var again = self
    again.text = form["text"] ?? ""
    again.contact = form["contact"] ?? ""
    do {
      try desk.partnership.correct(
        record.number, text: again.text, contact: form["contact"], by: desk.actor)
      return .page(try page(isThanks: true))
    } catch let error as PartnershipError {
      switch error.reason {
      case .invalid, .overtaken:
        again.problem = error.description
        return .page(try again.page(), status: .unprocessableContent)
      default: throw error
      }
    }
  }
}
