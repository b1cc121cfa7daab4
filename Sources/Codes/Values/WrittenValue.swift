/// What all readers agree on about a value as a file writes it: which characters around it mean nothing, which words
/// say that there is no value, and how to show what a value looks like without showing what it says.
public enum WrittenValue {
  /// The bytes without blanks before and behind: ASCII blanks and control characters, the no-break spaces U+00A0
  /// and U+202F, U+2007, U+2009, U+3000 and a byte order mark. Columns of fixed width are exported padded.
  @inlinable
  public static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let first = bytes.first, let last = bytes.last else { return bytes }
    // Nearly all values begin and end with a visible character of ASCII.
    if first &- 0x21 < 0x5E, last &- 0x21 < 0x5E { return bytes }
    return trimmedSlowly(bytes)
  }

  @usableFromInline
  static func trimmedSlowly(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var (start, end) = (0, bytes.count)
    while start < end {
      if bytes[start] <= 0x20 || bytes[start] == 0x7F {
        start += 1
      } else if end - start >= 2, isBlank(bytes[start], bytes[start + 1]) {
        start += 2
      } else if end - start >= 3, isBlank(bytes[start], bytes[start + 1], bytes[start + 2]) {
        start += 3
      } else {
        break
      }
    }
    while end > start {
      if bytes[end - 1] <= 0x20 || bytes[end - 1] == 0x7F {
        end -= 1
      } else if end - start >= 2, isBlank(bytes[end - 2], bytes[end - 1]) {
        end -= 2
      } else if end - start >= 3, isBlank(bytes[end - 3], bytes[end - 2], bytes[end - 1]) {
        end -= 3
      } else {
        break
      }
    }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }

  /// U+00A0 in UTF-8.
  private static func isBlank(_ one: UInt8, _ two: UInt8) -> Bool { one == 0xC2 && two == 0xA0 }

  /// U+2000 to U+200B, U+202F, U+3000 and U+FEFF in UTF-8.
  private static func isBlank(_ one: UInt8, _ two: UInt8, _ three: UInt8) -> Bool {
    switch (one, two) {
    case (0xE2, 0x80): three >= 0x80 && three <= 0x8B || three == 0xAF
    case (0xE3, 0x80): three == 0x80
    case (0xEF, 0xBB): three == 0xBF
    default: false
    }
  }

  /// A text without the blanks around it.
  public static func trimmed(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      String(decoding: trimmed(UnsafeRawBufferPointer(bytes)), as: UTF8.self)
    }
  }

  /// Whether trimmed bytes say that there is no number: nothing at all, a dash, or a word that R, Python, SQL or a
  /// spreadsheet's user writes for it.
  public static func isMissingNumber(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= 4 else { return false }
    guard let first = bytes.first else { return true }
    // All of the words begin so, and hardly any value.
    guard first | 0x20 == UInt8(ascii: "n") || first == UInt8(ascii: "-") else { return false }
    return missing.contains(Array(bytes))
  }

  /// What stands for a missing number. `docs/values.md` lists them.
  public static let missingNumbers = ["NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "-"]
  private static let missing = Set(missingNumbers.map { Array($0.utf8) })

  /// What a value looks like, never what it says: `9` for each digit, `A` and `a` for each letter, `?` for anything
  /// that is not ASCII; punctuation and blanks are kept. Past 24 characters it ends with `…`.
  public static func shape(_ bytes: UnsafeRawBufferPointer) -> String {
    var letters: [UInt8] = []
    var isCut = false
    for byte in bytes where byte & 0xC0 != 0x80 {
      guard letters.count < 24 else {
        isCut = true
        break
      }
      switch byte {
      case 0x30...0x39: letters.append(0x39)
      case 0x41...0x5A: letters.append(0x41)
      case 0x61...0x7A: letters.append(0x61)
      case 0x20...0x7E: letters.append(byte)
      case 0x80...: letters.append(UInt8(ascii: "?"))
      default: letters.append(0x20)
      }
    }
    return String(decoding: letters, as: UTF8.self) + (isCut ? "…" : "")
  }

  /// What a text looks like, never what it says.
  public static func shape(_ text: String) -> String {
    var text = text
    return text.withUTF8 { shape(UnsafeRawBufferPointer($0)) }
  }
}
