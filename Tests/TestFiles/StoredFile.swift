import Foundation

/// A file that is stored beside the tests, and holds what a program should print. `make accept` writes what it prints now
/// into all of them; `git diff` then shows what has changed.
public struct StoredFile {
  private let url: URL

  /// - Parameters:
  ///   - name: the file's name in the folder `Stored` beside the test.
  ///   - test: the file of the test.
  public init(_ name: String, beside test: String = #filePath) {
    url = URL(fileURLWithPath: test).deletingLastPathComponent()
      .appendingPathComponent("Stored/\(name)")
  }

  /// How a text is another than the file's, with the first line that differs; nil where it is the same.
  ///
  /// - Throws: where the file cannot be read, or, with `KITH_ACCEPT`, written.
  public func difference(from text: String) throws -> String? {
    if ProcessInfo.processInfo.environment["KITH_ACCEPT"] != nil {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
      return nil
    }
    let stored = try String(contentsOf: url, encoding: .utf8)
    guard stored != text else { return nil }
    let (old, new) = (
      stored.split(separator: "\n", omittingEmptySubsequences: false),
      text.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let line =
      zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      ?? min(old.count, new.count)
    func at(_ lines: [Substring]) -> String {
      line < lines.count ? String(lines[line]) : "(its end)"
    }
    return """
      \(url.lastPathComponent):\(line + 1) is another.
        stored: \(at(old).prefix(300))
        now:    \(at(new).prefix(300))
      Where this is meant, renew the stored files with `make accept` and look at `git diff`.
      """
  }
}
