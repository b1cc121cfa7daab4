import Foundation

extension Partnership {
  /// The record that keeps the answers of a form about a priority; nil where nobody has answered any.
  public func assessment(
    _ form: AssessmentForm.ID, of priority: RecordNumber, for actor: Actor
  ) throws -> Record? {
    let numbers = try references(to: priority, for: actor)
      .filter { $0.record.kind == RecordKind.assessment.id && $0.role == "priority" }
      .map(\.record.number)
    return try records(numbers, for: actor).first { $0.fields.text("form") == form }
  }

  /// The assessments that have begun, of the organisations of somebody, or, for those who look after the whole, all.
  public func assessments(for actor: Actor) throws -> [Record] {
    guard actor.role != nil else { return [] }
    return try records(of: .assessment, for: actor).filter { $0.allows(actor, .edit) }
  }

  /// Whether somebody may answer about a priority: for whoever answers for it, for its partners, and for stewards.
  public static func mayAssess(_ priority: Record, _ actor: Actor) -> Bool {
    guard Access.allows(actor, .add) else { return false }
    return priority.allows(actor, .edit)
      || priority.fields.records("partners").contains { Access.speaks(actor, for: $0) }
  }

  /// Keeps what somebody answered, beside what others have answered to other questions meanwhile.
  ///
  /// - Parameters:
  ///   - base: the answers that they had before them, by the questions' ids.
  ///   - mine: what they made of them; a question that is not there has no answer.
  /// - Throws: ``PartnershipError`` where somebody else answered the same otherwise meanwhile; then nothing is changed.
  public func answer(
    _ form: AssessmentForm, of priority: RecordNumber, from base: [String: Assessment.Answer],
    to mine: [String: Assessment.Answer], by actor: Actor
  ) throws {
    let subject = try record(priority, for: actor)
    guard Self.mayAssess(subject, actor) else {
      throw PartnershipError.notAllowed("answer about \(subject.title)")
    }
    let changed = form.questions.filter { question in
      let (was, now) = (base[question.id], mine[question.id])
      return now.map { !$0.isSame(as: was) } ?? (was != nil)
    }
    guard !changed.isEmpty else { return }
    func apply(_ fields: inout Fields) throws {
      var answers = Assessment.answers(fields)
      for question in changed {
        let (theirs, now) = (answers[question.id], mine[question.id])
        let isAsBefore =
          theirs.map { $0.isSame(as: base[question.id]) } ?? (base[question.id] == nil)
        let isAlike = now.map { $0.isSame(as: theirs) } ?? (theirs == nil)
        guard isAsBefore || isAlike else {
          throw PartnershipError(
            .overtaken,
            "Meanwhile \(theirs?.name ?? "somebody") has answered “\(question.text)” otherwise.",
            hint: "Nothing was saved. Look at their answer on the page, then answer again.")
        }
        if isAlike { continue }
        answers[question.id] = now
        answers[question.id]?.name = actor.name
        answers[question.id]?.day = .today
      }
      fields["answers"] = Assessment.rows(answers)
    }
    if let kept = try assessment(form.id, of: priority, for: actor) {
      try revise(kept.number, .assessment, action: "answered", .assure, by: actor, apply)
    } else {
      var fields: Fields = [
        "name": .text("\(form.name): \(subject.title)"), "form": .text(form.id),
        "priority": priority.asValue,
      ]
      fields["organisation"] = subject.organisation?.asValue
      try apply(&fields)
      _ = try add(.assessment, fields, by: actor)
    }
  }
}
