/// The levels of a pair in all comparisons as one number, each comparison a digit of its own base.
struct PatternCode: Sendable {
  /// How much a level of each comparison adds.
  let steps: [UInt32]
  let levelCounts: [Int]
  /// How many patterns there could be.
  let count: Int

  /// - Throws: ``LinkageError`` where there are more than 32 bits hold.
  init(_ comparisons: [Comparison]) throws(LinkageError) {
    levelCounts = comparisons.map(\.levelCount)
    var steps: [UInt32] = []
    var step = 1
    for count in levelCounts {
      steps.append(UInt32(truncatingIfNeeded: step))
      step *= count
      guard step < Int(UInt32.max) else {
        throw LinkageError(
          "The \(comparisons.count) comparisons have more patterns of levels than can be counted.",
          hint: "Leave out fields that say little, or give some fewer levels.")
      }
    }
    self.steps = steps
    count = step
  }

  /// The level of a comparison in a pattern.
  @inline(__always)
  func level(_ comparison: Int, in pattern: UInt32) -> Int {
    Int(pattern / steps[comparison]) % levelCounts[comparison]
  }
}

/// How often each number came up.
struct CountTable: Sendable {
  /// Open addressing: the number plus 1, or 0, and its count.
  private var keys = [UInt64](repeating: 0, count: 1 << 10)
  private var counts = [Int](repeating: 0, count: 1 << 10)
  private(set) var distinct = 0

  mutating func add(_ number: UInt64, _ count: Int = 1) {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: mixed(number)) & mask
    while keys[slot] != 0, keys[slot] != number &+ 1 { slot = (slot + 1) & mask }
    if keys[slot] == 0 {
      keys[slot] = number &+ 1
      distinct += 1
    }
    counts[slot] &+= count
    if 2 * distinct > keys.count { grow() }
  }

  private mutating func grow() {
    let (oldKeys, oldCounts) = (keys, counts)
    keys = [UInt64](repeating: 0, count: 2 * oldKeys.count)
    counts = [Int](repeating: 0, count: keys.count)
    distinct = 0
    for (key, count) in zip(oldKeys, oldCounts) where key != 0 { add(key &- 1, count) }
  }

  mutating func add(_ other: CountTable) {
    for (key, count) in zip(other.keys, other.counts) where key != 0 { add(key &- 1, count) }
  }

  /// The numbers from the lowest, with their counts.
  var sorted: [(number: UInt64, count: Int)] {
    zip(keys, counts).filter { $0.0 != 0 }.map { ($0.0 &- 1, $0.1) }.sorted { $0.0 < $1.0 }
  }
}
