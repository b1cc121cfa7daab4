import Definitions
import Foundation
import GRDB
import Governance
import Synchronization
import TestRandom
import Testing

@testable import Partnership

@Suite("Records are kept with who changed what, and nothing is lost")
struct PartnershipTests {
  @Test("Several programs may open a place at once that none has opened before")
  func openedAtOnce() throws {
    let files = FileManager.default
    for _ in 0..<30 {
      let folder = files.temporaryDirectory.appendingPathComponent("kith-\(UUID().uuidString)")
      try files.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? files.removeItem(at: folder) }
      let failures = Mutex<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 6) { _ in
        do {
          _ = try Partnership(
            at: folder.appendingPathComponent("partnership.sqlite"), locator: NoPostcodes())
          _ = try AccountStore(at: folder.appendingPathComponent("accounts.sqlite"))
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
      #expect(failures.withLock { $0 } == [])
    }
  }

  @Test("What was added is read again, tidied, and placed in the pillars of its topics")
  func addAndRead() throws {
    let test = try TestPartnership()
    let number = try test.asset(
      "  Damp   and mould drop-in ",
      ["topics": .texts(["warm_homes", "breathing"]), "postcode": .text("zz11aa")])
    let record = try test.partnership.record(number, for: .anybody)
    #expect(record.title == "Damp and mould drop-in")
    #expect(record.fields.text("postcode") == "ZZ1 1AA")
    #expect(record.fields.pillars == [.widerDeterminants, .healthAndCare])
    #expect(record.version == 1)
    #expect(record.organisation == test.charity)
    #expect(record.assurance == nil)
  }

  /// A field's value, and what is said of it.
  struct Wrong: Sendable {
    let field: String
    let value: FieldValue
    let message: String
  }

  static let wrong: [Wrong] = [
    Wrong(field: "name", value: .text(" "), message: "Name is missing."),
    Wrong(field: "name", value: .text("\u{200B}\u{2060}"), message: "Name is missing."),
    Wrong(
      field: "name", value: .text(String(repeating: "n", count: 1_600)),
      message: "Name has 1600 characters; 200 is the most. Shorten it by 1400."),
    Wrong(
      field: "name", value: .text(String(repeating: "n", count: 4_000)),
      message: "Name is too long to be read. Shorten it."),
    Wrong(
      field: "phone", value: .text("01632\u{1B}960001"),
      message: "Telephone: '01632\u{1B}960001' is not a telephone number."),
    Wrong(
      field: "labels", value: .texts(["a\u{7}b"]),
      message: "Other labels holds a character that no page can show. Take it out."),
    Wrong(
      field: "name", value: .text("A\u{0}B"),
      message: "Name holds the character U+0, which no page can show. Take it out."),
    Wrong(
      field: "type", value: .text("castle"),
      message: "Type: 'castle' is not one of the choices."),
    Wrong(
      field: "postcode", value: .text("nowhere"),
      message: "Postcode: 'nowhere' is not a postcode such as BB1 1AA."),
    Wrong(
      field: "email", value: .text("email-example_com"),
      message: "Email: 'email-example_com' is not an email address."),
    Wrong(
      field: "website", value: .text("javascript:alert(1)"),
      message: "Website: 'javascript:alert(1)' is not a web address such as https://example.org."),
    Wrong(
      field: "maximum_age", value: .number(18),
      message: "The oldest age is below the youngest, 70."),
    Wrong(
      field: "organisation", value: .number(999),
      message: "What it points at, record 999, is not there."),
    Wrong(
      field: "places", value: .rows([["latitude": .number(100), "longitude": .number(101)]]),
      message: "Place 1: Latitude: 100 is not from -90 to 90."),
    Wrong(
      field: "places", value: .rows([["latitude": .number(53)]]),
      message: "Place 1: A latitude needs a longitude beside it."),
    Wrong(
      field: "hours", value: .rows([["opens": .text("25:00")]]),
      message: "Time 1: Opens: '25:00' is not a time such as 09:30."),
    Wrong(
      field: "stories", value: .rows([["text": .text("It helped.")]]),
      message: "Story 1: keep it out until whoever told it has agreed that it is shown."),
  ]

