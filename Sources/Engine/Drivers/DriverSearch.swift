public import Foundation

/// Finds the driver library of an engine.
///
/// The places, in order: the engine's environment variable; an ADBC driver manifest (`duckdb.toml`)
/// in `ADBC_DRIVER_PATH`, the user's and the system's configuration folders; the system's library
/// path; the `.engines` folder that `make setup` fills.
public struct DriverSearch: Sendable {
  /// A place that was looked at, and what was there.
  public struct Candidate: Sendable, Equatable {
    public let path: String
    public let foundBy: String
    public let exists: Bool
  }

  public let environment: [String: String]
  /// Folders that may hold `.engines`: beside the program and its parents, and the current folder.
  public let roots: [URL]

  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment, roots: [URL]? = nil
  ) {
    self.environment = environment
    self.roots = roots ?? Self.defaultRoots()
  }

  /// Every place for `kind`, the first existing one being the driver that is used.
  public func candidates(for kind: EngineKind) -> [Candidate] {
    if let path = environment[kind.environmentVariable], !path.isEmpty {
      return [candidate(path, foundBy: kind.environmentVariable)]
    }
    return manifests(for: kind) + systemLibraries(for: kind) + engineFolders(for: kind)
  }

  /// The path of the driver library for `kind`.
  ///
  /// - Throws: ``EngineError`` of kind `driverMissing` that lists where it looked.
  public func locate(_ kind: EngineKind) throws -> Candidate {
    let all = candidates(for: kind)
    if let found = all.first(where: \.exists) { return found }
    let places = all.map { "    \($0.path) (\($0.foundBy))" }.joined(separator: "\n")
    let setUp = kind == .duckdb ? "`make setup`" : "`make setup-spark`"
    throw EngineError(
      .driverMissing, "Find the \(kind.title) driver", "no driver library was found.",
      hint: "Looked at:\n\(places)\n  Run \(setUp) in Kith's folder, or set "
        + "\(kind.environmentVariable) to the path of the library.")
  }

  private func candidate(_ path: String, foundBy: String) -> Candidate {
    Candidate(path: path, foundBy: foundBy, exists: FileManager.default.fileExists(atPath: path))
  }

  // MARK: ADBC driver manifests

  private func manifests(for kind: EngineKind) -> [Candidate] {
    var folders: [String] = []
    if let path = environment["ADBC_DRIVER_PATH"] {
      folders += path.split(separator: ":").map(String.init)
    }
    let home = environment["HOME"] ?? NSHomeDirectory()
    let configuration = environment["XDG_CONFIG_HOME"] ?? home + "/.config"
    folders += [configuration + "/adbc/drivers", "/etc/adbc/drivers"]
    return folders.map { folder in
      let manifest = "\(folder)/\(kind.rawValue).toml"
      guard let text = try? String(contentsOfFile: manifest, encoding: .utf8) else {
        return Candidate(path: manifest, foundBy: "ADBC driver manifest", exists: false)
      }
      let library = DriverManifest(text).library
      return candidate(library ?? manifest, foundBy: "ADBC driver manifest \(manifest)")
    }
  }

  // MARK: The system's library path

  private func systemLibraries(for kind: EngineKind) -> [Candidate] {
    var folders = (environment["LD_LIBRARY_PATH"] ?? "").split(separator: ":").map(String.init)
    folders += ["/usr/local/lib", "/usr/lib/\(Self.multiarch)", "/usr/lib"]
    return folders.flatMap { folder in
      kind.systemLibraryNames.filter { $0.hasSuffix(Self.librarySuffix) }.map {
        candidate("\(folder)/\($0)", foundBy: "system library path")
      }
    }
  }

  // MARK: .engines

  private func engineFolders(for kind: EngineKind) -> [Candidate] {
    roots.map { root in
      let folder = root.appendingPathComponent(".engines/\(kind.rawValue)").path
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let library = names.sorted().first { name in
        kind.wheelLibraryPrefixes.contains { name.hasPrefix($0) }
      }
      return candidate(
        library.map { "\(folder)/\($0)" } ?? "\(folder)/", foundBy: "make setup"
      ).existing(if: library != nil)
    }
  }

  private static func defaultRoots() -> [URL] {
    var roots: [URL] = []
    if let program = Bundle.main.executableURL?.resolvingSymlinksInPath() {
      var folder = program.deletingLastPathComponent()
      // The program stands in .build/<triple>/release; the checkout is a few levels up.
      for _ in 0..<5 {
        roots.append(folder)
        folder.deleteLastPathComponent()
      }
    }
    roots.append(URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
    var seen: Set<String> = []
    return roots.filter { seen.insert($0.path).inserted }
  }

  #if os(macOS)
    private static let librarySuffix = ".dylib"
  #else
    private static let librarySuffix = ".so"
  #endif

  #if arch(arm64)
    private static let multiarch = "aarch64-linux-gnu"
  #else
    private static let multiarch = "x86_64-linux-gnu"
  #endif
}

extension DriverSearch.Candidate {
  fileprivate func existing(if condition: Bool) -> Self {
    Self(path: path, foundBy: foundBy, exists: condition)
  }
}
