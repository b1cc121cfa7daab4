package import Foundation
import Intake

/// Works out which records of the deliveries later ones have corrected, replaced or taken back, and which are in doubt.
package struct SuccessionStage: Stage {
  package let name = "succession"
  package let needs: [String] = []
  package let tables = ["superseded", "doubt"]

  package init() {}

  package func title(_ run: RunContext) -> String? {
    run.sources == nil ? nil : "Work out which records hold"
  }

  package func inputs(_ run: RunContext) throws -> [String] {
    [run.sources == nil ? "no sources" : "sources"]
      + run.deliveries.map { "\($0.source) \($0.delivery) \($0.key)" }
  }

  package func own(_ accounts: Manifest.Accounts) -> Manifest.Accounts {
    Manifest.Accounts(intake: accounts.intake)
  }

  package func make(_ run: RunContext, in folder: URL) throws -> Manifest.Accounts {
    let outcomes = try run.sources.map { try $0.succeed(run.deliveries, run.connection) } ?? []
    if run.sources == nil { try SourceIntake.makeNoQuality(run.connection) }
    for table in tables { try run.write(table, "from \(table)", in: folder, isSorted: true) }
    return Manifest.Accounts(
      intake: SourceIntake.Result(
        deliveries: run.deliveries, tables: outcomes, titles: run.sources?.titles ?? [:]))
  }
}
