import Governance

/// What the landing of every file of a delivery shares; threads read it side by side.
struct LandingContext: Sendable {
  let source: String
  let delivery: String
  /// The last day that something may have happened on, counted from 1970-01-01.
  let lastDay: Int32
  let policies: RulePolicies
  let pseudonyms: PseudonymKey
  let sealer: Sealer
  private(set) var known: KnownIdentities
  let postcodes: PostcodeDirectory?
  /// The columns of free text that agreements let into the vault, as `table.column`.
  let freeText: Set<String>

  /// The same for a trial, whose rows land nowhere.
  var forTrial: LandingContext {
    var copy = self
    copy.known = KnownIdentities()
    return copy
  }
}
