import Definitions

extension RecordKind {
  /// The answers to a guided form about a priority. Its page is that of the form.
  public static let assessment = RecordKind(
    id: "assessment", singular: "assessment", plural: "assessments", path: "assessments",
    purpose: "Whether a priority is ready to start, and what it does to inequality.",
    fields: [
      Field("name", "Name", .line(250), required: true, audience: .partners, managed: true),
      Field(
        "form", "Form",
        .choice([
          .init("readiness", "Readiness"), .init("equity", "Health equity assessment"),
        ]), required: true, audience: .partners, filter: true, managed: true),
      Field(
        "priority", "Priority", .record(["priority"]), required: true, audience: .partners,
        managed: true),
      Field(
        "organisation", "Who answers for it", .record(["organisation"]), audience: .partners,
        managed: true),
      Field(
        "answers", "Answers",
        .rows(
          [
            Field("question", "Question", .line(60), required: true),
            Field("state", "Answer", .choice(states), required: true),
            Field("note", "Note", .paragraphs(2_000)), Field("due", "To be done by", .date),
            Field("name", "By", .line(200), searched: false), Field("day", "On", .date),
          ], one: "answer"), audience: .partners, managed: true),
    ],
    reviewMonths: 12, summary: { "\($0.rows("answers").count) answered" }, isChecked: false)

  private static let states = Assessment.Answer.State.allCases.map {
    FieldType.Choice($0.rawValue, $0.title)
  }
}
