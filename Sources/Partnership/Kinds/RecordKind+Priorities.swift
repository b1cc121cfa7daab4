import Definitions

extension RecordKind {
  /// Something that the place might put first, or has.
  public static let priority = RecordKind(
    id: "priority", singular: "priority", plural: "priorities", path: "priorities",
    purpose: "What could come first, what was chosen, and why.",
    fields: [
      Field("name", "Name", .line(200), required: true),
      Field(
        "description", "The need, in plain English", .paragraphs(5_000),
        hint: "Who is concerned, what is wrong, what would be better."),
      Field("topics", "Topics", .choices(Topic.choices), filter: true),
      Field(
        "status", "Where it stands",
        .choice([
          .init("candidate", "Proposed"), .init("chosen", "Chosen"),
          .init("not_now", "Not now"), .init("closed", "Closed"),
        ]), required: true, filter: true),
      Field(
        "indicators", "Indicators that show it", .listed("indicators"),
        searched: false, section: "Evidence"),
      Field("evidence", "Other evidence", .paragraphs(5_000), section: "Evidence"),
      Field(
        "changes", "What would have to change", .choices(Topic.choices),
        hint: "The causes that its theory of change works on.", section: "Theory of change"),
      Field("theory", "How that would come about", .paragraphs(5_000), section: "Theory of change"),
      Field(
        "organisation", "Who answers for it", .record(["organisation"]), section: "Who"),
      Field("sponsor", "Senior sponsor", .record(["person"]), section: "Who"),
      Field("partners", "Partners", .records(["organisation"]), section: "Who"),
      Field("reason", "Why it was decided so", .paragraphs(5_000), section: "Decision"),
      Field("decided_on", "Decided on", .date, section: "Decision"),
      Field("review_on", "Look again on", .date, section: "Decision"),
      Field(
        "round", "Decided in", .record(["round"]), managed: true, section: "Decision"),
    ],
    reviewMonths: 12,
    summary: { fields in
      switch fields.text("status") {
      case "chosen":
        "Chosen"
          + (fields.text("review_on").flatMap { Day($0) }.map { ", look again on \($0.inWords)" }
            ?? "")
      case "not_now": "Not now"
      case "closed": "Closed"
      default: "Proposed"
      }
    },
    pillars: { fields in
      let named = (fields.texts("topics") + fields.texts("changes"))
        .compactMap { Topic(rawValue: $0)?.pillar }
      return Pillar.allCases.filter(named.contains)
    },
    defaults: { ["status": .text("candidate")] })

  /// A round in which partners choose between priorities: criteria and weights, scores, decision.
  public static let round = RecordKind(
    id: "round", singular: "round", plural: "rounds", path: "rounds",
    purpose:
      "Choosing together: criteria and weights on the table, scores by everybody in their role, a decision with its reasons.",
    fields: [
      Field("name", "Name", .line(200), required: true),
      Field("question", "What is to be decided", .paragraphs(2_000)),
      Field("organisation", "Who runs it", .record(["organisation"])),
      Field("priorities", "Between which priorities", .records(["priority"])),
      Field(
        "criteria", "Criteria",
        .rows(
          [
            Field("name", "Criterion", .line(80), required: true),
            Field("meaning", "What a high score means", .line(300)),
            Field("weight", "Weight", .number(0...100), required: true),
            Field("source", "How it is told", .choice(Criterion.Source.choices)),
          ], one: "criterion"),
        hint: "Weights are shares of 100; they are scaled if they add up to something else."),
      Field(
        "groups", "Whose scores count how much",
        .rows(
          [
            Field("name", "Group", .line(80), required: true),
            Field("share", "Share", .number(0...100), required: true),
          ], one: "group"),
        hint: "Such as: community panel 50, public bodies 30, voluntary sector 20."),
      Field("closes_on", "Scores until", .date, section: "Course"),
      Field(
        "stage", "Stage",
        .choice([
          .init("preparing", "Criteria and weights are being agreed"),
          .init("scoring", "Scoring"), .init("again", "Scoring again, knowing the others’ scores"),
          .init("closed", "Scored, not decided yet"), .init("decided", "Decided"),
        ]), filter: true, managed: true, section: "Course"),
      Field("take", "Times scored", .number(0...1_000), searched: false, managed: true),
      Field("decision", "Decision", .paragraphs(5_000), managed: true, section: "Decision"),
      Field("decided_on", "Decided on", .date, managed: true, section: "Decision"),
      Field("review_on", "Look again on", .date, managed: true, section: "Decision"),
      Field(
        "dissent", "Who saw it otherwise",
        .rows(
          [
            Field("text", "What they say", .paragraphs(2_000), required: true),
            Field("name", "Who", .line(200), audience: .partners, searched: false),
          ], one: "dissent"), managed: true, section: "Decision"),
    ],
    reviewMonths: 12,
    summary: { fields in
      switch fields.text("stage") {
      case "scoring": "Scoring"
      case "again": "Scoring again"
      case "closed": "Scored, not decided yet"
      case "decided": "Decided"
      default: "Criteria and weights are being agreed"
      }
    },
    problems: { fields in
      var problems: [FieldProblem] = []
      let criteria = fields.rows("criteria")
      let names = criteria.compactMap { $0.text("name")?.lowercased() }
      if Set(names).count < names.count {
        problems.append(
          FieldProblem("criteria", "Criteria: two have the same name. Give each its own."))
      }
      if !criteria.isEmpty, criteria.allSatisfy({ ($0.number("weight") ?? 0) == 0 }) {
        problems.append(FieldProblem("criteria", "Criteria: no criterion has any weight."))
      }
      if fields.records("priorities").count > 30 {
        problems.append(
          FieldProblem(
            "priorities", "More than 30 priorities: nobody can weigh so many. Choose before."))
      }
      let groups = fields.rows("groups").compactMap { $0.text("name")?.lowercased() }
      if Set(groups).count < groups.count {
        problems.append(FieldProblem("groups", "Groups: two have the same name."))
      }
      return problems
    },
    // Once scores come in, what is scored by which rules stays.
    frozen: { fields in
      (fields.text("stage") ?? "preparing") == "preparing"
        ? [] : ["criteria", "groups", "priorities"]
    },
    defaults: {
      [
        "criteria": .rows([
          [
            "name": .text("Need"), "weight": .number(20), "source": .text("need"),
            "meaning": .text("Its indicators are worse here than the benchmark"),
          ],
          [
            "name": .text("Inequality"), "weight": .number(20), "source": .text("inequality"),
            "meaning": .text("Its indicators differ by deprivation"),
          ],
          [
            "name": .text("What matters to people"), "weight": .number(20),
            "source": .text("judged"), "meaning": .text("Communities say that it comes first"),
          ],
          [
            "name": .text("What can be changed"), "weight": .number(20),
            "source": .text("judged"), "meaning": .text("We know what works, and can do it here"),
          ],
          [
            "name": .text("Together"), "weight": .number(20), "source": .text("judged"),
            "meaning": .text("It takes several of us, and we are ready"),
          ],
        ]),
        "groups": .rows([
          ["name": .text("Community panel"), "share": .number(50)],
          ["name": .text("Public bodies"), "share": .number(30)],
          ["name": .text("Voluntary sector"), "share": .number(20)],
        ]),
      ]
    })
}
