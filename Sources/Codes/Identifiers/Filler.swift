/// What systems and people write where there is nothing to write.
///
/// Texts are compared in capitals, without blanks around them.
public enum Filler {
  /// Words in place of any text.
  public static let words = Set(wordList)
  private static let wordList = [
    "", "NULL", "NONE", "NAN", "N/A", "UNKNOWN", "NOT KNOWN", "NOTKNOWN", "NK", "NOT STATED",
    "NOT GIVEN", "UNK", "-", "--", ".", "?", "X", "XX", "XXX", "NA", "NIL", "<NA>", "NAT", "#N/A",
    "NULL VALUE", "ANON", "ANONYMOUS", "UNIDENTIFIED",
  ].map { Array($0.utf8) }

  /// Words in place of a person's name or number.
  private static let personList = ["TEST", "TEMP", "DUMMY"].map { Array($0.utf8) }

  /// Words in place of the forename of a child who has none yet.
  public static let forenames = Set(forenameList)
  private static let forenameList = [
    "BABY", "BABY BOY", "BABY GIRL", "BABYBOY", "BABYGIRL", "INFANT", "MALE INFANT",
    "FEMALE INFANT", "TWIN", "TWIN 1", "TWIN 2", "TWIN ONE", "TWIN TWO", "BOY", "GIRL",
  ].map { Array($0.utf8) }

  /// The longest word of the lists has as many bytes.
  public static let longest = 16

  /// Whether a text is a word for nothing.
  public static func isWord(_ text: UnsafeRawBufferPointer) -> Bool { isAny(of: wordList, text) }

  /// Words for nothing that are also names of people.
  public static let alsoNames = Set(alsoNameList)
  private static let alsoNameList = ["NA", "NAT", "NIL"].map { Array($0.utf8) }

  /// Whether a text in place of a name is none.
  public static func isName(_ text: UnsafeRawBufferPointer) -> Bool {
    isWord(text) && !isAny(of: alsoNameList, text) || isAny(of: personList, text)
  }

  /// Whether a text in place of a forename is none.
  public static func isForename(_ text: UnsafeRawBufferPointer) -> Bool {
    isName(text) || isAny(of: forenameList, text)
  }

  /// Whether a number that a source has given a person is none: a word for nothing, zeros alone, or five nines or more
  /// and nothing else.
  ///
  /// What tells it from the numbers of other sources may be before it, with a stroke between.
  public static func isOwnNumber(_ text: UnsafeRawBufferPointer) -> Bool {
    let start = text.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let number = WrittenValue.trimmed(UnsafeRawBufferPointer(rebasing: text[start...]))
    guard !isName(number) else { return true }
    return number.allSatisfy { $0 == 0x30 }
      || number.count >= 5 && number.allSatisfy { $0 == 0x39 }
  }

  /// Whether a date, as the number yyyyMMdd, is one of ``FillerDates``.
  public static func isDate(_ yearMonthDay: Int) -> Bool {
    FillerDates.written.contains(yearMonthDay)
  }

  /// Whether a written date of eight digits is one that systems write where they know none, whatever the order of its
  /// parts.
  public static func isDate(_ text: UnsafeRawBufferPointer) -> Bool {
    // Nearly all dates are of 1920 to 2069, with the year first.
    if text.count >= 8, text[0] == 0x31, text[1] == 0x39, text[2] > 0x31 { return false }
    if text.count >= 8, text[0] == 0x32, text[1] == 0x30, text[2] < 0x37 { return false }
    let date = WrittenDate.read(text, latestYear: 99)
    return [WrittenDate.Order.dayFirst, .monthFirst].contains { order in
      date.parts(order: order).map { isDate($0.year * 10_000 + $0.month * 100 + $0.day) } ?? false
    }
  }

  /// Whether a postcode is a pseudo-postcode (ZZ99), which says that there is no address.
  public static func isPostcode(_ text: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    for byte in text where byte != 0x20 {
      guard capital(byte) == pseudo[place] else { return false }
      place += 1
      if place == pseudo.count { return true }
    }
    return false
  }

  private static let pseudo = Array("ZZ99".utf8)

  /// Whether a telephone number is none: fewer than seven digits, or one digit over and over.
  public static func isPhone(_ text: UnsafeRawBufferPointer) -> Bool {
    var (first, count, isOneDigit) = (UInt8(0), 0, true)
    for byte in text where byte &- 0x30 < 10 {
      if count == 0 { first = byte }
      isOneDigit = isOneDigit && byte == first
      count += 1
    }
    return count < 7 || isOneDigit
  }

  private static func isAny(of words: [[UInt8]], _ text: UnsafeRawBufferPointer) -> Bool {
    let text = WrittenValue.trimmed(text)
    guard text.count <= longest else { return false }
    return words.contains { word in
      word.count == text.count && zip(word, text).allSatisfy { $0 == capital($1) }
    }
  }

  private static func capital(_ byte: UInt8) -> UInt8 { byte &- 0x61 < 26 ? byte - 0x20 : byte }
}
