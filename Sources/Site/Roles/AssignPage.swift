import HTTPTypes
import Partnership

/// The form in which is said what an organisation is to a function.
struct AssignPage {
  let desk: Desk
  let request: PageRequest
  private var kind: RecordKind { .responsibility }

  func page() throws -> Page {
    let function = try changeable()
    var form = RecordForm(kind, desk)
    form.hidden.insert("pillars")
    if let organisation = request["organisation"].flatMap({ RecordNumber($0) }) {
      form.fields["organisation"] = organisation.asValue
      let same = FunctionSplit(function.fields).responsibilities.first {
        $0.organisation == organisation && $0.scale.rawValue == request["scale"]
          && $0.involvement.rawValue == request["involvement"]
      }
      if let same { form.fields = same.line }
    } else if desk.actor.organisations.count == 1, let own = desk.actor.organisations.first {
      form.fields["organisation"] = own.asValue
    }
    if form.fields["scale"] == nil, let text = request["scale"] {
      form.fields["scale"] = .text(text)
    }
    if form.fields["scale"] == nil, let only = RoleMap.Function(function).scales.first,
      RoleMap.Function(function).scales.count == 1
    {
      form.fields["scale"] = .text(only.rawValue)
    }
    return try page(form, function)
  }

  func send(_ input: Form) throws -> Answer {
    let function = try changeable()
    var form = RecordForm(kind, desk)
    form.hidden.insert("pillars")
    try form.read(input)
    // The one that is corrected, where the form was opened from it.
    let old = request["organisation"].flatMap { RecordNumber($0) }.flatMap { organisation in
      request["scale"].flatMap(Scale.init).flatMap { scale in
        request["involvement"].flatMap(Involvement.init).map {
          Responsibility(organisation: organisation, scale: scale, involvement: $0)
        }
      }
    }
    let fields = kind.fields.tidied(form.fields)
    if form.problems.isEmpty { form.problems = kind.allProblems(with: fields) }
    guard form.problems.isEmpty, let responsibility = Responsibility(fields) else {
      return .page(try page(form, function), status: .unprocessableContent)
    }
    do {
      try desk.partnership.assign(
        responsibility, of: function.number, replacing: old, saying: input["said"],
        by: desk.actor)
    } catch let error as PartnershipError {
      guard case .invalid(let problems) = error.reason else { throw error }
      form.problems = problems
      return .page(try page(form, function), status: .unprocessableContent)
    }

    return .redirect(
      "\(function.path)?done=saved" + (try desk.lastChange(of: function)))
  }

  private func changeable() throws -> Record {
    guard desk.visitor.account != nil else { throw PageError.signIn(desk.visitor, request) }
    let function = try desk.record(.function, request.part("number"))
    guard function.allows(desk.actor, .edit) else {
      throw PageError.forbidden("Your account may not say who does what.")
    }
    return function
  }

  private func page(_ form: RecordForm, _ function: Record) throws -> Page {
    let title = "Who does it: \(function.title)"
    let values: [String: any Sendable] = [
      "title": title,
      "action": "\(function.path)/responsibilities/add"
        + (request.query.isEmpty ? "" : "?\(request.query)"), "back": function.path,
      "purpose":
        "Say it for your own organisation, and it counts as agreed by yours. Said for another, it is a proposal until they agree.",
      "token": desk.visitor.formToken, "summaryHTML": form.summaryHTML,
      "fieldsHTML": try form.html(), "button": "Save", "hasRemark": true,
    ]
    return Page(
      title: form.problems.isEmpty ? title : "Error: \(title)", template: "record_form",
      section: .roles, values: values, usesScript: true)
  }
}
