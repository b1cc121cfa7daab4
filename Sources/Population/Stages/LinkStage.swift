import Engine
package import Foundation
import Governance
import Intake
package import Places

/// Links the records that are of one person.
package struct LinkStage: Stage {
  package let name = "link"
  package let needs = ["areas", "succession", "figures"]
  package let tables = SpineTables.names

  package init() {}

  package func title(_ run: RunContext) -> String? {
    run.sources == nil ? nil : "Link the records of each person"
  }

  package func inputs(_ run: RunContext) throws -> [String] {
    guard run.sources != nil, run.store.hasVault else { return [] }
    return try run.vault().linkDecisions().map { "\($0.one) \($0.other) \($0.isSame)" }
  }

  package func own(_ accounts: Manifest.Accounts) -> Manifest.Accounts {
    Manifest.Accounts(linkage: accounts.linkage)
  }

  package func make(_ run: RunContext, in folder: URL) throws -> Manifest.Accounts {
    guard let sources = run.sources else {
      for table in SpineTables.empty { try run.connection.execute(table) }
      for table in tables { try run.write(table, "from \(table)", in: folder) }
      return Manifest.Accounts()
    }
    let progress = run.progress
    let spine = SpineLinkage(
      vault: try run.vault(), folder: run.store.spine, threads: run.threads,
      isAnew: run.isForced, progress: { progress(.step($0)) })
    return Manifest.Accounts(
      linkage: try spine.run(
        try sources.identities(run.deliveries, run.connection), key: run.keys[name] ?? "",
        tables: folder))
  }
}
