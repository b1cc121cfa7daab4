/// Double Metaphone (Philips 2000, C/C++ Users Journal 18(6)): how a name sounds in English, and how it may
/// sound otherwise given where it comes from. The codes have at most four letters.
public enum DoubleMetaphone {
  /// The main code and the other one, which is the same where there is no other; empty for a text without
  /// letters.
  public static func codes(_ name: String) -> (main: String, other: String) {
    codes(letters: Array(name.uppercased().utf8))
  }

  /// - Parameter letters: capitals; anything else parts words.
  static func codes(letters: [UInt8]) -> (main: String, other: String) {
    var coder = MetaphoneCoder(letters)
    coder.run()
    return (
      String(decoding: coder.main.prefix(4), as: UTF8.self),
      String(decoding: coder.other.prefix(4), as: UTF8.self)
    )
  }
}

/// The work on one name: a position that moves along, and the two codes so far.
private struct MetaphoneCoder {
  private let text: [UInt8]
  private var position = 0
  private(set) var main: [UInt8] = []
  private(set) var other: [UInt8] = []
  private let isSlavoGermanic: Bool

  init(_ letters: [UInt8]) {
    text = letters
    isSlavoGermanic =
      letters.contains(UInt8(ascii: "W")) || letters.contains(UInt8(ascii: "K"))
      || zip(letters, letters.dropFirst()).contains {
        $0 == UInt8(ascii: "C") && $1 == UInt8(ascii: "Z")
      }
  }

  private var last: Int { text.count - 1 }

  /// The letter at a distance from the position; a blank outside of the name.
  private func at(_ offset: Int) -> UInt8 {
    let index = position + offset
    return text.indices.contains(index) ? text[index] : UInt8(ascii: " ")
  }

  private func isVowel(_ offset: Int) -> Bool { isOne(offset, "AEIOUY") }

  private func isOne(_ offset: Int, _ letters: StaticString) -> Bool {
    let letter = at(offset)
    return letters.withUTF8Buffer { $0.contains(letter) } && position + offset >= 0
      && position + offset <= last
  }

  /// Whether one of the words stands at a distance from the position; all have one length.
  private func has(_ offset: Int, _ words: StaticString...) -> Bool {
    let from = position + offset
    guard from >= 0 else { return false }
    return words.contains { word in
      word.withUTF8Buffer { from + $0.count <= text.count && text[from...].starts(with: $0) }
    }
  }

  private func starts(with words: StaticString...) -> Bool {
    words.contains { word in word.withUTF8Buffer { text.starts(with: $0) } }
  }

  /// Adds to both codes, and moves on.
  private mutating func add(_ code: StaticString, _ step: Int) { add(code, code, step) }

  private mutating func add(_ code: StaticString, _ otherCode: StaticString, _ step: Int) {
    code.withUTF8Buffer { main.append(contentsOf: $0) }
    otherCode.withUTF8Buffer { other.append(contentsOf: $0) }
    position += step
  }

  mutating func run() {
    // The first letter is not said.
    if has(0, "GN", "KN", "PN", "WR", "PS") { position = 1 }
    // "Xavier" begins with an S.
    if at(0) == UInt8(ascii: "X"), position == 0 { add("S", 1) }
    while position <= last, main.count < 4 || other.count < 4 { letter() }
  }

  private mutating func letter() {
    switch at(0) {
    case UInt8(ascii: "A"), UInt8(ascii: "E"), UInt8(ascii: "I"), UInt8(ascii: "O"),
      UInt8(ascii: "U"), UInt8(ascii: "Y"):
      if position == 0 { add("A", 1) } else { position += 1 }
    case UInt8(ascii: "B"): add("P", at(1) == UInt8(ascii: "B") ? 2 : 1)
    case UInt8(ascii: "C"): c()
    case UInt8(ascii: "D"): d()
    case UInt8(ascii: "F"): add("F", at(1) == UInt8(ascii: "F") ? 2 : 1)
    case UInt8(ascii: "G"): g()
    case UInt8(ascii: "H"): h()
    case UInt8(ascii: "J"): j()
    case UInt8(ascii: "K"): add("K", at(1) == UInt8(ascii: "K") ? 2 : 1)
    case UInt8(ascii: "L"): l()
    case UInt8(ascii: "M"): m()
    case UInt8(ascii: "N"): add("N", at(1) == UInt8(ascii: "N") ? 2 : 1)
    case UInt8(ascii: "P"):
      if at(1) == UInt8(ascii: "H") { add("F", 2) } else { add("P", isOne(1, "PB") ? 2 : 1) }
    case UInt8(ascii: "Q"): add("K", at(1) == UInt8(ascii: "Q") ? 2 : 1)
    case UInt8(ascii: "R"): r()
    case UInt8(ascii: "S"): s()
    case UInt8(ascii: "T"): t()
    case UInt8(ascii: "V"): add("F", at(1) == UInt8(ascii: "V") ? 2 : 1)
    case UInt8(ascii: "W"): w()
    case UInt8(ascii: "X"): x()
    case UInt8(ascii: "Z"): z()
    default: position += 1
    }
  }

