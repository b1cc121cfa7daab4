/// The similarity of Jaro (1989, J Am Stat Assoc 84: 414), and Winkler's (1990) that favours a common start.
///
/// Both are 0 for texts that have nothing in common and 1 for equal ones. Two empty texts are equal.
enum Jaro {
  /// The weight of each letter of a common start, of which four count.
  static let prefixWeight = 0.1
  /// A common start counts only where the rest is this similar.
  static let boostThreshold = 0.7

  static func similarity(_ a: PaddedText, _ b: PaddedText) -> Double {
    guard a.count <= 64, b.count <= 64 else { return similarity(a.bytes, b.bytes) }
    guard a.count > 0, b.count > 0 else { return a.count == b.count ? 1 : 0 }
    var (inA, inB): (UInt64, UInt64) = (0, 0)
    withPositions(in: a) { positions in
      let window = max(0, max(a.count, b.count) / 2 - 1)
      // Where in `a` the letter of `b` at hand may stand: it moves along with that letter.
      var reach: UInt64 = window >= 63 ? .max : (1 &<< UInt64(window + 1)) &- 1
      for index in 0..<b.count {
        let found = positions(b[index]) & reach & ~inA
        // The first that is free is taken.
        inA |= found & (0 &- found)
        inB |= (found == 0 ? 0 : 1) &<< UInt64(index)
        reach = reach &<< 1 | (index < window ? 1 : 0)
      }
    }
    let common = inA.nonzeroBitCount
    guard common > 0 else { return 0 }
    var moved = 0
    while inA != 0 {
      if a[inA.trailingZeroBitCount] != b[inB.trailingZeroBitCount] { moved += 1 }
      inA &= inA &- 1
      inB &= inB &- 1
    }
    return value(common, moved, a.count, b.count)
  }

  /// The same for letters of any width: code points, or long texts.
  static func similarity<Letter: Equatable>(
    _ a: UnsafeBufferPointer<Letter>, _ b: UnsafeBufferPointer<Letter>
  ) -> Double {
    guard a.count > 0, b.count > 0 else { return a.count == b.count ? 1 : 0 }
    let window = max(0, max(a.count, b.count) / 2 - 1)
    var (inA, inB) = ([Int](), [Bool](repeating: false, count: b.count))
    for i in a.indices {
      let from = max(0, i - window)
      let to = min(b.count - 1, i + window)
      guard from <= to else { continue }
      for j in from...to where !inB[j] && a[i] == b[j] {
        inA.append(i)
        inB[j] = true
        break
      }
    }
    guard !inA.isEmpty else { return 0 }
    let moved = zip(inA, b.indices.lazy.filter { inB[$0] }).count { a[$0] != b[$1] }
    return value(inA.count, moved, a.count, b.count)
  }

  @inline(__always)
  private static func value(_ common: Int, _ moved: Int, _ m: Int, _ n: Int) -> Double {
    let matches = Double(common)
    return
      (matches / Double(m) + matches / Double(n)
      + (matches - Double(moved / 2)) / matches) / 3
  }

  /// The similarity with Winkler's boost, given the plain one and the length of the common start.
  @inline(__always)
  static func boosted(_ similarity: Double, commonStart: Int) -> Double {
    similarity > boostThreshold
      ? similarity + Double(min(4, commonStart)) * prefixWeight * (1 - similarity) : similarity
  }
}

/// The similarity of Jaro and Winkler.
@inline(__always)
func jaroWinkler(_ a: PaddedText, _ b: PaddedText) -> Double {
  var start = 0
  while start < min(4, a.count, b.count), a[start] == b[start] { start += 1 }
  return Jaro.boosted(Jaro.similarity(a, b), commonStart: start)
}

func jaroWinkler<Letter: Equatable>(
  _ a: UnsafeBufferPointer<Letter>, _ b: UnsafeBufferPointer<Letter>
) -> Double {
  let start = zip(a.prefix(4), b).prefix { $0 == $1 }.count
  return Jaro.boosted(Jaro.similarity(a, b), commonStart: start)
}
