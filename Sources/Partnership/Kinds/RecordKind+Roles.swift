import Definitions

extension RecordKind {
  /// Something that has to be done in a place: a function, a responsibility, a capability; with who does it.
  public static let function = RecordKind(
    id: "function", singular: "function", plural: "functions", path: "functions",
    purpose:
      "What has to be done for the health of the population, who does it, and who answers for it.",
    fields: [
      Field("name", "Name", .line(200), required: true),
      Field(
        "type", "Type",
        .choice([
          .init("function", "Function"), .init("responsibility", "Responsibility"),
          .init("capability", "Capability"),
        ]), filter: true),
      Field("domain", "Part of", .choice(FunctionDomain.choices), required: true, filter: true),
      Field("description", "What it means", .paragraphs(5_000)),
      Field(
        "scales", "Where it belongs", .choices(Scale.choices),
        hint: "The scales at which somebody should answer for it.", filter: true),
      Field(
        "law", "The law that demands it", .line(300),
        hint: "Act and section. Leave it empty where no law does.", section: "Statutory duty"),
      Field(
        "duty", "Whom the law names", .choices(Sector.choices), section: "Statutory duty"),
      Field("law_link", "Where to read it", .web, searched: false, section: "Statutory duty"),
      Field("topics", "Topics", .choices(Topic.choices), filter: true, section: "More"),
      Field("aliases", "Also called", .words, hint: "One a line.", section: "More"),
      Field(
        "responsibilities", "Who does it", .rows(responsibility.ownFields, one: "organisation"),
        managed: true),
      Field(
        "agreements", "Who has agreed",
        .rows(
          [
            Field("organisation", "Organisation", .record(["organisation"]), required: true),
            Field("day", "Day", .date, required: true),
            Field("name", "By", .line(200), audience: .partners, searched: false),
            Field("split", "Split", .line(40), searched: false),
          ], one: "agreement"), searched: false, managed: true),
      Field(
        "log", "What was said",
        .rows(
          [
            Field("day", "Day", .date, required: true),
            Field("name", "By", .line(200), audience: .partners, searched: false),
            Field("organisation", "For", .record(["organisation"])),
            Field("text", "What", .paragraphs(2_000), required: true),
          ], one: "remark"), managed: true),
    ],
    organisation: nil, reviewMonths: 12,
    summary: { fields in
      [
        FunctionDomain(rawValue: fields.text("domain") ?? "")?.title,
        fields.text("law").map { "statutory: \($0)" },
      ].compactMap { $0 }.joined(separator: ", ")
    },
    pillars: { fields in
      let pillars = fields.pillarsOfTopics
      guard pillars.isEmpty else { return pillars }
      return switch FunctionDomain(rawValue: fields.text("domain") ?? "") {
      case .publicHealth: [.widerDeterminants, .behaviours]
      case .care, .commissioning, .populationHealthManagement: [.healthAndCare]
      case .partnership: [.placesAndCommunities]
      case nil: []
      }
    })

  /// What one organisation is to a function: not a record by itself, but a form.
  public static let responsibility = RecordKind(
    id: "responsibility", singular: "responsibility", plural: "responsibilities",
    path: "responsibilities", purpose: "Who does it at which scale.",
    fields: [
      Field("organisation", "Organisation", .record(["organisation"]), required: true),
      Field("scale", "At which scale", .choice(Scale.choices), required: true),
      Field("involvement", "What it is there", .choice(Involvement.choices), required: true),
      Field("person", "Who leads on it", .record(["person"]), section: "Capability and capacity"),
      Field(
        "capability", "How far it is able to", .choice(Capability.choices),
        section: "Capability and capacity"),
      Field(
        "posts", "Posts", .number(0...100_000), hint: "In whole-time equivalents.",
        section: "Capability and capacity"),
      Field(
        "vacancies", "Of them vacant", .number(0...100_000), section: "Capability and capacity"),
      Field("note", "Note", .line(500), section: "Capability and capacity"),
    ],
    title: "note", organisation: nil, reviewMonths: 12,
    problems: { fields in
      guard let posts = fields.number("posts"), let vacant = fields.number("vacancies"),
        vacant > posts
      else { return [] }
      return [
        FieldProblem("vacancies", "More posts are vacant than there are: \(posts.plain).")
      ]
    })

  /// What somebody asked an organisation to do.
  public static let request = RecordKind(
    id: "request", singular: "request", plural: "requests", path: "requests",
    purpose: "What one organisation asks of another, and whether it is that one’s to do.",
    fields: [
      Field("name", "What is asked", .line(200), required: true),
      Field("asker", "Who asks", .record(["organisation"]), required: true),
      Field("organisation", "Whom", .record(["organisation"]), required: true),
      Field(
        "function", "Which function it is part of", .record(["function"]),
        hint: "So that Kith can say whose it is."),
      Field("scale", "At which scale", .choice(Scale.choices), filter: true),
      Field("details", "Details", .paragraphs(5_000), section: "More"),
      Field("asked_on", "Asked on", .date, section: "More"),
      Field(
        "state", "Where it stands",
        .choice([
          .init("asked", "Asked"), .init("accepted", "Accepted"), .init("passed", "Passed on"),
          .init("declined", "Declined"),
        ]), filter: true, managed: true, section: "Answer"),
      Field("answer", "Answer", .paragraphs(5_000), managed: true, section: "Answer"),
      Field("answered_on", "Answered on", .date, managed: true, section: "Answer"),
    ],
    reviewMonths: 3,
    summary: { fields in
      switch fields.text("state") {
      case "accepted": "Accepted"
      case "passed": "Passed on"
      case "declined": "Declined"
      default: "Waits for an answer"
      }
    },
    problems: { fields in
      guard let asker = fields.record("asker"), asker == fields.record("organisation") else {
        return []
      }
      return [FieldProblem("organisation", "Whom: that is who asks. Name the other organisation.")]
    }, isChecked: false)

  /// A word that partners use, and who means what by it.
  public static let term = RecordKind(
    id: "term", singular: "term", plural: "terms", path: "glossary",
    purpose: "Words that partners use: who means what, and what we agreed that they mean here.",
    fields: [
      Field("name", "Term", .line(120), required: true),
      Field(
        "meanings", "Who means what",
        .rows(
          [
            Field("organisation", "Organisation", .record(["organisation"]), required: true),
            Field("meaning", "What it means there", .paragraphs(2_000), required: true),
            Field("source", "Where it says so", .line(300)),
          ], one: "meaning")),
      Field("agreed", "What we agreed that it means here", .paragraphs(2_000)),
      Field("agreed_on", "Agreed on", .date, section: "More"),
      Field("aliases", "Also called", .words, hint: "One a line.", section: "More"),
      Field("topics", "Topics", .choices(Topic.choices), filter: true, section: "More"),
    ],
    organisation: nil, reviewMonths: 24,
    summary: { Glossary.Standing($0).words },
    pillars: { $0.pillarsOfTopics },
    problems: { fields in
      let organisations = fields.rows("meanings").compactMap { $0.record("organisation") }
      guard Set(organisations).count < organisations.count else { return [] }
      return [
        FieldProblem(
          "meanings", "Who means what: an organisation stands there twice. Give it one meaning.")
      ]
    })
}
