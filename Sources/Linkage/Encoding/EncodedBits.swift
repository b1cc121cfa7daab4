import Foundation

/// The bits of encodings as they lie in files: a version, a scheme that is the same only where two were made with one
/// key and the same settings, and the bits in base 64, parted by dots.
final class EncodedBits: Sendable {
  /// How many words of 64 bits each has.
  let words: Int
  /// The words of all, by code; those of no value are zeros.
  let all: [UInt64]
  /// How many bits are set in each.
  let counts: [UInt32]
  /// The different schemes.
  let schemes: Set<String>
  /// How many values are no encodings, or not as long as others.
  let broken: Int

  static let version = "k1"

  init(_ table: ValueTable) {
    var (words, broken) = (0, 0)
    var (all, counts): ([UInt64], [UInt32]) = ([], [0])
    var schemes: Set<String> = []
    for code in 1...max(1, table.count) where code <= table.count {
      let pieces = table.text(UInt32(code)).bytes.split(separator: UInt8(ascii: "."))
      guard pieces.count == 3, pieces[0].elementsEqual(Self.version.utf8),
        let bits = Data(base64Encoded: Data(pieces[2])), !bits.isEmpty, bits.count % 8 == 0,
        words == 0 || bits.count == 8 * words
      else {
        broken += 1
        all += [UInt64](repeating: 0, count: words)
        counts.append(0)
        continue
      }
      if words == 0 {
        words = bits.count / 8
        all = [UInt64](repeating: 0, count: words * counts.count)
      }
      schemes.insert(String(decoding: pieces[1], as: UTF8.self))
      var set = 0
      bits.withUnsafeBytes { bytes in
        for word in 0..<words {
          let value = UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self))
          all.append(value)
          set += value.nonzeroBitCount
        }
      }
      counts.append(UInt32(set))
    }
    if all.isEmpty { all = [UInt64](repeating: 0, count: max(1, words * counts.count)) }
    (self.words, self.all, self.counts) = (words, all, counts)
    (self.schemes, self.broken) = (schemes, broken)
  }

  /// An encoding as it lies in files, the lowest byte of each word first.
  static func text(_ bits: [UInt64], scheme: String) -> String {
    let data = bits.reduce(into: Data()) { data, word in
      withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
    }
    return "\(version).\(scheme).\(data.base64EncodedString())"
  }

  /// A word of a value.
  func word(_ index: Int, of code: Int) -> UInt64 { all[words * code + index] }
}