  // MARK: Letters of many sounds

  private mutating func c() {
    if position > 1, !isVowel(-2), has(-1, "ACH"), at(2) != UInt8(ascii: "I"),
      at(2) != UInt8(ascii: "E") || has(-2, "BACHER", "MACHER")
    {
      return add("K", 2)
    }
    if position == 0, starts(with: "CAESAR") { return add("S", 2) }
    if has(0, "CHIA") { return add("K", 2) }
    if has(0, "CH") { return ch() }
    if has(0, "CZ"), !has(-2, "WICZ") { return add("S", "X", 2) }
    if has(1, "CIA") { return add("X", 3) }
    if has(0, "CC"), !(position == 1 && text[0] == UInt8(ascii: "M")) {
      guard isOne(2, "IEH"), !has(2, "HU") else { return add("K", 2) }
      let isHard = position == 1 && at(-1) == UInt8(ascii: "A") || has(-1, "UCCEE", "UCCES")
      return isHard ? add("KS", 3) : add("X", 3)
    }
    if has(0, "CK", "CG", "CQ") { return add("K", 2) }
    if has(0, "CI", "CE", "CY") {
      return has(0, "CIO", "CIE", "CIA") ? add("S", "X", 2) : add("S", 2)
    }
    if has(1, " C", " Q", " G") { return add("K", 3) }
    add("K", isOne(1, "CKQ") && !has(1, "CE", "CI") ? 2 : 1)
  }

  private mutating func ch() {
    if position > 0, has(0, "CHAE") { return add("K", "X", 2) }
    if position == 0, has(1, "HARAC", "HARIS", "HOR", "HYM", "HIA", "HEM"),
      !starts(with: "CHORE")
    {
      return add("K", 2)
    }
    let isGreek =
      starts(with: "VAN ", "VON ", "SCH") || has(-2, "ORCHES", "ARCHIT", "ORCHID")
      || isOne(2, "TS")
      || ((isOne(-1, "AOUE") || position == 0)
        && (isOne(2, "LRNMBHFVW ") || position + 2 > last))
    if isGreek { return add("K", 2) }
    guard position > 0 else { return add("X", 2) }
    starts(with: "MC") ? add("K", 2) : add("X", "K", 2)
  }

  private mutating func d() {
    if has(0, "DG") { return isOne(2, "IEY") ? add("J", 3) : add("TK", 2) }
    add("T", has(0, "DT", "DD") ? 2 : 1)
  }

  private mutating func g() {
    if at(1) == UInt8(ascii: "H") { return gh() }
    if at(1) == UInt8(ascii: "N") {
      if position == 1, isVowelAtStart, !isSlavoGermanic { return add("KN", "N", 2) }
      if !has(2, "EY"), !isSlavoGermanic { return add("N", "KN", 2) }
      return add("KN", 2)
    }
    if has(1, "LI"), !isSlavoGermanic { return add("KL", "L", 2) }
    if position == 0,
      at(1) == UInt8(ascii: "Y")
        || has(1, "ES", "EP", "EB", "EL", "EY", "IB", "IL", "IN", "IE", "EI", "ER")
    {
      return add("K", "J", 2)
    }
    if has(1, "ER") || at(1) == UInt8(ascii: "Y"), !starts(with: "DANGER", "RANGER", "MANGER"),
      !isOne(-1, "EI"), !has(-1, "RGY", "OGY")
    {
      return add("K", "J", 2)
    }
    if isOne(1, "EIY") || has(-1, "AGGI", "OGGI") {
      if starts(with: "VAN ", "VON ", "SCH") || has(1, "ET") { return add("K", 2) }
      // Words that end in "gier" sound as in French.
      let isFrench = has(1, "IER") && position + 3 == last
      return isFrench ? add("J", 2) : add("J", "K", 2)
    }
    add("K", at(1) == UInt8(ascii: "G") ? 2 : 1)
  }

  private var isVowelAtStart: Bool { text.first.map { "AEIOUY".utf8.contains($0) } ?? false }

  private mutating func gh() {
    if position > 0, !isVowel(-1) { return add("K", 2) }
    if position == 0 { return at(2) == UInt8(ascii: "I") ? add("J", 2) : add("K", 2) }
    // Parker's rule: not said after these, as in "Hugh".
    if position > 1 && isOne(-2, "BHD") || position > 2 && isOne(-3, "BHD")
      || position > 3 && isOne(-4, "BH")
    {
      position += 2
      return
    }
    if position > 2, at(-1) == UInt8(ascii: "U"), isOne(-3, "CGLRT") { return add("F", 2) }
    if position > 0, at(-1) != UInt8(ascii: "I") { return add("K", 2) }
    position += 2
  }

