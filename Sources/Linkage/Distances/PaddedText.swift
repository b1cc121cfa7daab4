/// A text of one byte a letter (ASCII), of which 16 bytes from its start may be read whatever its length.
///
/// The kernels load whole words; ``ValueTable`` lays its values out so that they can.
struct PaddedText {
  let start: UnsafePointer<UInt8>
  let count: Int

  @inline(__always)
  subscript(index: Int) -> UInt8 { start[index] }

  /// The first 16 bytes; those after the end are of whatever follows.
  @inline(__always)
  var words: Words16 {
    let raw = UnsafeRawPointer(start)
    return Words16(
      low: raw.loadUnaligned(as: UInt64.self),
      high: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
}

/// Sixteen letters in two machine words.
struct Words16 {
  let low: UInt64
  let high: UInt64

  /// One bit a position, from the lowest, where the letter is `letter`.
  ///
  /// The zero bytes of a word are found without carries between bytes, and their marks then gathered into
  /// one byte by a multiplication (Warren, Hacker's Delight, 2nd edition, sections 6-1 and 7-4).
  @inline(__always)
  func positions(of letter: UInt8) -> UInt64 {
    let spread = UInt64(letter) &* 0x0101_0101_0101_0101
    return Self.zeros(low ^ spread) | Self.zeros(high ^ spread) &<< 8
  }

  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 {
    let sevens: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let marks = ~(((word & sevens) &+ sevens) | word | sevens)
    return ((marks &>> 7) &* 0x0102_0408_1020_4080) &>> 56
  }

  /// The letter at a position under 16.
  @inline(__always)
  subscript(index: Int) -> UInt8 {
    let word = index < 8 ? low : high
    return UInt8(truncatingIfNeeded: word &>> UInt64(8 &* (index & 7)))
  }
}

/// Which positions of a text of at most 64 letters have a letter: made for the text, asked for each letter
/// of the other.
///
/// Texts of at most 16 letters are asked in place; longer ones have a table.
@inline(__always)
func withPositions<Result>(
  in text: PaddedText, _ body: ((UInt8) -> UInt64) -> Result
) -> Result {
  if text.count <= 16 {
    let words = text.words
    let all: UInt64 = (1 &<< UInt64(text.count)) &- 1
    return body { words.positions(of: $0) & all }
  }
  return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 256) { table in
    table.initialize(repeating: 0)
    for index in 0..<text.count { table[Int(text[index])] |= 1 &<< UInt64(index) }
    return body { table[Int($0)] }
  }
}
