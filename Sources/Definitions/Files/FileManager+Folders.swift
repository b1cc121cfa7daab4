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

  /// Puts `new` in the place of `old` in one step: readers see the one or the other.
  package func replace(_ old: URL, with new: URL) throws(StoreError) {
    guard rename(new.path, old.path) == 0 else {
      let reason = String(cString: strerror(errno))
      throw StoreError(old.path, "The file cannot be put in place: \(reason).")
    }
  }

  /// Gives a file a second name; copies it on file systems that have no second names.
  package func linkOrCopy(_ file: URL, to other: URL) throws {
    if link(file.path, other.path) != 0 { try copyItem(at: file, to: other) }
  }
}
