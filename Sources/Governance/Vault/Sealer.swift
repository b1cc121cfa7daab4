import Crypto
public import Foundation

/// Seals what identifies people: AES-GCM (NIST SP 800-38D) with a key of 256 bits and random nonces.
///
/// Each sealed value is bound to where it belongs: one that is moved to another row does not open.
public struct Sealer: Sendable {
  /// The number of the key, which is kept beside what it seals.
  public let keyNumber: Int
  let key: SymmetricKey
  private let nonces = Nonces()

  init(number: Int, _ key: SymmetricKey) {
    keyNumber = number
    self.key = key
  }

  /// The nonce, the sealed bytes and their tag.
  ///
  /// - Parameter place: where it belongs, such as an identity's number.
  public func seal(_ bytes: some DataProtocol, for place: some DataProtocol) -> Data {
    do {
      let box = try AES.GCM.seal(
        bytes, using: key, nonce: nonces.next(), authenticating: place)
      guard let sealed = box.combined else {
        preconditionFailure("a nonce of 96 bits gives one piece")
      }
      return sealed
    } catch {
      preconditionFailure("AES-GCM seals any bytes with a key of 256 bits: \(error)")
    }
  }

  /// What was sealed for `place`.
  ///
  /// - Throws: ``GovernanceError`` where it was sealed with another key, for another place, or was
  ///   changed since.
  func open(_ sealed: Data, for place: some DataProtocol) throws(GovernanceError) -> Data {
    do {
      return try AES.GCM.open(
        AES.GCM.SealedBox(combined: sealed), using: key, authenticating: place)
    } catch {
      throw GovernanceError(
        "vault.sqlite", "A sealed value does not open: it was changed, or is not where it belongs.",
        hint: "Bring the vault back from its copy, or run `kith run --force` to make it anew.")
    }
  }
}
