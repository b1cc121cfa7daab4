import Foundation

/// The name that somebody signs in with, their email address, in the one form in which it is kept, compared and counted.
///
/// Whatever reads such a name reads it here, so that two that look the same are one (RFC 8265, section 3.3,
/// "UsernameCaseMapped": widths and cases are mapped, letters composed, and what nobody sees is refused).
public enum AccountName {
  /// The name as it is kept; nil for a text that can be nobody's.
  public static func normal(_ text: String) -> String? {
    // By bytes first, so that nothing long is looked at.
    guard text.utf8.count <= 1_000 else { return nil }
    // Spaces at its ends come with copying; what else has no width does not.
    let scalars = text.unicodeScalars
    let spaces: Set<Unicode.Scalar> = [" ", "\t", "\n", "\r", "\u{A0}"]
    guard let first = scalars.firstIndex(where: { !spaces.contains($0) }),
      let last = scalars.lastIndex(where: { !spaces.contains($0) })
    else { return nil }
    let bare = String(scalars[first...last])
    guard bare.unicodeScalars.allSatisfy(isVisible) else { return nil }
    let name = bare.precomposedStringWithCompatibilityMapping.lowercased()
      .precomposedStringWithCompatibilityMapping
    let parts = name.split(separator: "@", omittingEmptySubsequences: false)
    guard name.utf8.count <= 254, parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
      // What widths and compatibility map to is looked at again.
      name.unicodeScalars.allSatisfy(isVisible)
    else { return nil }
    return name
  }

  /// Whether a character may be in a name: it is seen, and is no space.
  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    if properties.isDefaultIgnorableCodePoint || properties.isWhitespace { return false }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}
