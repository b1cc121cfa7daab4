public import Foundation

/// A YAML file with one indicator, or with several and what they have in common:
///
///     defaults: {topic: Housing, polarity: lower_is_better}
///     indicators:
///       - indicator: overcrowded_households
///         ...
public enum IndicatorFile {
  /// Reads the definitions of a file.
  ///
  /// - Throws: ``Problems`` with every error in it.
  public static func read(_ url: URL) throws -> [Indicator] {
    let diagnostics = Diagnostics()
    let text = try TextFile(reading: url).text()
    var found: [Indicator] = []
    if let root = YAMLValue.parse(text, file: url.path, diagnostics: diagnostics) {
      if root.entries().contains(where: { $0.key == "indicators" }) {
        let section = root.section(["defaults", "indicators"])
        let defaults = section?["defaults"]?.section(Indicator.keys)
        found = (section?["indicators"]?.items() ?? []).compactMap {
          Indicator($0, defaults: defaults)
        }
      } else {
        found = Indicator(root, defaults: nil).map { [$0] } ?? []
      }
    }
    var seen: Set<String> = []
    for indicator in found where !seen.insert(indicator.id).inserted {
      diagnostics.report(
        Problem(
          file: url.path, line: indicator.line,
          "There is an indicator '\(indicator.id)' in this file already."))
    }
    try diagnostics.throwIfAny()
    return found
  }
}
