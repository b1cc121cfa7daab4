import Crypto
import Definitions
public import Foundation

/// A file's length and the SHA-256 of its bytes, as it was written.
public struct WrittenFile: Codable, Hashable, Sendable {
  public let bytes: Int
  public let sha256: String

  public init(bytes: Int, sha256: String) {
    self.bytes = bytes
    self.sha256 = sha256
  }

  /// Reads a file.
  ///
  /// - Throws: ``StoreError`` where it cannot be read.
  public init(_ url: URL) throws {
    var hash = SHA256()
    var bytes = 0
    try url.forEachPiece {
      hash.update(bufferPointer: $0)
      bytes += $0.count
    }
    self.init(bytes: bytes, sha256: hash.finalize().hex)
  }

  /// How the file at `url` is not what was written, in words; nil where it is.
  public func damage(at url: URL) -> String? {
    // The length first: it tells most damage without reading the file.
    var found = stat()
    guard stat(url.path, &found) == 0 else {
      return "\(url.path) \(errno == ENOENT ? "is missing" : "cannot be read")."
    }
    guard (found.st_mode & S_IFMT) == S_IFREG else { return "\(url.path) is no regular file." }
    guard Int(found.st_size) == bytes else { return "\(url.path) is not as long as it was." }
    do {
      guard try WrittenFile(url) == self else { return "\(url.path) is not as it was written." }
    } catch {
      return "\(error)"
    }
    return nil
  }
}

/// The files of a folder as they were written, kept beside them in `files.json`: what was damaged, cut short or taken
/// away since is not read as if it were whole.
public struct WrittenFiles: Codable, Sendable {
  static let fileName = "files.json"

  private var files: [String: WrittenFile] = [:]

  /// None yet.
  init() {}

  /// Reads all files of a folder and its folders, `files.json` left out.
  ///
  /// - Parameter known: the sums of files, by their paths in the folder, that need not be read.
  /// - Throws: ``Definitions/StoreError`` where one cannot be read.
  public init(of folder: URL, known: [String: WrittenFile] = [:]) throws {
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where name != Self.fileName {
      let file = folder.appendingPathComponent(name)
      if try file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true { continue }
      files[name] = try known[name] ?? WrittenFile(file)
    }
  }

  /// The paths of the files in the folder, in order.
  public var names: [String] { files.keys.sorted() }

  public subscript(name: String) -> WrittenFile? { files[name] }

  /// What is kept in a folder; none where `files.json` is missing or is not as Kith writes it, so that nothing there
  /// counts as whole.
  public init(keptIn folder: URL) {
    let data = FileManager.default.contents(
      atPath: folder.appendingPathComponent(Self.fileName).path)
    guard let data, let kept = try? JSONDecoder().decode(Self.self, from: data) else { return }
    self = kept
  }

  mutating func add(_ file: URL) throws {
    files[file.lastPathComponent] = try WrittenFile(file)
  }

  mutating func forget(allBut kept: [URL]) {
    let names = Set(kept.map(\.lastPathComponent))
    files = files.filter { names.contains($0.key) }
  }

  /// Whether a file is here that is as it was written.
  func isWhole(_ file: URL) -> Bool {
    files[file.lastPathComponent].map { $0.damage(at: file) == nil } ?? false
  }

  /// Writes `files.json` into the folder, in one step.
  public func keep(in folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let partial = folder.appendingPathComponent("\(Self.fileName).partial")
    try encoder.encode(self).write(to: partial)
    try FileManager.default.replace(folder.appendingPathComponent(Self.fileName), with: partial)
  }

  /// The first file of a folder that is missing or not as it was written, in words; nil where all are.
  public static func damage(in folder: URL) -> String? {
    let kept = WrittenFiles(keptIn: folder)
    guard !kept.files.isEmpty else {
      return "\(folder.appendingPathComponent(fileName).path) is missing or damaged."
    }
    for (name, file) in kept.files.sorted(by: { $0.key < $1.key }) {
      if let damage = file.damage(at: folder.appendingPathComponent(name)) { return damage }
    }
    return nil
  }
}
