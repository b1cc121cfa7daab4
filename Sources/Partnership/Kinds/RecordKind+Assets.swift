import Definitions

extension RecordKind {
  /// Whether an asset runs, in the words of Open Referral.
  static let statuses: [FieldType.Choice] = [
    .init("active", "Yes"), .init("temporarily closed", "Closed for now"),
    .init("inactive", "Not at present"), .init("defunct", "No longer"),
  ]

  /// Those by which it helps nobody now.
  public static let notRunning: Set<String> = ["temporarily closed", "inactive", "defunct"]

  /// Something that a place has: a service, a group, a space, a skill, good practice.
  public static let asset = RecordKind(
    id: "asset", singular: "asset", plural: "assets", path: "assets",
    purpose: "What is strong here: services, groups, spaces, skills and good practice.",
    fields: [
      Field("name", "Name", .line(200), required: true),
      Field("type", "Type", .choice(AssetType.choices), required: true, filter: true),
      Field(
        "organisation", "Organisation", .record(["organisation"]),
        hint: "Who runs it. Leave it empty if nobody does."),
      Field(
        "postcode", "Postcode", .postcode,
        hint: "Of where it mostly is. More places can be added below."),
      Field("description", "What happens there", .paragraphs(10_000)),
      Field(
        "topics", "Topics", .choices(Topic.choices), filter: true, section: "What and for whom"),
      Field(
        "audience", "For whom", .choices(people), filter: true, section: "What and for whom"),
      Field(
        "minimum_age", "Youngest age", .number(0...130), searched: false,
        section: "What and for whom"),
      Field(
        "maximum_age", "Oldest age", .number(0...130), searched: false, section: "What and for whom"
      ),
      Field("eligibility", "Who may come", .paragraphs(2_000), section: "What and for whom"),
      Field(
        "languages", "Languages", .words, hint: "Spoken there, one a line.", filter: true,
        section: "What and for whom"),
      Field(
        "cost", "Cost",
        .choice([.init("free", "Free"), .init("donation", "A donation"), .init("paid", "Paid")]),
        filter: true, section: "What it costs"),
      Field(
        "costs", "Prices",
        .rows(
          [
            Field("option", "For", .line(200)),
            Field("amount", "Pounds", .number(0...1_000_000)),
            Field("detail", "Detail", .line(500)),
            Field("from", "From", .date), Field("to", "Until", .date),
          ], one: "price"), section: "What it costs"),
      Field("fees", "Cost in words", .paragraphs(2_000), section: "What it costs"),
      Field(
        "hours", "Opening hours",
        .rows(
          [
            Field("days", "Days", .choices(weekdays)),
            Field("opens", "Opens", .time), Field("closes", "Closes", .time),
            Field(
              "every", "How often",
              .choice([.init("week", "Every week"), .init("month", "Every month")])),
            Field("notes", "Notes", .line(500)),
            Field("from", "From", .date), Field("to", "Until", .date),
          ], one: "time"), section: "When"),
      Field(
        "places", "Places",
        .rows(
          [
            Field("name", "Name of the place", .line(200)),
            Field("address", "Address", .line(500)), Field("town", "Town", .line(100)),
            Field("postcode", "Postcode", .postcode),
            Field("latitude", "Latitude", .number(-90...90), searched: false),
            Field("longitude", "Longitude", .number(-180...180), searched: false),
            Field("access_note", "Access", .line(1_000)),
          ], one: "place"), section: "Where"),
      Field("access", "Access", .choices(accessFeatures), filter: true, section: "Where"),
      Field("website", "Website", .web, searched: false, section: "How to reach it"),
      Field("email", "Email", .email, section: "How to reach it"),
      Field("phone", "Telephone", .phone, section: "How to reach it"),
      Field(
        "contacts", "People to ask for",
        .rows(
          [
            Field("name", "Name", .line(200)), Field("role", "Role", .line(200)),
            Field("phone", "Telephone", .phone),
          ], one: "contact"), section: "How to reach it"),
      Field(
        "people", "Who knows about it", .records(["person"]),
        hint: "Of those in the directory: they are found by it.", audience: .partners,
        section: "How to reach it"),
      Field(
        "referral", "How one comes to it",
        .choice([
          .init("self", "Just turn up or call"), .init("professional", "A professional refers"),
          .init("either", "Turn up or call, or be referred"),
        ]), filter: true, section: "How to reach it"),
      Field(
        "status", "Is it running?", .choice(statuses), filter: true, section: "How to reach it"),
      Field(
        "alert", "Notice", .line(1_000), hint: "Shown at the top of its page, such as a closure.",
        section: "How to reach it"),
      Field(
        "stories", "Stories",
        .rows(
          [
            Field("text", "What happened", .paragraphs(3_000), required: true),
            Field("teller", "Told by", .line(100), hint: "As they want to be called."),
            Field("consent", "They agreed that it is shown", .flag),
          ], one: "story"), section: "Stories"),
      Field(
        "photographs", "Photographs",
        .rows(
          [
            Field("file", "File", .line(80), required: true, searched: false),
            Field("shows", "What it shows", .line(300), required: true),
            Field("credit", "Who took it", .line(100)),
          ], one: "photograph"), managed: true),
      Field(
        "labels", "Other labels", .words, hint: "One a line.", filter: true, section: "More"),
      Field("accreditations", "Accreditations", .line(1_000), section: "More"),
      Field("areas", "Areas it serves", .words, section: "More"),
      Field("funding", "Who funds it", .words, section: "More"),
      Field(
        "publisher_checked", "Checked by its publisher on", .date,
        hint: "What the feed that it came from says.", section: "More"),
    ],
    reviewMonths: 6,
    summary: { fields in
      let status = fields.text("status").flatMap { id in
        notRunning.contains(id) ? statuses.first { $0.id == id }?.title : nil
      }
      return [
        AssetType(rawValue: fields.text("type") ?? "")?.title,
        fields.rows("places").first?.text("town") ?? fields.text("postcode"),
        status.map { "running: \($0.lowercased())" },
      ].compactMap { $0 }.joined(separator: ", ")
    },
    pillars: { $0.pillarsOfTopics },
    problems: { fields in
      var problems: [FieldProblem] = []
      if let from = fields.number("minimum_age"), let to = fields.number("maximum_age"), from > to {
        problems.append(
          FieldProblem("maximum_age", "The oldest age is below the youngest, \(from.plain)."))
      }
      for (index, place) in fields.rows("places").enumerated() {
        problems += place.halfCoordinates.map {
          FieldProblem("places.\(index).\($0.field)", "Place \(index + 1): \($0.message)")
        }
      }
      for (index, time) in fields.rows("hours").enumerated() {
        if let from = time.text("from"), let to = time.text("to"), from > to {
          problems.append(
            FieldProblem("hours.\(index).to", "Time \(index + 1): it ends before it begins."))
        }
      }
      for (index, story) in fields.rows("stories").enumerated() where !story.flag("consent") {
        problems.append(
          FieldProblem(
            "stories.\(index).consent",
            "Story \(index + 1): keep it out until whoever told it has agreed that it is shown."))
      }
      return problems
    })

