package import Foundation
import Intake

/// Measures how good the records of the deliveries are.
package struct QualityStage: Stage {
  package let name = "quality"
  package let needs = ["areas", "succession", "figures"]
  package let tables = ["quality", "field", "fault"]

  package init() {}

  package func title(_ run: RunContext) -> String? {
    run.sources == nil ? nil : "Measure how good the records are"
  }

  package func inputs(_ run: RunContext) throws -> [String] { [] }

  package func make(_ run: RunContext, in folder: URL) throws -> Manifest.Accounts {
    if let sources = run.sources {
      try sources.measureQuality(run.deliveries, run.connection) { run.step($0) }
    } else {
      try SourceIntake.makeNoQuality(run.connection)
    }
    for table in tables { try run.write(table, "from \(table)", in: folder, isSorted: true) }
    return Manifest.Accounts()
  }
}
