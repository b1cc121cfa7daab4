import Charts
import HTTPTypes
import Partnership

/// A guided form about a priority: what is in place, what Kith knows already, and what is left to do.
struct AssessmentPage {
  let desk: Desk
  let request: PageRequest
  private let form: AssessmentForm
  private let record: Record
  /// What is kept.
  private let answers: [String: Assessment.Answer]
  private let history: String

  init(desk: Desk, request: PageRequest) throws {
    self.desk = desk
    self.request = request
    guard desk.visitor.account != nil else { throw PageError.signIn(desk.visitor, request) }
    let name = request.part("form")
    guard let form = try AssessmentForm.all().first(where: { $0.id == name }) else {
      throw PageError.notFound("There is no form '\(name.prefix(40))'.")
    }
    self.form = form
    record = try desk.record(.priority, request.part("number"))
    let kept = try desk.partnership.assessments(form.id, of: record.number, for: desk.actor)
    answers = Assessment.answers(kept)
    history = kept.first.map { "\($0.path)/history" } ?? ""
  }

  /// What somebody put in that could not be kept, and why.
  struct Refusal {
    let problems: [(question: String, message: String)]
    let input: Form
    /// Whether others have answered meanwhile, so that what the form was made from no longer stands.
    let isStale: Bool
  }

  func page(_ refusal: Refusal? = nil) throws -> Page {
    let facts = try PriorityFacts(record, desk).facts
    let assessment = Assessment(form, answers: answers, facts: facts)
    let table = Self.table(assessment)
    var lines: [String: Assessment.Line] = [:]
    for line in assessment.lines { lines[line.question.id] = line }
    var values: [String: any Sendable] = [
      "title": record.title, "path": record.path, "name": form.name, "purpose": form.purpose,
      "action": path, "token": desk.visitor.formToken, "done": Done(request, desk).values,
      "mayAnswer": Partnership.mayAssess(record, desk.actor),
      "inPlace": "\(assessment.inPlace)", "all": "\(assessment.lines.count)",
      "tasks": assessment.tasks.map(task), "isComplete": assessment.tasks.isEmpty,
      "tableHTML": table.disclosed(csv: request.csv(table), summary: "All of it as a table"),
      "printHTML": Self.table(assessment, id: "assessment-printed").html(csv: nil),
      "history": history,
    ]
    values["parts"] = form.parts.map { part -> [String: any Sendable] in
      [
        "name": part.name,
        "questions": part.questions.compactMap { lines[$0.id] }.map { question($0, refusal) },
      ]
    }
    if let refusal {
      values["problems"] = refusal.problems.map { problem -> [String: any Sendable] in
        ["id": problem.question, "message": problem.message]
      }
      values["hasProblems"] = true
    }
    let title = "\(form.name): \(record.title)"
    return Page(
      title: refusal == nil ? title : "Error: \(title)", template: "assessment",
      section: .priorities, values: values, tables: [table])
  }

  private var path: String { "\(record.path)/assessments/\(form.id)" }

  private func task(_ line: Assessment.Line) -> [String: any Sendable] {
    [
      "id": line.question.id, "text": line.question.text, "by": line.answer?.due?.inWords ?? "",
      "isLate": line.answer?.due.map { $0 < .today } ?? false,
      "mend": line.fact.map { $0.isMet ? "" : $0.path } ?? "",
      "isPartly": line.standing == .partly,
    ]
  }

  /// An answer as a form holds it.
  private struct Put: Equatable {
    let state: String
    let note: String
    let due: String

    init(_ answer: Assessment.Answer?) {
      state = answer?.state.rawValue ?? ""
      note = answer?.note ?? ""
      due = answer?.due?.description ?? ""
    }

    init(_ form: Form, _ name: String) {
      state = form[name] ?? ""
      note = form["\(name).note"] ?? ""
      due = form["\(name).due"] ?? ""
    }
  }

