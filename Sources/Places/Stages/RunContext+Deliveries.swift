import Definitions
import Foundation
import Governance
import Intake
import Synchronization

extension RunContext {
  /// Forgets what landed from sources that the place has no more, and the people it was about.
  func forgetSources() throws {
    guard store.hasVault else { return }
    let vault = try self.vault()
    try forgetLandings(vault)
    try vault.forgetPeople()
    try FileManager.default.removeIfThere(store.spine)
  }

  private func forgetLandings(_ vault: Vault) throws {
    // The vault first: what landed does not count without its part of the vault.
    try vault.forgetLandings()
    guard FileManager.default.fileExists(atPath: store.deliveries.path) else { return }
    // Out of sight in one step: half a landing must not be taken for a whole one.
    let hidden = store.root.appendingPathComponent(".removed-deliveries")
    try FileManager.default.replace(hidden, with: store.deliveries)
    try FileManager.default.removeItem(at: hidden)
  }

  /// Lands the deliveries that have not landed yet.
  func land(_ sources: SourceIntake) throws -> [DeliveryAccount] {
    let hasLanded = FileManager.default.fileExists(atPath: store.deliveries.path)
    guard store.hasVault || !hasLanded || isForced else {
      throw StoreError(
        store.vault.path, "The vault is missing, and deliveries have landed with it.",
        hint:
          "Bring it back from its copy. Only where there is none, run with --force: \(Vault.withoutCopy)"
      )
    }
    let vault = try self.vault()
    var landsAgain = isForced
    if !landsAgain, let loss = try vault.check() {
      progress(.note("The vault is damaged: \(loss) Everything lands again."))
      landsAgain = true
    }
    if landsAgain {
      try forgetLandings(vault)
    }
    let progress = progress
    let at = Mutex((name: "", megabytes: 0))
    return try sources.land(vault: vault, threads: threads) { event in
      switch event {
      case .delivery(let source, let delivery, let isDone):
        let name = "\(source) \(delivery)"
        at.withLock { $0 = (name, 0) }
        if !isDone { progress(.step(name)) }
      case .bytes(let bytes):
        let megabytes = bytes / 50_000_000 * 50
        let name = at.withLock { at in
          defer { at.megabytes = megabytes }
          return megabytes > at.megabytes ? at.name : nil
        }
        if let name { progress(.step("\(name), \(megabytes) MB")) }
      case .damaged(let source, let delivery, let damage):
        progress(
          .note("What landed of \(source) \(delivery) is damaged: \(damage) It lands again."))
      case .landed: break
      }
    }
  }
}
