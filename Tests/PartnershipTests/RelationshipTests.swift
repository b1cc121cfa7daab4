import GRDB
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

    /// Gives somebody other fields, and leaves the rest as it is.
    func change(_ name: String, _ fields: Fields) throws {
      let record = try test.partnership.record(number(name), for: test.steward)
      var changed = record.fields
      for (field, value) in fields.values { changed[field] = value }
      _ = try test.partnership.edit(
        record.number, basedOn: record.version, changed, by: test.steward)
    }

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
    // Cem is of the charity, as Ann is: Bob, of the council, can bring its people to them.
    #expect(
      ties.introducers(to: people.test.charity, from: [people.test.council]).map(\.name)
        == ["Bob Example"])
    #expect(ties.introducers(to: people.test.charity, from: [RecordNumber(999)]).isEmpty)
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
    #expect(try partnership.introductions(for: cem).others.map(\.number) == [asked])
    // Whose words they are, and whom it is with, stays.
    for (actor, name, value) in [
      (cem, "name", FieldValue.text("Something else")),
      (ann, "to", try people.number("Dee").asValue),
    ] {
      let record = try partnership.record(asked, for: actor)
      var fields = record.fields
      fields[name] = value
      if actor == cem {
        #expect(throws: PartnershipError.self) {
          try partnership.edit(asked, basedOn: record.version, fields, by: actor)
        }
      } else {
        _ = try partnership.edit(asked, basedOn: record.version, fields, by: actor)
        #expect(try partnership.record(asked, for: ann).fields[name] == record.fields[name])
      }
    }
    #expect(try partnership.introductions(for: ann).others.map(\.number) == [asked])
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
    #expect(throws: PartnershipError.self) {
      // An account that is nobody among the people cannot be introduced.
      try partnership.ask(
        ["name": .text("Damp"), "to": try people.number("Cem").asValue], by: people.test.partner)
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
    // Of those who do not leave, colleagues see nothing of the kind.
    #expect(throws: PartnershipError.self) {
      try partnership.handover(of: people.number("Cem"), for: people.test.partner)
    }
    #expect(try partnership.leaving(for: ann).map(\.left) == [2])
    #expect(try partnership.leaving(for: people.test.partner).count == 1)
    #expect(try partnership.leaving(for: people.test.other).isEmpty)
    #expect(throws: PartnershipError.self) {
      try partnership.handover(of: people.number("Ann"), for: people.test.other)
    }
    try set(["handover": try people.number("Eva").asValue])
    // Said twice, it is done once.
    for _ in 1...2 {
      try partnership.handOver(
        people.number("Ann"), contacts: [try people.number("Bob")], functions: [function],
        by: people.test.partner)
    }
    #expect(try partnership.records(of: .introduction, for: people.test.steward).count == 1)
    #expect(try partnership.introductions(for: people.test.partner).others.isEmpty)
    handover = try partnership.handover(of: people.number("Ann"), for: ann)
    #expect(handover.left == 0)
    #expect(handover.contacts.first { $0.name == "Bob Example" }?.isHandedOver == true)
    #expect(
      RoleMap.Function(try partnership.record(function, for: ann)).responsibilities.map(\.person)
        == [try people.number("Eva")])
    try set(["until": .text(Day(number: Day.today.number - 1).description)])
    let after = try partnership.relationships(for: ann)
    #expect(after.index(of: try people.number("Ann")) == nil)
    // What is left can still be handed over.
    handover = try partnership.handover(of: people.number("Ann"), for: people.test.steward)
    #expect(handover.contacts.map(\.name).sorted() == ["Bob Example", "Dee Example"])
  }

  @Test("Nobody is found, named or placed by what they keep to themselves or have not agreed to")
  func hidden() throws {
    let people = try People(["Ann", "Bob"], agreed: [])
    let partnership = people.test.partnership
    try people.meet(["Ann", "Bob"])
    let bob = try people.number("Bob")
    let colleague = people.test.other
    func agreed() throws -> [String] {
      try partnership.record(bob, for: people.test.steward).fields.texts("open_to")
    }
    func edit(_ fields: Fields, consents: [String: Audience]? = nil, by actor: Actor) throws {
      let record = try partnership.record(bob, for: actor)
      var changed = record.fields
      for (name, value) in fields.values { changed[name] = value }
      _ = try partnership.edit(
        bob, basedOn: record.version, changed, consents: consents, by: actor)
    }
    // A colleague may change much, and not what Bob agrees to.
    try edit(
      ["open_to": .texts(["found", "named"]), "role": .text("Officer")], by: colleague)
    #expect(try agreed() == [])
    #expect(try partnership.record(bob, for: colleague).fields.text("role") == "Officer")
    let own = try people.actor("Bob")
    try edit(["open_to": .texts(["found", "named"]), "knows": .texts(["housing"])], by: own)
    #expect(try agreed() == ["found", "named"])
    let question = ExpertiseQuestion("housing")
    #expect(try partnership.experts(question, for: people.actor("Ann")).count == 1)
    // Taken back, nobody else's undoing brings it again.
    let record = try partnership.record(bob, for: own)
    var without = record.fields
    without["open_to"] = nil
    _ = try partnership.edit(bob, basedOn: record.version, without, by: own)
    let change = try #require(try partnership.history(of: bob, for: own).first).batch.number
    _ = try partnership.undo(change, by: colleague)
    #expect(try agreed() == [])
    // Who adds somebody does not agree for them either.
    let added = try partnership.add(
      .person, ["name": .text("New Example"), "open_to": .texts(["found"])], by: colleague)
    #expect(
      try partnership.record(added, for: people.test.steward).fields["open_to"] == nil)
    // An organisation, or a wish not to be asked, that others may not see, is told to nobody.
    try edit(
      ["open_to": .texts(["found", "named"]), "contact": .text("not")],
      consents: ["organisation": .person, "contact": .person], by: own)
    let ties = try partnership.relationships(for: people.actor("Ann"))
    let someone = ties.people[try #require(ties.index(of: bob))]
    #expect(someone.organisation == nil)
    #expect(someone.sector == nil)
    #expect(try partnership.experts(question, for: people.actor("Ann")).isEmpty)
    #expect(throws: PartnershipError.self) {
      try partnership.ask(["name": .text("Homes"), "to": bob.asValue], by: people.actor("Ann"))
    }
  }

  @Test(
    "Two records of one person become one without more than both agreed to, and without repeats")
  func merged() throws {
    let people = try People(["Ann", "Bob", "Cem"])
    let partnership = people.test.partnership
    try people.change(
      "Ann", ["open_to": .texts(["found", "introduce"]), "contact": .text("email")])
    try people.change("Bob", ["open_to": .texts(["found", "named"]), "contact": .text("not")])
    try people.change(
      "Cem",
      [
        "ties": .rows([
          ["person": try people.number("Ann").asValue],
          ["person": try people.number("Bob").asValue],
        ])
      ])
    try partnership.merge(people.number("Bob"), into: people.number("Ann"), by: people.test.steward)
    let ann = try partnership.record(people.number("Ann"), for: people.test.steward)
    #expect(ann.fields.texts("open_to") == ["found"])
    #expect(ann.fields.text("contact") == "not")
    let cem = try partnership.record(people.number("Cem"), for: people.test.steward)
    #expect(cem.fields.rows("ties").count == 1)
    // It can be saved as it is.
    try people.change("Cem", ["role": .text("Officer")])
  }

  @Test("Who is forgotten is out of the words of introductions and ties too")
  func forgotten() throws {
    let people = try People(["Ann", "Bob", "Twin"])
    let partnership = people.test.partnership
    // A second record of Bob was made one with his.
    let twin = try people.number("Twin")
    let before = try partnership.ask(
      ["name": .text("His cough"), "to": twin.asValue], by: people.actor("Ann"))
    try partnership.merge(twin, into: people.number("Bob"), by: people.test.steward)
    // An introduction that was taken back keeps nothing either.
    let undone = try partnership.ask(
      ["name": .text("His housing"), "to": try people.number("Bob").asValue],
      by: people.actor("Ann"))
    let change = try #require(
      try partnership.history(of: undone, for: people.actor("Ann")).first)
    try partnership.undo(change.batch.number, by: people.actor("Ann"))
    let asked = try partnership.ask(
      [
        "name": .text("His asthma"), "to": try people.number("Bob").asValue,
        "message": .text("As he told me"),
      ], by: people.actor("Ann"))
    try partnership.forget(people.number("Bob"), by: people.test.steward)
    let record = try partnership.record(asked, for: people.test.steward)
    #expect(record.title == "With a person who has left")
    #expect(record.fields["message"] == nil)
    #expect(
      try partnership.fields(of: asked, version: 1, for: people.test.steward)["message"] == nil)
    #expect(
      try partnership.record(before, for: people.test.steward).title
        == "With a person who has left")
    #expect(
      try partnership.record(twin, for: people.test.steward).fields.text("name")
        == "A person who has left")
    #expect(try partnership.record(twin, for: people.test.steward).state == .merged)
    let kept = try partnership.read { db in
      try String.fetchAll(
        db,
        sql: """
          select fields from revision union all select fields from record
          union all select action from batch union all select coalesce(reason, '') from batch
          """)
    }.joined()
    for word in [
      "His cough", "His housing", "His asthma", "As he told me", "Twin Example", "Bob Example",
    ] {
      #expect(!kept.contains(word), "\(word)")
    }
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
      ("vaping, jobs and buses", [.work, .transport, .smoking], [], []),
      ("who can speak Urdu", [], [], ["urdu"]), ("mentoring", [], ["mentor"], []),
      ("feedback from the start", [], [], ["feedback", "start"]),
    ])
  func question(_ text: String, _ topics: [Topic], _ offers: [String], _ words: [String]) {
    let question = ExpertiseQuestion(text)
    #expect(Set(question.topics) == Set(topics))
    #expect(question.offers == offers)
    #expect(question.words == words)
  }

  @Test("Found are those who agree; who covers more, offers it, did it and is near stands first")
  func experts() throws {
    var people = try People(["Asker", "Knows", "Did", "Both", "Near"])
    let partnership = people.test.partnership
    people.numbers["Hidden"] = try partnership.add(
      .person,
      ["name": .text("Hidden Example"), "knows": .texts(["warm_homes", "breathing"])],
      by: people.test.steward)
    try people.change("Knows", ["knows": .texts(["warm_homes"])])
    try people.change("Near", ["knows": .texts(["warm_homes"])])
    try people.change("Both", ["knows": .texts(["warm_homes"]), "offers": .texts(["meeting"])])
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
        by: people.actor("Did"))
    }
    let later = try ask("damp")
    #expect(later.last?.name == "Near Example")
    #expect(throws: PartnershipError.self) {
      try partnership.experts(ExpertiseQuestion("damp"), for: .anybody)
    }
    // Who does not want to be asked is not found, and cannot be asked for.
    try people.change("Both", ["contact": .text("not")])
    #expect(
      try !ask("damp").contains { $0.name == "Both Example" })
    #expect(throws: PartnershipError.self) {
      try partnership.ask(
        ["name": .text("Damp"), "to": try people.number("Both").asValue], by: asker)
    }
  }
}
