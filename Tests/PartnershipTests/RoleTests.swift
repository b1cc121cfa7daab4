import Foundation
import Governance
import Testing

@testable import Partnership

@Suite("Who does what: what should be settled is found")
struct RoleTests {
  /// A worked example: eight functions of a place, each with one thing wrong, and one with nothing wrong.
  ///
  /// | function | who | wrong |
  /// | --- | --- | --- |
  /// | 1 needs assessment (statutory: council) | council accountable and responsible at place | nothing |
  /// | 2 stop smoking | council and board both accountable at place | two accountable |
  /// | 3 social prescribing | network responsible in the neighbourhood | nobody accountable |
  /// | 4 forward plan (system) | board accountable at system; council responsible at place | wrong scale |
  /// | 5 health checks (statutory: council) | board accountable at place, council responsible | the law names another |
  /// | 6 linked data | board accountable at system, two of two posts vacant | no capacity |
  /// | 7 evaluation | university accountable at place | nobody does it |
  /// | 8 annual report (statutory) | nobody | not mapped |
  private static let council = RecordNumber(1)
  private static let board = RecordNumber(2)
  private static let network = RecordNumber(3)
  private static let university = RecordNumber(4)
  private static let busy = RecordNumber(50)

  private static let example: RoleMap = {
    func part(
      _ organisation: RecordNumber, _ scale: Scale, _ involvement: Involvement,
      posts: Double? = nil, vacancies: Double? = nil, person: RecordNumber? = nil
    ) -> Responsibility {
      Responsibility(
        organisation: organisation, scale: scale, involvement: involvement, person: person,
        posts: posts, vacancies: vacancies)
    }
    func function(
      _ number: Int64, _ title: String, _ scales: [Scale], law: String? = nil,
      duty: [Sector] = [], _ parts: [Responsibility]
    ) -> RoleMap.Function {
      RoleMap.Function(
        number: RecordNumber(number), title: title, scales: scales, law: law, duty: duty,
        responsibilities: parts)
    }
    return RoleMap(
      functions: [
        function(
          11, "Needs assessment", [.place], law: "An Act", duty: [.localAuthority],
          [
            part(council, .place, .accountable, person: busy),
            part(council, .place, .responsible), part(board, .place, .supporting),
          ]),
        function(
          12, "Help to stop smoking", [.place],
          [
            part(council, .place, .accountable, person: busy), part(board, .place, .accountable),
            part(council, .place, .responsible),
          ]),
        function(
          13, "Social prescribing", [.neighbourhood], [part(network, .neighbourhood, .responsible)]),
        function(
          14, "Forward plan", [.system],
          [
            part(board, .system, .accountable), part(board, .system, .responsible),
            part(council, .place, .responsible),
          ]),
        function(
          15, "Health checks", [.place], law: "Regulations", duty: [.localAuthority],
          [part(board, .place, .accountable), part(council, .place, .responsible)]),
        function(
          16, "Linked data", [.system],
          [
            part(board, .system, .accountable, person: busy),
            part(board, .system, .responsible, posts: 2, vacancies: 2),
          ]),
        function(17, "Evaluation", [.place], [part(university, .place, .accountable)]),
        function(18, "Annual report", [.place], law: "An Act", []),
      ],
      sectors: [
        council: .localAuthority, board: .integratedCareBoard, network: .primaryCareNetwork,
        university: .university,
      ])
  }()

  private struct Expected: Equatable, CustomStringConvertible {
    let kind: RoleFinding.Kind
    let function: Int64?
    let scale: Scale?
    let organisations: [RecordNumber]
    var description: String { "\(kind) \(function ?? 0) \(scale.map(\.rawValue) ?? "")" }
  }

