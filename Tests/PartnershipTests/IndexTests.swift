import Foundation
import GRDB
import Governance
import TestRandom
import Testing

@testable import Partnership

@Suite("The index in memory answers as SQL does")
struct IndexTests {
  @Test(
    "Lists, orders and counts are the same by both ways, while records change",
    arguments: [UInt64.random(in: 1...1_000_000)])
  func agree(seed: UInt64) throws {
    print("seed \(seed)")
    var draw = SeededRandom(seed: seed)
    let test = try TestPartnership()
    // Another program that writes to the same file.
    let other = try Partnership(at: test.partnership.file)
    var numbers: [RecordNumber] = []
    for index in 0..<120 {
      numbers.append(try add(index, test, &draw))
    }
    for round in 0..<60 {
      try change(numbers, round, test, round % 3 == 0 ? other : test.partnership, &draw)
      if round % 10 == 9 { numbers.append(try add(200 + round, test, &draw)) }
      let query = self.query(&draw)
      for actor in [Actor.anybody, test.partner, test.other, test.steward] {
        var whole = query
        whole.perPage = 1_000
        let plain = try test.partnership.read { db in
          try PlainSelection(query, actor).numbers(db)
        }
        let found = try test.partnership.list(whole, for: actor)
        #expect(found.records.map(\.number.value) == plain, "\(query) for \(actor.name)")
        #expect(found.total == plain.count)
        var page = query
        page.perPage = 7
        page.page = 2
        #expect(
          try test.partnership.list(page, for: actor).records.map(\.number.value)
            == Array(plain.dropFirst(7).prefix(7)))
        let fields = ["topics", "type", "languages", "skills", "pillars"]
        let counts = try test.partnership.list(query, counting: fields, for: actor).counts
        for field in fields {
          var wider = query
          wider.facets[field] = nil
          let expected = try test.partnership.read { db in
            try PlainSelection(wider, actor).counts(of: field, db)
          }
          func plainly(_ counts: [String: Int]) -> [String: Int] {
            Dictionary(
              counts.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: +)
          }
          #expect(
            plainly(counts[field] ?? [:]) == plainly(expected),
            "\(field) of \(query) for \(actor.name)")
        }
      }
    }
  }

  private func add(
    _ index: Int, _ test: TestPartnership, _ draw: inout SeededRandom
  ) throws -> RecordNumber {
    let topics = Topic.allCases.shuffled(using: &draw).prefix(2).map(\.rawValue)
    if index % 4 == 0 {
      return try test.partnership.add(
        .person,
        [
          "name": .text("Person \(draw.pick(["A", "b", "C"])) \(index)"),
          "organisation": test.charity.asValue, "knows": .texts(topics),
          "skills": .texts([draw.pick(["Maps", "Urdu", "Chairing"])]),
        ],
        consents: [
          "name": draw.pick(Audience.allCases), "skills": draw.pick(Audience.allCases),
          "organisation": draw.pick(Audience.allCases),
        ], by: test.steward)
    }
    var fields: Fields = [
      "topics": .texts(topics), "languages": .texts([draw.pick(["Urdu", "urdu", "Polish"])]),
      "type": .text(draw.pick(AssetType.allCases).rawValue),
      "description": .text(draw.pick(["warm soup", "cold tea", "warm tea"])),
      "hours": .rows([
        [
          "days": .texts([draw.pick(["MO", "TU", "WE"])]),
          "opens": .text(draw.pick(["09:00", "12:00"])), "closes": .text("17:00"),
        ]
      ]),
    ]
    if draw.pick([true, false]) { fields["minimum_age"] = .number(draw.pick([0, 18, 60])) }
    if draw.pick([true, false]) { fields["maximum_age"] = .number(draw.pick([65, 70])) }
    return try test.asset("\(draw.pick(["warm", "Soup", "tea"])) \(index)", fields)
  }

  private func change(
    _ numbers: [RecordNumber], _ round: Int, _ test: TestPartnership, _ partnership: Partnership,
    _ draw: inout SeededRandom
  ) throws {
    for _ in 0..<3 {
      let number = draw.pick(numbers)
      let record = try partnership.record(number, for: test.steward)
      switch draw.pick([0, 1, 2]) {
      case 0:
        try partnership.assure(
          number, by: test.steward,
          on: Date().addingTimeInterval(-86_400 * Double(draw.pick([1, 200, 800]))))
      case 1:
        try partnership.setArchived(record.state == .active, number, by: test.steward)
      default:
        var fields = record.fields
        fields["name"] = .text("\(draw.pick(["Warm", "soup"])) changed \(round)")
        fields["languages"] = .texts([draw.pick(["Urdu", "Polish", "Dari"])])
        _ = try partnership.edit(
          number, basedOn: record.version, fields, by: test.steward)
      }
    }
  }

  private func query(_ draw: inout SeededRandom) -> RecordQuery {
    var query = RecordQuery([draw.pick(["asset", "person"])])
    query.order = draw.pick([.title, .due, .title])
    if draw.pick([true, false, false]) { query.text = draw.pick(["warm", "te", "soup warm"]) }
    if draw.pick([true, false, false]) {
      query.facets["topics"] = [draw.pick(Topic.allCases).rawValue, "housing"]
    }
    if draw.pick([true, false, false]) { query.facets["languages"] = ["urdu"] }
    switch draw.pick([0, 1, 2, 3, 4, 5]) {
    case 0: query.trust = draw.pick(Trust.allCases)
    case 1: query.age = draw.pick([10, 40, 68])
    case 2: query.day = draw.pick(["MO", "TU"])
    case 3:
      query.opensFrom = "10:00"
      query.minimumAge = 18
    case 4: query.state = .archived
    default: break
    }
    return query
  }

  @Test("A set of bits has what was put in and nothing else")
  func sets() {
    var set = OrdinalSet()
    for number in [0, 63, 64, 200] { set.insert(number) }
    set.remove(64)
    #expect((0..<300).filter(set.contains) == [0, 63, 200])
    var listed: [Int] = []
    set.forEach { listed.append($0) }
    #expect(listed == [0, 63, 200])
    #expect(set.count == 3)
    #expect(OrdinalSet(below: 70).count == 70)
    #expect(OrdinalSet(below: 64).countShared(with: set) == 2)
    set.formIntersection(OrdinalSet(below: 64))
    #expect(set.count == 2)
  }
}
