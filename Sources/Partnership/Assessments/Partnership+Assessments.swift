import Foundation
import GRDB

extension Partnership {
  /// The records that keep answers of a form about a priority, the first first: one, unless two priorities with one each
  /// were made one.
  public func assessments(
    _ form: AssessmentForm.ID, of priority: RecordNumber, for actor: Actor
  ) throws -> [Record] {
    try read { try Self.assessments(form, of: priority, for: actor, $0) }
  }

  private static func assessments(
    _ form: AssessmentForm.ID, of priority: RecordNumber, for actor: Actor, _ db: Database
  ) throws -> [Record] {
    try Row.fetchAll(
      db,
      sql: """
        select r.* from link l join record r on r.number = l.source
        where l.target = ? and l.role = 'priority' and r.kind = 'assessment' and r.state = 'active'
        order by r.number
        """, arguments: [priority.value]
    ).compactMap { try Record(row: $0, for: actor) }.filter { $0.fields.text("form") == form }
  }

  /// The assessments that have begun, with their priorities: those that somebody's organisations answer for, or, for those
  /// who look after the whole, all.
  public func assessments(
    for actor: Actor
  ) throws -> [(assessment: Record, priority: Record)] {
    guard actor.role != nil else { return [] }
    return try records(of: .assessment, for: actor).compactMap { assessment in
      guard let number = assessment.fields.record("priority"),
        let priority = try records([number], for: actor).first, priority.state == .active,
        actor.isSteward || priority.organisation.map(actor.organisations.contains) ?? false
      else { return nil }
      return (assessment, priority)
    }
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
    guard subject.state == .active else {
      throw PartnershipError(
        .overtaken, "\(subject.title) is no longer in use.", hint: "Look at its page first.")
    }
    guard Self.mayAssess(subject, actor) else {
      throw PartnershipError.notAllowed("answer about \(subject.title)")
    }
    // Lines end and texts begin as they do once they are kept.
    let (base, mine) = (Self.tidied(base), Self.tidied(mine))
    let changed = form.questions.filter { question in
      let (was, now) = (base[question.id], mine[question.id])
      return now.map { !$0.isSame(as: was) } ?? (was != nil)
    }
    guard !changed.isEmpty else { return }
    func apply(_ answers: inout [String: Assessment.Answer]) throws {
      var clashes: [String] = []
      for question in changed {
        let (theirs, now) = (answers[question.id], mine[question.id])
        let isAsBefore =
          theirs.map { $0.isSame(as: base[question.id]) } ?? (base[question.id] == nil)
        let isAlike = now.map { $0.isSame(as: theirs) } ?? (theirs == nil)
        guard isAsBefore || isAlike else {
          let who = theirs?.name ?? "somebody"
          let what = theirs?.state.title.lowercased() ?? "nothing any more"
          clashes.append("“\(question.text)”: \(who) says \(what).")
          continue
        }
        if isAlike { continue }
        answers[question.id] = now
        answers[question.id]?.name = actor.name
        answers[question.id]?.day = .today
      }
      guard clashes.isEmpty else {
        throw PartnershipError(
          .overtaken, "Meanwhile others have answered otherwise. \(clashes.joined(separator: " "))",
          hint:
            "Nothing was saved yet. What you put in still stands: look at it, and save it again.")
      }
    }
    try write { db in
      // In one step, so that two who answer first at once make one record of it.
      let kept = try Self.assessments(form.id, of: priority, for: actor, db)
      var answers = Assessment.answers(kept)
      try apply(&answers)
      let writer = try BatchWriter(db, actor, action: "answered", locator: locator)
      guard let first = kept.first else {
        var fields: Fields = [
          "name": .text("\(form.name): \(subject.title)"), "form": .text(form.id),
          "priority": priority.asValue, "answers": Assessment.rows(answers),
        ]
        fields["organisation"] = subject.organisation?.asValue
        _ = try writer.add(.assessment, fields)
        return
      }
      var (content, version) = try writer.current(first.number.value)
      content.fields["answers"] = Assessment.rows(answers)
      content.fields = RecordKind.assessment.kept(content.fields)
      try writer.check(content, .assessment, first.number.value)
      try writer.revise(first.number.value, .assessment, from: version, to: content)
      // All that the others say stands in the first now.
      for other in kept.dropFirst() {
        (content, version) = try writer.current(other.number.value)
        content.state = .archived
        try writer.revise(other.number.value, .assessment, from: version, to: content)
      }
    }
  }

  private static func tidied(
    _ answers: [String: Assessment.Answer]
  ) -> [String: Assessment.Answer] {
    Assessment.answers(
      RecordKind.assessment.fields.tidied(["answers": Assessment.rows(answers)]))
  }
}
