import LineFiles

extension String {
  /// The text as a cell of a CSV file that people open: quoted where it must be, and defused.
  package var csvText: String { defused.csvQuoted }

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

  /// Whether it is a number in decimal digits, perhaps below zero or with an exponent, and nothing else.
  package var isPlainNumber: Bool { wholeMatch(of: /-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?/) != nil }

  /// The signs by which a formula begins, also in the wide and small forms that some spreadsheets take for them.
  private static let formulaSigns: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{FE62}", "\u{FE63}",
    "\u{FE66}", "\u{FE6B}", "\u{2212}",
  ]
  private static let controls: Set<Unicode.Scalar> = ["\t", "\r", "\n"]
}
