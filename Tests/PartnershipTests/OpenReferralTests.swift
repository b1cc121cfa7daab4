import Foundation
import GRDB
import TestRandom
import Testing

@testable import Partnership

/// The files of Open Referral, which are read beside the project and are not part of it.
enum OpenReferralFiles {
  static let folder: URL? = {
    let shared = ProcessInfo.processInfo.environment["KITH_SHARED"] ?? "../shared"
    let folder = URL(fileURLWithPath: shared).appendingPathComponent("oracles/open-referral")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static func json(_ path: String) throws -> JSONValue {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(
      JSONValue.self, from: Data(contentsOf: folder.appendingPathComponent(path)))
  }
}

@Suite(
  "Feeds are judged as Open Referral UK's schemas and fixtures judge them",
  .enabled(
    if: OpenReferralFiles.folder != nil,
    "skipped: Open Referral's schemas are not here; set KITH_SHARED to the folder with oracles/open-referral"
  ))
struct OpenReferralFixtureTests {
  @Test("Our tables say what the schemas say, property by property")
  func profile() throws {
    for (table, properties) in OpenReferralProfile.tables {
      let schema = try OpenReferralFiles.json("oruk-3.0/schema/\(table).json")
      guard case .object(let described)? = schema["properties"] else {
        Issue.record("\(table) has no properties")
        continue
      }
      var ours: [String: String] = [:]
      for property in properties {
        ours[property.name] =
          switch property.type {
          case .text: "string"
          case .number: "number"
          case .uuid: "uuid"
          case .email: "email"
          case .uri: "uri"
          case .moment: "date-time"
          case .choice(let choices): choices.joined(separator: "|")
          case .one(let table): "\(table).json"
          case .many(let table): "[\(table).json]"
          }
      }
      var theirs: [String: String] = [:]
      for (name, property) in described {
        if let reference = property["$ref"]?.text {
          theirs[name] = reference
        } else if property["type"]?.text == "array" {
          theirs[name] = "[\(property["items"]?["$ref"]?.text ?? "")]"
        } else if let choices = property["enum"] {
          theirs[name] = choices.list.compactMap(\.text).joined(separator: "|")
        } else {
          theirs[name] = property["format"]?.text ?? property["type"]?.text ?? ""
        }
      }
      // The compiled schema of a service at a location embeds the service.
      if table == "service_at_location" { ours["service"] = nil }
      #expect(ours == theirs, "\(table)")
      let required = Set(properties.filter(\.isRequired).map(\.name))
      #expect(required == Set(schema["required"]?.list.compactMap(\.text) ?? []), "\(table)")
    }
  }

  @Test(
    "What should pass passes",
    arguments: [
      "oruk-3.0/examples", "oruk-validator-mocks/V3.0-UK-Default",
      "oruk-validator-mocks/V3.0-UK-Test", "oruk-validator-mocks/V3.0-UK-Warn",
    ])
  func passes(folder: String) throws {
    let root = try #require(OpenReferralFiles.folder)
    let check = OpenReferralCheck()
    var judged = 0
    for (name, table) in [
      ("service_full", "service"), ("organization_full", "organization"),
      ("organization", "organization"),
      ("service_at_location_full", "service_at_location"), ("taxonomy", "taxonomy"),
    ] {
      let path = "\(folder)/\(name).json"
      guard FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path) else {
        continue
      }
      let faults = check.faults(in: try OpenReferralFiles.json(path), as: table)
      #expect(faults.filter { $0.severity == .error }.isEmpty, "\(path): \(faults)")
      judged += 1
    }
    for (name, table) in [
      ("service_list", "service"), ("organization_list", "organization"),
      ("service_at_location_list", "service_at_location"), ("taxonomy_list", "taxonomy"),
      ("taxonomy_term_list", "taxonomy_term"),
    ] {
      let path = "\(folder)/\(name).json"
      guard FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path) else {
        continue
      }
      let list = try OpenReferralFiles.json(path)
      #expect(check.faults(inPage: list).filter { $0.severity == .error }.isEmpty, "\(path)")
      for item in list["contents"]?.list ?? [] {
        let faults = check.faults(in: item, as: table, isListed: true)
        #expect(faults.filter { $0.severity == .error }.isEmpty, "\(path): \(faults)")
        judged += 1
      }
    }
    #expect(judged >= 4)
  }

  @Test("What should fail fails, for the reasons that it should")
  func fails() throws {
    let check = OpenReferralCheck()
    let full = check.faults(
      in: try OpenReferralFiles.json("oruk-validator-mocks/V3.0-UK-Fail/service_full.json"),
      as: "service")
    #expect(full.contains { $0.severity == .error && $0.path == "email" })
    #expect(full.contains { $0.path == "url" })
    let list = try OpenReferralFiles.json("oruk-validator-mocks/V3.0-UK-Fail/service_list.json")
    let items = list["contents"]?.list ?? []
    #expect(items.count == 4)
    for item in items {
      #expect(
        !check.faults(in: item, as: "service", isListed: true).filter { $0.severity == .error }
          .isEmpty)
    }
    let messages = items.flatMap { check.faults(in: $0, as: "service") }
    #expect(messages.contains { $0.path == "name" && $0.message == "Missing, and required." })
  }

  @Test(
    "A term without the description that is required fails, though its folder is named for warnings"
  )
  func term() throws {
    let term = try OpenReferralFiles.json("oruk-validator-mocks/V3.0-UK-Warn/taxonomy_term.json")
    let faults = OpenReferralCheck().faults(in: term, as: "taxonomy_term")
    #expect(faults.filter { $0.severity == .error }.map(\.path) == ["description"])
  }

  @Test("The impossible position of the example is a warning: the schema allows it")
  func position() throws {
    let service = try OpenReferralFiles.json("oruk-3.0/examples/service_full.json")
    let faults = OpenReferralCheck().faults(in: service, as: "service")
    #expect(
      faults.contains {
        $0.severity == .warning && $0.path == "service_at_locations[0].location.latitude"
          && $0.message == "100 is impossible: from -90 to 90."
      })
  }
}

