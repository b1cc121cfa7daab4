import TestRandom
import Testing

@testable import FHIRViews

/// Moments of the common form, read without making text of them, beside FHIR's own reading.
@Suite("Moments")
struct MomentTests {
  private func compare(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      let item = Item.text(UnsafeRawBufferPointer(bytes))
      let (quick, plain) = (item.moment, item.anyMoment)
      #expect(
        quick?.day == plain?.day && quick?.milliseconds == plain?.milliseconds, "\(item.string)")
      #expect(quick?.hasTime == plain?.hasTime, "\(item.string)")
    }
  }

  @Test("The short way and the long way give the same", arguments: 0..<8)
  func same(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    func two(_ range: ClosedRange<Int>) -> String {
      let number = Int.random(in: range, using: &random)
      return number < 10 ? "0\(number)" : "\(number)"
    }
    for _ in 0..<4_000 {
      let zone = random.pick([
        "Z", "+\(two(0...15)):\(two(0...61))", "-\(two(0...15)):\(two(0...61))", "", "z", "+0100",
      ])
      let fraction = random.pick([
        "", "", ".\(two(0...99))\(two(0...9).last ?? "0")", ".5", ".1234567",
      ])
      let text =
        "\(two(0...99))\(two(0...99))-\(two(0...13))-\(two(0...32))T\(two(0...24)):\(two(0...60)):\(two(0...61))\(fraction)\(zone)"
      compare(text)
      // A byte that was changed, taken away or added.
      var bytes = Array(text.utf8)
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
      case 1: bytes.remove(at: place)
      default: bytes.insert(random.pick(Array("0:-TZ+. ".utf8)), at: place)
      }
      compare(String(decoding: bytes, as: UTF8.self))
      compare(String(text.prefix(Int.random(in: 0...text.count, using: &random))))
    }
  }

  @Test("Moments are told to the millisecond, in UTC")
  func known() {
    for (text, milliseconds) in [
      ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1),
      ("2024-02-29T23:30:00-01:00", 1_709_253_000_000),
      ("2024-05-31T09:30:00+01:00", 1_717_144_200_000),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000),
    ] {
      var text = text
      let found = text.withUTF8 { Item.text(UnsafeRawBufferPointer($0)).moment }
      #expect(found?.milliseconds == Int64(milliseconds) && found?.hasTime == true, "\(text)")
    }
  }
}
