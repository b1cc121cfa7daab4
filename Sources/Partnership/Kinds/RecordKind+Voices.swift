import Definitions

extension RecordKind {
  /// What people said: who was heard (groups, never names), where, about what, and what became of it.
  public static let voice = RecordKind(
    id: "voice", singular: "voice", plural: "voices", path: "voices",
    purpose:
      "What matters to people, as they said it: conversations, surveys, community research, complaints and compliments.",
    fields: [
      Field(
        "name", "What was said, in a line", .line(200), required: true, audience: .partners,
        consented: true),
      Field("topics", "Themes", .choices(Topic.choices), filter: true),
      Field(
        "consent", "Those who said it",
        .choice([
          .init("agreed", "agree that it is kept and told on, without their names"),
          .init("published", "have said it in public, or it is published already"),
        ]), required: true),
      Field(
        "text", "In more words", .paragraphs(10_000), hint: "Nothing that tells who somebody is.",
        audience: .partners, consented: true, section: "More of it"),
      Field(
        "type", "What it is",
        .choice([
          .init("need", "A need"), .init("worry", "A worry"), .init("barrier", "A barrier"),
          .init("idea", "An idea"), .init("strength", "Something good"),
        ]), filter: true, section: "More of it"),
      Field(
        "method", "How it was heard",
        .choice([
          .init("conversation", "Conversation"), .init("meeting", "Meeting"),
          .init("survey", "Survey"), .init("research", "Community research"),
          .init("complaint", "Complaint"), .init("compliment", "Compliment"),
        ]), filter: true, section: "More of it"),
      Field("heard_on", "Heard on", .date, required: true, section: "More of it"),
      Field("organisation", "Who listened", .record(["organisation"]), section: "More of it"),
      Field("labels", "Themes in their own words", .words, filter: true, section: "More of it"),
      Field(
        "count", "How many people", .number(1...1_000_000), audience: .partners,
        section: "Who was heard"),
      Field(
        "groups", "Groups", .choices(people), audience: .partners, filter: true,
        section: "Who was heard"),
      Field(
        "ages", "Ages", .choices(ages), audience: .partners, filter: true, section: "Who was heard"),
      Field(
        "ethnicities", "Ethnic groups", .choices(ethnicities), audience: .partners, filter: true,
        section: "Who was heard"),
      Field(
        "postcode", "Postcode of where you met", .postcode,
        hint: "Of the hall or the street corner, never of somebody’s home.",
        audience: .partners, section: "Who was heard"),
      Field(
        "priorities", "Taken up in", .records(["priority"]), section: "You said, we did"),
      Field("did", "What was done", .paragraphs(5_000), section: "You said, we did"),
      Field("did_on", "Done on", .date, section: "You said, we did"),
      Field("told_on", "They were told on", .date, section: "You said, we did"),
    ],
    reviewMonths: 12,
    summary: { fields in
      [
        fields.text("type").flatMap { type in
          [
            "need": "A need", "worry": "A worry", "barrier": "A barrier", "idea": "An idea",
            "strength": "Something good",
          ][type]
        },
        fields.texts("topics").compactMap { Topic(rawValue: $0)?.title }.first,
        fields.text("heard_on").flatMap { Day($0) }.map { $0.inWords },
      ].compactMap { $0 }.joined(separator: ", ")
    },
    pillars: { $0.pillarsOfTopics },
    problems: { fields in
      let heard = fields.text("heard_on").flatMap { Day($0) }
      let isAhead = heard.map { $0.number > Day.today.number + 1 } ?? false
      let early =
        isAhead ? [FieldProblem("heard_on", "Heard on: that day is yet to come.")] : []
      return early
        + ["name", "text", "did", "labels"].compactMap { name in
          let text = fields.text(name) ?? fields.texts(name).joined(separator: "\n")
          return Identifiers.found(in: text).map { what in
            FieldProblem(
              name,
              "There is \(what) in it. Leave out whatever tells who somebody is, and keep what they said."
            )
          }
        }
    },
    defaults: { ["heard_on": .text(Day.today.description)] })

  /// Ages as those who listen can tell them.
  public static let ages: [FieldType.Choice] = [
    .init("0-14", "Under 15"), .init("15-24", "15 to 24"), .init("25-44", "25 to 44"),
    .init("45-64", "45 to 64"), .init("65-79", "65 to 79"), .init("80+", "80 and over"),
  ]

  /// The five broad ethnic groups of the census of England and Wales.
  public static let ethnicities: [FieldType.Choice] = [
    .init("asian", "Asian, Asian British or Asian Welsh"),
    .init("black", "Black, Black British, Black Welsh, Caribbean or African"),
    .init("mixed", "Mixed or multiple"), .init("white", "White"), .init("other", "Other"),
  ]

  /// A way through services that was designed with those who use it.
  public static let pathway = RecordKind(
    id: "pathway", singular: "pathway", plural: "pathways", path: "pathways",
    purpose: "Ways through services: who designed them with whom, and when to look again.",
    fields: [
      Field("name", "Name", .line(200), required: true),
      Field("description", "What it is", .paragraphs(5_000)),
      Field("organisation", "Who looks after it", .record(["organisation"])),
      Field("topics", "Topics", .choices(Topic.choices), filter: true),
      Field("review_on", "Look again on", .date, required: true),
      Field(
        "log", "Co-design log",
        .rows(
          [
            Field("day", "Day", .date, required: true),
            Field("what", "What was decided or changed", .paragraphs(2_000), required: true),
            Field("groups", "With whom", .choices(people)),
            Field("count", "How many", .number(1...100_000)),
          ], one: "session")),
      Field("voices", "What was heard", .records(["voice"]), section: "More"),
      Field(
        "people", "Who worked on it", .records(["person"]), audience: .partners, section: "More"),
      Field("priorities", "For which priority", .records(["priority"]), section: "More"),
    ],
    reviewMonths: 12,
    summary: { fields in
      fields.text("review_on").flatMap { Day($0) }.map { "look again on \($0.inWords)" } ?? ""
    },
    pillars: { $0.pillarsOfTopics },
    problems: { fields in
      fields.rows("log").enumerated().compactMap { index, session in
        guard let day = session.text("day").flatMap({ Day($0) }),
          day.number > Day.today.number + 1
        else { return nil }
        return FieldProblem(
          "log.\(index).day", "Session \(index + 1): that day is yet to come.")
      }
    },
    defaults: { ["review_on": .text(Day.today.adding(months: 12).description)] })
}
