import Definitions
import Foundation
import HTTPTypes
import Partnership

/// The form in which a record is added or changed, and what becomes of what was put in.
struct RecordEditPage {
  let kind: RecordKind
  let desk: Desk
  let request: PageRequest

  // MARK: Adding

  /// The empty form, with what can be known filled in.
  func adding() throws -> Page {
    try requireAdding()
    if kind.id == RecordKind.introduction.id, desk.actor.person == nil {
      throw PageError.badRequest(
        "Your account is nobody among the people yet, so nobody can be introduced to you. Add yourself on the page People, and say there that this is you."
      )
    }
    var form = RecordForm(kind, desk, fields: kind.defaults())
    form.hidden.formUnion(othersWords)
    form.mayWiden = mayWiden
    for field in kind.fields {
      guard let text = request["f.\(field.name)"] else { continue }
      switch field.type {
      case .record: form.fields[field.name] = RecordNumber(text)?.asValue
      case .records:
        form.fields[field.name] = RecordNumber(text).map { .numbers([Double($0.value)]) }
      case .choices: form.fields[field.name] = .texts(request.all("f.\(field.name)"))
      default: form.fields[field.name] = .text(text)
      }
    }
    // Of what is asked, it is the one that asks.
    let own = kind.id == RecordKind.request.id ? "asker" : kind.organisationField
    if let own, kind.fields[own] != nil, own != kind.titleField,
      ["organisation", "asker"].contains(own), kind.id != RecordKind.referral.id,
      desk.actor.organisations.count == 1,
      let organisation = desk.actor.organisations.first
    {
      form.fields[own] = organisation.asValue
    }
    return try page(form, record: nil)
  }

  func add(_ input: Form) throws -> Answer {
    try requireAdding()
    var form = RecordForm(kind, desk)
    form.hidden.formUnion(othersWords)
    form.mayWiden = mayWiden
    try form.read(input)
    if input.has("_more") { return .page(try page(form, record: nil)) }
    do {
      guard form.problems.isEmpty else { throw PartnershipError(.invalid(form.problems), "") }
      let number =
        switch kind.id {
        case RecordKind.referral.id: try desk.partnership.refer(form.fields, by: desk.actor)
        case RecordKind.introduction.id: try desk.partnership.ask(form.fields, by: desk.actor)
        default:
          try desk.partnership.add(kind, form.fields, consents: form.consents, by: desk.actor)
        }
      return .redirect(try after(number, "added"))
    } catch let error as PartnershipError {
      return try refused(error, &form, record: nil)
    }
  }

  /// What somebody cannot say for others: whoever adds themselves says so once the record is theirs.
  private var othersWords: Set<String> {
    Access.allows(desk.actor, .moderate) ? [] : kind.ownWords
  }

  /// Whether whoever adds a record may open its fields to more people: of somebody else only stewards may.
  private var mayWiden: Bool {
    kind.id != RecordKind.person.id || Access.allows(desk.actor, .moderate)
  }

  private func requireAdding() throws {
    guard Access.allows(desk.actor, .add) else { throw PageError.signIn(desk.visitor, request) }
    try requireForm()
  }

  // MARK: Changing

  func editing() throws -> Page {
    let record = try changeable()
    var form = RecordForm(kind, desk, fields: record.fields, consents: record.consents)
    form.hidden.formUnion(record.hidden)
    form.mayWiden = record.isInnermost(desk.actor)
    if !record.isInnermost(desk.actor) { form.hidden.formUnion(kind.ownWords) }
    return try page(form, record: record)
  }

