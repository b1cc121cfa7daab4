import Crypto
public import Foundation

/// The secret that partners share who send encodings of people in the place of who they are. Whoever links the
/// encodings must not have it.
public struct EncodingKey: Sendable {
  let key: SymmetricKey

  /// Reads the key from a file.
  ///
  /// - Throws: ``GovernanceError`` where there is none, or others than its owner may read it.
  public init(in file: URL) throws {
    guard let key = try VaultKey.inFile(file) else {
      throw GovernanceError(
        file.path, "There is no such file.",
        hint:
          "One partner makes the key with `kith link encode --new-key FILE`, and gives it to the others."
      )
    }
    self.key = key.key
  }

  init(_ key: SymmetricKey) { self.key = key }

  /// Writes a new key to a file that only its owner may read.
  ///
  /// - Throws: ``GovernanceError`` where there is a file already: a key that is lost is lost for good.
  public static func make(in file: URL) throws {
    guard !FileManager.default.fileExists(atPath: file.path) else {
      throw GovernanceError(
        file.path, "There is a file of this name already.",
        hint: "Name another: encodings that were made with the old key need it.")
    }
    try VaultKey().write(to: file, replaces: false)
  }
}
