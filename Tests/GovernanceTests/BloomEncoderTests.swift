import Crypto
import Foundation
import Testing

@testable import Governance

@Suite("Keyed Bloom filters")
struct BloomEncoderTests {
  private static let one = EncodingKey(SymmetricKey(data: [UInt8](repeating: 7, count: 32)))
  private static let other = EncodingKey(SymmetricKey(data: [UInt8](repeating: 8, count: 32)))

  private func bits(
    _ key: EncodingKey, _ settings: BloomEncoder.Settings = .init(), tokens: [String],
    field: String = "surname", salt: String = "", hashes: Int = 20
  ) -> [UInt64] {
    let encoder = BloomEncoder(key, settings)
    var bits = encoder.begin()
    for token in tokens {
      encoder.add(
        Array(token.utf8), field: (0, field), hashes: hashes, salt: Array(salt.utf8), to: &bits)
    }
    return encoder.finish(bits)
  }

  private func count(_ bits: [UInt64]) -> Int { bits.reduce(0) { $0 + $1.nonzeroBitCount } }

  private var plain: BloomEncoder.Settings {
    var settings = BloomEncoder.Settings()
    settings.hardening = .none
    return settings
  }

  @Test("The bits follow from the key, the field, the token and the salt")
  func keyed() {
    let known = bits(Self.one, plain, tokens: ["AB"])
    #expect(known == bits(Self.one, plain, tokens: ["AB"]))
    #expect(count(known) > 15 && count(known) <= 20)
    for another in [
      bits(Self.other, plain, tokens: ["AB"]), bits(Self.one, plain, tokens: ["AC"]),
      bits(Self.one, plain, tokens: ["AB"], field: "forename"),
      bits(Self.one, plain, tokens: ["AB"], salt: "1950"),
    ] {
      // Two drawings of 20 of 1,024 bits share more than 6 once in a million times.
      #expect(zip(known, another).reduce(0) { $0 + ($1.0 & $1.1).nonzeroBitCount } <= 6)
    }
    // The bits of several tokens are those of each.
    let both = bits(Self.one, plain, tokens: ["AB", "BC"])
    let second = bits(Self.one, plain, tokens: ["BC"])
    #expect(both == zip(known, second).map { $0 | $1 })
  }

  @Test("Bits are spread evenly over the filter")
  func spread() {
    var counts = [Int](repeating: 0, count: 1_024)
    for number in 0..<4_000 {
      let set = bits(Self.one, plain, tokens: ["T\(number)"], hashes: 8)
      for place in 0..<1_024 where set[place / 64] >> UInt64(place % 64) & 1 == 1 {
        counts[place] += 1
      }
    }
    let mean = Double(counts.reduce(0, +)) / 1_024
    let chi = counts.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
    // Chi-squared with 1,023 degrees of freedom lies below 1,170 in 999 of 1,000 cases.
    #expect(chi < 1_170)
    #expect(mean > 30.5 && mean < 31.5)
  }

  @Test("Folded, a bit is set where the halves differ")
  func folded() {
    let tokens = (0..<30).map { "T\($0)" }
    let whole = bits(Self.one, plain, tokens: tokens)
    let folded = bits(Self.one, tokens: tokens)
    #expect(folded.count == 8)
    #expect(folded == (0..<8).map { whole[$0] ^ whole[8 + $0] })
  }

  @Test("Noise turns over as many bits as it says, others each time")
  func noise() {
    var settings = plain
    settings.noise = 0.1
    let tokens = (0..<30).map { "T\($0)" }
    let still = bits(Self.one, plain, tokens: tokens)
    var turned = 0
    for _ in 0..<50 {
      turned += count(zip(still, bits(Self.one, settings, tokens: tokens)).map { $0 ^ $1 })
    }
    // 51,200 bits: 5,120 to be expected, with a standard deviation of 68.
    #expect((4_800...5_440).contains(turned))
  }

  @Test("Schemes and names tell keys and settings apart, and nothing else")
  func names() {
    let (one, other) = (BloomEncoder(Self.one, .init()), BloomEncoder(Self.other, .init()))
    #expect(one.scheme("a") == BloomEncoder(Self.one, .init()).scheme("a"))
    #expect(Set([one.scheme("a"), one.scheme("b"), other.scheme("a")]).count == 3)
    #expect(BloomEncoder(Self.one, plain).scheme("a") != one.scheme("a"))
    #expect(one.name(of: [1, 2], source: "x") != one.name(of: [1, 2], source: "y"))
    #expect(one.name(of: [1, 2], source: "x").count == 17)
  }
}
