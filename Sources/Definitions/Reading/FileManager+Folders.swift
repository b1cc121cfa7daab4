package import Foundation

extension FileManager {
  /// The names in a folder, in order; none where there is no such folder.
  ///
  /// - Throws: ``Problem`` where there is one that cannot be read: it is not taken for an empty one.
  package func names(in folder: URL) throws(Problem) -> [String] {
    do {
      return try contentsOfDirectory(atPath: folder.path).sorted()
    } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
      return []
    } catch {
      throw Problem(
        file: folder.path, "The folder cannot be read.", hint: "Check that you may read it.")
    }
  }

  /// Whether there is a file or folder.
  ///
  /// - Throws: ``Problem`` where that cannot be told, as in a folder that one may not enter.
  package func isThere(_ url: URL) throws(Problem) -> Bool {
    if access(url.path, F_OK) == 0 { return true }
    let code = errno
    guard code == ENOENT || code == ENOTDIR else {
      throw Problem(
        file: url.path, "The file cannot be looked for: \(String(cString: strerror(code))).",
        hint: "Check that you may read its folder.")
    }
    return false
  }

  /// Removes a file or folder, if it is there.
  package func removeIfThere(_ url: URL) throws {
    do {
      try removeItem(at: url)
    } catch CocoaError.fileNoSuchFile, CocoaError.fileReadNoSuchFile {}
  }
}
