/// The part of an ADBC driver manifest that Kith reads: the path of the shared library.
///
/// A manifest is TOML; the path is `Driver.shared`, a string or a table by platform
/// (https://arrow.apache.org/adbc/current/format/driver_manifests.html). Only those lines are read,
/// so that no TOML parser is needed for two keys.
struct DriverManifest {
  let library: String?

  init(_ text: String) {
    var section = ""
    var plain: String?
    var platforms: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let line = line.trimmed
      if line.hasPrefix("[") {
        section = line.trimmingBrackets
      } else if let equals = line.firstIndex(of: "=") {
        let key = String(line[..<equals]).trimmed
        let value = String(line[line.index(after: equals)...]).trimmed.unquoted
        if section == "Driver", key == "shared" { plain = value }
        if section == "Driver.shared" { platforms[key.unquoted] = value }
      }
    }
    library = plain ?? platforms[Self.platform]
  }

  private static var platform: String {
    #if os(macOS)
      let system = "macos"
    #else
      let system = "linux"
    #endif
    #if arch(arm64)
      return "\(system)_arm64"
    #else
      return "\(system)_amd64"
    #endif
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    var text = Substring(self)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }

  fileprivate var trimmingBrackets: String {
    String(self.drop { $0 == "[" }.prefix { $0 != "]" }).trimmed
  }

  fileprivate var unquoted: String {
    guard count >= 2, let quote = first, quote == last, quote == "\"" || quote == "'" else {
      return String(self)
    }
    return String(dropFirst().dropLast())
  }
}