  /// Groups of people whom an asset may be for.
  static let people: [FieldType.Choice] = [
    .init("everyone", "Everyone"), .init("children", "Children"),
    .init("young_people", "Young people"),
    .init("parents", "Parents"), .init("older_people", "Older people"), .init("carers", "Carers"),
    .init("women", "Women"), .init("men", "Men"), .init("lgbt", "LGBT+ people"),
    .init("disabled_people", "Disabled people"), .init("refugees", "Refugees and migrants"),
    .init("homeless", "People without a home"), .init("veterans", "Veterans"),
    .init("ethnic_minorities", "Ethnic minority communities"),
  ]

  /// What makes a place possible to use.
  static let accessFeatures: [FieldType.Choice] = [
    .init("step_free", "Step-free"), .init("accessible_toilet", "Accessible toilet"),
    .init("hearing_loop", "Hearing loop"), .init("bsl", "British Sign Language"),
    .init("parking", "Parking"), .init("blue_badge", "Blue Badge parking"),
    .init("bus", "Near a bus stop"),
    .init("quiet_space", "Quiet space"), .init("baby_changing", "Baby changing"),
    .init("online", "Online or by telephone"), .init("home_visits", "Home visits"),
  ]

  /// Days of the week, by their codes in RFC 5545.
  public static let weekdays: [FieldType.Choice] = [
    .init("MO", "Monday"), .init("TU", "Tuesday"), .init("WE", "Wednesday"),
    .init("TH", "Thursday"),
    .init("FR", "Friday"), .init("SA", "Saturday"), .init("SU", "Sunday"),
  ]
}

/// What type of thing an asset is.
public enum AssetType: String, CaseIterable, Sendable {
  case service, group, space, skill, practice

  public var title: String {
    switch self {
    case .service: "Service"
    case .group: "Group or activity"
    case .space: "Space"
    case .skill: "Skill or offer of help"
    case .practice: "Good practice"
    }
  }

  static var choices: [FieldType.Choice] { allCases.map { .init($0.rawValue, $0.title) } }
}
