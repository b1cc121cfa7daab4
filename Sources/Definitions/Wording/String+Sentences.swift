extension String {
  /// The text with a capital first letter.
  package var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }

  /// With a small first letter, unless it begins with an abbreviation or a name of several capitals.
  package var lowercasedFirst: String {
    let start = prefix(2)
    return start.count == 2 && start.allSatisfy(\.isUppercase)
      ? self : prefix(1).lowercased() + dropFirst()
  }
}

extension [String] {
  /// Names in a sentence: "A, B and C".
  package var inWords: String {
    count < 2 ? first ?? "" : dropLast().joined(separator: ", ") + " and " + (last ?? "")
  }
}
