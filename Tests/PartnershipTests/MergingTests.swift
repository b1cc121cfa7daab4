import Foundation
import Governance
import Testing

@testable import Partnership

@Suite("Two records of the same thing become one, and can be two again")
struct MergingTests {
  @Test(
    "What either said is kept, what pointed at one points at the other, and all of it is undone")
  func merge() throws {
    let test = try TestPartnership()
    let twin = try test.partnership.add(
      .organisation,
      [
        "name": .text("Example Warm Homes"), "sector": .text("voluntary"),
        "phone": .text("01632 960001"), "areas": .texts(["Northside"]),
        "parent": test.charity.asValue,
      ], by: test.steward)
    let asset = try test.asset("Advice", ["organisation": twin.asValue])
    let person = try test.partnership.add(
      .person,
      [
        "name": .text("Person Example"),
        "also": .rows([["organisation": twin.asValue, "role": .text("Trustee")]]),
      ],
      by: test.steward)
    try test.partnership.merge(
      twin, into: test.charity, by: test.steward, reason: "The same charity")
    let kept = try test.partnership.record(test.charity, for: test.steward)
    #expect(kept.title == "Example Warm Homes Trust")
    #expect(kept.fields.text("phone") == "01632 960001")
    #expect(kept.fields.texts("areas") == ["Northside"])
    #expect(kept.fields["parent"] == nil)
    let gone = try test.partnership.record(twin, for: .anybody)
    #expect(gone.state == .merged && gone.mergedInto == test.charity)
    #expect(try test.partnership.record(asset, for: .anybody).organisation == test.charity)
    #expect(
      try test.partnership.record(person, for: test.steward).fields.rows("also")[0].record(
        "organisation")
        == test.charity)
    #expect(try test.partnership.list(RecordQuery(["organisation"]), for: .anybody).total == 2)
    #expect(try test.partnership.standing([twin]) == [test.charity])
    // A second time, by somebody who has not seen the first.
    let error = #expect(throws: PartnershipError.self) {
      try test.partnership.merge(twin, into: test.charity, by: test.steward)
    }
    #expect(error?.message.contains("merged into another record already") == true)
    #expect(throws: PartnershipError.self) {
      try test.partnership.edit(twin, basedOn: gone.version, gone.fields, by: test.steward)
    }
    let batch = try test.partnership.history(of: twin, for: test.steward)[0].batch
    #expect(batch.reason == "The same charity")
    try test.partnership.undo(batch.number, by: test.steward)
    #expect(try test.partnership.record(twin, for: .anybody).state == .active)
    #expect(try test.partnership.record(asset, for: .anybody).organisation == twin)
    #expect(try test.partnership.record(test.charity, for: .anybody).fields["phone"] == nil)
    #expect(try test.partnership.list(RecordQuery(["organisation"]), for: .anybody).total == 3)
  }

  @Test("Who may not, what is not of one kind, and a record with itself are refused")
  func refused() throws {
    let test = try TestPartnership()
    let asset = try test.asset("Advice")
    for (one, other, actor) in [
      (test.council, test.charity, test.partner), (asset, test.charity, test.steward),
      (asset, asset, test.steward),
    ] {
      #expect(throws: PartnershipError.self) {
        try test.partnership.merge(one, into: other, by: actor)
      }
    }
  }
}
