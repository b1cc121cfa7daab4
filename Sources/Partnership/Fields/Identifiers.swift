import Codes

/// Looks for what tells who somebody is, in texts that are to be kept without that. Names it cannot know.
///
/// Every character is looked at a fixed number of times, whatever the text.
enum Identifiers {
  /// What was found; nil for nothing.
  static func found(in text: String) -> String? {
    hasEmailAddress(text) ? "an email address" : number(in: text)
  }

  /// Whether there is something of the form `a@b.cd`: a part before the sign, and after it, without a space, a point that
  /// is not the first and has two letters behind it.
  private static func hasEmailAddress(_ text: String) -> Bool {
    // How far the domain has been read: nil where no sign with something before it came.
    var domain: (length: Int, letters: Int?)?
    var isAfterSomething = false
    for scalar in text.unicodeScalars.lazy.map(plain)
    where !scalar.properties.isDefaultIgnorableCodePoint {
      if scalar.properties.isWhitespace {
        (domain, isAfterSomething) = (nil, false)
      } else if scalar == "@" {
        domain = isAfterSomething ? (0, nil) : nil
        isAfterSomething = false
      } else {
        isAfterSomething = true
        guard let read = domain else { continue }
        let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        let letters =
          scalar == "." && read.length > 0 ? 0 : isLetter ? read.letters.map { $0 + 1 } : nil
        if letters == 2 { return true }
        domain = (read.length + 1, letters)
      }
    }
    return false
  }

  /// The letter or sign that a wide or small form of it means.
  private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
    case 0xFE6B: "@"
    case 0xFE52, 0x3002, 0xFF61: "."
    default: scalar
    }
  }

  /// Digits that stand together, and whether what is before them seldom parts the groups of one number.
  private struct Group {
    var digits: [UInt8] = []
    var isApart = false
  }

  /// A telephone or NHS number, as numbers are written: with spaces, hyphens, dots and brackets in between, and side by
  /// side; with other signs or a line break, only in the groups that such numbers are written in.
  private static func number(in text: String) -> String? {
    // The groups of digits that stand together, of which no number has more than 15.
    var groups = [Group()]
    for scalar in text.unicodeScalars.lazy.map(plain) {
      let properties = scalar.properties
      if properties.numericType == .decimal, let digit = properties.numericValue {
        groups[groups.count - 1].digits.append(UInt8(digit))
      } else if properties.isDefaultIgnorableCodePoint
        || properties.generalCategory == .nonspacingMark
      {
        // What nobody sees, or only above a digit, ends no number.
        continue
      } else if Self.separators.contains(scalar) || Self.others.contains(scalar)
        || properties.isWhitespace || properties.generalCategory == .dashPunctuation
      {
        if groups[groups.count - 1].digits != [] { groups.append(Group()) }
        if Self.others.contains(scalar) { groups[groups.count - 1].isApart = true }
      } else {
        if let found = number(in: groups) { return found }
        groups = [Group()]
      }
    }
    return number(in: groups)
  }

  private static let separators = " -‐‑–.()+\t\u{A0}".unicodeScalars
  private static let others = "/,:;·•*_|\\\n\r".unicodeScalars

  private static func number(in groups: [Group]) -> String? {
    for start in groups.indices {
      var digits: [UInt8] = []
      var sizes: [Int] = []
      var isApart = false
      for group in groups[start...] {
        guard !group.digits.isEmpty, digits.count + group.digits.count <= 15 else { break }
        isApart = isApart || (!sizes.isEmpty && group.isApart)
        digits += group.digits
        sizes.append(group.digits.count)
        // A date and a count behind it are no telephone number.
        if isTelephone(digits), !isApart || (sizes.count <= 3 && (3...5).contains(sizes[0])) {
          return "a telephone number"
        }
        if WrittenCode.hasNHSCheckDigit(digits.map { $0 + 0x30 }), !isApart || sizes == [3, 3, 4] {
          return "an NHS number"
        }
      }
    }
    return nil
  }

  /// Whether digits are a telephone number as people here write it: national, or with the code of the country.
  private static func isTelephone(_ digits: [UInt8]) -> Bool {
    switch digits.count {
    case 11: digits.starts(with: [0])
    case 12: digits.starts(with: [4, 4])
    case 13: digits.starts(with: [4, 4, 0])
    case 14: digits.starts(with: [0, 0, 4, 4])
    case 15: digits.starts(with: [0, 0, 4, 4, 0])
    default: false
    }
  }
}
