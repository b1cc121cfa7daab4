import Foundation
import Testing

@testable import Governance

@Suite("Pseudonyms")
struct PseudonymTests {
  private func pseudonym(_ text: String, _ pseudonymiser: Pseudonymiser, domain: Int = 0) -> Int64 {
    Array(text.utf8).withUnsafeBytes { pseudonymiser.pseudonym(of: $0, domain: domain) }
  }

  @Test("A pseudonym is the first 64 bits of HMAC-SHA-256 of the domain, a zero byte and the text")
  func vector() throws {
    // printf 'nhs_number\0009434765919' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0f0f…
    let key = try #require(PseudonymKey(hexadecimal: String(repeating: "0f", count: 32)))
    let pseudonymiser = Pseudonymiser(key, domains: ["nhs_number"])
    #expect(
      UInt64(bitPattern: pseudonym("9434765919", pseudonymiser)) == 0xa278_4bc9_35cc_fbf5)
  }

  @Test("The same text has the same pseudonym in one domain, and others elsewhere")
  func domains() throws {
    let key = PseudonymKey()
    let one = Pseudonymiser(key, domains: ["a", "b"])
    let again = Pseudonymiser(key, domains: ["b", "a"])
    let other = Pseudonymiser(PseudonymKey(), domains: ["a"])
    #expect(pseudonym("7", one) == pseudonym("7", one))
    #expect(pseudonym("7", one) == pseudonym("7", again, domain: 1))
    #expect(pseudonym("7", one) != pseudonym("7", one, domain: 1))
    #expect(pseudonym("7", one) != pseudonym("8", one))
    #expect(pseudonym("7", one) != pseudonym("7", other))
    #expect(pseudonym("", one) != pseudonym("7", one))
  }
}
