/// The least number of slips that turn one text into another.
enum EditDistance {
  /// Insertions, deletions and substitutions (Levenshtein 1966), by Myers' (1999, J ACM 46: 395) method of
  /// bits in Hyyrö's (2003) form.
  static func levenshtein(_ a: PaddedText, _ b: PaddedText) -> Int {
    guard a.count <= 64 else { return levenshtein(a.bytes, b.bytes) }
    guard a.count > 0 else { return b.count }
    return withPositions(in: a) { positions in
      var (up, down): (UInt64, UInt64) = (.max, 0)
      var distance = a.count
      let last: UInt64 = 1 &<< UInt64(a.count - 1)
      for index in 0..<b.count {
        let found = positions(b[index])
        let diagonal = (((found & up) &+ up) ^ up) | found | down
        step(diagonal, &up, &down, &distance, last)
      }
      return distance
    }
  }

  /// The same, with two neighbouring letters in the wrong order as one slip, where nothing else is done to
  /// them: the optimal string alignment, the restricted form of Damerau's (1964) distance. By Hyyrö's
  /// (2003, Nordic J Comput 10: 29) method of bits.
  static func damerau(_ a: PaddedText, _ b: PaddedText) -> Int {
    guard a.count <= 64 else { return damerau(a.bytes, b.bytes) }
    guard a.count > 0 else { return b.count }
    return withPositions(in: a) { positions in
      var (up, down): (UInt64, UInt64) = (.max, 0)
      var (diagonal, before): (UInt64, UInt64) = (0, 0)
      var distance = a.count
      let last: UInt64 = 1 &<< UInt64(a.count - 1)
      for index in 0..<b.count {
        let found = positions(b[index])
        let swapped = ((~diagonal & found) &<< 1) & before
        diagonal = (((found & up) &+ up) ^ up) | found | down | swapped
        step(diagonal, &up, &down, &distance, last)
        before = found
      }
      return distance
    }
  }

  /// From one column of the table to the next: where it goes up and down, and what its last entry is.
  @inline(__always)
  private static func step(
    _ diagonal: UInt64, _ up: inout UInt64, _ down: inout UInt64, _ distance: inout Int,
    _ last: UInt64
  ) {
    var right = down | ~(diagonal | up)
    var left = diagonal & up
    if right & last != 0 { distance += 1 }
    if left & last != 0 { distance -= 1 }
    right = right &<< 1 | 1
    left = left &<< 1
    up = left | ~(diagonal | right)
    down = right & diagonal
  }

  /// For letters of any width and texts of any length, by the whole table (Wagner and Fischer 1974).
  static func levenshtein<Letter: Equatable>(
    _ a: UnsafeBufferPointer<Letter>, _ b: UnsafeBufferPointer<Letter>
  ) -> Int { distance(a, b, swaps: false) }

  static func damerau<Letter: Equatable>(
    _ a: UnsafeBufferPointer<Letter>, _ b: UnsafeBufferPointer<Letter>
  ) -> Int { distance(a, b, swaps: true) }

  private static func distance<Letter: Equatable>(
    _ a: UnsafeBufferPointer<Letter>, _ b: UnsafeBufferPointer<Letter>, swaps: Bool
  ) -> Int {
    var earlier = [Int](repeating: 0, count: b.count + 1)
    var row = Array(0...b.count)
    for i in a.indices {
      var next = [i + 1]
      next.reserveCapacity(b.count + 1)
      for j in b.indices {
        var best = min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] == b[j] ? 0 : 1))
        if swaps, i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, earlier[j - 1] + 1)
        }
        next.append(best)
      }
      (earlier, row) = (row, next)
    }
    return row[b.count]
  }
}
