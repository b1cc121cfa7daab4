import Definitions

extension RecordKind {
  /// People of several organisations met: what ties between them are told from.
  public static let meeting = RecordKind(
    id: "meeting", singular: "meeting", plural: "meetings", path: "meetings",
    purpose: "Who met whom about what. Partners see it; ties between people are told from it.",
    fields: [
      Field("name", "What it was about", .line(200), required: true, audience: .partners),
      Field("day", "Day", .date, required: true, audience: .partners),
      Field(
        "people", "Who was there", .records(["person"]),
        hint: "Of those in the directory. Who is not in it is counted below.", audience: .partners),
      Field("organisation", "Who called it", .record(["organisation"]), audience: .partners),
      Field("topics", "Topics", .choices(Topic.choices), audience: .partners, filter: true),
      Field(
        "type", "What it was",
        .choice([
          .init("meeting", "Meeting"), .init("workshop", "Workshop"), .init("visit", "Visit"),
          .init("community", "Community meeting"), .init("training", "Training"),
        ]), audience: .partners, filter: true, section: "More"),
      Field(
        "priorities", "For which priority", .records(["priority"]), audience: .partners,
        section: "More"),
      Field(
        "others", "How many others", .number(0...10_000), audience: .partners, searched: false,
        section: "More"),
      Field("notes", "What came of it", .paragraphs(5_000), audience: .partners, section: "More"),
    ],
    reviewMonths: 120,
    summary: { $0.text("day").flatMap { Day($0) }?.inWords ?? "" },
    pillars: { $0.pillarsOfTopics },
    problems: { fields in
      guard fields.records("people").count <= 200 else {
        return [
          FieldProblem(
            "people",
            "Who was there: more than 200 people. Nobody meets so many; count the others below.")
        ]
      }
      guard let day = fields.text("day").flatMap({ Day($0) }), day.number > Day.today.number + 1,
        !fields.records("people").isEmpty
      else { return [] }
      return [
        FieldProblem("day", "Day: that is yet to come. Record who was there once they were.")
      ]
    },
    isChecked: false, defaults: { ["day": .text(Day.today.description)] })

  /// Somebody asks to be introduced to somebody. Only the people whom it is between see it.
  public static let introduction = RecordKind(
    id: "introduction", singular: "introduction", plural: "introductions", path: "introductions",
    purpose:
      "Ask to be brought together with somebody. Those whom it is between see it, in My work, and stewards; that two were introduced counts as a tie, what about does not.",
    fields: [
      Field(
        "name", "What you would like to talk about", .line(200), required: true, audience: .person),
      Field("to", "With whom", .record(["person"]), required: true, audience: .person),
      Field(
        "through", "Who can introduce you", .record(["person"]),
        hint: "Left empty, it goes to them directly.", audience: .person),
      Field("topics", "Topics", .choices(Topic.choices), audience: .person, section: "More"),
      Field("message", "More about it", .paragraphs(2_000), audience: .person, section: "More"),
      Field("from", "Who asks", .record(["person"]), audience: .person, managed: true),
      Field(
        "state", "Where it stands", .choice(IntroductionState.choices), audience: .person,
        managed: true),
      Field("asked_on", "Asked on", .date, audience: .person, managed: true),
      Field("answer", "Answer", .paragraphs(2_000), audience: .person, managed: true),
      Field("answered_on", "Answered on", .date, audience: .person, managed: true),
      Field("for_handover", "Of a handover", .flag, audience: .person, managed: true),
    ],
    organisation: nil, reviewMonths: 120,
    pillars: { $0.pillarsOfTopics },
    problems: { fields in
      let parties = ["from", "to", "through"].compactMap { fields.record($0) }
      guard Set(parties).count < parties.count else { return [] }
      return [
        FieldProblem(
          "to", "With whom: an introduction is between different people; somebody is in it twice.")
      ]
    },
    // Once it is asked, with whom and through whom stays; once it is answered, all of it.
    frozen: { fields in
      guard fields["from"] != nil else { return [] }
      let isOpen = fields.text("state") == IntroductionState.asked.rawValue
      return isOpen ? ["to", "through"] : ["to", "through", "name", "topics", "message"]
    },
    parties: ["from", "to", "through"], isChecked: false,
    defaults: {
      ["state": .text(IntroductionState.asked.rawValue), "asked_on": .text(Day.today.description)]
    })
}

/// What became of an introduction that somebody asked for.
public enum IntroductionState: String, CaseIterable, Sendable {
  case asked, made, declined

  public var title: String {
    switch self {
    case .asked: "Waits for an answer"
    case .made: "They were introduced"
    case .declined: "Not this time"
    }
  }

  static var choices: [FieldType.Choice] { allCases.map { .init($0.rawValue, $0.title) } }
}
