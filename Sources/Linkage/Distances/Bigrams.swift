/// What two texts share of their pairs of neighbouring letters.
enum Bigrams {
  /// The share of the distinct pairs of either that both have (Jaccard 1901): 1 for the same pairs, 0 for
  /// none in common. Texts of fewer than two letters have none, and are alike only where equal.
  static func jaccard(_ a: String, _ b: String) -> Double {
    let (left, right) = (distinct(a), distinct(b))
    guard !left.isEmpty, !right.isEmpty else { return a == b ? 1 : 0 }
    return left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { jaccard(left, $0) }
    }
  }

  /// The same of the distinct pairs of two texts that have some.
  static func jaccard(
    _ left: UnsafeBufferPointer<UInt32>, _ right: UnsafeBufferPointer<UInt32>
  ) -> Double {
    var (i, j, shared) = (0, 0, 0)
    while i < left.count, j < right.count {
      let (x, y) = (left[i], right[j])
      shared &+= x == y ? 1 : 0
      i &+= x <= y ? 1 : 0
      j &+= y <= x ? 1 : 0
    }
    let all = left.count + right.count - shared
    return all == 0 ? 0 : Double(shared) / Double(all)
  }

  /// The distinct pairs of neighbouring code points as numbers, the lowest first. Beyond the first plane two
  /// pairs may share a number, which hardly any names do.
  static func distinct(_ text: String) -> [UInt32] {
    let letters = text.unicodeScalars.map(\.value)
    guard letters.count >= 2 else { return [] }
    var pairs = zip(letters, letters.dropFirst()).map { $0 &<< 16 ^ $1 ^ ($0 &>> 16) &* 0x9E37 }
    pairs.sort()
    var count = 1
    for index in 1..<pairs.count where pairs[index] != pairs[count - 1] {
      pairs[count] = pairs[index]
      count += 1
    }
    pairs.removeLast(pairs.count - count)
    return pairs
  }
}
