import Foundation
import GRDB
import Governance
import Testing

@testable import Partnership

@Suite("What waits is shown to those who can do it")
struct WorkTests {
  @Test(
    "A correction comes from anybody, goes to those who may change the record, and forgets who sent it"
  )
  func corrections() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    try test.partnership.correct(
      number, text: " It is on Friday now ", contact: "me@example.org", by: .anybody)
    #expect(try test.partnership.corrections(for: test.other).isEmpty)
    #expect(try test.partnership.corrections(for: .anybody).isEmpty)
    let waiting = try test.partnership.work(for: test.partner).corrections
    #expect(waiting.map(\.text) == ["It is on Friday now"])
    #expect(waiting.map(\.contact) == ["me@example.org"])
    #expect(throws: PartnershipError.self) {
      try test.partnership.settle(
        correction: waiting[0].number, .taken, answer: nil, by: test.other)
    }
    try test.partnership.settle(
      correction: waiting[0].number, .taken, answer: nil, by: test.partner)
    #expect(throws: PartnershipError.self) {
      try test.partnership.settle(
        correction: waiting[0].number, .declined, answer: nil, by: test.steward)
    }
    #expect(try test.partnership.corrections(for: test.steward).isEmpty)
    let kept = try test.partnership.read { db in
      try String.fetchOne(db, sql: "select contact from correction")
    }
    #expect(kept == nil)
  }

  @Test("Empty, long and too many corrections are not taken")
  func refused() throws {
    let test = try TestPartnership()
    let number = try test.asset("Lunch club")
    for text in ["", "  ", String(repeating: "x", count: 2_001)] {
      #expect(throws: PartnershipError.self) {
        try test.partnership.correct(number, text: text, contact: nil, by: .anybody)
      }
    }
    for _ in 0..<Partnership.mostWaiting {
      try test.partnership.correct(number, text: "Wrong", contact: nil, by: .anybody)
    }
    #expect(throws: PartnershipError.self) {
      try test.partnership.correct(number, text: "Wrong", contact: nil, by: .anybody)
    }
  }

  @Test("Records of one's own organisation that are due wait for one; checked ones do not")
  func due() throws {
    let test = try TestPartnership()
    let one = try test.asset("Lunch club")
    let two = try test.asset("Walking group")
    #expect(try test.partnership.work(for: test.partner).dueCount == 3)
    #expect(try test.partnership.work(for: test.other).due.map(\.number) == [test.council])
    try test.partnership.assure(one, by: test.partner)
    try test.partnership.assure(
      two, by: test.partner, on: Date().addingTimeInterval(-200 * 86_400))
    // The organisation that nobody checked comes before the group that was checked long ago.
    #expect(try test.partnership.work(for: test.partner).due.map(\.number) == [test.charity, two])
  }
}
