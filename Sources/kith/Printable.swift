import Foundation

extension String {
  /// The text as a terminal may show it: what a terminal would obey, such as the codes of colours and of titles, and what
  /// turns the direction of letters, is shown as a replacement character. Lines and tabs stay.
  var printable: String {
    func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
      guard scalar != "\n", scalar != "\t", scalar != "\r" else { return false }
      return scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
    }
    guard unicodeScalars.contains(where: isObeyed) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { isObeyed($0) ? "\u{FFFD}" : $0 }))
  }
}

/// Prints a text to standard output, as a terminal may show it; it comes before the library's own.
func print(_ text: String, terminator: String = "\n") {
  Swift.print(text.printable, terminator: terminator)
}

/// Prints a line to standard error.
func print(error text: String) {
  FileHandle.standardError.write(Data((text.printable + "\n").utf8))
}
