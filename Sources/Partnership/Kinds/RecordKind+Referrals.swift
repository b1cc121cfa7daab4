import Definitions

extension RecordKind {
  /// A need that somebody brings to a service, which accepts or declines it. Nothing in it says whose need it is.
  public static let referral = RecordKind(
    id: "referral", singular: "referral", plural: "referrals", path: "referrals",
    purpose:
      "From a need to a service that accepts it or says why not. Keep who it is about in your own record, with the number that this one gets.",
    fields: [
      Field(
        "name", "What is needed, in a line", .line(200),
        hint: "Nothing that tells who it is about.", required: true, audience: .organisation),
      Field(
        "topics", "Need", .choices(Topic.choices), required: true, audience: .organisation,
        filter: true),
      Field(
        "asset", "To", .record(["asset"]), hint: "Leave it empty where nothing answers.",
        audience: .organisation),
      Field(
        "organisation", "Who answers", .record(["organisation"]),
        hint: "Left empty: whoever runs it.", audience: .organisation),
      Field(
        "referrer", "Who refers", .record(["organisation"]), audience: .organisation,
        section: "About whom, as little as it takes"),
      Field(
        "ages", "Age", .choice(ages), audience: .organisation,
        section: "About whom, as little as it takes"),
      Field(
        "district", "Postcode district", .line(4), hint: "The first half only, such as ZZ2.",
        audience: .organisation, filter: true, section: "About whom, as little as it takes"),
      Field(
        "language", "Language", .line(60), audience: .organisation,
        section: "About whom, as little as it takes"),
      Field(
        "state", "Where it stands", .choice(ReferralState.choices), audience: .organisation,
        filter: true, managed: true),
      Field("sent_on", "Sent on", .date, audience: .organisation, managed: true),
      Field("answer", "Answer", .paragraphs(2_000), audience: .organisation, managed: true),
      Field("answered_on", "Answered on", .date, audience: .organisation, managed: true),
    ],
    reviewMonths: 1,
    summary: { fields in
      [
        ReferralState(rawValue: fields.text("state") ?? "")?.title,
        fields.texts("topics").compactMap { Topic(rawValue: $0)?.title }.first,
      ].compactMap { $0 }.joined(separator: ", ")
    },
    pillars: { $0.pillarsOfTopics },
    problems: { fields in
      var problems = ["name"].compactMap { name in
        fields.text(name).flatMap { Identifiers.found(in: $0) }.map { what in
          FieldProblem(name, "There is \(what) in it. Leave out whatever tells who it is about.")
        }
      }
      if let district = fields.text("district"),
        district.uppercased().wholeMatch(of: /[A-Z]{1,2}[0-9][A-Z0-9]?/) == nil
      {
        problems.append(
          FieldProblem(
            "district",
            "Postcode district: '\(district)' is not the first half of a postcode, such as ZZ2."))
      }
      return problems
    },
    isChecked: false,
    defaults: { ["state": .text("sent"), "sent_on": .text(Day.today.description)] })
}

/// What became of a referral.
public enum ReferralState: String, CaseIterable, Sendable {
  case sent, accepted, declined
  /// Nothing answers to the need.
  case unmet

  public var title: String {
    switch self {
    case .sent: "Waits for an answer"
    case .accepted: "Accepted"
    case .declined: "Declined"
    case .unmet: "Nothing answers to it"
    }
  }

  static var choices: [FieldType.Choice] { allCases.map { .init($0.rawValue, $0.title) } }
}
