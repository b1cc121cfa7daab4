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

  /// Changes the keys of the vault, while no run is at work.
  ///
  /// - Returns: how many values were sealed anew.
  public func rotateVault(_ progress: (Int, Int) -> Void) throws -> Int {
    let lock = try StoreLock(self)
    defer { withExtendedLifetime(lock) {} }
    return try Vault.rotate(at: vault, keyFile: vaultKey, progress: progress)
  }
}
