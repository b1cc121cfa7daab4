import Definitions

extension RecordKind {
  /// An organisation, of any sector.
  public static let organisation = RecordKind(
    id: "organisation", singular: "organisation", plural: "organisations", path: "partners",
    purpose: "Who is there: public bodies, charities, groups, employers.",
    fields: [
      Field("name", "Name", .line(200), required: true),
      Field("sector", "Sector", .choice(Sector.choices), required: true, filter: true),
      Field(
        "description", "What it does", .paragraphs(5_000),
        hint: "In a sentence or two, for somebody who has never heard of it."),
      Field("website", "Website", .web, searched: false, section: "How to reach it"),
      Field("email", "Email", .email, section: "How to reach it"),
      Field("phone", "Telephone", .phone, section: "How to reach it"),
      Field("address", "Address", .paragraphs(500), section: "How to reach it"),
      Field("postcode", "Postcode", .postcode, section: "How to reach it"),
      Field(
        "latitude", "Latitude", .number(-90...90),
        hint: "In degrees; only if the postcode is not enough.",
        section: "How to reach it"),
      Field("longitude", "Longitude", .number(-180...180), section: "How to reach it"),
      Field(
        "parent", "Part of", .record(["organisation"]),
        hint: "The organisation that it is part of.",
        section: "Where it belongs"),
      Field(
        "areas", "Areas it works in", .words,
        hint: "Names of wards, districts or neighbourhoods, one a line.",
        section: "Where it belongs"),
      Field(
        "identifiers", "Numbers in registers",
        .rows(
          [
            Field("scheme", "Register", .choice(registers), required: true),
            Field("number", "Number", .line(60), required: true),
          ], one: "number"),
        hint: "Such as its ODS code or charity number.", section: "Where it belongs"),
    ],
    organisation: nil, reviewMonths: 12,
    summary: { Sector(rawValue: $0.text("sector") ?? "")?.title ?? "" },
    pillars: { Sector(rawValue: $0.text("sector") ?? "")?.pillars ?? [] },
    problems: { $0.halfCoordinates })

  /// Registers of organisations, by their codes in org-id.guide.
  private static let registers: [FieldType.Choice] = [
    .init("GB-NHS", "NHS Organisation Data Service (ODS)"), .init("GB-CHC", "Charity Commission"),
    .init("GB-COH", "Companies House"), .init("GB-EDU", "Schools (URN)"),
    .init("GB-LAE", "Local authorities"), .init("other", "Another"),
  ]

  /// A team of an organisation.
  public static let team = RecordKind(
    id: "team", singular: "team", plural: "teams", path: "teams",
    purpose: "Parts of organisations that people know by name.",
    fields: [
      Field("name", "Name", .line(200), required: true),
      Field(
        "organisation", "Organisation", .record(["organisation"]), required: true,
        section: ""),
      Field("description", "What it does", .paragraphs(5_000)),
      Field("topics", "Topics", .choices(Topic.choices), filter: true, section: "More"),
      Field("email", "Email", .email, section: "More"),
      Field("phone", "Telephone", .phone, section: "More"),
    ],
    reviewMonths: 12,
    pillars: { $0.pillarsOfTopics })

