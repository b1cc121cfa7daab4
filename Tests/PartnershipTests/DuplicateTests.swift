import Foundation
import Testing

@testable import Partnership

@Suite("Records of the same thing are found")
struct DuplicateTests {
  private static let words = [
    "Harbour", "Moor", "Quay", "Fell", "Castle", "Heath", "Priory", "Marsh", "Station", "Hill",
    "Bridge", "Market", "Orchard", "Meadow", "Chapel", "Mill", "Canal", "Park", "Tower", "Green",
  ]
  private static let things = [
    "Carers", "Kitchen", "Walkers", "Advice", "Singers", "Gardeners", "Library", "Parents",
    "Cyclists", "Menders", "Youth", "Elders", "Swimmers", "Painters", "Readers", "Drummers",
  ]

  /// Organisations of nobody, some of them twice with slips.
  private func place(_ count: Int, _ test: TestPartnership) throws -> Set<Set<RecordNumber>> {
    var twins: Set<Set<RecordNumber>> = []
    func add(_ name: String, _ postcode: String, _ phone: String?) throws -> RecordNumber {
      var fields: Fields = [
        "name": .text(name), "sector": .text("voluntary"), "postcode": .text(postcode),
      ]
      fields["phone"] = phone.map { .text($0) }
      return try test.partnership.add(.organisation, fields, by: test.steward)
    }
    for index in 0..<count {
      let one = Self.words[index % 20]
      let other = Self.words[(index / 20 + index + 7) % 20]
      let thing = Self.things[(index * 7 + index / 16) % 16]
      let name = "\(one) and \(other) \(thing)"
      let postcode = "ZZ\(index % 9 + 1) \(index / 9 % 9 + 1)A\(["A", "B", "D", "E"][index % 4])"
      let phone = "016\(String(100_000_000 + index * 7_919).suffix(8))"
      let number = try add(name, postcode, phone)
      if index % 12 == 5 {
        let slip =
          index % 24 == 5
          ? "The \(one) & \(other) \(thing) Ltd" : "\(one) and \(other) \(thing.dropLast())"
        twins.insert([number, try add(slip, postcode, index % 36 == 5 ? nil : phone)])
      }
    }
    return twins
  }

  @Test("Twins with slips are found, and little else", arguments: [60, 480])
  func found(count: Int) throws {
    let test = try TestPartnership()
    let twins = try place(count, test)
    try test.partnership.findDuplicates(among: .organisation, by: test.steward)
    let found = try test.partnership.duplicates(
      among: .organisation, for: test.steward, limit: 1_000
    ).filter { $0.probability >= 0.5 }.map { [$0.one.number, $0.other.number] as Set }
    let right = found.count(where: twins.contains)
    #expect(right >= twins.count * 9 / 10, "\(right) of \(twins.count)")
    #expect(found.count - right <= max(1, twins.count / 5), "\(found.count - right) are not twins")
  }

  @Test("Records that have nothing in common have no twins, and many of one name are found")
  func extremes() throws {
    let test = try TestPartnership()
    for index in 0..<(DuplicateFinder.fewest + 20) {
      let name = String(index * 7_919 + 100_003, radix: 26, uppercase: true)
      _ = try test.asset("\(String(name.reversed()))\(name)")
    }
    #expect(try test.partnership.findDuplicates(among: .asset, by: test.steward) == 0)
    // Once one name is there often, its records are found.
    for _ in 0..<20 { _ = try test.asset("Coffee morning") }
    let found = try test.partnership.findDuplicates(among: .asset, by: test.steward)
    #expect(found == 190)
  }

  @Test("Names that share only what many are called are no pair; slips in what is rare are")
  func rareWords() throws {
    let test = try TestPartnership()
    for town in ["Curlewcastle", "Quillcastle", "Wrenminster", "Ternhaven", "Dunnockminster"] {
      for thing in ["Community Association", "Primary Care Network", "Primary School"] {
        _ = try test.partnership.add(
          .organisation, ["name": .text("\(town) \(thing)"), "sector": .text("voluntary")],
          by: test.steward)
      }
    }
    for (name, phone) in [
      ("Curlew Tidepool Trust", "01632 960333"), ("Curlew Tidepol Trust", "+44 (0)1632 960 333"),
    ] {
      _ = try test.partnership.add(
        .organisation,
        ["name": .text(name), "sector": .text("voluntary"), "phone": .text(phone)],
        by: test.steward)
    }
    for name in ["Curlew Coast Council", "Curlew Coast College", "Wrenminister Primary School"] {
      _ = try test.partnership.add(
        .organisation, ["name": .text(name), "sector": .text("voluntary")], by: test.steward)
    }
    try test.partnership.findDuplicates(among: .organisation, by: test.steward)
    let pairs = try test.partnership.duplicates(among: .organisation, for: test.steward)
    #expect(
      pairs.map { [$0.one.title, $0.other.title] } == [
        ["Curlew Tidepool Trust", "Curlew Tidepol Trust"],
        ["Wrenminster Primary School", "Wrenminister Primary School"],
      ])
  }

  @Test(
    "Two that somebody keeps apart are no pair again; merged ones are settled; only stewards look")
  func settled() throws {
    let test = try TestPartnership()
    let one = try test.asset("Singing for breathing")
    let other = try test.asset("Singing for Breathing")
    let third = try test.asset("Singing for breathin")
    #expect(throws: PartnershipError.self) {
      try test.partnership.findDuplicates(among: .asset, by: test.partner)
    }
    #expect(try test.partnership.lookedForDuplicates(among: .asset) == nil)
    try test.partnership.findDuplicates(among: .asset, by: test.steward)
    func pairs() throws -> [[RecordNumber]] {
      try test.partnership.duplicates(among: .asset, for: test.steward).map {
        [$0.one.number, $0.other.number]
      }
    }
    #expect(try pairs() == [[one, other], [one, third], [other, third]])
    #expect(try test.partnership.duplicates(among: .asset, for: test.partner).isEmpty)
    #expect(try test.partnership.lookedForDuplicates(among: .asset) != nil)
    try test.partnership.keepApart(third, one, by: test.steward)
    #expect(try pairs() == [[one, other], [other, third]])
    try test.partnership.findDuplicates(among: .asset, by: test.steward)
    #expect(try pairs() == [[one, other], [other, third]])
    let apart = try test.partnership.keptApart(among: .asset, for: test.steward)
    #expect(apart.map { [$0.one.number, $0.other.number] } == [[one, third]])
    #expect(try test.partnership.keptApart(among: .asset, for: test.partner).isEmpty)
    try test.partnership.keepApartNoMore(one, third, by: test.steward)
    try test.partnership.findDuplicates(among: .asset, by: test.steward)
    #expect(try pairs() == [[one, other], [one, third], [other, third]])
    try test.partnership.merge(other, into: one, by: test.steward)
    #expect(try pairs() == [[one, third]])
  }
}
