/// What two texts share of their pairs of neighbouring letters.
enum Bigrams {
  /// The share of the distinct pairs of either that both have (Jaccard 1901): 1 for the same pairs, 0 for
  /// none in common. Texts of fewer than two letters have none, and are alike only where equal.
  static func jaccard<Letter: FixedWidthInteger>(
    _ a: UnsafeBufferPointer<Letter>, _ b: UnsafeBufferPointer<Letter>
  ) -> Double {
    let (left, right) = (distinct(a), distinct(b))
    guard !left.isEmpty, !right.isEmpty else { return a.elementsEqual(b) ? 1 : 0 }
    var (i, j, shared) = (0, 0, 0)
    while i < left.count, j < right.count {
      if left[i] == right[j] {
        shared += 1
        i += 1
        j += 1
      } else if left[i] < right[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return Double(shared) / Double(left.count + right.count - shared)
  }

  private static func distinct<Letter: FixedWidthInteger>(
    _ text: UnsafeBufferPointer<Letter>
  ) -> [UInt64] {
    guard text.count >= 2 else { return [] }
    var pairs = (1..<text.count).map {
      UInt64(truncatingIfNeeded: text[$0 - 1]) << 32 | UInt64(truncatingIfNeeded: text[$0])
    }
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