  /// Somebody who works with others in the place, paid or not. Each field is seen by whom they choose.
  public static let person = RecordKind(
    id: "person", singular: "person", plural: "people", path: "people",
    purpose: "Who can be asked, and for what: each has chosen who may see which of it.",
    fields: [
      Field("name", "Name", .line(200), required: true, audience: .partners, consented: true),
      Field(
        "organisation", "Organisation", .record(["organisation"]), audience: .partners,
        consented: true),
      Field("role", "Role", .line(200), audience: .partners, consented: true),
      Field(
        "knows", "What they know about", .choices(Topic.choices), audience: .partners,
        consented: true, filter: true, section: "What they bring"),
      Field(
        "skills", "Skills", .words, hint: "One a line: facilitation, Urdu, data visualisation …",
        audience: .partners, consented: true, filter: true, section: "What they bring"),
      Field(
        "passions", "What they care about", .words, hint: "One a line.", audience: .partners,
        consented: true, section: "What they bring"),
      Field(
        "lived_experience", "Lived experience", .paragraphs(5_000),
        hint: "Only what the person offers, in their own words.", audience: .organisation,
        consented: true, section: "What they bring"),
      Field(
        "languages", "Languages", .words, hint: "One a line.", audience: .partners, consented: true,
        filter: true, section: "What they bring"),
      Field(
        "also", "Other places where they work or volunteer",
        .rows(
          [
            Field("organisation", "Organisation", .record(["organisation"]), required: true),
            Field("role", "Role", .line(200)),
          ], one: "place"), audience: .partners, consented: true, section: "What they bring"),
      Field(
        "offers", "What they offer", .choices(offers), audience: .partners, consented: true,
        filter: true, section: "What they bring"),
      Field(
        "open_to", "What they agree to", .choices(openness),
        hint: "Nobody is found, named or asked without it.", audience: .partners, filter: true,
        ownWord: true, section: "Among others"),
      Field(
        "ties", "Whom they know well",
        .rows(
          [
            Field("person", "Person", .record(["person"]), required: true),
            Field("how", "How", .line(200), hint: "Such as: ran the winter clinic together."),
            Field(
              "since", "Last worked together on", .date,
              hint: "A tie fades with the years from that day."),
          ], one: "person"),
        hint:
          "Who is known from meetings and introductions that are recorded need not stand here.",
        audience: .partners, consented: true, section: "Among others"),
      Field(
        "team", "Team", .record(["team"]), audience: .partners, consented: true,
        section: "How to reach them"),
      Field(
        "email", "Email", .email, audience: .partners, consented: true, section: "How to reach them"
      ),
      Field(
        "phone", "Telephone", .phone, audience: .organisation, consented: true,
        section: "How to reach them"),
      Field(
        "contact", "How they want to be contacted",
        .choice([
          .init("email", "By email"), .init("phone", "By telephone"),
          .init("introduction", "Through somebody who introduces us"),
          .init("not", "Not at all now"),
        ]), audience: .partners, consented: true, section: "How to reach them"),
      Field(
        "availability", "When they are available", .line(300),
        hint: "Such as: Tuesday evenings; half a day a month.", audience: .partners,
        consented: true,
        section: "How to reach them"),
      Field(
        "until", "Leaves on", .date, hint: "The last day, where somebody is going to leave.",
        audience: .organisation, section: "Leaving"),
      Field(
        "handover", "Handed over to", .record(["person"]), audience: .organisation,
        section: "Leaving"),
    ],
    reviewMonths: 12, summary: { $0.text("role") ?? "" }, pillars: { $0.pillarsOfTopics },
    problems: { fields in
      let known = fields.rows("ties").compactMap { $0.record("person") }
      guard Set(known).count < known.count else { return [] }
      return [FieldProblem("ties", "Whom they know well: somebody stands there twice.")]
    })

  /// What somebody may offer to others.
  public static let offers: [FieldType.Choice] = [
    .init("question", "Answer a question"), .init("meeting", "Come to a community meeting"),
    .init("speak", "Speak or teach"), .init("mentor", "Mentor somebody"),
    .init("join", "Join a piece of work"),
  ]

  /// What somebody may agree to, none of which is done without.
  static let openness: [FieldType.Choice] = [
    .init("found", "To be found by those who look for somebody who knows"),
    .init("named", "To be named in the picture of who is connected with whom"),
    .init("introduce", "To be asked to introduce people to each other"),
  ]
}

extension Fields {
  /// A latitude without a longitude, or the other way round.
  var halfCoordinates: [FieldProblem] {
    switch (number("latitude"), number("longitude")) {
    case (.some, nil): [FieldProblem("longitude", "A latitude needs a longitude beside it.")]
    case (nil, .some): [FieldProblem("latitude", "A longitude needs a latitude beside it.")]
    default: []
    }
  }

  /// The pillars of the topics that a record names.
  var pillarsOfTopics: [Pillar] {
    let pillars = (texts("topics") + texts("knows")).compactMap { Topic(rawValue: $0)?.pillar }
    return Pillar.allCases.filter(pillars.contains)
  }
}
