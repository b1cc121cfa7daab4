import Crypto
import Foundation

/// The key that opens a place's vault. It is kept apart from the data: in the environment, or in a file
/// that only its owner may read.
public struct VaultKey: Sendable {
  let key: SymmetricKey

  /// The variable that may hold the key, as 64 hexadecimal digits.
  public static let variable = "KITH_KEY"
  /// The variable that may hold the key to change to.
  public static let newVariable = "KITH_NEW_KEY"

  /// A new key, from the system's source of random numbers.
  public init() { key = SymmetricKey(size: .bits256) }

  /// Reads 64 hexadecimal digits; nil for anything else.
  public init?(hexadecimal text: String) {
    guard let key = SymmetricKey(hexadecimal: text) else { return nil }
    self.key = key
  }

  /// Tells keys apart without telling anything of them: a hash that only the key gives.
  public var fingerprint: String { key.fingerprint }

  /// The key that a variable of the environment holds; nil where there is no such variable.
  ///
  /// - Throws: ``GovernanceError`` where what it holds is no key.
  static func inEnvironment(_ variable: String, _ environment: [String: String]) throws -> VaultKey?
  {
    guard let text = environment[variable] else { return nil }
    guard let key = VaultKey(hexadecimal: text) else {
      throw GovernanceError(
        variable, "The variable is no key.",
        hint: "A key is 64 hexadecimal digits, as `openssl rand -hex 32` makes.")
    }
    return key
  }

  /// The key in a file; nil where there is no file.
  ///
  /// - Throws: ``GovernanceError`` where what is there is no key, or others may read it.
  static func inFile(_ file: URL) throws -> VaultKey? {
    guard let data = FileManager.default.contents(atPath: file.path) else {
      guard !FileManager.default.fileExists(atPath: file.path) else {
        throw GovernanceError(
          file.path, "The key cannot be read.", hint: "Run Kith as the owner of the file.")
      }
      return nil
    }
    let text = String(decoding: data, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard let key = VaultKey(hexadecimal: text) else {
      throw GovernanceError(
        file.path, "The file holds no key.",
        hint:
          "A key is 64 hexadecimal digits. Nothing opens what was sealed without the right one: "
          + "bring the file back from its copy.")
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    if let mode = attributes[.posixPermissions] as? Int, mode & 0o077 != 0 {
      throw GovernanceError(
        file.path, "Others than its owner may read the key.", hint: "Run: chmod 600 \(file.path)")
    }
    return key
  }

  /// Writes the key to a file that only its owner may read, whole or not at all.
  ///
  /// - Parameter replaces: whether a file that is there is replaced; otherwise it is an error.
  func write(to file: URL, replaces: Bool = true) throws {
    let folder = file.deletingLastPathComponent()
    let part = folder.appendingPathComponent(".\(file.lastPathComponent).\(UUID().uuidString)")
    let descriptor = open(part.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.unwritable(file, errno) }
    defer { unlink(part.path) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try handle.write(contentsOf: Data((key.hexadecimal + "\n").utf8))
    try handle.synchronize()
    // A second name fails where the first is taken, and a renaming replaces it.
    let isWritten =
      replaces ? rename(part.path, file.path) == 0 : link(part.path, file.path) == 0
    guard isWritten else { throw Self.unwritable(file, errno) }
    try folder.flushToDisk()
  }

  private static func unwritable(_ file: URL, _ code: Int32) -> GovernanceError {
    GovernanceError(
      file.path, "The key cannot be written: \(String(cString: strerror(code))).",
      hint: "Check that you may write there.")
  }
}
