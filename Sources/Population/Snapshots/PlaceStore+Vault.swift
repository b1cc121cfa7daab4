import Definitions
import Foundation
public import Governance

extension PlaceStore {
  /// Whether the place has a vault.
  public var hasVault: Bool { FileManager.default.fileExists(atPath: vault.path) }

  /// The place's vault, which is made where it is missing.
  ///
  /// - Throws: ``Governance/GovernanceError``.
  public func openVault() throws -> Vault {
    try makeRoot()
    return try Vault.ofPlace(at: vault, keyFile: vaultKey)
  }

  /// Undoes an event of the place's people, while no run is at work; the next run brings it about.
  ///
  /// - Throws: ``Governance/GovernanceError`` where there is no such event or it cannot be undone.
  public func undo(event: Int) throws {
    let lock = try StoreLock(self)
    defer { withExtendedLifetime(lock) {} }
    try openVault().undo(event: event)
  }

  /// Takes back what was decided of two records, by the names that reviews give them, while no run is at work; the next
  /// run brings it about.
  ///
  /// - Throws: ``Definitions/Problem`` for what is no name of a record, ``Governance/GovernanceError`` where nothing was
  ///   decided of the two.
  public func retract(_ one: String, _ other: String) throws {
    let identities = try [one, other].map { name in
      guard let identity = SpineRecords.identity(named: name) else {
        throw Problem(
          file: place.path, "'\(name)' is no name of a record.",
          hint: "`kith people decisions` lists them, such as k1f.")
      }
      return identity
    }
    let lock = try StoreLock(self)
    defer { withExtendedLifetime(lock) {} }
    try openVault().retractDecision(identities[0], identities[1])
  }

  /// Changes the keys of the vault, while no run is at work.
  ///
  /// - Returns: how many values were sealed anew.
  public func rotateVault(_ progress: (Int, Int) -> Void) throws -> Int {
    let lock = try StoreLock(self)
    defer { withExtendedLifetime(lock) {} }
    return try Vault.rotate(at: vault, keyFile: vaultKey, progress: progress)
  }
}
