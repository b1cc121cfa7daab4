import CProcess
package import Foundation

/// The files that ship with the program: each module's in a folder beside it, wherever it is installed.
///
/// The accessor that SwiftPM makes (`Bundle.module`) falls back on a path of the machine that built the program, where
/// anybody may have put other files since. This one looks beside what runs, and nowhere else.
package enum ShippedFiles {
  /// Where `path` of `module`'s files is.
  ///
  /// - Throws: ``StoreError`` where it is missing.
  package static func url(_ path: String, of module: String) throws -> URL {
    #if os(macOS)
      let name = "kith_\(module).bundle"
    #else
      let name = "kith_\(module).resources"
    #endif
    let places = programFolders.map { $0.appendingPathComponent("\(name)/\(path)") }
    if let found = places.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
      return found
    }
    throw StoreError(
      places.first?.path ?? path, "A file that comes with Kith is missing.",
      hint: "Install Kith again; in a checkout, build it again with `make build`.")
  }

  /// The folder of the program; in tests also the one of the library that holds them.
  private static let programFolders: [URL] = {
    var folders: [URL] = []
    if let program = Bundle.main.executableURL { folders.append(program) }
    if let path = kith_image_path(#dsohandle) {
      folders.append(URL(fileURLWithPath: String(cString: path)))
    }
    return folders.map { $0.resolvingSymlinksInPath().deletingLastPathComponent() }
  }()
}
