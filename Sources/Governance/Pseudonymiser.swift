import Crypto
import Foundation

/// Makes pseudonyms of identifiers: the first 64 bits of their keyed hash.
///
/// The same identifier of the same domain has the same pseudonym everywhere in a place, and another in
/// every other place. One thread uses a pseudonymiser at a time: it remembers what it was last asked.
public final class Pseudonymiser {
  /// A code of each domain that has hashed the key and the domain's name already.
  private let prototypes: [HMAC<SHA256>]
  /// What was hashed last in each domain, and its pseudonym: records of a person come together.
  private var last: [(text: [UInt8], pseudonym: Int64)?]

  /// - Parameter domains: the names of the domains, such as `nhs_number`; a number 7 of one source is
  ///   not a number 7 of another.
  public init(_ key: PseudonymKey, domains: [String]) {
    prototypes = domains.map { domain in
      var code = HMAC<SHA256>(key: key.key)
      code.update(data: Array(domain.utf8) + [0])
      return code
    }
    last = Array(repeating: nil, count: domains.count)
  }

  /// The pseudonym of `text` in a domain: HMAC-SHA-256 (RFC 2104) of the domain's name, a zero byte and
  /// the text, cut to 64 bits.
  public func pseudonym(of text: UnsafeRawBufferPointer, domain: Int) -> Int64 {
    if let known = last[domain], known.text.withUnsafeBytes({ isSame($0, text) }) {
      return known.pseudonym
    }
    var code = prototypes[domain]
    code.update(data: text)
    let pseudonym = code.finalize().withUnsafeBytes {
      Int64(bigEndian: $0.loadUnaligned(as: Int64.self))
    }
    last[domain] = (Array(text), pseudonym)
    return pseudonym
  }
}

/// Whether two texts have the same bytes.
private func isSame(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
  guard one.count == other.count, let a = one.baseAddress, let b = other.baseAddress else {
    return one.count == other.count
  }
  return memcmp(a, b, one.count) == 0
}
