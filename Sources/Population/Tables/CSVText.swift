extension String {
  /// The text as a cell of a CSV file that people open: quoted where it must be, and defused.
  package var csvText: String { defused.csvQuoted }

  /// The text as a cell of a CSV file (RFC 4180): in quotation marks where it has a comma, a quotation mark or a line's
  /// end. It goes by scalar: a quotation mark with an accent, and a line break of two, are other characters.
  package var csvQuoted: String {
    guard utf8.contains(where: { [0x2C, 0x22, 0x0D, 0x0A].contains($0) }) else { return self }
    var quoted = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if scalar == "\"" { quoted.append(scalar) }
      quoted.append(scalar)
    }
    return "\"" + String(quoted) + "\""
  }

  /// The text with an apostrophe before it where a spreadsheet would run it as a formula (OWASP, "CSV Injection"), whatever
  /// stands invisibly before it. Only for texts: a cell that holds a number is none.
  package var defused: String {
    let first = unicodeScalars.first { scalar in
      Self.controls.contains(scalar)
        || !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint
    }
    guard let first, Self.formulaSigns.contains(first) || Self.controls.contains(first) else {
      return self
    }
    return "'" + self
  }

  /// Whether it is a number in decimal digits, perhaps below zero, and nothing else.
  package var isPlainNumber: Bool {
    let digits = utf8.first == UInt8(ascii: "-") ? utf8.dropFirst() : utf8[...]
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return (1...2).contains(parts.count)
      && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
  }

  /// The signs by which a formula begins, also in the wide and small forms that some spreadsheets take for them.
  private static let formulaSigns: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{FE62}", "\u{FE63}",
    "\u{FE66}", "\u{FE6B}", "\u{2212}",
  ]
  private static let controls: Set<Unicode.Scalar> = ["\t", "\r", "\n"]
}