@Suite("Services go in and out as they are")
struct OpenReferralImportTests {
  /// A service with everything that a service can have, of nobody real.
  static let service: JSONValue = [
    "id": "11111111-2222-4333-8444-555555555555", "name": "Damp and mould advice",
    "description": "Advice at home.", "status": "active", "url": "https://example.org/damp",
    "email": "damp@example.org", "minimum_age": 18, "maximum_age": 999, "fees": "Free",
    "last_modified": "2026-01-05T10:00:00Z", "assured_date": "2025-12-01",
    "organization": [
      "id": "aaaaaaaa-2222-4333-8444-555555555555", "name": "Example Warm Homes",
      "description": "A charity.", "website": "https://example.org",
      "organization_identifiers": [
        [
          "id": "bbbbbbbb-2222-4333-8444-555555555555", "identifier_scheme": "GB-CHC",
          "identifier_type": "Charity number", "identifier": "0000001",
        ]
      ],
    ],
    "schedules": [
      [
        "id": "cccccccc-2222-4333-8444-555555555555", "freq": "WEEKLY", "byday": "TU,TH",
        "opens_at": "09:30:00", "closes_at": "12:00:00", "notes": "Not on holidays",
      ]
    ],
    "service_at_locations": [
      [
        "id": "dddddddd-2222-4333-8444-555555555555",
        "location": [
          "id": "eeeeeeee-2222-4333-8444-555555555555", "location_type": "physical",
          "name": "Example Hall", "latitude": .number(53.75), "longitude": .number(-2.48),
          "addresses": [
            [
              "id": "ffffffff-2222-4333-8444-555555555555", "address_1": "1 Example Street",
              "city": "Exampleton", "state_province": "", "postal_code": "zz11aa", "country": "GB",
              "address_type": "physical",
            ]
          ],
        ],
      ]
    ],
    "languages": [["id": "12121212-2222-4333-8444-555555555555", "code": "ur"]],
    "cost_options": [
      [
        "id": "13131313-2222-4333-8444-555555555555", "option": "Workshop",
        "amount": .number(2.5), "amount_description": "a person",
      ]
    ],
    "attributes": [
      [
        "id": "14141414-2222-4333-8444-555555555555",
        "taxonomy_term": [
          "id": "15151515-2222-4333-8444-555555555555", "name": "Warm and dry homes",
          "description": "Homes",
        ],
      ],
      [
        "id": "16161616-2222-4333-8444-555555555555",
        "taxonomy_term": [
          "id": "17171717-2222-4333-8444-555555555555", "name": "Mould", "description": "Mould",
        ],
      ],
    ],
  ]

  private func items(_ services: JSONValue...) -> [ImportItem] {
    services.flatMap { OpenReferralReading().items(of: $0) }
  }

  private func changed(_ key: String, _ value: JSONValue?) -> JSONValue {
    guard case .object(var object) = Self.service else {
      preconditionFailure("the service is an object")
    }
    object[key] = value
    return .object(object)
  }

  @Test("A service is taken in with all that it says, and published again with the same")
  func roundTrip() throws {
    let test = try TestPartnership()
    let result = try test.partnership.take(items(Self.service), from: "a feed", by: test.steward)
    #expect(result.added == 2)
    #expect(result.faults.isEmpty)
    var query = RecordQuery(["asset"])
    query.text = "mould"
    let number = try #require(try test.partnership.list(query, for: .anybody).records.first?.number)
    let record = try test.partnership.record(number, for: .anybody)
    #expect(record.fields.texts("topics") == ["warm_homes"])
    #expect(record.fields.texts("labels") == ["Mould"])
    #expect(record.fields.texts("languages") == ["Urdu"])
    #expect(record.fields.rows("hours").first?.texts("days") == ["TU", "TH"])
    #expect(record.fields.rows("hours").first?.text("opens") == "09:30")
    #expect(record.fields.rows("places").first?.text("postcode") == "ZZ1 1AA")
    #expect(record.fields.number("minimum_age") == 18)
    #expect(record.fields.number("maximum_age") == nil)
    #expect(record.source?.day == "2026-01-05")
    #expect(record.id == "11111111-2222-4333-8444-555555555555")
    #expect(
      try test.partnership.original(of: number, for: .anybody)?.contains("Charity number") == true)

