extension String {
  /// The text as a cell of a CSV file (RFC 4180): in quotation marks where it has a comma, a quotation mark or a line
  /// break.
  ///
  /// It goes by scalar: as characters, a quotation mark with an accent and a line break of two bytes are others.
  package var csvQuoted: String {
    guard utf8.contains(where: { [0x2C, 0x22, 0x0D, 0x0A].contains($0) }) else { return self }
    var quoted = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if scalar == "\"" { quoted.append(scalar) }
      quoted.append(scalar)
    }
    return "\"" + String(quoted) + "\""
  }
}
