/// A set of small numbers, one bit each: where records stand in a ``RecordIndex``.
struct OrdinalSet: Sendable {
  private var words: [UInt64] = []

  /// None.
  init() {}

  /// All from 0 up to a number.
  init(below count: Int) {
    words = Array(repeating: .max, count: count / 64)
    if count % 64 > 0 { words.append((1 << UInt64(count % 64)) - 1) }
  }

  func contains(_ ordinal: Int) -> Bool {
    let word = ordinal >> 6
    return word < words.count && words[word] & (1 << UInt64(ordinal & 63)) != 0
  }

  mutating func insert(_ ordinal: Int) {
    let word = ordinal >> 6
    if word >= words.count {
      words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
    }
    words[word] |= 1 << UInt64(ordinal & 63)
  }

  mutating func remove(_ ordinal: Int) {
    let word = ordinal >> 6
    if word < words.count { words[word] &= ~(1 << UInt64(ordinal & 63)) }
  }

  mutating func formUnion(_ other: OrdinalSet) {
    if words.count < other.words.count {
      words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
    }
    for index in other.words.indices { words[index] |= other.words[index] }
  }

  mutating func formIntersection(_ other: OrdinalSet) {
    if words.count > other.words.count { words.removeLast(words.count - other.words.count) }
    for index in words.indices { words[index] &= other.words[index] }
  }

  /// How many are in both.
  func countShared(with other: OrdinalSet) -> Int {
    var count = 0
    for index in 0..<min(words.count, other.words.count) {
      count += (words[index] & other.words[index]).nonzeroBitCount
    }
    return count
  }

  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The numbers in it, the smallest first.
  func forEach(_ body: (Int) -> Void) {
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        body(index << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }

  /// Those for which something holds.
  func filter(_ isIncluded: (Int) -> Bool) -> OrdinalSet {
    var kept = OrdinalSet()
    forEach { if isIncluded($0) { kept.insert($0) } }
    return kept
  }
}
