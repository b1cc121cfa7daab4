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
    if text.contains(where: { $0 >= 0x80 }) { return false }
    return isWord(text) && !isAny(of: alsoNameList, text) || isAny(of: personList, text)
      || isMadeOfFillers(text)
  }

  /// Words of which several, or one with marks between its letters, stand in place of a name: UNKNOWN MALE, N.K.,
  /// ZZZTEST, NO NAME. A single one of these that is also a name, such as BOY, is not meant.
  private static let parts: Set<[UInt8]> = Set(
    [
      "UNKNOWN", "UNK", "UN", "KNOWN", "NOT", "GIVEN", "STATED", "SPECIFIED", "NK", "NO", "NAME",
      "NONE", "NULL", "REFUSED",
      "DECLINED", "PATIENT", "MALE", "FEMALE", "BABY", "INFANT", "TEST", "TESTPATIENT",
      "XXTESTPATIENT", "DONOTUSE", "DO",
      "USE", "ZZZTEST", "ZZTEST", "ANON", "ANONYMOUS", "UNIDENTIFIED", "DUMMY", "TEMP", "XXXX",
      "XXXXX", "TBC", "BOY", "GIRL",
    ].map { Array($0.utf8) })
  private static let alone: Set<[UInt8]> = Set(
    [
      "UNKNOWN", "REFUSED", "DECLINED", "PATIENT", "MALE", "FEMALE", "TESTPATIENT", "XXTESTPATIENT",
      "DONOTUSE", "ZZZTEST",
      "ZZTEST", "XXXX", "XXXXX", "TBC", "UNIDENTIFIED",
    ].map { Array($0.utf8) })

  private static func isMadeOfFillers(_ text: UnsafeRawBufferPointer) -> Bool {
    // Nearly all names begin with another letter than these words, or are longer.
    guard let first = text.first(where: { $0 > 0x20 }), text.count <= 40,
      firstLetters.contains(capital(first))
    else { return false }
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    for byte in text {
      let letter = capital(byte)
      if letter &- 0x41 < 26 || letter &- 0x30 < 10 {
        word.append(letter)
      } else if !word.isEmpty {
        words.append(word)
        word = []
      }
    }
    if !word.isEmpty { words.append(word) }
    guard words.count > 1 else { return words.first.map(alone.contains) ?? false }
    // N.K.
    if words.allSatisfy({ $0.count == 1 }) { return parts.contains(words.flatMap { $0 }) }
    return words.allSatisfy(parts.contains)
  }

  private static let firstLetters = Set("UKNGSRDPMFBITXZA".utf8)

  /// Whether a text in place of a forename is none.
  public static func isForename(_ text: UnsafeRawBufferPointer) -> Bool {
    isName(text) || isAny(of: forenameList, text) || isOfNewborn(text)
  }

  /// Whether a text is the place of a child among others, or of its mother's name: Baby A, Baby Boy 2, Twin II, B/O
  /// Sarah, Baby Of Sarah.
  private static func isOfNewborn(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = text.first(where: { $0 > 0x20 }),
      [0x42, 0x54, 0x49, 0x4D, 0x46, 0x47].contains(capital(first)), text.count <= 40
    else { return false }
    let words = text.split { capital($0) &- 0x41 >= 26 && $0 &- 0x30 >= 10 }
      .map { $0.map(capital) }
    let children = ["BABY", "TWIN", "TRIPLET", "INFANT"].map { Array($0.utf8) }
    guard words.count > 1 else { return false }
    if words[0] == [0x42], words[1] == [0x4F] { return true }
    guard children.contains(words[0]) else { return false }
    if words[1] == Array("OF".utf8) { return true }
    return words.dropFirst().allSatisfy { word in
      word.count == 1 || word.allSatisfy { $0 == 0x49 || $0 &- 0x30 < 10 } || parts.contains(word)
        || ["ONE", "TWO", "THREE"].contains { Array($0.utf8) == word }
    }
  }

  /// Whether a number that a source has given a person is none: a word for nothing, zeros alone, five nines or more and
  /// nothing else, 12345, 123456 or 123456789.
  ///
  /// What tells it from the numbers of other sources may be before it, with a stroke between.
  public static func isOwnNumber(_ text: UnsafeRawBufferPointer) -> Bool {
    if text.allSatisfy({ $0 &- 0x30 < 10 }), !text.isEmpty { return isOfFillerDigits(text) }
    guard !isName(text) else { return true }
    let start = text.firstIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let number = WrittenValue.trimmed(UnsafeRawBufferPointer(rebasing: text[start...]))
    guard !isName(number), number.first != UInt8(ascii: "-") else { return true }
    if let digits = WrittenNumber.wholeDigits(number), digits.allSatisfy({ $0 == 0x30 }) {
      return true
    }
    return isOfFillerDigits(number)
  }

  /// Whether a text is zeros alone, five nines or more and nothing else, or 12345, 123456 or 123456789.
  private static func isOfFillerDigits(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = text.first else { return true }
    switch first {
    case 0x30: return text.allSatisfy { $0 == first }
    case 0x39: return text.count >= 5 && text.allSatisfy { $0 == first }
    case 0x31:
      return [5, 6, 9].contains(text.count)
        && text.indices.allSatisfy { text[$0] == 0x31 + UInt8($0) }
    default: return false
    }
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
    // No word begins with a digit.
    if let first = text.first, first &- 0x30 < 10 { return false }
    return words.contains { word in
      word.count == text.count && zip(word, text).allSatisfy { $0 == capital($1) }
    }
  }

  private static func capital(_ byte: UInt8) -> UInt8 { byte &- 0x61 < 26 ? byte - 0x20 : byte }
}
