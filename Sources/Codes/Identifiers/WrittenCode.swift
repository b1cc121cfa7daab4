/// Identifiers and codes as files write them, brought into the one spelling in which they are compared and kept.
///
/// Each function appends to `room` and returns whether what it appended may be a code of its kind: the checks of digits
/// and shapes are made afterwards. Nothing is appended where it returns false.
public enum WrittenCode {
  /// An NHS number: ten digits, whatever blanks (also U+00A0, U+2009 and U+202F), hyphens or dashes part them, and
  /// whether or not a data frame or a spreadsheet made a number of it (`9434765919.0`, `9.434765919E+09`).
  public static func appendNHSNumber(
    _ bytes: UnsafeRawBufferPointer, to room: inout [UInt8]
  ) -> Bool {
    let start = room.count
    let text = WrittenValue.trimmed(bytes)
    var position = 0
    while position < text.count {
      let byte = text[position]
      if byte &- 0x30 < 10 {
        room.append(byte)
      } else if byte == 0xC2, position + 1 < text.count, text[position + 1] == 0xA0 {
        position += 1
      } else if isThinSpaceOrDash(text, at: position) {
        position += 2
      } else if byte != 0x20, byte != UInt8(ascii: "-") {
        room.removeLast(room.count - start)
        guard let digits = WrittenNumber.wholeDigits(text) else { return false }
        room += digits
        break
      }
      position += 1
    }
    guard room.count - start == 10 else {
      room.removeLast(room.count - start)
      return false
    }
    return true
  }

  /// Whether U+2009, U+202F, or one of the dashes U+2010 to U+2014 begins at a place.
  private static func isThinSpaceOrDash(_ text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    guard text[place] == 0xE2, place + 2 < text.count, text[place + 1] == 0x80 else { return false }
    return [0x89, 0xAF].contains(text[place + 2]) || (0x90...0x94).contains(text[place + 2])
  }

  /// A code of a classification (ICD-10, OPCS-4) in capitals, without dots, blanks and the hyphens
  /// that stand for a missing fourth character: `c50.9` and `C509 ` are C509, `I10.-` is I10.
  public static func appendCode(_ bytes: UnsafeRawBufferPointer, to room: inout [UInt8]) -> Bool {
    append(bytes, isClassification: true, to: &room)
  }

  /// The code of an organisation or an area in capitals, without blanks.
  public static func appendName(_ bytes: UnsafeRawBufferPointer, to room: inout [UInt8]) -> Bool {
    append(bytes, isClassification: false, to: &room)
  }

  private static func append(
    _ bytes: UnsafeRawBufferPointer, isClassification: Bool, to room: inout [UInt8]
  ) -> Bool {
    let start = room.count
    var isPastEnd = false
    for byte in WrittenValue.trimmed(bytes) {
      switch byte {
      case 0x30...0x39 where !isPastEnd, 0x41...0x5A where !isPastEnd: room.append(byte)
      case 0x61...0x7A where !isPastEnd: room.append(byte & 0xDF)
      case 0x20: continue
      case UInt8(ascii: ".") where isClassification: continue
      // Hyphens are behind the code only.
      case UInt8(ascii: "-") where isClassification && room.count - start >= 3:
        isPastEnd = true
      default:
        room.removeLast(room.count - start)
        return false
      }
    }
    return room.count > start
  }

  /// Whether bytes are capitals and digits alone, so that ``appendCode(_:to:)`` would change nothing.
  @inlinable
  public static func isCompact(_ bytes: UnsafeRawBufferPointer) -> Bool {
    for byte in bytes where byte &- 0x30 >= 10 && byte &- 0x41 >= 26 { return false }
    return true
  }

  /// Whether ten digits are one digit ten times over, or 0123456789: they may pass the check digit, and were never
  /// issued. Systems write them where they know no number.
  @inlinable
  public static func isFillerNHSNumber(_ digits: some Collection<UInt8>) -> Bool {
    guard let first = digits.first else { return false }
    var (next, isOneDigit, isRun) = (UInt8(0x30), true, true)
    for digit in digits {
      isOneDigit = isOneDigit && digit == first
      isRun = isRun && digit == next
      guard isOneDigit || isRun else { return false }
      next &+= 1
    }
    return true
  }

  /// Whether the last of ten digits is the check digit of those before it.
  ///
  /// Modulus 11: weights 10 to 2 on the first nine digits; eleven less the remainder is the last, eleven standing for 0,
  /// and ten for no valid number (NHS Data Dictionary, NHS NUMBER).
  @inlinable
  public static func hasNHSCheckDigit(_ digits: some Collection<UInt8>) -> Bool {
    var (sum, weight, last) = (0, 10, 0)
    for digit in digits {
      last = Int(digit) - 0x30
      if weight > 1 { sum += weight * last }
      weight -= 1
    }
    return weight == 0 && (11 - sum % 11) % 11 == last
  }
}