  private mutating func h() {
    if position == 0 || isVowel(-1), isVowel(1) { return add("H", 2) }
    position += 1
  }

  private mutating func j() {
    let isSpanish = has(0, "JOSE") || starts(with: "SAN ")
    if isSpanish {
      if position == 0 && at(4) == UInt8(ascii: " ") || starts(with: "SAN ") {
        return add("H", 1)
      }
      return add("J", "H", 1)
    }
    let step = at(1) == UInt8(ascii: "J") ? 2 : 1
    if position == 0 { return add("J", "A", step) }
    if isVowel(-1), !isSlavoGermanic, isOne(1, "AO") { return add("J", "H", step) }
    if position == last { return add("J", "", step) }
    if !isOne(1, "LTKSNMBZ"), !isOne(-1, "SKL") { return add("J", step) }
    position += step
  }

  private mutating func l() {
    guard at(1) == UInt8(ascii: "L") else { return add("L", 1) }
    let endsSpanish =
      position == text.count - 3 && has(-1, "ILLO", "ILLA", "ALLE")
      || (ends("AS", "OS") || ends("A", "O")) && has(-1, "ALLE")
    endsSpanish ? add("L", "", 2) : add("L", 2)
  }

  private func ends(_ words: StaticString...) -> Bool {
    words.contains { word in
      word.withUTF8Buffer { text.count >= $0.count && text.suffix($0.count).elementsEqual($0) }
    }
  }

  private mutating func m() {
    let isSilentB = has(-1, "UMB") && (position + 1 == last || has(2, "ER"))
    add("M", isSilentB || at(1) == UInt8(ascii: "M") ? 2 : 1)
  }

  private mutating func r() {
    // As in French "Rogier".
    let step = at(1) == UInt8(ascii: "R") ? 2 : 1
    let isFrench =
      position == last && !isSlavoGermanic && has(-2, "IE") && !has(-4, "ME", "MA")
    isFrench ? add("", "R", step) : add("R", step)
  }

  private mutating func s() {
    if has(-1, "ISL", "YSL") {
      position += 1
      return
    }
    if position == 0, has(0, "SUGAR") { return add("X", "S", 1) }
    if has(0, "SH") {
      return has(1, "HEIM", "HOEK", "HOLM", "HOLZ") ? add("S", 2) : add("X", 2)
    }
    if has(0, "SIO", "SIA") || has(0, "SIAN") {
      return isSlavoGermanic ? add("S", 3) : add("S", "X", 3)
    }
    if position == 0 && isOne(1, "MNLW") || at(1) == UInt8(ascii: "Z") {
      return add("S", "X", at(1) == UInt8(ascii: "Z") ? 2 : 1)
    }
    if has(0, "SC") { return sc() }
    let step = isOne(1, "SZ") ? 2 : 1
    position == last && has(-2, "AI", "OI") ? add("", "S", step) : add("S", step)
  }

  private mutating func sc() {
    guard at(2) == UInt8(ascii: "H") else {
      return isOne(2, "IEY") ? add("S", 3) : add("SK", 3)
    }
    if has(3, "OO", "ER", "EN", "UY", "ED", "EM") {
      return has(3, "ER", "EN") ? add("X", "SK", 3) : add("SK", 3)
    }
    if position == 0, !isVowel(3), at(3) != UInt8(ascii: "W") { return add("X", "S", 3) }
    add("X", 3)
  }

  private mutating func t() {
    if has(0, "TION") || has(0, "TIA", "TCH") { return add("X", 3) }
    if has(0, "TH") || has(0, "TTH") {
      if has(2, "OM", "AM") || starts(with: "VAN ", "VON ", "SCH") { return add("T", 2) }
      return add("0", "T", 2)
    }
    add("T", isOne(1, "TD") ? 2 : 1)
  }

  private mutating func w() {
    if has(0, "WR") { return add("R", 2) }
    if position == 0, isVowel(1) || has(0, "WH") {
      return isVowel(1) ? add("A", "F", 1) : add("A", 1)
    }
    if position == last && isVowel(-1) || has(-1, "EWSKI", "EWSKY", "OWSKI", "OWSKY")
      || starts(with: "SCH")
    {
      return add("", "F", 1)
    }
    if has(0, "WICZ", "WITZ") { return add("TS", "FX", 4) }
    position += 1
  }

  private mutating func x() {
    let isFrench =
      position == last && (has(-3, "IAU", "EAU") || has(-2, "AU", "OU"))
    let step = isOne(1, "CX") ? 2 : 1
    if isFrench { position += step } else { add("KS", step) }
  }

  private mutating func z() {
    if at(1) == UInt8(ascii: "H") { return add("J", 2) }
    let step = at(1) == UInt8(ascii: "Z") ? 2 : 1
    if has(1, "ZO", "ZI", "ZA") || isSlavoGermanic && position > 0 && at(-1) != UInt8(ascii: "T") {
      return add("S", "TS", step)
    }
    add("S", step)
  }
}
