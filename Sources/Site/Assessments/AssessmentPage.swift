import Charts
import Partnership

/// A guided form about a priority: what is in place, what Kith knows already, and what is left to do.
struct AssessmentPage {
  let desk: Desk
  let request: PageRequest
  private let form: AssessmentForm

  init(desk: Desk, request: PageRequest) throws {
    self.desk = desk
    self.request = request
    let name = request.part("form")
    guard let form = try AssessmentForm.all().first(where: { $0.id == name }) else {
      throw PageError.notFound("There is no form '\(name.prefix(40))'.")
    }
    self.form = form
  }

  func page() throws -> Page {
    guard desk.visitor.account != nil else { throw PageError.signIn(desk.visitor, request) }
    let record = try desk.record(.priority, request.part("number"))
    let kept = try desk.partnership.assessment(form.id, of: record.number, for: desk.actor)
    let assessment = Assessment(
      form, answers: kept.map { Assessment.answers($0.fields) } ?? [:],
      facts: try PriorityFacts(record, desk).facts)
    let mayAnswer = Partnership.mayAssess(record, desk.actor)
    let table = Self.table(assessment)
    let byId = Dictionary(
      uniqueKeysWithValues: assessment.lines.map { ($0.question.id, $0) })
    let values: [String: any Sendable] = [
      "title": record.title, "path": record.path, "name": form.name, "purpose": form.purpose,
      "action": path(record), "token": desk.visitor.formToken,
      "done": Done(request, desk).values, "mayAnswer": mayAnswer,
      "inPlace": "\(assessment.inPlace)", "all": "\(assessment.lines.count)",
      "tasks": assessment.tasks.map { line -> [String: any Sendable] in
        [
          "id": line.question.id, "text": line.question.text,
          "due": line.answer?.due?.inWords ?? "",
          "isLate": line.answer?.due.map { $0 < .today } ?? false,
          "mend": line.fact.map { $0.isMet ? "" : $0.path } ?? "",
          "partly": line.standing == .partly,
        ]
      },
      "isComplete": assessment.tasks.isEmpty,
      "parts": form.parts.map { part -> [String: any Sendable] in
        [
          "name": part.name,
          "questions": part.questions.compactMap { byId[$0.id] }.map(question),
        ]
      },
      "tableHTML": table.disclosed(csv: request.csv(table), summary: "All of it as a table"),
      "history": kept.map { "\($0.path)/history" } ?? "",
    ]
    return Page(
      title: "\(form.name): \(record.title)", template: "assessment", section: .priorities,
      values: values, tables: [table])
  }

  private func path(_ priority: Record) -> String { "\(priority.path)/assessments/\(form.id)" }

  private func question(_ line: Assessment.Line) -> [String: any Sendable] {
    let answer = line.answer
    return [
      "id": line.question.id, "text": line.question.text, "fact": line.fact?.text ?? "",
      "factPath": line.fact?.path ?? "", "isKnown": line.fact?.isMet ?? false,
      "standing": Self.words(line.standing), "class": "\(line.standing)",
      "states": Assessment.Answer.State.allCases.map { state -> [String: any Sendable] in
        [
          "id": state.rawValue, "title": state.title, "question": line.question.id,
          "isChosen": state == answer?.state,
        ]
      },
      "state": answer?.state.rawValue ?? "", "note": answer?.note ?? "",
      "due": answer?.due?.description ?? "",
      "by": answer?.name.map { name in
        "\(name)\(answer?.day.map { ", \($0.inWords)" } ?? "")"
      } ?? "",
      "hasNote": answer?.note != nil || answer?.due != nil,
    ]
  }

  private static func words(_ standing: Assessment.Line.Standing) -> String {
    switch standing {
    case .inPlace: "In place"
    case .partly: "Partly"
    case .missing: "To do"
    }
  }

  private static func table(_ assessment: Assessment) -> DataTable {
    DataTable(
      id: "assessment", caption: assessment.form.name,
      columns: [
        "Question", "Standing", "What Kith knows", "Answer", "Note", "To be done by", "Answered by",
      ].map { DataTable.Column($0) },
      rows: assessment.lines.map { line in
        [
          .text(line.question.text), .text(words(line.standing)), .text(line.fact?.text ?? ""),
          .text(line.answer?.state.title ?? ""), .text(line.answer?.note ?? ""),
          .text(line.answer?.due?.description ?? ""), .text(line.answer?.name ?? ""),
        ]
      }, stacks: true)
  }

  /// Keeps what was answered.
  func answer(_ input: Form) throws -> Answer {
    let record = try desk.record(.priority, request.part("number"))
    var base: [String: Assessment.Answer] = [:]
    var mine: [String: Assessment.Answer] = [:]
    for question in form.questions {
      base[question.id] = try answer(input, "was.\(question.id)", question)
      mine[question.id] = try answer(input, "a.\(question.id)", question)
    }
    try desk.partnership.answer(form, of: record.number, from: base, to: mine, by: desk.actor)
    let kept = try desk.partnership.assessment(form.id, of: record.number, for: desk.actor)
    return .redirect(
      "\(path(record))?done=saved" + (try kept.map { try desk.lastChange(of: $0) } ?? ""))
  }

  private func answer(
    _ input: Form, _ name: String, _ question: AssessmentForm.Question
  ) throws -> Assessment.Answer? {
    guard let state = input[name].flatMap(Assessment.Answer.State.init) else {
      if input["\(name).note"] != nil {
        throw PageError.badRequest(
          "“\(question.text)” has a note and no answer: say yes, partly or not yet.")
      }
      return nil
    }
    let due = try input["\(name).due"].map { text -> Day in
      guard let day = Day(text) else {
        throw PageError.badRequest("'\(text.prefix(20))' is no day; write it like 2027-03-31.")
      }
      return day
    }
    let note = input["\(name).note"].map { String($0.prefix(2_000)) }
    return Assessment.Answer(state, note: note, due: due)
  }
}
