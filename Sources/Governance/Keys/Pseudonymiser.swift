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
  private let last: UnsafeMutableBufferPointer<Remembered>
  private let texts: UnsafeMutableRawBufferPointer

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
    last = .allocate(capacity: domains.count)
    last.initialize(repeating: Remembered())
    texts = .allocate(byteCount: Self.longest * domains.count, alignment: 1)
  }

  deinit {
    last.deallocate()
    texts.deallocate()
  }

  private struct Remembered {
    /// How long the text is; nothing is remembered where it is negative.
    var count = -1
    var pseudonym: Int64 = 0
  }

  /// Longer texts are not remembered.
  private static let longest = 128

  /// The pseudonym of `text` in a domain: HMAC-SHA-256 (RFC 2104) of the domain's name, a zero byte and
  /// the text, cut to 64 bits.
  public func pseudonym(of text: UnsafeRawBufferPointer, domain: Int) -> Int64 {
    let memory = UnsafeMutableRawBufferPointer(
      rebasing: texts[(domain * Self.longest)...].prefix(Self.longest))
    if last[domain].count == text.count, isSame(memory, text) { return last[domain].pseudonym }
    var inner = inner[domain]
    inner.update(bufferPointer: text)
    var outer = outer
    inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
    let pseudonym = outer.finalize().withUnsafeBytes {
      Int64(bigEndian: $0.loadUnaligned(as: Int64.self))
    }
    if text.count <= Self.longest {
      memory.copyMemory(from: text)
      last[domain] = Remembered(count: text.count, pseudonym: pseudonym)
    }
    return pseudonym
  }
}

/// Whether `text` is how `memory` begins.
private func isSame(_ memory: UnsafeMutableRawBufferPointer, _ text: UnsafeRawBufferPointer) -> Bool
{
  guard let known = memory.baseAddress, let given = text.baseAddress else { return text.isEmpty }
  return memcmp(known, given, text.count) == 0
}