    let published = test.partnership.published(as: "The place")
    let again = try #require(try published.service(record.id))
    let faults = OpenReferralCheck().faults(in: again, as: "service")
    #expect(faults.isEmpty, "\(faults)")
    for key in [
      "id", "name", "description", "status", "url", "email", "minimum_age", "fees", "assured_date",
    ] {
      #expect(again[key] == Self.service[key], "\(key)")
    }
    #expect(again["organization"]?["name"]?.text == "Example Warm Homes")
    #expect(again["schedules"]?.list.first?["byday"]?.text == "TU,TH")
    #expect(again["schedules"]?.list.first?["opens_at"]?.text == "09:30:00")
    let location = again["service_at_locations"]?.list.first?["location"]
    #expect(location?["latitude"]?.number == 53.75)
    #expect(location?["addresses"]?.list.first?["address_1"]?.text == "1 Example Street")
    #expect(again["cost_options"]?.list.first?["amount"]?.number == 2.5)
    #expect(
      again["attributes"]?.list.compactMap { $0["taxonomy_term"]?["name"]?.text }.sorted()
        == ["Mould", "Service", "Warm and dry homes"])
    // What is published can be taken in elsewhere, and says the same there.
    let other = try TestPartnership()
    let copied = try other.partnership.take(items(again), from: "the place", by: other.steward)
    #expect(copied.added == 2 && copied.faults.isEmpty, "\(copied)")
  }

  @Test(
    "The next import brings what changed there, keeps what changed here, and tells what clashes")
  func again() throws {
    let test = try TestPartnership()
    _ = try test.partnership.take(items(Self.service), from: "a feed", by: test.steward)
    #expect(
      try test.partnership.take(items(Self.service), from: "a feed", by: test.steward).same == 2)
    let number = try #require(
      try test.partnership.list(RecordQuery(["asset"]), for: .anybody).records.first?.number)
    var fields = try test.partnership.record(number, for: test.steward).fields
    fields["phone"] = .text("01632 960001")
    fields["description"] = .text("Advice at home and in the hall.")
    _ = try test.partnership.edit(number, basedOn: 1, fields, by: test.steward)
    let one = try test.partnership.take(
      items(changed("email", "new@example.org")), from: "a feed", by: test.steward)
    #expect(one.updated == 1 && one.kept.isEmpty)
    var now = try test.partnership.record(number, for: .anybody).fields
    #expect(now.text("email") == "new@example.org")
    #expect(now.text("phone") == "01632 960001")
    guard case .object(var object) = changed("email", "new@example.org") else {
      Issue.record("a change gives an object")
      return
    }
    object["description"] = "Advice by telephone."
    let two = try test.partnership.take(items(.object(object)), from: "a feed", by: test.steward)
    #expect(two.kept == ["Damp and mould advice"])
    now = try test.partnership.record(number, for: .anybody).fields
    #expect(now.text("description") == "Advice at home and in the hall.")
    let three = try test.partnership.take([], from: "a feed", by: test.steward)
    #expect(three.missing.map(\.title) == ["Damp and mould advice", "Example Warm Homes"])
    #expect(three.change == nil)
  }

  @Test("An import is undone as a whole, and can be done again")
  func undo() throws {
    let test = try TestPartnership()
    let result = try test.partnership.take(items(Self.service), from: "a feed", by: test.steward)
    try test.partnership.undo(try #require(result.change), by: test.steward)
    #expect(try test.partnership.list(RecordQuery(["asset"]), for: .anybody).total == 0)
    let again = try test.partnership.take(items(Self.service), from: "a feed", by: test.steward)
    #expect(again.added == 2)
    #expect(try test.partnership.list(RecordQuery(["asset"]), for: .anybody).total == 1)
    let number = try test.partnership.list(RecordQuery(["asset"]), for: .anybody).records[0].number
    try test.partnership.setArchived(true, number, by: test.steward)
    _ = try test.partnership.take(
      items(changed("email", "x@example.org")), from: "a feed", by: test.steward)
    #expect(try test.partnership.record(number, for: .anybody).state == .archived)
  }

  @Test("What belongs to an organisation that was merged or taken back is taken in all the same")
  func organisationGone() throws {
    let test = try TestPartnership()
    guard case .object(var other) = Self.service else {
      Issue.record("the service is an object")
      return
    }
    other["id"] = "21111111-2222-4333-8444-555555555555"
    other["name"] = "Boiler repairs"
    func organisation(of text: String) throws -> RecordNumber? {
      var query = RecordQuery(["asset"])
      query.text = text
      let number = try #require(
        try test.partnership.list(query, for: .anybody).records.first?.number)
      return try test.partnership.record(number, for: test.steward).organisation
    }
    // An organisation alone, which is taken back, and then only what belongs to it.
    let all = items(Self.service)
    let organisations = all.filter { $0.kind.id == RecordKind.organisation.id }
    let services = all.filter { $0.kind.id != RecordKind.organisation.id }
    let first = try test.partnership.take(organisations, from: "a feed", by: test.steward)
    try test.partnership.undo(try #require(first.change), by: test.steward)
    let second = try test.partnership.take(services, from: "a feed", by: test.steward)
    #expect(second.added == 1)
    #expect(second.faults.map(\.message).contains { $0.contains("that was undone") })
    #expect(try organisation(of: "mould") == nil)
    // The whole again brings it back; merged into another, what is new belongs to that one.
    _ = try test.partnership.take(all, from: "a feed", by: test.steward)
    let old = try #require(try organisation(of: "mould"))
    let kept = try test.partnership.add(
      .organisation, ["name": .text("Warm Homes Example"), "sector": .text("voluntary")],
      by: test.steward)
    try test.partnership.merge(old, into: kept, by: test.steward)
    let third = try test.partnership.take(
      items(Self.service, .object(other)), from: "a feed", by: test.steward)
    #expect(third.added == 1 && third.kept.isEmpty, "\(third)")
    #expect(try organisation(of: "boiler") == kept)
    #expect(try organisation(of: "mould") == kept)
  }

  @Test("An import that fails in the middle leaves nothing, and can be done again")
  func failure() throws {
    let test = try TestPartnership()
    let (first, last) = (items(Self.service), items(changed("id", "a")))
    func counts() throws -> [Int] {
      try test.partnership.read { db in
        try ["record", "revision", "batch", "imported", "link", "search"].map {
          try Int.fetchOne(db, sql: "select count(*) from \($0)") ?? -1
        }
      }
    }
    let before = try counts()
    try test.partnership.pool.write { db in
      try db.execute(
        sql: """
          create trigger full before insert on record when new.kind = 'asset'
          begin select raise(abort, 'database or disk is full'); end
          """)
    }
    let error = #expect(throws: PartnershipError.self) {
      try test.partnership.take(first + last, from: "a feed", by: test.steward)
    }
    #expect(error?.message.contains("database or disk is full") == true)
    #expect(try counts() == before)
    try test.partnership.pool.write { try $0.execute(sql: "drop trigger full") }
    #expect(
      try test.partnership.take(first + last, from: "a feed", by: test.steward).added == 3)
  }

  @Test("What cannot be kept is left out or set aside, and told")
  func bad() throws {
    let test = try TestPartnership()
    let long = String(repeating: "n", count: 4_000)
    for (key, value, word) in [
      ("email", "email-example_com" as JSONValue, "Left out"), ("url", "example/damp", "Left out"),
      ("name", .string(long), "Not taken in"), ("name", .null, "Not taken in"),
      ("minimum_age", .number(-5), ""), ("status", "closed", "Left out"),
    ] {
      let folder = try TestPartnership()
      let result = try folder.partnership.take(
        items(changed(key, value)), from: "a feed", by: folder.steward)
      if !word.isEmpty {
        #expect(result.faults.contains { $0.message.hasPrefix(word) }, "\(key): \(result.faults)")
      }
      let count = try folder.partnership.list(RecordQuery(["asset"]), for: .anybody).total
      #expect(count == (word == "Not taken in" ? 0 : 1), "\(key)")
      #expect(result.refused == (word == "Not taken in" ? 1 : 0), "\(key)")
    }
    guard case .object(var object) = Self.service else {
      Issue.record("the service is an object")
      return
    }
    object["service_at_locations"] = [
      ["id": "x", "location": ["id": "y", "name": "The sea", "latitude": 100, "longitude": 101]]
    ]
    let result = try test.partnership.take(items(.object(object)), from: "a feed", by: test.steward)
    #expect(result.faults.contains { $0.message.contains("100 is not from -90 to 90") })
    #expect(try test.partnership.list(RecordQuery(["asset"]), for: .anybody).total == 1)
    #expect(
      OpenReferralCheck().faults(in: changed("minimum_age", .number(-5)), as: "service")
        .contains { $0.path == "minimum_age" && $0.message.contains("not an age") })
    #expect(throws: PartnershipError.self) {
      try test.partnership.take([], from: "a feed", by: test.partner)
    }
  }

  /// What an object holds; the test fails where it is none.
  private func members(of value: JSONValue) throws -> [String: JSONValue] {
    let members: [String: JSONValue]? = if case .object(let object) = value { object } else { nil }
    return try #require(members, "not an object: \(value)")
  }

  /// The asset's fields of the service with other values.
  private func fields(_ changes: [String: JSONValue]) throws -> Fields {
    var object = try members(of: Self.service)
    object.merge(changes) { _, new in new }
    let asset = items(.object(object)).first { $0.kind.id == RecordKind.asset.id }
    return try #require(asset).fields
  }

  @Test(
    "Times are read in every spelling that leaves no doubt",
    arguments: [
      ("9:00", "09:00"), ("T09:00", "09:00"), ("09.30", "09:30"), ("9am", "09:00"),
      ("5 p.m.", "17:00"),
      ("24:00", "00:00"), ("09:00:00Z", "09:00"), ("09:00:00+01:00", "09:00"), ("12am", "00:00"),
      ("2024-01-01T09:00:00", "09:00"), ("0930", "09:30"), ("noon", "12:00"), ("9", nil),
      ("25:00", nil),
      ("09:60", nil), ("09:00-05:00", nil), ("9 o'clock", nil), ("9am-5pm", nil),
    ] as [(String, String?)])
  func times(text: String, time: String?) throws {
    let schedule: JSONValue = [
      "id": "s", "byday": "MO", "opens_at": .string(text), "closes_at": "17:00",
    ]
    let row = try #require(try fields(["schedules": [schedule]]).rows("hours").first)
    #expect(row.text("opens") == time)
    // What cannot be read is kept in words, and listed with its schedule.
    #expect((row.text("notes")?.contains("Opens: \(text).") ?? false) == (time == nil))
    for isListed in [false, true] {
      let faults = OpenReferralCheck().faults(
        in: changed("schedules", [schedule]), as: "service", isListed: isListed)
      #expect(faults.contains { $0.path == "schedules[0].opens_at" } == (time == nil), "\(faults)")
    }
  }

  @Test(
    "Days are read by their codes and names",
    arguments: [
      ("MO,TU", ["MO", "TU"]), ("Monday,Tuesday", ["MO", "TU"]), ("mo", ["MO"]),
      ("Mon-Fri", ["MO", "TU", "WE", "TH", "FR"]),
      ("1TU", ["TU"]), ("-1FR", ["FR"]), ("weekends", ["SA", "SU"]),
      ("Fri to Mon", ["MO", "FR", "SA", "SU"]),
      ("Mondy", []), ("not Mondays", []), ("Bank holidays", []),
    ])
  func days(text: String, codes: [String]) throws {
    let schedule: JSONValue = ["id": "s", "byday": .string(text), "opens_at": "09:00"]
    let row = try #require(try fields(["schedules": [schedule]]).rows("hours").first)
    #expect(row.texts("days") == codes)
    let faults = OpenReferralCheck().faults(in: changed("schedules", [schedule]), as: "service")
    #expect(faults.contains { $0.path == "schedules[0].byday" } == codes.isEmpty)
  }

  @Test("Dates that are none, and hours the wrong way round, are told")
  func scheduleFaults() {
    let schedule: JSONValue = [
      "id": "s", "opens_at": "17:00", "closes_at": "09:00", "valid_from": "01/02/2024",
      "valid_to": "2024-13-01", "dtstart": "2024-01-01T09:00:00Z",
    ]
    let paths = OpenReferralCheck().faults(in: changed("schedules", [schedule]), as: "service").map(
      \.path)
    for name in ["closes_at", "valid_from", "valid_to"] {
      #expect(paths.contains("schedules[0].\(name)"))
    }
    #expect(!paths.contains("schedules[0].dtstart"))
    #expect(
      OpenReferralCheck().faults(in: changed("assured_date", "01/02/2024"), as: "service")
        .contains { $0.path == "assured_date" })
  }

  @Test("A long text is no time and no days, and takes no time to refuse")
  func longTexts() {
    let blanks = "9" + String(repeating: " ", count: 1_000_000) + "x"
    #expect(FeedTime.read(blanks) == nil)
    let days = FeedDays("mo" + String(repeating: " ", count: 1_000_000) + "x")
    #expect(days.codes == [] && days.unread.count == 1)
  }

  @Test("Every telephone number, schedule and contact is kept, with its extension and its place")
  func numbers() throws {
    let hall: JSONValue = [
      "id": "l", "location_type": "physical", "name": "Hall",
      "phones": [["id": "p3", "number": "01632 960003"]],
      "schedules": [["id": "s2", "byday": "FR", "opens_at": "10:00"]],
      "contacts": [
        [
          "id": "c2", "name": "Ann",
          "phones": [
            ["id": "p4", "number": "01632 960004"], ["id": "p5", "number": "01632 960005"],
          ],
        ]
      ],
    ]
    let found = try fields([
      "phones": [
        ["id": "p1", "number": "01632 960001", "extension": 12],
        ["id": "p2", "number": "01632 960002", "description": "Out of hours"],
      ],
      "service_at_locations": [["id": "x", "location": hall]],
    ])
    #expect(found.text("phone") == "01632 960001 ext. 12")
    #expect(
      found.rows("contacts").compactMap { $0.text("phone") }.sorted()
        == (2...5).map { "01632 96000\($0)" })
    #expect(found.rows("contacts").contains { $0.text("name") == "Out of hours" })
    #expect(found.rows("hours").map { $0.texts("days") } == [["TU", "TH"], ["FR"]])
    #expect(found.rows("hours").last?.text("notes") == "At Hall.")
  }

  @Test(
    "What is no feed of version 3 is refused in one message",
    arguments: [
      (#"{"content": [{"id": "1", "name": "n"}], "totalElements": 1}"#, "Open Referral UK 1"),
      (#"[{"id": "1", "name": "n", "regular_schedules": []}]"#, "HSDS 1 or 2"),
      (
        #"{"contents": [{"id": "1", "service_at_locations": [{"location": {"physical_addresses": []}}]}]}"#,
        "HSDS 1 or 2"
      ),
      (#"{"data": []}"#, "it has 'data'"), (#"{"services": []}"#, "it has 'services'"),
      (#"{"error": "gone"}"#, "it has 'error'"), ("{}", "empty object"), ("3", "a number"),
      ("<html>502</html>", "feed:1:1: This is not JSON: it is markup"), ("", "it breaks off"),
    ] as [(String, String)])
  func otherFeeds(text: String, says: String) async throws {
    let error = #expect(throws: PartnershipError.self) {
      try OpenReferralFeed(data: Data(text.utf8), named: "feed")
    }
    #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    let base = try #require(URL(string: "https://feed.example/api"))
    if text.first == "{" {
      await #expect(throws: PartnershipError.self) {
        try await OpenReferralFeed(api: base, fetch: { _ in Data(text.utf8) })
      }
    }
  }

  @Test(
    "Only strict JSON is read, and the line and column of what is wrong are told",
    arguments: [
      ("[1,]", "1:4"), ("{\"a\":1,}", "1:8"), ("[\n  'a']", "2:3"), ("[1 // x\n]", "1:4"),
      ("/* x */ []", "1:1"),
      ("{\"a\":1,\"a\":2}", "1:8"), ("[\nNaN]", "2:1"), ("[-Infinity]", "1:3"), ("[01]", "1:3"),
      ("[1.]", "1:3"),
      ("{a:1}", "1:2"), ("[1] x", "1:5"), ("[\"a\nb\"]", "1:4"), ("[\"\\ud83d\"]", "1:9"),
      ("[True]", "1:2"), ("[1", "1:3"),
      (String(repeating: "[", count: 300), "1:101"),
    ] as [(String, String)])
  func strictJSON(text: String, place: String) throws {
    let error = #expect(throws: PartnershipError.self) {
      try OpenReferralFeed(data: Data(text.utf8), named: "feed")
    }
    #expect(
      error?.message.hasPrefix("feed:\(place): This is not JSON: ") == true,
      "\(error?.message ?? "")")
  }

  @Test("Strict JSON is read as JSONDecoder reads it", arguments: 0..<UInt64(50))
  func sameAsDecoder(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    func value(_ depth: Int) -> JSONValue {
      switch Int.random(in: 0..<(depth > 4 ? 4 : 6), using: &random) {
      case 0: .null
      case 1: .bool(Bool.random(using: &random))
      case 2: .number(Double(Int.random(in: -1000...1000, using: &random)) / 8)
      case 3: .string(["", "é😀", "a\"\\\n\t/", "\u{1}"].randomElement(using: &random) ?? "")
      case 4: .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth + 1) })
      default:
        .object(
          Dictionary(
            (0..<Int.random(in: 0..<4, using: &random)).map { ("k\($0)", value(depth + 1)) }
          ) { one, _ in one })
      }
    }
    let made = value(0)
    let data = try JSONEncoder().encode(made)
    #expect(
      try JSONReader.value(of: Array(data)) == made,
      "seed \(seed): \(String(decoding: data, as: UTF8.self))")
  }

  /// An API that answers with so many services, and lies as it is told.
  private func feed(
    _ count: Int, perPage: Int = 10, totalPages: Int? = nil, totalItems: Int? = nil,
    ignoresPage: Bool = false, lastPage: Int? = nil, breaksAt: Int? = nil
  ) async throws -> OpenReferralFeed {
    let base = try #require(URL(string: "https://feed.example/api"))
    func service(_ index: Int) -> JSONValue {
      let digits = "\(index)"
      let id =
        "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
      return ["id": .string(id), "name": .string("Service \(index)"), "status": "active"]
    }
    let all = (0..<count).map { service($0) }
    let pages = (count + perPage - 1) / perPage
    return try await OpenReferralFeed(
      api: base,
      fetch: { url in
        let parts = URLComponents(url: url, resolvingAgainstBaseURL: false)
        let encoder = JSONEncoder()
        if let id = url.path().split(separator: "/").last, id != "services" {
          let found = all.first { $0["id"]?.text == String(id) } ?? .null
          return try encoder.encode(found)
        }
        var page = Int(parts?.queryItems?.first { $0.name == "page" }?.value ?? "") ?? 1
        if let breaksAt, page >= breaksAt {
          throw PartnershipError(.file, "The server answers 500.")
        }
        if ignoresPage { page = 1 }
        let contents = Array(all.dropFirst((page - 1) * perPage).prefix(perPage))
        return try encoder.encode(
          [
            "total_items": .number(Double(totalItems ?? count)),
            "total_pages": .number(Double(totalPages ?? pages)),
            "page_number": .number(Double(page)), "size": .number(Double(contents.count)),
            "first_page": .bool(page == 1), "last_page": .bool(page >= lastPage ?? pages),
            "empty": .bool(contents.isEmpty), "contents": .array(contents),
          ] as JSONValue)
      })
  }

  @Test("A feed is read to its end, whatever it says of how many pages it has")
  func lies() async throws {
    let honest = try await feed(35)
    #expect(honest.services.count == 35 && honest.faults.isEmpty && honest.pages == 4)
    let few = try await feed(35, totalPages: 2, totalItems: 20)
    #expect(few.services.count == 35)
    #expect(few.faults.map(\.path).sorted() == ["total_items", "total_pages"])
    let many = try await feed(35, totalPages: 900)
    #expect(many.services.count == 35)
    #expect(many.faults.contains { $0.path == "total_pages" && $0.message.hasPrefix("Says 900") })
    let stuck = try await feed(35, ignoresPage: true, lastPage: 9)
    #expect(stuck.services.count == 10)
    #expect(stuck.faults.contains { $0.message.contains("the page before it once more") })
    let empty = try await feed(0)
    #expect(empty.services.isEmpty)
    let broken = try await feed(35, breaksAt: 3)
    #expect(broken.services.count == 20 && !broken.isWhole)
    await #expect(throws: PartnershipError.self) { try await feed(35, breaksAt: 1) }
  }

  @Test("Files of any of the shapes are read; what is no JSON is told")
  func files() throws {
    let test = try TestPartnership()
    func write(_ name: String, _ text: String) throws -> URL {
      let file = test.folder.appendingPathComponent(name)
      try Data(text.utf8).write(to: file)
      return file
    }
    let encoder = JSONEncoder()
    let one = String(decoding: try encoder.encode(Self.service), as: UTF8.self)
    #expect(try OpenReferralFeed(files: write("one.json", one)).services.count == 1)
    #expect(try OpenReferralFeed(files: write("list.json", "[\(one)]")).services.count == 1)
    let page = try OpenReferralFeed(
      files: write("page.json", "{\"contents\": [\(one), \(one), {}]}"))
    #expect(page.services.count == 1)
    #expect(page.faults.contains { $0.message.contains("more than once") })
    #expect(page.faults.contains { $0.path == "total_items" && $0.severity == .warning })
    #expect(throws: PartnershipError.self) {
      try OpenReferralFeed(files: write("x.json", "<html>"))
    }
    #expect(throws: PartnershipError.self) {
      try OpenReferralFeed(files: test.folder.appendingPathComponent("none"))
    }
  }

  @Test(
    "A feed is JSON as its specification has it (RFC 8259), with as many values as a directory may have"
  )
  func strictJSON() throws {
    for wrong in [
      "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "[NaN]", "['a']", "[1] x", "// c\n[]", "", "[01]",
      "[\"a\tb\"]", "[\"\\ud800\"]", "[1.]", String(repeating: "[", count: 200),
    ] {
      #expect(throws: PartnershipError.self, "\(wrong.prefix(20))") {
        try OpenReferralFeed(data: Data(wrong.utf8), named: "feed.json")
      }
    }
    let value = try JSONReader.value(
      of: Array(" {\"a\": [1, -2.5e3, true, null, \"x\\u00e9\\ud83d\\ude00\\n\"]} ".utf8))
    #expect(value["a"]?.list == [1, .number(-2500), true, .null, "xé😀\n"])
    let many = Array(("[" + String(repeating: "1,", count: 1_000) + "1]").utf8)
    #expect(try JSONReader.value(of: many, most: 1_002).list.count == 1_001)
    #expect(throws: JSONReader.Failure.self) { try JSONReader.value(of: many, most: 1_001) }
    // What was read with each of its values decoded by Foundation before, is read as the same.
    let service = try JSONEncoder().encode(Self.service)
    #expect(
      try JSONReader.value(of: Array(service))
        == JSONDecoder().decode(JSONValue.self, from: service))
  }
}

