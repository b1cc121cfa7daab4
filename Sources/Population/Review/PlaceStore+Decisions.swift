import Definitions
import FoundationEssentials
import Governance
public import Places

extension PlaceStore {
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
}