  @Test("The worked example gives just the findings that are in it, statutory duties first")
  func workedExample() {
    let found = Self.example.findings(mostPerPerson: 2)
    let expected = [
      Expected(kind: .dutyElsewhere, function: 15, scale: .place, organisations: [Self.board]),
      Expected(kind: .unmapped, function: 18, scale: nil, organisations: []),
      Expected(
        kind: .severalAccountable, function: 12, scale: .place,
        organisations: [Self.council, Self.board]),
      Expected(
        kind: .nobodyAccountable, function: 13, scale: .neighbourhood,
        organisations: [Self.network]),
      Expected(
        kind: .nobodyResponsible, function: 17, scale: .place, organisations: [Self.university]),
      Expected(kind: .wrongScale, function: 14, scale: .place, organisations: [Self.council]),
      Expected(kind: .noCapacity, function: 16, scale: .system, organisations: [Self.board]),
      Expected(kind: .overloadedPerson, function: nil, scale: nil, organisations: []),
    ]
    #expect(
      found.map {
        Expected(
          kind: $0.kind, function: $0.function?.value, scale: $0.scale,
          organisations: $0.organisations)
      } == expected)
    #expect(found.last?.person == Self.busy)
    #expect(found.last?.count == 3)
    // Three are no more than three.
    #expect(
      !Self.example.findings(mostPerPerson: 3).contains { $0.kind == .overloadedPerson })
  }

  @Test("A request is judged by who has a part in the function, at the scale that it names")
  func remit() {
    let map = Self.example
    func judge(_ organisation: RecordNumber, _ function: Int64, _ scale: Scale?) -> Remit {
      map.remit(of: organisation, for: RecordNumber(function), at: scale)
    }
    #expect(judge(Self.council, 11, .place) == .within)
    #expect(judge(Self.board, 11, .place) == .within)
    #expect(judge(Self.university, 11, .place) == .outside(accountable: [Self.council]))
    #expect(judge(Self.council, 14, .system) == .outside(accountable: [Self.board]))
    #expect(judge(Self.council, 14, nil) == .within)
    #expect(judge(Self.board, 13, .neighbourhood) == .outside(accountable: []))
    #expect(judge(Self.board, 18, .place) == .unknown)
    #expect(judge(Self.board, 99, .place) == .unknown)
  }

  @Test("A split is agreed once all who do it or answer for it have agreed to it as it is")
  func agreeing() throws {
    let test = try TestPartnership()
    let function = try test.partnership.add(
      .function, ["name": .text("Cold homes"), "domain": .text("public_health")], by: test.partner)
    func standing() throws -> RoleMap.Function {
      RoleMap.Function(try test.partnership.record(function, for: test.partner))
    }
    // Said for oneself, it is agreed; said for another, it is a proposal.
    try test.partnership.assign(
      Responsibility(organisation: test.charity, scale: .place, involvement: .responsible),
      of: function, by: test.partner)
    #expect(try standing().isAgreed)
    try test.partnership.assign(
      Responsibility(organisation: test.council, scale: .place, involvement: .accountable),
      of: function, saying: "You have the powers.", by: test.partner)
    #expect(try standing().agreedBy.isEmpty)
    try test.partnership.answer(
      .objected("We have no money for it."), for: test.council, to: function, by: test.other)
    try test.partnership.answer(.agreed, for: test.council, to: function, by: test.other)
    #expect(try standing().agreedBy == [test.council])
    #expect(try !standing().isAgreed)
    try test.partnership.answer(.agreed, for: test.charity, to: function, by: test.partner)
    #expect(try standing().isAgreed)
    // Posts can change without anything to agree anew; parts cannot.
    try test.partnership.assign(
      Responsibility(
        organisation: test.council, scale: .place, involvement: .accountable, posts: 2),
      of: function, by: test.other)
    #expect(try standing().isAgreed)
    try test.partnership.assign(
      Responsibility(organisation: test.council, scale: .system, involvement: .informed),
      of: function, by: test.other)
    #expect(try standing().agreedBy == [test.council])
    let log = FunctionSplit(try test.partnership.record(function, for: test.partner).fields).log
    #expect(
      log.map(\.text) == [
        "You have the powers.", "Does not agree: We have no money for it.", "Agreed.", "Agreed.",
      ])
    #expect(log.map(\.organisation) == [nil, test.council, test.council, test.charity])
    // Another's lead and posts are theirs to say.
    #expect(throws: PartnershipError.self) {
      try test.partnership.assign(
        Responsibility(
          organisation: test.council, scale: .place, involvement: .accountable,
          capability: .developing),
        of: function, by: test.partner)
    }
    // Undoing the last brings the agreement back; that is for whoever did it.
    let last = try #require(
      try test.partnership.history(of: function, for: test.other).first?.batch.number)
    #expect(throws: PartnershipError.self) { try test.partnership.undo(last, by: test.partner) }
    try test.partnership.undo(last, by: test.other)
    #expect(try standing().isAgreed)
  }

  @Test("One is corrected in its place, and who said what is told to partners only")
  func correcting() throws {
    let test = try TestPartnership()
    let function = try test.partnership.add(
      .function, ["name": .text("Cold homes"), "domain": .text("public_health")], by: test.partner)
    let accountable = Responsibility(
      organisation: test.charity, scale: .place, involvement: .accountable)
    try test.partnership.assign(
      accountable, of: function, saying: "It is ours.", by: test.partner)
    try test.partnership.assign(
      Responsibility(organisation: test.charity, scale: .place, involvement: .supporting),
      of: function, replacing: accountable, by: test.partner)
    let split = FunctionSplit(try test.partnership.record(function, for: test.other).fields)
    #expect(split.responsibilities.map(\.involvement) == [.supporting])
    #expect(split.log.map(\.name) == ["A partner"])
    let open = FunctionSplit(try test.partnership.record(function, for: .anybody).fields)
    #expect(open.log.map(\.text) == ["It is ours."])
    #expect(open.log.map(\.name) == [""])
    let history = try test.partnership.history(of: function, for: .anybody)
    let lines = history.flatMap(\.changes).flatMap { change -> [Fields] in
      if case .rows(let rows)? = change.after, change.field.name == "log" { rows } else { [] }
    }
    #expect(!lines.isEmpty && lines.allSatisfy { $0.text("name") == nil })
    var query = RecordQuery(["function"])
    query.text = "partner"
    #expect(try test.partnership.list(query, for: test.other).total == 0)
  }

  @Test("Nobody speaks for an organisation that is not theirs; forms leave the split alone")
  func rights() throws {
    let test = try TestPartnership()
    let function = try test.partnership.add(
      .function, ["name": .text("Cold homes"), "domain": .text("public_health")], by: test.partner)
    try test.partnership.assign(
      Responsibility(organisation: test.charity, scale: .place, involvement: .responsible),
      of: function, by: test.partner)
    #expect(throws: PartnershipError.self) {
      try test.partnership.answer(.agreed, for: test.charity, to: function, by: test.other)
    }
    #expect(throws: PartnershipError.self) {
      try test.partnership.assign(
        Responsibility(organisation: test.charity, scale: .place, involvement: .informed),
        of: function, by: .anybody)
    }
    let record = try test.partnership.record(function, for: test.other)
    // A form that knows nothing of the split, and one that was made up.
    for fields: Fields in [
      ["name": .text("Warm homes"), "domain": .text("care")],
      [
        "name": .text("Warmer homes"), "domain": .text("care"),
        "agreements": .rows([["organisation": test.council.asValue, "day": .text("2026-01-01")]]),
      ],
    ] {
      let version = try test.partnership.record(function, for: test.other).version
      _ = try test.partnership.edit(function, basedOn: version, fields, by: test.other)
    }
    let after = try test.partnership.record(function, for: test.other)
    #expect(after.title == "Warmer homes")
    #expect(after.fields["responsibilities"] == record.fields["responsibilities"])
    #expect(after.fields["agreements"] == record.fields["agreements"])
  }

  @Test("Twenty who say at once who does what all are heard")
  func atOnce() async throws {
    let test = try TestPartnership()
    let function = try test.partnership.add(
      .function, ["name": .text("Cold homes"), "domain": .text("public_health")], by: test.partner)
    let organisations = try (0..<20).map { number in
      try test.partnership.add(
        .organisation, ["name": .text("Example \(number)"), "sector": .text("voluntary")],
        by: test.steward)
    }
    let (partnership, partner) = (test.partnership, test.partner)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for organisation in organisations {
        group.addTask {
          try partnership.assign(
            Responsibility(
              organisation: organisation, scale: .place, involvement: .supporting),
            of: function, by: partner)
        }
      }
      try await group.waitForAll()
    }
    let split = FunctionSplit(try partnership.record(function, for: partner).fields)
    #expect(Set(split.responsibilities.map(\.organisation)) == Set(organisations))
  }

  @Test(
    "The catalogue that ships is taken in once, and again where it changed, beside what partners changed"
  )
  func catalogue() throws {
    let test = try TestPartnership()
    let catalogue = try FunctionCatalogue()
    #expect(catalogue.items.count > 40)
    try catalogue.refresh(in: test.partnership)
    try catalogue.refresh(in: test.partnership)
    let all = try test.partnership.records(of: .function, for: test.partner)
    #expect(all.count == catalogue.items.count)
    let statutory = all.filter { $0.fields.text("law") != nil }
    #expect(statutory.count > 20)
    // Whoever the law names is named, and where to read it.
    for record in statutory {
      #expect(!record.fields.texts("duty").isEmpty, "\(record.title)")
      #expect(record.fields.text("law_link") != nil, "\(record.title)")
    }
    try test.partnership.assign(
      Responsibility(organisation: test.council, scale: .place, involvement: .accountable),
      of: all[0].number, by: test.other)
    try FunctionCatalogue(
      "[{id: \(catalogue.items[0].id), name: New name, domain: care}]", file: "a.yaml"
    )
    .refresh(in: test.partnership)
    #expect(
      FunctionSplit(try test.partnership.record(all[0].number, for: test.other).fields)
        .responsibilities.count == 1)
    #expect(try test.partnership.records(of: .function, for: test.partner).count == all.count)
  }

  @Test("A catalogue with something wrong says what, in which line")
  func wrongCatalogue() {
    #expect {
      try FunctionCatalogue(
        """
        - {id: a, name: A, domain: care}
        - {id: a, name: B, domain: nowhere}
        - {id: c, name: C, domain: care, scale: place}
        """, file: "functions.yaml")
    } throws: { error in
      let text = "\(error)"
      return text.contains("functions.yaml:2") && text.contains("stands here twice")
        && text.contains("not one of the choices") && text.contains("functions.yaml:3")
        && text.contains("'scale' is not a key")
    }
  }

  @Test("Terms clash where partners mean different things and have agreed on nothing")
  func glossary() throws {
    let test = try TestPartnership()
    func term(_ meanings: [(RecordNumber, String)], agreed: String? = nil) -> Fields {
      var fields: Fields = [
        "name": .text("Prevention"),
        "meanings": .rows(
          meanings.map { ["organisation": $0.asValue, "meaning": .text($1)] }),
      ]
      fields["agreed"] = agreed.map { .text($0) }
      return fields
    }
    let (charity, council) = (test.charity, test.council)
    #expect(Glossary.Standing(term([(charity, "Less illness")])) == .undisputed)
    #expect(
      Glossary.Standing(term([(charity, "Less illness"), (council, "less  illness.")]))
        == .undisputed)
    let clash = term([(charity, "Less illness"), (council, "Fewer admissions")])
    #expect(Glossary.Standing(clash) == .clash(meanings: 2))
    #expect(
      Glossary.Standing(term([(charity, "a"), (council, "b")], agreed: "Less illness")) == .agreed)
    let number = try test.partnership.add(.term, clash, by: test.partner)
    #expect(
      try test.partnership.list(RecordQuery(["term"]), for: .anybody).records[0].summary
        == "2 meanings, none agreed")
    #expect(try test.partnership.record(number, for: .anybody).title == "Prevention")
    #expect(throws: PartnershipError.self) {
      try test.partnership.add(.term, term([(charity, "a"), (charity, "b")]), by: test.partner)
    }
  }

  @Test("A request is answered once, by whoever speaks for the one that was asked")
  func requests() throws {
    let test = try TestPartnership()
    let request = try test.partnership.add(
      .request,
      [
        "name": .text("Run the clinic"), "asker": test.charity.asValue,
        "organisation": test.council.asValue,
      ], by: test.partner)
    #expect(throws: PartnershipError.self) {
      try test.partnership.answer(request: request, "accepted", saying: nil, by: test.partner)
    }
    #expect(try test.partnership.requestsToAnswer(for: test.other).map(\.number) == [request])
    #expect(try test.partnership.requestsToAnswer(for: test.partner).isEmpty)
    try test.partnership.answer(request: request, "declined", saying: "Not ours.", by: test.other)
    #expect(try test.partnership.requestsToAnswer(for: test.other).isEmpty)
    #expect {
      try test.partnership.add(
        .request,
        [
          "name": .text("To ourselves"), "asker": test.charity.asValue,
          "organisation": test.charity.asValue,
        ], by: test.partner)
    } throws: { "\($0)".contains("that is who asks") }
    let record = try test.partnership.record(request, for: test.partner)
    #expect(record.fields.text("state") == "declined")
    #expect(record.fields.text("answer") == "Not ours.")
    #expect(record.fields.text("answered_on") == Day.today.description)
    #expect(throws: PartnershipError.self) {
      try test.partnership.answer(request: request, "accepted", saying: nil, by: test.other)
    }
  }

  @Test("Two organisations that become one keep what others agreed to; of the two, both must have")
  func mergedAgreements() throws {
    let test = try TestPartnership()
    let partnership = test.partnership
    let twin = try partnership.add(
      .organisation, ["name": .text("Example Council (twin)"), "sector": .text("local_authority")],
      by: test.steward)
    func function(_ name: String, agreed: [RecordNumber]) throws -> RecordNumber {
      let number = try partnership.add(
        .function, ["name": .text(name), "domain": .text("care")], by: test.steward)
      for (organisation, involvement) in [
        (twin, Involvement.accountable), (test.council, .responsible), (test.charity, .responsible),
      ] {
        try partnership.assign(
          Responsibility(organisation: organisation, scale: .place, involvement: involvement),
          of: number, by: test.other)
      }
      for organisation in agreed {
        try partnership.answer(.agreed, for: organisation, to: number, by: test.steward)
      }
      return number
    }
    let all = try function("Advice", agreed: [twin, test.council, test.charity])
    let some = try function("Repairs", agreed: [twin, test.charity])
    try partnership.merge(twin, into: test.council, by: test.steward)
    func agreedBy(_ number: RecordNumber) throws -> Set<RecordNumber> {
      RoleMap.Function(try partnership.record(number, for: test.steward)).agreedBy
    }
    #expect(try agreedBy(all) == [test.council, test.charity])
    // The last to be put in was the council's own word; it had not agreed to the whole.
    #expect(try agreedBy(some) == [test.charity])
  }
}