@Suite("The API's lists are narrowed as the profile says")
struct OpenReferralPublishingTests {
  private func made() throws -> (TestPartnership, Partnership.Published) {
    let test = try TestPartnership(locator: FewPostcodes())
    for (name, fields) in [
      (
        "Walking group",
        [
          "topics": .texts(["activity"]), "minimum_age": .number(50), "postcode": .text("ZZ1 1AA"),
          "hours": .rows([
            ["days": .texts(["MO"]), "opens": .text("10:00"), "closes": .text("11:00")]
          ]),
        ] as Fields
      ),
      (
        "Youth club",
        [
          "topics": .texts(["young_people"]), "minimum_age": .number(11),
          "maximum_age": .number(18),
          "places": .rows([
            ["postcode": .text("ZZ9 9ZZ")],
            ["latitude": .number(53.751), "longitude": .number(-2.48)],
          ]),
          "hours": .rows([
            ["days": .texts(["FR"]), "opens": .text("18:00"), "closes": .text("21:00")]
          ]),
        ]
      ),
      ("Lunch club", ["labels": .texts(["Soup"])]),
    ] { _ = try test.asset(name, fields) }
    _ = try test.partnership.add(
      .asset, ["name": .text("A skill"), "type": .text("skill")], by: test.steward)
    return (test, test.partnership.published(as: "The place"))
  }