  private func question(
    _ line: Assessment.Line, _ refusal: Refusal?
  ) -> [String: any Sendable] {
    let id = line.question.id
    let answer = line.answer
    let kept = Put(answer)
    // What the form was made from: what is kept now, unless it is only shown again.
    let was = refusal.map { $0.isStale ? kept : Put($0.input, "was.\(id)") } ?? kept
    // What was put in stands; what somebody left as it was follows what others have made of it.
    let put =
      refusal.map { refusal -> Put in
        let mine = Put(refusal.input, "a.\(id)")
        return refusal.isStale && mine == Put(refusal.input, "was.\(id)") ? kept : mine
      } ?? kept
    var values: [String: any Sendable] = [
      "id": id, "text": line.question.text, "fact": line.fact?.text ?? "",
      "factPath": line.fact?.path ?? "", "isKnown": line.fact?.isMet ?? false,
      "standing": Self.words(line.standing), "class": "\(line.standing)",
      "state": put.state, "note": put.note, "due": put.due,
      "hasNote": !put.note.isEmpty || !put.due.isEmpty,
      "wasState": was.state, "wasNote": was.note, "wasDue": was.due,
      "error": refusal?.problems.first { $0.question == id }?.message ?? "",
    ]
    values["states"] = Assessment.Answer.State.allCases.map { one -> [String: any Sendable] in
      [
        "id": one.rawValue, "title": one.title, "question": id,
        "isChosen": one.rawValue == put.state,
      ]
    }
    if let name = answer?.name {
      values["by"] = answer?.day.map { "\(name), \($0.inWords)" } ?? name
    }
    return values
  }

  private static func words(_ standing: Assessment.Line.Standing) -> String {
    switch standing {
    case .inPlace: "In place"
    case .partly: "Partly"
    case .missing: "To do"
    }
  }

  private static func table(_ assessment: Assessment, id: String = "assessment") -> DataTable {
    DataTable(
      id: id, caption: assessment.form.name,
      columns: [
        "Question", "Standing", "What Kith knows", "Answer", "Note", "To be done by", "Answered by",
      ].map { DataTable.Column($0) },
      rows: assessment.lines.map { line -> [DataTable.Cell] in
        [
          .text(line.question.text), .text(words(line.standing)), .text(line.fact?.text ?? ""),
          .text(line.answer?.state.title ?? ""), .text(line.answer?.note ?? ""),
          .text(line.answer?.due?.description ?? ""), .text(line.answer?.name ?? ""),
        ]
      }, stacks: true)
  }

  // MARK: Answering

  /// Keeps what was answered, or shows it again with what is wrong.
  func answer(_ input: Form) throws -> Answer {
    var base: [String: Assessment.Answer] = [:]
    var mine: [String: Assessment.Answer] = [:]
    var problems: [(question: String, message: String)] = []
    for question in form.questions {
      base[question.id] = answer(input, "was.\(question.id)")
      mine[question.id] = answer(input, "a.\(question.id)")
      if let message = problem(input, "a.\(question.id)") {
        problems.append((question.id, "\(question.text) \(message)"))
      }
    }
    guard problems.isEmpty else {
      return .page(
        try page(Refusal(problems: problems, input: input, isStale: false)),
        status: .unprocessableContent)
    }
    do {
      try desk.partnership.answer(form, of: record.number, from: base, to: mine, by: desk.actor)
    } catch let error as PartnershipError where error.reason == .overtaken {
      // The page is made of what is kept now, so that saving again is an answer to that.
      let now = try AssessmentPage(desk: desk, request: request)
      let refusal = Refusal(problems: [("", error.description)], input: input, isStale: true)
      return .page(try now.page(refusal), status: .conflict)
    }
    let kept = try desk.partnership.assessments(form.id, of: record.number, for: desk.actor)
    let change = try kept.first.map { try desk.lastChange(of: $0) } ?? ""
    return .redirect("\(path)?done=saved\(change)")
  }

  private func answer(_ input: Form, _ name: String) -> Assessment.Answer? {
    input[name].flatMap(Assessment.Answer.State.init).map { state in
      Assessment.Answer(
        state, note: input["\(name).note"].map { String($0.prefix(2_000)) },
        due: input["\(name).due"].flatMap { Day($0) })
    }
  }

  /// What is wrong with an answer; nil where nothing is.
  private func problem(_ input: Form, _ name: String) -> String? {
    if let due = input["\(name).due"], Day(due) == nil {
      return "'\(due.prefix(20))' is no day; write it like 2027-03-31."
    }
    if input[name] == nil, input["\(name).note"] != nil || input["\(name).due"] != nil {
      return "It has a note or a day and no answer: say yes, partly or not yet."
    }
    return nil
  }
}
