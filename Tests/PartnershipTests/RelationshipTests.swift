import Governance
import Statistics
import Testing

@testable import Partnership

@Suite("Who knows whom, and who knows about what")
struct RelationshipTests {
  /// A partnership with people of two organisations, and accounts of some of them.
  private struct People {
    let test: TestPartnership
    var numbers: [String: RecordNumber] = [:]

    init(_ names: [String], agreed: [String] = ["found", "named", "introduce"]) throws {
      test = try TestPartnership()
      for (index, name) in names.enumerated() {
        numbers[name] = try test.partnership.add(
          .person,
          [
            "name": .text("\(name) Example"),
            "organisation": (index % 2 == 0 ? test.charity : test.council).asValue,
            "open_to": .texts(agreed),
          ], by: test.steward)
      }
    }

    func number(_ name: String) throws -> RecordNumber { try #require(numbers[name]) }

    func meet(
      _ names: [String], ago days: Int = 0, others: Double? = nil, topics: [String] = []
    ) throws {
      var fields: Fields = [
        "name": .text("A meeting"),
        "day": .text(Day(number: Day.today.number - days).description),
        "people": .numbers(try names.map { Double(try number($0).value) }),
        "topics": .texts(topics),
      ]
      fields["others"] = others.map { .number($0) }
      _ = try test.partnership.add(.meeting, fields, by: test.steward)
    }

    func actor(_ name: String, _ role: Role = .partner) throws -> Actor {
      Actor(account: "\(name)@example.org", name: name, role: role, person: try number(name))
    }
  }

  @Test("A meeting of k gives each pair 1/(k - 1), which halves in a year; large ones give no tie")
  func strengths() throws {
    let people = try People(["Ann", "Bob", "Cem", "Dee"])
    try people.meet(["Ann", "Bob"])
    try people.meet(["Ann", "Bob", "Cem"], ago: 365)
    try people.meet(["Cem", "Dee"], others: 10)
    let ties = try people.test.partnership.relationships(for: people.test.partner)
    let found = Dictionary(
      uniqueKeysWithValues: ties.ties.map {
        ([ties.people[$0.one].name, ties.people[$0.other].name], $0.strength)
      })
    #expect(
      found == [
        ["Ann Example", "Bob Example"]: 1.25, ["Ann Example", "Cem Example"]: 0.25,
        ["Bob Example", "Cem Example"]: 0.25,
      ])
    // Two of five ties' ends are between sectors.
    let mixing = ties.structure.mixing.first { $0.one != $0.other }
    #expect(mixing?.count == 2)
  }

  @Test("Who says that they know somebody gives half a tie; both of them a whole one")
  func stated() throws {
    let people = try People(["Ann", "Bob"])
    func state(_ one: String, _ other: String) throws {
      let record = try people.test.partnership.record(
        people.number(one), for: people.test.steward)
      var fields = record.fields
      fields["ties"] = .rows([["person": try people.number(other).asValue]])
      _ = try people.test.partnership.edit(
        record.number, basedOn: record.version, fields, by: people.test.steward)
    }
    try state("Ann", "Bob")
    var ties = try people.test.partnership.relationships(for: people.test.partner)
    #expect(ties.ties.map(\.strength) == [0.5])
    try state("Bob", "Ann")
    ties = try people.test.partnership.relationships(for: people.test.partner)
    #expect(ties.ties.map(\.strength) == [1])
  }

