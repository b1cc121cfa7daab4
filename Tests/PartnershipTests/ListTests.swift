import Foundation
import Governance
import Testing

@testable import Partnership

@Suite("Lists find what was asked for, in the order that was asked for")
struct ListTests {
  @Test("Words are found in names, texts, topics and lines; all of them, the last as a beginning")
  func search() throws {
    let test = try TestPartnership()
    let damp = try test.asset(
      "Healthy homes",
      ["topics": .texts(["warm_homes"]), "description": .text("Advice on damp and mould")])
    let lunch = try test.asset(
      "Lunch club",
      ["places": .rows([["name": .text("St Example's Hall"), "town": .text("Little Example")]])])
    func find(_ text: String) throws -> [RecordNumber] {
      var query = RecordQuery([])
      query.text = text
      query.order = .relevance
      return try test.partnership.list(query, for: .anybody).records.map(\.number)
    }
    #expect(try find("damp mould") == [damp])
    #expect(try find("moul") == [damp])
    #expect(try find("warm and dry").first == damp)
    #expect(try find("example's hall") == [lunch])
    #expect(try find("damp lunch").isEmpty)
    // The name counts, and so does the organisation of that name.
    #expect(try find("warm").contains(test.charity))
    // What FTS5 would take for its own syntax is words.
    for odd in [
      "\"", "damp OR lunch", "name:", "(", "*", "damp*", "NEAR(a b)", "'; drop table record; --",
      "-",
    ] {
      _ = try find(odd)
    }
    #expect(try find("damp OR lunch").isEmpty)
  }

