import Foundation
import Testing

@testable import Linkage

@Suite("Encodings are compared by their bits")
struct EncodingTests {
  private func text(_ bits: [UInt64], scheme: String = "0123abcd") -> String {
    EncodableRecords.text(bits, scheme: scheme)
  }

  @Test("Dice is what a plain count gives, whatever the bits", arguments: 1...5)
  func dice(seed: Int) throws {
    var random = SplitMix(UInt64(seed))
    let all = (0..<40).map { _ in (0..<8).map { _ in random.next() & random.next() } }
    var records = TestRecords([LinkField("clk", .encoding)])
    records.add("a", all.enumerated().map { ["r\($0)", text($1)] })
    let set = try records.set()
    let part = set.parts[0]
    let features = PartFeatures(part, [.dice])
    for a in 0..<40 {
      for b in 0..<40 {
        func bits(_ words: [UInt64]) -> Set<Int> {
          Set((0..<512).filter { words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 })
        }
        let (x, y) = (bits(all[a]), bits(all[b]))
        let expected = 2 * Double(x.intersection(y).count) / Double(x.count + y.count)
        let value = PairMeasures.value(
          .dice, features.view, set.code(a, 0), set.code(b, 0), limit: 0)
        #expect(abs(value - expected) < 1e-12)
      }
    }
    // Rules on bits find those that have them in common, and only those.
    let keys = KeyCodes.codes(KeyPart(kind: .bits, field: "clk", count: 4, band: 3), part)
    #expect(keys[0] == 0)
    #expect(keys.dropFirst().allSatisfy { (1...16).contains($0) })
    #expect(Set(keys.dropFirst()).count > 4)
    #expect(
      KeyCodes.codes(KeyPart(kind: .bits, field: "clk", count: 4, band: 4), part) != keys)
  }

  @Test("A rule on bits is written and read")
  func rule() throws {
    let rule = try BlockingRule("bits(clk, 16, 3)")
    #expect(rule.text == "bits(clk, 16, 3)")
    #expect(rule.given.isEmpty)
    for bad in ["bits(clk)", "bits(clk, 16)", "bits(clk, 2, 1)", "bits(clk, 40, 1)"] {
      #expect(throws: LinkageError.self, "\(bad)") { try BlockingRule(bad) }
    }
  }

  @Test("Encodings of other schemes or lengths are refused, before the long work")
  func checks() throws {
    func problem(_ texts: [String]) -> String? {
      var records = TestRecords([LinkField("clk", .encoding)])
      records.add("a", texts.enumerated().map { ["r\($0)", $1] })
      do {
        _ = try LinkRun(records.model, records.builder()).run()
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(
      problem([text([1, 2]), text([3, 4], scheme: "ffffffff")])?.contains("different keys") == true)
    #expect(
      problem([text([1, 2]), text([3])])?.contains("1 values of 'clk' are no encodings") == true)
    #expect(problem([text([1, 2]), "SMITH"])?.contains("are no encodings") == true)
  }

  @Test("Tokens are the pairs of letters, digits by their place, and a date's month and day")
  func tokens() {
    func texts(_ value: String, _ kind: FieldKind) -> [[UInt8]] {
      EncodableRecords.tokens(Array(value.utf8), kind)
    }
    #expect(
      texts("ANNA", .forename) == [" A", "AN", "NN", "NA", "A "].map { Array($0.utf8) + [0] })
    // The same pair again is another token.
    #expect(texts("NANA", .forename).filter { $0.starts(with: Array("NA".utf8)) }.count == 2)
    #expect(texts("19500102", .dateOfBirth).count == 10)
    #expect(texts("LA14AB", .postcode)[0] == [1] + Array("LA".utf8))
    #expect(texts("F", .sex) == [[0x46]])
    // Of several values each has its own.
    #expect(
      Set(texts("01524100200\u{1F}07700900123", .phone))
        == Set(texts("01524100200", .phone) + texts("07700900123", .phone)))
  }
}