  @Test("An introduction is between three: they see it, others do not; made, it counts as a tie")
  func introductions() throws {
    let people = try People(["Ann", "Bob", "Cem", "Dee"])
    let partnership = people.test.partnership
    try people.meet(["Ann", "Bob"])
    try people.meet(["Bob", "Cem"])
    let (ann, bob, cem, dee) = (
      try people.actor("Ann"), try people.actor("Bob"), try people.actor("Cem"),
      try people.actor("Dee")
    )
    let ties = try partnership.relationships(for: ann)
    let one = try #require(ties.index(of: people.number("Ann")))
    let other = try #require(ties.index(of: people.number("Cem")))
    #expect(ties.introducers(from: one, to: other).map { ties.people[$0].name } == ["Bob Example"])
    #expect(ties.structure.weakPoints.map { ties.people[$0].name } == ["Bob Example"])
    #expect(ties.network.path(from: one, to: other)?.count == 3)
    let asked = try partnership.ask(
      [
        "name": .text("Damp"), "to": try people.number("Cem").asValue,
        "through": try people.number("Bob").asValue,
        // Whatever a form sends, it begins by being asked, by whoever sends it.
        "state": .text("made"), "from": try people.number("Dee").asValue,
      ], by: ann)
    for actor in [ann, bob, cem] {
      #expect(try partnership.record(asked, for: actor).fields.text("state") == "asked")
    }
    for actor in [dee, people.test.other, .anybody] {
      #expect(throws: PartnershipError.self) { try partnership.record(asked, for: actor) }
    }
    #expect(try partnership.introductions(for: bob).toAnswer.map(\.number) == [asked])
    #expect(try partnership.introductions(for: cem).toAnswer.isEmpty)
    #expect(try partnership.introductions(for: ann).asked.map(\.number) == [asked])
    #expect(throws: PartnershipError.self) {
      try partnership.answer(introduction: asked, .made, saying: nil, by: cem)
    }
    #expect(ties.ties.count == 2)
    try partnership.answer(introduction: asked, .made, saying: nil, by: bob)
    let after = try partnership.relationships(for: dee)
    #expect(after.ties.count == 3)
    #expect(after.structure.weakPoints.isEmpty)
    #expect(throws: PartnershipError.self) {
      try partnership.answer(introduction: asked, .declined, saying: nil, by: bob)
    }
    // Nobody is introduced to themselves, and who would rather not is not asked.
    #expect(throws: PartnershipError.self) {
      try partnership.ask(
        ["name": .text("Me"), "to": try people.number("Ann").asValue], by: ann)
    }
  }

  @Test("Who leaves hands over what only they hold; after the last day they are in no picture")
  func handover() throws {
    let people = try People(["Ann", "Bob", "Cem", "Dee", "Eva"])
    let partnership = people.test.partnership
    // Of the charity: Ann, Cem, Eva; of the council: Bob, Dee.
    try people.meet(["Ann", "Bob"])
    try people.meet(["Ann", "Dee"])
    try people.meet(["Cem", "Dee"])
    let ann = try people.actor("Ann")
    func set(_ fields: [String: FieldValue]) throws {
      let record = try partnership.record(people.number("Ann"), for: ann)
      var changed = record.fields
      for (name, value) in fields { changed[name] = value }
      _ = try partnership.edit(record.number, basedOn: record.version, changed, by: ann)
    }
    let function = try partnership.add(
      .function, ["name": .text("Advice"), "domain": .text("care")], by: people.test.steward)
    try partnership.assign(
      Responsibility(
        organisation: people.test.charity, scale: .place, involvement: .responsible,
        person: people.number("Ann")), of: function, by: people.test.steward)
    try set(["until": .text(Day(number: Day.today.number + 10).description)])
    var handover = try partnership.handover(of: people.number("Ann"), for: ann)
    #expect(handover.contacts.count == 2)
    #expect(handover.contacts.filter(\.isOnlyTheirs).map(\.name) == ["Bob Example"])
    #expect(handover.left == 2)
    #expect(throws: PartnershipError.self) {
      try partnership.handOver(
        people.number("Ann"), contacts: [try people.number("Bob")], functions: [], by: ann)
    }
    #expect(try partnership.leaving(for: ann).map(\.left) == [2])
    #expect(try partnership.leaving(for: people.test.partner).count == 1)
    #expect(try partnership.leaving(for: people.test.other).isEmpty)
    #expect(throws: PartnershipError.self) {
      try partnership.handover(of: people.number("Ann"), for: people.test.other)
    }
    try set(["handover": try people.number("Eva").asValue])
    try partnership.handOver(
      people.number("Ann"), contacts: [try people.number("Bob")], functions: [function],
      by: people.test.partner)
    handover = try partnership.handover(of: people.number("Ann"), for: ann)
    #expect(handover.left == 0)
    #expect(handover.contacts.first { $0.name == "Bob Example" }?.isHandedOver == true)
    #expect(
      RoleMap.Function(try partnership.record(function, for: ann)).responsibilities.map(\.person)
        == [try people.number("Eva")])
    try set(["until": .text(Day(number: Day.today.number - 1).description)])
    let after = try partnership.relationships(for: ann)
    #expect(after.index(of: try people.number("Ann")) == nil)
  }

  @Test(
    "A question is taken apart into topics, offers and other words",
    arguments: [
      (
        "who here knows about damp homes and asthma, and can come to a community meeting?",
        [Topic.warmHomes, .breathing], ["meeting"], [String]()
      ),
      ("Urdu and diabetes", [.diabetes], [], ["urdu"]),
      ("falls", [.frailty], [], []), ("who can help?", [], [], []),
      ("smoking cessation", [.smoking], [], ["cessation"]),
    ])
  func question(_ text: String, _ topics: [Topic], _ offers: [String], _ words: [String]) {
    let question = ExpertiseQuestion(text)
    #expect(question.topics == topics)
    #expect(question.offers == offers)
    #expect(question.words == words)
  }

  @Test("Found are those who agree; who covers more, offers it, did it and is near stands first")
  func experts() throws {
    var people = try People(["Asker", "Knows", "Did", "Both", "Near"])
    let partnership = people.test.partnership
    func change(_ name: String, _ fields: Fields) throws {
      let record = try partnership.record(people.number(name), for: people.test.steward)
      var changed = record.fields
      for (field, value) in fields.values { changed[field] = value }
      _ = try partnership.edit(
        record.number, basedOn: record.version, changed, by: people.test.steward)
    }
    people.numbers["Hidden"] = try partnership.add(
      .person,
      ["name": .text("Hidden Example"), "knows": .texts(["warm_homes", "breathing"])],
      by: people.test.steward)
    try change("Knows", ["knows": .texts(["warm_homes"])])
    try change("Near", ["knows": .texts(["warm_homes"])])
    try change("Both", ["knows": .texts(["warm_homes"]), "offers": .texts(["meeting"])])
    try people.meet(["Did", "Both"], ago: 20, topics: ["breathing"])
    try people.meet(["Asker", "Near"], ago: 5)
    let asker = try people.actor("Asker")
    func ask(_ text: String) throws -> [(name: String, expert: Expert)] {
      try partnership.experts(ExpertiseQuestion(text), for: asker).map {
        (try partnership.record($0.person, for: asker).title, $0)
      }
    }
    let found = try ask("damp and asthma, community meeting")
    #expect(
      found.map(\.name) == [
        "Both Example", "Did Example", "Near Example", "Knows Example",
      ])
    #expect(found.first?.expert.topics == [.warmHomes, .breathing])
    #expect(found.first?.expert.evidence.map(\.title) == ["A meeting"])
    #expect(found.first { $0.name == "Near Example" }?.expert.steps == 1)
    // Asked often, they stand behind their like.
    for _ in 1...4 {
      _ = try partnership.ask(
        ["name": .text("Damp"), "to": try people.number("Near").asValue],
        by: people.test.partner)
    }
    let later = try ask("damp")
    #expect(later.last?.name == "Near Example")
    #expect(throws: PartnershipError.self) {
      try partnership.experts(ExpertiseQuestion("damp"), for: .anybody)
    }
    // Who does not want to be asked is not found, and cannot be asked for.
    try change("Both", ["contact": .text("not")])
    #expect(
      try !ask("damp").contains { $0.name == "Both Example" })
    #expect(throws: PartnershipError.self) {
      try partnership.ask(
        ["name": .text("Damp"), "to": try people.number("Both").asValue], by: asker)
    }
  }
}