  @Test("What is wrong is told field by field, and nothing is kept", arguments: wrong)
  func problems(wrong: Wrong) throws {
    let test = try TestPartnership()
    var fields: Fields = [
      "name": .text("A"), "type": .text("group"), "minimum_age": .number(70),
    ]
    fields[wrong.field] = wrong.value
    let error = #expect(throws: PartnershipError.self) {
      try test.partnership.add(.asset, fields, by: test.partner)
    }
    guard case .invalid(let problems)? = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(problems.map(\.message).contains(wrong.message), "\(problems)")
    #expect(try test.partnership.totals(for: test.steward)["asset"] == nil)
  }

  @Test("Text of any script, emoji and markup is kept as it is")
  func anyText() throws {
    let test = try TestPartnership()
    for name in ["مركز المجتمع", "👵🏽 Café & <b>lunch</b> club", "קהילה \"אחת\"", "Łódź O’Brien"] {
      let number = try test.asset(name)
      #expect(try test.partnership.record(number, for: .anybody).title == name)
      var query = RecordQuery(["asset"])
      query.text = String(name.split(separator: " ").last ?? "")
      #expect(
        try test.partnership.list(query, for: .anybody).records.contains { $0.number == number })
    }
  }

  @Test("Two people who change different fields lose nothing")
  func bothKept() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club", ["phone": .text("01632 960001")])
    let seen = try test.partnership.record(number, for: test.partner)
    var mine = seen.fields
    mine["description"] = .text("Soup and company.")
    var theirs = seen.fields
    theirs["phone"] = .text("01632 960002")
    guard case .saved = try test.partnership.edit(number, basedOn: 1, theirs, by: test.steward),
      case .saved(let beside) = try test.partnership.edit(
        number, basedOn: 1, mine, by: test.partner)
    else {
      Issue.record("not saved")
      return
    }
    #expect(beside == ["phone"])
    let now = try test.partnership.record(number, for: .anybody)
    #expect(now.fields.text("phone") == "01632 960002")
    #expect(now.fields.text("description") == "Soup and company.")
    #expect(now.version == 3)
  }

  @Test(
    "Two people who change the same field: the first stands, the second waits, and either can be chosen"
  )
  func conflict() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    let seen = try test.partnership.record(number, for: test.partner)
    var mine = seen.fields
    mine["name"] = .text("Friday lunch club")
    mine["phone"] = .text("01632 960001")
    var theirs = seen.fields
    theirs["name"] = .text("Community lunch club")
    _ = try test.partnership.edit(number, basedOn: 1, theirs, by: test.steward)
    guard
      case .conflict(let conflict) = try test.partnership.edit(
        number, basedOn: 1, mine, by: test.partner)
    else {
      Issue.record("no conflict")
      return
    }
    #expect(conflict.fields == ["name"])
    #expect(conflict.by == "A steward")
    #expect(conflict.theirs.text("name") == "Community lunch club")
    #expect(conflict.mine.text("name") == "Friday lunch club")
    #expect(conflict.merged.text("phone") == "01632 960001")
    let waiting = try test.partnership.waitingEdits(of: number, for: test.partner)
    #expect(waiting.map(\.number) == [conflict.waiting])
    #expect(waiting[0].fields.text("name") == "Friday lunch club")
    #expect(try test.partnership.waitingEdits(of: number, for: test.other).isEmpty)
    var settled = conflict.merged
    settled["name"] = .text("Friday lunch club")
    guard
      case .saved = try test.partnership.edit(
        number, basedOn: conflict.version, settled, by: test.partner, settling: conflict.waiting)
    else {
      Issue.record("not settled")
      return
    }
    #expect(try test.partnership.waitingEdits(of: number, for: test.partner).isEmpty)
    #expect(try test.partnership.record(number, for: .anybody).title == "Friday lunch club")
  }

  @Test("Many people who change a record at once: every change is kept or waits")
  func manyAtOnce() async throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    let partnership = test.partnership
    let (base, actor) = (try partnership.record(number, for: test.partner).fields, test.partner)
    let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<20 {
        group.addTask {
          var fields = base
          fields["description"] = .text("Version of \(index)")
          if case .saved = try partnership.edit(number, basedOn: 1, fields, by: actor) {
            return true
          }
          return false
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count(where: \.self) == 1)
    #expect(try partnership.waitingEdits(of: number, for: actor).count == 19)
  }

  @Test("History says who changed which field from what to what")
  func history() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    var fields = try test.partnership.record(number, for: test.partner).fields
    fields["name"] = .text("Supper club")
    _ = try test.partnership.edit(
      number, basedOn: 1, fields, by: test.partner, reason: "It moved to evenings")
    let history = try test.partnership.history(of: number, for: test.other)
    #expect(history.map(\.version) == [2, 1])
    #expect(history[0].batch.name == "A partner")
    #expect(history[0].batch.reason == "It moved to evenings")
    #expect(history[0].changes.map(\.field.name) == ["name"])
    #expect(history[0].changes[0].before == .text("Lunch club"))
    #expect(history[0].changes[0].after == .text("Supper club"))
    #expect(history[1].changes.contains { $0.field.name == "type" })
  }

  @Test("A change can be undone, and the undoing too; what was changed since is not overwritten")
  func undo() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    var fields = try test.partnership.record(number, for: test.partner).fields
    fields["name"] = .text("Supper club")
    _ = try test.partnership.edit(number, basedOn: 1, fields, by: test.partner)
    let change = try test.partnership.history(of: number, for: test.partner)[0].batch.number
    let undoing = try test.partnership.undo(change, by: test.partner)
    #expect(try test.partnership.record(number, for: .anybody).title == "Lunch club")
    #expect(throws: PartnershipError.self) { try test.partnership.undo(change, by: test.partner) }
    try test.partnership.undo(undoing, by: test.partner)
    #expect(try test.partnership.record(number, for: .anybody).title == "Supper club")
    let added = try test.partnership.history(of: number, for: test.partner).last?.batch.number ?? 0
    let error = #expect(throws: PartnershipError.self) {
      try test.partnership.undo(added, by: test.partner)
    }
    #expect(error?.message.contains("Supper club") == true)
    #expect(throws: PartnershipError.self) { try test.partnership.undo(undoing, by: test.other) }
  }

  @Test("Undoing an addition takes the record away, and undoing that brings it back")
  func undoAdding() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    let batch = try test.partnership.history(of: number, for: test.partner)[0].batch.number
    let undoing = try test.partnership.undo(batch, by: test.partner)
    #expect(throws: PartnershipError.self) {
      try test.partnership.record(number, for: test.steward)
    }
    #expect(try test.partnership.list(RecordQuery(["asset"]), for: .anybody).total == 0)
    try test.partnership.undo(undoing, by: test.partner)
    #expect(try test.partnership.record(number, for: .anybody).title == "Lunch club")
  }

  @Test(
    "A random walk of changes and undoings ends where it began",
    arguments: [1, 2, UInt64.random(in: 3...UInt64.max)])
  func randomWalk(seed: UInt64) throws {
    print("seed \(seed)")
    let test = try TestPartnership()
    var draw = SeededRandom(seed: seed)
    let numbers = try (0..<5).map { try test.asset("Asset \($0)") }
    let start = try numbers.map { try test.partnership.record($0, for: test.steward).fields }
    var done: [Int64] = []
    for step in 0..<60 {
      let number = numbers[Int.random(in: 0..<5, using: &draw)]
      let record = try test.partnership.record(number, for: test.steward)
      var fields = record.fields
      fields["description"] = .text("Step \(step)")
      fields["topics"] = .texts([Topic.allCases[Int.random(in: 0..<10, using: &draw)].rawValue])
      _ = try test.partnership.edit(number, basedOn: record.version, fields, by: test.steward)
      done.append(try test.partnership.history(of: number, for: test.steward)[0].batch.number)
    }
    for batch in done.reversed() { try test.partnership.undo(batch, by: test.steward) }
    #expect(try numbers.map { try test.partnership.record($0, for: test.steward).fields } == start)
    let facets = try test.partnership.list(
      RecordQuery(["asset"]), counting: ["topics"], for: .anybody
    ).counts
    #expect(facets == ["topics": [:]])
  }

  @Test("An edit is no assurance; an assurance decays")
  func assurance() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    try test.partnership.assure(number, by: test.other, reason: "I rang them")
    #expect(try test.partnership.record(number, for: .anybody).assurance?.name == "A partner")
    var record = try test.partnership.record(number, for: test.partner)
    #expect(record.assurance?.name == "Another")
    #expect(record.assurance?.version == 1)
    var fields = record.fields
    fields["phone"] = .text("01632 960001")
    _ = try test.partnership.edit(number, basedOn: 1, fields, by: test.partner)
    record = try test.partnership.record(number, for: .anybody)
    #expect(record.version == 2)
    #expect(record.assurance?.version == 1)
    #expect(record.reviewDue == Day.today.adding(months: 6))
    #expect(throws: PartnershipError.self) {
      try test.partnership.withdrawAssurance(number, by: test.partner)
    }
    try test.partnership.withdrawAssurance(number, by: test.other)
    #expect(try test.partnership.record(number, for: .anybody).assurance == nil)
    let day = try #require(Day("2026-01-31"))
    #expect(Trust(assured: day, reviewMonths: 6, on: try #require(Day("2026-07-30"))) == .fresh)
    #expect(Trust(assured: day, reviewMonths: 6, on: try #require(Day("2026-07-31"))) == .due)
    #expect(Trust(assured: day, reviewMonths: 6, on: try #require(Day("2027-01-31"))) == .stale)
    #expect(Trust(assured: nil, reviewMonths: 6) == .never)
  }

  @Test(
    "Days add months as calendars do",
    arguments: [
      ("2026-01-31", 1, "2026-02-28"), ("2027-12-31", 2, "2028-02-29"),
      ("2026-11-23", 12, "2027-11-23"),
      ("2026-03-31", -1, "2026-02-28"), ("1970-01-01", 0, "1970-01-01"),
    ])
  func days(from: String, months: Int, to: String) throws {
    #expect(Day(from)?.adding(months: months).description == to)
    for wrong in ["2026-02-29", "2026-13-01", "26-01-01", "2026-1-01", "", "2026-00-10"] {
      #expect(Day(wrong) == nil)
    }
  }

  @Test("An archived record leaves the lists and can be brought back")
  func archive() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    try test.partnership.setArchived(true, number, by: test.partner, reason: "The hall closed")
    #expect(try test.partnership.list(RecordQuery(["asset"]), for: .anybody).total == 0)
    #expect(try test.partnership.record(number, for: .anybody).state == .archived)
    try test.partnership.setArchived(false, number, by: test.partner)
    #expect(try test.partnership.list(RecordQuery(["asset"]), for: .anybody).total == 1)
  }

  @Test("Who may do what")
  func access() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    let record = try test.partnership.record(number, for: test.other)
    let reader = Actor(account: "reader", name: "A reader", role: .reader)
    #expect(record.allows(test.partner, .edit))
    #expect(record.allows(test.steward, .edit))
    #expect(!record.allows(test.other, .edit))
    #expect(record.allows(test.other, .assure))
    #expect(!record.allows(reader, .assure))
    #expect(!record.allows(.anybody, .edit))
    #expect(!Access.allows(test.partner, .merge))
    #expect(throws: PartnershipError.self) {
      try test.partnership.add(.asset, ["name": .text("A"), "type": .text("group")], by: .anybody)
    }
    #expect(throws: PartnershipError.self) {
      try test.partnership.edit(number, basedOn: 1, record.fields, by: test.other)
    }
  }

  @Test("A time that was damaged is an error, and not 1970")
  func damagedTime() throws {
    let test = try TestPartnership()
    let number = try test.asset("Damp and mould drop-in")
    try test.partnership.write { db in
      try db.execute(
        sql: "update record set changed_at = 'soon' where number = ?", arguments: [number.value])
    }
    #expect(throws: PartnershipError.self) {
      try test.partnership.record(number, for: .anybody)
    }
  }

  @Test("Long words are looked through in one pass", .timeLimit(.minutes(10)))
  func longWords() throws {
    for word in ["a", "1", "1 2 ", "@", "a@", "a@b.", "\u{301}", "e\u{301}\u{302}"] {
      #expect(Identifiers.found(in: String(repeating: word, count: 50_000)) == nil, "\(word)")
    }
    let test = try TestPartnership()
    // Ten thousand characters of a hundred bytes each.
    let marks = "a" + String(repeating: "\u{301}", count: 50)
    let text = String(repeating: marks, count: 10_000)
    let error = #expect(throws: PartnershipError.self) {
      try test.partnership.add(
        .voice,
        [
          "name": .text("Heard"), "consent": .text("agreed"), "heard_on": .text("2026-01-05"),
          "text": .text(text),
        ], by: test.partner)
    }
    #expect(error?.message.contains("too long to be read") == true)
    #expect((error?.message.utf8.count ?? 0) < 1_000)
  }

  @Test(
    "Numbers and addresses of people are found however they are written",
    arguments: [
      ("ring 01632 960001", "a telephone number"), ("+44 (0)1632-960001", "a telephone number"),
      ("９９９１７７２３６７", "an NHS number"), ("999\u{A0}177\u{200B} 2367", "an NHS number"),
      ("x999 177 2367 12", "an NHS number"), ("a@b.co", "an email address"),
      ("x@y.z.example", "an email address"), ("a@b.c d", nil), ("@b.co", nil), ("a@.co", nil),
      ("2026-11-23, 10,000 people", nil), ("999 177 2368", nil), ("", nil),
      ("a＠b.co", "an email address"), ("x＠example．org", "an email address"),
      ("999—177—2367", "an NHS number"), ("999/177/2367", "an NHS number"),
      ("999,177,2367", "an NHS number"), ("999·177·2367", "an NHS number"),
      ("999_177_2367", "an NHS number"), ("999\n177\n2367", "an NHS number"),
      ("999\u{2009}177\u{2009}2367", "an NHS number"), ("01632/960001", "a telephone number"),
      ("01632_960001", "a telephone number"), ("on 01/02/2024, 100 people", nil),
      ("2019, 2020, 2021", nil),
    ] as [(String, String?)])
  func identifiers(text: String, found: String?) {
    #expect(Identifiers.found(in: text) == found)
  }

  @Test("A line drops what has no width, so that two that look the same are the same")
  func lines() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch\u{AD} \u{200B} club\u{FEFF}")
    #expect(try test.partnership.record(number, for: .anybody).title == "Lunch club")
  }

  @Test("Whoever adds somebody else opens nothing of them to more people, and may close it")
  func othersConsents() throws {
    let test = try TestPartnership()
    let fields: Fields = [
      "name": .text("Person Example"), "phone": .text("01632 960001"),
      "lived_experience": .text("Knows what it is like"), "skills": .texts(["Urdu"]),
    ]
    let wide = Dictionary(
      uniqueKeysWithValues: RecordKind.person.fields.filter(\.isConsented).map {
        ($0.name, Audience.everyone)
      })
    let number = try test.partnership.add(.person, fields, consents: wide, by: test.partner)
    #expect(throws: PartnershipError.self) { try test.partnership.record(number, for: .anybody) }
    let seen = try test.partnership.record(number, for: test.other)
    #expect(seen.fields["phone"] == nil && seen.fields["lived_experience"] == nil)
    #expect(seen.fields["skills"] != nil)
    let closed = try test.partnership.add(
      .person, fields, consents: ["skills": .person], by: test.partner)
    #expect(try test.partnership.record(closed, for: test.other).fields["skills"] == nil)
    // Stewards, and whoever wrote a voice, choose as they like.
    let open = try test.partnership.add(.person, fields, consents: wide, by: test.steward)
    #expect(try test.partnership.record(open, for: .anybody).fields["phone"] != nil)
    let voice = try test.partnership.add(
      .voice,
      ["name": .text("Heard"), "consent": .text("agreed"), "heard_on": .text("2026-01-05")],
      consents: ["name": .everyone], by: test.partner)
    #expect(try test.partnership.record(voice, for: .anybody).title == "Heard")
  }

  @Test("A form answers the same for somebody who is hidden and for a number that nobody has")
  func hiddenTargets() throws {
    let test = try TestPartnership()
    let hidden = try test.partnership.add(
      .person, ["name": .text("Hidden Example")], consents: ["name": .person], by: test.steward)
    func words(_ number: RecordNumber) throws -> String {
      let error = #expect(throws: PartnershipError.self) {
        try test.asset("Lunch club", ["people": .numbers([Double(number.value)])])
      }
      return (error?.message ?? "").replacing("\(number.value)", with: "N")
    }
    #expect(try words(hidden) == words(RecordNumber(hidden.value + 1_000)))
    // Where a steward has named them, others change the rest.
    let asset = try test.asset(
      "Lunch club", ["people": .numbers([Double(hidden.value)])], by: test.steward)
    var fields = try test.partnership.record(asset, for: test.partner).fields
    fields["description"] = .text("On Tuesdays")
    guard case .saved = try test.partnership.edit(asset, basedOn: 1, fields, by: test.partner)
    else {
      Issue.record("not saved")
      return
    }
    #expect(
      try test.partnership.record(asset, for: test.steward).fields["people"]
        == .numbers([Double(hidden.value)]))
  }

  @Test("Why something was changed is for those who may see the change")
  func reasons() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    try test.partnership.setArchived(true, number, by: test.partner, reason: "The hall closed")
    func why(_ actor: Actor) throws -> String? {
      try test.partnership.changes(for: actor)[0].reason
    }
    #expect(try why(.anybody) == nil)
    #expect(try why(test.other) == nil)
    #expect(try why(test.partner) == "The hall closed")
    #expect(try why(test.steward) == "The hall closed")
    #expect(
      try test.partnership.history(of: number, for: test.other)[0].batch.reason
        == "The hall closed")
    for wrong in [String(repeating: "x", count: 501), "Red\u{1B}[31m"] {
      #expect(throws: PartnershipError.self) {
        try test.partnership.setArchived(false, number, by: test.partner, reason: wrong)
      }
      #expect(throws: PartnershipError.self) {
        try test.partnership.assure(number, by: test.other, reason: wrong)
      }
    }
    let one = try test.asset("Choir", by: test.steward)
    let two = try test.asset("A choir", by: test.steward)
    try test.partnership.merge(two, into: one, by: test.steward)
    #expect(try test.partnership.changes(for: .anybody)[0].action == "merged a record into")
  }
}
