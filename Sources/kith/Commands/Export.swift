import ArgumentParser
import Definitions
import Foundation
import Indicators
import Places
import TableFiles

struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a place's indicators to a file for other programs.",
    discussion: """
      The figures are those of the snapshot in use. As `figures` a row has the columns of the snapshot's table, and the \
      file may be CSV or Parquet; as `fingertips` it has the columns of OHID's Fingertips, so that a place's figures and \
      national ones stand side by side. Examples:

        kith export my-place --output indicators.csv
        kith export my-place --as fingertips --kind lad24 --output districts.csv
        kith export my-place --indicator life_expectancy --output life.parquet
      """)

  enum Form: String, ExpressibleByArgument, CaseIterable {
    case figures, fingertips
  }

  @OptionGroup var place: PlaceArgument

  @Option(help: "The file to write: its ending says the form, .csv or .parquet.")
  var output: String

  @Option(name: .customLong("as"), help: "Which columns it has: figures or fingertips.")
  var form: Form = .figures

  @Option(help: "An indicator's id; several times for several; every one if left out.")
  var indicator: [String] = []

  @Option(help: "A kind of area or organisation, such as lad24; every one if left out.")
  var kind: [String] = []

  func run() async throws {
    try OutputFiles.check([output], inputs: [])
    _ = try PlaceFile(inPlace: place.url)
    let atlas = try await Atlas.current(of: PlaceStore(place: place.url))
    let measured = atlas.indicators.measured
    for id in indicator where !measured.contains(where: { $0.id == id }) {
      if let waits = atlas.indicators.waits[id] {
        throw ValidationError(
          "The indicator '\(id)' has no figures yet: it waits for \(waits).")
      }
      throw ValidationError(
        "There is no indicator '\(id)' with figures in the snapshot. "
          + (nearestName(to: id, among: measured.map(\.id)).map { "Did you mean '\($0)'?" }
            ?? "The page Indicators lists them."))
    }
    for id in kind where atlas.kind(id) == nil {
      let kinds = atlas.kinds.map(\.id)
      throw ValidationError(
        "There is no kind '\(id)' in the place. "
          + (nearestName(to: id, among: kinds).map { "Did you mean '\($0)'?" }
            ?? "The kinds are: \(kinds.joined(separator: ", ")).")
      )
    }
    let chosen = indicator.isEmpty ? measured : measured.filter { indicator.contains($0.id) }
    let export = IndicatorExport(atlas)
    let table =
      switch form {
      case .figures: export.table(chosen, kinds: Set(kind))
      case .fingertips: export.fingertips(chosen, kinds: Set(kind))
      }
    guard table.rowCount > 0 else {
      throw ValidationError(
        "There are no figures of these indicators for these kinds, so nothing is written.")
    }
    try table.write(to: URL(fileURLWithPath: output))
    print(
      "\(output): \(table.rowCount) figures of \(chosen.count) "
        + "\(chosen.count == 1 ? "indicator" : "indicators").")
  }
}
