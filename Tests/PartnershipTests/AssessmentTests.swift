import Definitions
import Governance
import Testing

@testable import Partnership

@Suite("Readiness and health equity assessments")
struct AssessmentTests {
  private let test: TestPartnership
  private let form: AssessmentForm
  private let priority: RecordNumber

  init() throws {
    test = try TestPartnership()
    form = try #require(try AssessmentForm.all().first { $0.id == "readiness" })
    priority = try test.partnership.add(
      .priority,
      [
        "name": .text("Damp"), "status": .text("candidate"), "organisation": test.council.asValue,
        "partners": .numbers([Double(test.charity.value)]),
      ], by: test.steward)
  }

  private func kept() throws -> [String: Assessment.Answer] {
    Assessment.answers(
      try test.partnership.assessments("readiness", of: priority, for: test.partner))
  }

  @Test("The forms that ship are those that records may be of, and each question has its own id")
  func forms() throws {
    let forms = try AssessmentForm.all()
    guard case .choice(let choices)? = RecordKind.assessment.fields["form"]?.type else {
      Issue.record("The form is a choice.")
      return
    }
    #expect(forms.map(\.id) == choices.map(\.id))
    for form in forms {
      #expect(form.questions.count > 10)
      #expect(Set(form.questions.map(\.id)).count == form.questions.count)
    }
    let error = #expect(throws: Problems.self) {
      try AssessmentForm.read(
        "- {id: a, name: A, parts: [{name: P, questions: [{id: q, text: T}, {id: q, tex: T}]}]}",
        file: "forms.yaml")
    }
    #expect(error?.description.contains("forms.yaml:1") == true)
  }

  @Test("What people say holds against what Kith knows; what neither says yes to is a task")
  func standing() {
    let facts = [
      "sponsor": Assessment.Fact("Somebody sponsors it.", isMet: true, path: "/"),
      "accountable": Assessment.Fact("Nobody is named.", isMet: false, path: "/"),
      "posts": Assessment.Fact("2 posts.", isMet: true, path: "/"),
    ]
    let assessment = Assessment(
      form,
      answers: [
        "posts": .init(.no, note: "They are on leave.", due: Day("2027-01-01")),
        "lead": .init(.partly, due: Day("2026-12-01")), "money": .init(.yes),
      ], facts: facts)
    let standing = Dictionary(
      uniqueKeysWithValues: assessment.lines.map { ($0.question.id, $0.standing) })
    #expect(standing["sponsor"] == .inPlace)
    #expect(standing["answers"] == .missing)
    #expect(standing["posts"] == .missing)
    #expect(standing["lead"] == .partly)
    #expect(standing["money"] == .inPlace)
    #expect(assessment.inPlace == 2)
    #expect(assessment.tasks.count == form.questions.count - 2)
    #expect(assessment.tasks.prefix(2).map(\.question.id) == ["lead", "posts"])
  }

  @Test("Partners answer beside each other; of two answers to one question neither is lost")
  func together() throws {
    let partnership = test.partnership
    try partnership.answer(
      form, of: priority, from: [:], to: ["money": .init(.no, note: "A bid is in.")],
      by: test.partner)
    let base = try kept()
    #expect(base["money"]?.name == "A partner")
    // Two who had the same before them answer different questions.
    var one = base
    one["lead"] = .init(.yes)
    var other = base
    other["money"] = .init(.yes)
    try partnership.answer(form, of: priority, from: base, to: one, by: test.partner)
    try partnership.answer(form, of: priority, from: base, to: other, by: test.other)
    var now = try kept()
    #expect(now["lead"]?.state == .yes)
    #expect(now["money"]?.state == .yes)
    #expect(now["money"]?.name == "Another")
    // Of the same question, the second is told, and nothing of theirs is half saved.
    var late = base
    late["money"] = .init(.partly)
    late["boards"] = .init(.yes)
    #expect(throws: PartnershipError.self) {
      try partnership.answer(form, of: priority, from: base, to: late, by: test.partner)
    }
    now = try kept()
    #expect(now["money"]?.state == .yes)
    #expect(now["boards"] == nil)
    // The same answer twice is no clash, and taking one back is an answer too.
    try partnership.answer(form, of: priority, from: base, to: other, by: test.partner)
    var without = now
    without["lead"] = nil
    try partnership.answer(form, of: priority, from: now, to: without, by: test.partner)
    #expect(try kept()["lead"] == nil)
    #expect(try partnership.assessments(for: test.other).count == 1)
    // The charity is a partner in it, and does not answer for it.
    #expect(try partnership.assessments(for: test.partner).isEmpty)
    #expect(
      try partnership.list(RecordQuery([RecordKind.assessment.id]), for: .anybody).total == 0)
  }

  @Test("A note of several lines is the same however a browser ends its lines")
  func lines() throws {
    let sent = ["money": Assessment.Answer(.no, note: "A bid is in.\r\nIt takes a month. ")]
    try test.partnership.answer(form, of: priority, from: [:], to: sent, by: test.partner)
    let kept = try kept()
    #expect(kept["money"]?.note == "A bid is in.\nIt takes a month.")
    // The form sends back what it showed, with its own ends of lines.
    try test.partnership.answer(
      form, of: priority, from: sent, to: ["money": .init(.yes)], by: test.partner)
    #expect(try self.kept()["money"]?.state == .yes)
  }

  @Test("Of two priorities that become one, the answers are one; what is taken back stays so")
  func merged() throws {
    let partnership = test.partnership
    let twin = try partnership.add(
      .priority, ["name": .text("Damp again"), "status": .text("candidate")], by: test.steward)
    try partnership.answer(
      form, of: priority, from: [:], to: ["money": .init(.yes)], by: test.steward)
    try partnership.answer(
      form, of: twin, from: [:], to: ["lead": .init(.no)], by: test.steward)
    try partnership.merge(twin, into: priority, by: test.steward)
    #expect(throws: PartnershipError.self) {
      try partnership.answer(
        form, of: twin, from: [:], to: ["boards": .init(.no)], by: test.steward)
    }
    let base = try kept()
    #expect(Set(base.keys) == ["money", "lead"])
    var mine = base
    mine["lead"] = nil
    try partnership.answer(form, of: priority, from: base, to: mine, by: test.steward)
    #expect(Set(try kept().keys) == ["money"])
  }

  @Test("Two who answer first at the same time make one record of it")
  func first() async throws {
    let (partnership, form, priority, partner) = (
      test.partnership, form, priority, test.partner
    )
    await withTaskGroup(of: Void.self) { group in
      for question in form.questions.prefix(8) {
        group.addTask {
          do {
            try partnership.answer(
              form, of: priority, from: [:], to: [question.id: .init(.yes)], by: partner)
          } catch {
            Issue.record(error)
          }
        }
      }
    }
    #expect(
      try partnership.assessments("readiness", of: priority, for: partner).count == 1)
    #expect(try kept().count == 8)
  }

  @Test("Only those in it answer, and its records are changed on its own page only")
  func strangers() throws {
    let stranger = Actor(account: "stranger", name: "A stranger", role: .partner)
    #expect(throws: PartnershipError.self) {
      try test.partnership.answer(
        form, of: priority, from: [:], to: ["money": .init(.yes)], by: stranger)
    }
    #expect(throws: PartnershipError.self) {
      try test.partnership.answer(
        form, of: priority, from: [:], to: ["money": .init(.yes)], by: .anybody)
    }
    #expect(RecordKind.assessment.isManaged)
    #expect(RecordKind.all.filter(\.isManaged).map(\.id) == ["assessment"])
  }
}
