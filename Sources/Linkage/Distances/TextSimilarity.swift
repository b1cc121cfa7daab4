/// How alike two texts are, code point by code point, for whoever has two texts and no table of values.
///
/// The engine compares values in place; these are the same measures.
public enum TextSimilarity {
  /// Jaro (1989): from 0 to 1.
  public static func jaro(_ a: String, _ b: String) -> Double {
    compare(a, b, Jaro.similarity, Jaro.similarity)
  }

  /// Jaro and Winkler (1990): from 0 to 1, with a common start of up to four letters favoured by 0.1 each
  /// where Jaro's is above 0.7.
  public static func jaroWinkler(_ a: String, _ b: String) -> Double {
    compare(a, b, Linkage.jaroWinkler, Linkage.jaroWinkler)
  }

  /// Insertions, deletions and substitutions.
  public static func levenshtein(_ a: String, _ b: String) -> Int {
    compare(a, b, EditDistance.levenshtein, EditDistance.levenshtein)
  }

  /// The same and neighbours in the wrong order: the optimal string alignment.
  public static func damerau(_ a: String, _ b: String) -> Int {
    compare(a, b, EditDistance.damerau, EditDistance.damerau)
  }

  /// The share of distinct pairs of neighbouring letters that both have: from 0 to 1.
  public static func jaccard(_ a: String, _ b: String) -> Double {
    Bigrams.jaccard(a, b)
  }

  private static func compare<Result>(
    _ a: String, _ b: String, _ narrow: (PaddedText, PaddedText) -> Result,
    _ wide: (UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<UInt32>) -> Result
  ) -> Result {
    if a.utf8.allSatisfy({ $0 < 0x80 }), b.utf8.allSatisfy({ $0 < 0x80 }) {
      let (left, right) = (padded(a), padded(b))
      return left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          guard let x = left.baseAddress, let y = right.baseAddress else {
            preconditionFailure("a padded text has an address")
          }
          return narrow(
            PaddedText(start: x, count: left.count - 16),
            PaddedText(start: y, count: right.count - 16))
        }
      }
    }
    let (left, right) = (a.unicodeScalars.map(\.value), b.unicodeScalars.map(\.value))
    return left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { wide(left, $0) }
    }
  }

  private static func padded(_ text: String) -> [UInt8] {
    Array(text.utf8) + [UInt8](repeating: 0, count: 16)
  }
}
