import Foundation
import Governance
import Testing

@testable import Partnership

@Suite("Referrals reach a service, and what is not met is counted")
struct ReferralTests {
  @Test(
    "A referral goes to whoever runs the asset, is seen by them and its author, and answered once")
  func answered() throws {
    let test = try TestPartnership()
    let asset = try test.asset("Advice line")
    let referral = try test.partnership.refer(
      [
        "name": .text("Mould"), "topics": .texts(["warm_homes"]), "asset": asset.asValue,
        "district": .text("zz2"), "state": .text("accepted"),
      ], by: test.other)
    let record = try test.partnership.record(referral, for: test.other)
    #expect(record.organisation == test.charity)
    // Whatever a form sends, it begins by waiting.
    #expect(record.fields.text("state") == "sent")
    #expect(record.fields.text("district") == "ZZ2")
    #expect(try test.partnership.referralsToAnswer(for: test.partner).map(\.number) == [referral])
    #expect(try test.partnership.referralsToAnswer(for: test.other).isEmpty)
    #expect(try test.partnership.referralsMade(by: test.other).map(\.number) == [referral])
    let stranger = Actor(account: "stranger", name: "A stranger", role: .partner)
    #expect(throws: PartnershipError.self) {
      try test.partnership.record(referral, for: stranger)
    }
    #expect(try test.partnership.list(RecordQuery(["referral"]), for: stranger).total == 0)
    #expect(try test.partnership.list(RecordQuery(["referral"]), for: .anybody).total == 0)
    #expect(try test.partnership.list(RecordQuery(["referral"]), for: test.partner).total == 1)
    #expect(throws: PartnershipError.self) {
      try test.partnership.answer(referral: referral, .accepted, saying: nil, by: test.other)
    }
    // To decline without a word leaves nobody wiser.
    #expect(throws: PartnershipError.self) {
      try test.partnership.answer(referral: referral, .declined, saying: nil, by: test.partner)
    }
    #expect(try test.partnership.unmetNeeds().isEmpty)
    try test.partnership.answer(referral: referral, .declined, saying: "Full.", by: test.partner)
    #expect(
      try test.partnership.record(referral, for: test.other).fields.text("answer") == "Full.")
    #expect(try test.partnership.unmetNeeds() == ["warm_homes": 1])
    #expect(throws: PartnershipError.self) {
      try test.partnership.answer(referral: referral, .accepted, saying: nil, by: test.partner)
    }
  }

  @Test("A need that nothing answers to is counted; what would tell who it is about is refused")
  func unmet() throws {
    let test = try TestPartnership()
    _ = try test.partnership.refer(
      ["name": .text("Evenings"), "topics": .texts(["mental_health", "loneliness"])],
      by: test.partner)
    #expect(try test.partnership.unmetNeeds() == ["mental_health": 1, "loneliness": 1])
    for fields: Fields in [
      ["name": .text("Ring 07700 900123"), "topics": .texts(["money"])],
      ["name": .text("Debt"), "topics": .texts(["money"]), "district": .text("ZZ2 2TS")],
      ["name": .text("Debt")],
    ] {
      #expect(throws: PartnershipError.self) {
        try test.partnership.refer(fields, by: test.partner)
      }
    }
    #expect(throws: PartnershipError.self) {
      try test.partnership.refer(
        ["name": .text("Debt"), "topics": .texts(["money"])], by: .anybody)
    }
  }
}
