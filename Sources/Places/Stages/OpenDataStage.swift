import Definitions
package import Foundation
import Intake

/// Reads and checks the files of open data, and brings their tables into the engine.
package struct OpenDataStage: Stage {
  package let name = "open-data"
  package let needs: [String] = []
  package let tables: [String] = []

  package init() {}

  package func title(_ run: RunContext) -> String? { "Read and check the files" }

  package func inputs(_ run: RunContext) throws -> [String] {
    try ([run.pack.file] + run.pack.additions).map {
      try TextFile(reading: URL(fileURLWithPath: $0)).text()
    } + run.read.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.sha256)" }
  }

  package func make(_ run: RunContext, in folder: URL) throws -> Manifest.Accounts {
    Manifest.Accounts(inputs: try run.openData.land(run.read) { run.step($0) })
  }

  package func own(_ accounts: Manifest.Accounts) -> Manifest.Accounts {
    Manifest.Accounts(inputs: accounts.inputs)
  }

  package func load(_ run: RunContext, from folder: URL) throws {
    _ = try run.openData.land(run.read) { run.step($0) }
  }
}
