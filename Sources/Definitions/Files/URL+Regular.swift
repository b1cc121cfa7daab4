package import Foundation

extension URL {
  /// Makes sure that what is here, if anything, can be read to its end: a named pipe would be waited for, and a device
  /// has no end.
  ///
  /// - Throws: ``Problem`` for anything but a regular file.
  package func requireRegularFile() throws(Problem) {
    var found = stat()
    guard stat(path, &found) == 0, (found.st_mode & S_IFMT) != S_IFREG else { return }
    throw Problem(
      file: path, "This is no regular file.",
      hint: "Put the file itself here: folders, named pipes and devices are not read.")
  }
}
