/// American Soundex (Russell 1918; as the US National Archives give it): a letter and three digits, for
/// names that sound alike in English.
public enum Soundex {
  /// The code of a name; nil where it has no letter of the English alphabet.
  ///
  /// H and W do not part letters of one code, vowels do.
  public static func code(_ name: String) -> String? {
    let letters = name.utf8.compactMap(letter)
    return code(of: letters).map {
      String(decoding: [$0.0, $0.1, $0.2, $0.3], as: UTF8.self)
    }
  }

  private static func letter(_ byte: UInt8) -> UInt8? {
    let upper = byte & 0xDF
    return byte >= 0x41 && byte < 0x80 && (0x41...0x5A).contains(upper) ? upper : nil
  }

  /// The digit of each letter from A on; 0 is a vowel, 7 stands for H and W.
  private static let digits: [UInt8] = Array("01230127022455012623017202".utf8).map { $0 - 0x30 }

  static func code(of name: some Sequence<UInt8>) -> (UInt8, UInt8, UInt8, UInt8)? {
    var code: (UInt8, UInt8, UInt8, UInt8) = (0, 0x30, 0x30, 0x30)
    var (count, last): (Int, UInt8) = (0, 0)
    for letter in name where (0x41...0x5A).contains(letter) {
      let digit = digits[Int(letter - 0x41)]
      if count == 0 {
        code.0 = letter
        (count, last) = (1, digit)
        continue
      }
      if digit == 7 { continue }
      if digit != 0, digit != last {
        switch count {
        case 1: code.1 = 0x30 + digit
        case 2: code.2 = 0x30 + digit
        default:
          code.3 = 0x30 + digit
          return code
        }
        count += 1
      }
      last = digit
    }
    return count == 0 ? nil : code
  }
}