  private func names(_ page: JSONValue) -> [String] {
    page["contents"]?.list.compactMap { $0["name"]?.text ?? $0["service"]?["name"]?.text } ?? []
  }

  @Test("Lists, pages and filters")
  func filters() throws {
    let (test, published) = try made()
    defer { withExtendedLifetime(test) {} }
    var query = Partnership.ServiceQuery()
    #expect(names(try published.services(query)) == ["Lunch club", "Walking group", "Youth club"])
    query.perPage = 2
    query.page = 2
    let page = try published.services(query)
    #expect(names(page) == ["Youth club"])
    #expect(page["total_items"] == 3 && page["total_pages"] == 2 && page["last_page"] == true)
    func only(_ change: (inout Partnership.ServiceQuery) -> Void) throws -> [String] {
      var query = Partnership.ServiceQuery()
      change(&query)
      return names(try published.services(query))
    }
    #expect(try only { $0.search = "walk" } == ["Walking group"])
    #expect(try only { $0.minimumAge = 18 } == ["Walking group"])
    #expect(try only { $0.maximumAge = 20 } == ["Youth club"])
    #expect(try only { $0.day = "FR" } == ["Youth club"])
    #expect(try only { $0.startTime = "12:00" } == ["Youth club"])
    #expect(try only { $0.endTime = "12:00" } == ["Walking group"])
    #expect(try only { $0.term = "00000000-0000-0000-0000-000000000000" } == [])
    query.page = 1
    query.perPage = 200
    let terms = try published.terms(query)["contents"]?.list ?? []
    let soup = try #require(terms.first { $0["name"]?.text == "Soup" }?["id"]?.text)
    #expect(try only { $0.term = soup } == ["Lunch club"])
    #expect(try published.term(soup)?["taxonomy"]?.text == "Labels")
    let taxonomies = try published.taxonomies(.init())["contents"]?.list ?? []
    #expect(taxonomies.compactMap { $0["name"]?.text } == ["Topics", "For whom", "Type", "Labels"])
    let topics = try #require(taxonomies[0]["id"]?.text)
    #expect(try only { $0.taxonomy = topics } == ["Walking group", "Youth club"])
    #expect(try published.taxonomy(topics)?["taxonomy_terms"]?.list.count == Topic.allCases.count)
    #expect(try published.service("none") == nil)
  }