  @Test("Filters narrow, and say how many each would leave")
  func filters() throws {
    let test = try TestPartnership()
    for index in 0..<30 {
      _ = try test.asset(
        "Asset \(index)",
        [
          "topics": .texts(index % 3 == 0 ? ["food", "loneliness"] : ["food"]),
          "languages": .texts(index % 2 == 0 ? ["Urdu"] : ["English", "Polish"]),
          "cost": .text("free"),
        ])
    }
    var query = RecordQuery(["asset"])
    query.facets = ["topics": ["loneliness"], "languages": ["urdu", "Welsh"]]
    #expect(try test.partnership.list(query, for: .anybody).total == 5)
    #expect(
      try test.partnership.list(query, counting: ["languages"], for: .anybody).counts["languages"]
        == [
          "Urdu": 5, "English": 5, "Polish": 5,
        ])
    query = RecordQuery(["asset"])
    query.perPage = 7
    query.page = 5
    let page = try test.partnership.list(query, for: .anybody)
    #expect(page.total == 30)
    #expect(page.pages == 5)
    #expect(page.records.count == 2)
    query.organisation = test.council
    #expect(try test.partnership.list(query, for: .anybody).total == 0)
  }

  @Test("Distances are those on the ground, and a list goes by them")
  func distance() throws {
    let test = try TestPartnership(locator: FewPostcodes())
    let near = try test.asset("Near", ["postcode": .text("ZZ1 2BB")])
    let far = try test.asset("Far", ["postcode": .text("ZZ9 9ZZ")])
    let here = try test.asset(
      "Two places",
      [
        "places": .rows([
          ["postcode": .text("ZZ9 9ZZ")],
          ["latitude": .number(53.75), "longitude": .number(-2.48)],
        ])
      ])
    _ = try test.asset("Nowhere", ["postcode": .text("ZZ5 5ZZ")])
    var query = RecordQuery(["asset"])
    query.near = Position(latitude: 53.75, longitude: -2.48)
    let all = try test.partnership.list(query, for: .anybody)
    #expect(all.records.map(\.number) == [here, near, far])
    let distances = all.records.map { ($0.distance ?? -1) }
    #expect(distances[0] == 0)
    #expect(abs(distances[1] - 1.11195) < 0.0001)
    query.withinKilometres = 5
    #expect(try test.partnership.list(query, for: .anybody).records.map(\.number) == [here, near])
    query.withinKilometres = 1
    #expect(try test.partnership.list(query, for: .anybody).total == 1)
    #expect(all.records[1].position?.isRough == true)
  }

  @Test(
    "Only what somebody may see is found, listed, counted, filtered by, told in history, or linked")
  func privacy() throws {
    let test = try TestPartnership()
    let number = try test.partnership.add(
      .person,
      [
        "name": .text("Person Example"), "organisation": test.charity.asValue,
        "skills": .texts(["Juggling"]), "lived_experience": .text("I slept rough once."),
        "email": .text("person@example.org"), "languages": .texts(["Urdu"]),
      ],
      consents: ["organisation": .organisation, "languages": .everyone, "email": .person],
      by: test.steward)
    let colleague = test.partner
    var query = RecordQuery(["person"])
    #expect(try test.partnership.list(query, for: .anybody).total == 0)
    #expect(throws: PartnershipError.self) { try test.partnership.record(number, for: .anybody) }
    #expect(try test.partnership.totals(for: .anybody)["person"] == nil)
    let listed = try test.partnership.list(query, for: test.other).records
    #expect(listed.map(\.title) == ["Person Example"])
    // Where they work is for their colleagues only.
    #expect(listed[0].organisationTitle == nil)
    #expect(try test.partnership.references(to: test.charity, for: test.other).isEmpty)
    query.organisation = test.charity
    #expect(try test.partnership.list(query, for: test.other).total == 0)
    let seen = try test.partnership.record(number, for: test.other)
    #expect(seen.fields["lived_experience"] == nil)
    #expect(seen.fields["email"] == nil)
    #expect(seen.fields.texts("skills") == ["Juggling"])
    #expect(seen.hidden == ["organisation", "lived_experience", "email"])
    #expect(
      try test.partnership.record(number, for: colleague).fields.text("lived_experience") != nil)
    #expect(try test.partnership.record(number, for: colleague).fields["email"] == nil)
    for (text, actor, count) in [
      ("juggling", test.other, 1), ("rough", test.other, 0), ("rough", test.steward, 0),
      ("juggling", Actor.anybody, 0), ("example.org", test.other, 0),
    ] {
      var query = RecordQuery(["person"])
      query.text = text
      #expect(try test.partnership.list(query, for: actor).total == count, "\(text)")
    }
    #expect(
      try test.partnership.list(RecordQuery(["person"]), counting: ["skills"], for: .anybody).counts
        == ["skills": [:]])
    let history = try test.partnership.history(of: number, for: test.other)
    #expect(!history[0].changes.map(\.field.name).contains("email"))
    #expect(try test.partnership.changes(for: .anybody).allSatisfy { $0.kind != "person" })
    // Their colleague changes what they may see; what is hidden from them stays.
    var fields = try test.partnership.record(number, for: colleague).fields
    fields["role"] = .text("Volunteer")
    _ = try test.partnership.edit(number, basedOn: 1, fields, by: colleague)
    #expect(
      try test.partnership.record(number, for: test.steward).fields.text("email")
        == "person@example.org")
    // What was once open and is hidden now is hidden in history too.
    #expect(throws: PartnershipError.self) {
      try test.partnership.history(of: number, for: .anybody)
    }
    try test.partnership.forget(number, by: test.steward)
    for revision in try test.partnership.history(of: number, for: test.steward) {
      for change in revision.changes {
        #expect(!"\(change)".contains("rough") && !"\(change)".contains("Person Example"))
      }
    }
  }

  @Test("Who has a word comes before those in whom it begins a longer one")
  func wholeWords() throws {
    let test = try TestPartnership()
    for name in [
      "Wrenminster choir", "Wrenminster walkers", "Friends of Wren", "Wrenminster cooks",
    ] {
      _ = try test.asset(name)
    }
    var query = RecordQuery(["asset"])
    query.text = "wren"
    query.order = .relevance
    let found = try test.partnership.list(query, for: .anybody).records.map(\.title)
    #expect(found.count == 4 && found.first == "Friends of Wren")
  }

  @Test("What does not run now is in no reckoning of who can reach what, and says so in lists")
  func notRunning() throws {
    let test = try TestPartnership()
    for status in ["active", "temporarily closed", "inactive", "defunct"] {
      _ = try test.asset("Of \(status)", ["status": .text(status), "topics": .texts(["food"])])
    }
    _ = try test.asset("Of nothing", ["topics": .texts(["food"])])
    var query = RecordQuery(["asset"])
    query.facets["topics"] = ["food"]
    #expect(
      try Set(test.partnership.sites(query, for: .anybody).map(\.title))
        == ["Of active", "Of nothing"])
    let summaries = try test.partnership.list(query, for: .anybody).records.map(\.summary)
    #expect(summaries.count { $0.contains("running:") } == 3)
  }

  @Test("One word in two spellings is one word")
  func spellings() throws {
    let test = try TestPartnership()
    _ = try test.asset("One", ["labels": .texts(["Caf\u{E9}"])])
    _ = try test.asset("Two", ["labels": .texts(["Cafe\u{301}"])])
    let counts = try test.partnership.list(
      RecordQuery(["asset"]), counting: ["labels"], for: .anybody
    ).counts
    #expect(counts == ["labels": ["Café": 2]])
  }

  @Test("Numbers that no record can have are none, and nothing ends")
  func impossibleNumbers() throws {
    let test = try TestPartnership()
    for number in [9.3e18, -1, 0.5, .infinity, .nan] {
      #expect(RecordNumber(exactly: number) == nil)
      let added = try? test.asset("A", ["organisation": .number(number)])
      if let added {
        #expect(try test.partnership.record(added, for: .anybody).organisation == nil)
      }
    }
    for text in ["9223372036854775807", "0", "-1", "x"] { #expect(RecordNumber(text) == nil) }
  }

  /// Somebody with an account and a record of their own.
  private func person(_ test: TestPartnership) throws -> (RecordNumber, Actor) {
    let number = try test.partnership.add(
      .person,
      [
        "name": .text("Person Example"), "organisation": test.charity.asValue,
        "email": .text("person@example.org"), "lived_experience": .text("First words"),
      ], consents: ["lived_experience": .person], by: test.steward)
    return (
      number, Actor(account: "self", name: "Themselves", role: .partner, person: number)
    )
  }

  @Test(
    "Only the person and the stewards say who may see what, and a choice is not undone by a stale form"
  )
  func consents() throws {
    let test = try TestPartnership()
    let (number, own) = try person(test)
    let stranger = Actor(account: "stranger", name: "A stranger", role: .partner)
    let seen = try test.partnership.record(number, for: test.partner)
    // A colleague opens what is closed to them: nothing happens to it.
    _ = try test.partnership.edit(
      number, basedOn: 1, seen.fields, consents: ["lived_experience": .everyone], by: test.partner)
    #expect(try test.partnership.record(number, for: stranger).fields["lived_experience"] == nil)
    // The person closes their address while a steward has the form open.
    let stale = try test.partnership.record(number, for: test.steward)
    let mine = try test.partnership.record(number, for: own)
    var consents = mine.consents
    consents["email"] = .person
    _ = try test.partnership.edit(
      number, basedOn: mine.version, mine.fields, consents: consents, by: own)
    var fields = stale.fields
    fields["role"] = .text("Trustee")
    _ = try test.partnership.edit(
      number, basedOn: stale.version, fields, consents: stale.consents, by: test.steward)
    let now = try test.partnership.record(number, for: stranger)
    #expect(now.fields["email"] == nil)
    #expect(now.fields.text("role") == "Trustee")
    // What a colleague undoes does not open it again.
    #expect(throws: PartnershipError.self) { try test.partnership.forget(number, by: test.partner) }
    try test.partnership.forget(number, by: own)
  }

  @Test("Words that were for few stay so when later ones are for all")
  func narrowerThen() throws {
    let test = try TestPartnership()
    let (number, own) = try person(test)
    var fields = try test.partnership.record(number, for: own).fields
    fields["lived_experience"] = .text("Second words")
    _ = try test.partnership.edit(
      number, basedOn: 1, fields, consents: ["lived_experience": .everyone], by: own)
    let history = try test.partnership.history(of: number, for: test.other)
    #expect("\(history)".contains("Second words"))
    #expect(!"\(history)".contains("First words"))
    #expect("\(try test.partnership.history(of: number, for: own))".contains("First words"))
  }

  @Test("Those of an organisation find what is for it, stewards find all")
  func ownOrganisation() throws {
    let test = try TestPartnership()
    _ = try test.partnership.add(
      .person, ["name": .text("Person Example"), "organisation": test.charity.asValue],
      consents: ["name": .organisation], by: test.steward)
    let query = RecordQuery(["person"])
    #expect(try test.partnership.list(query, for: test.partner).total == 1)
    #expect(try test.partnership.list(query, for: test.steward).total == 1)
    #expect(try test.partnership.list(query, for: test.other).total == 0)
  }
}