  func edit(_ input: Form) throws -> Answer {
    let record = try changeable()
    var form = RecordForm(kind, desk, fields: record.fields, consents: record.consents)
    form.hidden.formUnion(record.hidden)
    form.mayWiden = record.isInnermost(desk.actor)
    if !record.isInnermost(desk.actor) { form.hidden.formUnion(kind.ownWords) }
    try form.read(input)
    if input.has("_more") {
      return .page(try page(form, record: record, version: input["version"]))
    }
    let frozen = kind.left(alone: record.fields).subtracting(kind.left(alone: [:]))
    if let late = frozen.first(where: { name in
      input.names.contains { $0.hasPrefix("f.\(name).") || $0 == "f.\(name)" }
    }) {
      throw PartnershipError(
        .overtaken,
        "Meanwhile \(record.title) has moved on, and “\(kind.fields[late]?.label ?? late)” can no longer be changed.",
        hint: "Open the form anew; nothing of this one was saved.")
    }
    guard let version = input["version"].flatMap({ Int($0) }) else {
      throw PageError.badRequest(
        "The form does not say which version it was made from. Open it anew.")
    }
    do {
      guard form.problems.isEmpty else { throw PartnershipError(.invalid(form.problems), "") }
      let outcome = try desk.partnership.edit(
        record.number, basedOn: version, form.fields,
        consents: kind.fields.contains(where: \.isConsented) ? form.consents : nil, by: desk.actor,
        reason: input["reason"], settling: input["settling"].flatMap { Int64($0) })
      switch outcome {
      case .unchanged: return .redirect("\(record.path)?done=unchanged")
      case .saved(let beside):
        let done = try after(record.number, input.has("settling") ? "settled" : "saved")
        return .redirect(done + (beside.isEmpty ? "" : "&beside=yes"))
      case .conflict(let conflict):
        return .page(try ConflictPage(record: record, desk: desk).page(conflict), status: .conflict)
      }
    } catch let error as PartnershipError {
      return try refused(error, &form, record: record, version: input["version"])
    }
  }

  private func changeable() throws -> Record {
    guard desk.visitor.account != nil else { throw PageError.signIn(desk.visitor, request) }
    try requireForm()
    let record = try desk.record(kind, request.part("number"))
    guard record.allows(desk.actor, .edit) else {
      throw PageError.forbidden(
        "You may not change \(record.title): that is for its organisation, for whoever added it, and for stewards."
      )
    }
    return record
  }

  // MARK: Pieces

  /// Some kinds are changed on pages of their own only.
  private func requireForm() throws {
    guard !kind.isManaged else {
      throw PageError.notFound("\(kind.plural.capitalisedFirst) are changed on pages of their own.")
    }
  }

  /// The page after something was saved: the record's, or the list where whoever saved it may not see it any more.
  private func after(_ number: RecordNumber, _ done: String) throws -> String {
    do {
      let change = try desk.partnership.history(of: number, for: desk.actor).first?.batch.number
      return "/\(kind.path)/\(number)?done=\(done)" + (change.map { "&change=\($0)" } ?? "")
    } catch let error as PartnershipError where error.reason == .missing {
      return "/\(kind.path)?done=\(done)"
    }
  }

  private func refused(
    _ error: PartnershipError, _ form: inout RecordForm, record: Record?, version: String? = nil
  ) throws -> Answer {
    guard case .invalid(let problems) = error.reason else { throw error }
    form.problems = problems
    return .page(try page(form, record: record, version: version), status: .unprocessableContent)
  }

  private func page(_ form: RecordForm, record: Record?, version: String? = nil) throws -> Page {
    let title = record.map { "Change \($0.title)" } ?? "Add \(kind.singular.withArticle)"
    let values: [String: any Sendable] = [
      "title": title, "purpose": record == nil ? kind.purpose : "",
      "action": record.map { "\($0.path)/edit" } ?? "/\(kind.path)/add",
      "back": record?.path ?? "/\(kind.path)", "token": desk.visitor.formToken,
      "version": version ?? record.map { "\($0.version)" } ?? "", "isChange": record != nil,
      "summaryHTML": form.summaryHTML, "fieldsHTML": try form.html(),
      "button": record == nil ? "Add" : "Save",
    ]
    return Page(
      title: form.problems.isEmpty ? title : "Error: \(title)", template: "record_form",
      section: kind.section, values: values, usesScript: true)
  }
}

extension String {
  /// The noun with its article.
  var withArticle: String { ("aeiou".contains(lowercased().first ?? " ") ? "an " : "a ") + self }
}