  @Test("Places, and those near a postcode")
  func places() throws {
    let (test, published) = try made()
    defer { withExtendedLifetime(test) {} }
    var query = Partnership.ServiceQuery()
    #expect(names(try published.servicesAtLocations(query)).count == 3)
    query.near = Position(latitude: 53.75, longitude: -2.48)
    query.withinKilometres = 1
    let near = try published.servicesAtLocations(query)
    #expect(names(near) == ["Walking group", "Youth club"])
    for item in near["contents"]?.list ?? [] {
      let id = try #require(item["id"]?.text)
      let full = try #require(try published.serviceAtLocation(id))
      #expect(full["id"] == item["id"])
      #expect(full["service"]?["schedules"]?.list.count == 1)
      let faults = OpenReferralCheck().faults(in: full, as: "service_at_location")
      #expect(faults.filter { $0.severity == .error }.isEmpty, "\(faults)")
    }
  }

  @Test("Everything that is published passes the profile's rules")
  func valid() throws {
    let (test, published) = try made()
    defer { withExtendedLifetime(test) {} }
    let check = OpenReferralCheck()
    for (page, table) in [
      (try published.services(.init()), "service"),
      (try published.servicesAtLocations(.init()), "service_at_location"),
      (try published.taxonomies(.init()), "taxonomy"),
      (try published.terms(.init()), "taxonomy_term"),
    ] {
      #expect(check.faults(inPage: page).isEmpty)
      for item in page["contents"]?.list ?? [] {
        let faults = check.faults(in: item, as: table, isListed: true)
        #expect(faults.filter { $0.severity == .error }.isEmpty, "\(faults)")
      }
    }
    for item in try published.services(.init())["contents"]?.list ?? [] {
      let full = try #require(try published.service(item["id"]?.text ?? ""))
      let faults = check.faults(in: full, as: "service")
      #expect(faults.filter { $0.severity == .error }.isEmpty, "\(faults)")
    }
  }
}
