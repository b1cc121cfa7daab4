import Crypto
import Foundation

/// Makes pseudonyms of identifiers: the first 64 bits of their keyed hash.
///
/// The same identifier of the same domain has the same pseudonym everywhere in a place, and another in
/// every other place. One thread uses a pseudonymiser at a time: it remembers what it was last asked.
public final class Pseudonymiser {
  /// SHA-256 of the inner pad and the domain's name, and of the outer pad (RFC 2104, section 2), to be
  /// gone on from: a code from the start would hash the key anew each time.
  private let inner: [SHA256]
  private let outer: SHA256
  /// What was hashed last in each domain, and its pseudonym: records of a person come together.
  private var last: [(text: [UInt8], pseudonym: Int64)?]

  /// - Parameter domains: the names of the domains, such as `nhs_number`; a number 7 of one source is
  ///   not a number 7 of another.
  public init(_ key: PseudonymKey, domains: [String]) {
    // The key has 32 bytes, fewer than a block of SHA-256: zeros fill it up to 64.
    let block = key.key.withUnsafeBytes { Array($0) + repeatElement(0, count: 64 - $0.count) }
    var outer = SHA256()
    outer.update(data: block.map { $0 ^ 0x5C })
    self.outer = outer
    inner = domains.map { domain in
      var inner = SHA256()
      inner.update(data: block.map { $0 ^ 0x36 } + Array(domain.utf8) + [0])
      return inner
    }
    last = Array(repeating: nil, count: domains.count)
  }

  /// The pseudonym of `text` in a domain: HMAC-SHA-256 (RFC 2104) of the domain's name, a zero byte and
  /// the text, cut to 64 bits.
  public func pseudonym(of text: UnsafeRawBufferPointer, domain: Int) -> Int64 {
    if let known = last[domain], known.text.withUnsafeBytes({ isSame($0, text) }) {
      return known.pseudonym
    }
    var inner = inner[domain]
    inner.update(bufferPointer: text)
    var outer = outer
    inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
    let pseudonym = outer.finalize().withUnsafeBytes {
      Int64(bigEndian: $0.loadUnaligned(as: Int64.self))
    }
    if last[domain] == nil { last[domain] = ([], 0) }
    last[domain]?.text.removeAll(keepingCapacity: true)
    last[domain]?.text.append(contentsOf: text)
    last[domain]?.pseudonym = pseudonym
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
